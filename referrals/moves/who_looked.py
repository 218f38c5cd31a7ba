"""Who looked at a patient's record, in words, from the access log.

The log holds one row for every page that showed this patient. Those of lists in which a name stands among others are
left out here, and the page says so: every morning's list would hide the looks that matter.
"""

from typing import Any

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.audit.models import AccessLog
from clinic.staff.permissions import Role
from intake.models import Patient
from intake.seen import FOUND, LISTED

ROLES = {
    Role.THERAPIST: gettext_lazy("physical therapist"),
    Role.FRONT_DESK: gettext_lazy("front desk"),
    Role.MANAGER: gettext_lazy("clinic manager"),
}
SUBJECTS = {
    "intake": gettext_lazy("your form"),
    "case": gettext_lazy("your answers and what we noted about them"),
    "referral": gettext_lazy("letters and steps with another office"),
    "report": gettext_lazy("a report about you"),
    "patient": gettext_lazy("your details"),
    "message": gettext_lazy("an email to you"),
    FOUND: gettext_lazy("your name, by a search"),
}


def looks(patient: Patient) -> QuerySet[AccessLog, dict[str, Any]]:
    """One row for each day, person and part of the record, the newest first: a queryset that can be cut into pages."""
    return (
        AccessLog.objects.filter(patient_id=patient.pk)
        .exclude(subject=LISTED)
        .annotate(day=TruncDate("at", tzinfo=patient.location.zone))
        .values("day", "actor", "user__name", "role", "subject")
        .annotate(times=Count("pk"), last=Max("at"))
        .order_by("-day", "-last", "subject")
    )


def in_words(row: dict[str, Any]) -> dict[str, Any]:
    """`who` and `what` of one row of `looks`, in the active language."""
    return row | {"who": _who(row), "what": SUBJECTS.get(row["subject"], _("your record"))}


def _who(row: dict[str, Any]) -> str:
    if row["actor"] == AccessLog.Actor.STAFF:
        role = ROLES.get(row["role"])
        return f"{row['user__name']}, {role}" if role else row["user__name"]
    return {
        AccessLog.Actor.PATIENT: _("You, or somebody with your link and date of birth"),
        AccessLog.Actor.OFFICE: _("The other office we wrote to"),
    }.get(row["actor"], _("Our computer, by itself"))
