"""Codes by which offices open their referrals."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from clinic.staff.models import Role
from referrals.models import OfficeCode, Specialist
from tests import factories


def office_code(*, to: Specialist, **fields) -> OfficeCode:
    """A code for an office, read out a moment ago."""
    return OfficeCode.objects.create(
        specialist=to,
        **{
            "way": OfficeCode.Way.READ_OUT,
            "number": to.phone,
            "made_by": factories.staff(f"Dana{uuid4().hex[:8]} Reed", role=Role.FRONT_DESK),
            "expires_at": timezone.now() + timedelta(hours=1),
            **fields,
        },
    )
