"""What can have happened to a patient before they open a page. Each takes a `Visitor`."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.links.models import FormStart, Link
from clinic.links.requests import HOUR
from clinic.links.starts import MOST_FROM_A_NETWORK, count_start
from clinic.messages import stopping
from clinic.staff.models import Role, User
from intake.door import emails
from intake.emergency import actions as dangers
from intake.follow_up.actions import answer, open_for, plan
from intake.models import Contact, Intake, UnsentPage
from intake.returning.actions import start_again
from intake.signing.actions import MUST_AGREE
from referrals.models import Referral, ReferralMove
from tests import factories
from tests.answers import FOOT_DROP
from tests.journeys.visitor import carries, has_open

ENDS = (Referral.Status.CLOSED, Referral.Status.WITHDRAWN)
FEELS_LOW = {"activities_limited": ["sleep"], "worry_level": 9, "low_mood": "most_days"}
INFECTED = {"scan": "infected", "scanned_at": timezone.now(), "found": "Eicar-Test-Signature"}
MANY = [f"report {number}.pdf" for number in range(settings.FILES_EACH_INTAKE)]

# Before there is a form ----------------------------------------------------------------------------------------------


def too_many_were_begun(ada):
    """By others who share the connection of this phone."""
    FormStart.objects.all().delete()
    with transaction.atomic():
        for _start in range(MOST_FROM_A_NETWORK[HOUR]):
            count_start("127.0.0.1")


def nobody_treats(ada):
    """Every therapist is away for good, until the next of these states begins."""
    User.objects.filter(role=Role.THERAPIST).update(is_active=False)


def named_danger_signs(ada):
    """That no rule used, whatever the rules of today would say."""
    factories.unused_alarms(ada.case, ("walking_change", "falls", "concerning"))


# While the form is open ----------------------------------------------------------------------------------------------


def typed_and_left(ada):
    UnsentPage.objects.create(intake=ada.intake, page="about-you", fields={"sex_at_birth": ["male"]}, version=1)


def days_went_by(ada):
    """Since the safety check was answered."""
    Intake.objects.filter(pk=ada.intake.pk).update(safety_answered_at=timezone.now() - timedelta(days=3))


def saved_elsewhere(ada):
    """The page is open here, and saved on another device before it is sent."""
    answers = ada.intake.answers | {"sex_at_birth": "male"}
    done = ada.intake.pages_done | {"about-you": 2}
    Intake.objects.filter(pk=ada.intake.pk).update(answers=answers, version=2, pages_done=done, saved_at=timezone.now())


def sent_meanwhile(ada):
    """In another window of this phone, while a page of questions stands here with another answer."""
    ada.chooses(sex_at_birth="male")
    for document in MUST_AGREE:
        factories.consent(ada.intake, document)
    Intake.objects.filter(pk=ada.intake.pk).update(submitted_at=timezone.now())
    ada.intake.refresh_from_db()
    has_open(ada.screen, ada.intake)


def another_form_is_opened(ada):
    ada.is_somebody().fills_in()


def link_is_renewed(ada):
    Link.objects.filter(subject_id=ada.intake.public_id).update(generation=2)


def another_page_is_opened(ada):
    ada.is_somebody().has_status_open()


def loses_its_cookies(ada):
    ada.page.context.clear_cookies()
    carries(ada.screen, HttpResponse())  # its language stays


def read_the_advice(ada):
    ada.intake.refresh_from_db()
    dangers.emergency_read(ada.intake)


# After it was sent ---------------------------------------------------------------------------------------------------


def begins_again(occasion):
    def begins(ada):
        ada.intake = start_again(ada.patient, occasion=occasion)
        has_open(ada.screen, ada.intake)

    return begins


def sent_that_it_is_worse(ada):
    ada.sent(FOOT_DROP, occasion=Intake.Occasion.WORSE, earlier=ada.intake)


def is_asked_how_it_goes(ada):
    """17 days after the form, what is asked after two weeks came due."""
    Intake.objects.filter(pk=ada.intake.pk).update(submitted_at=timezone.now() - timedelta(days=17))
    ada.intake.refresh_from_db()
    plan(ada.intake)
    ada.patient.follow_ups.filter(week=2).update(due_at=timezone.now() - timedelta(hours=1))


def said_how_it_goes(ada):
    """Nothing after two weeks, and it is a little better after six."""
    is_asked_how_it_goes(ada)
    ada.patient.follow_ups.filter(week=6).update(due_at=timezone.now() - timedelta(minutes=10))
    answer(open_for(ada.patient), pain=0, difficulty=0)


def is_late(ada):
    ada.whose_case(acknowledge_by=timezone.now() - timedelta(minutes=1))


def was_called(ada):
    """As often as a call can end in another way."""
    for outcome in Contact.Outcome:
        ada.case.contacts.create(outcome=outcome, by=ada.therapist)


def was_looked_at(ada):
    """On more than one page of the list."""
    common = {"actor": "staff", "user": ada.therapist, "role": "therapist", "page": "case"}
    common |= {"patient_id": ada.patient.pk, "location_id": ada.location.pk}
    AccessLog.objects.bulk_create(AccessLog(subject=f"part {number}", **common) for number in range(40))


def wants_no_reminders(ada):
    stopping.stop(ada.patient.public_id, "visits", how="one_press")


def stop_address(ada):
    """Where the mail that reminds them leads whoever wants no more of those."""
    [reminder, _later] = emails.remind_to_finish(ada.intake)
    return stopping.stop_address(reminder).removeprefix(settings.SITE_URL)


def was_decided(ada):
    factories.decision(on=ada.case, by=ada.therapist)


def is_referred(*statuses, reason=Referral.EndReason.REPORT_READ):
    """A form and a referral for each of `statuses`, with everything that can have happened to one."""

    def referred(ada):
        for status in statuses:
            case = factories.case(of=ada.patient, answers=FOOT_DROP)
            decision = factories.decision(on=case, by=ada.therapist)
            to = None if status == Referral.Status.DRAFT else factories.specialist()
            referral = factories.referral(after=decision, owner=ada.therapist, to=to)
            ended = {"ended_at": timezone.now(), "end_reason": reason} if status in ENDS else {}
            Referral.objects.filter(pk=referral.pk).update(status=status, **ended)
            for what in ReferralMove.What:
                why = "no_capacity" if what == ReferralMove.What.DECLINED else ""
                way = "phone" if what == ReferralMove.What.TRIED else ""
                referral.moves.create(what=what, to_status=status, by=ada.therapist, to=to, reason=why, channel=way)

    return referred


def goes_to_an_office(ada):
    is_referred(Referral.Status.SCHEDULED)(ada)
    Referral.objects.filter(patient=ada.patient).update(next_check_at=timezone.now() + timedelta(days=4))
    ada.patient.referrals.get().appointments.create(
        starts_at=timezone.now() + timedelta(days=3),
        time_zone="America/Denver",
        instructions="Bring your pictures.\nDo not eat before.",
        given_by="Ellen Park",
    )
