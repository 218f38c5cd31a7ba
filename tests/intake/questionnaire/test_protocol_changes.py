"""The protocol changes while somebody answers: their form goes on, and a newer emergency counts all the same."""

import shutil

import pytest

from intake import triage
from intake.models import Intake, ProtocolVersion
from intake.questionnaire.actions import save_page
from intake.versions.protocols import protocol_for, texts_of
from tests import factories

pytestmark = pytest.mark.django_db


def changed_protocol(tmp_path, *edits):
    """The shipped protocol with texts of its files replaced: (file, text, by)."""
    folder = tmp_path / "changed"
    shutil.copytree(triage.shipped().folder, folder)
    for name, text, by in edits:
        file = folder / name
        assert text in file.read_text()
        file.write_text(file.read_text().replace(text, by, 1))
    return triage.load(folder)


def begun_under(protocol, location):
    version = ProtocolVersion.objects.create(digest=protocol.digest, content=texts_of(protocol))
    intake = factories.intake(at=location)
    Intake.objects.filter(pk=intake.pk).update(protocol=version)
    intake.refresh_from_db()
    return intake


def test_an_intake_goes_on_under_the_protocol_it_began_with(location, tmp_path):
    """What a patient was asked and what judged it belong together, also when a new version comes in between."""
    earlier = changed_protocol(tmp_path, ("protocol.yaml", 'version_label: "', 'version_label: "Earlier '))
    intake = begun_under(earlier, location)
    save_page(intake, "safety-check", {"emergency_now": ["none"]}, version=intake.version)
    intake.refresh_from_db()
    assert intake.protocol.digest == earlier.digest
    assert protocol_for(intake).version_label.startswith("Earlier")


def test_a_newer_emergency_rule_runs_on_an_intake_begun_before_it(location, tmp_path):
    """A rule that can save somebody must not wait for the next patient."""
    blind = changed_protocol(
        tmp_path,
        ("rules/emergency.yaml", "emergency_now:face_droop/speech_trouble/", "emergency_now:face_droop/"),
    )
    intake = begun_under(blind, location)
    saved = save_page(intake, "safety-check", {"emergency_now": ["speech_trouble"]}, version=intake.version)
    assert saved.newly_emergency
    assessment = Intake.objects.get(pk=intake.pk).assessments.last()
    assert assessment.result["flags"] == ["stroke_tia"]
    assert assessment.protocol.digest == triage.shipped().digest
