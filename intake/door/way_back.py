"""A way back for a patient who calls or stands at the desk: staff make sure who it is, and give out the links."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from clinic.links.actions import wake
from clinic.links.models import Link
from clinic.staff.models import User
from clinic.staff.permissions import ANSWER_REQUESTS
from intake.door.form_links import link_to
from intake.door.status_links import link_to_status
from intake.models import Intake, LeftOut, Patient


@transaction.atomic
def give_out(patient: Patient, *, by: User) -> list[Link]:
    """The links of this patient, awake: to their page, once a form was sent, and to the form that is not.

    None while a guardian's details stand for a patient who has come of age. The date of birth is still asked.
    """
    if not by.may(ANSWER_REQUESTS) or not by.sees(patient.location_id):
        raise PermissionDenied
    if patient.outgrew_guardian:
        return []
    begun = patient.intakes.unfinished().filter(paper_code=None).first()
    sent = patient.intakes.exclude(submitted_at=None).exists()
    LeftOut.objects.filter(patient=patient).delete()
    links = [*([link_to_status(patient)] if sent else []), *([link_to(begun)] if begun else [])]
    for link in links:
        if link.asleep:
            wake(link, by=by)
    return links


def with_sleeping_links(user: User) -> QuerySet[Patient]:
    """The patients this member of staff may see of whom a link took too many wrong tries."""
    asleep = Link.objects.asleep().values("subject_id")
    forms = Intake.objects.filter(public_id__in=asleep).values("patient_id")
    pages = Patient.objects.filter(public_id__in=asleep).values("pk")
    return Patient.objects.visible_to(user).filter(pk__in=pages.union(forms))  # an "or" would read every patient


def left_out(user: User) -> QuerySet[Patient]:
    """Return the patients this member of staff may see whose turn for a link has not come yet."""
    return Patient.objects.visible_to(user).filter(left_out__isnull=False)
