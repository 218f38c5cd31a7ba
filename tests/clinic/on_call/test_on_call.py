"""Changes of the on-call list: how far anybody may go alone, who reads of it, and what if they do not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.on_call.actions import TooLong, end_on_call, put_on_call, take_over
from clinic.on_call.history import changes
from clinic.staff.models import OnCall
from tests import factories

pytestmark = pytest.mark.django_db

TWO_AT_NIGHT = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)  # in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BAND = "1 change of the on-call list has reached nobody"


@pytest.fixture(autouse=True)
def at_two():
    with time_machine.travel(TWO_AT_NIGHT, tick=False) as clock:
        yield clock


def put(person, *, at, by, starts=0 * HOUR, lasts=8 * HOUR) -> OnCall:
    begins = TWO_AT_NIGHT + starts
    return put_on_call(at, person=person, starts_at=begins, ends_at=begins + lasts, phone="207 555 0190", by=by)


def words(browser, address="/on-watch/") -> str:
    return " ".join(browser.get(address).text.split())


# How far one goes alone -----------------------------------------------------------------------------------------------


def test_one_puts_oneself_on_for_a_week_and_a_colleague_for_longer(location, maya, ruth):
    assert put(maya, at=location, by=maya, lasts=7 * DAY)
    assert put(maya, at=location, by=ruth, lasts=30 * DAY)


@pytest.mark.parametrize(("starts", "lasts"), [(5 * DAY, 2 * DAY), (6 * DAY, DAY), (60 * DAY, DAY)])
def test_several_steps_add_up_to_a_week_at_most(location, maya, starts, lasts):
    put(maya, at=location, by=maya, lasts=6 * DAY)
    with pytest.raises(TooLong):
        put(maya, at=location, by=maya, starts=starts, lasts=lasts + HOUR)
    assert put(maya, at=location, by=maya, starts=starts, lasts=lasts)


def test_the_database_holds_the_week_too(location, maya):
    now = timezone.now()
    with pytest.raises(IntegrityError, match="on_call_for_oneself_is_a_week_at_most"):
        factories.on_call(maya, at=location, ends_at=now + 7 * DAY + HOUR, put_by=maya, put_at=now)


def test_taking_over_twice_is_once(location, ruth):
    assert take_over(location, by=ruth) == take_over(location, by=ruth)


def test_putting_somebody_on_twice_is_once_and_one_press_takes_them_off(at_two, location, daniel, ruth, maya):
    """A step back in the browser sent it again; taken off once, he was on the list all the same."""
    shift = put(daniel, at=location, by=ruth)
    at_two.shift(timedelta(minutes=3))
    assert put(daniel, at=location, by=maya) == shift
    end_on_call(shift, by=ruth)
    assert not OnCall.objects.at(timezone.now() + HOUR).exists()
    assert Message.objects.filter(kind="put_on_call").count() == 1


@pytest.mark.parametrize("asked", [True, False])
def test_on_call_elsewhere_one_changes_nothing_of_the_list_there_but_ends_ones_own(location, maya, daniel, olga, asked):
    """On call for another location she sees its cases; with that she could have stayed for ever."""
    own, other = factories.on_call(olga, at=location, hours=1, asked=asked), factories.on_call(daniel, at=location)
    for person in (olga, maya):
        with pytest.raises(PermissionDenied):
            put(person, at=location, by=olga)
    with pytest.raises(PermissionDenied):
        take_over(location, by=olga)
    with pytest.raises(PermissionDenied):
        end_on_call(other, by=olga)
    assert end_on_call(own, by=olga)
    assert not olga.sees(location.pk)


@pytest.mark.nobody_treats
def test_where_nobody_treats_a_colleague_is_put_on_and_oneself_is_not(location, other_location, olga):
    daniel = factories.staff("Daniel Brandt", at=[other_location])
    assert put(daniel, at=location, by=olga)
    with pytest.raises(PermissionDenied):
        put(olga, at=location, by=olga)


def test_nobody_who_may_not_keep_watch_is_put_on(location, priya, ruth):
    with pytest.raises(PermissionDenied):
        put(priya, at=location, by=ruth)


def test_nobody_was_on_call_before_somebody_put_them_there(location, maya, ruth):
    assert put(maya, at=location, by=ruth, starts=-3 * HOUR).starts_at == TWO_AT_NIGHT


# The record -----------------------------------------------------------------------------------------------------------


def test_every_change_is_read_with_who_when_before_and_after(at_two, location, maya, daniel, ruth, sign_in):
    shift = put(daniel, at=location, by=ruth)
    at_two.shift(HOUR)
    end_on_call(shift, by=maya)
    off, on = changes(ruth.places())
    assert (on.at, on.by, on.taken_off) == (TWO_AT_NIGHT, ruth, False)
    assert (off.at, off.by, off.taken_off) == (TWO_AT_NIGHT + HOUR, maya, True)
    page = words(sign_in(ruth))
    for said in ("Mar 2, 2:00 AM to Mar 2, 10:00 AM, 207 555 0190", "Not on the list", "Ended Mar 2, 3:00 AM"):
        assert said in page


def test_one_taken_off_before_it_began_stays_on_record(location, daniel, ruth):
    shift = put(daniel, at=location, by=ruth, starts=DAY)
    end_on_call(shift, by=ruth)
    assert changes(ruth.places())[0].never_began
    assert not OnCall.objects.at(TWO_AT_NIGHT + DAY).exists()


def test_who_was_on_call_at_a_past_moment_is_still_known(at_two, location, daniel, ruth):
    shift = put(daniel, at=location, by=ruth)
    at_two.shift(HOUR)
    assert end_on_call(shift, by=ruth)
    assert not end_on_call(shift, by=ruth)
    assert OnCall.objects.at(TWO_AT_NIGHT + HOUR / 2).get() == shift
    assert not OnCall.objects.at(TWO_AT_NIGHT + HOUR).exists()


def test_the_record_is_not_rewritten(location, daniel, maya, ruth):
    shift = put(daniel, at=location, by=ruth)
    end_on_call(shift, by=ruth)
    rows = OnCall.objects.filter(pk=shift.pk)
    for rewrite in (
        rows.delete,
        lambda: rows.update(person=maya),
        lambda: rows.update(ends_at=TWO_AT_NIGHT + 9 * HOUR),
        lambda: rows.update(taken_off_by=None, taken_off_at=None),
    ):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            rewrite()


# Who hears of it ------------------------------------------------------------------------------------------------------


def test_who_is_put_on_and_taken_off_reads_so_by_mail_at_any_hour(at_two, location, daniel, ruth, post_office):
    shift = put(daniel, at=location, by=ruth)
    sweep(timezone.now())
    assert post_office.mails[-1]["Subject"] == "Riverside: you are on call"
    assert "to Tuesday, March 2, 2027 at 10:00 AM EST" in post_office.mails[-1].get_content()
    end_on_call(shift, by=ruth)
    sweep(timezone.now())
    assert post_office.mails[-1]["Subject"] == "Riverside: you are not on call any more"
    assert post_office.recipients == {daniel.email: 2}


def test_one_put_on_and_off_again_before_the_mail_went_reads_only_that_it_is_off(location, daniel, ruth, post_office):
    end_on_call(put(daniel, at=location, by=ruth), by=ruth)
    sweep(timezone.now())
    assert [mail["Subject"] for mail in post_office.mails] == ["Riverside: you are not on call any more"]


def test_what_no_mail_told_stands_on_every_page_of_who_may_phone_until_somebody_did(
    at_two, location, daniel, ruth, priya, olga, sign_in, post_office
):
    post_office.refuse[daniel.email] = "452 mailbox full"
    shift = put(daniel, at=location, by=ruth)
    sweep(timezone.now())
    assert BAND not in words(sign_in(ruth), "/messages/"), "a minute is nothing"
    at_two.shift(timedelta(minutes=2))
    manager = sign_in(ruth)
    assert BAND in words(manager, "/messages/")
    assert "No mail has told them: phone." in words(manager)
    for person in (priya, olga):  # the desk has no such page; Olga works elsewhere
        assert BAND not in words(sign_in(person), "/messages/")
    manager.post(reverse("told_on_call", args=[shift.pk]), {"change": "on"})
    page = words(manager)
    assert BAND not in page
    assert "Told by Ruth Calloway" in page
    at_two.shift(timedelta(minutes=2))
    end_on_call(shift, by=ruth)
    at_two.shift(timedelta(minutes=2))
    assert BAND in words(manager), "of the next change they know nothing yet"


def test_that_they_know_is_noted_of_the_change_that_stood_on_the_page_alone(at_two, location, daniel, ruth, sign_in):
    """Ruth phones Daniel that he is on call; taken off meanwhile, he would lie awake for nothing."""
    shift, manager = put(daniel, at=location, by=ruth), sign_in(ruth)
    at_two.shift(timedelta(minutes=2))
    assert re.search(r'name="change" value="(on|off)"', manager.get("/on-watch/").text)[1] == "on"
    end_on_call(shift, by=ruth)
    at_two.shift(timedelta(minutes=2))
    answer = manager.post(reverse("told_on_call", args=[shift.pk]), {"change": "on"}, follow=True).text
    assert "Daniel Brandt was taken off the list since" in answer
    shift.refresh_from_db()
    assert (shift.known_by, BAND in words(manager)) == (None, True)
    manager.post(reverse("told_on_call", args=[shift.pk]), {"change": "off"})
    assert BAND not in words(manager)


def test_who_changes_their_own_time_needs_no_telling(at_two, location, ruth, sign_in, post_office):
    post_office.refuse[ruth.email] = "550 no such person"
    end_on_call(take_over(location, by=ruth), by=ruth)
    sweep(timezone.now())
    at_two.shift(timedelta(minutes=2))
    assert Message.objects.filter(kind="taken_off_call", status="failed").exists()
    assert BAND not in words(sign_in(ruth))


def test_a_shift_to_come_elsewhere_is_on_the_page_of_whose_it_is_and_they_end_it(location, olga, ruth, sign_in):
    shift = put(olga, at=location, by=ruth, starts=DAY)
    browser = sign_in(olga)
    assert "Olga Lind for Riverside, Mar 3, 2:00 AM" in words(browser)
    browser.post(reverse("end_on_call", args=[shift.pk]))
    assert "Nobody is on the list." in words(browser)
