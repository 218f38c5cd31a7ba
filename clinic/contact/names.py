"""Names as people type them, compared by their letters alone.

O’Neil and O'Neil, Muñoz and Munoz, Garcia-Lopez and Garcia Lopez are one name to whoever looks for it. Two people may
share one all the same, so a birth date has to agree.
"""

import re
import unicodedata
from collections.abc import Iterable

# Letters that no decomposition takes apart.
PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and dots that are drawn as nothing
NOT_A_NAME = {"jr", "sr", "ii", "iii", "iv", "mr", "mrs", "ms", "dr", "md"}
SAINT = {"saint": "st", "sainte": "st", "ste": "st"}


def visible(text: str) -> str:
    """Return the same without signs that nobody sees, such as a zero-width space, and with single spaces."""
    seen = "".join(sign for sign in text or "" if not _unseen(sign))
    return " ".join(seen.split())


def _unseen(sign: str) -> bool:
    """Joiners stand inside words of some scripts, and between the parts of an emoji."""
    if sign in "\u200c\u200d":
        return False
    if sign in "\t\n\r":
        return False
    return sign in BLANK or unicodedata.category(sign) in ("Cf", "Cc", "Cs")


def letters(name: str) -> str:
    """Return the letters of a name, small and plain, without what may stand behind it ("Jr.") or between its parts."""
    return "".join(parts(name))


def parts(name: str) -> list[str]:
    """Return each part of a name by its letters: "garcia", "lopez" of García-López."""
    text = unicodedata.normalize("NFKD", visible(name).casefold()).translate(PLAIN)
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = re.sub(r"['’‘ʼʻ`´.\u200c\u200d]", "", text)
    found = [SAINT.get(part, part) for part in re.findall(r"[^\W_]+", text)]
    return found[:1] + [part for part in found[1:] if part not in NOT_A_NAME]


def same(one: str, other: str) -> bool:
    """Say whether both have the same letters, and any at all."""
    return letters(one) == letters(other) != ""


def same_whole(one: Iterable[str], other: Iterable[str]) -> bool:
    """Say whether two whole names have the same parts, in any order.

    García-López María, and Maria Lopez Garcia.
    """
    return _every_part(one) == _every_part(other) != []


def share_a_part(one: Iterable[str], other: Iterable[str]) -> bool:
    """Say whether two whole names share a part that is no initial."""
    shared = {*_every_part(one)} & {*_every_part(other)}
    return any(len(part) > 2 for part in shared)


def _every_part(whole: Iterable[str]) -> list[str]:
    return sorted(part for name in whole for part in parts(name))


def found_in(words: str, *texts: str) -> bool:
    """Say whether every word typed is found in one of the texts, by letters alone."""
    looked_in = [letters(text) for text in texts]
    typed = [letters(word) for word in visible(words).split()[:8] if letters(word) not in NOT_A_NAME]
    return all(any(word in text for text in looked_in) for word in typed)


def is_slip(one: str, other: str) -> bool:
    """Say whether one letter was left out or typed too much: Adah for Ada.

    Tim and Tom, Paul and Paula are two people, often twins: another letter, or a vowel at the end, is no slip.
    """
    short, long = sorted((letters(one), letters(other)), key=len)
    if len(long) != len(short) + 1 or (long == short + long[-1] and long[-1] in "aeo"):
        return False
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
