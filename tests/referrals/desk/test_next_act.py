"""The thing to act on: it stands in the card of the next step, and the banner after a step names whoever comes next."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.audit.models import AccessLog
from referrals import moves as actions
from referrals.desk.way import way_of
from referrals.models import Referral
from tests import factories
from tests.referrals.conftest import OFFICE
from tests.source import one_line


@pytest.fixture
def other(location, maya, priya):
    """Bruno's referral, which waits to be sent."""
    bruno = factories.patient(at=location, first_name="Bruno", last_name="Ostrander")
    case = factories.case(of=bruno, acknowledged_by=maya)
    return factories.referral(after=factories.decision(on=case, by=maya), owner=priya)


def page(browser, referral) -> str:
    return one_line(browser.get(f"/referrals/{referral.public_id}/").content.decode())


def card(browser, referral) -> str:
    """The card of the next step alone."""
    return re.search(r'<section class="card next-card".*?</section>', page(browser, referral), re.S)[0]


def late(referral, **by) -> Referral:
    Referral.objects.filter(pk=referral.pk).update(next_check_at=timezone.now() - timedelta(**by))
    referral.refresh_from_db()
    return referral


def note(browser, referral):
    """The desk writes a call down, and comes back to the referral."""
    at = f"/referrals/{referral.public_id}/move/"
    seen = actions.newest_line(referral)
    return browser.post(at, {"do": "note", "saw": seen, "what": "phone", "words": "They call back."})


# The card of the next step --------------------------------------------------------------------------------------------


def test_the_question_stands_where_it_is_answered(sent, desk):
    actions.office_ask(sent, words="Does she have the nerve test?", office=OFFICE)
    words = card(desk, sent)
    assert "Does she have the nerve test?" in words
    assert OFFICE in words
    assert "Answer the question" in words


def test_an_office_that_is_late_is_called_from_the_card(sent, desk, neurologist):
    assert "tel:" not in card(desk, sent), "nothing to call for yet"
    words = card(desk, late(sent, days=9, hours=1))
    assert f"{neurologist.practice} <span" in words
    assert neurologist.phone in words
    assert 'class="btn btn-primary" href="tel:' in words
    assert "The time ran out on" in words
    assert "9 days ago" in words
    assert "runs out" not in words
    for outcome in ("They accepted", "They declined", "No answer: try again"):
        assert outcome in words, outcome


def test_nobody_picks_up_and_it_comes_back_on_the_next_open_day(sent, desk, location):
    form = card(desk, late(sent, days=1))
    given = dict(re.findall(r'<input type="hidden" name="(do|saw|whom|outcome)" value="([^"]*)"', form))
    assert desk.post(f"/referrals/{sent.public_id}/move/", given).status_code == 302
    sent.refresh_from_db()
    opens = location.opening_hours.opening_on_a_later_day(timezone.now())
    assert sent.next_check_at == opens
    assert sent.status == "sent"
    line = sent.moves.last()
    assert (line.what, line.note.partition("\n")[0]) == ("phone", "No answer.")


def test_a_patient_who_did_not_come_is_called_by_their_number(accepted, desk, priya):
    soon = timezone.now() + timedelta(days=1)
    actions.give_appointment(accepted, starts_at=soon, time_zone="America/New_York", by=priya)
    assert 'class="big-day"' in card(desk, accepted)
    assert "Change the appointment" in card(desk, accepted)
    actions.no_show(accepted, by=priya)
    assert accepted.patient.phone in card(desk, accepted)


def test_what_ends_a_referral_stands_last_and_apart(sent, desk):
    words = page(desk, sent)
    more = words[words.index('id="more"') :]
    assert more.index("Change") < more.index("Hand over") < more.index("End") < more.index("Withdraw")
    assert re.search(r'class="danger"[^>]*do=withdraw', more)


# How far it has come --------------------------------------------------------------------------------------------------


def test_seven_steps_say_how_far_it_has_come(draft, neurologist, desk, priya, maya):
    assert (way_of(draft).number, way_of(draft).now) == (1, "Decided")
    actions.choose(draft, neurologist, choice="suggested", because="near", by=priya)
    draft.refresh_from_db()
    assert way_of(draft).now == "Letter"
    actions.prepare_letter(draft, consent="agreed", by=priya)
    actions.send(draft, by=priya)
    assert "Step 3 of 7: Sent" in page(desk, draft)
    actions.office_opened(draft, office=OFFICE)
    draft.refresh_from_db()
    assert [step.state for step in way_of(draft).steps] == ["done"] * 3 + ["now"] + ["later"] * 3
    assert "late" in [step.state for step in way_of(late(draft, hours=1)).steps]
    report = actions.receive_report(draft, words="Seen.", office=OFFICE)
    actions.read_report(report, by=maya)
    draft.refresh_from_db()
    actions.close(draft, reason="report_read", by=priya)
    draft.refresh_from_db()
    assert {step.state for step in way_of(draft).steps} == {"done"}


def test_one_that_was_withdrawn_has_no_way_to_show(sent, priya, desk):
    actions.withdraw(sent, reason="not_needed", by=priya)
    sent.refresh_from_db()
    assert way_of(sent) is None
    assert "step-line" not in page(desk, sent)


# Whoever comes next ---------------------------------------------------------------------------------------------------


def test_after_a_step_the_banner_names_the_next_of_the_list_once(sent, other, desk, priya):
    desk.get("/referrals/?show=unsent")
    note(desk, sent)
    words = page(desk, sent)
    assert "Next: Bruno Ostrander" in words
    assert f"/referrals/{other.public_id}/" in words
    assert "show=unsent" in words
    rows = AccessLog.objects.filter(user=priya, patient_id=other.patient_id, page="referral")
    assert set(rows.values_list("subject", flat=True)) == {"listed"}
    assert "Ostrander" not in page(desk, sent), "a page that is loaded again is no step"


def test_a_list_that_is_done_names_nobody(sent, other, desk):
    desk.get("/referrals/?show=overdue")
    note(desk, sent)
    words = page(desk, sent)
    assert "Nothing else waits for you there." in words
    assert "Ostrander" not in words


def test_nobody_of_another_location_comes_next(sent, maya, desk):
    away = factories.location("Hillcrest")
    theirs = factories.case(of=factories.patient(at=away, last_name="Ostrander"), acknowledged_by=maya)
    factories.referral(after=factories.decision(on=theirs, by=maya), owner=maya)
    note(desk, sent)
    assert "Ostrander" not in page(desk, sent)


# Choosing, checking, sending ------------------------------------------------------------------------------------------


def test_each_specialist_says_in_columns_what_fits(draft, neurologist, desk):
    factories.specialist(name="Ana Lund", accepts_new_patients=False, insurance_plans=["Summit"], practice="Lund")
    words = one_line(desk.get(f"/referrals/{draft.public_id}/choose/").content.decode())
    for column in ("New patients", "Plan", "Focus", "Language", "Miles"):
        assert f'data-label="{column}"' in words, column
    assert "takes none" in words
    assert "does not list Northern Mutual PPO" in words


def test_nobody_comes_to_sending_past_the_question_of_consent(draft, neurologist, desk, priya):
    at = f"/referrals/{draft.public_id}/"
    actions.choose(draft, neurologist, choice="suggested", because="near", by=priya)
    letter = one_line(desk.get(at + "letter/").content.decode())
    assert f'href="{at}choose/"' in letter
    assert f'href="{at}send/"' not in letter
    given = {"saw": actions.newest_line(draft), "question": "What now?", "wanted": "opinion"}
    refused = desk.post(at + "letter/", given)
    assert refused.status_code == 422
    assert "Say whether the patient agreed" in refused.content.decode()
    actions.prepare_letter(draft, consent="agreed", by=priya)
    assert f'href="{at}send/"' in desk.get(at + "letter/").content.decode()


def test_the_letter_is_read_beside_its_form(draft, desk):
    words = one_line(desk.get(f"/referrals/{draft.public_id}/letter/").content.decode())
    assert "The letter, as it stands now" in words
    assert draft.question.split(".")[0] in words
