"""What the case page says: a stored assessment in words a therapist checks in seconds. No decision is made here.

Everything is read as it was on the day the rules ran: what they said from the stored assessment, the words of
questions and options from the protocol that judged, because those are the words the patient answered. The protocol
that runs today only helps out where this release can no longer read that one.
"""

from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from intake import triage
from intake.body.figure import body_figure
from intake.models import Assessment, Case, CaseEvent, Urgency
from intake.models.stored import CaseFlag, ExplainedFlag
from intake.review.counting import OnThePhone, taken_for
from intake.review.story import sex_of, story_of
from intake.review.words import Said, answer_in_words, left_out_in_words
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

ASK_FIRST = 3  # questions to ask on the phone that stand open on the page; the others are folded
NAMED = 4  # open conditions named for one question; more would bury the first


class CasePage:
    """Reads one case for one page. `latest` is the newest assessment.

    `judged_by` is the protocol of that one, None when this release can no longer read it; `protocol` is the one whose
    words the page uses: `judged_by`, else the shipped one.
    """

    def __init__(self, case: Case) -> None:
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

    def question(self, question_id: str) -> str:
        for protocol in self.protocols:
            if question_id in protocol.questions:
                return str(protocol.questions[question_id].text)
        return question_id

    def answer(self, question_id: str, value: Any) -> str:
        if value in (None, "", []):
            return "Not answered"
        for protocol in self.protocols:
            if words := answer_in_words(protocol, question_id, value):
                return words
        return str(value)

    def said(self, answers: list[dict[str, Any]], by_phone: Collection[str] = ()) -> list[Said]:
        """Put answers ({question, value} each) in words, those to one question together.

        In the order they count. `by_phone`: questions answered on the phone.
        """
        together: dict[str, list] = {}
        for part in answers:
            together.setdefault(part["question"], []).append(part["value"])
        return [
            Said(id, self.question(id), "; ".join(self.answer(id, value) for value in values), by_phone=id in by_phone)
            for id, values in together.items()
        ]

    def condition(self, rule: str) -> str:
        for protocol in self.protocols:
            if rule in protocol.rules:
                return protocol.rules[rule].condition
        return rule

    @property
    def specialists_by_id(self) -> dict[str, str]:
        """Whom a decision may name: everybody today's protocol knows, and whom the one of the day suggested."""
        return self.protocol.specialists | triage.shipped().specialists

    def specialist(self, id: str) -> str:
        return str(self.specialists_by_id.get(id, id))

    def destination(self, words: str) -> str:
        """Name the specialists of a rule's destination, whose own brackets come first."""
        for id, label in self.specialists_by_id.items():
            words = words.replace(f"{id} (", f"{str(label).partition(' (')[0]} (").replace(id, str(label))
        return words[:1].upper() + words[1:]

    @cached_property
    def phone(self) -> OnThePhone:
        return OnThePhone(self.intake)

    def both(self, id: str) -> str:
        """Put the patient's own answer in words, and beside it the one taken on the phone."""
        own, standing = self.answer(id, self.intake.answers.get(id)), self.phone.standing
        return f"{own} – by phone: {self.answer(id, standing[id].value)}" if id in standing else own

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
    def story(self) -> list[Said]:
        return story_of(self)

    @property
    def sex(self) -> str:
        return sex_of(self)

    @property
    def age_differs(self) -> bool:
        """True when the age the patient gave is not that of the birth date on file: is it the right patient?"""
        answered = self.intake.answers.get("age")
        return answered is not None and abs(answered - self.case.age) > 1

    # The flags -------------------------------------------------------------------------------------------------

    @cached_property
    def flags(self) -> list[dict[str, Any]]:
        """Every flag of the case, worst first, explained by the assessment in which it last fired.

        An answer that stands under an earlier flag already is only named again.
        """
        flags, quoted = [self._flag(flag) for flag in self.case.flags], set()
        for flag in flags:
            every = [*flag["said"], *flag["also"]]
            flag["said_above"] = [said for said in every if said in quoted]
            for part in ("said", "also"):
                flag[f"{part}_anew"] = [said for said in flag[part] if said not in quoted]
            quoted |= set(every)
        return flags

    @cached_property
    def _taken_for(self) -> dict[int, dict]:
        return {pk: taken_for(one) for pk, one in self.assessments.items()}

    def _flag(self, flag: CaseFlag) -> dict[str, Any]:
        fired = self.assessments[flag["assessment"]]
        stored: ExplainedFlag = next(one for one in fired.result["explanation"]["flags"] if one["rule"] == flag["rule"])
        ignored = [  # assessments stored before findings had conditions name none
            {"finding": one["finding"], "said": self.said(one["answers"])} for one in stored.get("ignored", ())
        ]
        present, by_phone = {one["finding"] for one in ignored}, self._taken_for[fired.pk]
        return {
            **stored,
            "why_first": stored["why"].partition(". ")[0].rstrip(".;") + ".",
            "still": flag["still"],
            "said": self.said(stored["answers"], by_phone),
            "also": self.said(stored.get("also", ()), by_phone),
            "ignored": ignored,
            "must_not_fire_on": [text for text in stored["must_not_fire_on"] if text not in present],
            "citations": [source["citation"] for source in stored["sources"]],
            "destination": self.destination(stored["destination"]),
            "protocol": fired.protocol,
            "fired_at": fired.at,
        }

    @cached_property
    def unused_alarms(self) -> list[dict[str, Any]]:
        """Alarming answers of the newest assessment by which no rule fired, those of one `severity` together."""
        degrees = {alarm["severity"]: [] for alarm in self.latest.unused_alarms}  # worst first, as stored
        for alarm in self.latest.unused_alarms:
            degrees[alarm["severity"]].append(alarm)
        return [{"harm": HARM.get(severity, ""), "said": self.said(alarms)} for severity, alarms in degrees.items()]

    @property
    def alarms_number(self) -> int:
        return len(self.latest.unused_alarms)

    @cached_property
    def open_questions(self) -> list[dict[str, Any]]:
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

    @property
    def ask_first(self) -> list[dict[str, Any]]:
        return self.open_questions[:ASK_FIRST]

    @property
    def ask_later(self) -> list[dict[str, Any]]:
        return self.open_questions[ASK_FIRST:]

    @property
    def more_open(self) -> int:
        return len(self.ask_later) + len(self.unsure)

    @property
    def most_left_open(self) -> list[dict[str, Any]]:
        """The worst conditions that the questions to ask first leave open, each once."""
        found = {one["condition"]: one for question in self.ask_first for one in question["conditions"]}
        return sorted(found.values(), key=lambda one: -Urgency[one["tier"].upper()])[:ASK_FIRST]

    @cached_property
    def _asks(self) -> dict[str, str]:
        """Open questions in the order to ask them, each with the tier one answer could bring, if higher than now.

        Nothing, when the protocol that judged can no longer be read: another one would answer for other rules.
        """
        if self.judged_by is None:
            return {}
        asks = triage.ask_first(self.judged_by, self.latest.answers)
        return {ask.question: ask.reaches.word if ask.reaches > self.latest.urgency else "" for ask in asks}

    def _said(self, id: str) -> Said:
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
    def unsure(self) -> list[dict[str, Any]]:
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
    def origins(self) -> list[dict[str, Any]]:
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

    def _evidence(self, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"points": part["points"], "said": self.said(part["answers"])} for part in parts]

    @property
    def nerve_share(self) -> int:
        return self.explained["nerve_share"]

    @property
    def nerve_reading(self) -> str:
        return READING.get(self.explained["nerve_reading"], "")

    @cached_property
    def specialists(self) -> list[dict[str, Any]]:
        """First choice first."""
        return [
            {
                "id": one["id"],
                "label": self.specialist(one["id"]),
                "reason": self._because(one),
            }
            for one in self.explained["specialists"]
        ]

    def _because(self, suggestion: dict[str, str]) -> str:
        """A flag is named; what an origin or an addition gives as its reason is said as it is."""
        source, _colon, rule = suggestion["because"].partition(":")
        return f"Flag: {self.condition(rule)}" if source == "rule" else suggestion["reason"]

    @cached_property
    def holds(self) -> list[dict[str, Any]]:
        return [
            {
                "text": hold["text"],
                "because": [self.condition(rule) for rule in hold["rules"]]
                + [f"{said.question} {said.answer}" for said in self.said(hold["answers"])],
            }
            for hold in self.explained["holds"]
        ]

    @property
    def level_hints(self) -> list[dict[str, Any]]:
        return [
            {"id": hint["id"], "points": hint["points"], "said": self.said(hint["supports"])}
            for hint in self.explained["level_hints"]
        ]

    # What was said, and what was done ------------------------------------------------------------------------------

    @cached_property
    def changes(self) -> list[dict[str, Any]]:
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
    def figure(self) -> SafeString | str:
        """Draw the body with what the patient marked; nothing when nothing is marked."""
        marked = self.phone.answers.get("pain_regions")
        return body_figure(marked, alt=f"Marked: {self.answer('pain_regions', marked)}") if marked else ""

    @cached_property
    def all_answers(self) -> list[dict[str, Any]]:
        """Every section with its answered questions, and what was not asked or not answered."""
        asked, answers = set(self.latest.result["asked"]), self.phone.answers
        sections = []
        for section in self.protocol.sections:
            questions = [one for one in self.protocol.questions.values() if one.section == section.id]
            said = [
                Said(one.id, str(one.text), self.both(one.id) + left_out_in_words(one, self.phone.never_read))
                for one in questions
                if one.id in asked or one.id in answers
            ]
            if said:
                sections.append({"title": section.title, "said": said})
        return sections

    @cached_property
    def not_asked(self) -> list[str]:
        """Red-flag questions that the path through the form did not show."""
        asked, answers = set(self.latest.result["asked"]), self.phone.answers
        return [
            str(one.text)
            for one in self.protocol.questions.values()
            if one.red_flag and one.id not in asked and one.id not in answers
        ]

    @cached_property
    def events(self) -> list[CaseEvent]:
        return list(self.case.events.select_related("by"))
