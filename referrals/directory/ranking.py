"""A short list of specialists for one referral, each with its reasons in words.

`rank` is a pure function of what the patient needs and what the listings say. It knows nothing of money: neither
`Need` nor `Listing` has a field for a payment or a favor, and a test forbids adding any. The patient's own choice is
never part of the ranking, because it always wins.
"""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_noop

from intake.models import Assessment
from referrals.directory.learned import Record, records_of, sendings_to
from referrals.models import Referral, ReferralMove, Specialist
from referrals.models.far import miles_between
from referrals.models.plans import Match, insured, match, on_file

SHORT_LIST = 5
HALF = 0.5  # who sends fewer reports than this after visits stands behind who sends more
OFTEN = 0.25  # from this share of declined referrals on it is a caution
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
    """Hold what the patient needs.

    `location`, at `point`, is where miles are counted from; `declined` holds listing ids.
    """

    specialty: str
    plan: str = ""
    language: str = "en"
    location: str = ""
    location_name: str = ""
    focus: tuple[str, ...] = ()
    declined: frozenset[int] = frozenset()
    point: tuple[float, float] | None = None


@dataclass(frozen=True)
class Listing:
    """Hold what the directory says about one provider at one office.

    `record` is what it did with referrals before.
    `miles` maps location slugs to miles by road; where they are not on record, `point` is its place on the map.
    """

    id: int
    name: str
    specialty: str
    plans: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    miles: tuple[tuple[str, float], ...] = ()
    accepts_new_patients: bool = True
    focus: str = ""
    point: tuple[float, float] | None = None
    record: Record | None = None


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
    language, sees them weeks earlier, sends reports, is near. Weeks are what referrals before took (`learned`): days
    more or less are chance, and do not send anybody farther. Ties go by name, so the same question has the same answer.
    """
    fitting = [listing for listing in listings if listing.specialty == need.specialty]
    judged = sorted(fitting, key=lambda listing: (_order(need, listing), listing.name, listing.id))
    return [Ranked(listing, *_words(need, listing)) for listing in judged[:limit]]


def _order(need: Need, listing: Listing) -> tuple:
    miles, record = miles_of(need, listing), listing.record
    days = record.days_until_seen if record else None
    return (
        listing.id in need.declined,
        not listing.accepts_new_patients,
        _plan_rank(need, listing),
        not _focus(need, listing),
        not _speaks(need, listing),
        int(days // 7) if days is not None else 0,
        bool(record and record.share_reported is not None and record.share_reported < HALF),
        miles is None,
        miles or 0,
    )


def miles_of(need: Need, listing: Listing) -> float | None:
    """Return how far it is: by road as stated, else in a straight line, else None."""
    stated = dict(listing.miles).get(need.location)
    if stated is not None or need.point is None or listing.point is None:
        return stated
    return miles_between(need.point, listing.point)


def _words_of_miles(need: Need, listing: Listing) -> str:
    """Return such words as "4.2 miles from Riverside"; "" where it is not known."""
    miles, place = miles_of(need, listing), need.location_name or need.location
    if miles is None:
        return ""
    if dict(listing.miles).get(need.location) is not None:
        return f"{miles:g} miles from {place}"
    return f"about {miles:.0f} miles in a straight line from {place}"


def _plan_rank(need: Need, listing: Listing) -> Match:
    """Return how the plan stands to the listing; none is no worse off with any."""
    return match(need.plan, listing.plans)[0] if insured(need.plan) else Match.SAME


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
    learned_reasons, learned_cautions = words_of_record(listing.record)
    reasons += learned_reasons
    cautions += learned_cautions
    miles = _words_of_miles(need, listing)
    if miles:
        reasons.append(miles)
    else:
        cautions.append("distance not on record")
    return tuple(reasons), tuple(cautions)


def words_of_record(record: Record | None) -> tuple[list[str], list[str]]:
    """Return what an office did before, as reasons and cautions.

    Each says of how many it is known.
    """
    if record is None:
        return [], []
    reasons, cautions = [], []
    if record.days_to_visit is not None:
        reasons.append(_words_of_wait(record))
    if record.sent and record.days_to_answer is not None:
        reasons.append(f"answers in about {_days(record.days_to_answer)}")
    if record.declined:
        said = cautions if record.share_declined >= OFTEN else reasons
        said.append(f"declined {record.declined} of {record.sent}")
    if record.seen:
        is_rare = record.share_reported is not None and record.share_reported < HALF
        said = cautions if is_rare else reasons
        said.append(f"sent a report on {record.reported} of {record.seen} seen there")
    return reasons, cautions


def _words_of_wait(record: Record) -> str:
    says = "" if record.stated is None else f"; it says {_days(record.stated)}"
    if not record.seen:
        return f"none of ours seen there yet, elsewhere first visit in about {_days(record.days_to_visit or 0)}{says}"
    return f"first visit in about {_days(record.days_to_visit or 0)}, by {record.seen} of ours{says}"


def _days(days: float) -> str:
    whole = max(1, round(days))
    return f"{whole} {'day' if whole == 1 else 'days'}"


def fits(need: Need, listing: Listing) -> tuple[Fit, ...]:
    """Return how a listing meets each need, in the order of the ranking."""
    plan_reasons, plan_cautions = _words_of_plan(need, listing)
    language, speaks = LANGUAGES.get(need.language, need.language), _speaks(need, listing)
    miles, record = miles_of(need, listing), listing.record
    days = record.days_until_seen if record else None
    return (
        Fit("New patients", listing.accepts_new_patients, "yes" if listing.accepts_new_patients else "takes none"),
        Fit("Plan", bool(plan_reasons), "; ".join([*plan_reasons, *plan_cautions])),
        Fit("Focus", _focus(need, listing), listing.focus or "none on record"),
        Fit("Language", speaks, language if speaks else f"interpreter for {language} needed"),
        Fit("First visit", days is not None, "not known" if days is None else f"about {_days(days)}"),
        Fit("Miles", miles is not None, "not on record" if miles is None else f"{round(miles, 1):g}"),
    )


def _words_of_plan(need: Need, listing: Listing) -> tuple[list[str], list[str]]:
    if not on_file(need.plan):
        return [], ["the patient has no insurance plan on record"]
    if not insured(need.plan):
        return [], ["the patient has no insurance: ask what a visit costs"]
    how, known = match(need.plan, listing.plans)
    if how == Match.SAME:
        return [f"takes {need.plan}"], []
    if how == Match.ALIKE:
        return [], [f"lists {known}, which looks like {need.plan}: ask"]
    return [], [f"ask whether they take {need.plan}" if how == Match.SILENT else f"does not list {need.plan}"]


# From the tables to plain data, and back ----------------------------------------------------------------------------


def ranked(referral: Referral, limit: int = SHORT_LIST) -> list[Choice]:
    """Return the short list for this referral out of the listed directory."""
    rows = {row.pk: row for row in Specialist.objects.listed().for_specialty(referral.specialty)}
    need, records = need_of(referral), records_now(list(rows.values()))
    return [
        Choice(
            rows[entry.listing.id],
            entry.reasons,
            entry.cautions,
            fits(need, entry.listing),
            entry.listing.id in need.declined,
        )
        for entry in rank(need, [listing_of(row, records[row.pk]) for row in rows.values()], limit)
    ]


def records_now(rows: list[Specialist]) -> dict[int, Record]:
    """Return what each of these listings of one specialty did before, by the row."""
    sendings = sendings_to([row.pk for row in rows], timezone.now())
    return records_of(sendings, {row.pk: row.wait_days for row in rows})


def need_of(referral: Referral) -> Need:
    patient, location = referral.patient, referral.location
    return Need(
        specialty=referral.specialty,
        plan=patient.insurance_plan,
        language=patient.language,
        location=location.slug,
        location_name=location.name,
        point=location.point,
        focus=_focus_of(referral.decision.assessment),
        declined=frozenset(
            referral.moves.filter(what=ReferralMove.What.DECLINED, to__isnull=False).values_list("to", flat=True)
        ),
    )


def listing_of(row: Specialist, record: Record | None = None) -> Listing:
    return Listing(
        id=row.pk,
        name=row.name,
        specialty=row.specialty,
        plans=tuple(row.insurance_plans),
        languages=tuple(row.languages),
        miles=tuple(row.miles.items()),
        accepts_new_patients=row.accepts_new_patients,
        focus=row.focus,
        point=row.point,
        record=record,
    )


def _focus_of(assessment: Assessment) -> tuple[str, ...]:
    """Where it may come from decides; where it is felt only when the origins say nothing: a foot can be a back."""
    words = [word for one in assessment.result["origins"][:2] for word in FOCUS_OF_ORIGIN.get(one["id"], ())]
    return tuple(dict.fromkeys(words or FOCUS_OF_AREA.get(assessment.answers.get("main_problem_area"), ())))
