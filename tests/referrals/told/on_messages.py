"""How each change of a message is made."""

from unittest import mock
from uuid import uuid4

from django.utils import timezone

from clinic.messages import actions, came_back
from clinic.messages.actions import schedule_for_each
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.messages.post import NotNow, NotTaken, Post
from intake.door import emails
from tests import factories
from tests.answers import SADDLE_NUMBNESS
from tests.referrals.told.house import House, Walked
from tests.referrals.told.walking import A_WHILE, post
from tests.referrals.told.walks import walks


def _invitation(house) -> Walked:
    """Somebody is invited; the mail is due."""
    walked = Walked(intake=factories.intake(of=house.patient()))
    walked.reads["messages"] = walked.patient.email
    house.subject = emails.invite(walked.intake)
    return walked


def _waits(house) -> Walked:
    walked = _invitation(house)
    house.now_changes(house.subject)
    return walked


@walks("It is written into the outbox")
def written(house: House):
    intake = factories.intake(of=house.patient())
    house.now_changes()
    house.subject = emails.invite(intake)
    return Walked(intake=intake)


@walks("It goes")
def goes(house: House):
    walked = _waits(house)
    _sweeps(takes=True)
    return walked


@walks("Whoever was sending it died")
def died(house: House):
    walked = _waits(house)
    gone = {"status": "sending", "lease_token": uuid4(), "lease_until": timezone.now() - A_WHILE}
    Message.objects.filter(pk=house.subject.pk).update(**gone)
    house.now_changes(house.subject)
    _sweeps(takes=True)
    return walked


@walks("It is put off: by the mail server, or until the morning")
def put_off(house: House):
    walked = _waits(house)
    with mock.patch.object(Post, "send", side_effect=NotTaken("Later.", for_good=False)):
        sweep(timezone.now())
    return walked


@walks("It is not needed any more")
def skipped(house: House):
    walked = _waits(house)
    actions.withdraw(subject_type="intake", subject_id=walked.intake.public_id, why="The form was sent.")
    return walked


@walks("It could not be sent")
def failed(house: House):
    walked = _waits(house)
    _sweeps(takes=False)
    return walked


@walks("An alarm has reached nobody")
def alarm_failed(house: House):
    case = house.opened(SADDLE_NUMBNESS)
    mail = Message.objects.about("case", case.public_id).earliest("due_at")
    schedule_for_each(mail, [house.maya])
    Message.objects.filter(pk=mail.pk).update(status="sent", settled_at=timezone.now())
    house.now_changes(Message.objects.get(recipient=house.maya.email))
    _sweeps(takes=False)
    house.clock.shift(A_WHILE)
    return Walked(case=case)


@walks("The mail server takes nothing")
def server_away(house: House):
    walked = _waits(house)
    with mock.patch.object(Post, "open", side_effect=NotNow("The mail server could not be reached.")):
        sweep(timezone.now())
    return walked


@walks("It comes back because there is no such address")
def comes_back(house: House):
    walked = _went(house)
    came_back.take(house.subject, "hard", "5.1.1", digest="one")
    return walked


@walks("It comes back, and the address may work another day")
def comes_back_softly(house: House):
    walked = _went(house)
    came_back.take(house.subject, "soft", "4.2.2", digest="another")
    return walked


@walks("Somebody on staff says that the address works")
def works_again(house: House):
    walked = _went(house)
    came_back.take(house.subject, "hard", "5.1.1", digest="one")
    house.now_changes()
    came_back.works_again(walked.patient.email, by=house.priya)
    return walked


def _went(house) -> Walked:
    walked = _waits(house)
    _sweeps(takes=True)
    house.subject.refresh_from_db()
    house.now_changes(house.subject)
    walked.reads["requests"] = walked.patient.email
    return walked


@walks("Somebody on staff sends it again")
def again(house: House):
    walked = _waits(house)
    _sweeps(takes=False)
    house.now_changes(house.subject)
    actions.send_again(house.subject, by=house.priya)
    return walked


def _sweeps(*, takes: bool) -> None:
    with post(takes=takes):
        sweep(timezone.now())
