"""What a therapist asks and reads out on the phone, and what was answered so far."""

from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from intake.by_phone.danger_page import asked, left_open
from intake.emergency.danger import emergency_words, kinds_of
from intake.models import PhoneAnswer, Urgency
from intake.questionnaire.actions import FROM_DETAILS
from intake.questionnaire.lists import lists_longer_by_phone
from intake.review.case_page import CasePage
from intake.review.counting import BY_PHONE, own_assessments
from intake.versions.protocols import protocol_for


@dataclass(frozen=True)
class ReadOut:
    """What to read out in one language; `signs`: what to watch for."""

    language: str
    says: tuple[str, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True)
class TakenAnswer:
    """One answer taken on the phone, in words; `fate` says why it counts no more."""

    row: PhoneAnswer
    question: str
    own: str
    answer: str
    fate: str


class Script:
    """The questions of one case as they are asked on the phone.

    `ask`: those that are open, the best first, and before them those of which the patient never read all that matters
    by what was corrected on the phone. `again`: those behind flags, danger signs and answers taken on the phone, where
    an answer may be wrong, and the page about danger.
    """

    def __init__(self, page: CasePage) -> None:
        self.page, self.intake, self.phone = page, page.intake, page.phone
        self.protocol = protocol_for(page.intake)

    @cached_property
    def ask(self) -> list[str]:
        page = self.page
        first = [] if page.case.screened else left_open(self.intake, self.phone, timezone.now())
        questions = [one["said"].id for one in (*page.open_questions, *page.unsure)]
        longer = lists_longer_by_phone(self.intake, self.phone.answers, asked=self.phone.standing)
        return self._askable([*first, *longer, *questions, *page.explained["strength_not_checked"]])

    @cached_property
    def again(self) -> list[str]:
        page = self.page
        behind = [alarm["question"] for alarm in page.latest.unused_alarms]
        behind += [said.id for flag in page.flags for said in (*flag["said"], *flag["also"])]
        behind += [*self.phone.standing, *asked(self.intake, self.phone.answers)]
        return [name for name in self._askable(behind) if name not in self.ask]

    def _askable(self, names: list[str]) -> list[str]:
        known = self.protocol.questions
        return [name for name in dict.fromkeys(names) if name in known and name not in FROM_DETAILS]

    # What was answered -----------------------------------------------------------------------------------------

    @cached_property
    def taken(self) -> list[TakenAnswer]:
        """Return every answer taken on the phone, the newest first."""
        standing = [taken.pk for taken in self.phone.standing.values()]
        return [
            TakenAnswer(
                row,
                self.page.question(row.question),
                self.page.answer(row.question, row.before),
                "Keyed in by mistake" if row.value is None else self.page.answer(row.question, row.value),
                "" if row.pk in standing or row.value is None else _fate(row, self.phone.newest[row.question]),
            )
            for row in reversed(self.phone.rows)
        ]

    def on_record(self, question: str) -> str:
        """Say what is answered so far, in the form and on the phone."""
        own = self.page.answer(question, self.intake.answers.get(question))
        taken = self.phone.standing.get(question)
        return f"{own}. By phone: {self.page.answer(question, taken.value)}" if taken else own

    @cached_property
    def own_urgency(self) -> str:
        """Return the tier of the patient's own answers; "" where they are all there are."""
        own = own_assessments(self.intake).last() if self.page.latest.occasion == BY_PHONE else None
        return Urgency(own.urgency).word if own else ""

    @property
    def urgency(self) -> str:
        return Urgency(self.page.latest.urgency).word

    @property
    def says_less(self) -> bool:
        """True when the answers that count say less than the case stands at."""
        return self.page.case.is_open and self.page.latest.urgency < self.page.case.urgency

    # What to read out ------------------------------------------------------------------------------------------

    @cached_property
    def read_out(self) -> list[ReadOut]:
        """Return it in English, and in the patient's language where that is another."""
        return [self._read_out(language) for language in dict.fromkeys(["en", self.intake.language])]

    def _read_out(self, language: str) -> ReadOut:
        """Say what the protocol says to a patient in this danger, or else to everybody.

        What the page for patients says of a call that will come is left out: this is the call.
        """
        words = self.page.protocol.wording
        self_harm, bodily = kinds_of(self.page.case)
        with override(language):
            if Urgency.EMERGENCY in (self_harm, bodily):
                says = emergency_words(words, self_harm, bodily, language)
            else:
                says = (words.everyone_in(language),)
            if self_harm == Urgency.URGENT:
                says += (_("You do not have to be alone with this. Call or text 988 at any hour."),)
        listed = [sign for sign in self.page.explained.get("listed_signs", ()) if sign in words.listed_signs]
        signs = () if bodily == Urgency.EMERGENCY else words.signs_in(tuple(listed), language)
        return ReadOut(language, says, signs)


def _fate(row: PhoneAnswer, newest: PhoneAnswer) -> str:
    return "Corrected later" if row != newest else "The patient has answered anew since, and that counts"
