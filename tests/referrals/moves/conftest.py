"""Letters as rows: that they are drawn right is looked at elsewhere, and takes a second each."""

import pytest

from referrals.letter import letter
from referrals.models import Letter


@pytest.fixture
def letters(monkeypatch):
    def make(referral, *, prepared_by, channel=""):
        version = Letter.objects.filter(referral=referral).count() + 1
        return referral.letters.create(version=version, content={}, pdf="x.pdf", sha256="0", signed_by=prepared_by)

    monkeypatch.setattr(letter, "make", make)
