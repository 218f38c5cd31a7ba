"""Each emergency rule, at the page where it comes true: the advice at once, and a case although the form is left there.

The answers before that page are those of a written case; the patient comes back to them by their link, as on a phone
that was put aside.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override

from clinic.links.actions import address_of, make_link
from clinic.links.models import Link
from intake import triage
from intake.models import Case, Respondent, Urgency
from tests import factories
from tests.journeys.words import advice
from tests.protocol.cases import ARMS, BY_ID, FLOORS, answers_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

RULES = [rule.id for rule in triage.shipped().rules.values() if rule.tier == Urgency.EMERGENCY]
SELF_HARM = "self_harm_plan"


def flags(answers) -> set[str]:
    protocol = triage.shipped()
    return {rule.id for rule in triage.screen(protocol, triage.validate_answers(protocol, answers)).flags}


def danger(rule) -> tuple[dict, triage.Page]:
    """Written answers under which `rule` fires, and the page whose answers make it true."""
    protocol = triage.shipped()
    written = [*BY_ID.values(), *(answers_of(protocol, arm) for arm in ARMS + FLOORS)]
    answers = next(answers for answers in written if rule in flags(answers))
    before = {}
    for page in triage.pages(protocol):
        before |= {name: answers[name] for name in page.questions if name in answers}
        if rule in flags(before):
            return answers, page
    raise AssertionError(f"{rule} fires on no page")


def half_done(rule, location, language):
    """An intake answered up to the page of `rule`, and the answers of that page."""
    protocol = triage.shipped()
    answers, page = danger(rule)
    pages = list(triage.pages(protocol))
    earlier = [one for one in pages[: pages.index(page)] if any(name in answers for name in one.questions)]
    given = {name: answers[name] for one in earlier for name in one.questions if name in answers}
    begun = factories.intake(
        at=location,
        answers=given,
        pages_done={one.id: 1 for one in earlier},
        version=1,
        urgency=Urgency.ROUTINE,
        language=language,
    )
    Respondent.objects.get_or_create(intake=begun, defaults={"kind": Respondent.Kind.PATIENT})
    return begun, pages.index(page) + 1, {name: answers[name] for name in page.questions if name in answers}


def comes_back(screen, intake):
    """By the link in the mail and the date of birth."""
    link = make_link(Link.Purpose.INTAKE, intake.public_id, expires_at=timezone.now() + timedelta(days=1))
    screen.page.goto(address_of(link))
    born = intake.patient.date_of_birth
    for part in ("month", "day", "year"):
        screen.page.locator(f'[name="date_of_birth_{part}"]').fill(str(getattr(born, part)))
    presses_main(screen)


def presses_main(screen):
    with screen.page.expect_navigation():
        screen.page.locator("main button.btn-primary").click()


@pytest.mark.parametrize(("language", "scripts"), [("es", True), ("en", False)], ids=["es", "en without scripts"])
def test_the_page_of_each_emergency_rule_leads_to_the_advice_and_leaving_there_leaves_a_case(
    phone, location, maya, language, scripts
):
    patient = phone(scripts=scripts, locale={"en": "en-US", "es": "es-US"}[language])
    for rule in RULES:
        intake, number, last = half_done(rule, location, language)
        comes_back(patient, intake)
        patient.page.goto(f"{patient.home}/intake/page/{number}/")
        answers_what_is_asked(patient, last)
        for _again in range(3):  # without scripts a follow-up question comes with the next page
            presses_main(patient)
            if "/emergency/" in patient.page.url:
                break
            answers_what_is_asked(patient, last)

        assert patient.page.url.endswith("/intake/emergency/"), f"{rule}: {patient.page.url}"
        patient.looks()
        assert patient.page.locator("html").get_attribute("lang") == language
        with override(language):
            patient.sees(gettext("Nobody is reading this form right now"), gettext("Because you told us"))
            act = gettext("Call or text 988 now, or call 911") if rule == SELF_HARM else advice(language)
            assert patient.heading == act, rule
        case = Case.objects.get(intake=intake)
        assert case.urgency == Urgency.EMERGENCY
        assert rule in [flag["rule"] for flag in case.flags]
        intake.refresh_from_db()
        assert intake.submitted_at is None
        patient.page.context.clear_cookies()  # left there: the next patient begins afresh
    patient.came_to.clear()  # the pages before the advice are read in the other journeys


def answers_what_is_asked(patient, last):
    patient.answers_page({name: value for name, value in last.items() if name in patient.asked})
