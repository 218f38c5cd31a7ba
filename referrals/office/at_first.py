"""What an office reads of the patient before it accepts: enough to say whether it is the right one, and not who it is.

An age band, the sex, the side and how long. A band and not the age, and all of 90 and over in one: with a side and a
plan an age alone may tell who it is in a small town.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from referrals.models import Referral

BANDS = (0, 10, 18, 30, 40, 50, 60, 70, 80, 90)  # the youngest age of each
SEX: dict[str, Promise] = {"female": _("female"), "male": _("male"), "intersex": _("intersex")}
SIDES: dict[str, Promise] = {"left": _("left"), "right": _("right"), "mid": _("middle")}
SINCE: dict[str, Promise] = {
    "under_48h": _("up to 2 days"),
    "days_2_to_7": _("2 to 7 days"),
    "weeks_1_to_6": _("1 to 6 weeks"),
    "weeks_6_to_12": _("6 weeks to 3 months"),
    "months_3_to_12": _("3 to 12 months"),
    "over_1_year": _("more than a year"),
}


@dataclass(frozen=True)
class AtFirst:
    """Each is empty where it is not on record.

    `told_on` is the day from which `since` counts back.
    """

    age: str
    sex: str | Promise
    side: str
    since: str | Promise
    told_on: date


def at_first(referral: Referral) -> AtFirst:
    """Return it in the active language, by the answers that the decision was made on."""
    assessment = referral.decision.assessment
    answers, zone = assessment.answers, referral.location.zone
    today = timezone.localdate(timezone=zone)
    return AtFirst(
        age=age_band(referral.patient.age_on(today)),
        sex=SEX.get(answers.get("sex_at_birth", ""), ""),
        side=_side(answers.get("pain_regions") or []),
        since=SINCE.get(answers.get("onset_when", ""), ""),
        told_on=timezone.localtime(assessment.at, zone).date(),
    )


def age_band(age: int) -> str:
    """Return the band of an age, such as "40 to 49"."""
    place = bisect_right(BANDS, age)
    youngest = BANDS[place - 1]
    if place == len(BANDS):
        return _("%(age)d or older") % {"age": youngest}
    return _("%(from)d to %(to)d") % {"from": youngest, "to": BANDS[place] - 1}


def _side(places: list[str]) -> str:
    marked = {place.rpartition("_")[2] for place in places}
    if {"left", "right"} <= marked:
        return str(_("both sides"))
    return ", ".join(str(words) for side, words in SIDES.items() if side in marked)
