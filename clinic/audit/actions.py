"""Writing the access log."""

from clinic.audit.models import AccessLog


def saw(request, *, subject: str, subject_id="", patient_id=None, location_id=None, actor=None) -> None:
    """Record that this request is about to show a patient's data. Call it before the data leaves the server.

    `actor` is taken from the signed-in user; patient and office pages name it. An error here must stop the page.
    """
    what = {"subject": subject, "subject_id": str(subject_id), "patient_id": patient_id, "location_id": location_id}
    AccessLog.objects.create(**_who(request, actor), **what)


def saw_each(request, *, subject: str, people) -> None:
    """Record each person a list is about to name, once. `people` have `pk`, `public_id` and `location_id`."""
    who, once = _who(request, None), {person.pk: person for person in people}
    AccessLog.objects.bulk_create(
        AccessLog(**who, subject=subject, subject_id=str(one.public_id), patient_id=one.pk, location_id=one.location_id)
        for one in once.values()
    )


def _who(request, actor) -> dict:
    user = request.user if request.user.is_authenticated else None
    return {
        "actor": actor or (AccessLog.Actor.STAFF if user else AccessLog.Actor.PATIENT),
        "user": user,
        "role": user.role if user else "",
        "page": request.resolver_match.view_name,
    }


def account_event(page: str, user, what: str, *, by="themselves") -> None:
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
