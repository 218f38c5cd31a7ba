"""The exact words of the emergency page, and who has read them: `page.yaml` holds names, days and digests.

The page is put together from templates, translations and the protocol. Whoever changes a word of any of them changes
its digest, and no part of the product starts until the file says so too, which is for the people who read it again.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import yaml
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import override

from intake import triage
from intake.emergency.danger import Danger, emergency_words
from intake.models import Urgency

READERS = Path(__file__).with_suffix(".yaml")
KINDS = {  # (self-harm, bodily): every way in which the page can be an emergency
    "the body": (Urgency.ROUTINE, Urgency.EMERGENCY),
    "the body, and thoughts of self-harm": (Urgency.URGENT, Urgency.EMERGENCY),
    "self-harm": (Urgency.EMERGENCY, Urgency.ROUTINE),
    "self-harm, and the body": (Urgency.EMERGENCY, Urgency.URGENT),
    "both": (Urgency.EMERGENCY, Urgency.EMERGENCY),
}
REASON = SimpleNamespace(question="…", answer="…")


@dataclass(frozen=True)
class Read:
    """Who read the words in one language: None until a person has. `digest` is of the words they read."""

    digest: str
    clinician: str | None
    translator: str | None
    read_on: date | None


def words(language: str) -> str:
    """Return all the page says, kind by kind, without the clinic's hours and the patient's own answers."""
    return "\n\n".join(f"[{kind}]\n{_page(*tiers, language)}" for kind, tiers in KINDS.items())


def _page(self_harm: Urgency, bodily: Urgency, language: str) -> str:
    with override(language):
        says = emergency_words(triage.shipped().wording, self_harm, bodily, language)
        danger = Danger(self_harm, bodily, says, reasons=(REASON,), withdrawn=True, opens_next="…")
        location = SimpleNamespace(phone="")
        page = render_to_string("emergency/_emergency.html", {"danger": danger, "location": location})
    lines = (" ".join(line.split()) for line in unescape(strip_tags(page.replace("</", "\n</"))).splitlines())
    return "\n".join(line for line in lines if line)


def digest(language: str) -> str:
    return hashlib.sha256(words(language).encode()).hexdigest()


def readers() -> dict[str, Read]:
    """By language. Raises TypeError or KeyError when the file is not as it must be."""
    kept = yaml.safe_load(READERS.read_text())
    return {language: Read(**kept[language]) for language, _name in settings.LANGUAGES}


def faults() -> list[str]:
    """Return why this page may not be shown, a sentence each."""
    approved = triage.shipped().status == "approved"
    found = []
    for language, read in readers().items():
        if digest(language) != read.digest:
            found.append(f"The emergency page ({language}) does not say what {READERS.name} was written for.")
        named = read.clinician and read.read_on and (read.translator or language == "en")
        if approved and not named:
            found.append(f"The protocol is approved, but nobody has put a name to the emergency page ({language}).")
    return found
