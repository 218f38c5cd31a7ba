"""Faxes: put in the queue, handed over, sent or failed; or faxed by hand, with a proof that stands beside our word.

The outbox hands a fax to the gateway as it hands over a mail (`fax_emails`); what became of it the gateway is asked
(`fax_results`). One that does not arrive is a state of the referral, as a mail that does not (`undelivered`).
"""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clinic.contact import phones
from clinic.files.checks import CheckedFile
from clinic.messages import faxing as gateway
from clinic.messages.models import Message
from clinic.staff.models import User
from referrals.letter.packet import packet
from referrals.models import Delivery, Fax, Referral, Specialist
from referrals.moves import undelivered
from referrals.moves.about import about
from referrals.moves.steps import NotYet, Status, What, check_may, lock, write_down

State = Fax.State
MOST_TRIES = 3
TRIED_AGAIN_AFTER = timedelta(minutes=5)
NOT_WITH_IT = (Status.DRAFT, Status.DECLINED, Status.BACK, *Referral.ENDED)


def may_be_faxed(office: Specialist) -> None:
    """Raise NotYet where no fax can go to this office from here."""
    if not gateway.configured():
        raise NotYet("No faxes are sent from here. Print the letter and fax it, then record how.")
    if not office.fax:
        raise NotYet("This office has no fax number. Put it into the directory first.")


def put_in_queue(delivery: Delivery) -> Fax:
    """Fax the letter and what goes along, with a cover sheet.

    Its pages are kept as they go.
    """
    made = packet(delivery.letter, cover=True)
    fax = Fax(
        delivery=delivery,
        number=delivery.specialist.fax,
        state=State.WAITING,
        pages=made.count,
        sha256=hashlib.sha256(made.pdf).hexdigest(),
    )
    fax.pdf.save("fax.pdf", ContentFile(made.pdf), save=False)
    fax.save()
    _hand_over(fax)
    return fax


def by_hand(delivery: Delivery) -> Fax:
    """Put down that somebody faxes it from a machine.

    The proof comes when the machine has printed it.
    """
    return Fax.objects.create(
        delivery=delivery, number=delivery.specialist.fax, state=State.BY_HAND, settled_at=timezone.now()
    )


def _hand_over(fax: Fax, **more: Any) -> Message:
    referral = fax.delivery.referral
    return about(referral, "referral_faxed", referral.round, fax.pk, fax.tries, to=fax.number, **more)


@transaction.atomic
def prove_fax(
    referral: Referral,
    *,
    confirmation: str = "",
    proof: CheckedFile | None = None,
    number: str = "",
    by: User,
    saw: int | None = None,
) -> Fax:
    """Keep what says that a fax sent by hand arrived.

    A number, a file, or both; and the fax number it really went to.
    """
    check_may(by)
    referral = lock(referral, saw)
    fax = unproven(referral)
    if fax is None:
        raise NotYet("No fax waits for its confirmation.")
    if not confirmation.strip() and proof is None:
        raise NotYet("Enter the confirmation number, or add the page the machine printed.")
    fax.confirmation, fax.number, fax.proven_by = confirmation.strip()[:120], number or fax.number, by
    fax.settled_at = timezone.now()
    if proof is not None:
        fax.proof_sha256 = proof.sha256
        fax.proof.save(proof.stored_as, proof.content, save=False)
    fax.save()
    said = f"Confirmation {fax.confirmation}" if fax.confirmation else "Confirmation kept as a file"
    write_down(referral, What.FAX, by=by, note=f"To {fax.number}. {said}.")
    return fax


def unproven(referral: Referral) -> Fax | None:
    """Return the fax by hand that nothing but our word says was sent."""
    newest = Fax.objects.filter(delivery__referral=referral).select_related("delivery").last()
    if newest is None or newest.delivery.specialist_id != referral.specialist_id:
        return None
    return newest if newest.waits_for_proof else None


# What became of it ----------------------------------------------------------------------------------------------------


def why_not_needed(fax: Fax) -> str:
    """Return why this fax need not go any more, or ""."""
    referral = fax.delivery.referral
    if referral.status in NOT_WITH_IT or referral.specialist_id != fax.delivery.specialist_id:
        return "The referral is no longer with this office."
    if Fax.objects.filter(delivery__referral=referral, pk__gt=fax.pk).exists():
        return "A later fax goes in its place."
    return ""


def why_not_there(fax: Fax) -> str:
    """Return why these pages must not go to the number they were made for, or "".

    One that was corrected since may be anybody's.
    """
    now = phones.read(fax.delivery.specialist.fax)
    if now.dialed and now.dialed == phones.read(fax.number).dialed:
        return ""
    return "" if fax.delivery.specialist.fax == fax.number else "The office has another fax number by now."


def taken(fax: Fax, id_: UUID) -> None:
    """Put down that the gateway has it, and by which id."""
    under_way = Fax.objects.filter(pk=fax.pk, state=State.WAITING)
    under_way.update(state=State.TAKEN, taken_at=timezone.now(), handed=id_, why="")


def dropped(fax: Fax, why: str) -> None:
    """Put down that it is not needed any more."""
    under_way = Fax.objects.filter(pk=fax.pk, state__in=Fax.UNDER_WAY)
    under_way.update(state=State.DROPPED, settled_at=timezone.now(), why=why[:200])


def failed(fax: Fax, why: str) -> None:
    """Put down that it did not arrive.

    The next step is ours, in one open hour, unless somebody reached the office.
    """
    under_way = Fax.objects.filter(pk=fax.pk, state__in=Fax.UNDER_WAY)
    if under_way.update(state=State.FAILED, settled_at=timezone.now(), why=why[:200]):
        late(fax)


def late(fax: Fax) -> None:
    """Say that the office has not got it."""
    referral = fax.delivery.referral
    moves = referral.moves.filter(at__gt=fax.delivery.at).exclude(what=What.SENT)
    if not why_not_needed(fax) and not moves.exclude(from_status=F("to_status")).exists():
        undelivered.notice(referral)


@transaction.atomic
def fax_came_back(fax: Fax, result: gateway.Result, *, again: bool = True) -> str:
    """Settle it by what the gateway says.

    One that failed is tried twice more, unless `again` is False.
    Returns its state.
    """
    referral = lock(fax.delivery.referral)
    fax = Fax.objects.select_for_update(of=("self",)).select_related("delivery").get(pk=fax.pk)
    fax.delivery.referral = referral
    if fax.state != State.TAKEN or result.went == gateway.Went.WAITING:
        return fax.state
    if result.went == gateway.Went.SENT:
        fax.state, fax.settled_at, fax.confirmation = State.SENT, timezone.now(), result.confirmation
        fax.save(update_fields=["state", "settled_at", "confirmation"])
        undelivered.went(referral)
    elif again and fax.tries < MOST_TRIES and not (why_not_needed(fax) or why_not_there(fax)):
        fax.state, fax.tries, fax.why = State.WAITING, fax.tries + 1, result.why
        fax.save(update_fields=["state", "tries", "why"])
        _hand_over(fax, due_at=timezone.now() + TRIED_AGAIN_AFTER)
    else:
        failed(fax, result.why or "The gateway does not say why.")
    return Fax.objects.get(pk=fax.pk).state
