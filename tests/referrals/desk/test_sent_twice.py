"""A form sent twice is one; another one from the same old page is no repetition, and nothing typed in it is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from referrals import moves as actions
from tests import factories
from tests.source import one_line

DATE = (timezone.now() + timedelta(days=9)).date().isoformat()
CALL = {"do": "call", "outcome": "message", "words": "Ellen is out.", "day": ""}
NOTE = {"do": "note", "what": "phone", "words": "Ellen is out."}
TRY = {"do": "tried", "channel": "phone", "outcome": "no_answer", "words": ""}
NEXT = {"do": "next-date", "day": DATE, "at": "09:00", "words": ""}
WAIT = {"do": "wait", "what": "data", "day": DATE, "at": "09:00", "words": "The scan."}
DECLINE = {"do": "declined", "reason": "not_taking", "words": "No room."}
DAY = {"do": "appointment", "day": DATE, "at": "10:00", "instructions": "Bring the scan."}
REPORT = {"do": "report", "sent_by": "Ellen Park", "words": "Seen."}


@pytest.fixture
def accepted(decision, priya, neurologist):
    """A referral whose office has accepted it, without the letter that takes a while to set."""
    return factories.referral(after=decision, owner=priya, to=neurologist, status="accepted")


def sends(browser, referral, form):
    return browser.post(f"/referrals/{referral.public_id}/move/", form)


@pytest.mark.parametrize("form", [CALL, NOTE, NOTE | {"what": "fax"}, TRY, NEXT, WAIT, DECLINE, DAY, REPORT])
def test_the_same_twice_is_once(accepted, desk, form):
    form = form | {"saw": actions.newest_line(accepted)}
    lines = accepted.moves.count()
    assert [sends(desk, accepted, form).status_code for _twice in range(2)] == [302, 302]
    assert accepted.moves.count() == lines + 1


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        (CALL, {"words": "Ellen is back, and asks for the scan."}, "Ellen is back, and asks for the scan."),
        (CALL, {"outcome": "on_it"}, "Ellen is out."),
        (CALL | {"words": ""}, {"words": "Ellen"}, "Ellen"),
        (CALL, {"words": ""}, "left a message"),
        (CALL, {"whom": "patient"}, "Ellen is out."),
        (NOTE, {"words": "Ellen"}, "Ellen"),
        (NOTE, {"what": "fax"}, "Ellen is out."),
        (TRY, {"outcome": "message"}, "Left a message"),
        (TRY, {"channel": "email"}, "Email"),
        (NEXT, {"at": "11:00"}, 'value="11:00"'),
        (DAY, {"at": "11:30"}, 'value="11:30"'),
        (REPORT, {"words": "Seen twice."}, "Seen twice."),
    ],
)
def test_another_from_the_same_page_comes_back_with_what_was_typed(accepted, desk, first, then, kept):
    first = first | {"saw": actions.newest_line(accepted)}
    assert sends(desk, accepted, first).status_code == 302
    lines = accepted.moves.count()
    answer = sends(desk, accepted, first | then)
    assert answer.status_code == 409
    assert kept.casefold() in one_line(answer.text).casefold()
    assert accepted.moves.count() == lines


def test_a_letter_and_a_choice_are_compared_with_what_stands(draft, neurologist, desk):
    at, casco = f"/referrals/{draft.public_id}/", factories.specialist(practice="Casco Nerve Center")
    choose = {"listing": neurologist.public_id, "other": "", "why": "", "saw": actions.newest_line(draft)}
    for listing, status in ((neurologist, 302), (neurologist, 302), (casco, 409)):
        assert desk.post(f"{at}choose/", choose | {"listing": listing.public_id}).status_code == status, listing
    letter = {"question": "Is it L5?", "wanted": "opinion", "consent": "agreed", "saw": actions.newest_line(draft)}
    for question, status in (("Is it L5?", 302), ("Is it L5?", 302), ("Is it the peroneal nerve?", 409)):
        answer = desk.post(f"{at}letter/", letter | {"question": question})
        assert answer.status_code == status, question
    assert "Is it the peroneal nerve?" in answer.text
    draft.refresh_from_db()
    assert (draft.specialist, draft.question) == (neurologist, "Is it L5?")


def test_another_colleague_is_no_repetition(accepted, desk, ruth, daniel):
    form = {"do": "hand-over", "words": "", "saw": actions.newest_line(accepted)}
    assert sends(desk, accepted, form | {"to": ruth.pk}).status_code == 302
    assert sends(desk, accepted, form | {"to": daniel.pk}).status_code == 409
    accepted.refresh_from_db()
    assert accepted.owner == ruth
