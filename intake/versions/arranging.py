"""How the form of somebody who comes back is arranged: what is on file is confirmed, and who got worse is asked less.

What is confirmed is what a person has, not how they are today: a warning sign is asked anew, every time.
"""

from intake import triage
from intake.models import Intake

LINES = {  # on the page "is this still right?", with the questions whose answers each shows
    "sex": ("sex_at_birth",),
    "conditions": ("risk_conditions", "aneurysm_whose"),
    "medicines": ("medicines",),
    "cancer": ("cancer_history", "cancer_type"),
}
DETAILS = ("contact", "insurance", "language")  # the lines that show the contact details
PLACES = ("pain_regions", "main_problem_area")
NEW_PLACE = "new_place"
FROM_DETAILS = frozenset({"age"})  # questions that the contact details answer
KEPT = FROM_DETAILS | {*PLACES, *(name for names in LINES.values() for name in names)}


def still_due(intake: Intake) -> str:
    """Return the page that whoever comes back has still to answer, "" for none."""
    if not intake.asks_on_file or intake.submitted_at or intake.taken_back_at:
        return ""
    if intake.occasion == Intake.Occasion.WORSE and intake.worse_places is None:
        return "intake_where_worse"
    return "" if intake.on_file_at else "intake_on_file"


def is_short(intake: Intake) -> bool:
    """Say whether only what can show a danger is asked.

    They got worse where we know that it hurts, and confirmed what is on file.
    """
    places: list[str] = intake.worse_places or []
    return bool(places) and NEW_PLACE not in places and intake.on_file_at is not None


def known_on_file(intake: Intake) -> frozenset[str]:
    """Return the questions no page asks: the patient confirmed their answers."""
    names = {name for line in intake.confirmed for name in LINES.get(line, ())}
    names |= {*PLACES} if is_short(intake) else set()
    return frozenset(names & intake.answers.keys())


def arranged(protocol: triage.Protocol, intake: Intake) -> triage.Protocol:
    """Return the protocol with the pages that this intake is asked."""
    if not is_short(intake):
        return protocol
    names = known_on_file(intake) | FROM_DETAILS
    known = {name: intake.answers[name] for name in names if name in intake.answers}
    return triage.only_danger(protocol, known, KEPT)
