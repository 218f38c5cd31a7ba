"""A foot drop that Maya decided on: the referral to a neurologist that Priya carries."""

import pytest

from referrals import moves as actions
from tests import factories
from tests.answers import FOOT_DROP

OFFICE = "Ellen Park, RN"


@pytest.fixture
def neurologist(db):
    return factories.specialist(name="Miriam Katz", practice="Ashport Neurology", email="desk@ashportneuro.example")


@pytest.fixture
def decision(maya, priya, location):
    patient = factories.patient(
        at=location, first_name="Graciela", last_name="Monteverde", insurance_plan="Northern Mutual PPO"
    )
    case = factories.case(of=patient, answers=FOOT_DROP, acknowledged_by=maya)
    return factories.decision(
        on=case, by=maya, specialist="neurologist", reason="examined", words="Toe lift 3 of 5 on the right."
    )


@pytest.fixture
def draft(decision, maya):
    return actions.refer(decision, by=maya)


@pytest.fixture
def chosen(draft, neurologist, priya):
    actions.choose(draft, neurologist, choice="suggested", because="sees new patients", by=priya)
    return actions.prepare_letter(draft, consent="agreed", by=priya)


@pytest.fixture
def sent(chosen, priya):
    return actions.send(chosen, by=priya)


@pytest.fixture
def accepted(sent):
    return actions.office_accept(sent, office=OFFICE)


@pytest.fixture
def page(decision):
    """`page()` is what Graciela reads on her status page now."""
    from tests.referrals.status_page import Page

    return lambda: Page(decision.case.patient)
