"""A new link on request: who is known is told to nobody, and nobody's mailbox is filled."""

import re
import time
from datetime import date, timedelta
from statistics import median

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import find, make_link, secret_of, try_open
from clinic.links.models import MOST_WRONG_TRIES, Link, LinkRequest
from clinic.links.requests import MOST_FOR_AN_ADDRESS, MOST_FROM_A_NETWORK, ask
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from intake.door import emails, link_requests
from intake.door.link_requests import MOST_PEOPLE, answer_link_requests
from intake.door.status_links import link_to_status
from intake.models import Intake, LeftOut, Respondent
from tests import factories
from tests.answers import HEEL_PAIN
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
ADA = "ada@patients.example"
RIGHT = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}


@pytest.fixture
def ada(location):
    return factories.patient(at=location, email=ADA)


@pytest.fixture
def begun(ada):
    return factories.intake(of=ada, answers={"age": 46})


@pytest.fixture
def sent(ada):
    return factories.intake(of=ada, answers=HEEL_PAIN, submitted=True)


def asks(email=ADA, **more):
    return Client().post(reverse("link_new"), {"email": email}, **more)


def without_tokens(page) -> bytes:
    return re.sub(rb"[A-Za-z0-9]{64}", b"", page)


def answered() -> list[Message]:
    answer_link_requests(timezone.now())
    return list(Message.objects.order_by("created_at"))


def test_home_and_the_pages_of_dead_ends_lead_to_it(db, location):
    for page in (reverse("home"), "/l/nothing/", reverse("intake_check"), reverse("status")):
        assert reverse("link_new") in Client().get(page).content.decode(), page


def test_somebody_in_the_middle_of_a_form_gets_the_link_to_it_and_the_old_one_ends(begun):
    old = make_link(Link.Purpose.INTAKE, begun.public_id, expires_at=timezone.now() + timedelta(days=3))
    asks()
    assert [message.kind for message in answered()] == ["intake_link"]
    assert find(secret_of(old)) is None
    assert find(secret_of(Link.objects.get())).subject_id == begun.public_id


def test_somebody_whose_form_is_sent_gets_the_link_to_the_status_page_and_the_old_one_ends(sent, ada):
    old = link_to_status(ada)
    asks(" ADA@Patients.Example ")
    assert [(message.kind, message.recipient) for message in answered()] == [("status_link", ADA)]
    assert find(secret_of(old)) is None
    assert Link.objects.get().subject_id == ada.public_id


@pytest.mark.parametrize("occasion", ["first", "again", "worse"])
def test_a_form_begun_and_left_after_one_was_sent_hides_no_status_page(sent, ada, occasion):
    later = {} if occasion == "first" else {"occasion": occasion, "earlier": sent}
    begun = factories.intake(of=ada, answers={"age": 46}, **later)
    asks()
    told = [(message.kind, message.subject_id) for message in answered()]
    assert told == [("status_link", ada.public_id), ("intake_link", begun.public_id)]
    assert {link.subject_id for link in Link.objects.all()} == {ada.public_id, begun.public_id}


def test_somebody_who_began_anew_without_their_link_is_the_same_person(sent, ada, location):
    again = factories.patient(at=location, email=ADA.upper(), first_name="ADA", last_name=ada.last_name)
    begun = factories.intake(of=again, answers={})
    asks()
    told = {(message.kind, message.subject_id) for message in answered()}
    assert told == {("status_link", ada.public_id), ("intake_link", begun.public_id)}


def test_a_form_that_was_left_for_another_one_is_no_longer_offered(begun, ada):
    factories.intake(of=ada, answers=HEEL_PAIN, submitted=True)
    asks()
    assert [(message.kind, message.subject_id) for message in answered()] == [("status_link", ada.public_id)]


def test_children_who_share_their_mothers_address_get_a_mail_each(sent, location):
    milo = factories.patient(at=location, email=ADA, first_name="Milo", date_of_birth=date(2015, 3, 31))
    begun = factories.intake(of=milo, answers={"age": 11})
    asks()
    told = {(message.kind, message.recipient, message.subject_id) for message in answered()}
    assert told == {("intake_link", ADA, begun.public_id), ("status_link", ADA, sent.patient.public_id)}
    assert Link.objects.count() == 2


def test_no_more_mails_than_a_household_has_people(location):
    for number in range(MOST_PEOPLE + 3):
        factories.intake(of=factories.patient(at=location, email=ADA, first_name=f"Milo {number}"), answers={})
    asks()
    assert len(answered()) == MOST_PEOPLE


def test_eight_residents_of_one_address_get_a_link_each_in_turn(location):
    """Their reminders of later days, which wait, keep nobody's link away."""
    begun = [
        factories.intake(of=factories.patient(at=location, email=ADA, first_name=f"Milo {number}"), answers={})
        for number in range(8)
    ]
    for intake in begun:
        emails.remind_to_finish(intake)
    for _time in range(2):
        asks()
        answer_link_requests(timezone.now())
    told = Message.objects.filter(kind="intake_link").values_list("subject_id", flat=True)
    assert set(told) == {intake.public_id for intake in begun}


def test_the_desk_has_a_line_for_whoever_was_left_out_until_their_turn_comes(location, other_location, priya, sign_in):
    begun = [
        factories.intake(of=factories.patient(at=location, email=ADA, first_name=f"Milo {number}"), answers={})
        for number in range(8)
    ]
    asks()
    answer_link_requests(timezone.now())
    told = set(Message.objects.filter(kind="intake_link").values_list("subject_id", flat=True))
    left = [intake.patient for intake in begun if intake.public_id not in told]
    assert len(left) == 3
    desk = sign_in(priya)
    page = desk.get(reverse("requests")).content.decode()
    assert "Asked for a link and got none" in page
    assert [patient.full_name in page for patient in left] == [True] * 3
    assert not any(intake.patient.full_name in page for intake in begun if intake.public_id in told)

    desk.post(reverse("give_out_links", args=[left[0].public_id]))
    assert left[0].full_name not in desk.get(reverse("requests")).content.decode()
    asks()
    answer_link_requests(timezone.now())
    page = desk.get(reverse("requests")).content.decode()
    assert not any(patient.full_name in page for patient in left)


def test_the_line_is_for_the_desk_of_that_location(location, other_location, maya, olga, sign_in):
    for number in range(MOST_PEOPLE + 1):
        factories.intake(of=factories.patient(at=location, email=ADA, first_name=f"Milo {number}"), answers={})
    asks()
    answer_link_requests(timezone.now())
    assert "Asked for a link and got none" in sign_in(maya).get(reverse("requests")).content.decode()
    assert "Asked for a link and got none" not in sign_in(olga).get(reverse("requests")).content.decode()


def test_a_line_goes_after_two_weeks_so_names_somebody_made_up_do_not_stay(location):
    for number in range(MOST_PEOPLE + 1):
        factories.intake(of=factories.patient(at=location, email=ADA, first_name=f"Milo {number}"), answers={})
    asks()
    answer_link_requests(timezone.now())
    for days, stand in ((13, 1), (15, 0)):
        answer_link_requests(timezone.now() + timedelta(days=days))
        assert LeftOut.objects.count() == stand


def test_strangers_who_begin_forms_with_an_address_push_nobody_out(sent, location):
    for number in range(MOST_PEOPLE):
        factories.intake(of=factories.patient(at=location, email=ADA, first_name=f"Milo {number}"), answers={})
    asks()
    mails = answered()
    assert len(mails) == MOST_PEOPLE
    assert (mails[0].kind, mails[0].subject_id) == ("status_link", sent.patient.public_id)


def test_a_status_link_goes_out_when_the_address_had_all_its_links_to_forms(sent, begun, monkeypatch):
    monkeypatch.setattr("intake.door.emails.MOST_TO_AN_ADDRESS", {timedelta(hours=1): 0})
    asks()
    assert [message.kind for message in answered()] == ["status_link"]
    assert not Link.objects.filter(purpose=Link.Purpose.INTAKE).exists(), "no link ends without a mail"


def test_both_links_together_are_mailed_three_times_an_hour(sent, begun):
    for number in range(4):
        asks(REMOTE_ADDR=f"198.51.100.{number}")
        answered()
    kinds = [message.kind for message in answered()]
    assert (kinds.count("status_link"), kinds.count("intake_link")) == (3, 3)


def test_an_unknown_address_gets_nothing_and_the_same_page(sent):
    known, unknown = asks(), asks("nobody@patients.example")
    assert [message.recipient for message in answered()] == [ADA]
    assert known.status_code == unknown.status_code == 302
    numbers = {"X-Request-ID": ""}  # of the request, made by chance
    assert dict(known.headers) | numbers == dict(unknown.headers) | numbers
    assert known.content == unknown.content
    pages = [Client().get(answer["Location"]).content for answer in (known, unknown)]
    assert len(pages[0]) == len(pages[1])
    assert without_tokens(pages[0]) == without_tokens(pages[1])


def test_the_page_never_looks_for_whose_address_it_is(sent, django_assert_num_queries):
    with django_assert_num_queries(9):
        asks("nobody@patients.example")
    with django_assert_num_queries(9):
        asks()


def test_a_known_address_takes_no_longer_than_an_unknown_one(sent, monkeypatch):
    """Half of the sample must not tell a stranger anything: the medians lie within a quarter of each other."""
    monkeypatch.setattr("clinic.links.requests.MOST_FOR_AN_ADDRESS", {timedelta(hours=1): 1000})
    monkeypatch.setattr("clinic.links.requests.MOST_FROM_A_NETWORK", {timedelta(hours=1): 1000})
    took = {ADA: [], "nobody@patients.example": []}
    for _pair in range(60):
        for email, times in took.items():
            start = time.perf_counter()
            asks(email)
            times.append(time.perf_counter() - start)
    known, unknown = (median(times) for times in took.values())
    assert abs(known - unknown) < 0.25 * max(known, unknown)


def test_what_was_typed_is_kept_only_until_it_was_looked_at(sent):
    asks()
    asks("nobody@patients.example")
    assert set(LinkRequest.objects.values_list("address", flat=True)) == {ADA, "nobody@patients.example"}
    answered()
    assert set(LinkRequest.objects.values_list("address", flat=True)) == {""}
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        answer_link_requests(timezone.now())
    assert not LinkRequest.objects.exists()


def test_one_address_that_cannot_be_answered_keeps_no_link_from_the_others(sent, ada, monkeypatch):
    """The first in the queue breaks each time; the one behind it is answered, and the first is given up after a day."""
    mailed = link_requests._mail_links

    def breaks(address):
        if address == "broken@patients.example":
            raise ValueError("unreadable")
        mailed(address)

    monkeypatch.setattr(link_requests, "_mail_links", breaks)
    now = timezone.now()
    for address in ("broken@patients.example", ada.email):
        LinkRequest.objects.create(address=address, address_key=b"a", network_key=b"n")
    assert answer_link_requests(now) == 1
    assert list(LinkRequest.objects.exclude(address="").values_list("address", flat=True)) == [
        "broken@patients.example"
    ]
    answer_link_requests(now + timedelta(days=1, minutes=1))
    assert not LinkRequest.objects.exists(), "an address is kept no longer than a day"


def test_three_mails_an_hour_go_to_an_address_and_no_more(sent):
    answers = [asks(REMOTE_ADDR=f"198.51.100.{number}") for number in range(6)]
    assert {answer.status_code for answer in answers} == {302}
    assert len(answered()) == MOST_FOR_AN_ADDRESS[timedelta(hours=1)] == 3


def test_twenty_mails_a_day_go_to_an_address_and_no_more(sent):
    start = timezone.now().replace(hour=0, minute=5)
    for hour in range(23):
        with time_machine.travel(start + timedelta(hours=hour)):
            for number in range(2):
                ask(ADA, f"198.51.100.{number}")
    assert LinkRequest.objects.count() == 20


def test_one_network_asks_for_thirty_addresses_an_hour(location):
    for number in range(MOST_FROM_A_NETWORK[timedelta(hours=1)] + 5):
        asks(f"person{number}@patients.example")
    assert LinkRequest.objects.count() == 30


def test_addresses_of_one_household_are_one_network(location, monkeypatch):
    monkeypatch.setattr("clinic.links.requests.MOST_FROM_A_NETWORK", {timedelta(hours=1): 1})
    assert ask("a@patients.example", "2001:db8:1:2::5")
    assert not ask("b@patients.example", "2001:db8:1:2:ffff::9")
    assert ask("c@patients.example", "2001:db8:1:3::5")


def test_a_forged_header_makes_no_other_network(location, monkeypatch, settings):
    monkeypatch.setattr("clinic.links.requests.MOST_FROM_A_NETWORK", {timedelta(hours=1): 1})
    settings.TRUSTED_PROXIES = 1
    asks("a@patients.example", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.7"})
    asks("b@patients.example", headers={"X-Forwarded-For": "192.0.2.2, 198.51.100.7"})
    assert LinkRequest.objects.count() == 1


def test_three_get_through_in_a_race_and_each_is_answered_once(transactional_db, location):
    patient = factories.patient(at=location, email=ADA)
    factories.intake(of=patient, answers=HEEL_PAIN, submitted=True)
    assert sum(at_once(*[lambda at=number: ask(ADA, f"198.51.100.{at}") for number in range(12)])) == 3
    assert sum(at_once(*[lambda: answer_link_requests(timezone.now())] * 6)) == 3
    assert 1 <= Message.objects.filter(kind="status_link").count() <= 3
    assert Link.objects.get().generation == 4
    assert find(secret_of(Link.objects.get()))


def test_asking_never_earns_more_tries_of_the_date_of_birth(transactional_db, location):
    patient = factories.patient(at=location, email=ADA)
    factories.intake(of=patient, answers=HEEL_PAIN, submitted=True)
    link = link_to_status(patient)
    for _try in range(MOST_WRONG_TRIES):
        try_open(link, right=False)
    asks()
    answered()
    assert Link.objects.get().asleep


@pytest.mark.parametrize("wait", ["came of age", "wrote nothing yet", "an address of a guardian"])
def test_nothing_is_mailed_to_whoever_may_not_have_it(location, wait):
    fields = {
        "came of age": {"came_of_age_at": timezone.now()},
        "wrote nothing yet": {},
        "an address of a guardian": {"contact_is_of": "guardian"},
    }[wait]
    patient = factories.patient(at=location, email=ADA, **fields)
    if wait != "wrote nothing yet":
        factories.intake(of=patient, answers=HEEL_PAIN, submitted=True)
    asks()
    assert answered() == []
    assert not Link.objects.exists()


@pytest.mark.parametrize("typed", ["", "no address", "a@b", "ada@patients.example\r\nBcc: x@y.example", "x" * 300])
def test_what_is_no_address_is_said_at_the_field(location, typed):
    answer = asks(typed)
    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.content.decode()
    assert not LinkRequest.objects.exists()


def test_the_mail_opens_the_status_page_and_says_nothing_else(sent, post_office):
    asks()
    answered()
    sweep()
    mail = post_office.mails[-1]
    body = mail.get_content()
    assert mail["To"] == ADA
    for secret in ("Quill", "pain", "heel", str(sent.public_id)):
        assert secret not in body + mail["Subject"]
    address = next(word for word in body.split() if "/l/" in word)
    opened = Client().post(address.removeprefix("http://localhost:8000"), RIGHT)
    assert opened["Location"] == reverse("status")


def test_an_open_page_on_another_device_says_that_a_newer_link_was_sent(sent, ada):
    old = Client()
    assert old.post(f"/l/{secret_of(link_to_status(ada))}/", RIGHT)["Location"] == reverse("status")
    assert old.get(reverse("status")).status_code == 200
    asks()
    answered()
    closed = old.get(reverse("status"))
    assert closed.status_code == 404
    assert "a newer link was sent" in closed.content.decode()


def test_a_form_in_another_browser_says_so_too(begun):
    old = Client()
    link = make_link(Link.Purpose.INTAKE, begun.public_id, expires_at=timezone.now() + timedelta(days=3))
    old.post(f"/l/{secret_of(link)}/", RIGHT)
    asks()
    answered()
    closed = old.get(reverse("intake_check"), follow=True)
    assert "newer link" in closed.content.decode()
    assert Intake.objects.get().answers == {"age": 46}


def test_a_stranger_who_asks_for_a_link_costs_the_patient_nothing_they_just_typed(begun):
    old = Client()
    link = make_link(Link.Purpose.INTAKE, begun.public_id, expires_at=timezone.now() + timedelta(days=3))
    old.post(f"/l/{secret_of(link)}/", RIGHT)
    Respondent.objects.get_or_create(intake=begun, defaults={"kind": "patient"})
    page = reverse("intake_page", args=[1])
    asks()
    answered()
    held = old.post(page, {"version": begun.version, "emergency_now": "saddle_numb"})
    assert held.status_code == 403
    assert "saddle_numb" in held.content.decode()
    confirmed = {f"confirm-{name}": value for name, value in RIGHT.items()}
    again = old.post(reverse("intake_resume"), confirmed | {"confirm-to": page, "emergency_now": "saddle_numb"})
    assert (again.status_code, again["Location"]) == (307, page)
    told = old.post(page, {"version": begun.version, "emergency_now": "saddle_numb"})
    assert told["Location"] == reverse("intake_emergency")
