"""What this clinic wants of its mails: which kinds are off, and when reminders go (decision 0077)."""

from clinic.messages.kinds import CATEGORIES, KINDS
from clinic.messages.leads import LEADS
from clinic.messages.models import MailChoice

CLINIC_OFF = "The clinic has turned off this kind of message."


def is_off_here(name: str) -> bool:
    """Say whether the clinic has turned this kind off.

    Asked only of those that it may.
    """
    return name in KINDS and KINDS[name].may_be_off and MailChoice.objects.filter(off__contains=[name]).exists()


def choice_now() -> MailChoice:
    """Return what was chosen; of a clinic that chose nothing, what is usual."""
    return MailChoice.objects.first() or MailChoice()


def leads_of(name: str) -> list[int]:
    """Return how many hours before its visit this kind of reminder goes."""
    return [hours for hours in LEADS if hours in getattr(choice_now(), name)]


def categories_here() -> dict[str, str]:
    """Return the categories of which this clinic writes a kind, in patients' words."""
    off = choice_now().off
    written = {kind.category for kind in KINDS.values() if kind.name not in off}
    return {name: str(words) for name, words in CATEGORIES.items() if name in written}
