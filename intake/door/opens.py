"""What a patient's link opens. Nothing for a guardian from the midnight on which the patient came of age, whether or
not the clock that ends those links has run.
"""

from clinic.links.models import Link
from intake.models import Intake, Patient


def intake_behind(link: Link | None) -> Intake | None:
    """The intake a link leads to, with its patient, location and protocol. `intake.link` is that link."""
    if link is None or link.purpose != Link.Purpose.INTAKE:
        return None
    intakes = Intake.objects.select_related("patient__location", "protocol").defer("protocol__content")
    intake = intakes.filter(public_id=link.subject_id).first()
    if intake is None or intake.taken_back_at or intake.patient.outgrew_guardian:
        return None
    intake.link = link
    return intake


def patient_behind(link: Link | None) -> Patient | None:
    """The patient whose status page a link leads to, with their location."""
    if link is None or link.purpose != Link.Purpose.STATUS:
        return None
    patient = Patient.objects.select_related("location").filter(public_id=link.subject_id).first()
    return None if patient is None or patient.outgrew_guardian else patient
