"""The directory: one entry for each provider, office and specialty; checked when it is typed, never deleted."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.messages.actions import send_again
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.staff.models import Role
from referrals.models import Referral, Specialist
from referrals.models.numbers import check_npi, check_state, check_zip, npi, us_phone
from referrals.moves import emails
from referrals.moves.directory import add_listing, change_listing
from tests import factories
from tests.answers import FOOT_DROP

GOOD = {
    "specialty": "podiatrist",
    "name": "Lena Fischer",
    "credentials": "DPM",
    "npi": "1234567893",
    "practice": "Ashport Foot and Ankle",
    "street": "8 Harbor Lane",
    "city": "Ashport",
    "state": "me",
    "zip_code": "04999",
    "time_zone": "America/New_York",
    "phone": "207.555.0171",
    "fax": "1 207 555 0172",
    "email": "desk@ashportfoot.example",
    "insurance_plans": "Harbor PPO\n\nMedicare\nHarbor PPO",
    "languages": ["en", "es"],
    "accepts_new_patients": "on",
    "listed": "on",
}


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


@pytest.mark.parametrize("npi", ["1234567893", "1992999825", "1245319599"])
def test_an_npi_with_the_right_sum(npi):
    check_npi(npi)


@pytest.mark.parametrize(
    "npi", ["1234567890", "1234567839", "3234567893", "123456789", "12345678931", "123456789a", "１２３４５６７８９３"]
)
def test_an_npi_with_a_slip_is_caught(npi):
    with pytest.raises(ValidationError):
        check_npi(npi)


@pytest.mark.parametrize(
    "typed",
    [
        "1234567893", " 1234567893 ", "1234 567 893", "1234-567-893", "1234.567.893", "(1234) 567893", "NPI 1234567893",
        "NPI: 1234567893", "npi#1234567893", "NPI No. 1234567893", "1234567893.0",
        "１２３４５６７８９３", "1234\u2013567\u2013893",
        "\u200e1234567893",
    ],
)  # fmt: skip
def test_an_npi_is_kept_in_one_way_however_it_was_pasted(desk, location, typed):
    assert npi(typed) == "1234567893"
    desk.post("/directory/new/", GOOD | {"npi": typed})
    assert Specialist.objects.get().npi == "1234567893"


@pytest.mark.parametrize("typed", ["1234567890", "NPI", "1234567893 or 1245319599", "1.23457E+09", "12345678931"])
def test_what_is_no_npi_is_refused_and_stays_in_its_field(desk, location, typed):
    answer = desk.post("/directory/new/", GOOD | {"npi": typed})
    assert answer.status_code == 422
    assert typed in answer.text
    assert not Specialist.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2075550142", "(207) 555-0142"),
        ("+1 (207) 555-0142", "(207) 555-0142"),
        ("207-555-0142 ext. 12", "(207) 555-0142 x12"),
        ("207.555.0142x9", "(207) 555-0142 x9"),
        ("1-207-555-0142", "(207) 555-0142"),
        ("(207)555\u20110142", "(207) 555-0142"),
        ("207/555/0142 extension 12", "(207) 555-0142 x12"),
        ("Tel: +1.207.555.0142, x12", "(207) 555-0142 x12"),
        ("tel:+12075550142;ext=12", "(207) 555-0142 x12"),
        ("\u00a0207 555 0142 #12", "(207) 555-0142 x12"),
    ],
)
def test_phones_are_kept_in_one_way(typed, kept):
    assert us_phone(typed) == kept


@pytest.mark.parametrize(
    "typed", ["12", "107 555 0142", "207 055 0142", "207 555 014a", "+44 20 7946 0958", "x12", "<b>"]
)
def test_what_is_no_us_phone_is_refused(typed):
    with pytest.raises(ValidationError):
        us_phone(typed)


def test_zip_and_state():
    check_zip("04101-1234")
    check_state("ME")
    for check, wrong in ((check_zip, "4101"), (check_zip, "04101-12"), (check_state, "XX"), (check_state, "E ")):
        with pytest.raises(ValidationError):
            check(wrong)


def test_a_listing_is_added_and_tidied(desk, location):
    response = desk.post("/directory/new/", GOOD | {f"miles_{location.pk}": "1.2"})
    assert response.status_code == 302
    made = Specialist.objects.get()
    assert (made.phone, made.fax, made.state) == ("(207) 555-0171", "(207) 555-0172", "ME")
    assert made.insurance_plans == ["Harbor PPO", "Medicare"]
    assert made.miles == {"riverside": 1.2}


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("npi", "1234567890", "mistyped digit"),
        ("phone", "555", "US phone number"),
        ("fax", "555", "US phone number"),
        ("zip_code", "1", "ZIP code"),
        ("state", "XX", "two letters"),
        ("email", "x@", "valid email"),
        ("name", "", "provider&#x27;s name"),
        ("specialty", "wizard", "valid choice"),
        ("insurance_plans", "x" * 81, "80 characters"),
        ("name", "a\x00b", "ull characters"),
    ],
)
def test_a_slip_is_shown_at_its_field_and_the_rest_is_kept(desk, field, value, says):
    response = desk.post("/directory/new/", GOOD | {field: value})
    words = response.content.decode()
    assert response.status_code == 422
    assert says in words
    assert "error-summary" in words
    assert "Ashport Foot and Ankle" in words
    assert not Specialist.objects.exists()


def test_the_same_provider_at_the_same_office_is_not_listed_twice(desk):
    desk.post("/directory/new/", GOOD)
    response = desk.post("/directory/new/", GOOD)
    assert response.status_code == 422
    assert "already listed" in response.content.decode()


def test_taking_off_the_list_hides_it_and_keeps_it(desk):
    desk.post("/directory/new/", GOOD)
    made = Specialist.objects.get()
    address = f"/directory/{made.public_id}/"
    saw = made.history.last().pgh_id
    assert desk.post(address, {**{k: v for k, v in GOOD.items() if k != "listed"}, "saw": saw}).status_code == 302
    desk.get("/directory/")  # takes the "added" and "kept" messages away
    assert "Lena Fischer" not in desk.get("/directory/").content.decode()
    assert "Lena Fischer" in desk.get("/directory/?unlisted=on").content.decode()
    assert made.history.count() == 2


def test_two_who_change_one_listing_do_not_overwrite_each_other(desk):
    desk.post("/directory/new/", GOOD)
    made = Specialist.objects.get()
    address, saw = f"/directory/{made.public_id}/", made.history.last().pgh_id
    assert desk.post(address, GOOD | {"saw": saw, "phone": "207 555 0111"}).status_code == 302
    assert desk.post(address, GOOD | {"focus": "wounds"}).status_code == 409, "nor with a page that names no version"
    response = desk.post(address, GOOD | {"saw": saw, "focus": "wounds"})
    assert response.status_code == 409
    assert "(207) 555-0111" in response.content.decode()
    assert "wounds" in response.content.decode()
    made.refresh_from_db()
    assert (made.phone, made.focus) == ("(207) 555-0111", "")


def test_who_may_change_and_who_may_look(sign_in, maya, priya, ruth, client):
    made = factories.specialist(name="Noor Adeyemi")
    assert "Noor Adeyemi" in sign_in(maya).get("/directory/").content.decode()
    for address in ("/directory/new/", f"/directory/{made.public_id}/"):
        assert sign_in(maya).get(address).status_code == 403
        assert sign_in(ruth).get(address).status_code == 200
        assert "/account/login/" in client.get(address).url
    with pytest.raises(PermissionDenied):
        add_listing(by=maya, name="x")


def test_filters_and_the_nearest_first(desk, location):
    factories.specialist(name="Near By", miles={"riverside": 0.5}, languages=["es"])
    factories.specialist(name="Far Off", miles={"riverside": 11}, insurance_plans=["Summit HMO"])
    factories.specialist(name="No Where", miles={}, specialty="podiatrist", focus="wounds")

    def names(query):
        words = desk.get(f"/directory/?{query}").content.decode()
        return [name for _at, name in sorted((words.find(n), n) for n in ("Near By", "Far Off", "No Where")) if _at > 0]

    assert names("near=riverside") == ["Near By", "Far Off", "No Where"]
    assert names("specialty=podiatrist") == ["No Where"]
    assert names("plan=Summit+HMO") == ["Far Off"]
    assert names("language=es&specialty=neurologist&q=near") == ["Near By"]
    assert names("q=wounds") == ["No Where"]
    assert names("near=%00&plan=x&language=zz&page=99&specialty='") != []


def test_empty_says_what_to_do(desk, sign_in, maya):
    assert "The directory is empty" in desk.get("/directory/").content.decode()
    factories.specialist()
    assert "No listing fits" in desk.get("/directory/?q=zzzz").content.decode()


# Letters go another way from now on -----------------------------------------------------------------------------------


@pytest.fixture
def carried(location, maya, priya):
    """A referral that Priya carries is with this office."""
    case = factories.case(at=location, answers=FOOT_DROP)
    office = factories.specialist(email="desk@nerves.example", fax="(207) 555-0171")
    return factories.referral(after=factories.decision(on=case, by=maya), owner=priya, to=office)


@pytest.fixture
def elsewhere(other_location):
    return factories.staff("Dana Reyes", Role.FRONT_DESK, at=[other_location])


@pytest.mark.parametrize("changes", [{"email": "other@nerves.example"}, {"fax": "(207) 555-0199"}, {"fax": ""}])
def test_whoever_carries_a_referral_there_hears_of_a_new_address_or_fax(
    carried, elsewhere, priya, post_office, changes
):
    change_listing(carried.specialist, by=elsewhere, **changes)
    sweep()
    assert post_office.recipients == {priya.email: 1}
    assert "Check by phone" in post_office.mails[0].get_content()


@pytest.mark.parametrize(
    "changes", [{"fax": "207.555.0171"}, {"email": "DESK@nerves.example"}, {"phone": "(207) 555-0123"}]
)
def test_the_same_written_otherwise_tells_nobody(carried, elsewhere, changes):
    change_listing(carried.specialist, by=elsewhere, **changes)
    assert not Message.objects.filter(kind="listing_changed").exists()


def test_whoever_changed_it_and_those_whose_referral_ended_hear_nothing(carried, elsewhere, priya, post_office):
    change_listing(carried.specialist, by=priya, email="other@nerves.example")
    assert not Message.objects.filter(kind="listing_changed").exists()
    change_listing(carried.specialist, by=elsewhere, email="third@nerves.example")
    Referral.objects.update(status="closed", end_reason="not_needed", ended_at=timezone.now(), next_check_at=None)
    sweep()
    assert post_office.mails == []


# An address corrected where a letter failed --------------------------------------------------------------------------


@pytest.fixture
def came_back(carried, post_office):
    """The mail with the link came back from the office."""
    message = emails.referral_sent(carried)
    post_office.refuse[carried.specialist.email] = "550 no"
    sweep()
    message.refresh_from_db()
    assert message.status == Message.Status.FAILED
    return message


def test_an_address_corrected_on_the_messages_page_is_told_as_in_the_directory(
    came_back, carried, location, priya, ruth, sign_in, post_office
):
    """The attack: letters go another way, and whoever carries a referral there never hears of it."""
    page = reverse("message", args=[came_back.pk])
    assert sign_in(ruth).post(page, {"to": "other@nerves.example"}).status_code == 302
    carried.specialist.refresh_from_db()
    assert carried.specialist.email == "other@nerves.example"
    told = Message.objects.get(kind="listing_changed")
    assert told.recipient == priya.email
    assert AccessLog.objects.filter(user=ruth, subject="message", subject_id=str(came_back.pk)).exists()
    history = carried.specialist.history.order_by("-pgh_id").first()
    assert (history.email, history.pgh_context.metadata["user"]) == ("other@nerves.example", ruth.pk)


def test_who_may_not_change_the_directory_corrects_no_address_of_an_office(came_back, carried, maya, sign_in):
    browser, page = sign_in(maya), reverse("message", args=[came_back.pk])
    shown = browser.get(page).text
    assert 'name="to"' not in shown
    assert "address in the directory" in shown
    browser.post(page, {"to": "other@nerves.example"})
    Message.objects.filter(pk=came_back.pk).update(status="failed", settled_at=timezone.now(), outcome="no")
    with pytest.raises(PermissionDenied):
        send_again(came_back, to="other@nerves.example", by=maya)
    carried.specialist.refresh_from_db()
    assert carried.specialist.email != "other@nerves.example"


@pytest.mark.parametrize(
    ("name", "practice", "typed"),
    [
        ("Inés Muñoz", "Ashport Neurology", "munoz"),
        ("Ines Munoz", "Ashport Neurology", "Muñoz"),
        ("Ines Mun\u0303oz", "Ashport Neurology", "muñoz"),
        ("Sean O’Neil", "Ashport Neurology", "o'neil"),
        ("Ana Garcia-Lopez", "Ashport Neurology", "garcia lopez"),
        ("Ana Garcia Lopez", "Ashport Neurology", "Garcia-Lopez"),
        ("Minh Trần", "St. John Spine", "tran  st john"),
        ("Noor Adeyemi", "St John Spine", "Saint John"),
        ("Noor Adeyemi", "Ashport Neurology", "Adeyemi, Jr."),
    ],
)
def test_the_directory_is_searched_by_letters_alone(db, name, practice, typed):
    listed = factories.specialist(name=name, practice=practice)
    assert list(Specialist.objects.matching(typed)) == [listed]
    assert not Specialist.objects.matching(f"{typed} elsewhere").exists()
