"""A changed protocol over stored intakes: the report names what the slow reading of the files names, writes nothing."""

import shutil

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from intake import replay_report, replay_workers, replaying, triage
from intake.actions.codes import keep_code
from intake.models import AnswerCode, Assessment, Case, Intake
from tests import factories
from tests.protocol.chance import answer_sets
from tests.protocol.naive import Case as Slow
from tests.protocol.naive import Files

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stored(location):
    """Eighty submitted intakes with random valid answers."""
    for answers in answer_sets(Files(), 80, seed=5):
        clean = triage.validate_answers(triage.shipped(), answers)
        intake = factories.intake(at=location, answers=clean, submitted=True)
        keep_code(factories.assessment(intake))


@pytest.fixture
def changed(tmp_path):
    """A protocol in which an unsure saddle, bladder or bowel answer counts as none, and strong pain starts at 9."""
    folder = tmp_path / "changed"
    shutil.copytree(triage.shipped().folder, folder)
    for name in ("rules/urgent.yaml", "rules/emergency.yaml"):
        file = folder / name
        file.write_text(
            file.read_text().replace("pain_worst>=7", "pain_worst>=9").replace("pain_worst>=8", "pain_worst>=10")
        )
    return folder


def slowly(folder):
    """What changes, worked out intake by intake from the files alone."""
    before, after = Files(triage.shipped().folder), Files(folder)
    found = {}
    for intake in Intake.objects.all():
        old, new = Slow(before, intake.answers), Slow(after, intake.answers)
        if (set(old.flags()), old.urgency()) != (set(new.flags()), new.urgency()):
            found[intake.pk] = (set(new.flags()) - set(old.flags()), set(old.flags()) - set(new.flags()), new.urgency())
    return found


@pytest.mark.parametrize("processes", [1, 2])
def test_the_list_is_what_the_slow_reading_finds(stored, changed, processes):
    expected = slowly(changed)
    assert expected, "a change that changes nothing proves nothing"
    found = replaying.replay_all(triage.load(changed), processes=processes)
    assert found.total == 80
    assert {
        c.id: (set(c.newly_flagged), set(c.no_longer_flagged), c.tier_after.word)
        for c in found.changes
        if c.newly_flagged or c.no_longer_flagged or c.tier_before != c.tier_after
    } == expected


def test_a_replay_writes_nothing(stored, changed):
    before = [model.objects.count() for model in (Intake, Assessment, AnswerCode, Case)]
    urgencies = list(Intake.objects.order_by("pk").values_list("urgency", flat=True))
    call_command("protocol", "replay", str(changed), processes=1)
    assert [model.objects.count() for model in (Intake, Assessment, AnswerCode, Case)] == before
    assert list(Intake.objects.order_by("pk").values_list("urgency", flat=True)) == urgencies


def test_a_case_that_would_lose_its_emergency_is_named_one_by_one(location, tmp_path, capsys):
    """Whoever accepts a change must open each of them; a count would hide them."""
    folder = tmp_path / "blind"
    shutil.copytree(triage.shipped().folder, folder)
    rules = folder / "rules" / "emergency.yaml"
    rules.write_text(
        rules.read_text().replace("emergency_now:face_droop/speech_trouble/one_side_weak", "emergency_now:face_droop")
    )
    answers = factories.HEEL_PAIN | {"emergency_now": ["speech_trouble"]}
    intake = factories.intake(at=location, answers=answers, submitted=True)
    keep_code(factories.assessment(intake))
    call_command("protocol", "replay", str(folder), processes=1)
    told = capsys.readouterr().out
    assert "WOULD LOSE AN EMERGENCY FLAG: 1." in told
    assert str(intake.public_id) in told
    assert "-stroke_tia" in told


def test_an_empty_clinic_says_so(db, changed, capsys):
    call_command("protocol", "replay", str(changed), processes=1)
    assert "Nothing would change." in capsys.readouterr().out


def test_a_protocol_with_a_defect_is_not_replayed(db, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(triage.shipped().folder, folder)
    facts = folder / "facts.yaml"
    facts.write_text(facts.read_text().replace("onset_when:under_48h", "onset_when:under_47h", 1))
    with pytest.raises(CommandError, match=r"facts\.yaml.*under_47h"):
        call_command("protocol", "replay", str(folder), processes=1)


def test_the_stored_codes_are_verified_against_the_assessments(stored, capsys):
    """The few bytes are a copy; the record is the JSON. A copy that differs is found and mended."""
    call_command("answer_codes")
    assert "Every submitted intake has its code" in capsys.readouterr().out
    row = AnswerCode.objects.first()
    AnswerCode.objects.filter(pk=row.pk).update(urgency=(row.urgency + 1) % 4)
    with pytest.raises(SystemExit):
        call_command("answer_codes")
    call_command("answer_codes", rebuild=True)
    row.refresh_from_db()
    call_command("answer_codes")
    assert row.urgency == row.intake.assessments.last().urgency


def test_extra_work_is_told_by_the_week(stored, changed):
    Intake.objects.update(submitted_at=timezone.now())
    found = replaying.replay_all(triage.load(changed))
    told = "\n".join(replay_report.lines(found, triage.load(changed), weeks=2))
    moved = [c for c in found.changes if c.tier_before != c.tier_after]
    assert ("Extra cases a week" in told) == bool(found.changes)
    assert sum(c.tier_after - c.tier_before for c in moved) <= 0


def test_split_over_workers_it_comes_to_the_same(stored, changed, workers):
    """The tasks carry no answer and no name; what they find is what one process finds."""
    after = triage.load(changed)
    with workers():
        split = replay_workers.replay_on_workers(after, patience=60)
    whole = replaying.replay_all(after)
    assert (split.total, split.changes) == (whole.total, whole.changes)
    assert (split.fires_before, split.fires_after) == (whole.fires_before, whole.fires_after)


def test_without_a_worker_the_command_says_so(stored, changed, monkeypatch):
    monkeypatch.setattr(replay_workers, "PATIENCE", 0.5)
    with pytest.raises(CommandError, match="No Celery worker answers"):
        call_command("protocol", "replay", str(changed), workers=True)
