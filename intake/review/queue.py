"""The therapists' worklist: most urgent first, and what must be done by when."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS, SEE_CASES, staff_may
from clinic.staff.places import place_named
from clinic.staff.request import StaffRequest
from clinic.web.next_up import NextUp
from intake import triage
from intake.models import Case, CaseEvent, Decision, Patient, PatientFile, Urgency
from intake.models.case import CaseQuerySet
from intake.review import complaint
from intake.review.holding import lost_by
from intake.review.reaching import asked_on_the_phone
from intake.seen import saw_list
from intake.watchdog.on_pages import wrong_for

ROWS = 50
NEWS = (  # what puts a case at the top of somebody's day
    *CaseEvent.NEWS,
    CaseEvent.Kind.RAISED_BY_STAFF,
    CaseEvent.Kind.HANDED_BACK,
)


TONES = {"emergency": "bad", "overdue": "late"}  # of a number that is not nought


class QueueForm(forms.Form):
    PARTS = (
        ("open", "Open"),
        ("emergency", "Emergencies"),
        ("overdue", "Past their time"),
        ("waiting", "Nobody has"),
        ("mine", "Mine"),
        ("decided", "Decided"),
    )
    show = forms.ChoiceField(choices=PARTS)
    location = forms.SlugField()
    tier = forms.ChoiceField(choices=[(tier.word, tier.label) for tier in Urgency])
    after = forms.UUIDField()


class Chosen:
    """What part of the worklist to show. Anything unknown is passed over: the list never fails on its address."""

    def __init__(self, data: QueryDict, *, user: User) -> None:
        form = QueueForm(data)
        form.full_clean()
        self.user = user
        self.show = form.cleaned_data.get("show", "open")
        self.tier = form.cleaned_data.get("tier", "")
        self.start = form.cleaned_data.get("after")
        self.locations = list(user.places())
        self.location = place_named(form.cleaned_data.get("location"), self.locations)

    def everything(self) -> CaseQuerySet:
        """Cases of the chosen locations, whatever their state."""
        cases = Case.objects.visible_to(self.user)
        return cases.filter(location=self.location) if self.location else cases

    def cases(self) -> CaseQuerySet:
        cases = self.everything()
        if self.tier:
            cases = cases.filter(urgency=Urgency[self.tier.upper()])
        if self.show == "decided":
            return cases.with_clock().decided_last_first(after=self._last_shown())
        cases = cases.awaiting_decision()
        if self.show != "open":
            cases = cases.with_clock().filter(parts(self.user, timezone.now())[self.show])
        last = self._last_shown()
        return (cases.after(last) if last else cases).most_urgent_first()

    def _last_shown(self) -> Case | None:
        """Return the last case of the page before this one, or None."""
        if self.start is None:
            return None
        return self.everything().with_clock().with_taken().filter(public_id=self.start).first()

    @property
    def filters_on(self) -> int:
        return bool(self.location) + bool(self.tier)

    @property
    def is_narrowed(self) -> bool:
        """Say whether something was chosen, or the list begins further down."""
        return bool(self.location or self.tier or self.start)

    @property
    def narrowed_to(self) -> str:
        """Return what is shown in words: "Hillcrest, Urgent"."""
        urgency = Urgency[self.tier.upper()].label if self.tier else ""
        further = "Further down" if self.start else ""
        return ", ".join(filter(None, [self.location and self.location.name, urgency, further]))

    @property
    def nothing_there(self) -> str:
        """Return what an emptied list says: others may wait elsewhere."""
        part = dict(QueueForm.PARTS)[self.show].lower()
        return f"Nothing under “{part}” for {self.narrowed_to}"

    @property
    def widened(self) -> str:
        return self.query(location="", tier="", after="")

    def query(self, **changes: Any) -> str:
        """The address of this list, of another part of it, or of its next page."""
        chosen = {
            "show": self.show,
            "location": self.location.slug if self.location else "",
            "tier": self.tier,
            "after": self.start,
        }
        return _address(chosen | changes)


def _address(chosen: dict[str, str]) -> str:
    kept = {name: value for name, value in chosen.items() if value and (name, value) != ("show", "open")}
    return "&".join(f"{name}={value}" for name, value in kept.items())


def came_from(request: StaffRequest) -> str:
    """Return the address of the list a case was opened from, for the way back.

    It says only what the list itself may say. After a press on the case page it stands in the address of that page,
    which the browser names.
    """
    page = urlsplit(request.headers.get("Referer", ""))
    of_a_case = page.path.startswith("/cases/")
    form = QueueForm(request.GET or (QueryDict(page.query) if of_a_case else {}))
    form.full_clean()
    return _address(form.cleaned_data)


def parts(user: User, now: datetime) -> dict[str, Q]:
    """Return the condition of each part: its list and its number are one."""
    return {
        "emergency": Q(urgency=Urgency.EMERGENCY),
        "overdue": Q(due_at__lt=now),
        "waiting": Q(status=Case.Status.WAITING),
        "mine": Q(acknowledged_by=user),
    }


def next_case(user: User, *, besides: Case) -> Case | None:
    """Return the first case of this person's queue that is theirs to act on.

    That is one nobody has, one they have, or a colleague's proposal they have not made themselves.
    """
    theirs = Q(status=Case.Status.WAITING) | Q(status=Case.Status.IN_REVIEW, acknowledged_by=user)
    proposed = Q(status=Case.Status.SECOND_LOOK) & ~Q(
        pk__in=Decision.objects.filter(by=user, effective_at=None, refused_at=None).values("case")
    )
    cases = Case.objects.visible_to(user).awaiting_decision().filter(theirs | proposed)
    return cases.exclude(pk=besides.pk).most_urgent_first().select_related("patient").first()


def next_up(request: StaffRequest, *, besides: Case) -> NextUp:
    """Return who comes next in the queue; the log has them as one who was listed."""
    back = {"back": reverse("queue"), "back_label": "Back to the queue"}
    case = next_case(request.user, besides=besides)
    if case is None:
        return NextUp(**back)
    saw_list(request, [case.patient], subject_id="next")
    return NextUp(
        name=case.patient.full_name,
        address=case.get_absolute_url(),
        urgency=case.tier.label.lower(),
        due_at=case.due_at,
        **back,
    )


@require_GET
def queue(request: StaffRequest) -> HttpResponse:
    """The page. Staff who carry referrals but see no cases are sent on to theirs."""
    if not request.user.may(SEE_CASES):
        if request.user.may(CARRY_REFERRALS):
            return redirect("referrals")
        raise PermissionDenied
    shown = _shown(request)
    late = PatientFile.objects.visible_to(request.user).came_late().select_related("patient", "intake__case")
    late = list(late[:ROWS])
    lost = lost_by(request.user)[:ROWS]
    _log(request, shown, [*(file.patient for file in late), *(one.event.case.patient for one in lost)])
    return render(request, "review/queue.html", shown | {"late_files": late, "lost": lost})


@require_GET
@staff_may(SEE_CASES)
def queue_rows(request: StaffRequest) -> HttpResponse:
    """The moving part, asked for every few seconds; 304 when nothing on it changed since.

    The tag is "state-minute": within the same state only the words of the clocks move on, and the same cases shown
    again are not logged as another look.
    """
    shown = _shown(request)
    state, _dash, minute = request.headers.get("If-None-Match", "").strip('"').partition("-")
    if state == shown["state"] and minute == shown["minute"]:
        response = HttpResponseNotModified()
    else:
        if state != shown["state"]:
            _log(request, shown)
        response = render(request, "review/_queue_rows.html", shown | {"polled": True})
    response.headers["ETag"] = quote_etag(f"{shown['state']}-{shown['minute']}")
    return response


queue_rows.polled = True  # by the page, not by a person: it does not keep a session alive


def _log(request: StaffRequest, shown: dict[str, Any], others: Sequence[Patient] = ()) -> None:
    saw_list(request, [*(case.patient for case in shown["cases"]), *others], subject_id="queue")


def _shown(request: StaffRequest) -> dict[str, Any]:
    now = timezone.now()
    chosen = Chosen(request.GET, user=request.user)
    waiting = chosen.everything().awaiting_decision()
    people = ("patient", "location", "intake", "acknowledged_by", "decided_by")
    rows = list(chosen.cases().select_related(*people)[: ROWS + 1])
    counts = _counts(waiting, request.user, now)
    for case in rows:
        case.complaint = "" if case.flags else complaint.in_one_line(case.intake.answers)
    if chosen.show == "decided":
        _add_decisions(rows)
    _say_who_was_asked(rows)
    news = CaseEvent.objects.filter(kind__in=NEWS, case__in=waiting)
    newest = news.order_by("-pk").values_list("pk", flat=True).first() or 0
    wrong = wrong_for(request.user)
    state = [
        chosen.query(),
        [(fact.part, fact.tier, fact.count, fact.since) for fact in wrong],
        newest,
        sorted(counts.items()),
        [(case.pk, case.version) for case in rows],
    ]
    return {
        "chosen": chosen,
        "cases": rows[:ROWS],
        "more": chosen.query(after=rows[ROWS - 1].public_id) if len(rows) > ROWS else "",
        "back": chosen.query(),
        "counts": counts,
        "wrong": wrong,
        "now": now,
        "today": now.date(),
        "tabs": [_tab(chosen, show, label, counts.get(show)) for show, label in QueueForm.PARTS],
        "announcement": _announcement(request, news),
        "newest": newest,
        "state": hashlib.sha256(repr(state).encode()).hexdigest()[:24],
        "minute": f"{int(now.timestamp()) // 60}",
        "tiers": list(reversed(Urgency)),
        "protocol_signed": triage.shipped().status == "approved",
        "location": chosen.location,
    }


def _counts(waiting: CaseQuerySet, user: User, now: datetime) -> dict[str, int]:
    """Count the cases of each part of the list, in one statement."""
    each = {name: Count("pk", filter=part) for name, part in parts(user, now).items()}
    return waiting.with_clock().aggregate(open=Count("pk"), **each)


def _tab(chosen: Chosen, show: str, label: str, count: int | None) -> dict[str, Any]:
    return {
        "show": show,
        "label": label,
        "query": chosen.query(show="" if show == "open" else show, after=""),
        "count": count,
        "tone": TONES.get(show, "") if count else "",
    }


def _add_decisions(cases: list[Case]) -> None:
    """Give each case the decision that took effect last, in one statement."""
    last = {
        decision.case_id: decision for decision in Decision.objects.filter(case__in=cases, effective_at__isnull=False)
    }
    for case in cases:
        case.decision = last.get(case.pk)


def _say_who_was_asked(cases: list[Case]) -> None:
    """Give each case whether it was left unscreened and asked on the phone since."""
    left = [case for case in cases if not case.screened]
    asked = asked_on_the_phone(left) if left else set()
    for case in cases:
        case.asked_on_the_phone = case.pk in asked


def _announcement(request: StaffRequest, news: Any) -> str:
    """What a screen reader says when cases arrived since the list was last drawn; never whose they are."""
    try:
        seen = int(request.GET.get("seen", ""))
    except ValueError:
        return ""
    tiers = news.filter(pk__gt=seen).values_list("case__urgency", "case_id").distinct().order_by("-case__urgency")
    count: dict[int, int] = {}
    for tier, _case in tiers:
        count[tier] = count.get(tier, 0) + 1
    if not count:
        return ""
    parts = [f"{number} {Urgency(tier).label.lower()}" for tier, number in count.items()]
    return f"New in the queue: {', '.join(parts)}."
