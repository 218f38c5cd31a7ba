"""What the case page says: a stored assessment in words a therapist checks in seconds. No decision is made here.

Everything is read as it was on the day the rules ran: what they said from the stored assessment, the words of
questions and options from the protocol that judged, because those are the words the patient answered. The protocol
that runs today only helps out where this release can no longer read that one.
"""

from dataclasses import dataclass
from functools import cached_property

from intake import triage
from intake.models import Assessment, Case, CaseEvent, Urgency
from intake.versions.protocols import readable

STRENGTH = {"likely": "Likely", "possible": "Possible", "not_enough": "Not enough to say"}
READING = {
    "nerve": "points to nerve",
    "musculoskeletal": "points to muscle and joint",
    "mixed": "nerve and muscle or joint together",
}
EFFECT = {"raised": "raised the urgency", "note": "noted only"}  # the third, not_ruled_out, is listed by itself

HARM = {
    "critical": "Harm can come within hours",
    "serious": "Harm can come within days",
    "concerning": "Harm can come within weeks",
}

NAMED = 4  # open conditions named for one question; more would bury the first


@dataclass(frozen=True)
class Said:
    """A question and the patient's answer to it, in the patient's words. `id` is the question's."""

    id: str
    question: str
    answer: str


class CasePage:
    """Reads one case for one page. `latest` is the newest assessment.

    `judged_by` is the protocol of that one, None when this release can no longer read it; `protocol` is the one whose
    words the page uses: `judged_by`, else the shipped one.
    """

    def __init__(self, case: Case):
        self.case = case
        self.intake = case.intake
        newest = case.intake.assessments.select_related("protocol").last()
        wanted = {flag["assessment"] for flag in case.flags} - {newest.pk}
        found = Assessment.objects.select_related("protocol").in_bulk(wanted)
        self.latest = newest
        self.assessments = {**found, newest.pk: newest}
        self.explained = newest.result["explanation"]
        self.judged_by = readable(newest.protocol)
        self.protocol = self.judged_by or triage.shipped()

    # Words -----------------------------------------------------------------------------------------------------

    @cached_property
    def protocols(self) -> list[triage.Protocol]:
        """Where words are looked up: the newest assessment's protocol, those of earlier flags, the shipped one."""
        others = [readable(one.protocol) for one in self.assessments.values()]
        known = [self.protocol, *(one for one in others if one), triage.shipped()]
        return list({protocol.digest: protocol for protocol in known}.values())

    def question(self, question_id) -> str:
        for protocol in self.protocols:
            if question_id in protocol.questions:
                return str(protocol.questions[question_id].text)
        return question_id

    def answer(self, question_id, value) -> str:
        if value in (None, "", []):
            return "Not answered"
        for protocol in self.protocols:
            if words := answer_in_words(protocol, question_id, value):
                return words
        return str(value)

    def said(self, answers) -> list[Said]:
        """The answers given ({question, value} each), those to one question together, in the order they count."""
        together: dict[str, list] = {}
        for part in answers:
            together.setdefault(part["question"], []).append(part["value"])
        return [
            Said(id, self.question(id), "; ".join(self.answer(id, value) for value in values))
            for id, values in together.items()
        ]

    def condition(self, rule) -> str:
        for protocol in self.protocols:
            if rule in protocol.rules:
                return protocol.rules[rule].condition
        return rule

    @property
    def specialists_by_id(self) -> dict[str, str]:
        """Whom a decision may name: everybody today's protocol knows, and whom the one of the day suggested."""
        return self.protocol.specialists | triage.shipped().specialists

    def specialist(self, id) -> str:
        return str(self.specialists_by_id.get(id, id))

    def destination(self, words: str) -> str:
        """A rule's destination with specialists by their names instead of their ids."""
        for id, label in self.specialists_by_id.items():
            words = words.replace(id, str(label))
        return words[:1].upper() + words[1:]

    # The person ------------------------------------------------------------------------------------------------

    @cached_property
    def free_text(self) -> list[Said]:
        """What the patient wrote in their own words; always read first, because no rule reads it."""
        return [
            Said(id, str(question.text), self.intake.answers[id])
            for id, question in self.protocol.questions.items()
            if question.type in ("short_text", "long_text") and self.intake.answers.get(id)
        ]

    @property
    def age_differs(self) -> bool:
        """True when the age the patient gave is not that of the birth date on file: is it the right patient?"""
        answered = self.intake.answers.get("age")
        return answered is not None and abs(answered - self.case.age) > 1

    # The flags -------------------------------------------------------------------------------------------------

    @cached_property
    def flags(self) -> list[dict]:
        """Every flag of the case, worst first, explained by the assessment in which it last fired."""
        return [self._flag(flag) for flag in self.case.flags]

    def _flag(self, flag) -> dict:
        fired = self.assessments[flag["assessment"]]
        stored = next(one for one in fired.result["explanation"]["flags"] if one["rule"] == flag["rule"])
        ignored = [  # assessments stored before findings had conditions name none
            {"finding": one["finding"], "said": self.said(one["answers"])} for one in stored.get("ignored", ())
        ]
        present = {one["finding"] for one in ignored}
        return {
            **stored,
            "still": flag["still"],
            "said": self.said(stored["answers"]),
            "also": self.said(stored.get("also", ())),
            "ignored": ignored,
            "must_not_fire_on": [text for text in stored["must_not_fire_on"] if text not in present],
            "citations": [source["citation"] for source in stored["sources"]],
            "destination": self.destination(stored["destination"]),
            "protocol": fired.protocol,
            "fired_at": fired.at,
        }

    @cached_property
    def unused_alarms(self) -> list[dict]:
        """Alarming answers of the newest assessment by which no rule fired, those of one `severity` together."""
        degrees = {alarm["severity"]: [] for alarm in self.latest.unused_alarms}  # worst first, as stored
        for alarm in self.latest.unused_alarms:
            degrees[alarm["severity"]].append(alarm)
        return [{"harm": HARM.get(severity, ""), "said": self.said(alarms)} for severity, alarms in degrees.items()]

    @property
    def alarms_number(self) -> int:
        return len(self.latest.unused_alarms)

    @cached_property
    def open_questions(self) -> list[dict]:
        """Questions whose missing or unsure answers leave conditions open; each with the worst `conditions`
        ({condition, tier}), how many `more`, and the tier one answer alone `reaches` when that is higher than now.
        These are the ones to ask on the phone, the best question first.
        """
        conditions: dict[str, list] = {}
        for one in self.explained["not_ruled_out"]:
            for question in one["questions"]:
                conditions.setdefault(question, []).append({"condition": one["condition"], "tier": one["tier"]})
        worst_first = sorted(
            conditions.items(), key=lambda item: [-Urgency[found["tier"].upper()] for found in item[1]]
        )
        order = {id: place for place, id in enumerate(self._asks)}
        best_first = sorted(worst_first, key=lambda item: order.get(item[0], len(order)))
        return [
            {
                "said": self._said(id),
                "conditions": found[:NAMED],
                "more": len(found[NAMED:]),
                "effect": self._effects.get(id, ""),
                "reaches": self._asks.get(id, ""),
            }
            for id, found in best_first
        ]

    @cached_property
    def _asks(self) -> dict[str, str]:
        """Open questions in the order to ask them, each with the tier one answer could bring, if higher than now.

        Nothing, when the protocol that judged can no longer be read: another one would answer for other rules.
        """
        if self.judged_by is None:
            return {}
        asks = triage.ask_first(self.judged_by, self.latest.answers)
        return {ask.question: ask.reaches.word if ask.reaches > self.latest.urgency else "" for ask in asks}

    def _said(self, id) -> Said:
        return Said(id, self.question(id), self.answer(id, self.latest.answers.get(id)))

    @cached_property
    def _effects(self) -> dict[str, str]:
        """What each unsure answer did, in words, when it raised something or is only noted."""
        return {
            one["question"]: f"{EFFECT[one['effect']]}: {'; '.join(map(self.condition, one['rules']))}"
            if one["rules"]
            else EFFECT[one["effect"]]
            for one in self.explained["unsure"]
            if one["effect"] in EFFECT
        }

    @cached_property
    def unsure(self) -> list[dict]:
        """The other answers "not sure": those that leave nothing open."""
        open_ids = {one["said"].id for one in self.open_questions}
        return [
            {"said": self._said(id), "effect": effect} for id, effect in self._effects.items() if id not in open_ids
        ]

    @cached_property
    def strength_not_checked(self) -> list[str]:
        return [self.question(id) for id in self.explained["strength_not_checked"]]

    # Where it may come from, and who should see it -------------------------------------------------------------

    @cached_property
    def origins(self) -> list[dict]:
        return [
            {
                "label": origin["label"],
                "points": origin["points"],
                "strength": STRENGTH[origin["strength"]],
                "set_by": [self.condition(rule) for rule in origin["set_by"]],
                "evidence_for": self._evidence(origin["evidence_for"]),
                "evidence_against": self._evidence(origin["evidence_against"]),
            }
            for origin in self.explained["origins"]
        ]

    def _evidence(self, parts) -> list[dict]:
        return [{"points": part["points"], "said": self.said(part["answers"])} for part in parts]

    @property
    def nerve_share(self):
        return self.explained["nerve_share"]

    @property
    def nerve_reading(self) -> str:
        return READING.get(self.explained["nerve_reading"], "")

    @cached_property
    def specialists(self) -> list[dict]:
        """First choice first."""
        return [
            {
                "id": one["id"],
                "label": self.specialist(one["id"]),
                "reason": self._because(one),
            }
            for one in self.explained["specialists"]
        ]

    def _because(self, suggestion) -> str:
        """A flag is named; what an origin or an addition gives as its reason is said as it is."""
        source, _colon, rule = suggestion["because"].partition(":")
        return f"Flag: {self.condition(rule)}" if source == "rule" else suggestion["reason"]

    @cached_property
    def holds(self) -> list[dict]:
        return [
            {
                "text": hold["text"],
                "because": [self.condition(rule) for rule in hold["rules"]]
                + [f"{said.question} {said.answer}" for said in self.said(hold["answers"])],
            }
            for hold in self.explained["holds"]
        ]

    @property
    def level_hints(self) -> list[dict]:
        return [
            {"id": hint["id"], "points": hint["points"], "said": self.said(hint["supports"])}
            for hint in self.explained["level_hints"]
        ]

    # What was said, and what was done ------------------------------------------------------------------------------

    @cached_property
    def changes(self) -> list[dict]:
        """Answers given and then given otherwise, the first beside the later one; with what was sent where an answer
        contradicted itself."""
        return [
            {
                "question": self.question(change.question),
                "before": self.answer(change.question, change.before),
                "after": self.answer(change.question, change.after),
                "sent": self.answer(change.question, change.sent) if change.sent else "",
                "at": change.at,
                "lowered": change.urgency_after < change.urgency_before,
            }
            for change in self.intake.changes.all()
        ]

    @cached_property
    def all_answers(self) -> list[dict]:
        """Every section with its answered questions, and what was not asked or not answered."""
        asked, answers = set(self.latest.result["asked"]), self.intake.answers
        sections = []
        for section in self.protocol.sections:
            questions = [one for one in self.protocol.questions.values() if one.section == section.id]
            said = [
                Said(one.id, str(one.text), self.answer(one.id, answers.get(one.id)))
                for one in questions
                if one.id in asked or one.id in answers
            ]
            if said:
                sections.append({"title": section.title, "said": said})
        return sections

    @cached_property
    def not_asked(self) -> list[str]:
        """Red-flag questions that the path through the form did not show."""
        asked, answers = set(self.latest.result["asked"]), self.intake.answers
        return [
            str(one.text)
            for one in self.protocol.questions.values()
            if one.red_flag and one.id not in asked and one.id not in answers
        ]

    @cached_property
    def events(self) -> list[CaseEvent]:
        return list(self.case.events.select_related("by"))


def answer_in_words(protocol, question_id, value) -> str:
    """Put an answer in the words of the form; empty when the protocol does not know the question or an option."""
    question = protocol.questions.get(question_id)
    if question is None:
        return ""
    if question.type in ("multi_choice", "body_map") and isinstance(value, str):
        value = [value]
    chosen = value if isinstance(value, list) else [value]
    if question.type in ("choice", "multi_choice", "body_map") and not set(chosen) <= set(question.option_ids):
        return ""
    return str(triage.display(protocol, question_id, value))
