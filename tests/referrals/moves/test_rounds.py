"""Two people send, book and redirect one referral at the same moment, round after round: each happens once.

`PLUMBLINE_ROUNDS=200` goes as many rounds; the suite a few.
"""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messages.models import Message
from referrals import moves as actions
from referrals.models import Referral
from tests import factories
from tests.at_once import at_once
from tests.referrals.conftest import OFFICE

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("PLUMBLINE_ROUNDS", "6"))
REFUSED = (actions.MoveNotAllowed, actions.ReferralChanged)


@pytest.fixture
def offices(neurologist):
    return [neurologist, factories.specialist(practice="Harbor Neurology", email="desk@harborneuro.example")]


def one_of_two(*doings):
    """Let both go at once: one is done, the other is told that it came too late. Returns what was done."""
    results = at_once(*doings)
    refused = [result for result in results if isinstance(result, REFUSED)]
    assert len(refused) == 1, results
    [done] = [result for result in results if result not in refused]
    assert not isinstance(done, Exception), results
    return done


def test_what_two_people_do_at_once_happens_once(draft, offices, letters, priya, ruth):
    lost = Counter()
    for number in range(ROUNDS):
        referral, before = Referral.objects.get(), rows_of(draft)
        office = offices[number % 2]
        actions.choose(referral, office, choice="other", because="near", by=priya)
        actions.prepare_letter(referral, consent="agreed", by=priya)
        one_of_two(*[lambda by=by, one=referral: actions.send(one, by=by) for by in (priya, ruth)])

        saw = actions.newest_line(referral)
        days = [timezone.now() + timedelta(days=30 + day) for day in (number, number + 1)]
        where = {"time_zone": "America/New_York", "saw": saw}
        by_whom = ({"office": OFFICE}, {"by": ruth})
        given = one_of_two(
            *[
                lambda day=day, who=who, one=referral, where=where: actions.give_appointment(
                    one, starts_at=day, **where, **who
                )
                for day, who in zip(days, by_whom, strict=True)
            ]
        )
        lost[given.given_by] += 1
        assert [one.pk for one in referral.appointments.filter(replaced_at=None)] == [given.pk]

        actions.office_decline(referral, reason="not_in_time", office=OFFICE)
        one_of_two(*[lambda by=by, one=referral: actions.redirect(one, by=by) for by in (priya, ruth)])
        added = rows_of(draft) - before
        assert added == ONE_ROUND, number
    referral = Referral.objects.get()
    assert (referral.round, referral.status) == (ROUNDS + 1, "draft")
    print(f"\n{ROUNDS} rounds; first with the day: {dict(lost)}")  # shown by -s


ONE_ROUND = Counter(
    {
        "chosen": 1, "letter": 1, "sent": 1, "scheduled": 1, "declined": 1, "redirected": 1,
        "a letter": 1, "an appointment": 1, "referral_sent": 1, "appointment_off": 1, "a day told": 1,
    }
)  # fmt: skip


def rows_of(referral) -> Counter:
    """Count the lines, letters, days and mails there are by now."""
    kinds = Message.objects.filter(recipient__contains="@").values_list("kind", flat=True)
    told = [kind for kind in kinds if kind in ("appointment_made", "appointment_moved")]
    rest = [kind for kind in kinds if kind in ("referral_sent", "appointment_off")]
    return Counter(referral.moves.exclude(what="started").values_list("what", flat=True)) + Counter(
        {
            "a letter": referral.letters.count(),
            "an appointment": referral.appointments.count(),
            "a day told": len(told),
            **Counter(rest),
        }
    )
