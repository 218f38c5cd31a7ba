"""Two devices on one link: each is told of the other. Only the patient knows whether both are theirs.

A cookie holds how often its link had been opened when this browser last heard of it. Another count means that somebody
else got past the date of birth since.
"""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.links.models import Link
from clinic.staff.models import Location
from intake.emergency.advice import moment_in_words


def tell_of_other_device(request: HttpRequest, link: Link, location: Location, *, told: int) -> int:
    """Say so when the link was opened elsewhere after `told` times; the count this browser knows of from now on."""
    if request.method != "GET" or link.opened_count <= told or link.opened_at is None:
        return told
    _say(request, link, location, link.opened_at)
    return link.opened_count


def tell_of_device_before(
    request: HttpRequest, link: Link, location: Location, *, used_at: datetime | None, lasts: timedelta
) -> None:
    """Say where the link was opened before this browser came, as long as a page may be open there still.

    `used_at`: when that was, or None; `lasts`: how long a page stays open.
    """
    if used_at and timezone.now() - used_at < lasts:
        _say(request, link, location, used_at)


def _say(request: HttpRequest, link: Link, location: Location, moment: datetime) -> None:
    if link.purpose == Link.Purpose.STATUS:
        words = _("Your page was also opened on another device, %(when)s. If that was not you, please call us.")
    else:
        words = _("Your form was also opened on another device, %(when)s. If that was not you, please call us.")
    messages.warning(request, words % {"when": moment_in_words(moment, location, timezone.now())})
