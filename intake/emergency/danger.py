"""What danger stands for a patient, over all their forms, and the words for it: one answer for every page they read.

Danger comes from what a patient told us, or from staff who raised a case, and stands until a therapist has decided on
every case it comes from; an answer that is taken back ends nothing. Thoughts of self-harm and danger to the body are
kept apart all the way: they call for different numbers, and one must not hide the other.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.emergency.advice import Reason, moment_in_words, opening_hours, opens_next, reasons_in_words
from intake.emergency.calling import can_be_called
from intake.models import Assessment, Case, CaseEvent, Contact, Patient, Urgency
from intake.models.contact import ContactQuerySet
from intake.versions.protocols import judge, protocol_for, protocol_of, reasons_of

NEWS = (
    *CaseEvent.NEWS,
    CaseEvent.Kind.NEW_FLAG,
    CaseEvent.Kind.RAISED_BY_STAFF,
)


@dataclass(frozen=True)
class Danger:
    """What stands, in the words a patient reads. One of the two tiers is urgent at least.

    `self_harm`, `bodily`: the tier of each. `says`: what to do, one paragraph each, under `title`. `signs`: what to
    watch for. `reasons`: what they told us, for the emergency page; `withdrawn`: no answer as it is now says so.
    `late`: a call that was promised has not come. `calls_us`: the patient is to call, so our number stands there.
    `hours` and `opens_next`: when the clinic may see an emergency at all.
    """

    self_harm: Urgency
    bodily: Urgency
    says: tuple[str, ...]
    title: str = ""
    signs: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    withdrawn: bool = False
    late: bool = False
    calls_us: bool = False
    hours: tuple[tuple[str, str], ...] = ()
    opens_next: str = ""

    @property
    def urgency(self) -> Urgency:
        return max(self.self_harm, self.bodily)

    @property
    def is_emergency(self) -> bool:
        return self.urgency == Urgency.EMERGENCY

    @property
    def calls_988(self) -> bool:
        """The act is to call or text 988 now."""
        return self.self_harm == Urgency.EMERGENCY

    @property
    def calls_911(self) -> bool:
        """The act is to call 911 or go to the emergency room now."""
        return self.bodily == Urgency.EMERGENCY

    @property
    def offers_988(self) -> bool:
        """988 is named beside the act, for thoughts that are no emergency."""
        return self.self_harm == Urgency.URGENT


def urgency_now(patient: Patient) -> Urgency:
    """Return the worst tier that no therapist has decided on yet, without its words."""
    worst = Case.objects.awaiting_decision().filter(patient=patient).aggregate(tier=Max("urgency"))
    return Urgency(worst["tier"] or Urgency.ROUTINE)


def sent_to_emergency(patient: Patient) -> bool:
    """A therapist has decided that the newest case on which anybody decided is an emergency, and nobody cleared it."""
    decided = Case.objects.filter(patient=patient, status=Case.Status.DECIDED)
    newest = decided.order_by("intake_id").last()
    return newest is not None and newest.tier == Urgency.EMERGENCY


def danger_of(patient: Patient, language: str, now: datetime | None = None) -> Danger | None:
    """Return what stands for this patient now, in `language`, which is also the active one; None below urgent."""
    cases = _undecided(patient)
    if not cases:
        return None
    now = now or timezone.now()
    kinds = [kinds_of(case) for case in cases]
    self_harm, bodily = (max(tiers) for tiers in zip(*kinds, strict=True))
    worst = max(cases, key=lambda case: case.urgency)
    wording, here = protocol_for(worst.intake).wording, patient.location
    if worst.urgency == Urgency.EMERGENCY:
        call = Call(_("Emergency: get help now"), emergency_words(wording, self_harm, bodily, language))
    else:
        call = _call_words(patient, cases, wording, bodily, language, now)
    return Danger(
        self_harm=self_harm,
        bodily=bodily,
        title=call.title,
        says=call.says,
        signs=_signs(cases, language) if bodily == Urgency.URGENT else (),
        reasons=_reasons(cases, language),
        withdrawn=_withdrawn(cases),
        late=call.late,
        calls_us=call.calls_us,
        hours=tuple(opening_hours(here)),
        opens_next=opens_next(here, now),
    )


def emergency_words(wording: Any, self_harm: Urgency, bodily: Urgency, language: str) -> tuple[str, ...]:
    """Return the protocol's words for each kind that is an emergency; what is urgent beside it may not go unsaid."""
    tier = wording.tiers[Urgency.EMERGENCY.word]
    says = [tier.say_in(language, self_harm=True)] if self_harm == Urgency.EMERGENCY else []
    says += [tier.say_in(language)] if bodily == Urgency.EMERGENCY else []
    return tuple(says + ([_if_worse()] if bodily == Urgency.URGENT else []))


def _undecided(patient: Patient) -> list[Case]:
    """Urgent at least, the newest first."""
    cases = Case.objects.awaiting_decision().filter(patient=patient, urgency__gte=Urgency.URGENT)
    rows = cases.select_related("location", "intake__patient__location", "intake__protocol")
    return list(rows.defer("intake__protocol__content").order_by("-pk"))


def kinds_of(case: Case) -> tuple[Urgency, Urgency]:
    """Self-harm and bodily: the worst of every rule that ever fired, as far as the case counts for it now.

    The tier that counts may be lower, after a decision and a second look, or higher, because staff raised it. What
    staff know is of the kind the answers show, and bodily where they show none.
    """
    about = protocol_for(case.intake).wording.self_harm_rules
    found = {True: Urgency.ROUTINE, False: Urgency.ROUTINE}
    for flag in case.flags:
        kind = flag["rule"] in about
        found[kind] = max(found[kind], min(Urgency[flag["tier"].upper()], case.tier))
    self_harm, bodily = found[True], found[False]
    if case.tier > max(self_harm, bodily):
        if bodily >= Urgency.URGENT or self_harm < Urgency.URGENT:
            bodily = case.tier
        if self_harm >= Urgency.URGENT:
            self_harm = case.tier
    return self_harm, bodily


# The call that urgent cases are promised ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    title: str
    says: tuple[str, ...]
    late: bool = False
    calls_us: bool = False


def _call_words(
    patient: Patient, cases: list[Case], wording: Any, bodily: Urgency, language: str, now: datetime
) -> Call:
    """Return when the call comes, if it still does, and whether it is late. Never a promise the clock does not keep."""
    waiting = [case for case in cases if not was_reached(case)]
    worse = (_if_worse(),) if bodily == Urgency.URGENT else ()
    near = _("Urgent: keep your phone near") if can_be_called(patient) else _("Urgent: do what we told you")
    if not waiting:
        return Call(near, (_spoke_words(cases), *worse))
    first = min(waiting, key=lambda case: case.decide_by)
    here, by = first.location, first.decide_by
    opens = opens_next(here, now)
    if not can_be_called(patient):
        return _patient_calls(opens, worse)
    if by < now:
        late = _("We said we would call you, and we are late. Do not wait for us. Please call us now.")
        return Call(_("Urgent: call us now"), (late, *worse), late=True, calls_us=True)
    if opens:
        closed = _("We are closed now and open %(when)s: that is when we call you.") % {"when": opens}
        return Call(near, (closed, *worse))
    if by.astimezone(here.zone).date() != now.astimezone(here.zone).date():  # where no hours are known
        later = _("A clinician will call you by %(when)s, so please keep your phone near.")
        return Call(near, (later % {"when": moment_in_words(by, here, now)}, *worse))
    about = {"signs": (), "self_harm": not worse, "listed_as": _("one of the signs below")}
    return Call(near, (wording.tier_in(Urgency.URGENT, language, **about),))


def _spoke_words(cases: list[Case]) -> str:
    """Say that we told them what to do, only when the contact log of each says so."""
    if all(_since_any_news(case).with_advice().exists() for case in cases):
        return _("We spoke with you. Do what we told you.")
    return _("We spoke with you. Call us if you are not sure what to do.")


def _patient_calls(opens: Any, worse: Any) -> Call:
    """Nobody can call them: no call is promised, so none is late."""
    if opens:
        closed = _("We have no phone number for you. We are closed now and open %(when)s. Please call us then.")
        return Call(_("Urgent: call us when we open"), (closed % {"when": opens}, *worse), calls_us=True)
    return Call(
        _("Urgent: call us now"), (_("We have no phone number for you. Please call us now."), *worse), calls_us=True
    )


def _if_worse() -> str:
    return _(
        "Does one of the signs below start, or can you not reach us? Go to urgent care or the emergency room. "
        "Do not wait for us."
    )


def was_reached(case: Case) -> bool:
    """Somebody spoke with the patient since the case last had news."""
    return _since_any_news(case).filter(outcome=Contact.Outcome.REACHED).exists()


def _since_any_news(case: Case) -> ContactQuerySet:
    """Return the contacts since anything for which the patient was promised a call.

    That is more than the news of the case: what staff raise is told to the patient as well.
    """
    news = case.events.filter(kind__in=NEWS).last()
    return case.contacts.filter(at__gte=news.at) if news else case.contacts.all()


# What it rests on -----------------------------------------------------------------------------------------------------


def _signs(cases: list[Case], language: str) -> tuple[str, ...]:
    found = {}
    for case in cases:
        version, _answers, outcome = judge(case.intake, case.intake.answers, explain=False)
        found |= dict.fromkeys(protocol_of(version).wording.signs_in(outcome.listed_signs, language))
    return tuple(found)


def _reasons(cases: list[Case], language: str) -> tuple[Reason, ...]:
    """Return every answer that ever made an emergency, or told of thoughts of self-harm, in the patient's words."""
    found = {}
    for case in cases:
        protocol, answers = protocol_for(case.intake), {}
        for assessment in Assessment.objects.filter(intake=case.intake, urgency__gte=Urgency.URGENT):
            emergencies = reasons_of(assessment, Urgency.EMERGENCY)
            for rule, reasons in reasons_of(assessment, Urgency.URGENT).items():
                if rule in emergencies or rule in protocol.wording.self_harm_rules:
                    for question, value in reasons:
                        answers.setdefault(question, []).append(value)
        found |= dict.fromkeys(reasons_in_words(protocol, answers, language))
    return tuple(found)


def _withdrawn(cases: list[Case]) -> bool:
    emergencies = [flag for case in cases for flag in case.flags if flag["tier"] == Urgency.EMERGENCY.word]
    return bool(emergencies) and not any(flag["still"] for flag in emergencies)
