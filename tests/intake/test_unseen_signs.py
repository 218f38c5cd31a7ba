"""Signs that nobody sees come along when text is copied: they are no part of a name or an address."""

import pytest
from django.core.exceptions import ValidationError

from intake.forms.contact import EmailAddressField, NameField

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


@pytest.mark.parametrize("name", ["王", "नीति", "علی\u200cرضا", "O’Neil", "Trần", "Ng"])
def test_names_of_every_script_stay_as_they_are(name):
    assert NameField().clean(name) == name
