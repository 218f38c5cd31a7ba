"""What a patient answered, in the words a letter says it with."""

from collections.abc import Iterable
from typing import Any

from intake import triage
from intake.models import Assessment
from intake.review.counting import taken_for
from intake.review.words import answer_in_words
from intake.versions.never_read import never_read
from intake.versions.protocols import readable
from referrals.letter import words


def explanation_of(assessment: Assessment) -> dict[str, Any]:
    return assessment.result.get("explanation", {})


class Answers:
    """The answers of one assessment, in the words of the protocol that judged them.

    Those are the words the patient answered. The shipped protocol helps out when that one can no longer be read.
    """

    def __init__(self, assessment: Assessment, language: str) -> None:
        self.protocol = readable(assessment.protocol) or triage.shipped()
        self.answers = assessment.answers
        self.by_phone = taken_for(assessment)
        self.never_read = never_read(assessment.intake)
        self.explanation = explanation_of(assessment)
        self.unused_alarms = assessment.unused_alarms
        self.asked = set(assessment.result.get("asked", assessment.answers))
        self.language = language

    def rows(self, questions: Iterable[str]) -> list[list[str]]:
        """[label, answer] of each question that was asked and answered with more than a plain no."""
        return [
            [self.label(question), self.answer(question)]
            for question in questions
            if question in self.asked and self.answers.get(question) not in (None, "", [])
            if not self._denied(question)
        ]

    def marked(self) -> dict:
        """Say what the patient marked on the body, as places and in words."""
        places = self.answers.get("pain_regions")
        return {"places": places, "words": f"Marked by the patient: {self.answer('pain_regions')}"} if places else {}

    def alarms(self) -> list[list[str]]:
        """[label, answer] of the answers that alarm by themselves and that no rule used."""
        said: dict[str, list[str]] = {}
        for alarm in self.unused_alarms:
            answer = answer_in_words(self.protocol, alarm["question"], alarm["value"]) or alarm["value"]
            said.setdefault(alarm["question"], []).append(answer)
        return [[self.label(question), "; ".join(words)] for question, words in said.items()]

    def label(self, question: str) -> str:
        if question in words.LABELS:
            return words.LABELS[question]
        known = self.protocol.questions.get(question)
        return str(known.text) if known else question

    def answer(self, question: str) -> str:
        value = self.answers[question]
        said = answer_in_words(self.protocol, question, value) or str(value)
        return f"{said} (on the phone)" if question in self.by_phone else said

    def negatives(self) -> list[str]:
        """Return the red-flag questions that were asked and answered with no."""
        return [self._denied(question) for question, _option in words.NEGATIVES if self._denied(question)]

    def _denied(self, question: str) -> str:
        """Return the clinical words of an answer of "no", or nothing."""
        given = self.answers.get(question)
        option = given[0] if isinstance(given, list) and len(given) == 1 else given
        if question not in self.asked or not isinstance(option, str):
            return ""
        return words.NEGATIVES.get((question, option), "").format(self._read_of_the_list(question))

    def _read_of_the_list(self, question: str) -> str:
        """Name what a list asked about and its reader could deny.

        On the phone all of it is read out.
        """
        unread = () if question in self.by_phone else self.never_read.get(question, ())
        *most, last = [said for option, said in words.OF_A_LIST.get(question, {"": ""}).items() if option not in unread]
        return f"{', '.join(most)} or {last}" if most else last

    def not_ruled_out(self) -> list[dict[str, Any]]:
        """Conditions that stay open because of an unsure or missing answer, and the questions to ask."""
        return [
            {"condition": entry["condition"], "questions": [self.label(question) for question in entry["questions"]]}
            for entry in self.explanation.get("not_ruled_out", ())
        ]

    def unsure(self) -> list[str]:
        """What the patient could not say, and the strength tests left to an examination."""
        said = [self.label(entry["question"]) for entry in self.explanation.get("unsure", ())]
        untested = [self.label(question) for question in self.explanation.get("strength_not_checked", ())]
        lines = [f'Answered "not sure": {"; ".join(dict.fromkeys(said))}.'] if said else []
        return lines + ([f"Strength not checked: {'; '.join(untested)}."] if untested else [])
