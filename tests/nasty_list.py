"""Every form a patient meets, by name: how to come to it, what a careful person sends, and what its fields are."""

from datetime import timedelta

from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import make_link, secret_of
from clinic.links.models import Link
from clinic.staff.models import Location
from intake import triage
from intake.door.contact import ContactForm, OpenLinkForm
from intake.door.link_new_form import NewLinkForm
from intake.door.status_cookie import open_status
from intake.door.status_links import link_to_status
from intake.follow_up.forms import FollowUpForm
from intake.guide import guide
from intake.guide.forms import AreasForm, SoFar, StepForm
from intake.models import FollowUp, Intake, Respondent
from intake.questionnaire.forms import PageForm, as_sent
from intake.questionnaire.on_file import say_what_is_worse
from intake.questionnaire.on_file_form import WhereWorseForm
from intake.questionnaire.who_form import WhoForm
from intake.returning.actions import start_again
from intake.signing.forms import SignForm
from intake.versions.arranging import KEPT
from intake.visits.forms import AskForm
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone, opens_form, page_address
from tests.nasty_forms import Answered, NastyForm, Sent

EVERYTHING = HEEL_PAIN | {
    "care_before": "yes",
    "activities_limited": ["walking", "work"],
    "imaging_done": ["mri"],
    "imaging_date": "2026-01-15",
    "specialists_seen": ["none"],
    "surgery_considered": False,
    "treatments_tried": ["none"],
    "goal": "Walk the dog",
    "goal_difficulty": 6,
    "anything_else": "Nothing more",
}


def _hidden_on(phone: Phone, *names) -> Sent:
    return {name: [phone.hidden(name)] for name in names}


MORE = {"location": ["riverside"], "insurance_plan": ["North Plan"]}


def _start(world):
    phone = Phone().opens("intake_start")
    good = {name: [value] for name, value in ADA.items()} | MORE
    return Answered(phone.client, reverse("intake_start"), good | _hidden_on(phone, "ticket"))


def _contact(world):
    ada = world.ada().opens("intake_contact")
    good = {name: [value] for name, value in ADA.items()} | MORE
    return world.opened(ada, reverse("intake_contact"), good | _hidden_on(ada, "whose"))


def _who(world):
    ada = Phone()
    ada.gives_details(location="riverside", date_of_birth_year=str(timezone.localdate().year - 10))
    good = {
        "kind": ["guardian"], "name": ["Ruth Quill"], "relationship": ["mother"], "authority": ["parent"],
        "contact": ["mine"],
    }  # fmt: skip
    return world.opened(ada, reverse("intake_who"), good)


def _page(page_id):
    def opens(world):
        ada = world.ada(EVERYTHING)
        ada.opens_page(page_id)
        page = triage.find_page(triage.shipped(), page_id)
        good = {}
        for name in page.questions:
            if name in EVERYTHING or name in ada.intake.answers:
                good |= as_sent(triage.shipped().questions[name], (ada.intake.answers | EVERYTHING)[name])
        return world.opened(ada, page_address(page_id), good | _hidden_on(ada, "version", "whose"), page=page_id)

    return opens


def _sign(world):
    ada = world.ada(EVERYTHING).comes_to_sign()
    good = {name: [value] for name, value in ada.signature.items()}
    return world.opened(ada, reverse("intake_submit"), good | _hidden_on(ada, "version"))


def _link(world):
    ada = world.ada(EVERYTHING)
    link = make_link(Link.Purpose.INTAKE, ada.intake.public_id, expires_at=timezone.now() + timedelta(days=1))
    good = {f"date_of_birth_{part}": [ADA[f"date_of_birth_{part}"]] for part in ("month", "day", "year")}
    return Answered(Client(), reverse("link", args=[secret_of(link)]), good)


def _contact_form(sent, at):
    return ContactForm(sent, locations=Location.objects.all())


def _who_form(sent, at):
    return WhoForm(sent, intake=Intake.objects.select_related("patient__location").get(pk=at.own))


def _sign_form(sent, at):
    return SignForm(sent, intake=Intake.objects.select_related("patient__location").get(pk=at.own), language="en")


def _page_form(sent, at):
    return PageForm(
        sent, protocol=triage.shipped(), page_id=at.page, saved=EVERYTHING, language="en", version=40,
    )  # fmt: skip


def _questions(name, page_id, **fields):
    return NastyForm(name, _page(page_id), builds=_page_form, **fields)


def _press(route):
    def opens(world):
        ada = world.ada(EVERYTHING)
        return world.opened(ada, reverse(route), {"csrfmiddlewaretoken": ["x"]})

    return opens


def _reveal(world):
    ada = world.ada(EVERYTHING)
    good = {"emergency_now": ["none"], "shown": ["chest_kind"], "version": ["1"]}
    return world.opened(ada, page_address("safety-check") + "reveal/", good, page="safety-check")


def _unsent(world):
    ada = world.ada(EVERYTHING)
    good = {"anything_else": ["Nothing more"], "version": ["1"]}
    return world.opened(ada, page_address("anything-else") + "unsent/", good, page="anything-else")


def _new_link(world):
    world.ada()
    return Answered(Client(), reverse("link_new"), {"email": [ADA["email"]]})


def _files(world):
    return world.opened(world.ada(EVERYTHING), reverse("intake_files"), {"kind": ["report"]})


def _both_answers(world):
    """Ada sends a page that was saved on another device meanwhile, and keeps her own answer."""
    at = _page("anything-else")(world)
    kept = {"version": ["1"], "keep-goal": ["mine"], "goal": ["Run"]}
    return Answered(at.browser, at.address, at.good | kept, at.page, at.own)


def _resume(world):
    ada = world.ada(EVERYTHING)
    born = {f"confirm-date_of_birth_{part}": [ADA[f"date_of_birth_{part}"]] for part in ("month", "day", "year")}
    return world.opened(ada, reverse("intake_resume"), born | {"confirm-to": [reverse("intake_check")]})


# The status page ------------------------------------------------------------------------------------------------------


def _has_status_open(intake):
    browser = Client()
    browser.cookies = open_status(
        RequestFactory().get("/"), HttpResponse(), intake.patient, link_to_status(intake.patient)
    ).cookies
    return browser


def _status_link(world):
    patient = factories.case(at=world.location, answers=EVERYTHING).intake.patient
    year, month, day = str(patient.date_of_birth).split("-")
    born = {"date_of_birth_month": [month], "date_of_birth_day": [day], "date_of_birth_year": [year]}
    return Answered(Client(), reverse("link", args=[secret_of(link_to_status(patient))]), born)


def _status_resume(world):
    intake = factories.case(at=world.location, answers=EVERYTHING).intake
    year, month, day = str(intake.patient.date_of_birth).split("-")
    born = {"date_of_birth_month": [month], "date_of_birth_day": [day], "date_of_birth_year": [year]}
    return Answered(_has_status_open(intake), reverse("status_resume"), born | {"confirm-to": [reverse("status")]})


def _follow_up(world):
    intake = factories.case(at=world.location, answers=EVERYTHING).intake
    FollowUp.objects.create(
        patient=intake.patient, intake=intake, week=2, due_at=timezone.now() - timedelta(hours=1), activity="Walk"
    )
    good = {"change": ["same"], "pain": ["6"], "difficulty": ["4"]}
    return Answered(_has_status_open(intake), reverse("follow_up"), good)


def _follow_up_form(sent, at):
    return FollowUpForm(sent, follow_up=FollowUp(activity="Walk"), language="en")


MAILS = {"wanted": ["visits", "forms"]}
VISIT = {"reason": ["new"], "days": ["any"], "times": ["morning"], "location": ["riverside"], "words": ["Mornings"]}


def _visit(world):
    return world.opened(world.ada(EVERYTHING), reverse("intake_appointment"), VISIT)


def _visit_form(sent, at):
    return AskForm(sent, locations=Location.objects.all())


def _by_status(route, good):
    def opens(world):
        intake = factories.case(at=world.location, answers=EVERYTHING).intake
        return Answered(_has_status_open(intake), reverse(route), good)

    return opens


def _status_press(route):
    return _by_status(route, {"csrfmiddlewaretoken": ["x"]})


def _status_visit(world):
    """Whoever answers for an appointment; none is there by now, so every number is one that is over."""
    case = factories.case(at=world.location, answers=EVERYTHING)
    ines = factories.staff("Ines Roth", at=[world.location])
    referral = factories.referral(after=factories.decision(on=case, by=ines), owner=ines)
    good = {"number": ["1"], "comes": ["1"]}
    return Answered(_has_status_open(case.intake), reverse("status_visit", args=[referral.public_id]), good)


def _worse(world):
    """Ada in the browser that has just sent her answers."""
    ada = world.ada(EVERYTHING)
    ada.submits()
    return world.opened(ada, reverse("intake_worse"), {"csrfmiddlewaretoken": ["x"]})


def _comes_back(route, good, *places):
    """Ada once more, at the page of what is on file of her."""

    def opens(world):
        sent = factories.case(at=world.location, answers=EVERYTHING).intake
        Respondent.objects.get_or_create(intake=sent, defaults={"kind": Respondent.Kind.PATIENT})
        intake = start_again(sent.patient, occasion=Intake.Occasion.WORSE)
        if places:
            say_what_is_worse(intake, places)
        ada = opens_form(intake).opens(route)
        at = world.opened(ada, reverse(route), good | _hidden_on(ada, "whose"))
        at.writes = KEPT
        return at

    return opens


def _where_form(sent, at):
    return WhereWorseForm(sent, intake=Intake.objects.get(pk=at.own), language="en")


# Nobody in particular -------------------------------------------------------------------------------------------------


def _guide_areas(world):
    return Answered(Client(), reverse("guide"), {"areas": ["foot", "neck"], "so_far": [SoFar().text()]})


def _guide_areas_form(sent, at):
    return AreasForm(sent, areas=guide().areas, language="en")


def _guide_step(world):
    so_far = SoFar(("foot",), (("emergency_now",),), {"emergency_now": ["none"]})
    return Answered(Client(), reverse("guide"), {"age": ["45"], "sex_at_birth": ["male"], "so_far": [so_far.text()]})


def _guide_step_form(sent, at):
    return StepForm(
        sent, protocol=triage.shipped(), questions=("age", "sex_at_birth"), language="en", given={}
    )  # fmt: skip


def _language(world):
    return Answered(Client(), reverse("set_language"), {"language": ["es"], "next": [reverse("intake_start")]})


NAME = ("first_name", "last_name", "phone", "email", "insurance_plan")


CONTACT = {"language": "none", "location": "en", "needs_interpreter": "x"}
WHO = {"kind": "female", "authority": "patient", "contact": "guardian"}
SIGNED = {"treatment": "yes", "privacy": "no", "email": "on", "referral": "on", "intend": "yes"}
TESTS = {"imaging_done": "female", "surgery_considered": "yes", "specialists_seen": "mri"}
HOW_IT_GOES = {"change": "none", "pain": "11", "difficulty": "none"}
AREAS, FILE = {"areas": "female"}, {"kind": ["report"]}
STILL_RIGHT = {
    line: ["yes"] for line in ("sex", "conditions", "medicines", "cancer", "contact", "insurance", "language")
}
ASKED = {"reason": "mon", "days": "morning", "times": "mon", "location": "new"}
FORMS = [
    NastyForm("start", _start, NAME, ("date_of_birth",), options=CONTACT, secrets=("ticket",), builds=_contact_form),
    NastyForm("contact", _contact, NAME, ("date_of_birth",), options=CONTACT, secrets=("whose",), builds=_contact_form),
    NastyForm("who", _who, ("name", "relationship"), options=WHO, secrets=("from",), builds=_who_form),
    _questions(
        "check all", "safety-check", options={"emergency_now": "female"}, secrets=("version", "shown", "from", "whose")
    ),
    _questions("one of several", "about-you", options={"sex_at_birth": "heel_left"}),
    _questions("body map", "where-it-hurts", options={"pain_regions": "female"}, secrets=("version",)),
    _questions("scale", "what-it-feels-like", numbers=("pain_worst",), options={"symptom_quality": "heel_left"}),
    _questions("date, yes or no", "daily-life", days=("imaging_date",), options=TESTS, secrets=("version",)),
    _questions("one line", "anything-else", texts=("goal",), numbers=("goal_difficulty",)),
    _questions("many lines", "anything-else", texts=("anything_else",), secrets=("version", "then")),
    NastyForm(
        "reveal",
        _reveal,
        options={"emergency_now": "female", "shown": "none"},
        secrets=("version",),
        mirrors=False,
        builds=_page_form,
    ),
    NastyForm(
        "sign", _sign, ("signed_name",), options=SIGNED, secrets=("version", "shown", "asked_about"), builds=_sign_form
    ),
    NastyForm("left on a page", _unsent, ("anything_else",), secrets=("version", "discard"), mirrors=False),
    NastyForm("new link", _new_link, ("email",), builds=lambda sent, at: NewLinkForm(sent)),
    NastyForm("files", _files, options={"kind": "female"}, secrets=("files",)),
    NastyForm("files, by the status page", _by_status("status_files", FILE), options={"kind": "female"}),
    NastyForm("link", _link, days=("date_of_birth",), builds=lambda sent, at: OpenLinkForm(sent)),
    NastyForm("how it goes", _follow_up, options=HOW_IT_GOES, builds=_follow_up_form),
    NastyForm("both answers", _both_answers, ("goal",), options={"keep-goal": "theirs"}, secrets=("version",)),
    NastyForm(
        "idle",
        _resume,
        days=("confirm-date_of_birth",),
        secrets=("confirm-to",),
        builds=lambda sent, at: OpenLinkForm(sent, prefix="confirm"),
    ),
    NastyForm("status link", _status_link, days=("date_of_birth",), builds=lambda sent, at: OpenLinkForm(sent)),
    NastyForm(
        "idle status page",
        _status_resume,
        days=("date_of_birth",),
        secrets=("confirm-to", "confirm-whose"),
        builds=lambda sent, at: OpenLinkForm(sent),
    ),
    NastyForm("visit", _visit, ("words",), options=ASKED, builds=_visit_form),
    NastyForm(
        "visit, by the status page",
        _by_status("status_appointment", VISIT),
        ("words",),
        options=ASKED,
        builds=_visit_form,
    ),
    NastyForm("which reminders", _by_status("status_mails", MAILS), options={"wanted": "female"}),
    NastyForm("comes or not", _status_visit, ("comes",), secrets=("number",), mirrors=False),
    NastyForm("guide, where", _guide_areas, options=AREAS, secrets=("so_far",), builds=_guide_areas_form),
    NastyForm(
        "guide, a step",
        _guide_step,
        numbers=("age",),
        options={"sex_at_birth": "foot"},
        secrets=("so_far",),
        builds=_guide_step_form,
    ),
    NastyForm("got worse", _worse, secrets=("csrfmiddlewaretoken",), mirrors=False),
    NastyForm(
        "where it is worse",
        _comes_back("intake_where_worse", {"places": ["heel_right"]}),
        options={"places": "knee_left"},
        secrets=("whose",),
        builds=_where_form,
    ),
    NastyForm(
        "still right",
        _comes_back("intake_on_file", STILL_RIGHT, "heel_right"),
        options={"medicines": "heel_right", "contact": "other"},
        secrets=("whose",),
    ),
    NastyForm("language", _language, ("next",), options={"language": "new"}, mirrors=False),
    *(
        NastyForm(route, press(route), secrets=("csrfmiddlewaretoken",), mirrors=False)
        for press, routes in (
            (_press, ("intake_emergency", "intake_leave", "intake_stay")),
            (_status_press, ("again", "status_worse", "status_go_on", "status_stay", "status_leave")),
        )
        for route in routes
    ),
]
