"""A patient on the phone, for tests of what is keyed in meanwhile."""

from intake.by_phone.actions import Seen, Taken, take_answers
from intake.models import Case, PhoneAnswer
from tests.answers import SADDLE_NUMBNESS
from tests.intake.review.test_cases import MONDAY_MORNING

# Cauda equina syndrome is not ruled out: urgent. "Yes, new" to the saddle makes it an emergency.
UNSURE = {name: value for name, value in SADDLE_NUMBNESS.items() if name != "bladder_since"} | {
    "emergency_now": ["none"],
    "saddle_change": "unsure",
    "bladder_change": ["unsure"],
    "numb_pattern": ["line_down_leg"],
    "sexual_change": "no",
    "leg_sides": "one",
}
NUMB = {"saddle_change": "yes_new"}
CALM = {"bladder_change": ["none"], "saddle_change": "no"}
ALL_SEEN = 2**31


def keys_in(case: Case, by, answers=(), *, now=MONDAY_MORNING, seen=ALL_SEEN, **more) -> Taken:
    """`by` has the newest page before them, unless `seen` says less."""
    taken = take_answers(case, dict(answers), by=by, seen=Seen(seen, seen), now=now, **more)
    case.refresh_from_db()
    case.intake.refresh_from_db()
    return taken


def on_record(case: Case) -> list[tuple]:
    return [(row.question, row.before, row.value) for row in PhoneAnswer.objects.of(case.intake)]
