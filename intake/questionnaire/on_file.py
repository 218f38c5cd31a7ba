"""What is on file of somebody who comes back: where it got worse, and what is still right.

Every function that changes something is one transaction. What nobody confirmed today is no answer.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from intake import triage
from intake.models import AlreadySubmitted, Case, CaseEvent, Intake, Urgency
from intake.questionnaire.actions import Saved
from intake.questionnaire.elsewhere import save_where_they_stand
from intake.versions.arranging import LINES, NEW_PLACE, PLACES
from intake.versions.never_read import wholly_read
from intake.versions.protocols import protocol_for, what_fits


def facts_on_file(intake: Intake) -> dict[str, dict[str, Any]]:
    """Return the answers of the earlier form that each line shows.

    What was not answered then, or with "not sure", has no line. Nor has a list some of which was not in sight then,
    and a list answered with none: the line would not show what is denied by it.
    """
    if intake.earlier is None:
        return {}
    protocol = protocol_for(intake)
    said = what_fits(protocol, intake.earlier.answers)
    asked = set(triage.visible_questions(protocol, intake.answers | said))
    found = {}
    for line, names in LINES.items():
        answers = {name: said[name] for name in names if name in said and name in asked}
        open_ones = [name for name, value in answers.items() if _says_little(protocol.questions[name], value, protocol)]
        if names[0] in answers and not open_ones and wholly_read(intake.earlier, answers, protocol) == answers.keys():
            found[line] = answers
    return found


def places_on_file(intake: Intake) -> dict[str, Any]:
    """Return where it hurt by the earlier form, and which place most if asked."""
    said = what_fits(protocol_for(intake), intake.earlier.answers) if intake.earlier else {}
    return {name: said[name] for name in PLACES if name in said} if said.get(PLACES[0]) else {}


def _says_little(question: triage.Question, value: Any, protocol: triage.Protocol) -> bool:
    """Say whether an answer is "not sure", or denies a list that stands in no line."""
    chosen = value if isinstance(value, list) else [value]
    denies = isinstance(value, list) and set(value) <= set(question.exclusive)
    return denies or any(option in chosen for option in protocol.unknowns.open_options)


@transaction.atomic
def say_what_is_worse(intake: Intake, places: Collection[str]) -> Saved:
    """Note which places got worse, and say so on the case at once.

    A new place leads to the whole form; the others are where it hurts today too. Raises AlreadySubmitted.
    """
    locked = _locked(intake)
    on_file, before = places_on_file(locked), protocol_for(locked)
    known = [place for place in on_file.get(PLACES[0], ()) if place in places]
    is_new = NEW_PLACE in places or not known
    locked.worse_places = [*known, NEW_PLACE] if is_new else known
    locked.save(update_fields=["worse_places"])
    saved = Saved(locked, Urgency(locked.urgency), newly_emergency=False)
    if not is_new:
        saved = _save(locked, on_file)
    _look_again(saved.intake, before)
    case = Case.objects.filter(intake=locked).first()
    if case:
        words = [str(triage.display(protocol_for(locked), PLACES[0], known))] if known else []
        words += ["a new place"] if is_new else []
        case.move_to(case.status, event=CaseEvent.Kind.GOT_WORSE, words=f"{'; '.join(words)}.")
    return saved


@transaction.atomic
def confirm_on_file(intake: Intake, lines: Collection[str]) -> Saved:
    """Take what these lines show for answers of today.

    The questions of the others are asked, and so are those of a line that shows nothing. Raises AlreadySubmitted.
    """
    locked = _locked(intake)
    facts, before = facts_on_file(locked), protocol_for(locked)
    answers: dict[str, Any] = {}
    right = {line for line in lines if line in facts or line not in LINES}
    for line, names in LINES.items():
        if line in facts and line in right:
            answers |= {name: facts[line].get(name) for name in names}
        elif line in locked.confirmed:  # it is not right after all
            answers |= dict.fromkeys(names)
    saved = _save(locked, answers)
    locked = saved.intake
    locked.confirmed, locked.on_file_at = sorted(right), timezone.now()
    locked.save(update_fields=["confirmed", "on_file_at"])
    _look_again(locked, before)
    return saved


def _save(intake: Intake, answers: dict[str, Any]) -> Saved:
    """Save answers of many pages, and leave the pages as unread as they were."""
    done = dict(intake.pages_done)
    saved = save_where_they_stand(intake, answers)
    saved.intake.pages_done = done
    saved.intake.save(update_fields=["pages_done"])
    return saved


def _look_again(intake: Intake, before: triage.Protocol) -> None:
    """Count a page as not saved that holds other questions than it did."""
    had = {page.id: page.questions for page in triage.pages(before)}
    has = {page.id: page.questions for page in triage.pages(protocol_for(intake))}
    intake.pages_done = {page: at for page, at in intake.pages_done.items() if has.get(page) == had.get(page)}
    intake.save(update_fields=["pages_done"])


def _locked(intake: Intake) -> Intake:
    locked = Intake.objects.select_for_update(of=("self",)).select_related("patient__location", "protocol", "earlier")
    found = locked.get(pk=intake.pk)
    if found.submitted_at or found.taken_back_at:
        raise AlreadySubmitted
    return found
