"""Strangers who try passwords keep nobody out: limits count an account and a network together, a browser that was let
in once has a budget of its own, and whoever is too quick is slowed and never shut out.
"""

import re
from contextlib import suppress
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as NoCache

from clinic.audit.models import AccessLog
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.sign_in import tries
from clinic.staff.signing_in import PlaceInLine, SignInTry
from tests import factories
from tests.clinic.sign_in.test_sign_in import code

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")


def network(number: int) -> str:
    """An address in a network of its own."""
    return f"{11 + number // 250}.{number % 250}.7.7"


def try_password(email, password="not-the-password", *, at="198.51.100.1", browser=None, **meta):
    return (browser or Client()).post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=at, **meta)


def gets_in(user, browser=None, *, at="198.51.100.1", **meta) -> bool:
    """Whether this person opens the queue with password and code, as everybody does."""
    browser = browser or Client()
    asked = try_password(user.email, factories.PASSWORD, at=at, browser=browser, **meta)
    if asked.status_code != 302:
        return False
    browser.post(asked.url, {"code": code()}, REMOTE_ADDR=at, **meta)
    return browser.get(reverse("queue"), REMOTE_ADDR=at, **meta).status_code == 200


def says(response) -> str:
    return " ".join(response.content.decode().split())


def test_twelve_wrong_names_from_twelve_networks_behind_the_proxy_keep_nobody_out(maya, settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(12):
        try_password(f"nobody{number}@plumbline.example", at="10.0.0.1", HTTP_X_FORWARDED_FOR=network(number))
    assert gets_in(maya, at="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")


def test_a_header_a_stranger_wrote_is_not_believed(maya, settings):
    """The proxy adds the last hop; what stands before it is the stranger's own invention."""
    settings.TRUSTED_PROXIES = 1
    for number in range(40):
        forged = f"{network(number)}, 203.0.113.66"
        refused = try_password(maya.email, at="10.0.0.1", HTTP_X_FORWARDED_FOR=forged)
    assert "Wait" in says(refused)


def test_two_hundred_tries_from_two_hundred_networks_for_one_name_keep_its_owner_in(maya, post_office):
    known = Client()
    assert gets_in(maya, known, at="203.0.113.9")
    known.post(reverse("account_logout"))
    for number in range(200):
        try_password(maya.email, at=network(number))
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=True):  # the code of the first time is spent
        assert gets_in(maya, known, at="203.0.113.9"), "on her own desk"
    with time_machine.travel(timezone.now() + timedelta(seconds=62), tick=True):
        assert gets_in(maya, at="192.0.2.77"), "on a device nobody has seen"

    from clinic.sign_in.alerts import tell_of_wrong_tries

    tell_of_wrong_tries(timezone.now())
    sweep(timezone.now() + timedelta(seconds=1))
    [told] = [mail for mail in post_office.mails if mail["X-Message-Key"].startswith("wrong_sign_ins")]
    assert told["To"] == maya.email
    assert "200 wrong tries from 200 networks" in " ".join(told.get_content().split())
    tell_of_wrong_tries(timezone.now())
    assert Message.objects.filter(kind="wrong_sign_ins").count() == 1, "one an hour"


def test_who_is_too_quick_is_slowed_and_never_shut_out(maya):
    for _ in range(5):
        try_password(maya.email)
    assert "Wait" in says(try_password(maya.email, factories.PASSWORD))
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        assert gets_in(maya)


def test_hammering_makes_no_wait_longer(maya):
    for _ in range(100):
        last = try_password(maya.email)
    assert "Wait" in says(last)
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=True):
        assert gets_in(maya)


def test_a_network_that_tries_many_names_is_slowed(maya):
    for number in range(30):
        try_password(f"nobody{number}@plumbline.example")
    assert "Wait" in says(try_password("nobody31@plumbline.example"))
    assert gets_in(maya, at="198.51.101.1"), "the next network is another one"


@pytest.mark.parametrize("address", ["2001:db8:0:1{:02x}::1", "::ffff:198.51.100.{}"])
def test_neighbouring_addresses_are_one_network(maya, address):
    for number in range(6):
        last = try_password(maya.email, at=address.format(number))
    assert "Wait" in says(last)


def test_a_known_device_has_a_budget_and_no_more(maya):
    known = Client()
    assert gets_in(maya, known)
    known.post(reverse("account_logout"))
    answers = [says(try_password(maya.email, browser=known)) for _ in range(12)]
    assert ["Wait" in answer for answer in answers] == [False] * 10 + [True] * 2


def test_a_cookie_that_was_made_up_is_no_known_device(maya):
    from clinic.sign_in.devices import COOKIE

    browser = Client()
    for number in range(8):
        browser.cookies[COOKIE] = f"eyJhIjpbXX0:forged{number}"
        last = try_password(maya.email, browser=browser)
    assert "Wait" in says(last)


def test_the_device_of_one_person_is_no_known_device_of_another(maya, daniel):
    known = Client()
    assert gets_in(maya, known)
    known.post(reverse("account_logout"))
    for _ in range(6):
        last = try_password(daniel.email, browser=known)
    assert "Wait" in says(last)


def test_a_password_alone_makes_no_known_device(maya):
    from clinic.sign_in.devices import COOKIE

    browser = Client()
    try_password(maya.email, factories.PASSWORD, browser=browser)
    assert COOKIE not in browser.cookies
    assert gets_in(maya, browser)
    cookie = browser.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signing_in_goes_on_without_cache_and_broker(maya):
    away = mock.Mock(side_effect=NoCache)
    with (
        mock.patch("django.core.cache.backends.redis.RedisCacheClient.get_client", away),
        mock.patch("clinic.messages.bell._ring", mock.Mock(side_effect=OSError)),
    ):
        try_password(maya.email)
        assert gets_in(maya)


@time_machine.travel(timezone.now(), tick=False)  # the first wait is two seconds, and this machine may be slow
def test_codes_are_slowed_by_the_account_wherever_they_come_from(maya):
    """Whoever types codes has the password already: networks do not help."""
    for number in range(20):
        browser = Client()
        asked = try_password(maya.email, factories.PASSWORD, at=network(number), browser=browser)
        browser.post(asked.url, {"code": "000000"}, REMOTE_ADDR=network(number))
    browser = Client()
    asked = try_password(maya.email, factories.PASSWORD, at=network(99), browser=browser)
    assert "Wait" in says(browser.post(asked.url, {"code": code()}, REMOTE_ADDR=network(99)))


def codes_looked_at(browser, user, hours, *, every=timedelta(minutes=4), at="198.51.100.1") -> int:
    """How many wrong codes are looked at when one is typed every few minutes."""
    start = timezone.now()
    looked = 0
    asked = try_password(user.email, factories.PASSWORD, at=at, browser=browser)
    for number in range(int(timedelta(hours=hours) / every)):
        with time_machine.travel(start + number * every, tick=False):
            answer = browser.post(asked.url, {"code": "000000"}, REMOTE_ADDR=at)
            if answer.status_code == 302:  # the time for the second step was over: the password once more
                asked = try_password(user.email, factories.PASSWORD, at=at, browser=browser)
                answer = browser.post(asked.url, {"code": "000000"}, REMOTE_ADDR=at)
            looked += "Wait" not in says(answer)
    return looked


def test_a_stolen_laptop_with_its_password_tries_few_codes_and_keeps_the_owner_out_nowhere(maya):
    """A known browser waits a minute at most for passwords. For codes that would be 1,440 tries a day, for ever."""
    laptop, desk = Client(), Client()
    assert gets_in(maya, laptop)
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=True):
        assert gets_in(maya, desk, at="203.0.113.9")
    for browser in (laptop, desk):
        browser.post(reverse("account_logout"))
    assert codes_looked_at(laptop, maya, hours=10) <= 60, "of 150"
    with time_machine.travel(timezone.now() + timedelta(hours=10), tick=True):
        assert gets_in(maya, desk, at="203.0.113.9"), "on her other known browser"


def test_the_owner_who_mistypes_all_day_waits_half_an_hour_and_no_longer(maya):
    known = Client()
    assert gets_in(maya, known)
    known.post(reverse("account_logout"))
    codes_looked_at(known, maya, hours=4)
    with time_machine.travel(timezone.now() + timedelta(hours=4, minutes=31), tick=True):
        assert gets_in(maya, known)


def test_codes_typed_on_a_known_browser_are_in_the_budget_of_the_account(maya):
    laptop = Client()
    assert gets_in(maya, laptop)
    laptop.post(reverse("account_logout"))
    codes_looked_at(laptop, maya, hours=2)
    SignInTry.objects.update(at=timezone.now())  # as if all of it had been just now
    browser = Client()
    asked = try_password(maya.email, factories.PASSWORD, at=network(99), browser=browser)
    assert "Wait" in says(browser.post(asked.url, {"code": "000000"}, REMOTE_ADDR=network(99)))


def hammered(step, user, *, hours, owner_at=None, stranger_at="198.51.100.1", every=20, begins=1):
    """A program tries as `user` from a browser nobody knows: as soon as it may, and every so many seconds anyway.

    The owner comes after `begins` hours. Returns how many tries of the program were looked at, and how often the owner
    pressed until theirs was: each time they wait as long as they were told and a tenth more, for people are slower than
    programs.
    """
    start, second, looked, pressed = timezone.now(), 0, 0, 0
    owner_comes = begins * 3600 if owner_at else None
    while second < hours * 3600:
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            soon = 1
            try:
                tries.begin(step, user.email, stranger_at, b"")
                looked += 1
            except tries.TooSoon as wait:
                soon = min(wait.seconds, every)
            if owner_comes is not None and second >= owner_comes:
                pressed += 1
                try:
                    tries.begin(step, user.email, owner_at, b"")
                    return looked, pressed
                except tries.TooSoon as wait:
                    owner_comes = second + wait.seconds + max(10, wait.seconds // 10)
        second += soon if owner_comes is None else min(soon, max(1, owner_comes - second))
    assert owner_at is None, "the program took every turn"
    return looked, pressed


def test_a_program_that_knows_the_password_does_not_take_every_turn_of_the_owners_new_phone(maya):
    _looked, pressed = hammered(SignInTry.Step.CODE, maya, hours=2, owner_at="203.0.113.9")
    assert pressed <= 3


def test_after_a_day_of_hammering_the_owner_waits_for_one_turn_and_not_for_the_end(maya):
    _looked, pressed = hammered(SignInTry.Step.CODE, maya, hours=12, owner_at="203.0.113.9", every=180, begins=10)
    assert pressed <= 3


def test_a_program_in_the_waiting_rooms_network_does_not_take_every_turn_there(maya):
    """Passwords are counted by network; a neighbour's address has a place of its own."""
    _looked, pressed = hammered(SignInTry.Step.PASSWORD, maya, hours=2, owner_at="198.51.100.77")
    assert pressed <= 3


def test_a_program_in_five_networks_has_five_places_and_the_owner_the_sixth(maya):
    for number in range(21):
        with suppress(tries.TooSoon):
            tries.begin(SignInTry.Step.CODE, maya.email, network(number), b"")
    wait, pressed, now = 0, 0, timezone.now()
    while pressed < 8:
        now += timedelta(seconds=wait + 10)
        with time_machine.travel(now, tick=False):
            for number in range(5):
                with suppress(tries.TooSoon):
                    tries.begin(SignInTry.Step.CODE, maya.email, network(number), b"")
            pressed += 1
            try:
                tries.begin(SignInTry.Step.CODE, maya.email, "203.0.113.9", b"")
                break
            except tries.TooSoon as too_soon:
                wait = too_soon.seconds
    assert pressed <= 7


@time_machine.travel(timezone.now(), tick=False)
def test_a_crowd_in_the_line_makes_no_wait_without_end_and_breaks_no_page(maya):
    """Each place was kept longer than the one before: forty addresses made eleven days, a hundred an error."""
    for number in range(30):
        tries.begin(SignInTry.Step.PASSWORD, f"nobody{number}@plumbline.example", "198.51.100.1", b"")
    for number in range(2, 122):
        with suppress(tries.TooSoon):
            tries.begin(SignInTry.Step.PASSWORD, "nobody@plumbline.example", f"198.51.100.{number}", b"")
    with pytest.raises(tries.TooSoon) as told:
        tries.begin(SignInTry.Step.PASSWORD, maya.email, "198.51.100.200", b"")
    assert told.value.seconds <= 60 * (tries.MOST_IN_LINE + 2)
    assert PlaceInLine.objects.filter(kept_until__gt=timezone.now() + timedelta(hours=1)).count() == 0


def test_with_a_new_password_nobody_waits_in_the_old_line(maya):
    for number in range(60):
        with suppress(tries.TooSoon):
            tries.begin(SignInTry.Step.CODE, maya.email, network(number), b"")
    assert PlaceInLine.objects.exists()
    tries.forget_codes(maya.email)
    assert not PlaceInLine.objects.exists()


def test_a_day_of_hammering_has_few_codes(maya):
    looked, _pressed = hammered(SignInTry.Step.CODE, maya, hours=24, every=180)
    assert looked <= 120, "each fits three codes of an app; 120 a day are one chance in ninety a month"


def test_with_a_new_password_the_codes_typed_after_the_old_one_no_longer_count(maya):
    browser, new = Client(), "a-plumb-line-hangs-true-7"
    assert gets_in(maya, browser)
    for number in range(40):
        with suppress(tries.TooSoon):
            tries.begin(SignInTry.Step.CODE, maya.email, network(number), b"")
    with pytest.raises(tries.TooSoon):
        tries.begin(SignInTry.Step.CODE, maya.email, "203.0.113.9", b"")
    change = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    assert browser.post(reverse("account_change_password"), change).status_code == 302
    tries.begin(SignInTry.Step.CODE, maya.email, "203.0.113.9", b"")


def test_a_code_opens_once(maya):
    assert gets_in(maya)
    assert not gets_in(maya, at="192.0.2.5")


def test_a_known_and_an_unknown_name_ask_the_database_the_same(maya):
    def asked(email):
        with CaptureQueriesContext(connection) as queries:
            try_password(email)
        return [re.sub(r"'[^']*'| ?-?\d+", "?", query["sql"]) for query in queries.captured_queries]

    asked("warm@plumbline.example")
    assert asked(maya.email) == asked("nobody@plumbline.example")


def test_the_access_log_tells_of_wrong_and_right_sign_ins(maya):
    try_password(maya.email)
    try_password("nobody@plumbline.example")
    assert gets_in(maya)
    rows = AccessLog.objects.values_list("subject", "subject_id", "user__email")
    assert list(rows.filter(subject__in=("wrong password", "signed in"))) == [
        ("wrong password", str(maya.public_id), None),
        ("wrong password", "", None),
        ("signed in", str(maya.public_id), maya.email),
    ]


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(maya, post_office):
    known = Client()
    assert gets_in(maya, known)
    sweep(timezone.now() + timedelta(seconds=1))
    [mail] = post_office.mails
    assert mail["To"] == maya.email
    assert "a device" in mail.get_content()
    known.post(reverse("account_logout"))
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=True):
        assert gets_in(maya, known)
    assert Message.objects.filter(kind="new_device").count() == 1


def test_limits_need_no_memory_of_this_process():
    assert settings.ACCOUNT_RATE_LIMITS is False
