"""Before it accepts, an office reads what it needs to decide; who the patient is stands nowhere in the page."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone, translation

from intake import triage
from intake.models import Patient
from referrals import moves as actions
from referrals.moves.disclosure import without_identity
from referrals.office.at_first import BANDS, SEX, SINCE, age_band
from tests.referrals.office.conftest import answering, here

WHO = {
    "first_name": "María José",
    "last_name": "O’Neil-Muñoz",
    "date_of_birth": date(1980, 2, 29),
    "phone": "207 555 0111",
    "email": "mj@patients.example",
    "address": "12 Mill Street, Apt 3, Ashport, ME 04101",
    "member_number": "NM-4471 902",
    "insurance_plan": "Casco Mutual, María José Muñoz, NM4471902",
}
SAID = """Mrs. O'Neil-Munoz (Maria Jose, MARÍA), born 2/29/1980 (29 February 1980; Feb. 29, 1980; 02-29-80; 1980-02-29;
el 29 de febrero de 1980, 29 feb. 1980, 29 de febrero del 80),
of 12 MILL STREET, call (207) 555-0111 or 207.555.0111, mj@patients.example, member NM4471902: Muñoz’s foot drags.
Ms Oneil asks."""
TELLS = (
    "O'Neil", "O’Neil", "Oneil", "Munoz", "Muñoz", "Maria", "María", "Jose", "José", "1980", "2/29", "29 Feb", "02-29",
    "febrero", "feb.",
    "Mill", "MILL", "555-0111", "555.0111", "555 0111", "0111", "mj@", "4471",
)  # fmt: skip


@pytest.fixture
def hers(sent, priya):
    """A question that holds all of it, and an answer of the desk that does so again."""
    Patient.objects.filter(pk=sent.patient_id).update(**WHO)
    sent.refresh_from_db()
    actions.prepare_letter(sent, question=SAID, by=priya)
    actions.office_ask(sent, words=f"Is this {SAID}", office="Ellen Park, RN")
    actions.answer_question(sent, words=f"Yes: {SAID}", by=priya)
    return sent


@pytest.mark.parametrize("accepted", [False, True])
def test_no_page_before_accepting_says_who_it_is_though_the_question_does(room, hers, accepted):
    if accepted:
        actions.office_accept(hers, office="Ellen Park, RN")
    answers = ("accept", "decline", "ask")
    pages = [here(), "/office/", *map(answering, answers), *(here(one, name="office_room_done") for one in answers)]
    html = "".join(unescape(room.get(page, follow=True).content.decode()) for page in pages)
    assert "foot drags" in html
    assert "Casco Mutual" in html
    told = [part for part in TELLS if part in html]
    assert bool(told) == accepted, told


def test_it_reads_age_band_sex_side_and_duration_beside_the_question(room, sent):
    Patient.objects.update(date_of_birth=timezone.localdate() - timedelta(days=365.25 * 44))
    html = room.get(here()).content.decode()
    for part in ("40 to 49", "right", "1 to 6 weeks"):
        assert part in html, part
    assert ">44<" not in html


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0 to 9"), (17, "10 to 17"), (18, "18 to 29"), (49, "40 to 49"), (89, "80 to 89"), (104, "90 or older")],
)
def test_an_age_is_told_as_a_band_and_the_oldest_as_one(age, band):
    with translation.override("en"):
        assert age_band(age) == band
    assert BANDS[0] == 0


def test_every_answer_has_words_here():
    questions = triage.shipped().questions
    assert set(SINCE) == set(questions["onset_when"].option_ids) - {"unsure"}
    assert set(SEX) == set(questions["sex_at_birth"].option_ids) - {"prefer_not"}


def test_words_that_only_look_alike_stay(sent):
    sent.patient.first_name, sent.patient.last_name, sent.patient.member_number = "Art", "Foote", "12"
    with translation.override("en"):
        said = "The artery of the foot, since 1/12/2026; pulse 112; Footed."
        assert without_identity(said, sent.patient) == said
