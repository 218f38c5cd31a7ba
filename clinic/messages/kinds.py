"""The kinds of message: who gets them, which facts they may use, when they are still needed, their words.

A kind is a class of static methods, registered by the app that sends it:

    @kind("report_received", title="Report received", audience="staff", safe=("link",))
    class ReportReceived:
        still_needed(message)     # "" or why it is not needed any more
        facts(message)            # optional: declared facts, looked up when it is sent
        recipient(message)        # optional: the address as it is now; "" when there is none
        people(message)           # optional: staff it goes to, found when it goes; it is then scheduled to nobody
        language(message)         # optional: the language the reader has chosen by now
        hold(message)             # optional: locks its record before the message, as whoever changes the record does
        new_address(message, to, by)  # optional: staff corrected the address it could not be sent to
        correcting_takes          # optional: the permission for that, besides seeing messages
        by_text                   # optional: True for a text message; `recipient` returns a phone number
        papers(message)           # optional: of a fax, its PDF and how many pages; `recipient` returns a fax number
        together                  # optional: True when one mail may tell its reader of several (`Message.together`)
        held(message)             # optional: "" or why it waits, whatever its time; it is looked at again each hour
        not_gone(message)         # optional: what is done where it does not go, or not in time
        gone(message)             # optional: what ends once it went
        sent_again(message, by)   # optional: staff let it go again after it had failed
        still_waiting(ids)        # optional: of these subjects, the ids that still need somebody, in one query
        zone(message)             # optional: its reader's time zone, where that is not the one of its location
        reader_id(message)        # of mails to patients: their public id, by which they turn off a category
        works_on(message)         # optional: a function that says of a day whether its reader works; None for every day
        worth_until(message)      # optional: when it is out of date, however long it was held up; None for never
        calendar(message)         # optional: the `Entry` of the calendar file that goes along; None for no file

Its words are `templates/emails/<name>/subject.txt` and `body.txt`, in the language of the message.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from email.mime.text import MIMEText
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import Error
from django.template import Context, engines
from django.utils import translation
from django.utils.translation import gettext_lazy

from clinic.messages.calendar_file import as_enclosure
from clinic.messages.facts import FACTS, NotSafe, in_words
from clinic.staff.models import User

AUDIENCES = ("patient", "staff", "office")
CATEGORIES = {  # what patients may turn off, in their words; staff read the same
    "visits": gettext_lazy("Reminders of visits"),
    "forms": gettext_lazy("Reminders to finish a form"),
    "follow_up": gettext_lazy("Questions some weeks later"),
}

STAYS = {  # why a routine kind is not turned off, by its reader
    "patient": "It is new to the patient, and what we promise them rests on it.",
    "staff": "Somebody waits for an answer, and nobody else is told.",
    "office": "The office acts on it, and its time to answer is counted from it.",
}


@dataclass(frozen=True)
class Kind:
    """`routine` kinds can wait for each other; the others alert staff and are tried again at short steps.

    `asked_for` is what its reader has just asked for: it is routine, and still goes at night. `category` is what sort
    of reminder it is, "" for none: of those a person gets only so many a day, and may turn them off.
    `without` says what follows where a clinic turns the kind off, and who tells its reader then; "" where none may.
    """

    name: str
    title: str
    audience: str
    safe: frozenset
    routine: bool
    asked_for: bool
    category: str
    without: str
    source: type

    @property
    def may_be_off(self) -> bool:
        """Say whether a clinic may turn it off."""
        return bool(self.without)

    @property
    def why_it_stays(self) -> str:
        """Say why no clinic turns it off; "" where one may."""
        if self.may_be_off:
            return ""
        if not self.routine:
            return "Safety: it is an alarm or guards an account, and somebody has to act on it."
        if self.asked_for:
            return "Its reader has just asked for it, or waits for it."
        return STAYS[self.audience]

    @property
    def by_day_only(self) -> bool:
        """True when nobody should be woken by it."""
        return self.routine and not self.asked_for

    def zone(self, message: Any) -> ZoneInfo | None:
        """Return the time zone of its reader; None for that of its location."""
        return self.source.zone(message) if hasattr(self.source, "zone") else None

    def works_on(self, message: Any) -> Callable[[date], bool] | None:
        """Return what says of a day whether its reader works; None where any day will do."""
        return self.source.works_on(message) if hasattr(self.source, "works_on") else None

    def reader_id(self, message: Any) -> UUID | None:
        """Return the public id of the patient it goes to; None for anybody else."""
        return self.source.reader_id(message) if hasattr(self.source, "reader_id") else None

    def worth_until(self, message: Any) -> datetime | None:
        """Return when it is out of date; None for never."""
        return self.source.worth_until(message) if hasattr(self.source, "worth_until") else None

    def still_needed(self, message: Any) -> str:
        """Empty while it is needed, else the reason why not, without patient data."""
        return self.source.still_needed(message)

    def held(self, message: Any) -> str:
        """Say why it waits although it is due and needed, or ""."""
        return self.source.held(message) if hasattr(self.source, "held") else ""

    def recipient(self, message: Any) -> str:
        """The address it goes to now: of the record, where the kind knows one, else the one it was scheduled for."""
        return self.source.recipient(message) if hasattr(self.source, "recipient") else message.recipient

    @property
    def by_text(self) -> bool:
        """Say whether it goes as a text message; its recipient is a phone number then."""
        return getattr(self.source, "by_text", False)

    @property
    def by_fax(self) -> bool:
        """Say whether it goes as a fax; it has pages in place of words then."""
        return hasattr(self.source, "papers")

    @property
    def by_gateway(self) -> bool:
        """Say whether it goes another way than by mail."""
        return self.by_text or self.by_fax

    @property
    def handed_to(self) -> str:
        """Name who takes it from us."""
        if self.by_fax:
            return "gateway for faxes"
        return "gateway for texts" if self.by_text else "mail server"

    @property
    def finds_people(self) -> bool:
        """True when nobody is named in advance: whoever works there when it goes gets a message of their own."""
        return hasattr(self.source, "people")

    @property
    def must_be_heard(self) -> bool:
        """True when something is done where it does not go: the patient is called, or somebody else is told."""
        return hasattr(self.source, "not_gone")

    @property
    def together(self) -> bool:
        """Say whether what is due to one reader goes in one mail."""
        return getattr(self.source, "together", False)

    def still_waiting(self, messages: Iterable[Any]) -> list[Any]:
        """Return those of these messages whose subject still needs somebody."""
        if not hasattr(self.source, "still_waiting"):
            return [message for message in messages if self._may_be_needed(message)]
        ids = self.source.still_waiting({message.subject_id for message in messages})
        return [message for message in messages if message.subject_id in ids]

    def _may_be_needed(self, message: Any) -> bool:
        """Say whether it is needed.

        One whose record cannot be read may be, and hides no other.
        """
        try:
            return not self.still_needed(message)
        except Error:
            raise
        except Exception:
            return True

    def people(self, message: Any) -> list[User]:
        """Return the members of staff it goes to now."""
        return list(self.source.people(message))

    def language(self, message: Any) -> str:
        """The language its reader has now, where the kind knows it, else the one it was scheduled in."""
        return self.source.language(message) if hasattr(self.source, "language") else message.language

    def corrected_by(self, user: User) -> bool:
        """Say whether this person may correct its address here; that of staff is corrected on the account alone."""
        takes = getattr(self.source, "correcting_takes", None)
        return self.audience != "staff" and not self.by_fax and (takes is None or user.may(takes))

    def hold(self, message: Any) -> None:
        """Lock the record behind it first, in the order in which whoever changes the record locks both."""
        if hasattr(self.source, "hold"):
            self.source.hold(message)

    def new_address(self, message: Any, to: str, by: User) -> None:
        """Tell the record behind it that `by` has corrected the recipient's address to `to`."""
        if hasattr(self.source, "new_address"):
            self.source.new_address(message, to, by)

    def sent_again(self, message: Any, by: User) -> None:
        """Tell the record behind it that `by` lets it go again."""
        if hasattr(self.source, "sent_again"):
            self.source.sent_again(message, by)

    def render(self, message: Any) -> tuple[str, str]:
        """Subject and plain-text body. Raises NotSafe rather than say something not declared."""
        with translation.override(message.language):
            looked_up = self.source.facts(message) if hasattr(self.source, "facts") else {}
        return self.in_words_of(message, message.facts | looked_up)

    def in_words_of(self, message: Any, facts: dict[str, Any]) -> tuple[str, str]:
        """Return its subject and body with these facts, in the language of the message."""
        with translation.override(message.language):
            words = _OnlyFacts(self.name, in_words(message, facts, self.safe))
            subject, body = (
                engines["django"].get_template(f"emails/{self.name}/{part}.txt").template.render(words)
                for part in ("subject", "body")
            )
        return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"

    def enclosure(self, message: Any) -> MIMEText | None:
        """Return the calendar file that goes along with a mail, if one does."""
        if not hasattr(self.source, "calendar"):
            return None
        with translation.override(message.language):
            entry = self.source.calendar(message)
            return as_enclosure(entry, call=message.location.phone) if entry else None


class _OnlyFacts(Context):
    """A template context in which a name that is no fact is an error, not an empty string."""

    def __init__(self, kind: str, words: dict[str, Any]) -> None:
        super().__init__(words, autoescape=False)
        self.kind = kind

    def __getitem__(self, name: str) -> Any:
        try:
            return super().__getitem__(name)
        except KeyError as error:
            raise NotSafe(f"The words of {self.kind} use {name}, which is no declared fact.") from error

    def __contains__(self, name: str) -> bool:
        return self[name] is not None


KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    *,
    title: str,
    audience: str = "patient",
    safe: Iterable[str] = (),
    routine: bool = True,
    asked_for: bool = False,
    category: str = "",
    without: str = "",
) -> Callable[[type], type]:
    """Register the class below as the kind `name`; `title` is what staff call it."""
    if without and (asked_for or not routine or audience == "office"):
        raise ValueError(f"{name}: alarms, what was asked for and mails to offices cannot be turned off.")
    if category and (category not in CATEGORIES or audience != "patient" or asked_for or not routine):
        raise ValueError(f"{name}: only a reminder to patients has a category: {', '.join(CATEGORIES)}.")
    if audience not in AUDIENCES:
        raise ValueError(f"{name}: audience is one of {', '.join(AUDIENCES)}.")
    if unknown := set(safe) - set(FACTS):
        raise ValueError(f"{name}: {sorted(unknown)[0]} is no fact a mail may hold.")

    def register(source: type) -> type:
        if name in KINDS:
            raise ValueError(f"There is already a kind of message called {name}.")
        KINDS[name] = Kind(name, title, audience, frozenset(safe), routine, asked_for, category, without, source)
        return source

    return register
