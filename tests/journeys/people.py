"""Who walks through the clinic: a patient, a colleague of the clinic, somebody at a specialist's office."""

from django.conf import settings
from django.test import Client

from demo.invented.house import second_factor
from intake import triage
from intake.models import Intake
from intake.questionnaire.actions import save_page
from tests import factories
from tests.intake.patients import ADA
from tests.journeys.screens import Screen

CHECK = "Check your answers"


class Patient(Screen):
    def starts_an_intake(self, **details):
        """From the clinic's first page to the first question."""
        self.opens("/")
        self.follows("Start your intake")
        self.gives_details(**details)
        self.presses("Continue")
        self.says_who("patient")

    def says_who(self, kind):
        """Who is filling the form in, by the value: the words are in the patient's language."""
        self.page.locator(f'input[name="kind"][value="{kind}"]').check()
        self.goes_on()

    def signs_and_sends(self, name="Ada Quill", *, status=200):
        """From the page to check: reads what is to be signed, agrees to everything, signs and sends."""
        self.goes_on()
        for box in ("treatment", "privacy", "intend"):
            self.page.locator(f'input[name="{box}"]').check()
        for choice in ("email", "referral"):
            self.page.locator(f'input[name="{choice}"][value="yes"]').check()
        self.page.locator('input[name="signed_name"]').fill(name)
        self._leads_on(self.page.locator("main button.btn-primary"), status)

    def gives_details(self, **details):
        """The contact page, by the names of its fields: its labels are in the patient's language."""
        for name, words in (ADA | details).items():
            if name != "language":  # the one the page is in is chosen already
                self.page.locator(f'input[name="{name}"]').fill(words)

    def goes_on(self):
        """Presses the main button, whatever the language."""
        self._leads_on(self.page.locator("main button.btn-primary"), 200)

    @property
    def asked(self) -> list[str]:
        """The questions on the page, by their names in the protocol."""
        names = self.page.locator("[id^=div_id_]").evaluate_all("all => all.map((one) => one.id.slice(7))")
        return [name for name in names if name in triage.shipped().questions]

    def answers_page(self, answers: dict):
        """Every question on the page, and those that appear because of the answers."""
        done = set()
        while waiting := [name for name in self.asked if name in answers and name not in done]:
            self._answers(waiting[0], answers[waiting[0]])
            done.add(waiting[0])

    def answers_on(self, answers: dict, *, until=CHECK):
        """Page after page, saving each, until the heading is `until` or the question `until` is asked."""
        for _page in range(60):
            if self.heading == until or until in self.asked:
                return
            self.answers_page(answers)
            self.presses("Save and continue")
        raise AssertionError(f"{until} never came; this is {self.heading}")

    def has_answered(self, answers: dict, *, until: str = ""):
        """Saves the pages before the question `until` (all unless said) without showing them, and opens the next.

        For journeys about what comes after; the pages on the way are walked in `test_whole_way.py`.
        """
        while page := triage.next_page(
            triage.shipped(), (intake := _of_this_browser()).answers, seen=intake.pages_done
        ):
            if until in page.questions:
                number = triage.pages(triage.shipped()).index(page) + 1
                return self.opens(f"/intake/page/{number}/")
            given = {name: answers.get(name) for name in page.questions}
            save_page(intake, page.id, given, version=intake.version)
        assert not until, f"{until} never came"
        return self.opens("/intake/check/")

    def changes(self, question: str, **answers):
        """From the page to check: back to one question, and to the page to check again."""
        closed = self.page.locator("details.answered:not([open]) > summary")
        while closed.count():
            closed.first.click()
        self._leads_on(self.page.get_by_role("link", name=question).first, 200)
        self.answers_page(answers)
        self.presses("Save and continue")

    def _answers(self, name, value):
        boxes = self.page.locator(f'[name="{name}"]')
        if boxes.first.get_attribute("type") not in ("radio", "checkbox"):
            boxes.fill(str(value))
            boxes.blur()
            return self.waits()
        for option in value if isinstance(value, list) else [value]:
            box = self.page.locator(f'[name="{name}"][value="{str(option).lower()}"]')
            part = self.page.locator("details:not([open])", has=box)
            if part.count():
                part.locator("summary").click()
            if not box.is_checked():
                box.check()
            self.waits()


def _of_this_browser() -> Intake:
    """The form that was begun last."""
    return Intake.objects.latest("pk")


class Colleague(Screen):
    def signs_in(self, user):
        """With the password, then the digits their phone shows now."""
        self.opens("/account/login/")
        self.fills_in(Email=user.email, Password=factories.PASSWORD)
        self.presses("Sign in")
        self.fills_in(Code=second_factor(user))
        self.presses("Sign in")

    def is_signed_in(self, user):
        """Past both steps already, and where they lead; for journeys about what comes after.

        The door itself is walked in `test_therapist.py`, `test_two_people.py` and by keys alone in `test_sign_off.py`.
        """
        browser = Client()
        browser.force_login(user)
        cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.home}])
        self.opens("/account/login/")


class Office(Screen):
    def opens_referral(self, link, *, person, code):
        """From the mail: the link, then who they are and the code that was read out to them."""
        self.opens(link)
        self.fills_in(Your_name_and_role=person, Code=code)
        self.presses("Open the referral")
