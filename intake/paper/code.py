"""The code printed on a paper form: easy to read aloud and to type, and a slip in typing never finds another form."""

import re
import secrets

# No letter or digit that looks like another: 0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V. No vowels, so no words.
SIGNS = "23456789CDFHJKMNPRTVWXY"  # 23, a prime: the check sign then finds every slip of one sign and every swap
READ_AS = str.maketrans("ZSGB", "2568")
LENGTH = 8


def new_code() -> str:
    """Eight random signs and the check sign."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return signs + _check(signs)


def as_code(typed: str) -> str | None:
    """Return the code somebody typed, with or without dashes, spaces and capitals; None when it cannot be one."""
    signs = re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(READ_AS)
    if len(signs) != LENGTH + 1 or not set(signs) <= set(SIGNS) or _check(signs[:-1]) != signs[-1]:
        return None
    return signs


def written(code: str) -> str:
    """Return the code as it is printed: in groups, `4FHJ-92KM-X`."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def _check(signs: str) -> str:
    return SIGNS[sum(place * SIGNS.index(sign) for place, sign in enumerate(signs, start=1)) % len(SIGNS)]
