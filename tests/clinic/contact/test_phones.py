"""Phone numbers as people type them: what a link dials, what a form keeps, what the directory stores."""

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from clinic.templatetags.plumbline import tel
from intake.door.contact import PhoneField
from referrals.models.numbers import us_phone

LINKS = {
    "207 555 0142": "tel:+12075550142",
    "(207) 555-0142": "tel:+12075550142",
    "1-207-555-0142": "tel:+12075550142",
    "207.555.0142 x12": "tel:+12075550142;ext=12",
    "207 555 0142 after 5": "tel:+12075550142",
    "207 555 0142 (after 5 pm)": "tel:+12075550142",
    "207 555 0142 #12": "tel:+12075550142;ext=12",
    "207 555 0142, ext. 12": "tel:+12075550142;ext=12",
    "207 555 0142 extension 12": "tel:+12075550142;ext=12",
    "207 555 0142 ext 12, mornings": "tel:+12075550142;ext=12",
    "Max: 207 555 0142": "tel:+12075550142",
    "Alex 207 555 0142 x9": "tel:+12075550142;ext=9",
    "my daughter (207) 555-0142": "tel:+12075550142",
    "011 52 55 5555 0142": "tel:+525555550142",
    "+52 55 5555 0142": "tel:+525555550142",
    "00 44 20 7946 0958": "tel:+442079460958",
    "001 207 555 0142": "tel:+12075550142",
    "+44 (0)20 7946 0958": "tel:+442079460958",
    "+49 (0) 30 901820": "tel:+4930901820",
    "+1 (207) 555–0142": "tel:+12075550142",
    "\u202a+1 207 555 0142\u202c": "tel:+12075550142",
    "٢٠٧ ٥٥٥ ٠١٤٢": "tel:+12075550142",
    "911": "tel:911",
    "988": "tel:988",
    "555 0142": "",
    "207 555 014": "",
    "107 555 0142": "",
    "52 55 5555 0142": "",
    "207 555 0142 or 207 555 0199": "",
    "207 555 0142 / 207 555 0199": "",
    "none": "",
    "": "",
}


@pytest.mark.parametrize(("typed", "dials"), LINKS.items(), ids=LINKS)
def test_a_link_dials_what_is_certain_and_nothing_else(typed, dials):
    assert tel(typed) == dials


def test_a_number_that_is_not_certain_stands_there_without_a_link():
    page = render_to_string("parts/_phone.html", {"phone": "207 555 0142 or 207 555 0199"})
    assert "207 555 0142 or 207 555 0199" in page
    assert "href" not in page


STORED = {
    "(207) 555-0142": "(207) 555-0142",
    "2075550142 extension 12": "(207) 555-0142 x12",
    "207-555-0142 ext: 12": "(207) 555-0142 x12",
    "207-555-0142 #12": "(207) 555-0142 x12",
    "(207) 555-0142, ext. 12": "(207) 555-0142 x12",
    "(207) 555-0142; x 12": "(207) 555-0142 x12",
    "Fax: (207) 555-0142": "(207) 555-0142",
    "F: 207 555 0142": "(207) 555-0142",
    "Tel. 207 555 0142": "(207) 555-0142",
    "Main line: 207 555 0142": "(207) 555-0142",
    "207–555–0142": "(207) 555-0142",
    "207/555-0142": "(207) 555-0142",
    "\u200e(207) 555-0142\u200f": "(207) 555-0142",
    "\u2066207\u00a0555\u00a00142\u2069": "(207) 555-0142",
    "001 207 555 0142": "(207) 555-0142",
    "011 1 207 555 0142": "(207) 555-0142",
    "２０７ ５５５ ０１４２": "(207) 555-0142",
}


@pytest.mark.parametrize(("typed", "stored"), STORED.items(), ids=STORED)
def test_the_directory_stores_a_number_in_one_form(typed, stored):
    assert us_phone(typed) == stored
    assert us_phone(stored) == stored


@pytest.mark.parametrize(
    "typed",
    ["555 0142", "+44 20 7946 0958", "207 555 0142 after 5", "207 555 0142 or 207 555 0199", "ask 2 for 207 555 0142"],
)
def test_the_directory_takes_nothing_it_cannot_store_in_one_form(typed):
    with pytest.raises(ValidationError):
        us_phone(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "+1 (207) 555-0142 ext. 12345",
        "(207) 555-0142, extension 123456",
        "207 555 0142 #99999",
        "011 52 55 5555 0142",
        "207 555 0142, call after 5, ask for Max Quill",
        "+44 (0)20 7946 0958 x12345",
    ],
)
def test_a_patient_may_write_an_extension_and_a_word_or_two(typed):
    field = PhoneField()
    assert field.clean(typed) == typed
    assert int(field.widget_attrs(field.widget)["maxlength"]) == 60


@pytest.mark.parametrize("typed", ["a" * 32, "a" * 61, "555 0142", "207 555", "1" * 25, "call me"])
def test_what_is_no_number_is_refused_in_our_own_words(typed):
    with pytest.raises(ValidationError, match="area code"):
        PhoneField().clean(typed)
