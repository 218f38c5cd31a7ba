"""A busy specialist reads the first page: ask, flags, what was denied, how soon, how to answer, who signed."""

import io
import re

import pypdf
import pytest
from django.utils import timezone

from referrals import moves as actions
from referrals.letter import letter
from referrals.models import Delivery, Referral
from tests.referrals.letter import first_pages
from tests.referrals.letter.first_pages import FAX, FIVE, LINK
from tests.referrals.letter.test_letter import NASTY


def plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def pages_of(pdf: bytes) -> list[str]:
    return [plain(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.fixture
def named(location, maya, daniel, priya):
    return lambda name: first_pages.sent(name, location=location, maya=maya, daniel=daniel, priya=priya)


@pytest.mark.parametrize("name", FIVE)
def test_the_first_page_alone_is_enough(named, name):
    referral = named(name)
    pdf, said = letter.stored_pdf(referral.sent_letter), referral.sent_letter.content
    first, *others = pages_of(pdf)
    asked = [
        said["patient"]["name"], said["question"], said["wanted"], said["urgency"]["see_by"], said["signature"]["name"],
        said["follow_up"]["answer"], said["follow_up"]["return"], said["reference"], "Version 1",
        *(flag["condition"] for flag in said["flags"]), *(entry["condition"] for entry in said["not_ruled_out"]),
        *said["negatives"][1:], *(row[1] for row in said.get("alarms", ())),
    ]  # fmt: skip
    assert [words for words in asked if plain(words) not in first] == []
    whole = first + "".join(others)
    for flag in said["flags"]:
        assert [answer for _label, answer in flag["answers"] if plain(answer) not in whole] == [], "none is lost"
    assert b"pdfuaid:part" in pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data()


def test_the_longest_of_them_says_the_answers_behind_its_flags_after_all_else(named):
    *_four, longest = FIVE
    first = pages_of(letter.stored_pdf(named(longest).sent_letter))[0]
    assert first.index(plain("Asked about and denied")) < first.index(plain("The answers behind the red flags"))
    shortest, *_more = FIVE
    short = "".join(pages_of(letter.stored_pdf(named(shortest).sent_letter)))
    assert plain("The answers behind the red flags") not in short, "they stand with their flags"


def test_nasty_text_stands_on_the_first_page_as_it_was_typed(draft, priya):
    referral = actions.prepare_letter(draft, question=NASTY, by=priya)
    assert plain(NASTY) in pages_of(letter.preview(referral, prepared_by=priya))[0].replace("’", "'")


@pytest.mark.parametrize(
    ("channel", "says", "never"),
    [(LINK, "with the link in our email", "Our number is"), (FAX, "or by fax to", "link"), ("post", "by mail", "link")],
)
def test_how_to_answer_follows_the_way_it_goes(chosen, location, priya, channel, says, never):
    location.fax = "(207) 555-0143"
    location.save()
    chosen.refresh_from_db()
    said = actions.send(chosen, channel=channel, by=priya).sent_letter.content["follow_up"]
    words = said["answer"] + said["return"]
    assert says in words
    assert never not in words


def test_a_letter_that_goes_by_paper_after_all_no_longer_speaks_of_a_link(sent, priya):
    Referral.objects.update(undelivered_at=timezone.now())
    actions.send_otherwise(sent, channel=FAX, by=priya)
    first, second = Delivery.objects.order_by("pk")
    assert (first.channel, first.letter.version) == ("link", 1)
    assert (second.channel, second.letter.version) == ("fax", 2)
    assert "link" not in str(second.letter.content["follow_up"])


def test_who_answered_for_the_patient_is_named(chosen, priya):
    respondent = chosen.case.intake.respondent
    respondent.kind, respondent.authority = "guardian", "parent"
    respondent.name, respondent.relationship = "Rosa Monteverde", "mother"
    respondent.save()
    said = letter.content(chosen, prepared_by=priya, now=timezone.now())["patient"]
    assert said["answered_by"] == "Rosa Monteverde, mother (a parent or legal guardian)"
