"""The desk's pages: who sees them, what they say is next, and what happens to what was typed."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from clinic.audit.models import AccessLog
from intake.models import Urgency
from referrals import moves as actions
from referrals.desk.forms import MOVES
from referrals.models import Referral, Report
from tests import factories
from tests.referrals import papers
from tests.referrals.conftest import OFFICE
from tests.source import one_line


def page(browser, address, status=200) -> str:
    response = browser.get(address)
    assert response.status_code == status
    return one_line(response.content.decode())


def fill(browser, address, **given):
    """Posts a form from the page as it is shown now."""
    seen = re.search(r'name="saw" value="(\d+)"', page(browser, address)).group(1)
    return browser.post(address.split("?")[0], {"saw": seen, **given})


def move(browser, referral, do, **given):
    return fill(browser, f"/referrals/{referral.public_id}/move/?do={do}", do=do, **given)


# Who sees what --------------------------------------------------------------------------------------------------------


def test_the_desk_reads_what_the_patient_signed_about_sharing(desk, draft):
    for place in ("", "letter/"):
        assert "agrees that what is needed is shared" in page(desk, f"/referrals/{draft.public_id}/{place}")
    factories.consent(draft.case.intake, "referral", agreed=False)
    for place in ("", "letter/"):
        assert "ask each time before a letter is sent" in page(desk, f"/referrals/{draft.public_id}/{place}")


def addresses(referral):
    at = f"/referrals/{referral.public_id}/"
    return [at, at + "choose/", at + "letter/", at + "letter.pdf", at + "send/", at + "move/?do=note"]


def test_somebody_elses_location_is_404_and_strangers_sign_in(draft, sign_in, olga, client):
    for address in addresses(draft):
        assert sign_in(olga).get(address).status_code == 404, address
        assert sign_in(olga).post(address).status_code in (404, 405), address
        assert "/account/login/" in client.get(address).url
    assert "Monteverde" not in page(sign_in(olga), "/referrals/")
    assert not AccessLog.objects.filter(patient_id=draft.patient_id).exists()


def test_every_page_that_shows_the_patient_is_written_down(draft, desk, priya):
    for address in addresses(draft):
        before = AccessLog.objects.filter(user=priya, patient_id=draft.patient_id).count()
        desk.get(address)
        assert AccessLog.objects.filter(user=priya, patient_id=draft.patient_id).count() == before + 1, address
    desk.get("/referrals/")
    assert AccessLog.objects.filter(user=priya, subject="list").exists()


def test_the_front_desk_does_not_read_the_report(accepted, desk, sign_in, maya, priya):
    report = actions.receive_report(accepted, words="Fibular palsy, axonal.", office=OFFICE)
    words = page(desk, f"/referrals/{accepted.public_id}/")
    assert "Unread" in words
    assert "axonal" not in words
    assert desk.get(f"/reports/{report.public_id}/").status_code == 403
    assert desk.post(f"/reports/{report.public_id}/read/").status_code == 403
    therapist = sign_in(maya)
    assert "axonal" in page(therapist, f"/referrals/{accepted.public_id}/")
    assert therapist.post(f"/reports/{report.public_id}/read/").status_code == 302
    assert Report.objects.get().read_by == maya
    assert "Read by Maya Ortiz" in page(desk, f"/referrals/{accepted.public_id}/")


def test_a_report_comes_down_as_a_file_to_keep_and_is_written_down(accepted, sign_in, maya, priya, olga):
    desk = sign_in(priya)
    pdf = papers.a_pdf()
    given = {"sent_by": "Miriam Katz, MD", "file": SimpleUploadedFile("scan.pdf", pdf)}
    assert move(desk, accepted, "report", **given).status_code == 302
    report = Report.objects.get()
    assert report.logged_by == priya
    response = sign_in(maya).get(f"/reports/{report.public_id}/")
    assert response.getvalue() == pdf
    assert response["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert AccessLog.objects.filter(user=maya, subject="report", subject_id=str(report.public_id)).exists()
    assert sign_in(olga).get(f"/reports/{report.public_id}/").status_code == 404
    with open(report.file.path, "ab") as file:
        file.write(b"x")
    damaged = sign_in(maya).get(f"/reports/{report.public_id}/")
    assert damaged.status_code == 409
    assert b"%PDF" not in damaged.content


# The worklist ---------------------------------------------------------------------------------------------------------


def test_the_most_pressing_stands_on_top_and_late_is_said_in_words(sent, desk, location, maya, priya):
    other = factories.case(of=factories.patient(at=location, last_name="Later"), acknowledged_by=maya)
    factories.referral(after=factories.decision(on=other, by=maya), owner=priya)
    Referral.objects.filter(pk=sent.pk).update(next_check_at=timezone.now() - timedelta(days=2, hours=1))
    words = page(desk, "/referrals/")
    assert words.index("Monteverde") < words.index("Later")
    assert "Overdue by 2 days" in words
    assert "Call the office: it has not opened the referral" in words
    assert "Later" not in page(desk, "/referrals/?show=overdue")


def test_news_stand_first_then_what_is_urgent_then_what_is_due(desk, location, maya, priya):
    """Each is named by when it comes; the next date alone would turn them round."""
    now = timezone.now()
    for name, urgency, due_in, news_at in (
        ("Fourth", Urgency.SOON, 2, None),
        ("Third", Urgency.URGENT, 3, None),
        ("Second", Urgency.SOON, 4, now),
        ("First", Urgency.URGENT, 5, now - timedelta(days=1)),
    ):
        case = factories.case(of=factories.patient(at=location, last_name=name), acknowledged_by=maya)
        factories.referral(
            after=factories.decision(on=case, by=maya), owner=priya, urgency=urgency, news_at=news_at,
            next_check_at=now + timedelta(days=due_in),
        )  # fmt: skip
    words = page(desk, "/referrals/")
    marks = ("New from offices", "First", "Second", "All others", "Third", "Fourth")
    assert sorted(marks, key=words.index) == list(marks)
    assert "All others" not in page(desk, "/referrals/?status=withdrawn")


def test_who_left_referrals_behind_has_a_list_of_its_own(sent, desk, priya, ruth, sign_in):
    assert "Monteverde" not in page(desk, "/referrals/?show=left")
    priya.is_active = False
    priya.save()
    assert "Monteverde" in page(sign_in(ruth), "/referrals/?show=left")


@pytest.mark.parametrize("query", ["show=mine", "status=sent", "specialty=neurologist", "location=riverside"])
def test_filters_keep_what_fits(sent, desk, query):
    assert "Monteverde" in page(desk, f"/referrals/?{query}")


@pytest.mark.parametrize("query", ["show=ended", "status=draft", "specialty=podiatrist"])
def test_filters_leave_out_what_does_not(sent, desk, query):
    assert "Monteverde" not in page(desk, f"/referrals/?{query}")


@pytest.mark.parametrize("query", ["show=x", "status=x'--", "location=%00", "page=-1", "page=x", "specialty=%ff"])
def test_a_filter_that_makes_no_sense_is_passed_over(sent, desk, query):
    assert desk.get(f"/referrals/?{query}").status_code == 200


def test_an_empty_list_says_what_will_appear(desk):
    assert "No open referral" in page(desk, "/referrals/")


# Choosing, checking, sending ------------------------------------------------------------------------------------------


def test_from_draft_to_sent_page_by_page(draft, neurologist, desk):
    at = f"/referrals/{draft.public_id}/"
    assert "Choose a specialist" in page(desk, at)
    words = page(desk, at + "choose/")
    assert "Miriam Katz" in words
    assert "takes Northern Mutual PPO" in words
    chosen = fill(desk, at + "choose/", listing=str(neurologist.public_id))
    assert chosen.url == at + "letter/"
    kept = fill(
        desk, at + "letter/", question="What now?", wanted="opinion", consent="agreed",
        attachments="X-ray\nMRI", included=["own_words", "tried"],
    )  # fmt: skip
    assert kept.url == at + "send/"
    assert desk.get(at + "letter.pdf").content.startswith(b"%PDF")
    assert fill(desk, at + "send/", channel="link").url == at
    referral = Referral.objects.get()
    assert (referral.status, referral.attachments, referral.left_out) == (
        "sent", ["X-ray", "MRI"], ["daily_life", "therapist_words"],
    )  # fmt: skip
    assert "sees new patients" in referral.choice_reason


def test_another_listing_and_the_patients_wish_need_a_reason(draft, neurologist, desk):
    other = factories.specialist(accepts_new_patients=False)
    at = f"/referrals/{draft.public_id}/choose/"
    response = fill(desk, at, listing="other", other=str(other.public_id))
    assert response.status_code == 422
    assert "Say in a few words why" in response.content.decode()
    assert fill(desk, at, listing="other").status_code == 422
    given = {"listing": str(neurologist.public_id), "patients_choice": "on"}
    assert fill(desk, at, **given).status_code == 422
    assert fill(desk, at, **given, why="Her sister goes there").status_code == 302
    assert Referral.objects.get().choice == "patient"


def test_what_is_missing_is_said_before_sending(draft, desk):
    assert "Choose a specialist first." in page(desk, f"/referrals/{draft.public_id}/send/")
    response = desk.post(f"/referrals/{draft.public_id}/send/", {"saw": actions.newest_line(draft), "channel": "fax"})
    assert response.status_code == 422
    assert Referral.objects.get().status == "draft"


def test_another_open_referral_of_the_same_person_is_warned_of_at_the_start(draft, desk, maya, priya, location):
    again = factories.patient(
        at=location, first_name="graciela", last_name="MONTEVERDE", date_of_birth=draft.patient.date_of_birth
    )
    case = factories.case(of=again, acknowledged_by=maya)
    made = factories.decision(on=case, by=maya, specialist="neurologist", reason="examined", words="x")
    second = actions.refer(made, by=maya)
    assert "There is another open referral like this one" in page(desk, f"/referrals/{second.public_id}/")
    actions.withdraw(draft, reason="made_in_error", by=priya)
    assert "another open referral" not in page(desk, f"/referrals/{second.public_id}/")


# Moves ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "given", "status"),
    [
        ("note", {"what": "phone", "words": "They call back."}, "sent"),
        ("accepted", {"words": "Ellen said so."}, "accepted"),
        ("declined", {"reason": "no_answer"}, "declined"),
        ("appointment", {"day": "tomorrow", "at": "09:30"}, "scheduled"),
        ("report", {"sent_by": "Dr. Katz", "words": "Seen."}, "reported"),
        ("withdraw", {"reason": "patient_declined"}, "withdrawn"),
    ],
)
def test_the_desk_writes_down_what_it_was_told_by_phone(sent, desk, priya, do, given, status):
    if "day" in given:
        given = given | {"day": (timezone.now() + timedelta(days=2)).date().isoformat()}
    assert move(desk, sent, do, **given).status_code == 302
    assert Referral.objects.get().status == status
    assert sent.moves.last().by == priya


@pytest.mark.parametrize("do", MOVES)
def test_an_empty_form_comes_back_with_words_never_with_a_crash(sent, desk, do):
    form = MOVES[do]
    if not form.fits(sent):
        assert desk.get(f"/referrals/{sent.public_id}/move/?do={do}").status_code == 302
        return
    response = move(desk, sent, do)
    assert response.status_code in (302, 422)
    if response.status_code == 422:
        words = response.content.decode()
        assert "error-summary" in words
        assert "This field is required" not in words


@pytest.mark.parametrize("do", ["", "x", "__class__", "note'"])
def test_an_unknown_move_is_404(sent, desk, do):
    assert desk.get(f"/referrals/{sent.public_id}/move/", {"do": do}).status_code == 404
    assert desk.post(f"/referrals/{sent.public_id}/move/", {"do": do}).status_code == 404


def test_a_page_that_is_behind_keeps_what_was_typed_and_says_what_happened(sent, desk, sign_in, ruth):
    at = f"/referrals/{sent.public_id}/move/"
    seen = re.search(r'name="saw" value="(\d+)"', page(desk, at + "?do=accepted")).group(1)
    actions.note(sent, words="I phoned them.", by=ruth)
    response = desk.post(at, {"do": "accepted", "saw": seen, "words": "Ellen said so."})
    words = response.content.decode()
    assert response.status_code == 409
    assert "Somebody changed this referral meanwhile" in words
    assert "I phoned them." in words
    assert "Ellen said so." in words
    assert Referral.objects.get().status == "sent"
    fresh = re.search(r'name="saw" value="(\d+)"', words).group(1)
    again = desk.post(at, {"do": "accepted", "saw": fresh, "words": "Ellen said so."})
    assert again.status_code == 302, "sending it again from this page works"


@pytest.mark.parametrize(
    ("do", "typed"),
    [
        ("accepted", {"words": "Ellen said so."}),
        ("appointment", {"day": "2026-12-09", "at": "14:30", "instructions": "Bring the films."}),
        ("letter", {"question": "Is it the root?", "attachments": "X-ray of March 3"}),
    ],
)
def test_a_step_that_fits_no_more_keeps_what_was_typed_and_says_what_happened(sent, desk, sign_in, ruth, do, typed):
    """Priya types while Ruth takes the referral back, or ends it: her words were gone with a line of one sentence."""
    at = f"/referrals/{sent.public_id}/{'letter' if do == 'letter' else 'move'}/"
    drawn = desk.get(at, {"do": do}).text
    hidden = {name: re.search(rf'name="{name}" value="([^"]+)"', drawn)[1] for name in ("saw", "typed_by")}
    if do == "letter":
        actions.withdraw(sent, reason="seen_elsewhere", words="She went elsewhere.", by=ruth)
    else:
        actions.office_decline(sent, reason="not_in_time", words="They are full.", by=ruth)
        actions.redirect(sent, by=ruth)
    answer = desk.post(at, {"do": do} | hidden | typed)
    page_now = html.unescape(one_line(answer.text))
    assert answer.status_code == 409
    assert "does not fit any more" in page_now or "has ended" in page_now
    assert "Ruth Calloway" in page_now
    for words in typed.values():
        assert words in page_now
    again = html.unescape(desk.get(at, {"do": do}).text)
    assert "was not saved" in again, "nor are they lost when the page is left"
    assert sent.moves.last().by == ruth, "nothing was done"


def test_pressed_twice_is_done_once(sent, desk):
    at = f"/referrals/{sent.public_id}/move/"
    seen = re.search(r'name="saw" value="(\d+)"', page(desk, at + "?do=accepted")).group(1)
    for _ in range(2):
        response = desk.post(at, {"do": "accepted", "saw": seen, "words": "Ellen said so."})
        assert response.url == f"/referrals/{sent.public_id}/"
    assert sent.moves.filter(what="accepted").count() == 1


@pytest.mark.parametrize("version", ["0", "2", "99999999999999999999", "x", "-1", "²"])
def test_a_letter_version_that_is_not_there_is_404(sent, desk, version):
    assert desk.get(f"/referrals/{sent.public_id}/letter.pdf", {"version": version}).status_code == 404


def test_the_title_and_the_address_name_nobody(sent, desk):
    for address in addresses(sent):
        response = desk.get(address, follow=True)
        title = re.search(r"<title>(.*?)</title>", response.content.decode(errors="ignore"), re.S)
        if title:
            assert "Monteverde" not in title[1]
            assert "eurolog" not in title[1]
