"""Two therapists press at the same moment: one wins, the other reads who, and no word is lost.

`PLUMBLINE_ROUNDS=200 python -m pytest tests/intake/review/test_two_at_once.py` plays that many rounds.
"""

import os

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from clinic.typed.actions import signed, waiting
from intake.models import Case, CaseEvent, Decision
from tests import factories
from tests.at_once import at_once
from tests.intake.review.test_case_page import decision

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("PLUMBLINE_ROUNDS", "16"))
Kind, Status = CaseEvent.Kind, Case.Status


class Desk:
    """One therapist's browser, and what they typed in this round."""

    def __init__(self, person, browser):
        self.person, self.browser, self.words, self.looks = person, browser, "", False

    def presses(self, route, case, **sent):
        place = reverse(route, args=[case.public_id])
        return self.browser.post(place, sent | {"typed_by": signed(self.person, place)})

    def claims(self, case):
        return self.presses("acknowledge", case)

    def decides(self, case):
        sent = decision(case, verdict="otherwise", outcome="treat", reason="examined", words=self.words)
        return self.presses("decide", case, **sent)

    def takes_over(self, case):
        sent = {"over-of": case.acknowledged_by.public_id, "over-words": self.words}
        return self.presses("take_over_case", case, **sent)

    def loses_no_word(self, case, route):
        """It waits for its author; what the page makes of it, also after a sign-out, is looked at now and then."""
        place = reverse(route, args=[case.public_id])
        assert [self.words] in waiting(self.person, [place])[place].fields.values()
        if self.looks:
            self.browser.logout()
            self.browser.force_login(self.person)
            assert self.words in self.browser.get(case.get_absolute_url()).text


@pytest.fixture
def desks(maya, daniel):
    return [Desk(person, Client()) for person in (maya, daniel)]


def said(answer) -> str:
    """What the next page would say of it, last."""
    return [str(message) for message in get_messages(answer.wsgi_request)][-1]


def who_won(case, kind) -> int:
    """Return the one person the timeline names for it."""
    [event] = case.events.filter(kind=kind)
    return event.by_id


def both_claim(desks, location, una):
    case = factories.case(at=location)
    answers = at_once(*[lambda desk=desk: desk.claims(case) for desk in desks])
    case.refresh_from_db()
    assert who_won(case, Kind.ACKNOWLEDGED) == case.acknowledged_by_id
    [told] = [answer for desk, answer in zip(desks, answers, strict=True) if desk.person != case.acknowledged_by]
    assert said(told) == f"{case.acknowledged_by} already has this case."


def both_decide(desks, location, una):
    case = factories.case(at=location)
    answers = at_once(*[lambda desk=desk: desk.decides(case) for desk in desks])
    case.refresh_from_db()
    assert case.decided_by_id == who_won(case, Kind.DECIDED)
    assert Decision.objects.filter(case=case).count() == 1
    [(loser, told)] = [pair for pair in zip(desks, answers, strict=True) if pair[0].person != case.decided_by]
    assert told.status_code == 409
    assert f"Decided by {case.decided_by}" in " ".join(told.text.split())
    assert loser.words in told.text
    loser.loses_no_word(case, "decide")


def both_take_over(desks, location, una):
    case = factories.case(at=location, acknowledged_by=una)
    answers = at_once(*[lambda desk=desk: desk.takes_over(case) for desk in desks])
    case.refresh_from_db()
    assert case.acknowledged_by_id == who_won(case, Kind.TAKEN_OVER)
    [(loser, told)] = [pair for pair in zip(desks, answers, strict=True) if pair[0].person != case.acknowledged_by]
    assert said(told) == f"{case.acknowledged_by} has this case by now. Nothing was changed."
    loser.loses_no_word(case, "take_over_case")


def one_decides_while_the_other_takes_over(desks, location, una):
    holder, other = desks
    case = factories.case(at=location, acknowledged_by=holder.person)
    decided, taken = at_once(lambda: holder.decides(case), lambda: other.takes_over(case))
    case.refresh_from_db()
    if case.status == Status.DECIDED:
        assert case.decided_by == holder.person
        assert not case.events.filter(kind=Kind.TAKEN_OVER).exists()
        assert said(taken).startswith("Nobody has this case any more")
        other.loses_no_word(case, "take_over_case")
    else:
        assert case.acknowledged_by == other.person
        assert decided.status_code == 409
        assert f"{other.person} has this case" in decided.text
        assert holder.words in decided.text
        holder.loses_no_word(case, "decide")


KINDS = (both_claim, both_decide, both_take_over, one_decides_while_the_other_takes_over)


def test_one_wins_and_the_other_reads_who_and_loses_no_word(location, desks):
    una = factories.staff("Una Ulm", at=[location])
    for desk in desks:
        desk.browser.force_login(desk.person)
    for number in range(ROUNDS):
        for desk in desks:
            desk.words, desk.looks = f"Round {number}, typed by {desk.person.name}.", number % 20 < len(KINDS)
        KINDS[number % len(KINDS)](desks, location, una)
        desks.reverse()
