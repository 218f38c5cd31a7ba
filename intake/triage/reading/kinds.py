"""Turns the entries of the protocol files into the data of protocol.py, one function per kind of entry."""

from __future__ import annotations

import re
from typing import Protocol as Shape

from ..errors import Place
from .files import Entry
from .heads import Head
from .notation import NotationError, parse
from .protocol import (
    BodyMap,
    Condition,
    Discriminator,
    Heading,
    HoldRule,
    Level,
    Lookalike,
    NamedFact,
    NerveLevels,
    Option,
    Origin,
    Page,
    Question,
    Routing,
    Row,
    Rule,
    Source,
    UnknownRow,
    Unknowns,
    Urgency,
    Way,
    Weight,
)
from .wordings import Words

TYPES = (
    "boolean",
    "choice",
    "multi_choice",
    "body_map",
    "scale_0_10",
    "integer",
    "date",
    "short_text",
    "long_text",
)
ROLES = ("sign", "context")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ID = re.compile(r"[a-z0-9_]+")


class Resolves(Shape):
    """Check a condition against all it names and put options for groups."""

    def resolve(self, condition: Condition, owner: str) -> Condition: ...


def condition(entry: Entry, key: str) -> Condition:
    """Read the condition at a key, not yet checked against the ids it names."""
    return _condition(entry, entry.text(key), entry.place(key))


def _condition(entry: Entry, text: str, place: Place) -> Condition:
    text = " ".join(text.split())
    try:
        return Condition(text, parse(text), place)
    except NotationError as error:
        near = text[error.at : error.at + 30] or "the end"
        raise entry.refuse(
            f"the condition cannot be read at {near!r}: {error.message}", "See README.md beside the protocol."
        ) from None


def optional_condition(entry: Entry, key: str, resolver: Resolves | None = None) -> Condition | None:
    if not entry.has(key):
        return None
    found = condition(entry, key)
    return resolver.resolve(found, entry.name) if resolver else found


def body_map(entry: Entry) -> BodyMap:
    regions, labels = {}, {}
    for item in entry.entries("regions"):
        region = item.text("id")
        if region in regions:
            raise item.refuse(f"the region {region!r} stands twice", "Keep one of them.")
        regions[region], labels[region] = item.texts("sides"), item.text("label")
        item.finish()
    known = {f"{region}_{side}" for region, sides in regions.items() for side in sides}
    groups_entry = entry.entry("groups")
    groups = {}
    for name in list(groups_entry.nodes):
        ids: list[str] = []
        for member in groups_entry.texts(name):
            if member in regions:
                ids += [f"{member}_{side}" for side in regions[member]]
            elif member in known:
                ids.append(member)
            else:
                raise groups_entry.refuse(
                    f"the group {name!r} names the unknown region {member!r}",
                    "Use a region or region_side of this file.",
                    groups_entry.nodes[name],
                )
        groups[name] = tuple(dict.fromkeys(ids))
    return BodyMap(regions, labels, groups)


def question(entry: Entry, section: str, regions: BodyMap, words: Words, *, stored: bool = False) -> Question:  # noqa: C901
    question_id, kind = entry.text("id"), entry.text("type")
    if not ID.fullmatch(question_id):
        raise entry.refuse("an id has only small letters, digits and _", "Rename the question.")
    if kind not in TYPES:
        raise entry.refuse(f"the type {kind!r} is not known", f"Use one of {', '.join(TYPES)}.")
    options: tuple[Option, ...] = ()
    groups: dict[str, tuple[str, ...]] = {}
    headings: tuple[Heading, ...] = ()
    if kind in ("choice", "multi_choice"):
        options = tuple(_options(entry, question_id, words))
        ids = {option.id for option in options}
        if entry.has("groups"):
            group_entry = entry.entry("groups")
            groups = {name: group_entry.texts(name) for name in group_entry.nodes}
        for name, members in [*groups.items(), ("exclusive", entry.texts("exclusive", optional=True))]:
            for member in members:
                if member not in ids:
                    raise entry.refuse(f"{name!r} names the unknown option {member!r}", "Use an option id.")
        headings = _headings(entry, question_id, options, words)
    elif kind == "body_map":
        sides = {"left": ", left", "right": ", right", "mid": ", middle"}
        for region, of_region in regions.regions.items():
            for side in of_region:
                label = regions.region_labels[region] + (sides[side] if len(of_region) > 1 else "")
                options += (Option(f"{region}_{side}", label, f"places.{region}_{side}", words),)
        groups = dict(regions.groups)
    bounds = {"scale_0_10": (0, 10)}.get(kind)
    if kind == "integer":
        low, high = entry.integers("range")
        bounds = (low, high)
    return Question(
        id=question_id,
        section=section,
        type=kind,
        required=entry.flag("required"),
        red_flag=entry.flag("red_flag"),
        counts_as=_counts_as(entry, stored=stored),
        text=entry.text("text"),
        help=entry.text("help", ""),
        options=options,
        exclusive=entry.texts("exclusive", optional=True),
        groups=groups,
        asked_when=optional_condition(entry, "asked_when"),
        bounds=bounds,
        place=entry.place(),
        words=words,
        headings=headings,
    )


def _counts_as(entry: Entry, *, stored: bool) -> str:
    """Read whether a question asks for a sign or for context; a protocol stored earlier may not say."""
    if stored and not entry.has("counts_as"):
        return ""
    if not entry.has("counts_as"):
        wrong = "'counts_as' is missing, so the search for cliffs cannot tell a sign from its context"
        raise entry.refuse(wrong, "Add a line counts_as: sign, or counts_as: context.")
    role = entry.text("counts_as")
    if role not in ROLES:
        raise entry.refuse(f"counts_as {role!r} is not known", "Write sign or context.", entry.nodes["counts_as"])
    return role


def _options(entry: Entry, question_id: str, words: Words) -> list[Option]:
    options: list[Option] = []
    for item in entry.entries("options"):
        option_id = item.text("id")
        if not ID.fullmatch(option_id):
            raise item.refuse(f"the option id {option_id!r} has other characters", "Use small letters, digits, _.")
        if any(option.id == option_id for option in options):
            raise item.refuse(f"the option {option_id!r} stands twice", "Keep one of them.")
        key = f"questions.{question_id}.options.{option_id}"
        options.append(Option(option_id, item.text("label"), key, words, optional_condition(item, "shown_when")))
        item.finish()
    return options


def _headings(entry: Entry, question_id: str, options: tuple[Option, ...], words: Words) -> tuple[Heading, ...]:
    """Read the headings of a long list: each stands over its options, and they follow each other as the options do."""
    found: list[Heading] = []
    for item in entry.entries("headings", optional=True):
        key = f"questions.{question_id}.headings.{item.text('id')}"
        folded = item.flag("folded", False)
        found.append(Heading(item.text("text"), item.texts("options"), key, words, folded))
        item.finish()
    under = [option for heading in found for option in heading.options]
    alone = entry.texts("exclusive", optional=True)
    if found and under != [option.id for option in options if option.id not in alone]:
        wrong = "the headings do not name every option once, in its order, those that stand alone left out"
        raise entry.refuse(wrong, "Put each option under one heading.", entry.nodes["headings"])
    return tuple(found)


def page(entry: Entry, head: Head) -> Page:
    page_id, section = entry.text("id"), entry.text("section")
    titles = {found.id: found.title for found in head.sections}
    if not SLUG.fullmatch(page_id):
        raise entry.refuse(f"the page id {page_id!r} is no slug", "Use small letters, digits and -.")
    if section not in titles:
        raise entry.refuse(f"the section {section!r} is not known", "Use a section of protocol.yaml.")
    return Page(page_id, section, entry.texts("questions"), titles[section], entry.place())


def fact(entry: Entry) -> NamedFact:
    return NamedFact(entry.text("id"), condition(entry, "when"), entry.text("means", ""))


def rule(entry: Entry, tier: str) -> Rule:
    return Rule(
        id=entry.text("id"),
        tier=Urgency[tier.upper()],
        condition=entry.text("condition"),
        fires_when=condition(entry, "fires_when"),
        must_not_fire_on=_lookalikes(entry),
        destination=entry.text("destination"),
        refer_to=entry.texts("refer_to"),
        refer_first=_refer_first(entry),
        why=entry.text("why"),
        source_ids=entry.texts("sources"),
        place=entry.place(),
    )


def _lookalikes(entry: Entry) -> tuple[Lookalike, ...]:
    """A list of texts, and of texts with the condition that tells from the answers that the finding is present."""
    found: list[Lookalike] = []
    for item in entry.texts_or_entries("must_not_fire_on"):
        if isinstance(item, str):
            lookalike = Lookalike(item, None)
        else:
            lookalike = Lookalike(item.text("text"), condition(item, "present_when"))
            item.finish()
        if lookalike.text in [one.text for one in found]:
            raise entry.refuse(f"{lookalike.text!r} stands twice in 'must_not_fire_on'", "Keep one of them.")
        found.append(lookalike)
    return tuple(found)


def weights(entry: Entry, key: str, *, optional: bool = False) -> tuple[Weight, ...]:
    found = []
    for item in entry.entries(key, optional=optional):
        points = item.integer("points")
        if points == 0:
            raise item.refuse("0 points say nothing", "Give points or remove the entry.")
        found.append(Weight(points, condition(item, "when")))
        item.finish()
    return tuple(found)


def resolved(found: tuple[Weight, ...], resolver: Resolves, owner: str) -> tuple[Weight, ...]:
    return tuple(Weight(weight.points, resolver.resolve(weight.when, owner)) for weight in found)


def origin(entry: Entry) -> Origin:
    return Origin(
        id=entry.text("id"),
        label=entry.text("label"),
        note=entry.text("note", ""),
        source_ids=entry.texts("sources"),
        evidence=weights(entry, "evidence", optional=True),
        set_by_rules=entry.texts("set_by_rules", optional=True),
        place=entry.place(),
    )


def discriminator(entry: Entry, resolver: Resolves) -> Discriminator:
    entry.texts("sources")
    return Discriminator(
        nerve=resolved(weights(entry, "nerve_points"), resolver, "nerve_points"),
        musculoskeletal=resolved(weights(entry, "musculoskeletal_points"), resolver, "musculoskeletal_points"),
        compare_from=entry.integer("compare_from"),
        mainly_from=entry.integer("mainly_from"),
        mixed_from=entry.integer("mixed_from"),
        mixed_origin=entry.text("mixed_origin"),
        mixed_points=entry.integer("mixed_points"),
    )


def _way(entry: Entry, resolver: Resolves | None) -> Way:
    way = Way(entry.text("to"), optional_condition(entry, "when", resolver), entry.text("because", ""))
    entry.finish()
    return way


def _refer_first(entry: Entry) -> tuple[Way, ...]:
    """Read whom to see before `refer_to`. A protocol stored earlier may hold one way instead of a list."""
    if not entry.has("refer_first"):
        return ()
    if entry.is_list("refer_first"):
        return tuple(_way(item, None) for item in entry.entries("refer_first"))
    return (_way(entry.entry("refer_first"), None),)


def _ways(entry: Entry, key: str, resolver: Resolves) -> tuple[Way, ...]:
    return tuple(_way(item, resolver) for item in entry.entries(key))


def routing(entry: Entry, resolver: Resolves) -> Routing:
    rows = {}
    for name, row in entry.entry("origins").mapping():
        rows[name] = Row(
            first=_ways(row, "first", resolver),
            also=_ways(row, "also", resolver),
            pt_alone_when=row.text("pt_alone_when"),
            escalate_when=row.text("escalate_when"),
            with_nerve_first=row.text("with_first_of", "") == "nerve",
        )
        row.finish()
    return Routing(
        specialists=entry.entry("specialists").text_mapping(),
        otherwise=_way(entry.entry("otherwise"), resolver),
        rows=rows,
        nerve_origins=entry.texts("nerve_origins"),
        always_listed_origins=entry.texts("always_listed_origins", optional=True),
        additions=_ways(entry, "additions", resolver),
    )


def nerve_levels(entry: Entry, resolver: Resolves) -> NerveLevels:
    levels = []
    entry.texts("sources")
    for item in entry.entries("levels"):
        level = item.text("id")
        weakens = tuple(
            resolver.resolve(_condition(item, text, item.place("weakens")), level) for text in item.texts("weakens")
        )
        levels.append(Level(level, resolved(weights(item, "supports"), resolver, level), weakens, item.text("ask", "")))
        item.finish()
    return NerveLevels(entry.text("shown_with"), entry.integer("within"), tuple(levels))


def hold(entry: Entry, resolver: Resolves) -> HoldRule:
    when = optional_condition(entry, "when", resolver)
    return HoldRule(entry.text("id"), entry.text("text"), entry.texts("rules"), when, entry.place())


def unknowns(entry: Entry, resolver: Resolves) -> Unknowns:
    rows = []
    for item in entry.entries("rows"):
        raises = item.texts("raises", optional=True)
        text = item.text("say" if raises else "note")
        rows.append(UnknownRow(item.text("id"), resolver.resolve(condition(item, "when"), item.name), raises, text))
        item.finish()
    return Unknowns(
        open_options=entry.texts("open_options"),
        not_checked_options=entry.texts("not_checked_options"),
        strength_tests=entry.texts("strength_tests"),
        rows=tuple(rows),
    )


def sources(entry: Entry) -> dict[str, Source]:
    return {key: Source(key, citation) for key, citation in entry.text_mapping().items()}
