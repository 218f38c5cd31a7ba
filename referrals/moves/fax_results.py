"""Asking the gateway what became of the faxes it has. One it says nothing of is late, and somebody calls the office."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from clinic.messages import faxing as gateway
from clinic.messages.gateway import GatewayInDoubt, GatewayRefused
from referrals.models import Fax
from referrals.moves.faxing import dropped, fax_came_back, why_not_needed

log = logging.getLogger(__name__)

TOO_LONG = timedelta(hours=1)  # for a gateway to say nothing of a fax
SILENT = "The gateway for faxes did not say what became of it."
AT_ONCE = 50


@shared_task(name="referrals.moves.ask_how_faxes_went")
def ask_how_faxes_went_task() -> None:
    ask_how_faxes_went(timezone.now())


def ask_how_faxes_went(now: datetime) -> int:
    """Ask about each fax the gateway has.

    Returns how many are settled. One that cannot be asked about waits for the next time.
    """
    if not gateway.configured():
        return 0
    faxes = Fax.objects.select_related("delivery__referral")
    for fax in faxes.filter(state=Fax.State.WAITING):
        if why := why_not_needed(fax):
            dropped(fax, why)  # its message was taken out of the outbox with all others about the referral
    with_it = faxes.filter(state=Fax.State.TAKEN)
    asked = [_ask(fax, now) for fax in with_it.order_by("taken_at")[:AT_ONCE]]
    return sum(state not in Fax.UNDER_WAY for state in asked)


def _ask(fax: Fax, now: datetime) -> str:
    """Return the state a fax is in by now.

    One of which nothing is heard may have arrived: it is not sent again.
    """
    try:
        result = gateway.result_of(fax.handed)
    except (GatewayRefused, GatewayInDoubt) as why:
        log.warning("The gateway was asked about fax %s: %s", fax.pk, type(why).__name__)
        result = gateway.Result(gateway.Went.WAITING)
    since = fax.taken_at or now
    if result.went == gateway.Went.WAITING and now - since > TOO_LONG:
        return fax_came_back(fax, gateway.Result(gateway.Went.FAILED, SILENT), again=False)
    return fax_came_back(fax, result)
