"""What patients and therapists are written about an intake and its case. Nothing clinical, no name, no id.

Patients without an email address are written nothing; staff call them.
"""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import address_of, make_link
from clinic.links.models import Link
from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.staff.mail_to import ToAColleague
from clinic.staff.models import Role, User
from intake import schedule
from intake.actions.addresses import correct_address
from intake.models import Case, Decision, Intake, Urgency
from intake.models.two_people import who_may_look

LINK_LIVES = timedelta(days=14)  # after each mail that holds it
REMINDED_AFTER = (timedelta(hours=24), timedelta(hours=72))
MOST_LINKS_AN_HOUR = 3
ANYBODY_CAUSES = ("intake_link", "finish_intake")  # by typing an address into the first page
MOST_TO_AN_ADDRESS = {timedelta(hours=1): 20, timedelta(days=1): 40}  # of those; a family of four needs as many
MANAGERS_FROM_ROUND = 2
MOST_ROUNDS = 999  # a mail holds no larger number


def invite(intake: Intake, *, at=None) -> Message | None:
    """The link to a new intake, now or at `at`; once for each intake."""
    return _to_patient("intake_invitation", intake, 1, due_at=at)


def remind_to_finish(intake: Intake) -> list[Message]:
    """Two reminders, 24 and 72 hours after the intake was started. A submitted one is not reminded of."""
    reminders = [
        _to_patient("finish_intake", intake, number, due_at=intake.started_at + after, facts={"round": number})
        for number, after in enumerate(REMINDED_AFTER, start=1)
    ]
    return [reminder for reminder in reminders if reminder]


def resume_link_requested(intake: Intake) -> Message | None:
    """The patient asked for the link again. Goes to the address on file, at most three times an hour."""
    asked = Message.objects.about("intake", intake.public_id).filter(kind="intake_link")
    if asked.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_LINKS_AN_HOUR:
        return None
    return _to_patient("intake_link", intake, asked.count() + 1)


def _to_patient(name, intake, number, **more) -> Message | None:
    patient = intake.patient
    if not patient.email or (name in ANYBODY_CAUSES and _had_enough(patient.email, name)):
        return None
    return messages.schedule(
        name,
        key=f"{name}:{intake.public_id}:{number}",
        to=patient.email,
        language=intake.language,
        subject_type="intake",
        subject_id=intake.public_id,
        location=patient.location,
        **more,
    )


def _had_enough(address, name) -> bool:
    """Nobody's mailbox is filled by somebody who starts one form after the other in their name.

    Reminders that wait for another day keep more reminders away, and nobody's link, which is asked for now.
    """
    now = timezone.now()
    caused = Message.objects.to(address).filter(kind__in=ANYBODY_CAUSES)
    if name == "intake_link":
        caused = caused.filter(due_at__lte=now).exclude(status=Message.Status.SKIPPED)
    return any(caused.filter(created_at__gt=now - span).count() >= most for span, most in MOST_TO_AN_ADDRESS.items())


def case_needs_you(case: Case, *, now) -> list[Message]:
    """Announce the case now and at each step of the escalation clock, until one acknowledges.

    To whom is found when each announcement goes. What an earlier call scheduled and has not been sent is dropped.
    """
    messages.withdraw(
        subject_type="case", subject_id=case.public_id, kinds=["case_needs_you"], why="The case was announced again."
    )
    pace = Urgency(case.urgency)
    if case.status == Case.Status.SECOND_LOOK:  # nobody's list alone is enough, whatever the case counts as by now
        pace = max(pace, Urgency.SOON)
    times = schedule.raise_times(pace, now, case.location.opening_hours)
    return [_announcement(case, number, due_at=at) for number, at in enumerate(times, start=1)]


def case_still_needs_you(case: Case, *, after: Message, at) -> Message:
    """Announce the case once more, one round after the announcement `after`."""
    return _announcement(case, min(after.facts["round"] + 1, MOST_ROUNDS), due_at=at)


def _announcement(case, number, *, due_at) -> Message:
    return messages.schedule(
        "case_needs_you",
        key=f"case_needs_you:{case.public_id}:{case.version}:{number}",
        language="en",
        subject_type="case",
        subject_id=case.public_id,
        location=case.location,
        due_at=due_at,
        facts={"round": number},
    )


def last_announced(case: Case) -> Message | None:
    """The announcement of this case that goes, or went, last; None when there never was one.

    One that was dropped told nobody: it may have been meant for Monday, when the case could still wait.
    """
    told = Message.objects.about("case", case.public_id).filter(kind="case_needs_you", recipient="")
    told = told.exclude(status=Message.Status.SKIPPED)
    return told.order_by("due_at", "pk").last()


def on_its_way(announcement: Message) -> bool:
    """True while it has reached nobody and is still tried: who gets no mail is not told better by more of them."""
    each = Message.objects.filter(key__startswith=f"{announcement.key}:")
    reached = each.filter(status=Message.Status.SENT).exists()
    return not reached and each.unsettled().exists()


# Kinds --------------------------------------------------------------------------------------------------------------


class _ToPatient:
    """Mails with the link to an intake; they go to the address the patient has now."""

    @staticmethod
    def _intake(message) -> Intake:
        return Intake.objects.select_related("patient__location").get(public_id=message.subject_id)

    @classmethod
    def still_needed(cls, message) -> str:
        intake = cls._intake(message)
        return "The intake was submitted." if intake.submitted_at else intake.patient.why_no_mail(asked_for=True)

    @classmethod
    def recipient(cls, message) -> str:
        return cls._intake(message).patient.email

    @classmethod
    def new_address(cls, message, to, by) -> None:
        correct_address(cls._intake(message).patient, to)

    @staticmethod
    def facts(message) -> dict:
        link = make_link(Link.Purpose.INTAKE, message.subject_id, expires_at=timezone.now() + LINK_LIVES)
        return {"link": address_of(link)}


@kind("intake_invitation", title="Intake invitation", safe=("clinic", "phone", "link"))
class IntakeInvitation(_ToPatient):
    pass


@kind("intake_link", title="Link to continue an intake", safe=("clinic", "phone", "link"), asked_for=True)
class IntakeLink(_ToPatient):
    pass


@kind("finish_intake", title="Reminder to finish an intake", safe=("clinic", "phone", "link", "round"))
class FinishIntake(_ToPatient):
    @classmethod
    def still_needed(cls, message) -> str:
        intake = cls._intake(message)
        if intake.submitted_at:
            return "The intake was submitted."
        if intake.paper_code:
            return "The patient answers on paper."
        if intake.urgency == Urgency.EMERGENCY or intake.occasion == Intake.Occasion.WORSE:
            return "Staff call this patient; a routine reminder would say the wrong thing."
        if why := intake.patient.why_no_mail():
            return why
        later = REMINDED_AFTER[message.facts["round"] :]
        if any(intake.started_at + after <= timezone.now() for after in later):
            return "A later reminder is due and says the same."
        return ""


@kind(
    "case_needs_you",
    title="A case needs a therapist",
    audience="staff",
    safe=("location", "link", "round"),
    routine=False,
)
class CaseNeedsYou(ToAColleague):
    @staticmethod
    def still_needed(message) -> str:
        case = Case.objects.get(public_id=message.subject_id)
        if case.status not in (Case.Status.WAITING, Case.Status.SECOND_LOOK):
            return "Somebody acknowledged the case."
        if message.recipient and CaseNeedsYou.reader(message) not in CaseNeedsYou.people(message):
            return "This person no longer works at the location."
        return ""

    @staticmethod
    def people(message) -> list[User]:
        """Return the therapists of the location, from the second round on its managers too.

        Where nobody treats, it is every therapist and manager of the house, each time. A second look is asked of
        those who may give it; where the author is the only one, of every manager, who can bring somebody.
        """
        proposal = Decision.objects.filter(
            case__public_id=message.subject_id, case__status=Case.Status.SECOND_LOOK, effective_at=None, refused_at=None
        ).last()
        if proposal:
            return CaseNeedsYou._second_people(message, proposal)
        therapists = list(User.objects.therapists_at(message.location))
        if not therapists:
            return list(User.objects.of_the_whole_house())
        managers = User.objects.managers_at(message.location)
        return [*therapists, *managers] if message.facts["round"] >= MANAGERS_FROM_ROUND else therapists

    @staticmethod
    def _second_people(message, proposal) -> list[User]:
        others = who_may_look(proposal.case, proposed_by=proposal.by)
        if not others:
            return list(User.objects.of_the_whole_house().filter(role=Role.MANAGER))
        managers = User.objects.managers_at(message.location)
        return [*others, *managers] if message.facts["round"] >= MANAGERS_FROM_ROUND else others

    @staticmethod
    def facts(message) -> dict:
        return {"link": settings.SITE_URL + reverse("queue")}
