"""What a person's locations have to do today: by the same rows as queue, referrals and requests.

Who sees no cases learns that one waits, never whose.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property, partial
from typing import Any

from django.db.models import Q
from django.urls import reverse

from clinic.staff.models import Location, User
from clinic.staff.permissions import KEEP_WATCH, SEE_CASES
from intake.handover.untouched import handed_to
from intake.models import AppointmentRequest, CallToMake, Case, DeskTask, Patient, Urgency
from intake.models.case import CaseQuerySet
from referrals.desk.page import Known, known_of, next_step
from referrals.models import OfficeToTell, Referral, Report
from referrals.models.carriers import covered_by
from referrals.models.rows import ReferralQuerySet

SHOWN = 100  # of each sort; a longer list is no plan for a day


@dataclass(frozen=True)
class ToDo:
    """One line of the list. Without a `patient` it says only that something waits."""

    what: str
    location: Location
    patient: Patient | None = None
    address: str = ""
    due_at: datetime | None = None
    due_on: Any = None
    level: str = ""
    who: str = ""


@dataclass(frozen=True)
class Part:
    """One sort of things to do; `more` are not listed."""

    id: str
    title: str
    rows: list[ToDo]
    more: int


@dataclass(frozen=True)
class Counted:
    """How many of each sort: all that a mail may say."""

    cases: int
    late: int
    handed: int
    tasks: int
    referrals: int
    covered: int
    reports: int
    answers: int

    @property
    def nothing(self) -> bool:
        return not (self.cases or self.tasks or self.answers or self.referrals or self.covered or self.reports)


class Today:
    """What is to be done at the locations of `user`, as of `now`."""

    def __init__(self, user: User, now: datetime) -> None:
        self.user, self.now = user, now
        self.places = list(user.places())
        self.sees_cases = user.may(SEE_CASES)

    # What there is --------------------------------------------------------------------------------------------------

    def cases(self) -> CaseQuerySet:
        """Return open cases, to who sees or watches over them; the desk hears of none."""
        if not (self.sees_cases or self.user.may(KEEP_WATCH)):
            return Case.objects.none()
        return Case.objects.filter(location__in=self.places).awaiting_decision()

    def visits(self) -> Any:
        """Return the visits booked for what is left of today."""
        booked = AppointmentRequest.objects.visible_to(self.user).filter(state=AppointmentRequest.State.BOOKED)
        booked = booked.exclude(patient_says=AppointmentRequest.Says.CANNOT)
        return booked.filter(self._by_tonight("starts_at"), starts_at__gte=self.now).order_by("starts_at", "pk")

    def asked(self) -> Any:
        """Return the visits that patients wait to hear of."""
        return AppointmentRequest.objects.visible_to(self.user).waiting_for_us().order_by("answer_by", "pk")

    def calls(self) -> Any:
        return CallToMake.objects.visible_to(self.user).waiting()

    def tasks(self) -> Any:
        return DeskTask.objects.visible_to(self.user).waiting()

    def answers(self) -> Any:
        """Return those whose office has answered since this person looked."""
        return Referral.objects.with_news_for(self.user).most_pressing_first()

    def referrals(self) -> Any:
        """Return the other referrals whose next date is today, or was before."""
        return self._due().exclude(covered_by(self.user, self.now)).most_pressing_first()

    def covered(self) -> ReferralQuerySet:
        """Return those of them that are carried by whom this person covers."""
        return self._due().filter(covered_by(self.user, self.now)).most_pressing_first()

    def _due(self) -> ReferralQuerySet:
        mine = Referral.objects.visible_to(self.user).open().exclude(pk__in=self.answers().order_by().values("pk"))
        return mine.filter(self._by_tonight("next_check_at"))

    def offices(self) -> Any:
        """Return what offices have to be told, because no mail tells them."""
        return OfficeToTell.objects.visible_to(self.user).waiting()

    def reports(self) -> Any:
        """Return reports nobody has read, to those who may."""
        return Report.objects.visible_to(self.user).unread().order_by("received_at", "pk")

    def _by_tonight(self, field: str) -> Q:
        """Return the condition that a moment is before midnight, where it is."""
        found = Q(pk__in=())
        for written, zone in {place.time_zone: place.zone for place in self.places}.items():
            tomorrow = self.now.astimezone(zone).date() + timedelta(days=1)
            midnight = datetime.combine(tomorrow, time(), zone)
            found |= Q(**{"location__time_zone": written, f"{field}__lt": midnight})
        return found

    # How many -------------------------------------------------------------------------------------------------------

    def count(self) -> Counted:
        """Return how many of each sort."""
        return Counted(
            cases=self.cases().count(),
            late=self.cases().overdue(self.now).count(),
            handed=handed_to(self.user).count(),
            tasks=sum(part.count() for part in (self.asked(), self.calls(), self.tasks(), self.offices())),
            referrals=self.referrals().count(),
            covered=self.covered().count(),
            reports=self.reports().count(),
            answers=self.answers().count(),
        )

    # Line by line ---------------------------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> list[Part]:
        """Return every sort that has anything, what presses most first."""
        people = ("patient", "location")
        asked = self.asked().select_related(*people)
        calls, tasks = self.calls().select_related(*people), self.tasks().select_related(*people)
        cases = self.cases().most_urgent_first().select_related(*people, "acknowledged_by")
        answers = self.answers().select_related(*people, "owner").prefetch_related("appointments")
        covered = self.covered().select_related(*people, "owner").prefetch_related("appointments")
        referrals = self.referrals().select_related(*people, "owner").prefetch_related("appointments")
        known = known_of([*answers[:SHOWN], *covered[:SHOWN], *referrals[:SHOWN]])
        reports = self.reports().select_related("referral__patient", "referral__location")
        offices = self.offices().select_related(
            "referral__patient", "referral__location", "referral__owner", "specialist"
        )
        visits = self.visits().select_related(*people)
        every = (
            _part("cases", "Cases to decide", cases, self._case),
            _part("calls", "Patients to call", calls, _call),
            _part("tasks", "Tasks that decisions left", tasks, _task),
            _part("offices", "Offices to tell", offices, _office),
            _part("asked", "Visits asked for", asked, _asked),
            _part("answers", "New from offices", answers, partial(_referral, known=known)),
            _part("covered", "Due for whom you cover", covered, partial(_referral, known=known)),
            _part("referrals", "Referrals due", referrals, partial(_referral, known=known)),
            _part("reports", "Reports to read", reports, _report),
            _part("visits", "Visits still to come today", visits, _visit),
        )
        return [part for part in every if part.rows]

    @property
    def patients(self) -> list[Patient]:
        """Return everybody who is named, for the access log."""
        return [row.patient for part in self.parts for row in part.rows if row.patient]

    def _case(self, case: Case) -> ToDo:
        waits = {
            Case.Status.WAITING: "Take it",
            Case.Status.SECOND_LOOK: "Give it a second look",
        }
        return ToDo(
            what=waits.get(case.status, "Decide it"),
            location=case.location,
            patient=case.patient if self.sees_cases else None,
            address=case.get_absolute_url() if self.sees_cases else "",
            due_at=case.due_at,
            level=Urgency(case.urgency).word,
            who=str(case.acknowledged_by or "Nobody yet"),
        )


def _part(id: str, title: str, rows: Any, as_row: Callable[..., Any]) -> Part:
    found = list(rows[: SHOWN + 1])
    more = rows.count() - SHOWN if len(found) > SHOWN else 0
    return Part(id, title, [as_row(row) for row in found[:SHOWN]], more)


def _call(call: CallToMake) -> ToDo:
    what = "Tell them that a visit is new, moved or off"
    return ToDo(what, call.location, call.patient, reverse("requests"), due_at=call.due_at)


def _task(task: DeskTask) -> ToDo:
    words = f"{task.get_what_display()}. {task.words}".strip()
    return ToDo(words, task.location, task.patient, reverse("requests"), due_on=task.due_on)


def _asked(asked: AppointmentRequest) -> ToDo:
    address = reverse("appointment_request", args=[asked.public_id])
    what = "Find another time: they cannot come" if asked.cannot_come else asked.get_reason_display()
    return ToDo(what, asked.location, asked.patient, address, due_at=asked.answer_by)


def _visit(visit: AppointmentRequest) -> ToDo:
    address = reverse("appointment_request", args=[visit.public_id])
    return ToDo(visit.get_reason_display(), visit.location, visit.patient, address, due_at=visit.starts_at)


def _referral(referral: Referral, *, known: Known) -> ToDo:
    return ToDo(
        what=next_step(referral, known).title,
        location=referral.location,
        patient=referral.patient,
        address=reverse("referral", args=[referral.public_id]),
        due_at=referral.next_check_at,
        level=referral.tier.word,
        who=str(referral.owner or ""),
    )


def _office(to_tell: OfficeToTell) -> ToDo:
    referral = to_tell.referral
    return ToDo(
        what=f"{to_tell.specialist.practice}, {to_tell.specialist.phone}. {to_tell.get_what_display()}",
        location=referral.location,
        patient=referral.patient,
        address=reverse("referral", args=[referral.public_id]),
        due_at=to_tell.due_at,
        who=str(referral.owner or ""),
    )


def _report(report: Report) -> ToDo:
    referral = report.referral
    address = reverse("referral", args=[referral.public_id])
    return ToDo("Read it", referral.location, referral.patient, address, level=referral.tier.word)
