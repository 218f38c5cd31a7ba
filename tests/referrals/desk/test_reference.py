"""The number of a referral: the same on our page, in mails to offices, in their room and on the letter."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from clinic.messages.facts import NotSafe
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from referrals import moves as actions
from referrals.letter import letter
from referrals.models import Referral
from referrals.models.reference import WRITTEN, Drawn, read_reference
from tests.referrals.letter.test_letter import text_of
from tests.referrals.office.conftest import ellen, path_of


def subjects(referral) -> dict[str, str]:
    """Return the subject of each mail to the office, by its kind."""
    mails = Message.objects.about("referral", referral.public_id)
    return {one.kind: KINDS[one.kind].render(one)[0] for one in mails if KINDS[one.kind].audience == "office"}


def test_the_desk_and_the_office_read_the_same_number_wherever_they_speak_of_it(sent, sign_in, priya):
    number = sent.reference
    assert WRITTEN.fullmatch(number)
    assert number in sign_in(priya).get(f"/referrals/{sent.public_id}/").content.decode()
    office = Client()
    office.post(path_of(sent), ellen(sent))
    assert number in office.get("/office/", follow=True).content.decode()
    assert f"Our number {number}" in text_of(letter.stored_pdf(sent.sent_letter))
    actions.prepare_letter(sent, question="Please see Graciela this week.", by=priya)
    actions.withdraw(sent, reason="not_needed", by=priya)
    said = subjects(sent)
    assert set(said) == {"referral_sent", "referral_not_answered", "letter_changed", "referral_withdrawn"}
    assert {kind for kind, subject in said.items() if number not in subject} == set()


def test_no_two_referrals_have_one_number_and_each_draw_is_another(sent):
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(
            **{
                name: getattr(sent, name)
                for name in ("case", "patient", "location", "specialty", "urgency", "see_by", "created_by", "owner")
            },
            decision=sent.decision,
            next_check_at=sent.next_check_at,
            reference=sent.reference,
        )
    drawn = set()
    for _ in range(5):  # as the database draws for rows of an earlier release
        Referral.objects.filter(pk=sent.pk).update(reference=Drawn())
        drawn.add(Referral.objects.values_list("reference", flat=True).get(pk=sent.pk))
    assert len(drawn) > 1
    assert {one for one in drawn if not WRITTEN.fullmatch(one)} == set()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("MK-482739", "MK-482739"),
        (" mk 482 739 ", "MK-482739"),
        ("mk482739", "MK-482739"),
        ("MK-48273", ""),
        ("Mo 482739", ""),
        ("(207) 555-0170", ""),
        ("Monteverde", ""),
    ],
)
def test_the_number_is_read_however_it_is_typed(typed, meant):
    assert read_reference(typed) == meant


def test_a_mail_holds_nothing_else_in_its_place(sent):
    Referral.objects.filter(pk=sent.pk).update(reference="Monteverd")
    with pytest.raises(NotSafe):
        subjects(sent)
