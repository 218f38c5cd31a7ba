"""How each change of a patient's file is made."""

from hashlib import sha256

from django.core.files.base import ContentFile

from clinic.files.checks import CheckedFile
from intake.files import actions
from intake.models import PatientFile
from tests import factories
from tests.answers import HEEL_PAIN
from tests.referrals.told.house import House, Walked
from tests.referrals.told.on_cases import HERE
from tests.referrals.told.walks import walks

PDF = b"%PDF-1.7"
NAME = "scan of May.pdf"


def _adds(intake) -> PatientFile:
    digest = sha256(PDF).hexdigest()
    checked = CheckedFile(ContentFile(PDF), len(PDF), digest, digest, "file.pdf", NAME, "application/pdf")
    return actions.add_file(intake, checked=checked, kind=PatientFile.Kind.REPORT)


def _there(house) -> PatientFile:
    return factories.patient_file(house.opened(HEEL_PAIN).intake, name=NAME)


def _about(file, reads=NAME) -> Walked:
    return Walked(case=file.intake.case, reads={"case": reads, "status_files": NAME})


@walks("It is added before the case is decided")
def added(house: House):
    case = house.opened(HEEL_PAIN)
    house.now_changes()
    house.subject = _adds(case.intake)
    return _about(house.subject)


@walks("It is added after the case was decided")
def added_late(house: House):
    case = house.decided(HEEL_PAIN, **HERE)
    house.clock.shift(3600)
    house.now_changes()
    house.subject = _adds(case.intake)
    return _about(house.subject)


@walks("The patient takes it back before they send the form")
def taken_back(house: House):
    file = factories.patient_file(factories.intake(of=house.patient()))
    house.now_changes()
    actions.remove_file(file.intake, file.public_id)
    return Walked(patient=file.patient)


@walks("The scanner finds nothing")
def clean(house: House):
    file = _there(house)
    house.now_changes(file)
    actions.mark_scanned(file, found="")
    return _about(file, "Scanned, nothing found")


@walks("The scanner finds a virus")
def infected(house: House):
    file = _there(house)
    house.now_changes(file)
    actions.mark_scanned(file, found="Eicar-Test-Signature")
    return _about(file, "A virus was found")
