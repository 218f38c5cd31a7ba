"""Papers travel as files: chosen by the desk, agreed by the patient, opened by the office that has accepted."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from intake.models import PatientFile
from referrals import moves as actions
from referrals.letter import letter
from referrals.models import Delivery, Enclosure, Referral
from tests import factories
from tests.referrals import papers_out
from tests.referrals.letter.test_letter import text_of
from tests.referrals.office.conftest import ellen, here, path_of
from tests.referrals.papers import a_pdf
from tests.source import one_line

OFFICE = "Ellen Park, RN"


def titles(referral):
    return [one.title for one in referral.enclosures.going()]


def looks(**fields):
    return AccessLog.objects.filter(subject="enclosure", **fields)


def test_her_file_goes_along_because_she_agreed_and_the_letter_names_it(chosen, her_file, priya):
    with pytest.raises(actions.NotYet, match="Ask the patient"):
        actions.enclose(chosen, files=[her_file], by=priya)
    actions.enclose(chosen, files=[her_file], agreed=True, by=priya)
    sent = actions.send(chosen, by=priya)
    [named] = sent.sent_letter.content["enclosures"]
    assert named["title"].startswith("Report about a scan or test, sent by the patient on ")
    assert named["sha256"] == her_file.sha256
    said = text_of(letter.stored_pdf(sent.sent_letter))
    assert named["title"] in said
    assert "mri lumbar" not in said, "what she called it stays here"


def test_the_database_lets_no_file_of_hers_travel_without_her(chosen, her_file, priya):
    with pytest.raises(IntegrityError, match="patients_file_travels_by_their_consent"), transaction.atomic():
        Enclosure.objects.create(referral=chosen, title="X", patient_file=her_file, sha256="0" * 64, added_by=priya)


@pytest.mark.parametrize(
    "change",
    [
        {"scan": "infected", "scanned_at": timezone.now(), "found": "Eicar"},
        {"names": {"name": "Other^Person", "differs": ["name"]}},
    ],
)
def test_a_file_with_a_virus_or_of_somebody_else_cannot_be_chosen(chosen, her_file, priya, change):
    PatientFile.objects.filter(pk=her_file.pk).update(**change)
    with pytest.raises(actions.NotYet, match="cannot go along"):
        actions.enclose(chosen, files=[her_file], agreed=True, by=priya)


def test_neither_can_a_file_of_another_patient_nor_a_report_nobody_read(chosen, location, priya):
    other = factories.patient_file(factories.intake(at=location, submitted=True))
    report = chosen.reports.create(file="reports/a.pdf", sha256="0" * 64, sent_by="Dr. Noor")
    for papers in ({"files": [other]}, {"reports": [report]}):
        with pytest.raises(actions.NotYet, match="cannot go along"):
            actions.enclose(chosen, agreed=True, by=priya, **papers)


def test_another_office_is_asked_for_anew_and_our_own_papers_stay(chosen, her_file, priya):
    papers_out.enclosure(of=chosen, by=priya)
    [own] = chosen.enclosures.going()
    actions.enclose(chosen, files=[her_file], own=[own], agreed=True, by=priya)
    declined = actions.office_decline(actions.send(chosen, by=priya), reason="capacity", office=OFFICE)
    assert titles(actions.redirect(declined, by=priya)) == ["X-ray report"]
    [had] = Delivery.objects.filter(referral=chosen)
    assert [one["title"][:12] for one in had.letter.content["enclosures"]] == ["X-ray report", "Report about"]


def test_a_paper_more_after_sending_is_a_version_more_and_both_are_on_record(sent, her_file, priya):
    actions.enclose(sent, files=[her_file], agreed=True, by=priya)
    first, second = Delivery.objects.order_by("pk")
    assert [first.letter.version, second.letter.version] == [1, 2]
    assert "enclosures" not in first.letter.content
    sent.refresh_from_db()
    assert sent.sent_letter == second.letter
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Delivery.objects.update(channel="fax")


def test_the_same_papers_again_make_no_version(sent, her_file, priya):
    for _ in range(2):
        actions.enclose(sent, files=[her_file], agreed=True, by=priya)
    assert sent.letters.count() == 2


# The desk's page -----------------------------------------------------------------------------------------------------


def test_the_desk_chooses_on_a_page_that_says_what_each_is(chosen, her_file, desk):
    address = reverse("enclosures", args=[chosen.public_id])
    page = desk.get(address).text
    assert "mri lumbar.pdf" in page
    assert "The patient agreed that the files marked go to Ashport Neurology" in page
    without = desk.post(address, {"saw": actions.newest_line(chosen), "of_patient": her_file.public_id})
    assert without.status_code == 422
    assert "mark that they agreed" in without.text
    upload = SimpleUploadedFile("scan.pdf", a_pdf(), "application/pdf")
    said = {"saw": actions.newest_line(chosen), "of_patient": her_file.public_id, "agreed": "on"}
    answer = desk.post(address, said | {"added": upload, "title": "X-ray of March 3"})
    assert answer.url == reverse("letter_parts", args=[chosen.public_id])
    assert [title[:12] for title in titles(chosen)] == ["Report about", "X-ray of Mar"]
    upload = SimpleUploadedFile("scan.pdf", a_pdf(), "application/pdf")
    again = desk.post(address, said | {"added": upload, "title": "X-ray of March 3"})
    assert again.status_code == 302, "sent twice, it is done once"
    assert chosen.enclosures.count() == 2


def test_a_paper_without_words_or_that_is_no_paper_is_refused_and_nothing_kept(chosen, desk):
    address = reverse("enclosures", args=[chosen.public_id])
    for content, title, words in (
        (a_pdf(), "", "what the letter calls this paper"),
        (b"MZ\x90", "X-ray", "This is a program"),
        (None, "X-ray", "Choose the file again"),
    ):
        said = {"saw": actions.newest_line(chosen), "title": title}
        said |= {"added": SimpleUploadedFile("scan.pdf", content)} if content else {}
        answer = desk.post(address, said)
        assert answer.status_code == 422
        assert words in answer.text
    assert not chosen.enclosures.exists()


def test_the_referral_says_who_has_which_and_each_look_is_written_down(chosen, her_file, priya, desk):
    papers_out.enclosure(of=chosen, by=priya, content=a_pdf())
    [own] = chosen.enclosures.going()
    actions.enclose(chosen, files=[her_file], own=[own], agreed=True, by=priya)
    sent = actions.send(chosen, by=priya)
    page = desk.get(reverse("referral", args=[sent.public_id])).text
    assert "Who has which" in page
    assert "X-ray report" in page
    paper = reverse("enclosure", args=[sent.public_id, own.public_id])
    assert desk.get(paper).getvalue() == a_pdf()
    assert looks(actor="staff", user=priya, subject_id=str(own.public_id), patient_id=sent.patient_id).count() == 1
    hers = sent.enclosures.get(patient_file=her_file)
    asked_first = desk.get(reverse("enclosure", args=[sent.public_id, hers.public_id]))
    assert "has not been scanned" in asked_first.text


# The office's room ---------------------------------------------------------------------------------------------------


@pytest.fixture
def paper(chosen, her_file, priya):
    """Her file, as it goes along with the letter that was sent."""
    actions.enclose(chosen, files=[her_file], agreed=True, by=priya)
    actions.send(chosen, by=priya)
    return chosen.enclosures.get()


@pytest.fixture
def office(paper, client):
    assert client.post(path_of(paper.referral), ellen(paper.referral)).status_code == 302
    return client


def test_the_office_opens_it_once_it_has_accepted_and_not_before(paper, office):
    address = here(paper.public_id, name="office_room_enclosure")
    assert office.get(address).status_code == 404
    assert paper.title not in office.get(here()).text
    actions.office_accept(Referral.objects.get(), office=OFFICE)
    assert paper.title in office.get(here()).text
    answer = office.get(address)
    assert answer.getvalue() == a_pdf()
    assert answer["Content-Disposition"] == 'attachment; filename="enclosure.pdf"'
    assert looks(actor="office", subject_id=str(paper.public_id)).count() == 1


def test_it_closes_with_the_link_and_with_the_version_that_lacks_it(paper, office, priya):
    referral = actions.office_accept(Referral.objects.get(), office=OFFICE)
    address = here(paper.public_id, name="office_room_enclosure")
    actions.enclose(referral, by=priya)
    assert office.get(address).status_code == 404, "a newer version goes without it"
    actions.enclose(referral, files=[paper.patient_file], agreed=True, by=priya)
    new = referral.enclosures.going().get()
    address = here(new.public_id, name="office_room_enclosure")
    assert office.get(address).status_code == 200
    actions.withdraw(referral, reason="not_needed", by=priya)
    assert office.get(address).status_code == 404


def test_a_virus_found_later_stops_it(paper, office):
    actions.office_accept(Referral.objects.get(), office=OFFICE)
    PatientFile.objects.update(scan="infected", scanned_at=timezone.now(), found="Eicar")
    answer = office.get(here(paper.public_id, name="office_room_enclosure"))
    assert answer.status_code == 409
    assert "A virus was found" in answer.text


@pytest.mark.parametrize(("channel", "went"), [("fax", "fax"), ("post", "post"), ("fax_here", "fax")])
def test_a_newer_version_on_paper_is_with_the_office_once_somebody_sent_it(sent, priya, sign_in, channel, went):
    Referral.objects.update(channel=channel)
    actions.prepare_letter(Referral.objects.get(), consent="agreed", question="Is it the nerve?", by=priya)
    referral = Referral.objects.get()
    assert (referral.sent_letter.version, referral.office_has.version) == (2, 1)
    desk, page = sign_in(priya), reverse("referral", args=[sent.public_id])
    said = one_line(desk.get(page).text)
    assert "Version 1 went out last. <b>Version 2 did not go to them yet.</b>" in said
    actions.office_was_told(referral.offices_to_tell.get(), by=priya)
    assert Referral.objects.get().office_has.version == 2
    newest = Delivery.objects.last()
    assert (newest.letter.version, newest.channel, newest.by) == (2, went, priya)
    assert "did not go to them yet" not in desk.get(page).text
    assert bool(actions.unproven(referral)) is (went == "fax"), "a fax by hand is not done without its confirmation"
