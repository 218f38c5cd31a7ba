"""What a patient's plan wants before an office may see them. It holds up the sending until somebody settled it by name.

A listing says which plans ask it for a referral by the primary care provider, and which for an authorization. An
emergency waits for no plan: no step is asked for there.
"""

from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Urgency
from referrals.models import PlanStep, Referral, WaitsFor
from referrals.models.plans import Match, insured, match
from referrals.moves import schedule
from referrals.moves.steps import NotYet, Status, What, check_may, lock, write_down
from referrals.moves.waiting import end_wait


class PlanAsksFirst(NotYet):
    """The plan wants something before this referral goes out."""


def wanted_by_plan(referral: Referral) -> dict[str, str]:
    """Return what the chosen listing says that this plan wants, and its name there.

    A name that only looks like the patient's counts: somebody asks, and says so.
    """
    office, plan = referral.specialist, referral.patient.insurance_plan
    if office is None or referral.tier == Urgency.EMERGENCY or not insured(plan):
        return {}
    wanted = {PlanStep.What.REFERRAL: office.referral_plans, PlanStep.What.AUTHORIZATION: office.authorization_plans}
    found = {what: match(plan, plans) for what, plans in wanted.items()}
    return {what: known for what, (how, known) in found.items() if how <= Match.ALIKE}


def open_plan_steps(referral: Referral) -> list[PlanStep]:
    """Return what is wanted and nobody has settled.

    One the listing asks for only since it was chosen is not kept yet. An authorization is there as soon as its number
    stands in the letter.
    """
    wanted = wanted_by_plan(referral)
    if not wanted:
        return []
    if referral.authorization_number:
        wanted.pop(PlanStep.What.AUTHORIZATION, None)
    kept = {step.what: step for step in _of_this_office(referral)}
    steps = [kept.get(what) or _step(referral, what, plan) for what, plan in wanted.items()]
    return [step for step in steps if not step.how]


def plan_lets_it_go(referral: Referral) -> None:
    """Raise PlanAsksFirst with what is missing."""
    steps = open_plan_steps(referral)
    if steps:
        asked = " and ".join(step.get_what_display().lower() for step in steps)
        raise PlanAsksFirst(
            f"The plan ({steps[0].plan}) asks first for {asked}. Say that it is there, or why it goes without."
        )


def number_on_record(referral: Referral) -> str:
    """Return the number of the authorization settled for the chosen office, or "".

    In this round: what it gave before may not hold any more.
    """
    there = (PlanStep.What.AUTHORIZATION, PlanStep.How.THERE)
    return next((_number(step) for step in _of_this_office(referral) if (step.what, step.how) == there), "")


def begin_plan_steps(referral: Referral) -> None:
    """Write down, with a day, what the plan wants at the listing that was just chosen."""
    PlanStep.objects.bulk_create(
        [step for step in open_plan_steps(referral) if step.pk is None],
        ignore_conflicts=True,
    )


@transaction.atomic
def settle_plan_step(
    referral: Referral, *, what: str, how: str, words: str, by: User, saw: int | None = None
) -> Referral:
    """Note by name that it is there, or why the referral goes out without it.

    The number of an authorization goes into the letter. With the last one a wait for coverage is over.
    """
    check_may(by)
    referral = lock(referral, saw)
    if referral.status != Status.DRAFT:
        raise NotYet("This referral was already sent.")
    step = next((step for step in open_plan_steps(referral) if step.what == what), None)
    if step is None:
        raise NotYet("The plan does not ask for this any more, or somebody has settled it.")
    if not words.strip():
        raise NotYet("Write the number, or who gave it; or why it goes out without.")
    step.how, step.words = how, words.strip()[:300]
    step.settled_at, step.settled_by = timezone.now(), by
    step.save()
    if (what, how) == (PlanStep.What.AUTHORIZATION, PlanStep.How.THERE):
        referral.authorization_number = _number(step)
        referral.save(update_fields=["authorization_number"])
    said = "is there" if how == PlanStep.How.THERE else "is not there, and it goes out without"
    note = f"{step.get_what_display()} ({step.plan}) {said}: {step.words}"
    write_down(referral, What.NOTE, by=by, note=note)
    if referral.waits_for == WaitsFor.COVERAGE and not open_plan_steps(referral):
        end_wait(referral, words=note, by=by)
    return referral


def _of_this_office(referral: Referral) -> list[PlanStep]:
    """Return those of this round; a list has looked them up for all its rows at once."""
    of_now = (referral.round, referral.specialist_id)
    return [step for step in referral.plan_steps.all() if (step.round, step.specialist_id) == of_now]


def _number(step: PlanStep) -> str:
    return step.words[: Referral._meta.get_field("authorization_number").max_length]


def _step(referral: Referral, what: str, plan: str) -> PlanStep:
    """Return a step with the day by which a draft has to go out."""
    hours, now = referral.location.opening_hours, timezone.now()
    return PlanStep(
        referral=referral,
        specialist=referral.specialist,
        round=referral.round,
        what=what,
        plan=plan,
        due_at=schedule.next_check(Status.DRAFT, referral.tier, now, hours),
    )
