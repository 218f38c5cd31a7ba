"""Signs that nobody sees come along when text is copied: they are no part of a name or an address."""

import pytest
from django.core.exceptions import ValidationError

from intake.door.contact import EmailAddressField, NameField
from intake.paper.forms import NameAndBirthForm, PaperSignForm
from intake.questionnaire.who_form import WhoForm
from intake.signing.forms import SignForm
from referrals.desk.forms import PutInReportForm
from referrals.directory.forms import ListingForm
from referrals.office.forms import OpenForm

UNSEEN = ["\u200b", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad", "\u202a", "\u2066", "\u3164", "\u2800"]


@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
def test_they_are_left_away_first(sign):
    assert EmailAddressField().clean(f"ada@quill.example{sign}") == "ada@quill.example"
    assert EmailAddressField().clean(f"{sign} ada@quill.example") == "ada@quill.example"
    assert NameField().clean(f"Qu{sign}ill ") == "Quill"


@pytest.mark.parametrize("name", [*UNSEEN, "\u200b\u200b", " \u200b ", "\u200d", "-", "…"], ids=ascii)
def test_a_name_of_nothing_else_is_refused(name):
    with pytest.raises(ValidationError) as refused:
        NameField(error_messages={"required": "Enter the last name."}).clean(name)
    assert refused.value.messages == ["Enter the last name."]


STAFF_BOXES = [
    (NameAndBirthForm, "last_name"),
    (WhoForm, "name"),
    (SignForm, "signed_name"),
    (PaperSignForm, "signed_name"),
    (OpenForm, "person"),
    (PutInReportForm, "sent_by"),
    (ListingForm, "name"),
    (ListingForm, "practice"),
]


@pytest.mark.parametrize(("form", "box"), STAFF_BOXES, ids=lambda one: getattr(one, "__name__", one))
def test_boxes_for_names_on_pages_of_staff_and_offices_leave_them_away_too(form, box):
    field = form.base_fields[box]
    assert field.clean("\u200bEllen\u2060 Park\ufeff") == "Ellen Park"
    if field.required:
        with pytest.raises(ValidationError):
            field.clean("\u200b\u00ad")


@pytest.mark.parametrize("box", ["focus", "credentials", "street", "city", "zip_code", "email"])
def test_the_other_boxes_of_a_listing_leave_them_away(box):
    plain = "ellen@office.example" if box == "email" else "04101"
    assert ListingForm.base_fields[box].clean(f"\u200b{plain}\u2060") == plain


@pytest.mark.parametrize("name", ["王", "नीति", "علی\u200cرضا", "O’Neil", "Trần", "Ng"])
def test_names_of_every_script_stay_as_they_are(name):
    assert NameField().clean(name) == name
