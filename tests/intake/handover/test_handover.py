"""Open cases before somebody is away: one step gives them to a colleague, who hears of it; emergencies stay raised."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.staff.models import Role
from intake.handover.actions import hand_over
from intake.handover.untouched import handed_to, raise_untaken
from intake.models import Case, CaseEvent
from intake.review import actions as cases
from intake.review.second_look import refuse_second
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.review.test_cases import agree, reached, told_of
from tests.source import one_line

pytestmark = pytest.mark.django_db
Kind, Status = CaseEvent.Kind, Case.Status


@pytest.fixture
def foot(location, maya) -> Case:
    return factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya)


@pytest.fixture
def emergency(location, maya) -> Case:
    return factories.case(at=location, answers=SADDLE_NUMBNESS, acknowledged_by=maya)


def given(*some, of, to, by=None, **more):
    return hand_over([case.public_id for case in some], of=of, to={some[0].location_id: to}, by=by or of, **more)


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_colleague_has_it_from_now_on_by_the_same_clocks_and_it_is_on_record(foot, maya, daniel):
    given(foot, of=maya, to=daniel, words="Away until Monday.")
    after = again(foot)
    assert (after.status, after.acknowledged_by) == (Status.IN_REVIEW, daniel)
    assert (after.decide_by, after.acknowledged_at) == (foot.decide_by, foot.acknowledged_at)
    event = after.events.last()
    assert (event.kind, event.by) == (Kind.HANDED_OVER, maya)
    assert event.words == "From Maya Ortiz to Daniel Brandt. Away until Monday."


def test_an_emergency_is_nobodys_until_it_is_taken_and_everybody_hears(emergency, maya, daniel, post_office):
    done = given(emergency, of=maya, to=daniel)
    after = again(emergency)
    assert (done.given, len(done.raised)) == ([], 1)
    assert (after.status, after.acknowledged_by) == (Status.WAITING, None)
    assert [event.kind for event in after.events.all()] == [Kind.HANDED_OVER, Kind.HANDED_BACK]
    assert {maya.email, daniel.email} <= told_of(after)
    sweep()
    assert daniel.email in post_office.recipients
    assert not Message.objects.filter(kind="cases_handed_over").exists()
    cases.acknowledge(after, by=daniel)
    assert again(emergency).acknowledged_by == daniel


def test_a_second_look_refused_after_it_was_handed_over_is_raised_until_somebody_takes_it(
    emergency, location, maya, daniel
):
    noa = factories.staff("Noa Beck", at=[location])
    reached(emergency, maya, now=timezone.now())
    decision = agree(emergency, maya, tier=1, reason="examined", words="Full feeling.", specialist="neurologist")
    given(emergency, of=maya, to=noa)
    assert again(emergency).status == Status.SECOND_LOOK
    refuse_second(decision, version=again(emergency).version, words="No.", by=daniel)
    assert again(emergency).acknowledged_by == noa
    assert raise_untaken() == 1
    assert again(emergency).status == Status.WAITING
    assert again(emergency).events.last().words == "It was handed to Noa Beck, who has not taken it yet."


def test_an_emergency_its_new_holder_works_on_is_left_with_them(emergency, maya, daniel):
    given(emergency, of=maya, to=daniel)
    cases.acknowledge(again(emergency), by=daniel)
    assert raise_untaken() == 0


def test_one_mail_says_how_many_and_names_nobody(foot, location, maya, daniel, post_office):
    other = factories.case(at=location, answers=HEEL_PAIN, acknowledged_by=maya)
    given(foot, other, of=maya, to=daniel)
    sweep()
    [mail] = post_office.mails
    assert (mail["To"], mail["Subject"]) == (daniel.email, "2 cases were handed over to you")
    assert "Quill" not in mail.as_string()


def test_where_the_mail_does_not_arrive_anybody_may_take_it(foot, maya, daniel):
    given(foot, of=maya, to=daniel)
    Message.objects.filter(kind="cases_handed_over").update(attempts=11, doubts=2)
    sweep()
    assert Message.objects.get(kind="cases_handed_over").status == Message.Status.FAILED
    after = again(foot)
    assert (after.status, after.events.last().kind) == (Status.WAITING, Kind.HANDED_BACK)
    assert told_of(after) == {maya.email, daniel.email}


def test_the_new_holder_reads_of_it_in_the_queue_until_they_act(foot, maya, daniel, sign_in):
    browser, words = sign_in(daniel), "1 case was handed over to you"
    assert words not in one_line(browser.get(reverse("queue")).content.decode()).replace("<b>", "")
    given(foot, of=maya, to=daniel)
    assert words in one_line(browser.get(reverse("queue")).content.decode()).replace("<b>", "")
    page = one_line(browser.get(reverse("handover")).content.decode())
    assert "Handed over to you" in page
    assert foot.patient.full_name in page
    cases.record_contact(again(foot), by=daniel, outcome="no_answer", safety_advice_given=False, words="")
    assert not handed_to(daniel).exists()
    assert words not in one_line(browser.get(reverse("queue")).content.decode()).replace("<b>", "")


def test_what_moved_on_meanwhile_is_left_alone(foot, maya, daniel):
    cases.hand_back(foot, by=maya)
    assert given(foot, of=maya, to=daniel).moved_on == [foot]
    assert again(foot).status == Status.WAITING


@pytest.mark.parametrize("other", [True, False], ids=["and another one", "and nothing else"])
@pytest.mark.parametrize("by", ["herself", "a manager"])
def test_a_page_that_is_behind_hands_over_no_colleagues_case_and_names_it(
    foot, emergency, location, maya, daniel, ruth, sign_in, by, other
):
    """Daniel took it over, perhaps for good reason, while the page was open."""
    una = factories.staff("Una Ulm", at=[location])
    cases.take_over(foot, of=maya.public_id, words="Her patient of old.", by=daniel)
    if not other:
        cases.hand_back(emergency, by=maya)
    browser = sign_in(maya if by == "herself" else ruth)
    address = reverse("handover") + ("" if by == "herself" else f"?of={maya.public_id}")
    sent = {"cases": [str(case.public_id) for case in (foot, emergency)], f"to_{location.pk}": str(una.public_id)}
    page = one_line(browser.post(address, sent, follow=True).text)
    assert again(foot).acknowledged_by == daniel
    assert again(emergency).acknowledged_by is None
    if by == "herself" or other:
        assert "Daniel Brandt has it" in page
        assert (foot.patient.full_name in page) is (by == "herself")
    assert ("raised until somebody takes them by name: 1 case" in page) is other
    assert "Left as they are" not in browser.get(address).text


def test_a_page_that_is_behind_hands_no_colleagues_case_back(foot, maya, daniel, sign_in):
    cases.take_over(foot, of=maya.public_id, words="Her patient of old.", by=daniel)
    answer = sign_in(maya).post(reverse("hand_back", args=[foot.public_id]), follow=True)
    assert "Daniel Brandt has this case by now. Nothing was handed back." in answer.text
    assert (again(foot).status, again(foot).acknowledged_by) == (Status.IN_REVIEW, daniel)


def test_only_the_therapist_or_a_manager_there_and_only_to_who_treats_there(
    foot, location, maya, daniel, olga, priya, ruth
):
    for by, to in ((daniel, daniel), (olga, daniel), (priya, daniel), (maya, olga), (maya, maya), (maya, priya)):
        with pytest.raises(PermissionDenied):
            given(foot, of=maya, to=to, by=by)
    elsewhere = factories.staff("Eve Holm", Role.MANAGER, at=[olga.locations.get()])
    with pytest.raises(PermissionDenied):
        given(foot, of=maya, to=daniel, by=elsewhere)
    given(foot, of=maya, to=daniel, by=ruth)
    assert again(foot).events.last().by == ruth


def test_a_therapist_hands_over_what_is_ticked_and_is_told_what_is_missing(foot, emergency, maya, daniel, sign_in):
    browser, to = sign_in(maya), f"to_{foot.location_id}"
    page = browser.get(reverse("handover")).content.decode()
    assert page.count(" checked") == 2
    both = [str(foot.public_id), str(emergency.public_id)]
    answer = browser.post(reverse("handover"), {"cases": both})
    assert answer.status_code == 422
    assert "Choose who takes the cases of Riverside." in answer.content.decode()
    assert browser.post(reverse("handover"), {to: str(daniel.public_id)}).status_code == 422
    answer = browser.post(reverse("handover"), {"cases": both, to: str(daniel.public_id)}, follow=True)
    page = one_line(answer.content.decode())
    assert "Handed over: 1 case. Who has them now gets a mail." in page
    assert "raised until somebody takes them by name: 1 case" in page
    assert "You have no open case" in page


def test_a_manager_does_it_for_somebody_without_reading_a_name(foot, location, maya, daniel, ruth, sign_in):
    browser, address = sign_in(ruth), reverse("handover")
    assert "Maya Ortiz" in browser.get(address).content.decode()
    page = browser.get(address, {"of": str(maya.public_id)}).content.decode()
    assert "Open cases of Maya Ortiz" in one_line(page)
    assert "Quill" not in page
    assert not AccessLog.objects.filter(user=ruth, patient_id__isnull=False).exists()
    data = {"cases": [str(foot.public_id)], f"to_{location.pk}": str(daniel.public_id)}
    browser.post(f"{address}?of={maya.public_id}", data)
    assert again(foot).acknowledged_by == daniel
    page = browser.get(address, {"of": "nonsense"}).content.decode()
    assert ("Daniel Brandt" in page, "Maya Ortiz" in page) == (True, False), "whoever has open cases"


def test_the_case_says_since_when_its_new_holder_has_it(foot, maya, daniel, sign_in):
    Case.objects.filter(pk=foot.pk).update(acknowledged_at=timezone.now() - timedelta(days=40))
    given(again(foot), of=maya, to=daniel)
    today = timezone.localtime(timezone=foot.location.zone)
    page = one_line(sign_in(daniel).get(foot.get_absolute_url()).content.decode())
    assert f"You have this case</b> since {today:%b} {today.day}," in page
