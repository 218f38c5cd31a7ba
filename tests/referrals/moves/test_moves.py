"""A referral moves by one table. Every move it has works and is written down; every other is refused."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from referrals.models import MoveNotAllowed, Referral, ReferralMove
from tests import factories

Status = Referral.Status
ALLOWED = """
draft      -> sent withdrawn
sent       -> opened accepted declined question scheduled reported withdrawn
opened     -> accepted declined question scheduled reported withdrawn
question   -> sent accepted declined scheduled withdrawn
accepted   -> scheduled declined reported question withdrawn
declined   -> draft back withdrawn
back       -> draft withdrawn
scheduled  -> scheduled seen no_show reported declined withdrawn closed
seen       -> scheduled reported closed
no_show    -> scheduled draft reported closed withdrawn
reported   -> reported scheduled closed
closed     -> draft reported
withdrawn  -> draft
"""
TABLE = {line.split()[0]: set(line.split()[2:]) for line in ALLOWED.strip().splitlines()}
ENDED = {"closed", "withdrawn"}


@pytest.fixture
def at(decision, priya, neurologist):
    """`at("sent")` is the referral in that status."""

    def placed(status):
        if status == "draft":
            return factories.referral(after=decision, owner=priya)
        referral = factories.referral(after=decision, owner=priya, to=neurologist)
        ended = {"end_reason": "not_needed", "ended_at": timezone.now()} if status in ENDED else {}
        Referral.objects.filter(pk=referral.pk).update(status=status, **ended)
        referral.refresh_from_db()
        return referral

    return placed


def what_goes_with(status):
    """The values a status needs to be true by the constraints."""
    if status in ENDED:
        return {"end_reason": "not_needed", "ended_at": timezone.now(), "next_check_at": None}
    return {"end_reason": "", "ended_at": None, "next_check_at": timezone.now() + timedelta(days=1)}


def test_the_table_names_every_status():
    assert set(TABLE) == set(Status.values) == set(Referral.MOVES)


@pytest.mark.parametrize("before", TABLE)
def test_every_move_of_the_table_is_made_and_written_down(at, priya, neurologist, before):
    referral = at(before)
    letter = referral.sent_letter or referral.letters.create(
        version=9, content={}, pdf="letters/x.pdf", sha256="0", signed_by=referral.decision.by
    )
    to_office = {
        "specialist": neurologist, "choice": "other", "choice_reason": "near", "sent_at": timezone.now(),
        "sent_letter": letter, "channel": "link",
    }  # fmt: skip
    for after in sorted(TABLE[before]):
        with undone():
            again = Referral.objects.get(pk=referral.pk)
            again.move_to(after, what="note", by=priya, note="why", **what_goes_with(after), **to_office)
            assert Referral.objects.get(pk=referral.pk).status == again.status == after
            line = referral.moves.get()
            assert (line.from_status, line.to_status, line.by, line.note) == (before, after, priya, "why")


@pytest.mark.parametrize("before", TABLE)
def test_every_other_move_is_refused_and_changes_nothing(at, priya, before):
    referral = at(before)
    stored = Referral.objects.filter(pk=referral.pk).values().get()
    for after in set(TABLE) - TABLE[before]:
        with pytest.raises(MoveNotAllowed):
            referral.move_to(after, what="note", by=priya, note="why", **what_goes_with(after))
    assert Referral.objects.filter(pk=referral.pk).values().get() == stored
    assert not referral.moves.exists()


@contextmanager
def undone():
    """What happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("open_referral_has_an_owner_and_a_next_date", {"owner": None}),
        ("open_referral_has_an_owner_and_a_next_date", {"next_check_at": None}),
        ("ended_referral_has_a_reason_and_a_time", {"status": "closed", "ended_at": timezone.now()}),
        ("ended_referral_has_a_reason_and_a_time", {"status": "withdrawn", "end_reason": "not_needed"}),
        ("ended_referral_has_a_reason_and_a_time", {"end_reason": "not_needed"}),
        ("sent_referral_has_a_specialist_and_a_letter", {"status": "sent"}),
        ("chosen_specialist_has_a_reason", {"specialist_id": 1}),
        ("referral_has_a_known_urgency", {"urgency": 9}),
    ],
)
def test_the_database_refuses_what_must_never_be(at, constraint, changes):
    referral = at("draft")
    if "specialist_id" in changes:
        changes = {"specialist_id": factories.specialist().pk}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**changes)


@pytest.mark.parametrize("missing", ["specialist", "sent_at", "sent_letter", "channel"])
def test_nothing_is_sent_without_specialist_letter_time_and_channel(at, missing):
    referral = at("sent")
    with pytest.raises(IntegrityError, match="sent_referral_has_a_specialist"), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**{missing: "" if missing == "channel" else None})


def test_a_line_of_the_history_names_somebody_and_never_changes(at, priya):
    referral = at("sent")
    with pytest.raises(IntegrityError, match="move_was_made_by_someone"), transaction.atomic():
        ReferralMove.objects.create(referral=referral, what="note", to_status="sent")
    with pytest.raises(IntegrityError, match="declined_move_has_a_reason"), transaction.atomic():
        ReferralMove.objects.create(referral=referral, what="declined", to_status="declined", by=priya)
    line = ReferralMove.objects.create(referral=referral, what="note", to_status="sent", by=priya)
    for change in ("UPDATE referrals_referralmove SET note = 'x'", "DELETE FROM referrals_referralmove"):
        with pytest.raises(Exception, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{change} WHERE id = %s", [line.pk])
