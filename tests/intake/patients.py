"""A patient with a phone, for tests of the patient's pages. They see what the pages say and press what is there."""

import re
from html import unescape
from html.parser import HTMLParser

from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.links.actions import address_of
from clinic.staff.models import Location
from intake import triage
from intake.door import form_links
from intake.models import Case, Intake
from intake.questionnaire.forms import as_sent
from tests.answers import HEEL_PAIN
from tests.source import one_line

ADA = {
    "first_name": "Ada",
    "last_name": "Quill",
    "date_of_birth_month": "3",
    "date_of_birth_day": "31",
    "date_of_birth_year": "1982",
    "phone": "207 555 0111",
    "email": "ada@patients.example",
    "language": "en",
}


class _Filled(HTMLParser):
    """Reads the fields of the form that the language switch belongs to."""

    def __init__(self):
        super().__init__()
        self.found, self.inside, self.area = {}, False, ""

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("id") == "answers"
        elif self.inside and tag == "input" and attrs.get("name"):
            if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
                self.found.setdefault(attrs["name"], []).append(attrs.get("value", ""))
        elif self.inside and tag == "textarea":
            self.area = attrs["name"]

    def handle_data(self, data):
        if self.area:
            self.found.setdefault(self.area, []).append(data.removeprefix("\n"))

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = ""
        elif tag == "form":
            self.inside = False


class Phone:
    """One window. `page` is the last response; `text` what a reader sees of it. `beside`: a window of the same
    browser."""

    def __init__(self, beside: "Phone | None" = None):
        self.client = beside.client if beside else Client()
        self.page = None

    # What they see ------------------------------------------------------------------------------------------------

    @property
    def html(self) -> str:
        return one_line(self.page.content.decode())

    @property
    def text(self) -> str:
        visible = re.sub(r"(?s)<(head|script|style)\b.*?</\1>", " ", self.html)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", visible)).split())

    @property
    def heading(self) -> str:
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.search(r"(?s)<h1\b.*?</h1>", self.html)[0])).split())

    def hidden(self, name) -> str:
        return unescape(re.search(rf'name="{name}"\s+value="([^"]*)"', self.html)[1])

    @property
    def asks(self) -> list[str]:
        """Ids of the questions on the page."""
        return re.findall(r'id="div_id_(\w+)"', self.html)

    @property
    def errors(self) -> str:
        found = re.search(r'(?s)id="error-summary".*?</ul>', self.html)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""

    @property
    def filled(self) -> dict[str, list[str]]:
        """What stands in the form of the page now, as the browser would send it."""
        reader = _Filled()
        reader.feed(self.page.content.decode())
        return reader.found

    # What they do -------------------------------------------------------------------------------------------------

    def opens(self, address, *args):
        address = address if address.startswith("/") else reverse(address, args=args)
        self.page = self.client.get(address, follow=True)
        return self

    def sends(self, address, data=None, *, follow=True):
        self.page = self.client.post(address, data or {}, follow=follow)
        return self

    def starts(self, **details):
        """Fills in the contact page and answers as the patient; the first question follows when nothing is wrong."""
        self.gives_details(**details)
        return self.says_who() if self.page.wsgi_request.path == reverse("intake_who") else self

    def gives_details(self, **details):
        self.opens("intake_start")
        first = Location.objects.order_by(
            "pk"
        ).first()  # the one every test has; others are asked about when they treat
        chosen = {"location": first.slug} if 'name="location"' in self.html else {}
        return self.sends(reverse("intake_start"), ADA | chosen | {"ticket": self.hidden("ticket")} | details)

    def says_who(self, kind="patient", **more):
        """Who is filling the form in, from the page that asks."""
        return self.sends(reverse("intake_who"), {"kind": kind} | more)

    def switches_to(self, language, **typed):
        """Presses the language switch in the head of the page, after typing into its form where it has one."""
        if switch := re.search(r'<button form="answers" name="([\w-]+)"', self.html):
            action = re.search(r'<form id="answers"[^>]* action="([^"]+)"', self.html)
            here = action[1] if action else self.page.wsgi_request.get_full_path()
            return Phone.sends(self, here, self.filled | typed | {switch[1]: language})
        whose = {"whose": self.hidden("whose")} if 'name="whose"' in self.html else {}
        return Phone.sends(self, reverse("set_language"), {"language": language, "next": self.hidden("next")} | whose)

    def opens_page(self, page_id):
        return self.opens(page_address(page_id))

    def answers(self, page_id, *, follow=True, more=None, **answers):
        """Opens a page, fills in the questions given (follow-ups as they appear) and presses the button.

        What else stands on it keeps its answer, or gets that of plain heel pain.
        """
        self.opens_page(page_id)
        on_it = HEEL_PAIN | self.intake.answers
        rest = {name: on_it[name] for name in self.asks if name in on_it and name not in (more or {})}
        return self.presses_save(page_id, follow=follow, more=more, **rest | answers)

    def presses_save(self, page_id, *, follow=True, more=None, **answers):
        """Sends the page that is open, as it is on the screen."""
        sent = {"version": self.hidden("version"), "whose": self.hidden("whose"), "shown": list(answers)} | (more or {})
        for question, value in answers.items():
            sent |= as_sent(triage.shipped().questions[question], value)
        return self.sends(page_address(page_id), sent, follow=follow)

    def is_of_age(self, age):
        """The form tells this age; links go on asking for the date of birth that was given."""
        intake = self.intake
        Intake.objects.filter(pk=intake.pk).update(answers=intake.answers | {"age": age})
        return self

    def answers_everything(self, answers):
        """Page after page until the page to check, reading past an emergency page.

        Each page is sent as the browser sends it; that every page also shows is for `tests/journeys/test_every_page`.
        """
        if "age" in answers and answers["age"] != self.intake.answers.get("age"):
            self.is_of_age(answers["age"])
        self.opens("intake_check")
        if first := self.next_page():
            whose = self.opens_page(first.id).hidden("whose")
        while page := self.next_page():
            self.sends_page(page, answers, whose)
        return self.opens("intake_check")

    def has_answered(self, answers):
        """As `answers_everything`, but what stands between the first page and the last is saved in one write."""
        return self.has_answered_all_but_the_last(answers).answers_everything(answers)

    def has_answered_all_but_the_last(self, answers):
        if "age" in answers and answers["age"] != self.intake.answers.get("age"):
            self.is_of_age(answers["age"])
        protocol, first = triage.shipped(), self.next_page()
        self.sends_page(first, answers, self.opens_page(first.id).hidden("whose"))
        intake = self.intake
        given = intake.answers | answers
        asked = set(triage.visible_questions(protocol, given))
        *pages, last = (page for page in triage.pages(protocol) if asked.intersection(page.questions))
        done = {page.id: intake.version for page in pages}
        answered = {name: value for name, value in given.items() if name not in last.questions}
        Intake.objects.filter(pk=intake.pk).update(answers=answered, pages_done=done)
        return self

    def sends_page(self, page, answers, whose):
        """Sends one page without looking at the next; emergency advice is read."""
        sent = {"version": self.intake.version, "whose": whose, "shown": list(page.questions)}
        for question in page.questions:
            sent |= as_sent(triage.shipped().questions[question], answers.get(question))
        self.sends(page_address(page.id), sent, follow=False)
        assert self.page.status_code == 302, self.text
        if self.page.url == reverse("intake_emergency"):
            self.reads_the_advice()

    def answers_up_to(self, page_id, answers):
        """Page after page, that one the last."""
        while page := self.next_page():
            self.answers_of(page, answers)
            if page.id == page_id:
                break
        return self

    def answers_of(self, page, answers):
        return self.answers(
            page.id, **{name: answers[name] for name in page.questions if name in answers} or {"goal": None}
        )

    def next_page(self):
        return triage.next_page(triage.shipped(), self.intake.answers, seen=self.intake.pages_seen)

    def reads_the_advice(self):
        return self.sends(reverse("intake_emergency"))

    def submits(self, **more):
        """From the page to check to the end: reads what is to be signed, agrees to everything and signs."""
        self.comes_to_sign()
        signature = self.signature if self.page.wsgi_request.GET else {}
        return self.sends(reverse("intake_submit"), {"version": self.hidden("version")} | signature | more)

    def comes_to_sign(self):
        self.opens("intake_check")
        if 'method="get"' in self.html:
            self.opens(f"{reverse('intake_submit')}?version={self.hidden('version')}")
        return self

    @property
    def signature(self) -> dict:
        """The page to sign, filled in by somebody who agrees to everything."""
        if 'name="shown"' not in self.html:
            return {}
        name = self.intake.respondent.name if self.intake.respondent.acts_for_patient else self.intake.patient.full_name
        agreed = {"treatment": "on", "privacy": "on", "email": "yes", "referral": "yes"}
        return agreed | {"signed_name": name, "intend": "on", "shown": self.hidden("shown")}

    # What is true of them --------------------------------------------------------------------------------------------

    @property
    def intake(self) -> Intake:
        return Intake.objects.latest("pk")

    @property
    def case(self) -> Case | None:
        return Case.objects.filter(intake=self.intake).first()


def opens_form(intake) -> Phone:
    """A phone with this form open, by its link and the date of birth."""
    born = intake.patient.date_of_birth
    address = address_of(form_links.link_to(intake)).removeprefix(settings.SITE_URL)
    return Phone().sends(address, {f"date_of_birth_{part}": getattr(born, part) for part in ("month", "day", "year")})


def page_address(page_id) -> str:
    pages = [page.id for page in triage.pages(triage.shipped())]
    return reverse("intake_page", args=[pages.index(page_id) + 1])
