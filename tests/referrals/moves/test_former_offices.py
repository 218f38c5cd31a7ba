"""An office whose referral goes elsewhere hears that it need not expect the patient, unless it has said no itself."""

import pytest
import time_machine

from clinic.messages.models import Message
from referrals import moves as actions
from referrals.models import OfficeToTell, Referral
from referrals.moves import offices
from tests import factories
from tests.referrals.moves.test_undelivered import the_post_goes
from tests.referrals.told.house import NOON, OFFICE


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=True) as clock:
        yield clock


def leaves(referral, priya, *, way):
    """Take it away from its office: after it has declined, did not answer, or nobody came."""
    if way in ("not_taking", "no_answer"):
        referral = actions.office_decline(referral, reason=way, office=OFFICE)
    else:
        Referral.objects.filter(pk=referral.pk).update(status="no_show")
    return actions.redirect(Referral.objects.get(), by=priya)


@pytest.mark.parametrize(("way", "hears"), [("not_taking", False), ("no_answer", True), ("nobody came", True)])
def test_a_former_office_hears_by_mail_unless_it_said_no_itself(accepted, priya, post_office, way, hears):
    the_post_goes()
    office = accepted.specialist
    leaves(accepted, priya, way=way)
    the_post_goes()
    told = Message.objects.filter(kind="referral_withdrawn")
    assert [(one.recipient, one.status) for one in told] == ([(office.email, "sent")] if hears else [])
    assert not OfficeToTell.objects.exists()


@pytest.mark.parametrize(("way", "hears"), [("not_taking", False), ("no_answer", True), ("nobody came", True)])
def test_one_that_has_it_on_paper_is_told_by_somebody(accepted, priya, way, hears):
    Referral.objects.update(channel="fax")
    leaves(Referral.objects.get(), priya, way=way)
    assert [row.specialist for row in OfficeToTell.objects.waiting()] == ([accepted.specialist] if hears else [])


def test_one_whose_mail_is_refused_is_told_by_somebody_while_the_next_is_chosen(accepted, priya, post_office):
    the_post_goes()
    office = accepted.specialist
    leaves(accepted, priya, way="nobody came")
    post_office.refuse[office.email] = "550 no such person"
    the_post_goes()
    waits = OfficeToTell.objects.waiting().get()
    assert (waits.specialist, waits.what, waits.referral.status) == (office, "withdrawn", "draft")


def test_one_that_gets_it_again_is_not_told_to_expect_nobody(accepted, priya, post_office):
    the_post_goes()
    office = accepted.specialist
    again = leaves(accepted, priya, way="nobody came")
    actions.choose(again, office, choice="other", because="the patient asks for it", by=priya)
    actions.prepare_letter(again, consent="agreed", by=priya)
    actions.send(again, by=priya)
    the_post_goes()
    assert Message.objects.get(kind="referral_withdrawn").status == "skipped"


@pytest.mark.parametrize("what_next", [actions.redirect, actions.withdraw, actions.back_to_therapist])
def test_one_that_never_answered_hears_whatever_comes_next(accepted, priya, what_next):
    """The desk gave up on it; it may keep a day all the same."""
    referral = actions.office_decline(accepted, reason="no_answer", by=priya)
    more = {actions.withdraw: {"reason": "not_needed"}, actions.back_to_therapist: {"words": "Nobody answers."}}
    Message.objects.filter(kind="referral_sent").update(status="sent", settled_at=NOON)
    what_next(referral, by=priya, **more.get(what_next, {}))
    assert Message.objects.filter(kind="referral_withdrawn").count() == 1


def test_what_it_had_asked_is_not_answered_to_the_next(accepted, priya, post_office):
    """The next office read that its question was answered, and counted as one that has heard before any mail went."""
    asked = actions.office_ask(accepted, words="Since when?", office=OFFICE)
    actions.answer_question(asked, words="Since May.", by=priya)
    the_post_goes()
    referral = leaves(Referral.objects.get(), priya, way="not_taking")
    other = factories.specialist(email="front@casco-nerve.example")
    actions.choose(referral, other, choice="other", because="near", by=priya)
    actions.prepare_letter(referral, consent="agreed", by=priya)
    referral = actions.send(referral, by=priya)
    assert not offices.has_heard_of_it(referral)
    the_post_goes()
    [first] = [mail for mail in post_office.mails if mail["To"] == other.email]
    assert first["Subject"].startswith("A referral from")
    assert offices.has_heard_of_it(referral)
    asked = actions.office_ask(referral, words="Mornings?", office=OFFICE)
    actions.answer_question(asked, words="Yes.", by=priya)
    the_post_goes()
    [_first, second] = [mail for mail in post_office.mails if mail["To"] == other.email]
    assert "answered your question" in second["Subject"]
