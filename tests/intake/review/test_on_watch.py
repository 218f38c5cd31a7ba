"""Who is on call hears first while the doors are closed; and a manager has a list to act on that names no patient."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.on_call.actions import end_on_call, take_over
from clinic.staff.models import OnCall, Role
from intake.models import CaseEvent
from intake.review.actions import CaseChanged, acknowledge
from intake.review.asking import ask_to_take
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.review.test_cases import opened

pytestmark = pytest.mark.django_db

TWO_AT_NIGHT, NOON = datetime(2027, 3, 2, 7, 0, tzinfo=UTC), datetime(2027, 3, 2, 17, 0, tzinfo=UTC)  # in New York


@pytest.fixture
def at_two():
    with time_machine.travel(TWO_AT_NIGHT, tick=False) as clock:
        yield clock


@pytest.fixture
def emergency(location):
    return opened(location, SADDLE_NUMBNESS, now=timezone.now())


def told(post_office) -> set[str]:
    sweep(timezone.now())
    addresses = {address for envelope in post_office.envelopes for address in envelope}
    post_office.envelopes.clear()
    return addresses


# Who hears ------------------------------------------------------------------------------------------------------------


def test_at_night_who_is_on_call_hears_first_and_after_five_minutes_everybody(
    at_two, location, maya, daniel, ruth, post_office
):
    factories.on_call(daniel, at=location)
    opened(location, SADDLE_NUMBNESS, now=timezone.now())
    assert told(post_office) == {daniel.email}
    at_two.shift(timedelta(minutes=5))
    assert told(post_office) == {maya.email, daniel.email, ruth.email}


def test_while_the_doors_are_open_the_list_counts_for_nothing(location, maya, daniel, post_office):
    with time_machine.travel(NOON, tick=False):
        factories.on_call(daniel, at=location)
        opened(location, SADDLE_NUMBNESS, now=NOON)
        assert told(post_office) == {maya.email, daniel.email}


@pytest.mark.parametrize("why", ["over", "left", "desk"])
def test_a_list_that_names_nobody_who_is_there_leaves_it_to_all(at_two, location, maya, daniel, post_office, why):
    factories.on_call(daniel, at=location)
    if why == "over":
        at_two.move_to(TWO_AT_NIGHT + timedelta(days=1))
    elif why == "left":
        daniel.is_active = False
    else:
        daniel.role = Role.FRONT_DESK
    daniel.save()
    opened(location, SADDLE_NUMBNESS, now=timezone.now())
    assert maya.email in told(post_office)


def test_on_call_for_another_location_one_sees_its_cases_and_no_longer(at_two, emergency, location, olga, sign_in):
    case = reverse("case", args=[emergency.public_id])
    assert sign_in(olga).get(case).status_code == 404
    factories.on_call(olga, at=location, hours=3)
    assert sign_in(olga).get(case).status_code == 200
    assert acknowledge(emergency, by=olga).acknowledged_by == olga
    at_two.shift(timedelta(hours=3, seconds=1))
    assert sign_in(olga).get(case).status_code == 404


def test_what_was_on_its_way_to_her_when_the_doors_opened_still_goes(at_two, location, maya, olga, post_office):
    factories.on_call(olga, at=location)
    opened(location, SADDLE_NUMBNESS, now=timezone.now())
    post_office.put_off[olga.email] = 1
    assert told(post_office) == set()
    at_two.move_to(NOON)
    assert olga.email in told(post_office)


def test_a_manager_on_call_never_hears_first_alone_where_a_therapist_is(at_two, location, maya, ruth, post_office):
    factories.on_call(ruth, at=location)
    opened(location, SADDLE_NUMBNESS, now=timezone.now())
    assert told(post_office) == {ruth.email, maya.email}


@pytest.mark.parametrize("listed", [True, False])
def test_who_was_asked_from_elsewhere_hears_besides_the_others_and_is_nobody_to_phone(
    at_two, emergency, location, maya, daniel, olga, ruth, sign_in, post_office, listed
):
    """Asked for one case, she took the first five minutes of the next one away from those who are on call."""
    if listed:
        factories.on_call(daniel, at=location)
    ask_to_take(emergency, person=olga, by=ruth)
    told(post_office)
    opened(location, SADDLE_NUMBNESS, now=timezone.now())
    first = {daniel.email} if listed else {maya.email, daniel.email}
    assert told(post_office) == first | {olga.email}
    assert OnCall.objects.get(person=olga).asked
    page = " ".join(sign_in(ruth).get("/on-watch/").text.split())
    number = "Daniel Brandt, 207 555 0190" if listed else "(207) 555-0199"
    assert page.count("Phone: ") == page.count(f"Phone: {number}") == 2
    assert "Olga Lind was asked to look at a case of Riverside" in page


def test_a_shift_ends_after_it_starts(location, maya):
    now = timezone.now()
    with pytest.raises(IntegrityError, match="on_call_ends_after_it_starts"):
        OnCall.objects.create(location=location, person=maya, starts_at=now, ends_at=now, phone="207 555 0190")


# The list of what waits -----------------------------------------------------------------------------------------------


def test_a_manager_reads_what_waits_who_was_told_and_whom_to_phone_and_no_patient(
    at_two, emergency, location, maya, daniel, ruth, sign_in, post_office
):
    factories.on_call(daniel, at=location)
    told(post_office)
    page = sign_in(ruth).get("/on-watch/")
    assert page.status_code == 200
    for words in ("Emergency", "Riverside", "Mar 2, 2:15 AM EST", "Daniel Brandt", "1 mail, the last", "207 555 0190"):
        assert words in page.text
    patient = emergency.patient
    for word in (patient.first_name, patient.last_name, *(flag["condition"] for flag in emergency.flags)):
        assert word not in page.text


def test_a_routine_case_in_time_and_another_location_stand_on_no_list(emergency, location, other_location, ruth):
    opened(location, HEEL_PAIN, now=timezone.now())
    opened(other_location, SADDLE_NUMBNESS, now=timezone.now())
    from intake.review.on_watch import what_waits

    assert [one.case for one in what_waits(ruth, timezone.now())] == [emergency]


def test_a_manager_asks_one_therapist_who_hears_at_once_and_it_is_raised_on(
    at_two, emergency, maya, daniel, ruth, sign_in, post_office
):
    told(post_office)
    sign_in(ruth).post(reverse("ask_to_take", args=[emergency.public_id]), {"person": daniel.public_id})
    assert told(post_office) == {daniel.email}
    assert emergency.events.last().kind == CaseEvent.Kind.ASKED
    emergency.refresh_from_db()
    assert emergency.acknowledged_by is None, "asked is not taken"
    at_two.shift(timedelta(minutes=5))
    assert maya.email in told(post_office)


def test_a_therapist_of_another_location_who_is_asked_can_take_it(at_two, emergency, olga, ruth, post_office):
    told(post_office)
    ask_to_take(emergency, person=olga, by=ruth)
    assert told(post_office) == {olga.email}
    assert acknowledge(emergency, by=olga).acknowledged_by == olga


def test_nobody_asks_themselves_and_so_looks_on_for_as_long_as_they_like(emergency, location, olga):
    factories.on_call(olga, at=location, hours=1)
    with pytest.raises(PermissionDenied):
        ask_to_take(emergency, person=olga, by=olga)


def test_who_is_on_call_for_an_hour_more_and_is_asked_looks_for_twelve(at_two, emergency, location, olga, ruth):
    factories.on_call(olga, at=location, hours=1)
    ask_to_take(emergency, person=olga, by=ruth)
    at_two.shift(timedelta(hours=11))
    assert olga.sees(location.pk)


def test_nobody_is_asked_for_a_case_somebody_has(emergency, maya, daniel, ruth):
    acknowledge(emergency, by=maya)
    with pytest.raises(CaseChanged):
        ask_to_take(emergency, person=daniel, by=ruth)


@pytest.mark.parametrize("who", ["priya", "stranger"])
def test_who_may_not_keep_watch_there_asks_nobody(emergency, daniel, priya, other_location, who):
    person = priya if who == "priya" else factories.staff("Hal Vance", Role.MANAGER, at=[other_location])
    with pytest.raises(PermissionDenied):
        ask_to_take(emergency, person=daniel, by=person)


def test_a_manager_takes_over_until_the_doors_open(at_two, location, maya, ruth, post_office):
    shift = take_over(location, by=ruth)
    assert shift.ends_at == datetime(2027, 3, 2, 13, 0, tzinfo=UTC), "8 AM"
    opened(location, SADDLE_NUMBNESS, now=timezone.now())
    assert ruth.email in told(post_office)
    end_on_call(shift, by=ruth, now=TWO_AT_NIGHT + timedelta(minutes=1))
    assert not OnCall.objects.at(TWO_AT_NIGHT + timedelta(minutes=2)).exists()


def test_a_shift_is_entered_on_the_clock_of_its_location(at_two, other_location, location, olga, sign_in):
    typed = {"location": "hillcrest", "person": olga.public_id, "phone": "207 555 0190"}
    browser = sign_in(olga)
    browser.post("/on-watch/on-call/", typed | {"starts_at": "2027-03-02T18:00", "ends_at": "2027-03-03T08:00"})
    assert OnCall.objects.get().starts_at == datetime(2027, 3, 3, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"starts_at": "2027-03-02T18:00", "ends_at": "2027-03-02T08:00"}, "It must end after it starts."),
        ({"starts_at": "2027-02-27T18:00", "ends_at": "2027-02-28T08:00"}, "It must end after now."),
        ({"starts_at": "2027-03-02T18:00", "ends_at": "2027-03-09T18:01"}, "more than seven days"),
        ({"phone": "0190"}, "with its area code"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_with_the_reason(at_two, other_location, olga, sign_in, typed, why):
    right = {"starts_at": "2027-03-02T18:00", "ends_at": "2027-03-03T08:00", "phone": "207 555 0190"}
    sent = right | {"location": "hillcrest", "person": olga.public_id} | typed
    refused = sign_in(olga).post("/on-watch/on-call/", sent)
    assert refused.status_code == 422
    assert why in refused.text
    assert not OnCall.objects.exists()


# The settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.nobody_treats
def test_a_location_nobody_treats_at_is_an_error_of_the_settings_check_and_holds_up_no_migration(location):
    with pytest.raises(SystemCheckError, match=r"staff\.E002.*Riverside has no therapist"):
        call_command("check", deploy=True, databases=["default"], stderr=StringIO(), stdout=StringIO())
    said = StringIO()
    call_command("check", databases=["default"], stderr=said, stdout=said)
    assert "Riverside has no therapist" in said.getvalue()
