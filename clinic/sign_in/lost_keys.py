"""Finding out at the start, not at somebody's second step, that the keys do not fit the database."""

import logging
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import DatabaseError

from clinic.environment.usable import refused
from clinic.sign_in.adapters import SecondFactorAdapter

log = logging.getLogger(__name__)


def refuse_lost_keys() -> None:
    """End the start of the web when FIELD_KEYS cannot read the second step of somebody who works here."""
    try:
        rows = list(Authenticator.objects.filter(user__is_active=True).values_list("user_id", "data"))
    except DatabaseError:
        log.warning("The database did not answer; whether FIELD_KEYS fits it is not known yet.")
        return
    lost = {user for user, data in rows if not _readable(data)}
    if lost:
        raise refused(
            f"FIELD_KEYS cannot read the second step of {len(lost)} of {len({user for user, _data in rows})} people: "
            "put the key they were set up with back, or hand out new codes with `manage.py second_step_code EMAIL`."
        )


def _readable(data: dict[str, Any]) -> bool:
    adapter = SecondFactorAdapter()
    try:
        for name in ("secret", "seed"):
            if name in data:
                adapter.decrypt(data[name])
    except ValidationError:
        return False
    return True
