"""Who is told of a file that a patient sends."""

from intake.files import actions
from intake.models import PatientFile
from referrals.told.rows import Change, Page, Told, Who, moves

WAITING, CLEAN, INFECTED = PatientFile.Scan

ROWS = (
    Change(
        "It is added before the case is decided",
        (actions.add_file,),
        moves=moves("- -> waiting"),
        told=(Told(Who.THERAPIST, Page("case"), enough="whoever decides has the case before them"),),
    ),
    Change(
        "It is added after the case was decided",
        (actions.add_file,),
        moves=moves("- -> waiting"),
        told=(Told(Who.THERAPIST, Page("queue"), enough="it stands above the queue until somebody opens it"),),
        yet="nobody is mailed, and a file that nobody opens raises nothing",
    ),
    Change(
        "The patient takes it back before they send the form",
        (actions.remove_file,),
        nobody="nobody has seen it",
    ),
    Change(
        "The scanner finds nothing",
        (actions.mark_scanned, actions.scan_waiting),
        moves=moves("waiting -> clean"),
        told=(Told(Who.THERAPIST, Page("case"), enough="nothing is asked of anybody"),),
    ),
    Change(
        "The scanner finds a virus",
        (actions.mark_scanned, actions.scan_waiting),
        moves=moves("waiting -> infected"),
        told=(
            Told(Who.PATIENT, Page("status_files"), enough="the therapist reads it too"),
            Told(Who.THERAPIST, Page("case"), enough="whoever opens the case is asked to ask for another copy"),
        ),
        yet="neither is mailed: a patient who does not come back, and a therapist who has decided, do not hear of it",
    ),
)
