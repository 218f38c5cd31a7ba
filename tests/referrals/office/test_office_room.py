"""The specialist's office, by link and without an account: it sees one referral, in two stages, and answers."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import escape

from clinic.audit.models import AccessLog
from clinic.links.models import Link
from referrals import moves as actions
from referrals.models import Referral, ReferralMove, Report
from referrals.moves.disclosure import without_identity
from referrals.moves.emails import answer_by
from referrals.office import session as office_session
from tests import factories
from tests.referrals import papers
from tests.referrals.office.conftest import ELLEN, answering, ellen, here, path_of
from tests.source import one_line


def page(browser, address, status=200):
    response = browser.get(address)
    assert response.status_code == status
    return one_line(response.content.decode())


def answer(browser, name, **given):
    """Answers as a person would: from the page that is shown."""
    address = answering(name)
    seen = re.search(r'name="saw" value="(\d+)"', page(browser, address)).group(1)
    return browser.post(address, {"saw": seen, **given})


# Opening --------------------------------------------------------------------------------------------------------------


def test_looking_opens_nothing_and_tells_nothing(sent):
    browser = Client()
    for _ in range(20):
        words = page(browser, path_of(sent))
    browser.head(path_of(sent))
    assert Referral.objects.get().status == "sent"
    assert not AccessLog.objects.exists()
    for secret_word in ("Monteverde", "Graciela", "eurolog", "Fibular", "Soon", "0170", "0171", "Katz"):
        assert secret_word not in words, secret_word
    assert "Riverside" in words


def test_the_right_code_opens_it_and_the_secret_leaves_the_address(sent):
    browser = Client()
    response = browser.post(path_of(sent), ellen(sent))
    assert response.url == here()
    cookie = response.cookies[office_session.COOKIE.name]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert str(sent.public_id) not in cookie.value
    referral = Referral.objects.get()
    assert referral.status == "opened"
    assert referral.moves.last().office == "Ellen Park, RN"


def test_five_wrong_tries_and_the_link_sleeps_until_the_desk_wakes_it(sent, priya):
    browser = Client()
    for left in (4, 3, 2, 1):
        response = browser.post(path_of(sent), ellen(sent, code="000000"))
        assert response.status_code == 422
        assert f"{left} tr" in response.content.decode()
        assert "Ellen Park, RN" in response.content.decode(), "what was typed is kept"
    assert browser.post(path_of(sent), ellen(sent, code="000000")).status_code == 429
    assert browser.post(path_of(sent), ellen(sent)).status_code == 429, "even the right code comes too late"
    assert actions.link_sleeps(sent)
    actions.wake_link(sent, by=priya)
    assert browser.post(path_of(sent), ellen(sent)).status_code == 302


@pytest.mark.parametrize("code", ["", "12", "1234567", "abcdef", "٠١٧٠١", "' OR 1=1 --"])
def test_what_is_no_code_costs_no_try(sent, code):
    response = Client().post(path_of(sent), ellen(sent, code=code))
    assert response.status_code == 422
    assert Link.objects.get().wrong_tries == 0


def test_wrong_expired_and_withdrawn_links_show_one_page(sent, priya, other_location):
    """With the phone of every location: whose link it was, nobody can tell from it."""
    path = path_of(sent)
    wrong = Client().get("/office/" + "x" * 43 + "/")
    Link.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    expired = Client().get(path)
    Link.objects.update(expires_at=timezone.now() + timedelta(days=1))
    actions.withdraw(sent, reason="not_needed", by=priya)
    withdrawn, posted = Client().get(path), Client().post(path, {"person": ELLEN, "code": "123456"})
    bodies = {re.sub(r'value="[^"]{40,}"', "", r.content.decode()) for r in (wrong, expired, withdrawn, posted)}
    assert len(bodies) == 1
    assert {r.status_code for r in (wrong, expired, withdrawn, posted)} == {404}
    [body] = bodies
    assert "Riverside" in body
    assert "Hillcrest" in body


# Staged disclosure ----------------------------------------------------------------------------------------------------


def test_before_accepting_it_sees_what_it_needs_to_decide_and_not_who(room, sent, priya):
    actions.prepare_letter(
        sent, question="Ms. Monteverde (Graciela), born 02/29/1980, 207-555-0111: is surgery needed?", by=priya
    )
    words = page(room, here())
    for part in ("Neurologist", "Soon", "Northern Mutual PPO", "English", "is surgery needed?", "To be seen by"):
        assert part in words, part
    for part in ("Monteverde", "Graciela", "1980", "0111", "@patients"):
        assert part not in words, part
    assert page(room, here(name="office_room_letter"), status=404)
    for name in ("appointment", "report"):
        assert room.get(answering(name)).status_code == 302


def test_after_accepting_it_sees_the_patient_and_the_letter(room):
    assert answer(room, "accept").url == here("accept", name="office_room_done")
    assert "Graciela Monteverde" in page(room, here())
    response = room.get(here(name="office_room_letter"))
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"].startswith("inline")
    rows = AccessLog.objects.filter(actor="office", subject="referral")
    assert {"office_room", "office_room_letter"} <= set(rows.values_list("page", flat=True))


def test_the_office_accepts_in_its_room_and_gives_the_appointment_there(room, sent):
    words = page(room, here())
    assert "each visit is recorded" in words, "what accepting does stands beside the button"
    form = re.search(r'<form class="first-answer".*?</form>', words)[0]
    assert f'action="{answering("accept")}"' in form
    seen = re.search(r'name="saw" value="(\d+)"', form)[1]
    words = one_line(room.post(answering("accept"), {"saw": seen}, follow=True).content.decode())
    assert "You accepted the referral" in words
    assert "Graciela Monteverde" in words
    form = re.search(rf'<form[^>]*action="{answering("appointment")}".*?</form>', words)[0]
    assert 'name="day"' in form
    seen = re.search(r'name="saw" value="(\d+)"', form)[1]
    day = (timezone.now() + timedelta(days=5)).date().isoformat()
    given = {"saw": seen, "day": day, "at": "14:30"}
    words = one_line(room.post(answering("appointment"), given, follow=True).content.decode())
    assert "The appointment is kept" in words
    assert "2:30 PM" in words
    assert "The appointment is kept" not in page(room, here())


def test_the_room_says_by_when_it_wants_an_answer_while_it_waits_for_one(room, sent):
    Referral.objects.update(next_check_at=timezone.now() + timedelta(days=60))
    due = timezone.localtime(answer_by(Referral.objects.get()), sent.location.zone)
    assert f"Please answer by <b>{due:%A, %B} {due.day}" in page(room, here())
    Referral.objects.update(waits_for="coverage")
    assert "Please answer by" not in page(room, here()), "the desk waits for something itself"
    Referral.objects.update(waits_for="")
    answer(room, "ask", words="Mornings?")
    assert "Please answer by" not in page(room, here())


def test_every_page_of_the_office_names_the_clinic_and_its_location(room, sent, settings):
    for words in (page(room, here()), page(Client(), path_of(sent))):
        head = re.search(r'<header class="site-head">.*?</header>', words)[0]
        assert settings.ORGANIZATION in head
        assert "Riverside" in head


def test_a_question_after_accepting_does_not_close_the_letter_again(room):
    answer(room, "accept")
    answer(room, "ask", words="Mornings?")
    assert room.get(here(name="office_room_letter")).status_code == 200


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GRACIELA has a foot drop", "[patient] has a foot drop"),
        ("Graciela Monteverde's foot", "[patient]'s foot"),
        ("seen 2/29/1980 and 1980-02-29", "seen […] and […]"),
        ("call (207) 555-0111 or 207.555.0111", "call […] or […]"),
        ("lives at 12 mill street, Ashport", "lives at […]"),
        ("Monteverdes and gracielaX stay", "Monteverdes and gracielaX stay"),
    ],
)
def test_identity_is_taken_out_of_free_words(decision, text, left):
    decision.case.patient.address = "12 Mill Street, Ashport"
    with translation.override("en"):
        assert without_identity(text, decision.case.patient) == left


def test_an_office_that_reads_spanish_reads_spanish_in_its_place(decision):
    with translation.override("es"):
        assert without_identity("Dolor de Graciela Monteverde", decision.case.patient) == "Dolor de [paciente]"


# Answers --------------------------------------------------------------------------------------------------------------


def test_decline_with_a_reason(room):
    assert answer(room, "decline", words="x").status_code == 422, "a reason is needed"
    assert answer(room, "decline", reason="not_in_time", words="Eleven weeks.").url == here(
        "decline", name="office_room_done"
    )
    move = ReferralMove.objects.get(what="declined")
    assert (move.reason, move.note, move.office) == ("not_in_time", "Eleven weeks.", "Ellen Park, RN")
    assert "You declined" in page(room, here())


def test_ask_and_read_the_answer(room, sent, priya):
    answer(room, "ask", words="Does Graciela have an MRI?")
    actions.answer_question(sent, words="Graciela has none.", by=priya)
    words = page(room, here())
    assert "[patient] has none." in words
    assert "Graciela" not in words


def test_an_appointment_on_the_offices_clock(room, neurologist):
    neurologist.time_zone = "America/Denver"
    neurologist.save()
    answer(room, "accept")
    day = (timezone.now() + timedelta(days=5)).date().isoformat()
    assert answer(room, "appointment", day=day, at="14:30", instructions="Bring shoes.").status_code == 302
    appointment = Referral.objects.get().appointments.get()
    assert appointment.starts_at.astimezone(appointment.starts_at.tzinfo).strftime("%H:%M") in ("21:30", "20:30")
    assert (appointment.time_zone, appointment.given_by) == ("America/Denver", "Ellen Park, RN")
    assert "Bring shoes." in page(room, here())


@pytest.mark.parametrize(
    ("day", "at"),
    [("", ""), ("2020-01-01", "10:00"), ("0001-01-01", "00:00"), ("9999-12-31", "23:59"), ("31/31/2026", "25:00")],
)
def test_dates_that_cannot_be(room, day, at):
    answer(room, "accept")
    response = answer(room, "appointment", day=day, at=at, instructions="kept words")
    assert response.status_code == 422
    assert "kept words" in response.content.decode()


def test_a_report_in_words_or_as_a_file(room):
    answer(room, "accept")
    assert answer(room, "report").status_code == 422
    assert answer(room, "report", words="Fibular palsy.").status_code == 302
    sent_file = SimpleUploadedFile("Graciela.pdf", papers.a_pdf())
    assert answer(room, "report", file=sent_file).status_code == 302
    assert Report.objects.count() == 2
    assert Referral.objects.get().status == "reported"


@pytest.mark.parametrize("content", [b"<html><script>1</script>", papers.a_pdf(change=papers.with_script), b"MZ"])
def test_a_file_that_only_pretends_is_refused_in_words(room, content):
    answer(room, "accept")
    response = answer(room, "report", words="My words", file=SimpleUploadedFile("r.pdf", content))
    assert response.status_code == 422
    assert "My words" in response.content.decode()
    assert not Report.objects.exists()


def test_pressed_twice_is_done_once(room):
    address = answering("accept")
    seen = re.search(r'name="saw" value="(\d+)"', page(room, address)).group(1)
    first, second = (room.post(address, {"saw": seen}) for _ in range(2))
    assert first.url == second.url == here("accept", name="office_room_done")
    assert ReferralMove.objects.filter(what="accepted").count() == 1


def test_a_page_that_is_behind_says_so_and_keeps_nothing(room, sent, priya):
    address = answering("accept")
    seen = re.search(r'name="saw" value="(\d+)"', page(room, address)).group(1)
    actions.note(sent, words="Phoned.", by=priya)
    response = room.post(address, {"saw": seen})
    assert response.status_code == 409
    assert Referral.objects.get().status == "opened"


@pytest.mark.parametrize(
    "second",
    [{"reason": "other", "words": "She needs an MRI first."}, {"reason": "not_taking", "words": "Ask Dr. Lee <b>."}],
    ids=["another reason", "other words"],
)
def test_another_answer_from_an_old_page_is_not_taken_for_the_first_and_its_words_come_back(room, second):
    """Two at one computer, or the browser's Back: "declined" was said to be kept, and what was new in it was gone."""
    address = answering("decline")
    seen = re.search(r'name="saw" value="(\d+)"', page(room, address)).group(1)
    first = {"saw": seen, "reason": "not_taking", "words": ""}
    assert [room.post(address, first).status_code for _ in range(2)] == [302, 302]
    behind = room.post(address, {"saw": seen} | second)
    assert behind.status_code == 409
    assert escape(second["words"]) in behind.content.decode()
    assert ReferralMove.objects.filter(what="declined").count() == 1


@pytest.mark.parametrize("saw", ["", "x", "-1", "9" * 60, "\x00"])
def test_a_tampered_page_is_no_accident(room, saw):
    assert room.post(answering("accept"), {"saw": saw}).status_code in (409, 422)
    assert Referral.objects.get().status == "opened"


# The end of a visit ---------------------------------------------------------------------------------------------------


def test_redirecting_ends_the_visit_at_once(room, sent, priya):
    actions.office_decline(sent, reason="other", by=priya)
    actions.redirect(sent, by=priya)
    words = page(room, here(), status=404)
    assert "Monteverde" not in words
    assert room.post(answering("accept"), {"saw": "1"}).status_code == 404


def test_the_office_before_sees_nothing_of_the_next_round(room, sent, priya):
    actions.office_decline(sent, reason="other", by=priya)
    actions.redirect(sent, by=priya)
    actions.choose(sent, factories.specialist(), choice="suggested", because="next", by=priya)
    actions.prepare_letter(sent, consent="agreed", by=priya)  # asked again: the first consent was for the office before
    actions.send(sent, by=priya)
    assert room.get(here()).status_code == 404


def test_a_visit_is_good_for_its_own_round_even_if_a_link_outlived_it(room):
    Referral.objects.update(round=2)
    assert room.get(here()).status_code == 404


def test_leaving_forgets(room):
    assert room.post("/office/leave/").status_code == 200
    assert room.get(here()).status_code == 404


def test_a_cookie_somebody_made_up_opens_nothing(sent):
    browser = Client()
    for value in ("", "x", "x:y:z", "a" * 5000):
        browser.cookies[office_session.COOKIE.name] = value
        assert browser.get(here()).status_code == 404
