"""Offices from a file, taken back whole while nobody used them."""

import pytest
from django.urls import reverse

from referrals import moves
from referrals.desk.sending import ChooseForm
from referrals.directory import actions
from referrals.models import Specialist
from referrals.moves.directory import change_listing
from referrals.moves.steps import NotYet
from tests import factories
from tests.referrals.directory.sheets import ROW, put_in, sheet


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


@pytest.fixture
def imported(priya):
    factories.specialist(
        name="Lena Fischer", practice="Casco Nerve Center", street="1 Harbor Street", phone="(207) 555-0100", fax=""
    )
    content = sheet({}, {"Name": "Lena Fischer", "Phone": "207 555 0111", "Plans": ""})
    return put_in(content, priya)


def test_an_import_is_taken_back_whole(imported, desk):
    assert Specialist.objects.count() == 2
    for says in ("The import is taken back", "Nothing was done now: this file is not in the directory"):
        answer = desk.post(reverse("undo_import", args=[imported.public_id]), follow=True)
        assert [says in str(message) for message in answer.context["messages"]] == [True]
    [left] = Specialist.objects.all()
    assert (left.name, left.phone) == ("Lena Fischer", "(207) 555-0100")
    shown = desk.get(reverse("one_import", args=[imported.public_id])).text
    assert "took it back" in shown


def test_what_a_referral_went_on_with_is_not_taken_back(imported, draft, priya, desk):
    new = Specialist.objects.get(name=ROW["Name"])
    moves.choose(draft, new, choice="suggested", because="sees new patients", by=priya)
    with pytest.raises(NotYet):
        actions.undo_import(imported, by=priya)
    desk.post(reverse("undo_import", args=[imported.public_id]))
    assert Specialist.objects.filter(pk=new.pk).exists()
    assert Specialist.objects.get(name="Lena Fischer").phone == "(207) 555-0111", "the other one neither"
    assert "a referral went on with it" in desk.get(reverse("one_import", args=[imported.public_id])).text


def renamed(listing, name, by):
    """Put in a file that gives a listing another name."""
    return put_in(sheet({"Listing": str(listing.public_id), "Name": name}, headings=("Listing", "Name")), by)


def test_a_name_that_somebody_has_taken_since_is_said_and_everything_stays(desk, priya):
    first = factories.specialist(name="Lena Fischer")
    one = renamed(first, "Lena Fischer-Ash", priya)
    taken = {"name": "Lena Fischer", "practice": first.practice, "street": first.street}
    factories.specialist(**taken)
    answer = desk.post(reverse("undo_import", args=[one.public_id]), follow=True)
    assert "another listing has the name and the office that this one had before" in answer.text
    first.refresh_from_db()
    one.refresh_from_db()
    assert (first.name, one.undone_at) == ("Lena Fischer-Ash", None)
    Specialist.objects.filter(name="Lena Fischer").update(name="Somebody Else")
    assert actions.undo_import(one, by=priya)
    first.refresh_from_db()
    assert first.name == "Lena Fischer"


def test_who_is_chosen_while_the_import_is_taken_back_is_said_to_be_gone(imported, draft, desk, priya, monkeypatch):
    new, checks = Specialist.objects.get(name=ROW["Name"]), ChooseForm.clean

    def clean_and_taken_back(form):
        given = checks(form)
        actions.undo_import(imported, by=priya)
        return given

    monkeypatch.setattr(ChooseForm, "clean", clean_and_taken_back)
    page = reverse("choose_specialist", args=[draft.public_id])
    said = {"saw": moves.newest_line(draft), "listing": "other", "other": str(new.public_id), "why": "Knows her well"}
    answer = desk.post(page, said)
    assert answer.status_code == 422
    assert "This specialist is no longer listed. Choose another." in answer.text
    assert "Knows her well" in answer.text, "nothing typed is lost"
    draft.refresh_from_db()
    assert draft.specialist is None


def test_what_somebody_changed_since_is_not_taken_back(imported, priya):
    change_listing(Specialist.objects.get(name="Lena Fischer"), by=priya, focus="spine")
    with pytest.raises(NotYet):
        actions.undo_import(imported, by=priya)
    assert "somebody changed it since" in " ".join(actions.used_since(imported))
