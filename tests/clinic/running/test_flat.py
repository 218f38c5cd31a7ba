"""What staff pages and the clock ask all day touches what waits, not what ever was."""

from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from clinic.links.models import Link
from clinic.messages.models import Message
from intake.door.way_back import with_sleeping_links
from intake.models import LEFT_AFTER, Case, Intake, Patient, PatientFile, Respondent
from tests import factories
from tests.plans import many_more, rows_touched

MANY, FEW = 4000, 60  # rows of history; rows a question may touch


@pytest.fixture
def long_ago(location, maya):
    """One patient who was seen through to the end, some thousand times over."""
    case = factories.case(at=location, acknowledged_by=maya)
    now = timezone.now()
    decided = {
        "status": Case.Status.DECIDED,
        "decided_by": maya,
        "decided_at": now - timedelta(days=9),
        "held_until": None,
    }
    Case.objects.filter(pk=case.pk).update(**decided)
    file = factories.patient_file(case.intake, looked_at=now)
    PatientFile.objects.filter(pk=file.pk).update(scan="clean", scanned_at=now)
    Respondent.objects.filter(intake=case.intake).update(
        kind="guardian", name="Bo Quill", authority="parent", proof_seen_at=now, proof_seen_by=maya
    )
    link = Link.objects.create(
        purpose="status", subject_id=case.patient.public_id, secret_hash=b"1", expires_at=now + timedelta(days=9)
    )
    mail = factories.message(at=location, due_at=now, status="sent", settled_at=now)
    copies = (case.patient, case.intake, case, file, Respondent.objects.get(intake=case.intake), link, mail)
    many_more(copies, MANY)


def test_no_question_of_the_day_reads_what_is_over(long_ago, maya, priya):
    now = timezone.now()
    asked = {
        "files that came late": PatientFile.objects.visible_to(maya).came_late(),
        "files to scan": PatientFile.objects.to_scan(),
        "came of age": Patient.objects.visible_to(priya).came_of_age(),
        "with a guardian": Patient.objects.filter(
            contact_is_of="guardian", came_of_age_at=None, location__in=priya.place_ids(), date_of_birth__lte=now
        ),
        "without proof": Patient.objects.visible_to(priya).without_proof(),
        "links asleep": with_sleeping_links(priya),
        "forms that were left": Intake.objects.left_since(now - LEFT_AFTER).filter(case=None),
        "mails that are due": Message.objects.due(now),
        "an address": Patient.objects.filter(email__iexact="nobody@patients.example"),
        "mails that failed": Message.objects.visible_to(priya).needing_a_person(),
    }
    touched = {name: rows_touched(rows) for name, rows in asked.items()}
    assert {name: number for name, number in touched.items() if number > FEW} == {}


def test_the_last_mails_are_found_without_sorting_all(long_ago, priya):
    sent = Message.objects.visible_to(priya).filter(Q(status="sent")).order_by("-settled_at", "pk")
    assert rows_touched(sent[:50]) <= FEW * 2
