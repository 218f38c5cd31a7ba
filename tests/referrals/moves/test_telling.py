"""The patient hears of every appointment at an office, and the last mail never stands for what is no longer so."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from intake.models import CallToMake, Patient
from intake.visits import calls
from referrals import moves as actions
from referrals.desk.happened import timeline
from referrals.models import Referral
from referrals.moves.answers import drop_appointment
from referrals.moves.heard import heard_last
from tests import factories
from tests.referrals.conftest import OFFICE
from tests.referrals.status_page import at

NOON = datetime(2027, 3, 2, 17, 0, tzinfo=UTC)  # noon of a Tuesday at Riverside
NEW_YORK = "America/New_York"
ABOUT = ("appointment_made", "appointment_moved", "appointment_off", "appointment_reminder")


@pytest.fixture(autouse=True)
def noon():
    with at(NOON):
        yield


@pytest.fixture
def accepted(decision, priya, neurologist):
    """A referral whose office has accepted it, without the letter that takes a while to set."""
    referral = factories.referral(after=decision, owner=priya, to=neurologist)
    Referral.objects.update(status="accepted")
    referral.refresh_from_db()
    return referral


@pytest.fixture
def posted(post_office):
    """`posted()` lets everything due go, and returns what the patient got since the last time: (kind, words, file)."""
    read = []

    def since():
        sweep(timezone.now())
        new = [mail for mail in post_office.mails[len(read) :] if mail["X-Message-Key"].startswith(ABOUT)]
        read.extend(post_office.mails[len(read) :])
        return [(mail["X-Message-Key"].partition(":")[0], mail.get_content(), file_of(mail)) for mail in new]

    return since


def file_of(mail):
    """The calendar file that came along: its method as the mail and the file say it, and its event; None for none."""
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            file = Calendar.from_ical(part.get_payload(decode=True))
            assert part.get_param("method") == str(file["METHOD"])
            return str(file["METHOD"]), file.walk("VEVENT")[0]
    return None


def gives(referral, *, days=9.0, zone=NEW_YORK, office=OFFICE, **more):
    starts_at = timezone.now() + timedelta(days=days)
    return actions.give_appointment(referral, starts_at=starts_at, time_zone=zone, office=office, **more)


def kinds(mails) -> list[str]:
    return [kind for kind, _words, _file in mails]


# Made, changed, off ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "says"), [("en", "You have an appointment"), ("es", "Usted tiene una cita")])
def test_a_first_day_is_mailed_at_once_and_once_more_before_it(accepted, posted, language, says):
    """Fast: it came 48 hours before, three weeks after the office had given the day."""
    Patient.objects.update(language=language)
    accepted.refresh_from_db()
    made = gives(accepted)
    [(kind, words, (method, event))] = posted()
    assert (kind, method) == ("appointment_made", "PUBLISH")
    assert says in words
    assert "/l/" in words, "the way to the page, where they answer"
    assert event.start == made.starts_at
    for word in ("Katz", "Ashport", "eurolog", "Harbor"):
        assert word not in words + event.to_ical().decode()
    with at(made.starts_at - timedelta(hours=47)):
        assert kinds(posted()) == ["appointment_reminder"]


def test_a_day_that_is_moved_and_moved_back_ends_with_what_is_so(accepted, posted):
    """The last mail is the one that counts, and calendars hold one event with the last time."""
    first = gives(accepted)
    files = [posted()[0][2]]
    for days in (11, 9):
        gives(accepted, days=days)
        [(kind, words, file)] = posted()
        assert kind == "appointment_moved"
        files.append(file)
    assert f"{first.starts_at.astimezone(ZoneInfo(NEW_YORK)):%B %-d}" in words
    assert [event.start for _method, event in files][-1] == first.starts_at
    assert len({event["UID"] for _method, event in files}) == 1
    assert [event["SEQUENCE"] for _method, event in files] == [0, 2, 4]


def test_a_move_taken_back_before_its_mail_went_still_ends_with_what_is_so(accepted, posted):
    """The page has shown the other time meanwhile."""
    gives(accepted)
    posted()
    gives(accepted, days=11)
    gives(accepted, days=9)
    [(kind, words, _file)] = posted()
    assert kind == "appointment_moved"
    assert "March 11" in words


def test_the_same_time_with_other_words_is_told_once_however_often_it_is_entered(accepted, posted):
    """Its first mail was taken out of the outbox, and none took its place."""
    gives(accepted)
    gives(accepted, instructions="Bring the scan.")
    assert kinds(posted()) == ["appointment_made"]
    gives(accepted, instructions="Bring the scan, and glasses.")
    assert kinds(posted()) == []
    with at(NOON + timedelta(days=7, hours=1)):
        assert kinds(posted()) == ["appointment_reminder"]


@pytest.mark.parametrize("ends", ["declined", "no show", "withdrawn", "closed"])
def test_a_day_that_is_off_is_taken_back_and_the_next_one_told_anew(accepted, posted, priya, ends):
    gives(accepted)
    numbers = [posted()[0][2][1]["SEQUENCE"]]
    {
        "declined": lambda: actions.office_decline(accepted, reason="not_in_time", office=OFFICE),
        "no show": lambda: actions.no_show(accepted, by=priya),
        "withdrawn": lambda: actions.withdraw(accepted, reason="not_needed", by=priya),
        "closed": lambda: actions.close(accepted, reason="seen_elsewhere", by=priya),
    }[ends]()
    [(kind, _words, (method, event))] = posted()
    assert (kind, method, str(event["STATUS"])) == ("appointment_off", "CANCEL", "CANCELLED")
    numbers.append(event["SEQUENCE"])
    if ends == "no show":
        Message.objects.filter(kind="appointment_made").update(
            settled_at=NOON - timedelta(minutes=1)
        )  # the clock stands
        gives(Referral.objects.get(), days=12)
        [(kind, _words, (method, event))] = posted()
        assert (kind, method) == ("appointment_made", "PUBLISH")
        numbers.append(event["SEQUENCE"])
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("went", [True, False])
def test_a_day_that_is_over_is_not_called_off_when_it_ends(accepted, posted, priya, went):
    """The history, and the patient's page, said of a visit that took place that it was off."""
    gives(accepted, days=1)
    posted()
    with at(NOON + timedelta(days=2)):
        referral = actions.seen(accepted, by=priya) if went else accepted
        ended = actions.close(referral, reason="seen_no_report" if went else "seen_elsewhere", by=priya)
        assert ended.moves.last().appointment_before is None
        assert [line.note for line in timeline(ended) if "Off:" in line.note] == []
        assert kinds(posted()) == []


def test_a_day_that_stands_again_before_anybody_heard_it_was_off_needs_no_mail(accepted, posted, priya):
    gives(accepted)
    posted()
    actions.no_show(accepted, by=priya)
    gives(Referral.objects.get())
    assert kinds(posted()) == []


def test_a_second_day_after_they_were_seen_is_a_new_one_and_not_a_change(accepted, posted, priya):
    made = gives(accepted, days=3)
    posted()
    with at(made.starts_at + timedelta(hours=20)):
        gives(actions.seen(accepted, by=priya), days=14)
        assert kinds(posted()) == ["appointment_made"]


# One instant for every calendar ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("America/New_York", "2027-03-15 09:30"),  # the day after the clocks went forward
        ("America/New_York", "2027-11-08 09:30"),
        ("America/Chicago", "2028-01-10 08:00"),
        ("America/Denver", "2027-07-01 08:00"),
        ("America/Phoenix", "2027-07-01 08:00"),
        ("America/Los_Angeles", "2027-11-07 09:00"),  # the very day they go back
        ("America/Anchorage", "2028-03-12 10:00"),
        ("Pacific/Honolulu", "2027-03-15 16:00"),
        ("America/Puerto_Rico", "2027-03-15 09:30"),
    ],
)
def test_the_file_of_a_mail_is_the_same_instant_for_a_calendar_that_knows_no_zone(accepted, posted, zone, wall):
    """Outlook passes over RDATE in a described zone, and was an hour off: so no zone is described."""
    starts_at = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))
    actions.give_appointment(accepted, starts_at=starts_at, time_zone=zone, office=OFFICE)
    [(_kind, _words, (_method, event))] = posted()
    assert event.start == starts_at
    plain = event.to_ical().decode()
    assert f"DTSTART:{starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in plain, "a reader of no zone needs no more"
    assert "TZID" not in plain


# Who is called --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "fields", "is_called", "mails"),
    [
        (9, {}, False, ["appointment_made"]),
        (1.1, {}, False, ["appointment_made"]),
        (0.9, {}, True, ["appointment_made"]),
        (1 / 16, {}, True, []),
        (9, {"email": ""}, True, []),
    ],
)
def test_whom_no_mail_tells_a_day_ahead_is_called_next(accepted, posted, days, fields, is_called, mails):
    Patient.objects.update(**fields)
    accepted.refresh_from_db()
    gives(accepted, days=days)
    assert kinds(posted()) == mails
    assert CallToMake.objects.exists() is is_called
    due_within_the_hour = Referral.objects.get().next_check_at <= NOON + timedelta(hours=1)
    assert due_within_the_hour is is_called


@pytest.mark.parametrize("page", ["referral", "list of calls"])
def test_who_told_the_patient_is_on_record_and_the_next_step_is_what_it_was(accepted, priya, page):
    made = gives(accepted, days=0.9)
    if page == "referral":
        actions.patient_told(accepted, by=priya)
    else:
        calls.say_it_was_made(CallToMake.objects.get(), by=priya)
    line = accepted.moves.last()
    assert (line.what, line.by, line.appointment) == ("told", priya, made)
    heard = heard_last(accepted)
    assert (heard.by, heard.starts_at) == (priya.name, made.starts_at)
    assert Referral.objects.get().next_check_at > made.starts_at
    with pytest.raises(actions.NotYet):
        actions.patient_told(accepted, by=priya)


def test_a_mail_that_comes_back_makes_the_call_the_next_step(accepted, posted, post_office):
    gives(accepted)
    post_office.refuse[accepted.patient.email] = "550 no"
    posted()
    assert CallToMake.objects.get().starts_at == NOON + timedelta(days=9)
    assert Referral.objects.get().next_check_at == NOON + timedelta(hours=1)


def test_who_knows_of_a_later_day_is_called_where_the_mail_of_the_earlier_waits_until_it_is_over(accepted, posted):
    """They would still go on the later one, where nobody expects them."""
    gives(accepted, days=30)
    posted()
    gives(accepted, days=3)
    with at(NOON + timedelta(days=4)):
        assert kinds(posted()) == []
        assert CallToMake.objects.get().was_at == NOON + timedelta(days=30)


@pytest.mark.parametrize("dropped", [False, True])
def test_nobody_goes_on_the_day_they_know_where_the_mails_of_earlier_days_waited(accepted, posted, dropped):
    """Neither the day of the mail nor the one before it is to come: they are called, or hear that it is off."""
    gives(accepted, days=30)
    posted()
    gives(accepted, days=3)
    gives(accepted, days=3.5)
    with at(NOON + timedelta(days=4)):
        if dropped:
            drop_appointment(accepted)
        assert kinds(posted()) == (["appointment_off"] if dropped else [])
        assert dropped or CallToMake.objects.get().was_at == NOON + timedelta(days=30)


# What the patient answers ---------------------------------------------------------------------------------------------


def test_who_cannot_come_is_due_today_and_the_carrier_hears(accepted, posted, post_office, priya):
    made = gives(accepted)
    actions.patient_answers(accepted, number=made.pk, comes=False)
    closing = accepted.location.opening_hours.closing_of_the_day(NOON)
    assert Referral.objects.get().next_check_at == closing
    assert "appointment_made" in kinds(posted())
    assert priya.email in post_office.recipients
    with at(NOON + timedelta(days=7, hours=1)):
        assert kinds(posted()) == [], "they are not reminded of what they cannot come to"


def test_who_comes_after_all_is_no_step_any_more(accepted, posted):
    made = gives(accepted)
    for comes in (False, False, True):
        actions.patient_answers(accepted, number=made.pk, comes=comes)
    assert [line.what for line in accepted.moves.all()][-2:] == ["cannot_come", "confirmed"]
    assert Referral.objects.get().next_check_at > made.starts_at
    posted()
    assert Message.objects.get(kind="patient_cannot_come", recipient="").status == "skipped"


@pytest.mark.parametrize("why", ["moved", "off", "over"])
def test_an_answer_to_what_stands_no_more_is_not_taken(accepted, priya, why):
    made = gives(accepted, days=1)
    if why == "moved":
        gives(accepted, days=3)
    elif why == "off":
        actions.no_show(accepted, by=priya)
    with at(NOON + timedelta(days=2 if why == "over" else 0)), pytest.raises(actions.ReferralChanged):
        actions.patient_answers(accepted, number=made.pk, comes=True)


# Another office, another specialty ------------------------------------------------------------------------------------


def test_another_office_is_agreed_to_told_and_allowed_anew(sent, priya, sign_in):
    """A consent given for the first office went with the letter to the second."""
    actions.prepare_letter(sent, patient_told="We call you.", authorization_number="A-17", by=priya)
    actions.office_decline(sent, reason="not_in_time", office=OFFICE)
    again = actions.redirect(sent, by=priya)
    assert (again.consent, again.patient_told, again.authorization_number) == ("", "", "")
    actions.choose(again, factories.specialist(), choice="suggested", because="near", by=priya)
    page = sign_in(priya).get(f"/referrals/{again.public_id}/letter/").text
    for what in ("The patient agreed to this referral", "We call you.", "A-17"):
        assert f"Ask again. For the office before: {what}" in page


def test_an_office_that_names_another_specialty_sends_it_back_to_the_therapist(sent, priya, maya, sign_in):
    actions.office_decline(sent, reason="other_specialty", words="A spine surgeon.", office=OFFICE)
    with pytest.raises(actions.NotYet, match="therapist"):
        actions.redirect(sent, by=priya)
    at_desk = sign_in(priya)
    page = at_desk.get(f"/referrals/{sent.public_id}/").text
    assert "Send it back to the therapist" in page
    assert "do=redirect" not in page
    form = at_desk.get(f"/referrals/{sent.public_id}/move/?do=back").text
    assert "A spine surgeon." in form, "the office's words go along"
    back = actions.back_to_therapist(sent, words="A spine surgeon.", by=priya)
    assert (back.status, back.owner) == ("back", maya)
    assert Message.objects.filter(kind="referral_back").exists()
    assert "do=same-specialty" not in at_desk.get(f"/referrals/{sent.public_id}/").text
    assert at_desk.get(f"/referrals/{sent.public_id}/move/?do=same-specialty").status_code == 403
    at_hers = sign_in(maya).get(f"/referrals/{sent.public_id}/").text
    assert "do=same-specialty" in at_hers
    assert "Open the case and decide again" in at_hers


def test_a_decision_without_a_referral_ends_what_went_back(sent, priya, maya, sign_in):
    actions.office_decline(sent, reason="other_specialty", office=OFFICE)
    actions.back_to_therapist(sent, words="A spine surgeon.", by=priya)
    treated = factories.decision(on=sent.case, by=maya, refer=False, outcome="advised")
    actions.end_those_back(treated, by=maya)
    sent.refresh_from_db()
    assert (sent.status, sent.end_reason, sent.news_at) == ("withdrawn", "not_needed", None)


def test_what_the_therapist_decides_then_takes_its_place_or_gives_it_back(sent, priya, maya):
    actions.office_decline(sent, reason="other_specialty", office=OFFICE)
    actions.back_to_therapist(sent, words="A spine surgeon.", by=priya)
    kept = actions.redirect(sent, by=maya)
    assert (kept.status, kept.owner, kept.specialty) == ("draft", priya, "neurologist")
    Referral.objects.update(status="back", specialist=factories.specialist(), choice="other", choice_reason="x",
                            sent_at=NOON, sent_letter=sent.letters.first(), channel="fax")  # fmt: skip
    other = factories.decision(on=sent.case, by=maya, specialist="spine_surgeon", reason="other", words="The scan.")
    new = actions.refer(other, by=maya)
    kept.refresh_from_db()
    assert (kept.status, kept.end_reason) == ("withdrawn", "decided_again")
    assert (new.status, new.specialty) == ("draft", "spine_surgeon")


def test_a_call_nobody_made_in_time_is_about_the_day_that_is_off_now(accepted, priya):
    """The withdrawal ended in an error: the day the call was about is over, and the next one is to be freed."""
    first = gives(accepted, days=0.5)
    with at(NOON + timedelta(days=2)):
        later = gives(Referral.objects.get(), days=12)
        call = CallToMake.objects.get(done_at=None)
        assert (call.was_at, call.starts_at) == (None, later.starts_at)
        CallToMake.objects.update(was_at=first.starts_at)
        actions.withdraw(Referral.objects.get(), reason="not_needed", by=priya)
    call.refresh_from_db()
    assert (call.was_at, call.starts_at) == (later.starts_at, None)
    assert NOON + timedelta(days=2) >= call.due_at


@pytest.mark.parametrize(("days", "off"), [(3, False), (1, True)], ids=["over", "to come"])
def test_an_office_that_declines_calls_no_day_off_that_is_over(accepted, days, off):
    """The patient may have been there; only a day still ahead is off."""
    gives(accepted, days=2)
    with at(NOON + timedelta(days=days)):
        actions.office_decline(Referral.objects.get(), reason="not_in_time", office=OFFICE)
    assert (Referral.objects.get().moves.last().appointment_before is not None) is off
