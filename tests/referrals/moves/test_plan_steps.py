"""What a patient's plan wants first holds up the sending, until somebody settles it by name."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from intake.models import Urgency
from referrals import moves as actions
from referrals.models import PlanStep, Referral
from tests import factories
from tests.referrals.moves.test_undelivered import step_of

HMO = "Harbor HMO"


@pytest.fixture
def neurologist(db):
    return factories.specialist(
        name="Miriam Katz", practice="Ashport Neurology", referral_plans=[HMO], authorization_plans=["harbor hmo"]
    )


@pytest.fixture
def draft(draft):
    draft.patient.insurance_plan = HMO
    draft.patient.save()
    return draft


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


def settle(referral, what, how="there", words="A-123", *, by, **more):
    return actions.settle_plan_step(referral, what=what, how=how, words=words, by=by, **more)


def test_it_is_asked_for_with_a_day_when_the_office_is_chosen(chosen):
    steps = PlanStep.objects.filter(referral=chosen)
    assert {(step.what, step.plan, step.how) for step in steps} == {
        ("referral", HMO, ""),
        ("authorization", "harbor hmo", ""),
    }
    assert all(step.due_at > timezone.now() for step in steps)


@pytest.mark.parametrize("channel", Referral.Channel)
def test_nothing_goes_out_before_it_is_settled(chosen, priya, settings, channel):
    settings.FAX_URL = "https://faxes.example.org/faxes"
    with pytest.raises(actions.PlanAsksFirst) as asked:
        actions.send(chosen, by=priya, channel=channel)
    assert "a referral by the primary care provider and an authorization by the plan" in asked.value.words
    settle(chosen, "referral", words="Dr. Lund, by fax today", by=priya)
    with pytest.raises(actions.PlanAsksFirst) as asked:
        actions.send(chosen, by=priya, channel=channel)
    assert "asks first for an authorization by the plan." in asked.value.words
    chosen.refresh_from_db()
    assert chosen.status == "draft"
    settled = settle(chosen, "authorization", by=priya)
    assert settled.authorization_number == "A-123", "it goes into the letter"
    assert actions.send(settled, by=priya, channel=channel).status == "sent"


def test_sent_without_it_is_on_record_by_name_with_why(chosen, priya):
    for what in PlanStep.What:
        settle(chosen, what, "without", "The plan answered that none is needed", by=priya)
    sent = actions.send(Referral.objects.get(pk=chosen.pk), by=priya)
    assert sent.authorization_number == ""
    assert {(step.how, step.settled_by) for step in sent.plan_steps.all()} == {("without", priya)}
    notes = [move.note for move in sent.moves.filter(what="note")]
    assert len(notes) == 2
    assert all("goes out without: The plan answered that none is needed" in note for note in notes)


@pytest.mark.parametrize(
    ("plan", "asks"),
    [
        (HMO, True),
        ("HARBOR  HMO", True),
        ("Harbor PPO", True),  # looks like it: somebody asks the plan, and says what it said
        ("Summit PPO", False),
        ("self-pay", False),
        ("", False),
    ],
)
def test_which_plans_are_asked_about(draft, neurologist, priya, plan, asks):
    draft.patient.insurance_plan = plan
    draft.patient.save()
    chosen = actions.choose(draft, neurologist, choice="suggested", because="near", by=priya)
    assert bool(actions.open_plan_steps(chosen)) is asks


def test_an_emergency_waits_for_no_plan(chosen, priya):
    Referral.objects.filter(pk=chosen.pk).update(urgency=Urgency.EMERGENCY)
    assert actions.send(Referral.objects.get(pk=chosen.pk), by=priya).status == "sent"


def test_a_number_in_the_letter_is_the_authorization(chosen, priya):
    chosen = actions.prepare_letter(chosen, authorization_number="A-9", by=priya)
    assert [step.what for step in actions.open_plan_steps(chosen)] == ["referral"]


def test_a_listing_that_asks_only_since_it_was_chosen_holds_it_up_too(draft, priya):
    office = factories.specialist()
    chosen = actions.choose(draft, office, choice="suggested", because="near", by=priya)
    actions.prepare_letter(chosen, consent="agreed", by=priya)
    type(office).objects.filter(pk=office.pk).update(referral_plans=[HMO])
    fresh = Referral.objects.get(pk=chosen.pk)
    with pytest.raises(actions.PlanAsksFirst):
        actions.send(fresh, by=priya)
    settle(fresh, "referral", by=priya)
    assert actions.send(Referral.objects.get(pk=chosen.pk), by=priya).status == "sent"


def test_the_next_office_asks_anew(chosen, neurologist, priya):
    for what in PlanStep.What:
        settle(chosen, what, by=priya)
    sent = actions.send(Referral.objects.get(pk=chosen.pk), by=priya)
    actions.office_decline(sent, reason="not_in_time", office="Ellen Park")
    again = actions.redirect(sent, by=priya)
    other = factories.specialist(referral_plans=[HMO])
    again = actions.choose(again, other, choice="suggested", because="near", by=priya)
    assert [step.what for step in actions.open_plan_steps(again)] == ["referral"]
    again = actions.choose(again, neurologist, choice="patient", because="asked for", by=priya)
    assert len(actions.open_plan_steps(again)) == 2, "the same office in another round, too"


def test_what_one_office_was_allowed_and_the_patient_agreed_to_is_not_for_the_next(chosen, neurologist, desk, priya):
    """The letter to the second office carried the number of the first."""
    actions.prepare_letter(chosen, patient_told="A nerve test at Dr. Katz.", by=priya)
    for what in PlanStep.What:
        settle(chosen, what, words="A-77", by=priya)
    other = factories.specialist(name="Second Office", authorization_plans=[HMO])
    changed = actions.choose(chosen, other, choice="patient", because="asked for", by=priya)
    assert (changed.consent, changed.patient_told, changed.authorization_number) == ("", "", "")
    assert [step.what for step in actions.open_plan_steps(changed)] == ["authorization"]
    letter = desk.get(reverse("letter_parts", args=[chosen.public_id])).text
    assert "Ask again. For the office before: A-77" in letter
    assert "Ask again. For the office before: A nerve test at Dr. Katz." in letter
    actions.prepare_letter(changed, consent="agreed", by=priya)
    with pytest.raises(actions.PlanAsksFirst):
        actions.send(changed, by=priya)
    back = actions.choose(changed, neurologist, choice="suggested", because="near after all", by=priya)
    assert (back.consent, back.authorization_number) == ("", "A-77"), "its own number is on record"
    assert actions.open_plan_steps(back) == []


def test_the_same_office_chosen_again_keeps_what_was_said_for_it(chosen, neurologist, priya):
    for what in PlanStep.What:
        settle(chosen, what, words="A-77", by=priya)
    again = actions.choose(chosen, neurologist, choice="patient", because="asked for", by=priya)
    assert (again.consent, again.authorization_number) == ("agreed", "A-77")


# While it waits for coverage ------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(chosen, priya):
    until = timezone.now() + timedelta(days=3)
    return actions.wait_for(chosen, what="coverage", until=until, words="Asked the plan.", by=priya)


def test_what_the_plan_asks_for_is_the_first_thing_to_press(waiting, priya):
    assert [(one.name, one.main) for one in step_of(waiting).buttons][:2] == [("plan", True), ("came", False)]
    for what in PlanStep.What:
        settle(waiting, what, by=priya)
    until = timezone.now() + timedelta(days=3)
    again = actions.wait_for(waiting, what="coverage", until=until, by=priya)
    assert "plan" not in [one.name for one in step_of(again).buttons], "there is nothing to say any more"


def test_the_last_one_settled_ends_the_wait(waiting, desk, priya):
    first = settle(waiting, "referral", words="Dr. Lund, by fax", by=priya)
    assert first.waits_for == "coverage"
    said = {"do": "plan", "saw": actions.newest_line(first), "what": "authorization", "how": "there", "words": "A-77"}
    for _pressed_twice in range(2):
        assert desk.post(reverse("move_referral", args=[waiting.public_id]), said).status_code == 302
    ended = Referral.objects.get()
    assert (ended.waits_for, ended.next_check_at < waiting.next_check_at) == ("", True)
    assert [line.what for line in ended.moves.order_by("pk")][-3:] == ["note", "note", "came"]
    assert ended.moves.last().note.startswith("Coverage or an authorization. An authorization by the plan (harbor hmo)")
    assert actions.send(ended, by=priya).status == "sent"


def test_a_wait_for_something_else_goes_on(chosen, priya):
    until = timezone.now() + timedelta(days=3)
    actions.wait_for(chosen, what="data", until=until, by=priya)
    for what in PlanStep.What:
        settle(chosen, what, by=priya)
    assert Referral.objects.get().waits_for == "data"


@pytest.mark.parametrize("waits", [False, True])
def test_the_card_says_by_when_each_is_due_and_that_it_is_late(chosen, desk, priya, waits):
    if waits:
        actions.wait_for(chosen, what="coverage", until=timezone.now() + timedelta(days=3), by=priya)
    PlanStep.objects.filter(what="authorization").update(due_at=timezone.now() - timedelta(hours=30))
    text = desk.get(reverse("referral", args=[chosen.public_id])).text
    card = " ".join(text[text.index('aria-labelledby="next"') :].partition("</section>")[0].split())
    assert f"A referral by the primary care provider (<bdi>{HMO}</bdi>), due by" in card
    assert "An authorization by the plan (<bdi>harbor hmo</bdi>), due by" in card
    assert card.count("Overdue by 30 h") == 1


def test_who_may_not_carry_settles_nothing_and_nobody_settles_twice(chosen, priya):
    nobody = factories.staff("Una Ulm", "front_desk")
    nobody.is_active = False
    with pytest.raises(PermissionDenied):
        settle(chosen, "referral", by=nobody)
    saw = actions.newest_line(chosen)
    settle(chosen, "referral", by=priya, saw=saw)
    with pytest.raises(actions.ReferralChanged):
        settle(chosen, "authorization", by=priya, saw=saw)
    with pytest.raises(actions.NotYet):
        settle(chosen, "referral", by=priya)
    with pytest.raises(actions.NotYet):
        settle(chosen, "authorization", words="  ", by=priya)


def test_the_database_refuses_one_settled_by_nobody(chosen):
    with transaction.atomic(), pytest.raises(IntegrityError):
        PlanStep.objects.filter(referral=chosen).update(how="there", words="A-1", settled_at=timezone.now())


# On its pages ---------------------------------------------------------------------------------------------------------


def test_the_desk_is_led_through_it(chosen, desk, priya):
    page, move = reverse("referral", args=[chosen.public_id]), reverse("move_referral", args=[chosen.public_id])
    assert "Get what the plan asks for first" in desk.get(page).text
    assert f"{move}?do=plan" in desk.get(reverse("send_referral", args=[chosen.public_id])).text
    form = desk.get(f"{move}?do=plan")
    assert "asks for a referral by the primary care provider" in form.text
    assert "Due by" in form.text
    said = {"do": "plan", "saw": actions.newest_line(chosen), "what": "referral", "how": "there", "words": ""}
    refused = desk.post(move, said)
    assert refused.status_code == 422
    assert "Write the number, or who gave it" in refused.text
    assert desk.post(move, said | {"words": "Dr. Lund, today"}).status_code == 302
    said |= {"saw": actions.newest_line(chosen), "what": "authorization"}
    long = desk.post(move, said | {"words": "A" * 41})
    assert "Write the number alone" in long.text
    assert "A" * 41 in long.text, "nothing typed is lost"
    assert desk.post(move, said | {"words": "A-77"}).status_code == 302
    shown = desk.get(page).text
    assert "Send the letter" in shown
    assert "Dr. Lund, today" in shown


def test_sent_twice_it_is_kept_once(chosen, desk):
    move = reverse("move_referral", args=[chosen.public_id])
    said = {"do": "plan", "saw": actions.newest_line(chosen), "what": "referral", "how": "there", "words": "Dr. Lund"}
    for _time in range(2):
        assert desk.post(move, said).status_code == 302
    assert chosen.moves.filter(what="note").count() == 1
    assert desk.post(move, said | {"what": "authorization"}).status_code == 409, "another step with the same words"
