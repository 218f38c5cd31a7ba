"""A short list of specialists for one referral, each with its reasons in words.

`rank` is a pure function of what the patient needs and what the listings say. It knows nothing of money: neither
`Need` nor `Listing` has a field for a payment or a favor, and a test forbids adding any. The patient's own choice is
never part of the ranking, because it always wins.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from intake.models import Assessment
from referrals.models import Referral, ReferralMove, Specialist

SHORT_LIST = 5
NO_INSURANCE = {"", "none", "no", "n a", "na", "no insurance", "uninsured", "self pay", "selfpay", "cash", "ninguno"}
NO_INSURANCE |= {"not insured", "self", "no plan", "i have none", "sin seguro", "no tengo", "ninguna", "private pay"}
SHORT_NAMES = {"bcbs": "blue cross blue shield", "bc bs": "blue cross blue shield", "uhc": "united healthcare"}
OF_ANY_PLAN = {
    "ppo",
    "hmo",
    "epo",
    "pos",
    "plan",
    "health",
    "insurance",
    "part",
    "advantage",
    "of",
    "the",
    "and",
    "care",
}
OF_ANY_PLAN |= {"group", "choice", "open", "access", "gold", "silver", "bronze", "mutual", "network", "plus", "select"}
LANGUAGES = {
    "en": gettext_noop("English"),
    "es": gettext_noop("Spanish"),
    "fr": gettext_noop("French"),
    "pt": gettext_noop("Portuguese"),
    "so": gettext_noop("Somali"),
    "ar": gettext_noop("Arabic"),
}

# Where it is felt, and where it may come from -> words of a listing's focus.
FOCUS_OF_AREA = {
    "foot_ankle": ("foot", "ankle", "heel", "forefoot"),
    "lower_leg_knee": ("knee", "leg"),
    "hip_thigh": ("hip",),
    "low_back_buttock": ("spine", "back"),
    "mid_upper_back": ("spine", "back"),
    "neck": ("spine", "neck"),
    "shoulder_arm": ("shoulder", "arm"),
    "hand": ("hand",),
}
FOCUS_OF_ORIGIN = {
    "local_nerve_foot": ("nerve", "forefoot"),
    "tarsal_tunnel": ("nerve", "foot"),
    "fibular_nerve": ("nerve",),
    "lumbar_radicular": ("spine",),
    "lumbar_stenosis": ("spine",),
    "cervical_cord": ("spine",),
    "cervical_radicular": ("spine", "neck"),
    "peripheral_neuropathy": ("nerve", "neuromuscular", "diabetic"),
    "central_or_motor_neuron": ("neuromuscular",),
    "hip_origin": ("hip",),
    "inflammatory": ("inflammatory",),
}


@dataclass(frozen=True)
class Need:
    """What the patient needs. `location` is where distances are counted from; `declined` holds listing ids."""

    specialty: str
    plan: str = ""
    language: str = "en"
    location: str = ""
    location_name: str = ""
    focus: tuple[str, ...] = ()
    declined: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Listing:
    """What the directory says about one provider at one office. `miles` maps location slugs to miles by road."""

    id: int
    name: str
    specialty: str
    plans: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    miles: tuple[tuple[str, float], ...] = ()
    accepts_new_patients: bool = True
    focus: str = ""


@dataclass(frozen=True)
class Ranked:
    listing: Listing
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class Fit:
    """One thing the patient needs: is it met, and in words how or why not."""

    column: str
    is_met: bool
    words: str


@dataclass(frozen=True)
class Choice:
    """One entry of the short list as pages use it."""

    specialist: Specialist
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]
    fits: tuple[Fit, ...] = ()
    declined: bool = False


def rank(need: Need, listings: list[Listing], limit: int = SHORT_LIST) -> list[Ranked]:
    """Return the listings of the needed specialty, best first.

    In this order: has not declined this referral, sees new patients, takes the plan, fits the problem, speaks the
    language, is near. Ties go by name, so the same question has the same answer.
    """
    fitting = [listing for listing in listings if listing.specialty == need.specialty]
    judged = sorted((_order(need, listing), listing.name, listing.id, listing) for listing in fitting)
    return [Ranked(listing, *_words(need, listing)) for *_order_and_name, listing in judged[:limit]]


def _order(need: Need, listing: Listing) -> tuple:
    miles = dict(listing.miles).get(need.location)
    return (
        listing.id in need.declined,
        not listing.accepts_new_patients,
        _plan_rank(need, listing),
        not _focus(need, listing),
        not _speaks(need, listing),
        miles is None,
        miles or 0,
    )


def _plan_rank(need: Need, listing: Listing) -> int:
    """0: takes the plan, or the patient has none; 1: lists one like it; 2: does not say; 3: does not take it."""
    if not insured(need.plan) or _same(need.plan, listing.plans):
        return 0
    if looks_like(need.plan, listing.plans):
        return 1
    return 3 if listing.plans else 2


def _same(plan: str, plans) -> bool:
    return plan.strip().casefold() in {known.strip().casefold() for known in plans}


def insured(plan: str) -> bool:
    """False for nothing, and for the words of people without insurance."""
    return " ".join(re.findall(r"[a-z]+", plan.casefold())) not in NO_INSURANCE


def looks_like(plan: str, plans) -> str:
    """Return the first plan of the listing that names the same insurer; "" when none does. Somebody has to ask."""
    wanted = _insurer(plan)
    return next((known for known in plans if wanted & _insurer(known)), "")


def _insurer(plan: str) -> set[str]:
    """Return the words that tell one insurer from another, with the short names people use written out."""
    text = " ".join(re.findall(r"[^\W_]+", plan.casefold()))
    for short, long in SHORT_NAMES.items():
        text = re.sub(rf"\b{short}\b", long, text)
    return {word for word in text.split() if len(word) > 1} - OF_ANY_PLAN


def _speaks(need: Need, listing: Listing) -> bool:
    return need.language == "en" or need.language in listing.languages


def _focus(need: Need, listing: Listing) -> bool:
    return bool(set(need.focus) & set(listing.focus.casefold().replace(",", " ").split()))


def _words(need: Need, listing: Listing) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(reasons, cautions) for the desk and for the record of the choice."""
    reasons, cautions = [], []
    if listing.id in need.declined:
        cautions.append("declined this referral before")
    (reasons if listing.accepts_new_patients else cautions).append(
        "sees new patients" if listing.accepts_new_patients else "sees no new patients"
    )
    plan_reasons, plan_cautions = _words_of_plan(need, listing)
    reasons += plan_reasons
    cautions += plan_cautions
    if listing.focus:
        (reasons if _focus(need, listing) or not need.focus else cautions).append(f"focus: {listing.focus}")
    language = LANGUAGES.get(need.language, need.language)
    if need.language != "en":
        if _speaks(need, listing):
            reasons.append(f"speaks {language}")
        else:
            cautions.append(f"an interpreter for {language} is needed")
    miles = dict(listing.miles).get(need.location)
    if miles is None:
        cautions.append("distance not on record")
    else:
        reasons.append(f"{miles:g} miles from {need.location_name or need.location}")
    return tuple(reasons), tuple(cautions)


def fits(need: Need, listing: Listing) -> tuple[Fit, ...]:
    """Return how a listing meets each need, in the order of the ranking."""
    plan_reasons, plan_cautions = _words_of_plan(need, listing)
    language, speaks = LANGUAGES.get(need.language, need.language), _speaks(need, listing)
    miles = dict(listing.miles).get(need.location)
    return (
        Fit("New patients", listing.accepts_new_patients, "yes" if listing.accepts_new_patients else "takes none"),
        Fit("Plan", bool(plan_reasons), "; ".join([*plan_reasons, *plan_cautions])),
        Fit("Focus", _focus(need, listing), listing.focus or "none on record"),
        Fit("Language", speaks, language if speaks else f"interpreter for {language} needed"),
        Fit("Miles", miles is not None, "not on record" if miles is None else f"{miles:g}"),
    )


def _words_of_plan(need: Need, listing: Listing) -> tuple[list[str], list[str]]:
    if not need.plan.strip():
        return [], ["the patient has no insurance plan on record"]
    if not insured(need.plan):
        return [], ["the patient has no insurance: ask what a visit costs"]
    rank_of_plan = _plan_rank(need, listing)
    if rank_of_plan == 0:
        return [f"takes {need.plan}"], []
    if rank_of_plan == 1:
        return [], [f"lists {looks_like(need.plan, listing.plans)}, which looks like {need.plan}: ask"]
    return [], [f"ask whether they take {need.plan}" if rank_of_plan == 2 else f"does not list {need.plan}"]


# From the tables to plain data, and back ----------------------------------------------------------------------------


def ranked(referral: Referral, limit: int = SHORT_LIST) -> list[Choice]:
    """Return the short list for this referral out of the listed directory."""
    rows = {row.pk: row for row in Specialist.objects.listed().for_specialty(referral.specialty)}
    need = need_of(referral)
    return [
        Choice(
            rows[entry.listing.id],
            entry.reasons,
            entry.cautions,
            fits(need, entry.listing),
            entry.listing.id in need.declined,
        )
        for entry in rank(need, [listing_of(row) for row in rows.values()], limit)
    ]


def judged(referral: Referral, specialist: Specialist) -> Choice:
    """Reasons and cautions of one listing, whatever its place in the ranking and its specialty."""
    return Choice(specialist, *_words(need_of(referral), listing_of(specialist)))


def need_of(referral: Referral) -> Need:
    patient, location = referral.patient, referral.location
    return Need(
        specialty=referral.specialty,
        plan=patient.insurance_plan,
        language=patient.language,
        location=location.slug,
        location_name=location.name,
        focus=_focus_of(referral.decision.assessment),
        declined=frozenset(
            referral.moves.filter(what=ReferralMove.What.DECLINED, to__isnull=False).values_list("to", flat=True)
        ),
    )


def listing_of(row: Specialist) -> Listing:
    return Listing(
        id=row.pk,
        name=row.name,
        specialty=row.specialty,
        plans=tuple(row.insurance_plans),
        languages=tuple(row.languages),
        miles=tuple(row.miles.items()),
        accepts_new_patients=row.accepts_new_patients,
        focus=row.focus,
    )


def _focus_of(assessment: Assessment) -> tuple[str, ...]:
    """Where it may come from decides; where it is felt only when the origins say nothing: a foot can be a back."""
    words = [word for one in assessment.result["origins"][:2] for word in FOCUS_OF_ORIGIN.get(one["id"], ())]
    return tuple(dict.fromkeys(words or FOCUS_OF_AREA.get(assessment.answers.get("main_problem_area"), ())))
