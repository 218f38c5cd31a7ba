"""Two files at the same moment, or a file taken back while somebody chooses from it, on the real database."""

import pytest

from referrals import moves
from referrals.directory import actions
from referrals.models import Referral, Specialist
from referrals.moves.steps import NotYet
from tests import factories
from tests.at_once import at_once
from tests.referrals.directory.sheets import ROW, kept, put_in, sheet

pytestmark = pytest.mark.django_db(transaction=True)


def confirming(content, by):
    one = kept(content, by)
    mark = actions.preview_of(one).mark
    return lambda: actions.confirm_import(one, saw=mark, by=by)


def test_the_same_offices_in_two_orders_do_not_wait_for_each_other(priya, ruth):
    listings = [factories.specialist() for _number in range(40)]
    old = [{"Listing": str(one.public_id), "Phone": f"207 555 0{place:03}"} for place, one in enumerate(listings)]
    files = [sheet(*rows, headings=("Listing", "Phone")) for rows in (old, old[::-1])]
    results = at_once(*[confirming(content, by) for content, by in zip(files, (priya, ruth), strict=True)])
    assert sorted(map(repr, results)) == ["ReferralChanged()", "True"]
    new = [{"Name": f"Ana Lund {place}"} for place in range(40)]
    files = [sheet(*rows) for rows in (new, new[::-1])]
    results = at_once(*[confirming(content, by) for content, by in zip(files, (priya, ruth), strict=True)])
    assert sorted(map(repr, results)) == ["ReferralChanged()", "True"]
    assert Specialist.objects.count() == 80


def test_either_it_is_chosen_or_the_import_is_taken_back(draft, priya, ruth):
    for _time in range(5):
        one = put_in(sheet({}), ruth)
        new = Specialist.objects.get(name=ROW["Name"])
        chosen, undone = at_once(
            lambda new=new: moves.choose(draft, new, choice="other", because="near", by=priya),
            lambda one=one: actions.undo_import(one, by=ruth),
        )
        if isinstance(chosen, Referral):
            assert isinstance(undone, NotYet)
            return
        assert (type(chosen), undone) == (NotYet, True)
