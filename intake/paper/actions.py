"""Forms on paper: handed out with a code, keyed in by staff, sent with the signatures that are on the paper.

Every function is one transaction. `by` is the member of staff who acts.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.staff.models import User
from clinic.staff.permissions import ANSWER_REQUESTS
from intake import triage
from intake.models import AlreadySubmitted, Assessment, Intake
from intake.paper.code import new_code
from intake.questionnaire import actions as intakes
from intake.signing import actions as consents
from intake.versions.protocols import bring_up_to_date

OPEN_ANSWERS = ("unsure", "prefer_not", "not_tried")  # what a question offers to whoever cannot answer it


@dataclass(frozen=True)
class Blanks:
    """Required questions without an answer. `judged`: those that can be judged as not sure, each with that answer;
    `must_ask`: ids of those nobody can judge without an answer."""

    judged: dict[str, object]
    must_ask: list[str]


class MustAsk(Exception):
    """Required answers are missing from the paper; nothing was sent. `questions`: their ids, in page order."""

    def __init__(self, questions: list[str]) -> None:
        self.questions = questions
        super().__init__(", ".join(questions))


@transaction.atomic
def start_on_paper(*, by: User, **contact: Any) -> Intake:
    """An intake of a new patient who answers on paper. Nobody is written about it."""
    if not by.may(ANSWER_REQUESTS) or not by.locations.contains(contact["location"]):
        raise PermissionDenied
    return put_on_paper(intakes.start_intake(by=by, **contact), by=by)


@transaction.atomic
def put_on_paper(intake: Intake, *, by: User) -> Intake:
    """Give an unfinished intake the code that is printed on its form; one that has a code keeps it."""
    if not by.may(ANSWER_REQUESTS) or not by.sees(intake.patient.location_id):
        raise PermissionDenied
    intake = _locked(intake)
    if intake.submitted_at:
        raise AlreadySubmitted
    if intake.paper_code is None:
        intake.paper_code = new_code()
        while Intake.objects.filter(paper_code=intake.paper_code).exists():
            intake.paper_code = new_code()
        intake.save(update_fields=["paper_code"])
    return intake


def _locked(intake: Intake) -> Intake:
    whole = Intake.objects.select_related("patient__location", "protocol").defer("protocol__content")
    return whole.select_for_update(of=("self",)).get(pk=intake.pk)


def blanks(intake: Intake) -> Blanks:
    """Return what is missing, and what follows from judging it as not sure: such an answer may ask for more."""
    protocol = intakes.protocol_for(intake)
    answers, judged = dict(intake.answers), {}
    while True:
        todo = [name for name in triage.next_questions(protocol, answers) if protocol.questions[name].required]
        open_ = {name: answer for name in todo if (answer := _open_answer(protocol.questions[name])) is not None}
        if not open_:
            return Blanks(judged, todo)
        judged |= open_
        answers |= open_


def _open_answer(question: triage.Question) -> Any:
    option = next((one for one in OPEN_ANSWERS if one in question.option_ids), None)
    return [option] if option and question.takes_many else option


@transaction.atomic
def submit_paper(
    intake: Intake, *, version: int, signed_name: str, choices: dict[str, Any], by: User, judge_blanks: bool = False
) -> Assessment:
    """Send what was keyed in, with the signature on the paper.

    With `judge_blanks`, questions left blank are judged as not sure, never as a no, and kept as left blank; without,
    they raise `intakes.Incomplete`. Raises MustAsk when an answer is missing that cannot be judged so,
    consents.BadSignature and what `submit_intake` raises; nothing is sent then.
    """
    intake = (
        Intake.objects.select_for_update(of=("self",)).select_related("patient__location", "protocol").get(pk=intake.pk)
    )
    if intake.submitted_at is None:
        if intake.version != version:
            raise intakes.StalePage({})
        protocol = bring_up_to_date(intake)
        left = blanks(intake)
        if left.must_ask:
            raise MustAsk(left.must_ask)
        if left.judged and not judge_blanks:
            raise intakes.Incomplete(list(left.judged))
        for page in triage.pages(protocol):
            if answers := {name: left.judged[name] for name in page.questions if name in left.judged}:
                intake = intakes.save_page(intake, page.id, answers, version=intake.version, by=by).intake
        Intake.objects.filter(pk=intake.pk).update(left_blank=list(left.judged))
        consents.sign(intake, signed_name=signed_name, choices=choices, language=intake.language, by=by)
        version = intake.version
    return intakes.submit_intake(intake, version=version, by=by)
