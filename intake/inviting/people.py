"""Who may be the person somebody is about to invite: on file already, or invited and not heard of yet."""

from datetime import date

from django.db.models import Exists, OuterRef

from clinic.staff.models import User
from intake.models import Intake, Patient

MOST_OFFERED = 5


def on_file(user: User, first_name: str, last_name: str, born: date) -> tuple[list[Patient], list[Patient]]:
    """Return who has this name and birth date, and who of that date has one like it.

    However the name is written. Only whoever has sent a form is on file: a name somebody once typed is nobody yet.
    """
    sent = Intake.objects.filter(patient=OuterRef("pk"), submitted_at__isnull=False)
    people = Patient.objects.visible_to(user).select_related("location").filter(Exists(sent))
    found, others = people.called(last_name, first_name, born=born)
    return found, [one for one in others if one.is_near(first_name, last_name)]


def invited_already(user: User, first_name: str, last_name: str, born: date) -> Intake | None:
    """Return the invitation of this person that stands, the newest of several."""
    standing = Intake.objects.visible_to(user).invitations().unfinished().filter(patient__date_of_birth=born)
    newest = standing.select_related("patient__location").order_by("-started_at", "-pk")
    return next((one for one in newest if one.patient.is_called(first_name, last_name)), None)
