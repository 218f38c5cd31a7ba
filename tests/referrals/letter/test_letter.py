"""The letter as a specialist reads it: everything that was found, nothing that was not, and text stays text."""

import hashlib
import io
import re

import pypdf
import pytest
from django.utils import timezone
from pypdf.generic import ContentStream

from intake import triage
from intake.models import Contact
from referrals import moves as actions
from referrals.letter import letter
from referrals.letter import words as letter_words
from referrals.models import Letter
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS

NASTY = '#set page(fill: red) *bold* $x^2$ <b>&amp;</b> [y] \\ _z_ // @home "quote" {{ 7*7 }} {% now %} ñ €'


def text_of(pdf: bytes) -> str:
    """The words of a PDF, with line breaks as spaces."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@pytest.fixture
def read(priya):
    """`read(referral)` is the text of its letter as it would go out."""
    return lambda referral: text_of(letter.preview(referral, prepared_by=priya))


def a_referral(location, by, answers, **fields):
    case = factories.case(
        of=factories.patient(at=location, first_name="Ada", last_name="Lind", language="es", needs_interpreter=True),
        answers=answers,
        acknowledged_by=by,
    )
    made = factories.decision(on=case, by=by, specialist="neurologist", reason="examined", words="As seen.", **fields)
    return actions.refer(made, by=by)


def test_it_says_who_to_whom_about_whom_and_by_when(sent, location, maya):
    words = text_of(letter.stored_pdf(sent.sent_letter))
    for part in (
        "Graciela Monteverde", "Born February 29, 1980", "Northern Mutual PPO", "(207) 555-0111", "Language: English",
        "Miriam Katz", "Ashport Neurology", "(207) 555-0171", "Riverside", "12 Mill Road", "(207) 555-0142",
        "Maya Ortiz, PT, DPT", "License PT-2207", "Signed electronically on", "Urgency: Soon",
        "Please see the patient by",
        "Priya Nair at Riverside follows this referral up", "The patient agreed to this referral", "Letter version 1",
        "sample protocol that is not clinically approved",
    ):  # fmt: skip
        assert part in words, part
    assert "Draft" not in words


def test_it_carries_flags_negatives_findings_and_history(draft, read):
    words = read(draft)
    assert "Red flags present" in words
    assert "Foot drags or slaps: Yes, one foot" in words
    denied = words.split("Asked about and denied")[1].split("Problem and history")[0]
    assert "no history of cancer" in denied
    assert "no fever" in denied
    assert "saddle" not in denied, "what was not asked is not denied"
    assert "Walking on the heels One foot cannot" in words
    assert "Toe lift 3 of 5 on the right." in words
    assert "Allergies and the full list of medicines were not part of this intake" in words
    assert "Draft for checking" in words


def test_beside_the_problem_stands_the_body_with_what_the_patient_marked(draft, priya, read):
    pdf = pypdf.PdfReader(io.BytesIO(letter.preview(draft, prepared_by=priya)))
    figures = [tag["/Alt"] for tag in tags(pdf.trailer["/Root"]["/StructTreeRoot"]) if tag.get("/S") == "/Figure"]
    places = draft.decision.assessment.answers["pain_regions"]
    assert places
    said = letter.content(draft, prepared_by=priya, now=timezone.now())["marked"]
    assert said["places"] == places
    assert figures == [said["words"]]
    assert said["words"].startswith("Marked by the patient: ")


def tags(tag):
    """Every tag below this one."""
    below = tag.get("/K", [])
    for one in below if isinstance(below, list) else [below]:
        one = one.get_object()
        if isinstance(one, dict):
            yield one
            yield from tags(one)


def test_a_letter_made_before_there_was_a_figure_stays_the_version_it_is(chosen, priya):
    made = letter.make(chosen, prepared_by=priya)
    content = {name: said for name, said in made.content.items() if name != "marked"}
    Letter.objects.filter(pk=made.pk).update(content=content)
    assert letter.make(chosen, prepared_by=priya) == made


def test_danger_signs_that_no_rule_used_are_named_apart_from_the_flags(location, maya, read):
    case = factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya)
    factories.unused_alarms(case, ("walking_change", "falls", "concerning"))
    made = factories.decision(on=case, by=maya, specialist="neurologist", reason="examined", words="As seen.")
    words = read(actions.refer(made, by=maya))
    signs = words.split("Danger signs no red-flag rule used")[1].split("Asked about and denied")[0]
    assert "I have fallen in the last 3 months" in signs


def test_a_letter_without_any_does_not_speak_of_them(draft, read):
    assert "Danger signs" not in read(draft)


def test_what_stays_open_is_said(location, maya, read):
    unsure = FOOT_DROP | {"foot_drop": "unsure", "heel_walk": "not_tried"}
    outcome = triage.assess(triage.shipped(), triage.validate_answers(triage.shipped(), unsure))
    assert outcome.not_ruled_out, "this set of answers leaves something open"
    words = read(a_referral(location, maya, unsure)).split("Could not be ruled out")[1].split("Asked about")[0]
    for entry in outcome.not_ruled_out:
        assert entry.condition in words
    assert 'Answered "not sure": Foot drags or slaps.' in words
    assert "Strength not checked: Walking on the heels." in words


def test_an_emergency_letter_says_what_the_patient_was_told(location, maya, daniel, read):
    referral = a_referral(location, maya, SADDLE_NUMBNESS, second_by=daniel, second_at=timezone.now())
    assert "Not reached so far (0 tries)" in read(referral)
    Contact.objects.create(case=referral.case, outcome="reached", safety_advice_given=True, by=maya)
    words = read(referral)
    assert "Safety note." in words
    assert "Maya Ortiz spoke with the patient on" in words
    assert "and gave safety advice" in words
    assert "told them to call 911" not in words, "nobody told her"
    Contact.objects.create(case=referral.case, outcome="reached", told="emergency", by=maya)
    words = read(referral)
    assert "and told them to call 911 or go to the emergency department" in words
    assert "Interpreter needed" in words
    assert "Language: Spanish" in words


@pytest.mark.parametrize("where", ["answer", "question", "told", "attachment", "name"])
def test_words_of_people_stay_words(location, maya, priya, read, where):
    referral = a_referral(location, maya, FOOT_DROP | ({"anything_else": NASTY} if where == "answer" else {}))
    given = {
        "question": {"question": NASTY},
        "told": {"patient_told": NASTY},
        "attachment": {"attachments": [NASTY[:100]]},
    }
    if where in given:
        referral = actions.prepare_letter(referral, by=priya, **given[where])
    if where == "name":
        referral.patient.last_name = "#O'Brien *x* $"
    words = read(referral)
    expected = {"attachment": NASTY[:100], "name": "Ada #O'Brien *x* $"}.get(where, NASTY)
    assert re.sub(r"\s", "", expected) in re.sub(r"\s", "", words).replace("’", "'")


def test_a_part_left_out_is_named_as_left_out(draft, priya, read):
    referral = actions.prepare_letter(draft, left_out=["therapist_words"], by=priya)
    words = read(referral)
    assert "Toe lift" not in words
    assert "Left out of this letter on purpose: the therapist's note" in words


def test_page_one_is_enough_to_act_on(sent):
    """Offices fax and file the first page alone: by when, what is asked, why, and who signed."""
    pages = [
        " ".join(page.extract_text().split())
        for page in pypdf.PdfReader(io.BytesIO(letter.stored_pdf(sent.sent_letter))).pages
    ]
    for part in (
        "Please see the patient by",
        "What we ask",
        sent.question,
        "Red flags present",
        "Signed electronically",
    ):
        assert part in pages[0], part
    assert pages[0].index("What we ask") < pages[0].index("Red flags present")
    assert all("Signed electronically" not in page for page in pages[1:])


def test_who_signed_stays_on_page_one_however_much_is_asked(draft, priya):
    referral = actions.prepare_letter(draft, question="Please examine the hand. " * 150, by=priya)
    pages = pypdf.PdfReader(io.BytesIO(letter.preview(referral, prepared_by=priya))).pages
    assert "Signed electronically" in pages[0].extract_text()
    for page in pages[1:]:
        head = " ".join(page.extract_text().split())[:120]
        assert referral.patient.full_name in head
        assert "born February 29, 1980" in head
        assert "please see by" in head


def test_a_fax_shows_all_of_it(sent):
    """Nothing but the figure is tinted, which a fax turns into black, and no line is too thin for it."""
    reader = pypdf.PdfReader(io.BytesIO(letter.render({**sent.sent_letter.content, "marked": {}})))
    drawn = [one for page in reader.pages for one in ContentStream(page.get_contents(), reader).operations]
    names = [name for _values, name in drawn]
    assert b"S" in names, "lines are drawn"
    assert not {b"f", b"f*", b"F", b"B"} & set(names), "no area is filled"
    assert min(float(values[0]) for values, name in drawn if name == b"w") >= 0.75


def test_what_is_asked_are_words_of_people_and_no_rule(sent):
    """The flags stand below it; there their names are, with the answers that fired them."""
    asked = letter.first_question(sent.decision)
    assert asked.startswith("Please examine")
    assert "flag" not in asked.lower()
    assert not [flag for flag in letter._flags(sent.decision) if flag["condition"] in asked]


def test_it_is_tagged_titled_and_in_a_language(sent):
    catalog = pypdf.PdfReader(io.BytesIO(letter.stored_pdf(sent.sent_letter))).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].startswith("en")
    assert "/StructTreeRoot" in catalog
    assert b"pdfuaid:part" in catalog["/Metadata"].get_data()
    reader = pypdf.PdfReader(io.BytesIO(letter.stored_pdf(sent.sent_letter)))
    assert reader.metadata.title == "Referral letter", "no name in the title of the window"
    assert reader.metadata.creation_date


@pytest.mark.parametrize("name", ["王小明", "한국", "ไทย", "ﷺ", "Ada 😀", "A\x01d\x1ba", "Ada\ufffe"])
def test_a_patient_of_any_name_can_be_referred(chosen, priya, name):
    patient = chosen.patient
    patient.first_name = patient.last_name = name
    patient.save()
    chosen.refresh_from_db()
    sent = actions.send(chosen, by=priya)
    assert sent.sent_letter.content["patient"]["name"] == f"{name} {name}"
    assert "About" in text_of(letter.stored_pdf(sent.sent_letter))


def test_what_was_stored_is_what_is_read_or_nothing(sent):
    kept = Letter.objects.get()
    pdf = letter.stored_pdf(kept)
    assert hashlib.sha256(pdf).hexdigest() == kept.sha256
    assert "Monteverde" not in kept.pdf.name
    with open(kept.pdf.path, "r+b") as file:
        file.seek(100)
        file.write(b"\0")
    with pytest.raises(letter.Damaged):
        letter.stored_pdf(kept)


def test_what_a_patient_never_read_is_not_denied(location, maya, read):
    """The lists of a heel leave out what cannot matter to it: of that, "none of these" says nothing."""
    heel = read(a_referral(location, maya, HEEL_PAIN))
    assert "no surgery, cast or bed rest in the last 3 months" in heel
    assert "no blood thinner or long steroid" in heel
    numb = read(a_referral(location, maya, FOOT_DROP))
    assert "no surgery, cast, bed rest, infection or injection of drugs in the last 3 months" in numb


def test_every_id_the_words_name_is_in_the_protocol():
    questions = triage.shipped().questions
    named = [*letter_words.PROBLEM, *letter_words.FINDINGS, *letter_words.HISTORY, *letter_words.TRIED]
    named += [*letter_words.DAILY_LIFE, *letter_words.OWN_WORDS, *letter_words.LABELS]
    assert not [question for question in named if question not in questions]
    for question, option in letter_words.NEGATIVES:
        assert questions[question].option(option), (question, option)
    for question, options in letter_words.OF_A_LIST.items():
        assert set(options) <= set(questions[question].option_ids), question
    assert set(letter_words.ASKS) == set(triage.shipped().specialists)


def test_nothing_about_mood_or_harm_goes_along_unasked(location, maya, priya, read):
    private = FOOT_DROP | {"low_mood": "some_days", "self_harm": "no"}
    words = read(a_referral(location, maya, private)).lower()
    assert "hopeless" not in words
    assert "hurting yourself" not in words
