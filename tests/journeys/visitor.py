"""A patient who is brought to a page in a given state without the walk there, and what must be true of it."""

from dataclasses import replace
from datetime import timedelta

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from clinic.links.actions import address_of, make_link
from clinic.links.models import MOST_WRONG_TRIES, Link
from clinic.staff.models import Location, User
from intake import triage
from intake.door import draft, status_cookie
from intake.door.form_links import link_to
from intake.door.status_links import link_to_status
from intake.guide.forms import SoFar
from intake.models import Case, Intake, Respondent, Urgency
from intake.signing.texts import row_of, text_in
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.guide.test_guide import walks

NARROW = {"width": 320, "height": 700}
SCHEMES = ("light", "dark")
ALL_DAY, FAR_DAY = ["00:00", "23:59"], ["09:00", "17:00"]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAIN = "main form button.btn-primary"
SMALL = """() => [...document.querySelectorAll("main button, main a.btn, main summary, main .form-check-label")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44 && !one.closest("svg"))
  .map((one) => `${one.textContent.trim().slice(0, 40)}: ${Math.round(one.getBoundingClientRect().height)} px`)"""


def looks_well(screen, *, status=200):
    """In the light and in the dark, both by axe and by size.

    The dark changes colours and nothing else, and a language changes no colour: those are looked at once.
    """
    english = screen.language == "en"
    screen.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    screen.looks(status, but=() if english else ("color-contrast",))
    if english:
        screen.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        screen.looks(status, colours_only=True)
    assert screen.page.locator("html").get_attribute("lang") == screen.language
    assert screen.page.evaluate(SMALL) == [], f"too small to hit at {screen.page.url}"


def carries(screen, response):
    """This browser has the cookies of `response`, and its language."""
    cookies = {name: morsel.value for name, morsel in response.cookies.items()} | {"django_language": screen.language}
    screen.page.context.add_cookies(
        [{"name": name, "value": value, "url": screen.home} for name, value in cookies.items()]
    )


def has_open(screen, intake, *, sent_here=True):
    """This browser has passed the second factor of this form; if its answers are sent, they were sent from here."""
    link_to(intake)
    opened = draft.remember(RequestFactory().get("/"), HttpResponse(), intake)
    if intake.submitted_at and sent_here:
        asked = RequestFactory().get("/")
        asked.COOKIES = {name: morsel.value for name, morsel in opened.cookies.items()}
        link_to_status(intake.patient)  # made as the answers are sent
        opened = draft.has_sent(asked, opened, intake)
    carries(screen, opened)


class Visitor:
    """One person with a phone 320 pixels wide. Steps return the visitor, so that several read as a sentence."""

    def __init__(self, screen, language, settings):
        self.screen, self.page, self.settings = screen, screen.page, settings
        screen.language = language
        self.intake = self.patient = self.case = None
        self.gets = 200

    @property
    def location(self):
        """The one of the clinic; there is none before somebody needs it."""
        return Location.objects.order_by("pk").first() or self._opens_a_clinic()

    def _opens_a_clinic(self):
        place = factories.location("Riverside")
        factories.staff("Maya Ortiz", at=[place], credentials="PT, DPT")
        return place

    @property
    def therapist(self):
        assert self.location
        return User.objects.first()

    def begins_anew(self):
        """Nothing is open on this phone, and the clinic is open all day."""
        self.page.goto("about:blank")  # a page that is left sends what was typed, with the cookies it has
        self.settings.PATIENT_IDLE_MINUTES = 20
        self.page.context.clear_cookies()
        carries(self.screen, HttpResponse())
        self.screen.complaints.clear()
        self.intake = self.patient = self.case = None
        self.gets = 200
        Location.objects.update(hours={day: ALL_DAY for day in DAYS})
        User.objects.update(is_active=True)
        return self

    # The clinic ------------------------------------------------------------------------------------------------------

    def with_a_clinic(self, *more):
        """`more`: names of further locations."""
        assert self.location
        for name in more:
            factories.location(name).staff.add(self.therapist)
        return self

    def while_closed(self):
        """It opens in three days."""
        today = timezone.now().astimezone(self.location.zone).weekday()
        Location.objects.update(hours={DAYS[(today + 3) % 7]: FAR_DAY})
        return self

    # Who they are and what they did ----------------------------------------------------------------------------------

    def is_somebody(self, **details):
        self.patient = factories.patient(at=self.location, language=self.screen.language, **details)
        return self

    def fills_in(self, answers=HEEL_PAIN, *, kind="", **fields):
        """A form is open here, with these answers saved. `kind`: who answers, if it is not the patient."""
        if self.patient is None:
            self.is_somebody()
        done = {page.id: 1 for page in triage.pages(triage.shipped())}
        fields = {"version": 1, "pages_done": done, **fields}
        self.intake = factories.intake(of=self.patient, answers=answers, **fields)
        if kind:
            authority = {"guardian": "parent", "representative": "power_of_attorney"}.get(kind, "")
            Respondent.objects.filter(intake=self.intake).update(kind=kind, name="Rosa Quill", authority=authority)
        has_open(self.screen, self.intake)
        return self

    def said_nothing_of_who(self):
        Respondent.objects.filter(intake=self.intake).delete()
        return self

    def is_in_danger(self, **then):
        """The rules have looked at the answers. `then`: answers changed since."""
        factories.danger_in(self.intake)
        if then:
            self.intake.answers = self.intake.answers | then
            self.intake.save(update_fields=["answers"])
            factories.danger_in(self.intake)
            Intake.objects.filter(pk=self.intake.pk).update(urgency=Urgency.EMERGENCY)
        return self

    def sent(self, answers=HEEL_PAIN, **fields):
        """The answers were sent from this phone; a case waits."""
        if self.patient is None:
            self.is_somebody()
        self.case = factories.case(of=self.patient, answers=answers)
        self.intake = self.case.intake
        if fields:
            Intake.objects.filter(pk=self.intake.pk).update(**fields)
        has_open(self.screen, self.intake)
        return self

    def signed_before(self, *older):
        """An earlier form is signed. `older`: documents signed under an earlier version than today's."""
        earlier = factories.intake(of=self.patient, submitted=True)
        for document in older:
            text = replace(text_in("en", document), version="2020-1")
            factories.consent(earlier, document, text=row_of(text))
        return self

    def opened_it_later(self):
        """This phone has the form open only since it was sent."""
        has_open(self.screen, self.intake, sent_here=False)
        return self

    def has_tried(self, times):
        """That often with a wrong date of birth."""
        Link.objects.filter(subject_id=self.intake.public_id).update(wrong_tries=times)
        return self

    def whose_case(self, **fields):
        Case.objects.filter(pk=self.case.pk).update(**fields)
        return self

    def whose_case_is_taken(self, **fields):
        now = timezone.now()
        held = {"acknowledged_by": self.therapist, "acknowledged_at": now, "held_until": now + timedelta(days=1)}
        return self.whose_case(**held, status="in_review", **fields)

    def asked_for_a_visit(self, **fields):
        fields = {"days": ["mon", "thu"], "times": ["morning"], "reason": "new", **fields}
        fields |= {"patient": self.patient, "intake": self.intake, "location": self.location}
        self.patient.appointment_requests.create(answer_by=timezone.now() + timedelta(days=1), **fields)
        return self

    def got_a_visit(self):
        return self.asked_for_a_visit(
            state="booked", starts_at=timezone.now() + timedelta(days=3), answered_by=self.therapist
        )

    def added_files(self, *names, **fields):
        for number, name in enumerate(names):
            factories.patient_file(self.intake, f"%PDF-1.7 {number}".encode(), name=name, **fields)
        return self

    def does(self, action):
        """Whatever else is true of them: `action` is called with the visitor."""
        action(self)
        return self

    # Coming to a page ------------------------------------------------------------------------------------------------

    def opens(self, place, *args, query=""):
        """An address, or the name of one."""
        self.page.goto(self.screen.home + (place if "/" in place else reverse(place, args=args)) + query)
        return self

    def opens_questions(self, page_id, query=""):
        numbers = {page.id: number for number, page in enumerate(triage.pages(triage.shipped()), start=1)}
        return self.opens("intake_page", numbers[page_id], query=query)

    def has_status_open(self):
        """Past the link and the date of birth."""
        request = RequestFactory().get("/")
        link = link_to_status(self.patient)
        carries(self.screen, status_cookie.open_status(request, HttpResponse(), self.patient, link))
        return self

    def opens_status(self, place="status", query=""):
        return self.has_status_open().opens(place, query=query)

    def opens_link(self, purpose, *, tries_left=MOST_WRONG_TRIES):
        subject = self.intake if purpose == Link.Purpose.INTAKE else self.patient
        link = make_link(purpose, subject.public_id, expires_at=timezone.now() + timedelta(days=14))
        Link.objects.filter(pk=link.pk).update(wrong_tries=MOST_WRONG_TRIES - tries_left)
        self.page.context.clear_cookies()
        carries(self.screen, HttpResponse())
        return self.opens(address_of(link).removeprefix(self.screen.home))

    def is_shown(self, template):
        """A page for when something is wrong, as it would come in answer to any address."""
        request = RequestFactory().get("/")
        with translation.override(self.screen.language):
            body = render_to_string(template, request=request)
        self.page.route("**/wrong/", lambda route: route.fulfill(status=int(template[:3]), body=body))
        self.opens("/wrong/")
        self.page.unroute("**/wrong/")
        return self

    def guide(self, *areas, **told):
        """The end of the pain guide for somebody who answers like this."""
        given = walks(areas, told)
        return self.guide_at(SoFar(areas, [tuple(given)], given))

    def guide_at(self, so_far):
        self.with_a_clinic().opens("guide")
        self.page.locator('[name="so_far"]').evaluate("(field, text) => { field.value = text }", so_far.text())
        return self.presses()

    # What they do there ----------------------------------------------------------------------------------------------

    def chooses(self, **options):
        for name, value in options.items():
            self.page.locator(f'[name="{name}"][value="{value}"]').check()
        self.screen.waits()
        return self

    def types(self, **words):
        for name, value in words.items():
            self.page.locator(f'main [name="{name.replace("__", "-")}"]').fill(value)
        return self

    def born(self, year="1979", prefix=""):
        parts = {"month": "2", "day": "29", "year": year}
        return self.types(**{f"{prefix}date_of_birth_{part}": value for part, value in parts.items()})

    def presses(self, button=MAIN):
        """A button that leads to another page."""
        with self.page.expect_navigation():
            self.page.locator(button).first.click()
        return self

    def is_refused(self, button=MAIN):
        return self.presses(button).and_gets(422)

    def and_gets(self, status):
        """The page that is there now came with this status; it is 200 unless said."""
        self.gets = status
        return self

    def ticks(self, *boxes):
        for name in boxes:
            self.page.locator(f'[name="{name}"]').check()
        return self

    def signs(self):
        self.ticks("treatment", "privacy", "intend").chooses(email="no", referral="no")
        return self.types(signed_name=self.patient.full_name)

    def sends_a_file(self):
        """As without scripts: the answer is a page of its own."""
        chosen = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
        self.page.locator("input[type=file]").set_input_files(chosen)
        with self.page.expect_navigation():
            self.page.locator("form[data-upload]").evaluate("(form) => form.submit()")
        return self

    def is_warned(self):
        """Nobody touched the page for so long that it asks."""
        self.page.get_by_role("dialog").wait_for()
        return self

    def unfolds(self, what):
        self.page.locator(what).first.click()
        self.screen.waits()
        return self

    def is_idle_after(self, minutes):
        """Below nothing: every open form has been idle for longer."""
        self.settings.PATIENT_IDLE_MINUTES = minutes
        return self
