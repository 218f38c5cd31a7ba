"""What stands under a fold: context that its heading names, the rest of the contact details, a plain "no"."""

import re

import pytest
from django.urls import reverse

from intake import triage
from intake.questionnaire.forms import PageForm
from tests.intake.patients import Phone

FOLD = re.compile(r'<details class="disclosure choices-fold"( open)?>\s*<summary>(.*?)</summary>(.*?)</details>', re.S)


@pytest.fixture
def ada(location):
    return Phone().starts()


def folds(html):
    """Headings of the folds on a page, with whether each is open and the boxes under it."""
    return {name: (bool(is_open), re.findall(r'value="(\w+)"', under)) for is_open, name, under in FOLD.findall(html)}


def test_conditions_stand_under_folds_that_name_them(ada):
    ada.opens_page("health-conditions")
    names = " ".join(folds(ada.html))
    assert all(word in names for word in ("Diabetes", "clot", "aneurysm", "metal in the sore part", "prostate"))
    assert not any(is_open for is_open, _boxes in folds(ada.html).values())


def test_a_fold_is_open_once_something_under_it_is_chosen(ada):
    ada.answers("health-conditions", risk_conditions=["gout"], medicines=["none"], recent_events=["none"])
    ada.opens_page("health-conditions")
    assert ["gout" in boxes for is_open, boxes in folds(ada.html).values() if is_open] == [True]
    assert ada.intake.answers["risk_conditions"] == ["gout"]


def test_whoever_types_a_paper_form_has_every_list_open():
    whole = PageForm(
        protocol=triage.shipped(), page_id="health-conditions", saved={}, language="en", version=1, whole=True
    )
    assert not whole.fields["risk_conditions"].widget.folded


def test_no_danger_sign_stands_under_a_fold():
    protocol = triage.shipped()
    for page in triage.pages(protocol):
        form = PageForm(protocol=protocol, page_id=page.id, saved={}, language="en", version=1)
        folded = [name for name, field in form.fields.items() if getattr(field.widget, "folded", ())]
        assert all(protocol.questions[name].counts_as == "context" for name in folded)


def test_what_may_be_left_out_is_folded_until_it_is_told(client, location):
    page = client.get(reverse("intake_start")).content.decode()
    assert re.search(r'<details class="disclosure"\s*>\s*<summary>Insurance, referral, address', page)
    sent = client.post(reverse("intake_start"), {"insurance_plan": "Acme Gold"}).content.decode()
    assert re.search(r'<details class="disclosure"\s+open\s*>\s*<summary>Insurance, referral, address', sent)


def test_a_no_to_a_danger_sign_stays_open_on_the_page_to_check(ada):
    ada.answers("safety-check", emergency_now=["none"])
    ada.answers("health-conditions", risk_conditions=["none"], medicines=["none"], recent_events=["none"])
    ada.opens(reverse("intake_check"))
    denied = ada.html.split('id="denied"')[1]
    in_sight, folded = denied.split("<details", 1)
    assert "in the last 7 days?" in in_sight
    assert "Do you take any of these" in folded
