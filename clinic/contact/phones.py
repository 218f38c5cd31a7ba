"""Phone numbers as people type them: the number itself, its extension, and what else stands around it.

Patients may write "Max: 207 555 0142 after 5"; that is kept as they wrote it. A link dials only what is certain.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 60  # characters of a number with its extension and a word or two
FEWEST_DIGITS, MOST_DIGITS = 7, 15
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
NUMBER = re.compile(r"\+?\s*\(?\d[\d\s().\-/]*")
EXTENSION = re.compile(r"[,;]?\s*(?:x|extension|extensión|ext|extn|anexo|#)[\s.:#=]*(\d{1,6})\b(.*)", re.IGNORECASE)
US = re.compile(r"1?([2-9]\d{2}[2-9]\d{6})")
SERVICE = re.compile(r"[2-9]11|988")  # such as 911: they are dialed as they are
ABROAD = re.compile(r"011|00")  # what is dialed before the country's number


@dataclass(frozen=True)
class Typed:
    """`digits` as dialed: ten of a US number, the country's number and the rest of any other; "" when not certain.

    `counted` is how many digits were typed, the extension left aside. `label` stands before, `note` behind.
    """

    digits: str
    counted: int
    is_us: bool
    extension: str = ""
    label: str = ""
    note: str = ""

    @property
    def dialed(self) -> str:
        """Return what a `tel:` address holds; "" when it is not certain what to dial."""
        if not self.digits or SERVICE.fullmatch(self.digits):
            return self.digits
        number = f"+1{self.digits}" if self.is_us else f"+{self.digits}"
        return f"{number};ext={self.extension}" if self.extension else number


def read(typed: str) -> Typed:
    """Take a number apart. Two numbers in one box are not certain, nor is one whose length fits no country."""
    text = plain(typed)
    found = NUMBER.search(text)
    if found is None:
        return Typed("", 0, is_us=False, label=text)
    label, rest = text[: found.start()].strip(), text[found.end() :].strip()
    extension = EXTENSION.fullmatch(rest)
    note = extension[2].strip() if extension else rest
    counted = len(re.sub(r"\D", "", found[0]))
    digits, is_us = _dialed(found[0].strip())
    if len(re.sub(r"\D", "", note)) >= FEWEST_DIGITS:
        digits = ""
    return Typed(digits, counted, is_us, extension[1] if extension else "", label, note)


def dialed_in(typed: str) -> list[str]:
    """Return the digits of every number that is certain, of two in one box both."""
    numbers = [_dialed(found[0].strip())[0] for found in NUMBER.finditer(plain(typed))]
    return [digits for digits in numbers if len(digits) >= FEWEST_DIGITS]


def plain(typed: str) -> str:
    """The same with plain digits, dashes and spaces, without signs that nobody sees."""
    text = unicodedata.normalize("NFKC", typed or "").translate(DASHES)
    text = "".join(_digit(sign) for sign in text if unicodedata.category(sign) not in ("Cf", "Cc"))
    return " ".join(text.split())


def _digit(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if unicodedata.category(sign) == "Nd" else sign


def _dialed(number: str) -> tuple[str, bool]:
    abroad = number.startswith("+")
    digits = re.sub(r"\D", "", number.replace("(0)", "") if abroad else number)
    if not abroad and (prefix := ABROAD.match(digits)):
        abroad, digits = True, digits[prefix.end() :]
    if (found := US.fullmatch(digits)) and (not abroad or digits.startswith("1")):
        return found[1], True
    if abroad and FEWEST_DIGITS < len(digits) <= MOST_DIGITS and digits[0] not in "01":
        return digits, False
    return (digits, False) if SERVICE.fullmatch(digits) else ("", False)
