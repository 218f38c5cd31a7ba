"""What stands on one screen: whoever works down fifty rows or decides a case sees it all without scrolling."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messages.models import SweepBeat
from clinic.staff.models import Role
from intake.models import Case, Urgency
from intake.paper import actions as paper
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_cases import answered
from tests.journeys.people import Colleague
from tests.journeys.screens import TOO_WIDE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MANY = 50
LONG = {"first_name": "Maximiliane-Alexandrina", "last_name": "Featherstonehaugh-Wollstonecraft y Montenegro"}
WHOLE_ROWS = """() => [...document.querySelectorAll("tbody tr")]
  .filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"""
LOWEST = """(places) => Math.max(...places.flatMap((place) => [...document.querySelectorAll(place)])
  .map((one) => one.getBoundingClientRect().bottom))"""
ON_A_PHONE = {"/queue/": 3, "/referrals/": 2, "/directory/": 3, "/messages/?show=waiting": 4}  # whole rows at least
LISTS = (
    "/queue/",
    "/referrals/",
    "/directory/",
    "/messages/?show=waiting",
    "/requests/",
    "/promises/",
    "/on-watch/",
    "/paper/",
    "/today/",
)
CUT_OFF = """() => [...document.querySelectorAll(".table-scroll, .worklist :is(th, td)")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).clipPath === "none")
  .map((one) => one.innerText)"""
SCROLLERS = """() => [...document.querySelectorAll("main *")]
  .filter((one) => /auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight + 1)
  .map((one) => one.outerHTML.slice(0, 80))"""


@pytest.fixture
def well(db):
    """A worker swept just now, so that no band says otherwise."""
    now = timezone.now()
    SweepBeat.objects.update_or_create(id=1, defaults={"at": now, "worker_at": now})


@pytest.fixture
def full_lists(location, maya, priya, well):
    """Fifty of everything a worklist shows, one with the longest name anybody has."""
    podiatrist = factories.specialist()
    proposed = factories.case(at=location, answers=SADDLE_NUMBNESS, acknowledged_by=maya)
    late = {"acknowledge_by": timezone.now() - timedelta(minutes=102), "decide_by": timezone.now()}
    Case.objects.filter(pk=proposed.pk).update(status="second_look", held_until=None, **late)
    for number in range(MANY):
        names = LONG if number == 3 else {"first_name": "Ada", "last_name": f"Quill {number}"}
        case = factories.case(of=factories.patient(at=location, email=f"p{number}@example.org", **names))
        if number >= MANY // 2:
            continue
        factories.referral(after=factories.decision(on=case, by=maya), owner=priya, to=podiatrist)
        factories.specialist(name=f"Grant Olsen {number}")
        factories.message(at=location, recipient=f"p{number}@example.org")


def test_twelve_rows_of_every_list_stand_on_a_laptops_screen(computer, full_lists, maya):
    """On a phone the first ones: what narrows the list is folded above it, and opens without a script."""
    screen = computer()
    screen.is_signed_in(maya)
    for address, at_once in ON_A_PHONE.items():
        screen.opens(address)
        screen.looks()
        assert screen.page.evaluate(WHOLE_ROWS) >= 12, address
        screen.page.set_viewport_size({"width": 390, "height": 844})
        assert not screen.page.evaluate(TOO_WIDE), address
        assert screen.page.evaluate(WHOLE_ROWS) >= at_once, f"{address} begins too low on a phone, or its rows are high"
        screen.looks()
        select = screen.page.locator(".filters select").first
        assert not select.is_visible()
        screen.page.locator("summary", has_text="Filter").click()
        assert select.is_visible()
        screen.page.set_viewport_size({"width": 1280, "height": 800})
    screen.page.set_viewport_size({"width": 640, "height": 400})  # the same window at 200 %
    for address in ("/queue/", "/referrals/"):
        screen.opens(address)
        assert not screen.page.evaluate(TOO_WIDE), address


@pytest.fixture
def long_names(location, maya, priya):
    """One row in each worklist, everything in it as long as it gets; the case is urgent and late."""
    location.name = "Riverside and Penobscot Landing"
    location.save()
    person = factories.patient(at=location, email=f"{LONG['first_name']}@patients.example".lower(), **LONG)
    late = factories.case(of=person, answers=TEMPLE_HEADACHE)
    Case.objects.filter(pk=late.pk).update(acknowledge_by=timezone.now() - timedelta(hours=23, minutes=59))
    office = factories.specialist(name=" ".join(LONG.values()), practice="Penobscot Spine, Sports and Orthopedics")
    decided = factories.decision(on=factories.case(of=person, answers=TEMPLE_HEADACHE), by=maya)
    owner = factories.staff("Maximiliane Featherstonehaugh-Wollstonecraft", Role.FRONT_DESK, at=[location])
    yesterday = timezone.now() - timedelta(days=1)
    factories.referral(after=decided, owner=owner, to=office, status="scheduled", next_check_at=yesterday)
    factories.appointment_request(at=location, of=person, reason="again", answer_by=yesterday)
    factories.message(at=location, recipient=person.email)
    paper.put_on_paper(factories.intake(of=person), by=priya)
    return owner


def test_no_list_is_cut_off_on_a_tablet(computer, long_names, maya, ruth):
    """What decides is in sight however long the names are: beside it, or folded under it, and nothing to the right."""
    for person, addresses in ((maya, LISTS), (ruth, ("/staff/", "/scorecard/"))):
        screen = computer(viewport={"width": 768, "height": 1024})
        screen.is_signed_in(person)
        for address in addresses:
            screen.page.goto(screen.home + address)
            screen.looks(colours_only=True)
            for width in (768, 641, 1000):
                screen.page.set_viewport_size({"width": width, "height": 1024})
                assert screen.page.locator("tbody tr").count(), address
                assert screen.page.evaluate(CUT_OFF) == [], f"{address} at {width}"
            if address == "/referrals/":
                row = screen.page.locator("tbody tr")
                assert row.locator(".chip").is_visible()
                assert row.get_by_text(long_names.name).is_visible()


@pytest.mark.parametrize(
    "answers",
    [HEEL_PAIN, FOOT_DROP, TEMPLE_HEADACHE, SADDLE_NUMBNESS],
    ids=["routine", "soon", "urgent", "emergency"],
)
def test_a_case_is_decided_on_one_screen(computer, location, maya, answers):
    """The story, each flag, what not to do and the button: nothing decisive is below, and nothing scrolls inside."""
    case = factories.case(at=location, answers=answers, acknowledged_by=maya)
    screen = computer()
    screen.is_signed_in(maya)
    screen.opens(case.get_absolute_url())
    decisive = [".story", ".flag-head", ".holds h2", "#decision .btn-primary, #call-first"]
    assert screen.page.locator(".story").is_visible()
    assert screen.page.locator(".flag").count() == len(Case.objects.get().flags) <= 3
    assert screen.page.evaluate(LOWEST, decisive) <= 800
    assert screen.page.evaluate(SCROLLERS) == []
    screen.looks()


SCREENS = {"laptop": (1280, 720, 2), "tablet": (768, 1024, 2), "phone": (360, 780, 4)}
HEIGHT = "document.documentElement.scrollHeight"
CLIPPED = """() => [...document.querySelectorAll(".story dd")]
  .filter((one) => one.scrollHeight > one.clientHeight + 1).map((one) => one.innerText)"""


@pytest.fixture
def unfinished(location, well):
    """Ada says on the first page that she cannot feel where she sits, and leaves the form: it is not finished."""
    patient = factories.patient(at=location, address="12 Mill Street, Ashport", insurance_plan="Harbor Health PPO")
    told = {"age": 44, "emergency_now": ["saddle_numb"]}
    return answered(factories.intake(of=patient), told, now=timezone.now())


@pytest.mark.parametrize("size", SCREENS)
def test_an_unfinished_emergency_form_is_read_on_two_screens(computer, unfinished, maya, size):
    """Whom to call, what fired, what to ask first and the decision, with all that stands on the page."""
    width, height, screens = SCREENS[size]
    screen = computer(viewport={"width": width, "height": height})
    screen.is_signed_in(maya)
    screen.opens(unfinished.get_absolute_url())
    assert screen.page.evaluate(HEIGHT) <= screens * height


def test_what_is_late_takes_one_line_and_the_story_is_not_cut(computer, location, maya, daniel):
    """Three sorts of late cases stand in the band; a long story is told to its end."""
    for answers in (FOOT_DROP, TEMPLE_HEADACHE, SADDLE_NUMBNESS):
        case = factories.case(at=location, answers=answers)
    past = timezone.now() - timedelta(days=3)
    Case.objects.update(acknowledge_by=past, decide_by=past)
    Case.objects.filter(urgency=Urgency.SOON).update(status="second_look", acknowledged_by=daniel, acknowledged_at=past)
    screen = computer()
    screen.is_signed_in(maya)
    screen.opens(case.get_absolute_url())
    band = screen.page.get_by_role("region", name="Past their time")
    assert "1 emergency case past its time since" in band.inner_text()
    assert "1 urgent late · 1 second look waiting" in " ".join(band.inner_text().split())
    assert band.bounding_box()["height"] <= 30
    assert screen.page.evaluate(CLIPPED) == []


def test_on_a_phone_the_story_comes_before_the_flags(window, location, maya):
    case = factories.case(at=location, answers=TEMPLE_HEADACHE, acknowledged_by=maya)
    screen = window(Colleague, {"width": 390, "height": 844})
    screen.is_signed_in(maya)
    screen.opens(case.get_absolute_url())
    story, flag = (screen.page.locator(one).first.bounding_box()["y"] for one in (".case-story", ".flag"))
    assert story < flag < 844, "both begin on the first screen"


def test_a_form_of_one_question_stands_beside_whom_to_call(computer, location, maya, priya):
    decided = factories.decision(on=factories.case(at=location, answers=FOOT_DROP), by=maya)
    referral = factories.referral(after=decided, owner=priya, to=factories.specialist(), status="sent")
    screen = computer()
    screen.is_signed_in(priya)
    screen.opens(f"/referrals/{referral.public_id}/move/?do=note")
    beside = screen.page.get_by_role("complementary", name="Whom it is about")
    assert beside.bounding_box()["x"] > 600
    assert beside.bounding_box()["y"] < 300
    assert referral.specialist.phone in beside.inner_text()
    assert "What happened" in beside.inner_text()
