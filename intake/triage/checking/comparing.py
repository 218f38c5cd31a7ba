"""What changed between two protocols, in sentences a clinician can weigh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..reading.expressions import Fact
from ..reading.protocol import Alarm, Condition, Protocol, Question, Rule
from ..reading.resolving import names_in
from .describing import in_words


def compare(old: Protocol, new: Protocol) -> list[str]:
    """The differences, most important first: rules, alarms, then facts, questions, origins, routing, pages, words.

    Empty exactly when the digests are equal or only the order of entries differs where order has no meaning.
    """
    if old.digest == new.digest:
        return []
    found = [*_rules(old, new), *_alarms(old, new), *_facts(old, new), *_questions(old, new)]
    found += [*_origins(old, new), *_rest(old, new)]
    return found or ["Only wording changed that no rule reads."]


def _both(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in [*old, *(name for name in new if name not in old)]:
        yield name, old.get(name), new.get(name)


def _rules(old: Protocol, new: Protocol) -> Iterator[str]:
    for name, before, after in _both(old.rules, new.rules):
        if after is None:
            yield f"Rule {name} ({before.condition}, {before.tier.word}) is removed: it no longer fires for anyone."
        elif before is None:
            yield f"Rule {name} ({after.condition}) is new, {after.tier.word}: {_said(new, after.fires_when)}"
        else:
            yield from _rule(old, new, before, after)


def _rule(old: Protocol, new: Protocol, before: Rule, after: Rule) -> Iterator[str]:
    name = f"Rule {after.id} ({after.condition})"
    if before.tier != after.tier:
        way = "raised" if after.tier > before.tier else "lowered"
        yield f"{name} is {way} from {before.tier.word} to {after.tier.word}."
    if before.fires_when.expression != after.fires_when.expression:
        yield f"{name} fires otherwise. Before: {_said(old, before.fires_when)} Now: {_said(new, after.fires_when)}"
    if before.refer_to != after.refer_to or before.refer_first != after.refer_first:
        yield f"{name} refers to {_list(after.refer_to)} instead of {_list(before.refer_to)}."
    for what in ("condition", "destination", "why"):
        if getattr(before, what) != getattr(after, what):
            yield f"{name}: {what} now reads “{getattr(after, what)}” (was “{getattr(before, what)}”)."
    if before.source_ids != after.source_ids:
        yield f"{name} now cites {_list(after.source_ids)} (was {_list(before.source_ids)})."
    yield from _must_not(old, new, before, after)


def _must_not(old: Protocol, new: Protocol, before: Rule, after: Rule) -> Iterator[str]:
    name = f"Rule {after.id} ({after.condition})"
    texts = [[one.text for one in rule.must_not_fire_on] for rule in (before, after)]
    if texts[0] != texts[1]:
        yield f"{name} must not fire on: {'; '.join(texts[1])}."
    was = {one.text: one.present_when for one in before.must_not_fire_on}
    for one in after.must_not_fire_on:
        then = was.get(one.text)
        if one.text in was and (then and then.expression) != (one.present_when and one.present_when.expression):
            said_then = _said(old, then) if then else "never."
            said_now = _said(new, one.present_when) if one.present_when else "never."
            yield f"{name}: “{one.text}” is told as present otherwise. Before: {said_then} Now: {said_now}"


def _alarms(old: Protocol, new: Protocol) -> Iterator[str]:
    was, now = _each_alarm(old), _each_alarm(new)
    for name, before, after in _both(was, now):
        if after is None:
            yield f"Alarm {name} ({before.severity}) is off the list: left unused by the rules, it goes unread."
        elif before is None:
            yield f"Alarm {name} is new, {after.severity}{_calm(new, after)}."
        elif before.severity != after.severity:
            yield f"Alarm {name} is {after.severity} instead of {before.severity}."
        if before and after and _calm_when(before) != _calm_when(after):
            yield f"Alarm {name} is calm otherwise. Before{_calm(old, before)}. Now{_calm(new, after)}."
    if list(was) != list(now) and sorted(was) == sorted(now):
        yield "The order of the alarms changed."


def _each_alarm(protocol: Protocol) -> dict[str, Alarm]:
    return {f"{one.answers.question}:{option}": one for one in protocol.alarms for option in one.answers.options}


def _calm_when(alarm: Alarm) -> Any:
    return alarm.unless and alarm.unless.expression


def _calm(protocol: Protocol, alarm: Alarm) -> str:
    return f", unless {in_words(protocol, alarm.unless.expression)}" if alarm.unless else ", always"


def _facts(old: Protocol, new: Protocol) -> Iterator[str]:
    for name, before, after in _both(old.facts, new.facts):
        if after is None:
            yield f"Fact {name} is removed."
        elif before is None:
            yield f"Fact {name} is new: {_said(new, after.when)}"
        elif before.when.expression != after.when.expression:
            users = [rule.id for rule in new.rules.values() if name in names_in(rule.fires_when.expression, Fact)]
            used = f" It is used by {_list(users)}." if users else ""
            yield f"Fact {name} changed. Before: {_said(old, before.when)} Now: {_said(new, after.when)}{used}"


def _questions(old: Protocol, new: Protocol) -> Iterator[str]:
    for name, before, after in _both(old.questions, new.questions):
        if after is None:
            yield f"Question {name} (“{before.text}”) is no longer asked."
        elif before is None:
            yield f"Question {name} is new: “{after.text}”"
        else:
            yield from _question(old, new, before, after)


def _question(old: Protocol, new: Protocol, before: Question, after: Question) -> Iterator[str]:  # noqa: C901
    name = f"Question {after.id}"
    if before.text != after.text:
        yield f"{name} now asks “{after.text}” (was “{before.text}”)."
    if before.help != after.help:
        yield f"{name}: the help now reads “{after.help}”."
    for option, was, now in _both({o.id: o.label for o in before.options}, {o.id: o.label for o in after.options}):
        if was is None:
            yield f"{name} offers a new answer “{now}” ({option})."
        elif now is None:
            yield f"{name} no longer offers “{was}” ({option})."
        elif was != now:
            yield f"{name}: the answer {option} now reads “{now}” (was “{was}”)."
    was_asked = before.asked_when.expression if before.asked_when else None
    is_asked = after.asked_when.expression if after.asked_when else None
    if was_asked != is_asked:
        asked_before = _said(old, before.asked_when) if before.asked_when else "always."
        asked_now = _said(new, after.asked_when) if after.asked_when else "always."
        yield f"{name} is asked otherwise. Before: {asked_before} Now: {asked_now}"
    for what, said in (("required", "must be answered"), ("red_flag", "is a red flag")):
        if getattr(before, what) != getattr(after, what):
            yield f"{name} {'now' if getattr(after, what) else 'no longer'} {said}."
    told_apart = before.counts_as and after.counts_as  # a version of before the two were told apart says nothing
    for what in ("type", *(["counts_as"] if told_apart else []), "exclusive", "bounds"):
        if getattr(before, what) != getattr(after, what):
            yield f"{name}: {what} is {getattr(after, what)} (was {getattr(before, what)})."


def _origins(old: Protocol, new: Protocol) -> Iterator[str]:
    for name, before, after in _both(old.origins, new.origins):
        if after is None or before is None:
            yield f"Origin {name} is {'removed' if after is None else 'new'}."
            continue
        was = {weight.when.text: weight.points for weight in before.evidence}
        now = {weight.when.text: weight.points for weight in after.evidence}
        for text, old_points, new_points in _both(was, now):  # keyed by the condition as written
            if old_points != new_points:
                yield f"Origin {name}: {text} counts {new_points or 0} points (was {old_points or 0})."
        if before.set_by_rules != after.set_by_rules:
            yield f"Origin {name} is set by {_list(after.set_by_rules)} (was {_list(before.set_by_rules)})."


REST = {
    "routing.yaml": "Routing",
    "discriminator.yaml": "The nerve share",
    "nerve_levels.yaml": "Nerve levels",
    "holds.yaml": "The hold list",
    "unknowns.yaml": "What an unsure answer leads to",
    "wording.yaml": "What patients are told",
    "body_map.yaml": "The body map or its groups",
    "sources.yaml": "The sources",
    "protocol.yaml": "Title, status or sections",
}


def _rest(old: Protocol, new: Protocol) -> Iterator[str]:
    for file, what in REST.items():
        before, after = old.content.get(file), new.content.get(file)
        if before != after:
            yield f"{what} changed ({file}): {'; '.join(_places(before, after)) or 'order'}."
    if [page.id for page in old.pages] != [page.id for page in new.pages]:
        yield "The pages or their order changed."
    elif [page.questions for page in old.pages] != [page.questions for page in new.pages]:
        yield "Questions moved between pages."


def _places(before: Any, after: Any, path: str = "") -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name, was, now in _both(before, after):
            if was != now:
                yield from _places(was, now, f"{path}.{name}" if path else str(name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (was, now) in enumerate(zip(before, after, strict=True), start=1):
            if was != now:
                entry = now.get("id", place) if isinstance(now, dict) else place
                yield from _places(was, now, f"{path}.{entry}" if path else str(entry))
    else:
        yield f"{path}: {_short(after)} (was {_short(before)})"


def _short(value: Any) -> str:
    text = str(value) if value is not None else "nothing"
    return text if len(text) <= 100 else f"{text[:97]}..."


def _said(protocol: Protocol, condition: Condition) -> str:
    return f"{in_words(protocol, condition.expression)}."


def _list(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(names) or "nobody"
