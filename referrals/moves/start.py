"""From a therapist's decision to a letter that has left the house."""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.links import actions as links
from clinic.links.models import Link
from clinic.staff.models import User
from clinic.staff.permissions import SIGN_REFERRALS
from intake.models import Decision, Urgency
from referrals.letter import letter
from referrals.models import DeclineReason, MoveNotAllowed, Referral, ReferralMove, Specialist, WaitsFor
from referrals.moves import emails, faxing, offices, schedule
from referrals.moves.about import reader_of
from referrals.moves.asked_emails import back_with_therapist
from referrals.moves.carrier_emails import handed_over
from referrals.moves.deliveries import letter_changed, went_out
from referrals.moves.directory import hold
from referrals.moves.enclosing import take_out_what_was_agreed
from referrals.moves.plan_steps import begin_plan_steps, number_on_record, plan_lets_it_go
from referrals.moves.steps import NotYet, Status, What, check_may, least_busy, lock, next_date, only_from, write_down


@transaction.atomic
def refer(decision: Decision, *, by: User) -> Referral:
    """The referral of a decision that is in effect and asks for one; the same decision never makes a second.

    The front desk of the location carries it (whoever has least to carry), else the person acting.
    """
    if not (decision.refer and decision.effective_at):
        raise ValueError("Only a decision in effect that asks for a referral becomes one.")
    decision = (
        Decision.objects.select_for_update().select_related("case__location", "case__patient").get(pk=decision.pk)
    )
    existing = Referral.objects.filter(decision=decision).first()
    if existing:
        return existing
    case, now, urgency = decision.case, timezone.now(), Urgency(decision.tier)
    hours = case.location.opening_hours
    referral = Referral.objects.create(
        case=case,
        decision=decision,
        patient=case.patient,
        location=case.location,
        specialty=decision.specialist,
        urgency=urgency,
        see_by=schedule.see_by(urgency, now, hours),
        question=letter.first_question(decision),
        wanted=Referral.Wanted.SHARED if urgency >= Urgency.URGENT else Referral.Wanted.OPINION,
        patient_told=letter.first_told(decision),
        owner=least_busy(case.location) or by,
        next_check_at=schedule.next_check(Status.DRAFT, urgency, now, hours),
        created_by=by,
    )
    ReferralMove.objects.create(
        referral=referral, what=What.STARTED, to_status=Status.DRAFT, due_at=referral.next_check_at, by=by
    )
    end_those_back(decision, by=by)
    return referral


@transaction.atomic
def end_those_back(decision: Decision, *, by: User) -> None:
    """End what went back to the therapist: this decision is the answer to it, whether it refers or not."""
    why = Referral.EndReason.DECIDED_AGAIN if decision.refer else Referral.EndReason.NOT_NEEDED
    for before in Referral.objects.filter(case=decision.case_id, status=Status.BACK):
        before.move_to(
            Status.WITHDRAWN,
            what=What.WITHDRAWN,
            by=by,
            end_reason=why,
            ended_at=timezone.now(),
            next_check_at=None,
            news_at=None,
        )


@transaction.atomic
def choose(
    referral: Referral, specialist: Specialist, *, choice: str, because: str, by: User, saw: int | None = None
) -> Referral:
    """Pick the listing it goes to and why: words of the ranking, or the patient's or the desk's own reason.

    NotYet once it has been sent (redirect it first), without a reason, or with a listing no longer shown. The listing
    is held before the referral, as by whoever changes one: an import taken back at this moment may delete it.
    What was agreed, told and allowed for another office before is asked again.
    """
    check_may(by)
    office = hold(specialist.pk)
    referral = lock(referral, saw)
    if referral.status != Status.DRAFT:
        raise NotYet("This referral was already sent. Redirect it before choosing another specialist.")
    if not because.strip():
        raise NotYet("Say why this specialist.")
    if office is None or not office.listed:
        raise NotYet("This specialist is no longer listed. Choose another.")
    if office.specialty != referral.specialty:
        raise NotYet("A therapist decided for another specialty. Ask them to decide again before choosing this one.")
    is_another = referral.specialist_id not in (None, office.pk)
    referral.specialist, referral.choice, referral.choice_reason = office, choice, because.strip()[:300]
    if is_another:
        for name in OF_ONE_OFFICE:
            setattr(referral, name, "")
        take_out_what_was_agreed(referral, by=by)
        referral.authorization_number = number_on_record(referral)
    referral.save(update_fields=["specialist", "choice", "choice_reason", *OF_ONE_OFFICE])
    begin_plan_steps(referral)
    write_down(referral, What.CHOSEN, by=by, note=f"{office}: {referral.choice_reason}")
    return referral


LETTER_FIELDS = (
    "question",
    "wanted",
    "patient_told",
    "consent",
    "attachments",
    "left_out",
    "authorization_number",
)


@transaction.atomic
def prepare_letter(referral: Referral, *, by: User, saw: int | None = None, **parts: Any) -> Referral:
    """Change what the desk may change in the letter (`LETTER_FIELDS`). After sending, the office gets a new version."""
    check_may(by)
    referral = lock(referral, saw)
    if not referral.is_open:
        raise NotYet("This referral has ended. Open it again first.")
    changed = [name for name in LETTER_FIELDS if name in parts and getattr(referral, name) != parts[name]]
    for name in changed:
        setattr(referral, name, parts[name])
    if not changed:
        return referral
    referral.save(update_fields=changed)
    letter_changed(referral, by=by)
    return referral


@transaction.atomic
def send(referral: Referral, *, by: User, channel: str = Referral.Channel.LINK, saw: int | None = None) -> Referral:
    """Make the letter, fix its version, and send the office a link or a fax.

    Or record that it was printed and sent.

    NotYet says what is missing: a specialist, the patient's consent, an email address for a link.
    """
    check_may(by)
    referral = lock(referral, saw)
    if referral.status != Status.DRAFT:
        raise MoveNotAllowed(referral, Status.SENT)
    ready_to_send(referral, channel)
    now = timezone.now()
    version = letter.make(referral, prepared_by=by, channel=channel)
    referral.move_to(
        Status.SENT,
        what=What.SENT,
        by=by,
        note=f"{Referral.Channel(channel).label}, letter version {version.version}",
        sent_letter=version,
        sent_at=now,
        channel=channel,
        next_check_at=next_date(referral, Status.SENT, now),
    )
    delivery = went_out(referral, by=by)
    if channel == Referral.Channel.FAX_HERE:
        faxing.put_in_queue(delivery)
    if channel == Referral.Channel.FAX:
        faxing.by_hand(delivery)
    if channel == Referral.Channel.LINK:
        links.make_link(Link.Purpose.OFFICE, referral.public_id, expires_at=now + schedule.LINK_LIVES)
        emails.referral_sent(referral)
        emails.remind_office(referral)
    return referral


def ready_to_send(referral: Referral, channel: str = Referral.Channel.LINK) -> None:
    """Raises NotYet with the first thing that is missing."""
    if referral.waits_for:
        raise NotYet(f"It waits: {WaitsFor(referral.waits_for).label.lower()}. Say first what came.")
    if referral.specialist is None:
        raise NotYet("Choose a specialist first.")
    if not referral.specialist.listed:
        raise NotYet("The chosen specialist is no longer listed. Choose another.")
    if not referral.consent:
        raise NotYet("Say whether the patient agreed to this referral.")
    plan_lets_it_go(referral)
    if channel == Referral.Channel.FAX_HERE:
        faxing.may_be_faxed(referral.specialist)
    if channel == Referral.Channel.LINK and not referral.specialist.email:
        raise NotYet("This office has no email address. Print the letter and send it, then record how.")


@transaction.atomic
def redirect(referral: Referral, *, by: User, words: str = "", saw: int | None = None) -> Referral:
    """Take it back for another office: after a decline, or a patient who did not come.

    The link of the office before stops working, and one that has not said no hears of it. Where that office named
    another specialty, the therapist decides first; one who wants the specialty they decided for all the same gives the
    referral back to the desk.
    """
    check_may(by)
    referral = lock(referral, saw)
    only_from(referral, Status.DRAFT, Status.DECLINED, Status.NO_SHOW, Status.BACK)
    changes = away_from_office(referral)
    if referral.status == Status.BACK:
        check_may(by, SIGN_REFERRALS)
        changes["owner"] = least_busy(referral.location) or by
    elif _other_specialty_is_named(referral):
        raise NotYet("The office says that another specialty fits better. Send it back to the therapist.")
    before = _with_who_expects_them(referral)
    take_out_what_was_agreed(referral, by=by)
    referral.move_to(
        Status.DRAFT,
        what=What.REDIRECTED,
        by=by,
        note=words,
        next_check_at=next_date(referral, Status.DRAFT),
        **changes,
    )
    end_link(referral, by=by)
    if before:
        offices.is_withdrawn(before)
    if "owner" in changes:
        handed_over(referral, by=by)
    return referral


@transaction.atomic
def back_to_therapist(referral: Referral, *, words: str, by: User, saw: int | None = None) -> Referral:
    """Ask the therapist who decided what to do now, with the office's words.

    The specialty, its question and the letter follow a therapist's decision only. They own it until they decide the
    case again, which ends it, or want another office of the same specialty.
    """
    check_may(by)
    if not words.strip():
        raise NotYet("Write what the office said.")
    referral = lock(referral, saw)
    before = _with_who_expects_them(referral)
    referral.move_to(
        Status.BACK,
        what=What.BACK,
        by=by,
        note=words.strip(),
        owner=reader_of(referral) or referral.owner or by,
        next_check_at=next_date(referral, Status.BACK),
    )
    end_link(referral, by=by)
    if before:
        offices.is_withdrawn(before)
    back_with_therapist(referral)
    return referral


def _with_who_expects_them(referral: Referral) -> Referral | None:
    """Return it as it is with an office that may expect the patient, or None."""
    return Referral.objects.get(pk=referral.pk) if offices.has_heard_of_it(referral) else None


def _other_specialty_is_named(referral: Referral) -> bool:
    """Say whether it is declined because another specialty fits better."""
    if referral.status != Status.DECLINED:
        return False
    declined = referral.moves.filter(what=What.DECLINED).order_by("-pk").first()
    return declined is not None and declined.reason == DeclineReason.OTHER_SPECIALTY


OF_ONE_OFFICE = ("consent", "patient_told", "authorization_number")


def away_from_office(referral: Referral) -> dict[str, Any]:
    """The changes that free a referral of the listing it was sent to.

    What the patient agreed to and was told, and what their plan allowed, was for that office alone.
    """
    return {
        "round": referral.round + 1,
        "specialist": None,
        "choice": "",
        "choice_reason": "",
        "sent_at": None,
        "sent_letter": None,
        "channel": "",
    } | dict.fromkeys(OF_ONE_OFFICE, "")


def of_the_office_before(referral: Referral) -> dict[str, str]:
    """Return what of `OF_ONE_OFFICE` stood for the office before.

    It was sent there, or only chosen before another one was.
    """
    chosen_before = Q(round=referral.round) & ~Q(specialist=None) & ~Q(specialist=referral.specialist_id)
    history = apps.get_model("referrals.ReferralHistory").objects.filter(pgh_obj=referral)
    history = history.filter(Q(round=referral.round - 1) | chosen_before)
    return history.order_by("-pgh_id").values(*OF_ONE_OFFICE).first() or {}


def end_link(referral: Referral, *, by: User | None = None) -> None:
    """The office can open nothing any more."""
    for link in Link.objects.filter(purpose=Link.Purpose.OFFICE, subject_id=referral.public_id, withdrawn_at=None):
        links.withdraw(link, by=by)
