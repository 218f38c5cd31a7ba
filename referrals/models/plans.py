"""Insurance plans as people write them: "BCBS", "Blue Cross Blue Shield of CO", "blue cross".

Three answers and no score: it is the same name, it looks like it and somebody asks, or nothing speaks for it. What has
no plan at all is two things of its own: nothing on file, and a patient who pays alone.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum

from clinic.contact.numbers import STATES


class Match(IntEnum):
    """How a patient's plan stands to what a listing says, the best first."""

    SAME = 0
    ALIKE = 1  # somebody asks
    SILENT = 2  # the listing names no plans
    OTHER = 3


NOT_KNOWN = {"", "unknown", "not sure", "unsure", "i dont know", "dont know", "not known", "pending", "tbd", "no se"}
PAYS_ALONE = {
    "none", "no", "n a", "na", "nil", "no insurance", "uninsured", "not insured", "self pay", "selfpay", "self paying",
    "self", "self payer", "cash", "cash pay", "private pay", "out of pocket", "no plan", "i have none", "no coverage",
    "ninguno", "ninguna", "sin seguro", "no tengo", "no tengo seguro", "pago yo", "efectivo",
}  # fmt: skip
# As people shorten them, the longest first; each on its own says the same as the long name.
WRITTEN_OUT = {
    r"bcbs ?of ?([a-z]{2})": r"blue cross blue shield of \1",
    r"bcbs([a-z]{2})": r"blue cross blue shield of \1",
    r"bc ?bs|bluecross ?blueshield": "blue cross blue shield",
    r"bluecross": "blue cross",
    r"blueshield": "blue shield",
    r"uhc|united health ?care|unitedhealth(care)?": "united healthcare",
    r"kp|kaiser permanente": "kaiser permanente",
    r"tri care": "tricare",
    r"medi cal": "medi-cal medicaid",
    r"medicare adv": "medicare advantage",
}
# One insurer under two names.
KIN = {
    "anthem": "blue cross blue shield", "carefirst": "blue cross blue shield", "highmark": "blue cross blue shield",
    "regence": "blue cross blue shield", "premera": "blue cross", "wellmark": "blue cross blue shield",
    "aarp": "united", "optum": "united", "kaiser": "kaiser permanente", "mainecare": "medicaid", "medi-cal": "medicaid",
}  # fmt: skip
# Words that tell no insurer from another.
OF_ANY_PLAN = """
    ppo hmo epo pos hdhp hsa plan plans health healthcare insurance insurances ins company co inc part advantage of the
    and care group choice open access gold silver bronze platinum mutual network plus select basic standard premier
    preferred option options family individual employer retiree commercial
"""
OF_ANY_STATE = """
    alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois
    indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri
    montana nebraska nevada new hampshire jersey mexico york north south carolina dakota ohio oklahoma oregon
    pennsylvania rhode island tennessee texas utah vermont virginia washington west wisconsin wyoming
"""
SAYS_NO_INSURER = {*OF_ANY_PLAN.split(), *OF_ANY_STATE.split(), *STATES.lower().split()}
LONG_ENOUGH = 5  # letters of a word in which one slip is taken for one


def on_file(plan: str) -> bool:
    """Say whether anything is on file about a plan; "unknown" is nothing."""
    return _letters(plan) not in NOT_KNOWN or bool(re.search(r"\d", plan))


def insured(plan: str) -> bool:
    """Say whether a plan is named.

    Not for nothing, and not for the words of people without insurance.
    """
    return on_file(plan) and _letters(plan) not in PAYS_ALONE


def match(plan: str, plans: Iterable[str]) -> tuple[Match, str]:
    """Return how a plan stands to those of a listing, and which says so, else ""."""
    known = [one for one in plans if one.strip()]
    wanted = _written_out(plan)
    for one in known:
        if _written_out(one) == wanted:
            return Match.SAME, one
    insurer = _insurer(plan)
    for one in known:
        if _share(insurer, _insurer(one)):
            return Match.ALIKE, one
    return (Match.OTHER if known else Match.SILENT), ""


def _letters(plan: str) -> str:
    """Return the words of a plan in small plain letters: "N/A" is "n a"."""
    text = unicodedata.normalize("NFKD", plan).casefold()
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z]+", re.sub(r"['’`]", "", text)))


def _written_out(plan: str) -> str:
    """Return the whole name in one spelling, whether "B.C.B.S." or "Blue-Cross"."""
    text = unicodedata.normalize("NFKD", plan).casefold().replace("&", " and ")
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = " ".join(re.findall(r"[^\W_]+", re.sub(r"['’`.]", "", text)))
    for short, long in WRITTEN_OUT.items():
        if found := re.sub(rf"\b(?:{short})\b", long, text):
            text = found
    return text


def _insurer(plan: str) -> set[str]:
    """Return the words that tell one insurer from another, its other name among them."""
    words = set(_written_out(plan).split())
    words |= {other for word in words if word in KIN for other in KIN[word].split()}
    return {word for word in words if len(word) > 1} - SAYS_NO_INSURER


def _share(one: set[str], other: set[str]) -> bool:
    return bool(one & other) or any(_is_slip(word, near) for word in one for near in other)


def _is_slip(one: str, other: str) -> bool:
    """Say whether one letter is another, too much, left out, or one place off.

    Such as Atena for Aetna.
    """
    short, long = sorted((one, other), key=len)
    if len(short) < LONG_ENOUGH or len(long) > len(short) + 1 or one[0] != other[0]:
        return False
    place = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest, of_long = short[place:], long[place:]
    if len(short) < len(long):
        return rest == of_long[1:]
    return rest[1:] == of_long[1:] or (rest[:2] == of_long[1::-1] and rest[2:] == of_long[2:])
