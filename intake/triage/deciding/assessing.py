"""Assesses one set of answers: flags, unknowns, origins, specialists, holds, and the words that follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..reading.answers import Answers, validate_answers
from ..reading.expressions import Includes, walk
from ..reading.protocol import Advice, Condition, Protocol, Rule, Urgency
from .alarms import Alarming
from .compiling import program_of
from .hanging import Hanging
from .ignoring import Ignoring
from .outcome import Answer, Evidence, Flag, Hold, LevelHint, NotRuledOut, OriginScore, Outcome, Unsure
from .routing import Ranked, nerve_share, rank_origins, route


def assess(protocol: Protocol, answers: Answers, *, explain: bool = True) -> Outcome:
    """Return the outcome for these answers. Raises AnswerError for an answer that does not fit its question.

    With `explain=False` the sets of answers, evidence and responsible questions are left empty; everything else
    is the same. Same protocol and answers, same outcome: no clock, no database, no chance.
    """
    return _Assessment(protocol, validate_answers(protocol, answers), explain=explain).outcome()


def visible_questions(protocol: Protocol, answers: Answers) -> tuple[str, ...]:
    """Return the questions to ask given these (valid) answers, in protocol order.

    Questions depend only on earlier ones, so one pass is the fixed point. An answer whose question is not visible
    neither counts nor makes another question visible.
    """
    return program_of(protocol).named(program_of(protocol).visible(answers))


@dataclass(frozen=True, slots=True)
class Screened:
    """The tier, and the rules that fire, worst first."""

    urgency: Urgency
    flags: tuple[Rule, ...]


def screen(protocol: Protocol, answers: Answers) -> Screened:
    """Return what must be known at once about these (valid) answers. `assess` says the same, and all the rest."""
    rules = list(protocol.rules.values())
    fired = worst_first([rules[index] for index in program_of(protocol).decide(answers)[0]])
    return Screened(max((rule.tier for rule in fired), default=Urgency.ROUTINE), tuple(fired))


class _Assessment:
    def __init__(self, protocol: Protocol, answers: dict[str, Any], *, explain: bool) -> None:
        self.protocol, self.answers, self.explains = protocol, answers, explain
        self.program = program = program_of(protocol)
        self.examined = (program.explain if explain else program.examine)(answers)
        fired, could, asked, still_open, _, self.values, scores, self.conditions = self.examined[:8]
        rules = list(protocol.rules.values())
        self.fired = worst_first([rules[index] for index in fired])
        self.could = worst_first([rules[index] for index in could])
        self.asked, self.asked_open = program.named(asked), program.named(asked & still_open)
        self.scores = dict(zip((name for name, _ in program.scored), scores, strict=True))
        self.places = {rule: index for index, rule in enumerate(program.rule_ids)}
        self.hanging = Hanging(protocol, self.examined)
        self.ignoring = Ignoring(protocol, self.values)
        self.alarming = Alarming(protocol, self.values)

    def outcome(self) -> Outcome:
        protocol = self.protocol
        share = nerve_share(protocol, self.scores["nerve"][0], self.scores["musculoskeletal"][0])
        points = {name: self.scores[name][0] for name in protocol.origins}
        if share.mixed:
            points[protocol.discriminator.mixed_origin] += protocol.discriminator.mixed_points
        origins = rank_origins(protocol, points, self.fired)
        urgency = max((rule.tier for rule in self.fired), default=Urgency.ROUTINE)
        not_ruled_out = tuple(self.not_ruled_out(rule) for rule in self.could)
        return Outcome(
            digest=protocol.digest,
            urgency=urgency,
            flags=tuple(self.flag(rule) for rule in self.fired),
            unused_alarms=self.alarming.unused(self.fired),
            not_ruled_out=not_ruled_out,
            asked=self.asked,
            unanswered=tuple(name for name in self.asked if name not in self.answers),
            unsure=tuple(self.unsure(not_ruled_out)) if self.explains else (),
            strength_not_checked=self.strength_not_checked(),
            origins=tuple(self.origin(origin) for origin in origins),
            nerve_points=share.nerve,
            musculoskeletal_points=share.musculoskeletal,
            nerve_share=share.percent,
            nerve_reading=share.reading,
            level_hints=self.level_hints(origins) if self.explains else (),
            specialists=route(protocol, self.fired, origins, self.conditions),
            holds=tuple(self.holds()),
            self_harm=self.holds_of(protocol.wording.tiers[urgency.word].self_harm_when),
            listed_signs=self.shown(protocol.wording.listed_signs.values()),
            self_care=self.self_care(urgency),
        )

    def holds_of(self, condition: Any) -> bool:
        return condition is not None and self.program.holds(condition, self.conditions)

    def shown(self, advice: Any) -> tuple[str, ...]:
        def is_shown(item: Advice) -> bool:
            return self.program.holds(item.show_when, self.conditions) and not self.holds_of(item.hide_when)

        return tuple(item.id for item in advice if is_shown(item))

    def self_care(self, urgency: Urgency) -> tuple[str, ...]:
        """Choose what to tell somebody who waits for a visit; who must be seen today reads only that."""
        if urgency > Urgency.SOON:
            return ()
        words = self.protocol.wording
        return self.shown(words.self_care.values())[: words.self_care_most]

    def flag(self, rule: Rule) -> Flag:
        fired_by = self.examined[8][self.places[rule.id]] if self.explains else 0
        return Flag(
            rule=rule.id,
            tier=rule.tier,
            condition=rule.condition,
            why=rule.why,
            sources=tuple(self.protocol.sources[source] for source in rule.source_ids),
            destination=rule.destination,
            must_not_fire_on=tuple(lookalike.text for lookalike in rule.must_not_fire_on),
            answers=self.answers_of(fired_by),
            also=self.alarming.also(rule, fired_by) if self.explains else (),
            ignored=tuple(self.ignoring.beside(rule, fired_by)) if self.explains else (),
        )

    def answers_of(self, bits: int) -> tuple[Answer, ...]:
        return self.program.reasons.answers_of(bits, self.values)

    def answers_for(self, condition: Condition) -> tuple[Answer, ...]:
        return self.answers_of(self.examined[10][self.program.place_of[id(condition)]])

    def not_ruled_out(self, rule: Rule) -> NotRuledOut:
        questions = self.hanging.questions(rule.fires_when.expression) if self.explains else ()
        return NotRuledOut(rule.id, rule.tier, rule.condition, questions)

    def origin(self, origin: Ranked) -> OriginScore:
        known = self.protocol.origins[origin.id]
        evidence: list[Evidence] = []
        if self.explains:
            scored = list(self.protocol.origins).index(origin.id)
            for place, weight in enumerate(known.evidence):
                if self.scores[origin.id][1] >> place & 1:
                    answers = self.answers_of(self.examined[9][scored, place])
                    evidence.append(Evidence(weight.points, weight.when.text, answers))
        return OriginScore(
            id=origin.id,
            label=known.label,
            points=origin.points,
            strength=origin.strength,
            set_by=origin.set_by,
            evidence_for=tuple(item for item in evidence if item.points > 0),
            evidence_against=tuple(item for item in evidence if item.points < 0),
        )

    def level_hints(self, origins: tuple[Ranked, ...]) -> tuple[LevelHint, ...]:
        """Roots with points, most first; only when the lumbar root ranks first or second."""
        levels, hints = self.protocol.levels, []
        if levels.shown_with not in [origin.id for origin in origins[: levels.within]]:
            return ()
        for level in levels.levels:
            held = [weight for weight in level.supports if self.holds_of(weight.when)]
            if held:
                against = [condition for condition in level.weakens if self.holds_of(condition)]
                supports = tuple(a for weight in held for a in self.answers_for(weight.when))
                weakens = tuple(a for condition in against for a in self.answers_for(condition))
                points = sum(weight.points for weight in held)
                hints.append(LevelHint(level.id, points, unique(supports), unique(weakens), level.ask))
        return tuple(sorted(hints, key=lambda hint: -hint.points))

    def holds(self) -> list[Hold]:
        found, fired = [], [rule.id for rule in self.fired]
        for hold in self.protocol.holds:
            rules = tuple(rule for rule in fired if rule in hold.rules)
            by_answers = self.holds_of(hold.when)
            if rules or by_answers:
                answers = self.answers_for(hold.when) if hold.when and by_answers and self.explains else ()
                found.append(Hold(hold.id, hold.text, rules, answers))
        return found

    def strength_not_checked(self) -> tuple[str, ...]:
        unknowns, asked = self.protocol.unknowns, set(self.asked)
        return tuple(
            name
            for name in unknowns.strength_tests
            if name in asked and self.answers.get(name) in unknowns.not_checked_options
        )

    def unsure(self, not_ruled_out: tuple[NotRuledOut, ...]) -> list[Unsure]:
        """Return each unsure answer with the strongest of its effects."""
        found, fired = [], {rule.id for rule in self.fired}
        rows = [row for row in self.protocol.unknowns.rows if self.holds_of(row.when)]
        for name in self.asked_open:  # an unsure answer leaves its question open
            option = self.open_option(name)
            if not option:
                continue
            mine = [row for row in rows if reads_option(row.when.expression, name, option, self.protocol)]
            raised = [(row, tuple(rule for rule in row.raises if rule in fired)) for row in mine]
            left_open = tuple(rule.rule for rule in not_ruled_out if name in rule.questions)
            text = next((row.text for row in mine), "")
            effect, rules = "note", tuple[str, ...]()
            for row, rules_of_row in raised:
                if rules_of_row:
                    effect, rules, text = "raised", rules_of_row, row.text
                    break
            else:
                if left_open:
                    effect, rules = "not_ruled_out", left_open
            found.append(Unsure(name, option, effect, rules, text))
        return found

    def open_option(self, name: str) -> str:
        answer = self.answers.get(name)
        chosen = answer if isinstance(answer, list) else [answer]
        return next((option for option in self.protocol.unknowns.open_options if option in chosen), "")


def worst_first(rules: list[Rule]) -> list[Rule]:
    """Rules by tier, worst first; the order of the protocol within a tier."""
    return sorted(rules, key=lambda rule: -rule.tier)


def unique(answers: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(answers))


def reads_option(expression: Any, question: str, option: str, protocol: Protocol) -> bool:
    """Say whether a condition names this option of this question, also inside a fact."""
    for node in walk(expression):
        if isinstance(node, Includes) and node.question == question and option in node.options:
            return True
        name = getattr(node, "name", None)
        if name and reads_option(protocol.facts[name].when.expression, question, option, protocol):
            return True
    return False
