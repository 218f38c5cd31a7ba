"""What became of each invitation, and the two presses on it: send it again, take it back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from clinic.links.models import Link
from clinic.messages.models import Message
from intake.door.link_requests import answer_link_requests
from intake.inviting import actions, standing
from intake.inviting.standing import State
from intake.models import Intake, Patient
from intake.questionnaire.actions import invite_patient, open_cases_for_abandoned
from tests import factories

pytestmark = pytest.mark.django_db
BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}
GRACIELA = {"first_name": "Graciela", "last_name": "Monteverde-Ruiz", "email": "graciela@patients.example"}


def invited(location, by, **more) -> Intake:
    born = more.pop("date_of_birth", timezone.datetime(1980, 2, 29).date())
    contact = {**GRACIELA, "date_of_birth": born, "phone": "", "language": "en", "location": location, **more}
    return invite_patient(by=by, **contact)


@pytest.fixture
def invitation(location, priya):
    return invited(location, priya)


def state_of(intake, user) -> str:
    return standing.invitations(user, timezone.now()).get(pk=intake.pk).state


def link_of(intake) -> Link:
    return Link.objects.get(purpose=Link.Purpose.INTAKE, subject_id=intake.public_id, withdrawn_at=None)


def mail_of(intake):
    return Message.objects.filter(subject_id=intake.public_id, kind="intake_invitation").order_by("-created_at").first()


def test_its_state_is_that_of_the_form_the_link_and_the_mail(invitation, priya):
    seen = [state_of(invitation, priya)]
    Message.objects.filter(pk=mail_of(invitation).pk).update(
        status="failed", outcome="refused", settled_at=timezone.now()
    )
    seen.append(state_of(invitation, priya))
    Message.objects.filter(pk=mail_of(invitation).pk).update(status="sent", outcome="")
    Link.objects.filter(pk=link_of(invitation).pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    seen.append(state_of(invitation, priya))
    Link.objects.filter(pk=link_of(invitation).pk).update(opened_at=timezone.now() - timedelta(days=15))
    seen.append(state_of(invitation, priya))
    Link.objects.filter(pk=link_of(invitation).pk).update(expires_at=timezone.now() + timedelta(days=1))
    seen.append(state_of(invitation, priya))
    Intake.objects.filter(pk=invitation.pk).update(saved_at=timezone.now())
    seen.append(state_of(invitation, priya))
    over = [State.OVER, State.OVER]  # not opened, and opened without a word
    assert seen == [State.SENT, State.UNDELIVERED, *over, State.OPENED, State.STARTED]


def test_the_list_counts_each_state_and_shows_only_its_own_locations(invitation, priya, olga, sign_in):
    page = sign_in(priya).get(reverse("invitations"))
    assert "Graciela Monteverde-Ruiz" in page.text
    assert {tab["label"]: tab["count"] for tab in page.context["tabs"]}["Sent"] == 1
    assert "Graciela" not in sign_in(priya).get(reverse("invitations"), {"show": "finished"}).text
    assert "Graciela" not in sign_in(olga).get(reverse("invitations")).text


def test_a_form_on_paper_and_one_a_patient_began_are_no_invitations(location, priya):
    factories.intake(at=location)
    factories.intake(at=location, invited_by=priya, paper_code="22222222C")
    assert not standing.invitations(priya, timezone.now()).exists()


def test_the_list_costs_the_same_for_two_as_for_twelve(location, priya, sign_in, django_assert_max_num_queries):
    browser = sign_in(priya)
    for many in (2, 10):
        for number in range(many):
            invited(location, priya, first_name=f"Ada{many}{number}", email=f"ada{many}{number}@patients.example")
        with django_assert_max_num_queries(STATEMENTS):
            browser.get(reverse("invitations"))


STATEMENTS = 24  # of the whole page, with the bar and the bands


def test_a_better_address_is_on_file_and_the_link_that_went_astray_opens_nothing(invitation, priya, sign_in):
    astray = link_of(invitation)
    Message.objects.filter(pk=mail_of(invitation).pk).update(
        status="failed", outcome="refused", settled_at=timezone.now()
    )
    sent = {"email": "g.monteverde@patients.example"}
    sign_in(priya).post(reverse("send_invitation_again", args=[invitation.public_id]), sent)
    invitation.patient.refresh_from_db()
    assert invitation.patient.email == sent["email"]
    assert (mail_of(invitation).recipient, mail_of(invitation).status) == (sent["email"], "scheduled")
    assert link_of(invitation).pk != astray.pk
    assert state_of(invitation, priya) == State.SENT, "the failed one needs nobody any more"


def test_what_is_no_address_is_said_and_nothing_is_sent(invitation, priya, sign_in):
    before = Message.objects.count()
    answer = sign_in(priya).post(
        reverse("send_invitation_again", args=[invitation.public_id]), {"email": "graciela"}, follow=True
    )
    assert "Nothing was sent." in answer.text
    assert Message.objects.count() == before


def test_nobodys_mailbox_is_filled(invitation, priya):
    for _each in range(2):
        actions.send_again(invitation, by=priya)
    with pytest.raises(actions.InvitationChanged, match="three times"):
        actions.send_again(invitation, by=priya)


def test_one_that_is_taken_back_opens_nothing_and_nobody_waits_for_it(invitation, priya, sign_in, settings):
    """Its mails, its reminders, its link and the search for a new one are over; no case is opened for a form left."""
    browser = sign_in(priya)
    page = browser.post(reverse("take_back_invitation", args=[invitation.public_id]), follow=True)
    assert "taken back" in page.text
    invitation.refresh_from_db()
    assert invitation.taken_back_by == priya
    assert not Link.objects.live().filter(subject_id=invitation.public_id).exists()
    assert not Message.objects.unsettled().filter(subject_id=invitation.public_id).exists()
    Link.objects.filter(subject_id=invitation.public_id).update(opened_at=timezone.now() - timedelta(days=2))
    assert open_cases_for_abandoned(timezone.now()) == 0
    browser.post(reverse("link_new"), {"email": GRACIELA["email"]})
    answer_link_requests(timezone.now())
    assert not Message.objects.unsettled().filter(subject_id=invitation.public_id).exists()
    with pytest.raises(actions.InvitationChanged, match="taken back"):
        actions.send_again(invitation, by=priya)


def test_what_a_patient_has_begun_stays_theirs(invitation, priya):
    Intake.objects.filter(pk=invitation.pk).update(saved_at=timezone.now())
    with pytest.raises(actions.InvitationChanged, match="begun to answer"):
        actions.take_back(invitation, by=priya)
    assert link_of(invitation)


def test_another_location_s_is_nobodys_to_change(invitation, olga):
    for change in (actions.send_again, actions.take_back):
        with pytest.raises(PermissionDenied):
            change(invitation, by=olga)


@pytest.mark.parametrize("typed", [("GRACIELA", "Monteverde Ruiz"), ("Ruiz Monteverde", "Graciela")])
def test_who_was_invited_before_is_known_however_the_name_is_written(invitation, priya, sign_in, typed):
    """A second record is not begun; the invitation there is goes out once more."""
    browser = sign_in(priya)
    sent = {"first_name": typed[0], "last_name": typed[1], "email": "x@patients.example", "language": "en", **BORN}
    page = browser.post(reverse("invite"), sent)
    assert page.status_code == 422
    assert "was invited before" in page.text
    browser.post(reverse("invite"), sent | {"who": str(invitation.public_id)})
    assert Patient.objects.count() == 1
    assert mail_of(invitation).recipient == GRACIELA["email"]
    assert Message.objects.filter(kind="intake_invitation").count() == 2
