"""What staff are written about a case that waits for them. Nothing clinical, no name, no id."""

from django.conf import settings
from django.urls import reverse

from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.staff.mail_to import ToAColleague
from clinic.staff.models import Role, User
from intake.models import Case, Decision, Urgency
from intake.models.two_people import who_may_look
from intake.review import schedule

MANAGERS_FROM_ROUND = 2
MOST_ROUNDS = 999  # a mail holds no larger number


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
