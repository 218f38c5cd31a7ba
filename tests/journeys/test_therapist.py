"""A therapist at work: the queue comes to them, the case says why, and nobody lowers an emergency alone."""

import time

import pytest

from intake.models import Case
from tests import factories
from tests.journeys.words import label, text

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def emergency(phone, location):
    """A patient says on the first page that she is newly numb between the legs. Gives the moment she pressed."""

    def happens() -> float:
        ada = phone()
        ada.starts_an_intake()
        ada.ticks(label("emergency_now", "saddle_numb"))
        pressed = time.monotonic()
        ada.presses("Save and continue")
        return pressed

    return happens


@pytest.fixture
def heel_pain(location):
    """Ben's case, which waits already."""
    return factories.case(of=factories.patient(at=location, first_name="Ben", last_name="Quill"))


def first_row(screen):
    return screen.page.locator("#queue tbody tr").first


def test_an_emergency_comes_to_the_open_queue_and_is_seen_through(computer, emergency, mail, maya, heel_pain):
    at_desk = computer()
    at_desk.signs_in(maya)
    assert at_desk.heading == "Queue"
    at_desk.sees("Ben Quill")

    answered = emergency()
    at_desk.page.locator("#queue tbody tr", has_text="Ada Quill").wait_for(timeout=10_000)
    assert time.monotonic() - answered < 10
    row = first_row(at_desk).inner_text()
    assert "Ada Quill" in row
    assert "Emergency" in row
    assert mail(maya.email)["Subject"]
    at_desk.looks()

    at_desk.follows("Ada Quill")
    at_desk.unfolds("Why, source")
    flag = at_desk.page.get_by_role("article", name="Cauda equina syndrome").inner_text()
    for words in (text("emergency_now"), label("emergency_now", "saddle_numb"), "Source: ", "cauda_equina"):
        assert words in flag
    at_desk.sees("Sample protocol, not clinically approved")

    at_desk.presses("I have this case")
    at_desk.sees("You have this case", "Call the patient first")
    at_desk.chooses("Spoke with the patient", of="What came of the call")
    at_desk.ticks("Safety advice was given")
    at_desk.fills_in(What_was_said="Her husband drives her to the emergency room.")
    at_desk.presses("Record the call")
    at_desk.ticks("Agree: Emergency, Emergency department")
    at_desk.presses("Decide")
    at_desk.sees("Decided", "Maya Ortiz, PT, DPT", "No visit is booked until the patient is cleared")
    case = Case.objects.get(patient__first_name="Ada")
    assert (case.status, case.decided_by) == ("decided", maya)


def test_lowering_an_emergency_waits_for_a_second_therapist(computer, emergency, post_office, maya, daniel):
    emergency()
    first = computer()
    first.signs_in(maya)
    first.follows("Ada Quill")
    first.presses("I have this case")
    first.chooses("Spoke with the patient", of="What came of the call")
    first.presses("Record the call")

    first.ticks("Decide otherwise")
    first.chooses("Soon", of="Urgency")
    first.presses("Decide", status=422)
    first.sees_errors("Choose a reason")
    first.chooses("Known and already assessed by a clinician", of="Why you decide otherwise")
    first.fills_in(In_your_words="Numb since a spinal tap in 2016, unchanged.")
    first.presses("Decide")
    first.sees("A second person must look", "Until then it stays an emergency")
    assert Case.objects.get().status == "second_look"

    second = computer()
    second.signs_in(daniel)
    assert "Needs a second person" in first_row(second).inner_text()
    second.follows("Ada Quill")
    second.ticks("Yes, I agree")
    second.fills_in(In_your_words="Read the letter of 2016.")
    second.presses("Save my second look")
    second.sees("Decided", "Daniel Brandt")

    first.opens(f"/cases/{Case.objects.get().public_id}/")
    first.sees("Decided", "Read the letter of 2016.")
    assert Case.objects.get().tier.word == "soon"
