"""A manager reads every kind of message there is: its words, its reader, of what it tells, whether it wakes anybody."""

from html import unescape

from django.urls import reverse

from clinic.messages.kinds import KINDS
from referrals.told.kinds_page import _shown
from tests.clinic.messages.test_mail_words import AN_ID


def test_every_kind_stands_there_with_a_sample_and_what_it_tells_of(location, ruth, sign_in):
    page = unescape(sign_in(ruth).get(reverse("kinds_of_mail")).content.decode())
    for kind in KINDS.values():
        assert page.count(f"<summary>{kind.title}</summary>") == 1, kind.name
    assert "KL-482913" in page


def test_a_sample_is_in_both_languages_for_patients_and_says_when_it_goes(location):
    every = [one for reader in ("patient", "staff", "office") for one in _shown(reader, location)]
    assert not [one.kind.name for one in every if AN_ID.search(str(one.samples))]
    assert [one.kind.name for one in every if not one.tells_of] == []
    patients = {one.kind.name: one for one in _shown("patient", location)}
    assert {len(one.samples) for one in patients.values()} == {2}
    assert patients["visit_reminder"].category == "Reminders of visits"
    assert patients["visit_off"].category == ""
    assert patients["intake_link"].hours == "At once: it was asked for"
    assert patients["visit_off"].tells_of
    staff = {one.kind.name: one.hours for one in _shown("staff", location)}
    assert staff["case_needs_you"] == "At any hour"


def test_only_managers_open_it(priya, maya, sign_in):
    for person in (priya, maya):
        assert sign_in(person).get(reverse("kinds_of_mail")).status_code == 403
