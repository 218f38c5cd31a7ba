"""The patient's forms as somebody hostile, careless or unlucky meets them, and what must be true of every answer.

Each form is filled in well, one field is replaced by something nasty, and it is sent as raw bytes. Afterwards nothing
of that request stays: it runs in a savepoint that is rolled back.
"""

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote_plus

from django.db import transaction
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from intake import triage
from intake.models import Intake, Patient
from intake.questionnaire.forms import PageForm
from tests import factories
from tests.answers import SADDLE_NUMBNESS
from tests.intake.patients import Phone

AT_MOST = 2.0  # seconds of this process, so that a busy machine is no finding
SET_BY_THE_PAGE = ("version", "shown", "asked_about", "ticket", "from", "so_far", "whose", "csrfmiddlewaretoken")
FORM = "application/x-www-form-urlencoded"
Sent = dict[str, list[str]]


@dataclass
class Answered:
    """A form that is open in a browser, and what a careful person sends from it."""

    browser: Client
    address: str
    good: Sent
    page: str = ""  # the page of questions it is
    own: int | None = None  # the intake it belongs to
    writes: frozenset[str] = frozenset()  # questions it answers that stand on pages of their own


@dataclass
class NastyForm:
    """`opens(world)` leads to the form. `texts`, `days`, `numbers`, `options`, `secrets` name its fields by kind; a
    day is three boxes. `mirrors`: the good values must stand in the form again after an error."""

    name: str
    opens: Callable
    texts: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    mirrors: bool = True
    builds: Callable | None = None  # (what was sent, Answered) to the form without the page around it

    def __str__(self):
        return self.name

    @property
    def fields(self) -> tuple[str, ...]:
        boxes = [f"{day}_{part}" for day in self.days for part in ("month", "day", "year")]
        return (*self.texts, *self.numbers, *self.options, *boxes, *self.secrets)


class World:
    """One clinic, Ada who answers, and somebody else whose rows nobody may touch."""

    def __init__(self):
        self.location = factories.location("Riverside")
        factories.staff("Maya Ortiz", at=[self.location, factories.location("Hillcrest", slug="hillcrest")])
        self.other = factories.intake(at=self.location, answers=SADDLE_NUMBNESS)
        self.there = [self.other.pk]
        self.seen = Counter()  # (form, status, what the page said was wrong) to how often

    def ada(self, answers=None, **started) -> Phone:
        """Ada, with these answers saved."""
        ada = Phone().starts(location="riverside", **started)
        if answers is not None:
            intake = ada.intake
            pages = triage.pages(triage.shipped())
            Intake.objects.filter(pk=intake.pk).update(
                answers=intake.answers | answers,
                version=40,
                pages_done={page.id: 40 for page in pages},
                saved_at=timezone.now(),
            )
        return ada

    def opened(self, phone: Phone, address, good, page="") -> Answered:
        """The form that Ada has open."""
        own = phone.intake.pk
        self.there.append(own)
        return Answered(phone.client, address, good, page, own)

    # Sending ------------------------------------------------------------------------------------------------------

    def tries(self, form: NastyForm, at: Answered, sent: Sent, *, changed=()):
        """Sends the fields, and checks the answer; `changed` names those that are not sent with care."""
        return self.sends(form, at, encoded(sent), good={n: v for n, v in at.good.items() if n not in changed})

    def sends(self, form: NastyForm, at: Answered, body: bytes, *, kind=FORM, headers=None, good=None):
        cookies = at.browser.cookies.output()
        before = self.kept(at)
        began = time.process_time()
        block = transaction.atomic()
        block._from_testcase = True  # what must be a transaction of its own may be inside this one
        with block:
            answer = at.browser.generic("POST", at.address, body, kind, **(headers or {}))
            took = time.process_time() - began
            wrong = list(self._wrong(form, at, answer, before, good, took))
            transaction.set_rollback(True)
        if at.browser.cookies.output() != cookies:
            at.browser.cookies.load(cookies)
        self.seen[form.name, answer.status_code, said(answer)] += 1
        return wrong

    def _wrong(self, form, at, answer, before, good, took):
        status = answer.status_code
        if status >= 500 or (status not in (200, 204, 302, 307, 422) and not 400 <= status < 500):
            yield f"status {status}: {getattr(answer, 'exc_info', '')}"
        if took > AT_MOST:
            yield f"took {took:.1f} s"
        if self.kept(at) != before:
            yield "earlier answers or somebody else's rows changed"
        if status >= 400 and b"<h1" not in answer.content and b"<legend" not in answer.content:
            yield f"status {status} without a page"
        if b"Traceback" in answer.content:
            yield "shows a traceback"
        if status == 422 and good and form.mirrors:
            shown = filled_in(answer.content.decode())
            asked = {name: values for name, values in good.items() if name in shown and name not in SET_BY_THE_PAGE}
            if lost := {name: values for name, values in asked.items() if not set(values) <= shown[name]}:
                yield f"lost {lost}"

    def kept(self, at: Answered):
        """What no request to this form may change: answers of other pages, and all that is somebody else's."""
        here = triage.find_page(triage.shipped(), at.page).questions if at.page else ()
        rows = dict(Intake.objects.filter(pk__in=self.there).values_list("pk", "answers"))
        mine = rows.pop(at.own, {})
        patients = Patient.objects.exclude(intakes=at.own).filter(intakes__in=self.there).order_by("pk")
        return (
            {name: value for name, value in mine.items() if name not in {*here, *at.writes, "age"}},
            rows,
            list(patients.values()),
        )


def encoded(sent: Sent) -> bytes:
    """As a browser would, except that lone surrogates are sent too, as the bytes they would be."""
    pairs = [
        f"{quote_plus(name)}={quote_plus(value.encode('utf-8', 'surrogatepass'))}"
        for name, values in sent.items()
        for value in values
    ]
    return "&".join(pairs).encode()


TAG, ATTRIBUTE = re.compile(r"<(input|textarea)\b([^>]*)>([^<]*)"), re.compile(r'([\w-]+)(?:="([^"]*)")?')


def filled_in(html: str) -> Sent:
    """The fields of a page, each with the values a browser would send."""
    found = {}
    for kind, attributes, inside in TAG.findall(html):
        has = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        box = has.get("type") in ("checkbox", "radio")
        value = has.get("value", "on" if box else "")
        if kind == "textarea":
            value = unescape(inside).removeprefix("\n")
        if "name" in has:
            found.setdefault(has["name"], set()).update([value] if "checked" in has or not box else ())
    return found


def said(answer) -> str:
    """What the page says is wrong, without the numbers in it; or where it leads."""
    if answer.status_code == 302:
        return re.sub(r"[\d?#].*", "", answer["Location"])
    summary = re.search(rb'(?s)id="error-summary".*?</ul>', answer.content)
    if not summary:
        return ""
    lines = re.findall(r"<li>(?:<a[^>]*>)?(.*?)<", summary[0].decode())
    return " | ".join(sorted({re.sub(r"[\d“”].*", "…", unescape(line)) for line in lines}))


# The form without its page -------------------------------------------------------------------------------------------


def judged(form: NastyForm, at: Answered, sent: Sent, *, changed=()) -> tuple[str, list[str]]:
    """What the form says of the fields, and what is wrong about that: a good value refused, or one not to be kept."""
    as_received = {
        name: [value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for value in values]
        for name, values in sent.items()
    }
    built = form.builds(MultiValueDict(as_received), at)
    built.is_valid()
    told = " | ".join(sorted(f"{name}: {error.code}" for name, of in built.errors.as_data().items() for error in of))
    taken = built.answers if isinstance(built, PageForm) else built.cleaned_data
    wrong = [f"{name} takes {value!r:.60}" for name, value in taken.items() if not _can_be_stored(value)]
    if isinstance(built, PageForm):
        triage.validate_answers(triage.shipped(), taken)
    for name in set(at.good) & set(built.fields) - {*changed, *SET_BY_THE_PAGE}:
        if name in built.errors:
            wrong.append(f"{name} is refused, and was good")
    return told, wrong


def _can_be_stored(value) -> bool:
    if isinstance(value, list):
        return all(map(_can_be_stored, value))
    if not isinstance(value, str):
        return True
    return "\x00" not in value and not any(0xD800 <= ord(letter) <= 0xDFFF for letter in value)
