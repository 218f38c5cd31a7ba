"""Maya opens what a patient added: a virus never, an unscanned file when she says so, a late one from the queue."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from intake.files import actions as files
from intake.models import Case, PatientFile
from tests import factories


@pytest.fixture
def case(location, maya):
    return factories.case(at=location, acknowledged_by=maya)


def address(file) -> str:
    return reverse("patient_file", args=[file.public_id])


def test_a_file_nobody_scanned_asks_first(case, sign_in, maya):
    file, browser = factories.patient_file(case.intake), sign_in(maya)
    assert b"Not yet scanned for viruses" in browser.get(case.get_absolute_url()).content
    page = browser.get(address(file))
    assert b"I understand this file has not been scanned" in page.content
    assert b"%PDF" not in page.content
    assert browser.post(address(file)).status_code == 422
    answer = browser.post(address(file), {"understood": "on"})
    assert answer.getvalue() == b"%PDF-1.7"
    assert answer["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert AccessLog.objects.filter(user=maya, subject="file", subject_id=str(file.public_id)).count() == 3


def test_a_clean_file_comes_at_once_and_an_infected_one_never(case, sign_in, maya):
    clean, bad = factories.patient_file(case.intake), factories.patient_file(case.intake, b"bad", name="worse.pdf")
    files.mark_scanned(clean, found="")
    files.mark_scanned(bad, found="Eicar-Test")
    browser = sign_in(maya)
    assert browser.get(address(clean)).getvalue() == b"%PDF-1.7"
    for answer in (browser.get(address(bad)), browser.post(address(bad), {"understood": "on"})):
        assert answer.status_code == 409
        assert b"Eicar-Test" in answer.content
    page = browser.get(case.get_absolute_url()).content.decode()
    assert address(clean) in page
    assert address(bad) not in page
    assert "A virus was found" in page


def test_a_file_that_comes_after_the_decision_stands_on_the_queue_until_somebody_opened_it(
    case, sign_in, maya, daniel, olga
):
    before = factories.patient_file(case.intake)
    decided = {"status": Case.Status.DECIDED, "held_until": None, "decided_by": maya, "decided_at": timezone.now()}
    Case.objects.filter(pk=case.pk).update(**decided)
    late = factories.patient_file(case.intake, b"%PDF-1.7 later", name="later.pdf")
    factories.patient_file(case.intake, b"%PDF-1.7 desk", added_by=maya)
    infected = factories.patient_file(case.intake, b"%PDF-1.7 bad")
    files.mark_scanned(infected, found="Eicar-Test-Signature")
    assert list(PatientFile.objects.came_late()) == [late]

    line = "a report about a scan or test"
    for colleague, sees in ((maya, True), (daniel, True), (olga, False)):
        assert (line in sign_in(colleague).get(reverse("queue")).content.decode()) is sees
    sign_in(maya).get(address(before))
    assert PatientFile.objects.came_late().exists()
    sign_in(maya).get(address(late))
    assert not PatientFile.objects.came_late().exists()
    assert line not in sign_in(daniel).get(reverse("queue")).content.decode()


def test_one_changed_byte_and_nothing_is_handed_out(case, sign_in, maya, caplog):
    file = factories.patient_file(case.intake)
    files.mark_scanned(file, found="")
    with open(file.file.path, "r+b") as stored:
        stored.write(b"X")
    answer = sign_in(maya).get(address(file))
    assert answer.status_code == 409
    assert b"cannot be shown" in answer.content
    assert "differs from what was stored" in caplog.text
