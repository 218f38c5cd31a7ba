"""What is written about a case: to staff that it waits, to its patient that it was decided. Nothing that it holds."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.messages import actions as messages
from clinic.messages.facts import MOST_WAITING, moment
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToAColleague, write_to
from clinic.staff.models import Location, OnCall, User
from clinic.staff.permissions import Role
from intake.models import Case, Decision, LostHold, Urgency
from intake.models.two_people import who_may_look
from intake.review import schedule

TO_THE_PATIENT = ["decision_made", "decision_referred", "more_needed", "not_reached"]  # words: at the door, with links
BOTH_WAYS = ["case_needs_you", "case_needs_you_text"]
MANAGERS_FROM_ROUND = 2
TEXTS_FROM_ROUND = 2
MOST_ROUNDS = 999  # a mail holds no larger number


def case_needs_you(case: Case, *, now: datetime) -> list[Message]:
    """Announce the case now and at each step of the escalation clock, until one acknowledges.

    To whom is found when each announcement goes. What an earlier call scheduled and has not been sent is dropped.
    """
    messages.withdraw(
        subject_type="case", subject_id=case.public_id, kinds=BOTH_WAYS, why="The case was announced again."
    )
    pace = Urgency(case.urgency)
    late = case.acknowledge_by <= now
    if late or case.status == Case.Status.SECOND_LOOK:  # a list alone is not enough, whatever the case counts as by now
        pace = max(pace, Urgency.SOON)
    times = schedule.raise_times(pace, now, case.location.opening_hours)
    steps = [_announcements(case, number, due_at=at) for number, at in enumerate(times, start=1)]
    stored = messages.schedule_all([one for step in steps for one in step])
    return [one for one in stored if one.kind == "case_needs_you"]


def case_still_needs_you(case: Case, *, after: Message, at: datetime) -> Message:
    """Announce the case once more, one round after the announcement `after`."""
    drafts = _announcements(case, min(after.facts["round"] + 1, MOST_ROUNDS), due_at=at)
    return messages.schedule_all(drafts)[-1]


def ask_one(case: Case, person: User) -> Message:
    """Tell one colleague of a case, at once, whatever step the others are at."""
    last = last_announced(case)
    number = last.facts["round"] if last else 1
    return _to_one(person, "case_needs_you", case, number, facts={"round": number})


def case_taken_over(case: Case, *, of: User, now: datetime) -> Message:
    """Tell whoever had a case that a colleague has it now."""
    facts = {"happened_at": moment(now, case.location.zone.key)}
    return _to_one(of, "case_taken_over", case, facts=facts)


def _to_one(person: User, name: str, case: Case, *numbers: int, **more: Any) -> Message:
    about = ("case", case.public_id)
    return write_to(person, name, case.public_id, case.version, *numbers, about=about, location=case.location, **more)


def _announcements(case: Case, number: int, *, due_at: datetime) -> list[Message]:
    """Return one step of the clock, not stored yet.

    The text where one goes, then the mail.
    """
    text = settings.TEXT_URL and case.urgency == Urgency.EMERGENCY and number >= TEXTS_FROM_ROUND
    kinds = ["case_needs_you_text", "case_needs_you"] if text else ["case_needs_you"]
    return [_announced_by(name, case, number, due_at=due_at) for name in kinds]


def _announced_by(kind_: str, case: Case, number: int, *, due_at: datetime) -> Message:
    return messages.draft(
        kind_,
        key=f"{kind_}:{case.public_id}:{case.version}:{number}",
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


def case_is_with_you(case: Case, *, by: User | None, now: datetime) -> Message | None:
    """Tell whoever has a case in review that it changed under them, or is back with them.

    None where nobody has it, or `by`, who did it, is the one. By night only of an emergency.
    """
    holder = case.acknowledged_by
    if case.status != Case.Status.IN_REVIEW or holder is None or holder == by:
        return None
    emergency = case.urgency == Urgency.EMERGENCY
    due_at = now if emergency else case.location.opening_hours.next_opening(now)
    return _to_one(holder, "case_is_with_you", case, due_at=due_at)


def tell_who_carries(case: Case) -> list[Message]:
    """Tell whoever carries a referral of this case that it is open again.

    Their words are where referrals are.
    """
    return [
        messages.schedule(
            "referral_case_open",
            key=f"referral_case_open:{referral.public_id}:{case.version}",
            language="en",
            subject_type="referral",
            subject_id=referral.public_id,
            location=referral.location,
        )
        for referral in case.referrals.filter(ended_at=None).select_related("location")
    ]


def tell_the_patient(decision: Decision, name: str) -> Message | None:
    """Tell the patient that it was decided, never what; None where no mail may go."""
    case = decision.case
    if not case.patient.email or case.patient.why_no_mail():
        return None
    return messages.schedule(
        name,
        key=f"{name}:{decision.public_id}",
        to=case.patient.email,
        language=case.patient.language,
        subject_type="case",
        subject_id=case.public_id,
        location=case.location,
    )


def tell_the_patient_no_more(case: Case) -> None:
    messages.withdraw(
        subject_type="case", subject_id=case.public_id, kinds=TO_THE_PATIENT, why="The case was opened again."
    )


@kind(
    "case_needs_you",
    title="A case needs a therapist",
    audience="staff",
    safe=("location", "link", "round", "cases", "by", "waiting", "more"),
    routine=False,
)
class CaseNeedsYou(ToAColleague):
    """One mail a person and step, which lists all that is due for its reader."""

    together = True

    @staticmethod
    def still_waiting(ids: Any) -> set:
        waiting = Case.objects.filter(public_id__in=ids, status__in=(Case.Status.WAITING, Case.Status.SECOND_LOOK))
        return set(waiting.values_list("public_id", flat=True))

    @staticmethod
    def still_needed(message: Message) -> str:
        case = Case.objects.get(public_id=message.subject_id)
        if case.status not in (Case.Status.WAITING, Case.Status.SECOND_LOOK):
            return "Somebody acknowledged the case."
        reader = CaseNeedsYou.reader(message)
        if message.recipient and reader not in _who_may_hear(message) and reader not in CaseNeedsYou.people(message):
            return "This person no longer works at the location."
        return ""

    @staticmethod
    def people(message: Message) -> list[User]:
        """Return the therapists of the location, from the second round on its managers too.

        While its doors are closed the first round goes to who is on call there, where a therapist is; later ones to
        all. Where nobody treats, it is every therapist and manager of the house, each time. A second look is asked of
        those who may give it; where the author is the only one, of every manager, who can bring somebody.
        """
        proposal = Decision.objects.filter(
            case__public_id=message.subject_id, case__status=Case.Status.SECOND_LOOK, effective_at=None, refused_at=None
        ).last()
        if proposal:
            return CaseNeedsYou._second_people(message, proposal)
        if message.facts["round"] < MANAGERS_FROM_ROUND:
            return _who_hears_first(message.location)
        return _who_may_hear(message)

    @staticmethod
    def _second_people(message: Message, proposal: Decision) -> list[User]:
        others = who_may_look(proposal.case, proposed_by=proposal.by)
        if not others:
            return list(User.objects.of_the_whole_house().filter(role=Role.MANAGER))
        managers = User.objects.managers_at(message.location)
        return [*others, *managers] if message.facts["round"] >= MANAGERS_FROM_ROUND else others

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        rounds = {one.subject_id: one.facts["round"] for one in (message, *message.together)}
        cases = list(Case.objects.filter(public_id__in=rounds).with_clock().select_related("location"))
        cases.sort(key=lambda case: (-case.urgency, case.due_at))
        first = min(cases, key=lambda case: case.due_at)
        return {
            "link": settings.SITE_URL + reverse("queue"),
            "cases": len(cases),
            "by": moment(first.due_at, first.location.zone.key),
            "waiting": [_as_fact(case, rounds[case.public_id]) for case in cases[:MOST_WAITING]],
            "more": max(0, len(cases) - MOST_WAITING),
        }


@kind(
    "case_is_with_you",
    title="A case has changed, or is back",
    audience="staff",
    safe=("location", "link", "by"),
    routine=False,
)
class CaseIsWithYou(ToAColleague):
    """Goes to whoever has the case, until they have done something about it."""

    @classmethod
    def still_needed(cls, message: Message) -> str:
        case, reader = Case.objects.get(public_id=message.subject_id), cls.reader(message)
        if case.status != Case.Status.IN_REVIEW or case.acknowledged_by != reader:
            return "The case is somebody else's, or decided."
        version = int(message.key.split(":")[2])
        acted = case.events.filter(version__gt=version, by=reader).exists()
        return "They have looked after it since." if acted else ""

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return _link_and_time(message)


@kind(
    "case_needs_you_text",
    title="A case needs a therapist, by text message",
    audience="staff",
    safe=("location", "link", "round", "by"),
    routine=False,
)
class CaseNeedsYouByText(ToAColleague):
    """The second channel, to the phone of whoever is on call."""

    by_text = True

    @staticmethod
    def still_needed(message: Message) -> str:
        if not CaseNeedsYou.still_waiting([message.subject_id]):
            return "Somebody acknowledged the case."
        on_call = _on_call(message.location)
        if not on_call:
            return "Nobody is on call."
        if message.recipient and CaseNeedsYouByText.reader(message) not in on_call:
            return "This person is not on call any more."
        return ""

    @staticmethod
    def people(message: Message) -> list[User]:
        return _on_call(message.location)

    @classmethod
    def recipient(cls, message: Message) -> str:
        shifts = OnCall.objects.at(timezone.now()).on_the_list()
        shifts = shifts.filter(location=message.location, person=cls.reader(message))
        return shifts.values_list("phone", flat=True).first() or ""

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return _link_and_time(message)


def _link_and_time(message: Message) -> dict[str, Any]:
    """Return the way to the queue, and when what has to be done with the case is due."""
    case = Case.objects.with_clock().select_related("location").get(public_id=message.subject_id)
    return {"link": settings.SITE_URL + reverse("queue"), "by": moment(case.due_at, case.location.zone.key)}


@kind(
    "case_taken_over",
    title="A case was taken over",
    audience="staff",
    safe=("location", "link", "happened_at"),
    routine=False,
)
class CaseTakenOver(ToAColleague):
    """Goes to whoever had it until they have seen it; the queue says it too."""

    @classmethod
    def still_needed(cls, message: Message) -> str:
        reader = cls.reader(message)
        if reader is None or not reader.is_active:
            return "This person no longer has an account."
        lost = LostHold.objects.filter(person=reader, seen_at=None, event__case__public_id=message.subject_id)
        return "" if lost.exists() else "This person has seen it."

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("queue")}


def _who_hears_first(location: Location) -> list[User]:
    """Return who hears first: whoever is on call while the doors are closed.

    Where no therapist is among them, all therapists too. Whoever was asked to look at a case there hears besides them,
    never in their place.
    """
    if not _closed(location):
        return _who_treats(location)
    now = timezone.now()
    first = _on_call(location)
    if not any(person.role == Role.THERAPIST for person in first):  # a manager alone can take no case
        first += _who_treats(location)
    return list(dict.fromkeys([*first, *User.objects.asked_at(location, now)]))


def _who_treats(location: Location) -> list[User]:
    return list(User.objects.therapists_at(location)) or list(User.objects.who_stand_in_at(location))


def _on_call(location: Location) -> list[User]:
    """Return who is on call at a location; nobody while its doors are open."""
    return list(User.objects.on_call_at(location, timezone.now())) if _closed(location) else []


def _closed(location: Location) -> bool:
    return not location.opening_hours.is_open(timezone.now())


def _who_may_hear(message: Message) -> list[User]:
    """Return who may be told: who treats, manages, is on call or was asked there."""
    here = User.objects.therapists_at(message.location)
    if not here:
        return list(User.objects.who_stand_in_at(message.location))
    now = timezone.now()
    for_now = [*User.objects.on_call_at(message.location, now), *User.objects.asked_at(message.location, now)]
    return list(dict.fromkeys([*here, *User.objects.managers_at(message.location), *for_now]))


def _as_fact(case: Case, number: int) -> dict[str, Any]:
    """Return what a mail may say of a case: nothing that is about its patient."""
    return {
        "tier": case.tier.word,
        "place": case.location_id,
        "by": moment(case.due_at, case.location.zone.key),
        "round": number,
        "second": case.status == Case.Status.SECOND_LOOK,
    }
