"""An address that staff correct: the links that went to the wrong one open nothing any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.links.actions import find, make_link, secret_of
from clinic.links.models import Link
from clinic.messages.actions import send_again
from clinic.messages.dispatch import sweep
from intake.door import emails, status_emails
from referrals.moves import emails as about_referrals
from tests import factories
from tests.answers import FOOT_DROP

SOON = timezone.now() + timedelta(days=3)


@pytest.fixture
def ada(location):
    return factories.intake(of=factories.patient(at=location, email="ada@wrong.example"))


def refused(message, post_office):
    post_office.refuse[message.recipient] = "550 no"
    sweep()
    message.refresh_from_db()
    assert message.status == "failed"
    return message


@pytest.mark.parametrize("write", [emails.invite, lambda intake: status_emails.status_link(intake.patient)])
def test_the_patients_links_are_new_and_the_mail_carries_the_new_one(ada, priya, post_office, write):
    subjects = ((Link.Purpose.INTAKE, ada.public_id), (Link.Purpose.STATUS, ada.patient.public_id))
    before = [secret_of(make_link(purpose, subject, expires_at=SOON)) for purpose, subject in subjects]
    message = refused(write(ada), post_office)
    assert send_again(message, to="ada@right.example", by=priya)
    assert [find(secret) for secret in before] == [None, None]
    sweep()
    [mail] = post_office.mails
    [address] = [word for word in mail.get_content().split() if "/l/" in word]
    assert find(address.rstrip("/").rsplit("/")[-1]) is not None


def test_the_same_address_once_more_ends_nothing(ada, priya, post_office):
    before = secret_of(make_link(Link.Purpose.INTAKE, ada.public_id, expires_at=SOON))
    message = refused(emails.invite(ada), post_office)
    assert send_again(message, to="ADA@wrong.example", by=priya)
    assert find(before) is not None


def test_the_link_of_an_office_is_new(location, maya, priya, post_office):
    case = factories.case(at=location, answers=FOOT_DROP)
    office = factories.specialist(email="desk@wrong.example")
    referral = factories.referral(after=factories.decision(on=case, by=maya), owner=priya, to=office)
    before = secret_of(make_link(Link.Purpose.OFFICE, referral.public_id, expires_at=SOON))
    message = refused(about_referrals.referral_sent(referral), post_office)
    assert send_again(message, to="desk@right.example", by=priya)
    assert find(before) is None
