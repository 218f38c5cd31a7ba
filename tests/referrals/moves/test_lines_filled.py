"""Lines written before they kept a next date, or what came of a call, are filled from what was known."""

from importlib import import_module
from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from referrals import migrations
from referrals import moves as actions
from referrals.models import ReferralMove
from tests.referrals.conftest import OFFICE

MIGRATION = next(Path(migrations.__path__[0]).glob("*_lines_keep_the_next_date.py")).stem
FILL = import_module(f"referrals.migrations.{MIGRATION}").FILL
FORGET = """
    ALTER TABLE referrals_referralmove DISABLE TRIGGER pgtrigger_referral_move_only_grows_717d9;
    UPDATE referrals_referralmove SET due_at = NULL, came_of = '';
    ALTER TABLE referrals_referralmove ENABLE TRIGGER pgtrigger_referral_move_only_grows_717d9;
"""


@pytest.mark.django_db(transaction=True)
def test_each_line_has_the_date_its_referral_had_then_and_each_call_its_outcome(decision, maya, priya, neurologist):
    referral = actions.refer(decision, by=maya)
    actions.choose(referral, neurologist, choice="suggested", because="sees new patients", by=priya)
    actions.prepare_letter(referral, consent="agreed", by=priya)
    actions.send(referral, by=priya)
    for outcome in ("no_answer", "calls_back"):
        actions.log_call(
            referral, outcome=outcome, by=priya, words="Left a message. Not so." * (outcome == "no_answer")
        )
    actions.note(referral, words="No answer. Again: tomorrow.", what="phone", by=priya)
    actions.office_decline(referral, reason="not_taking", office=OFFICE)
    kept = list(ReferralMove.objects.order_by("pk").values_list("what", "due_at", "came_of"))
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
        cursor.execute(FILL)
    assert list(ReferralMove.objects.order_by("pk").values_list("what", "due_at", "came_of")) == kept
    assert len({due for _what, due, _came_of in kept}) == 3
    with pytest.raises(DatabaseError, match="Cannot update"):
        ReferralMove.objects.update(note="")
