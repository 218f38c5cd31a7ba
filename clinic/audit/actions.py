"""Writing the access log."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from clinic.audit.models import AccessLog

LISTED = "listed"  # a name among others


def saw(
    request: HttpRequest,
    *,
    subject: str,
    subject_id: UUID | str = "",
    patient_id: int | None = None,
    location_id: int | None = None,
    actor: str | None = None,
) -> None:
    """Record that this request is about to show a patient's data. Call it before the data leaves the server.

    `actor` is taken from the signed-in user; patient and office pages name it. An error here must stop the page.
    """
    what = {"subject": subject, "subject_id": str(subject_id), "patient_id": patient_id, "location_id": location_id}
    AccessLog.objects.create(**_who(request, actor), **what)


def saw_each(request: HttpRequest, *, subject: str, people: Iterable[Any]) -> None:
    """Record each person a list is about to name, once. `people` have `pk`, `public_id` and `location_id`."""
    who, once = _who(request, None), {person.pk: person for person in people}
    AccessLog.objects.bulk_create(
        AccessLog(**who, subject=subject, subject_id=str(one.public_id), patient_id=one.pk, location_id=one.location_id)
        for one in once.values()
    )


def refused(request: HttpRequest) -> None:
    """Record that this member of staff asked for what their role may not open."""
    AccessLog.objects.create(**_who(request, None), subject="refused")


def _who(request: HttpRequest, actor: str | None) -> dict[str, Any]:
    user = request.user if request.user.is_authenticated else None
    return {
        "actor": actor or (AccessLog.Actor.STAFF if user else AccessLog.Actor.PATIENT),
        "user": user,
        "role": user.role if user else "",
        "page": request.resolver_match.view_name,
    }


def account_event(page: str, user: Any, what: str, *, by: Any = "themselves") -> None:
    """Record what happened to somebody's way in: `what` in two or three words, such as "wrong password".

    `by` is None where nobody knows who did it: a wrong password says nothing about the person it was tried for.
    """
    doer = user if by == "themselves" else by
    AccessLog.objects.create(
        actor=AccessLog.Actor.STAFF if doer else AccessLog.Actor.SYSTEM,
        user=doer,
        role=doer.role if doer else "",
        page=page,
        subject=what,
        subject_id=str(user.public_id) if user else "",
    )
