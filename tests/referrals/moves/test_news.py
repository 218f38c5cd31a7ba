"""Whoever carries a referral hears of every answer, and that it is theirs; nobody is told of their own words."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.running.beat import SCHEDULE
from clinic.staff.permissions import Role
from intake.models import Case, Urgency
from intake.review import actions as cases
from referrals import moves as actions
from referrals.models import Referral
from referrals.moves.about import carrier_of
from referrals.moves.left import tell_of_those_left, tell_of_those_left_task
from tests import factories
from tests.answers import FOOT_DROP
from tests.conftest import TOTP_SECRET
from tests.referrals.conftest import OFFICE

DAY = timedelta(days=1)
FRIDAY = datetime(2027, 3, 5, 15, 0, tzinfo=UTC)  # ten in the morning at Riverside


@pytest.fixture
def with_office(location, maya, priya):
    """Say where a referral stands that Priya carries."""

    def made(status="sent", owner=priya, **fields) -> Referral:
        case = factories.case(at=location, answers=FOOT_DROP)
        referral = factories.referral(
            after=factories.decision(on=case, by=maya), owner=owner, to=factories.specialist(), status=status
        )
        Referral.objects.filter(pk=referral.pk).update(**{"urgency": Urgency.SOON} | fields)
        referral.refresh_from_db()
        return referral

    return made


@pytest.fixture
def hana(location):
    """Also at the desk of Riverside."""
    colleague = factories.staff("Hana Moss", Role.FRONT_DESK, at=[location])
    TOTP.activate(colleague, TOTP_SECRET)
    return colleague


def gives_a_day(referral, **who):
    actions.give_appointment(
        referral, starts_at=timezone.now() + 9 * DAY, time_zone="America/New_York", **who or {"office": OFFICE}
    )


ANSWERS = {
    "declined": lambda referral, **who: actions.office_decline(referral, reason="not_taking", **who),
    "question": lambda referral, **who: actions.office_ask(referral, words="Since when?", **who),
    "accepted": actions.office_accept,
    "scheduled": gives_a_day,
    "reported": lambda referral, **who: actions.receive_report(referral, words="All is well.", **who),
}


def mailed(kind) -> list[str]:
    """Return who was sent a mail of this kind."""
    sent = Message.objects.filter(kind=kind, status=Message.Status.SENT).exclude(recipient="")
    return sorted(sent.values_list("recipient", flat=True))


@pytest.mark.parametrize(
    ("answer", "urgency", "mail"),
    [
        ("declined", Urgency.SOON, "referral_answered"),
        ("question", Urgency.ROUTINE, "referral_answered"),
        ("accepted", Urgency.SOON, None),
        ("scheduled", Urgency.SOON, None),
        ("reported", Urgency.SOON, None),
        ("accepted", Urgency.URGENT, "referral_answered"),
        ("scheduled", Urgency.EMERGENCY, "referral_answered"),
        ("reported", Urgency.URGENT, "report_received"),
    ],
)
def test_every_answer_is_news_and_what_must_not_wait_is_mailed_at_once(
    with_office, priya, maya, answer, urgency, mail, post_office
):
    referral = with_office(urgency=urgency)
    with time_machine.travel(FRIDAY, tick=False):
        ANSWERS[answer](referral, office=OFFICE)
        sweep(FRIDAY)
    assert Referral.objects.with_news_for(priya).get() == referral
    assert not Referral.objects.with_news_for(maya).exists(), "she does not carry it"
    for kind in ("referral_answered", "report_received"):
        assert (priya.email in mailed(kind)) is (kind == mail), kind


@pytest.mark.parametrize("answer", sorted(ANSWERS))
def test_whoever_carries_it_does_not_hear_of_their_own_words_but_of_a_colleagues(with_office, priya, ruth, answer):
    own, colleagues = with_office(), with_office()
    ANSWERS[answer](own, by=priya)
    ANSWERS[answer](colleagues, by=ruth)
    assert Referral.objects.with_news_for(priya).get() == colleagues


@pytest.mark.parametrize(
    ("answer", "subject"),
    [
        ("declined", "Urgent: an office has declined a referral from Riverside"),
        ("question", "Urgent: an office asks about a referral from Riverside"),
        ("accepted", "Urgent: an office has accepted a referral from Riverside"),
        ("scheduled", "Urgent: an office has given a day for a referral from Riverside"),
    ],
)
def test_the_mail_says_what_happened_and_where_and_nothing_of_whom(with_office, answer, subject):
    referral = with_office(urgency=Urgency.URGENT)
    ANSWERS[answer](referral, office=OFFICE)
    title, body = KINDS["referral_answered"].render(Message.objects.get(kind="referral_answered"))
    assert title == subject
    assert body.rstrip().endswith("/referrals/")
    assert referral.patient.last_name not in body


def test_nobody_is_mailed_of_what_they_have_opened_or_what_moved_on(with_office, priya, post_office):
    opened, moved = with_office(), with_office()
    with time_machine.travel(FRIDAY, tick=False):
        for referral in (opened, moved):
            actions.office_ask(referral, words="Since when?", office=OFFICE)
        opened.refresh_from_db()
        actions.look(opened, by=priya)
        actions.office_accept(moved, office=OFFICE)
        sweep(FRIDAY)
    why = set(Message.objects.filter(kind="referral_answered").values_list("outcome", flat=True))
    assert why == {"It was opened since the office answered.", "It moved on."}
    assert mailed("referral_answered") == []


# Who has looked -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("carrier_is_there", "who", "had"),
    [
        (True, "priya", True),
        (True, "hana", False),
        (True, "maya", False),
        (True, "ruth", False),
        (False, "hana", True),
        (False, "maya", False),
        (False, "ruth", False),
    ],
)
def test_it_is_news_until_whoever_carries_or_covers_it_has_opened_it(
    with_office, priya, hana, maya, ruth, sign_in, carrier_is_there, who, had
):
    people = {"priya": priya, "hana": hana, "maya": maya, "ruth": ruth}
    referral = actions.office_accept(with_office(), office=OFFICE)
    if not carrier_is_there:
        priya.locations.clear()
    assert sign_in(people[who]).get(f"/referrals/{referral.public_id}/").status_code == 200
    referral.refresh_from_db()
    assert (referral.news_at is None) is had


def test_where_nobody_is_at_the_desk_a_manager_covers(with_office, priya, ruth):
    referral = actions.office_accept(with_office(), office=OFFICE)
    priya.is_active = False
    priya.save()
    actions.look(referral, by=ruth)
    referral.refresh_from_db()
    assert referral.news_at is None


def test_an_answer_that_came_while_the_page_was_made_stays_news(with_office, priya):
    shown = actions.office_ask(with_office(), words="Since when?", office=OFFICE)
    actions.office_accept(shown, office=OFFICE)
    actions.look(Referral(pk=shown.pk, news_at=shown.news_at - timedelta(seconds=1)), by=priya)
    assert Referral.objects.with_news_for(priya).exists()


# Theirs now -----------------------------------------------------------------------------------------------------------


def test_whoever_is_given_a_referral_is_mailed_and_whoever_takes_it_is_not(with_office, priya, ruth, post_office):
    given, taken = with_office(), with_office()
    with time_machine.travel(FRIDAY, tick=False):
        actions.hand_over(given, to=ruth, by=priya)
        actions.hand_over(taken, to=ruth, by=ruth)
        sweep(FRIDAY)
    assert mailed("referral_handed_over") == [ruth.email]


@pytest.mark.parametrize("status", ["draft", "sent", "seen", "closed"])
def test_whoever_carries_an_open_referral_hears_that_its_case_is_open_again_until_it_is_decided(
    with_office, maya, priya, status, post_office
):
    referral = with_office("seen" if status == "closed" else status)
    if status == "closed":
        actions.close(referral, reason="seen_no_report", by=priya)
    with time_machine.travel(FRIDAY, tick=False):
        cases.reopen(referral.case, by=maya, words="I forgot the knee.")
        told = Message.objects.filter(kind="referral_case_open").first()
        sweep(FRIDAY)
    assert mailed("referral_case_open") == ([] if status == "closed" else [priya.email])
    factories.decision(on=Case.objects.get(), by=maya)
    assert told is None or KINDS[told.kind].still_needed(told) == "The case is decided again."


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ("here", False),
        ("account closed", True),
        ("elsewhere", True),
        ("on call here", False),
        ("a manager, where nobody treats", False),
    ],
)
def test_one_rule_says_who_has_left_in_a_mail_and_in_a_list(
    with_office, maya, daniel, priya, ruth, location, how, left
):
    """The list asks the database about all at once, a mail asks about one: they must not disagree."""
    owner = {"on call here": daniel, "a manager, where nobody treats": ruth}.get(how, priya)
    referral = with_office(owner=owner)
    if how == "account closed":
        owner.is_active = False
        owner.save()
    elif how != "here":
        owner.locations.clear()
    if how == "on call here":
        factories.on_call(daniel, at=location)
    if "nobody treats" in how:
        type(maya).objects.filter(role=Role.THERAPIST).update(is_active=False)
    referral = Referral.objects.get(pk=referral.pk)
    assert Referral.objects.left_behind(timezone.now()).exists() is left
    assert (carrier_of(referral) is None) is left


def test_the_desk_hears_once_a_day_of_all_that_somebody_left_behind(with_office, priya, ruth, location, post_office):
    """On Friday evening Priya leaves two; by Tuesday Ruth has both."""
    both = [with_office(), with_office()]
    evening = FRIDAY + timedelta(hours=10)
    priya.is_active = False
    priya.save()
    for now in (evening, evening + DAY, FRIDAY + 3 * DAY):
        assert tell_of_those_left(now) == 1
    with time_machine.travel(FRIDAY + 3 * DAY, tick=False):
        sweep(timezone.now())
        assert mailed("referrals_left") == [ruth.email], "nothing while the doors are closed, then one for both"
        [written] = [mail for mail in post_office.mails if mail["To"] == ruth.email]
        assert written["Subject"] == "2 referrals from Riverside have nobody who carries them"
    with time_machine.travel(FRIDAY + 4 * DAY, tick=False):
        assert tell_of_those_left(timezone.now()) == 1, "it is said again each day"
        for referral in both:
            actions.hand_over(referral, to=ruth, by=ruth)
        sweep(timezone.now())
        assert mailed("referrals_left") == [ruth.email], "somebody carries them by now"
        assert tell_of_those_left(timezone.now()) == 0


def test_the_beat_wakes_it_by_its_name():
    assert tell_of_those_left_task.name in {entry["task"] for entry in SCHEDULE.values()}


# The report -----------------------------------------------------------------------------------------------------------


def test_the_desk_goes_on_carrying_while_a_therapist_reads_the_report(with_office, priya, maya, sign_in):
    referral = with_office("seen")
    actions.receive_report(referral, words="All is well.", office=OFFICE)
    assert Referral.objects.get().owner == priya
    assert "Priya Nair carries it, Maya Ortiz reads the report" in " ".join(
        sign_in(priya).get(f"/referrals/{referral.public_id}/").content.decode().split()
    )
