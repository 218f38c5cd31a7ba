"""Somebody leaves: cases and referrals go to colleagues in one step with the account, or nothing is changed at all."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.messages.models import Message
from clinic.staff.models import User
from intake.models import Case
from referrals.leaving.actions import let_go
from referrals.models import Cover
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS

pytestmark = pytest.mark.django_db


@pytest.fixture
def carried(location, maya, daniel):
    """Daniel has two cases, an emergency, and a referral."""
    cases = [
        factories.case(at=location, answers=answers, acknowledged_by=daniel)
        for answers in (FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS)
    ]
    decision = factories.decision(on=factories.case(at=location, answers=HEEL_PAIN), by=maya)
    return [*cases, factories.referral(after=decision, owner=daniel)]


def sends(ruth, person, sign_in, **chosen):
    return sign_in(ruth).post(reverse("leave", args=[person.public_id]), chosen, follow=True)


def test_what_they_carry_moves_and_they_are_out(carried, location, maya, daniel, priya, ruth, sign_in):
    foot, heel, emergency, referral = carried
    theirs = sign_in(daniel)
    page = sends(
        ruth,
        daniel,
        sign_in,
        **{f"cases_{location.pk}": maya.public_id, f"referrals_{location.pk}": priya.public_id},
    )
    assert "Daniel Brandt has left: the account is closed. Handed over: 2 cases and 1 referral." in page.text
    assert "Emergencies, raised until somebody takes them by name: 1" in page.text
    for row in carried:
        row.refresh_from_db()
    assert (foot.acknowledged_by, heel.acknowledged_by, referral.owner) == (maya, maya, priya)
    assert emergency.status == Case.Status.WAITING
    assert not User.objects.get(pk=daniel.pk).is_active
    assert theirs.get(reverse("queue")).status_code == 302
    kinds = set(Message.objects.values_list("kind", "key"))
    told = {kind for kind, key in kinds if key.endswith(f":{maya.pk}") or key.endswith(f":{priya.pk}")}
    assert {"cases_handed_over"} <= told
    assert any(kind.startswith("referral") for kind in told)


def test_the_page_names_no_patient(carried, daniel, ruth, sign_in):
    page = sign_in(ruth).get(reverse("leave", args=[daniel.public_id])).text
    assert "3 open cases" in page
    assert "Quill" not in page


def test_nothing_is_handed_over_when_the_account_may_not_be_closed(location, maya, ruth, sign_in):
    """Maya is the last therapist: refused whole, with what to do first."""
    decision = factories.decision(on=factories.case(at=location, answers=HEEL_PAIN), by=maya)
    referral = factories.referral(after=decision, owner=maya)
    page = sends(ruth, maya, sign_in, **{f"referrals_{location.pk}": ruth.public_id})
    assert "Nothing was changed. Riverside would have no therapist" in page.text
    referral.refresh_from_db()
    assert referral.owner == maya
    assert User.objects.get(pk=maya.pk).is_active


def test_a_colleague_has_to_be_chosen_for_each(carried, location, maya, daniel, ruth, sign_in):
    page = sends(ruth, daniel, sign_in, **{f"cases_{location.pk}": maya.public_id})
    assert page.status_code == 422
    assert "Choose a colleague." in page.text
    assert User.objects.get(pk=daniel.pk).is_active


def test_where_nobody_else_treats_the_cases_wait_for_anybody(location, other_location, maya, olga, ruth, sign_in):
    location.fallback = other_location
    location.save()
    factories.case(at=location, answers=HEEL_PAIN, acknowledged_by=maya)
    page = sends(ruth, maya, sign_in)
    assert "Waits for anybody, because nobody else may take it there: 1." in page.text


def test_whom_they_covered_is_named_to_the_manager(location, maya, daniel, priya, ruth):
    now = timezone.now()
    Cover.objects.create(
        away=priya, covered_by=daniel, starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=5), made_by=ruth
    )
    done = let_go(daniel, cases_to={}, referrals_to={}, by=ruth)
    assert done.uncovered == (priya,)
    assert not Cover.objects.at(timezone.now()).exists()


def test_nobody_lets_themselves_go_nor_somebody_elsewhere(ruth, olga, sign_in):
    assert sign_in(ruth).get(reverse("leave", args=[olga.public_id])).status_code == 404
    page = sends(ruth, ruth, sign_in)
    assert "ask another manager" in page.text
    assert User.objects.get(pk=ruth.pk).is_active
