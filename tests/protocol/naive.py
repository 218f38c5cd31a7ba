"""A second, slow reading of the protocol files, written straight from the notation and sharing no code with the engine.

Each condition is turned into a Python expression by a few substitutions and evaluated over objects that carry three
truths at once: what the rules count, what could still be, and what must be.
"""

import re
from pathlib import Path

from tests.protocol.files import read_yaml

FOLDER = Path(__file__).parents[2] / "intake" / "protocol"
TIERS = ["routine", "soon", "urgent", "emergency"]
OPEN = {"unsure", "prefer_not"}


class Truth:
    """`by`: the answers, as (question, option), by which `fires` is what it is; an absent answer is none."""

    __slots__ = ("by", "could", "fires", "must")

    def __init__(self, fires, could, must, by=frozenset()):
        self.fires, self.could, self.must, self.by = fires, could, must, by

    def __and__(self, other):
        fires = self.fires and other.fires
        return Truth(fires, self.could and other.could, self.must and other.must, by(fires, self, other))

    def __or__(self, other):
        fires = self.fires or other.fires
        return Truth(fires, self.could or other.could, self.must or other.must, by(fires, self, other))

    def __invert__(self):
        return Truth(not self.fires, not self.must, not self.could, self.by)


def by(fires, *parts):
    named = [part.by for part in parts if part.by and part.fires == fires]
    return frozenset().union(*named) if named else frozenset()


def certain(value):
    return Truth(value, value, value)


def atleast(number, *parts):
    fires = sum(part.fires for part in parts) >= number
    return Truth(
        fires,
        sum(part.could for part in parts) >= number,
        sum(part.must for part in parts) >= number,
        by(fires, *parts),
    )


def as_python(text):
    text = re.sub(r"count\((\w+)\)(>=|<=)(\d+)", r"me.count('\1','\2',\3)", text)
    text = re.sub(r"(\w+):\{(\w+)\}", r"me.group('\1','\2')", text)
    text = re.sub(r"(\w+):([\w/]+)", r"me.has('\1','\2')", text)
    text = re.sub(r"\b([a-z_]+)(>=|<=)(\d+)", r"me.number('\1','\2',\3)", text)
    text = re.sub(r"\brule\.(\w+)", r"me.rule('\1')", text)
    text = re.sub(r"(?<!')\b(?!AND\b|OR\b|NOT\b)([A-Z][A-Z0-9_]+)\b(?!')", r"me.fact('\1')", text)
    text = text.replace(";", ",")
    return re.sub(r"\bNOT\b", "~", re.sub(r"\bOR\b", "|", re.sub(r"\bAND\b", "&", text)))


class Files:
    """The protocol's files as plain data, conditions compiled once."""

    def __init__(self, folder=FOLDER):
        def read(name):
            return read_yaml(folder / name)

        sections = [section["id"] for section in read("protocol.yaml")["sections"] if not section.get("pages_only")]
        self.questions = {q["id"]: q for section in sections for q in read(f"questions/{section}.yaml")}
        self.facts = {fact["id"]: fact["when"] for fact in read("facts.yaml")}
        self.rules = {}
        for tier in ("emergency", "urgent", "soon"):
            for rule in read(f"rules/{tier}.yaml"):
                self.rules[rule["id"]] = rule | {"tier": tier}
        self.origins = {origin["id"]: origin for origin in read("origins.yaml")}
        self.always_listed_origins = read("routing.yaml")["always_listed_origins"]
        self.sides = read("discriminator.yaml")
        self.alarms = read("alarms.yaml")
        body = read("body_map.yaml")
        sides = {region["id"]: region["sides"] for region in body["regions"]}
        self.places = [f"{region}_{side}" for region, of_region in sides.items() for side in of_region]
        self.groups = {
            name: {
                place
                for member in members
                for place in ([f"{member}_{side}" for side in sides[member]] if member in sides else [member])
            }
            for name, members in body["groups"].items()
        }
        self.code = {}

    def compiled(self, text):
        if text not in self.code:
            self.code[text] = compile(f"({as_python(text)})", text, "eval")
        return self.code[text]


class Case:
    """One set of answers, read the slow way."""

    def __init__(self, files, answers):
        self.files, self.answers = files, answers
        self.shown, self.known, self.read = {}, {}, {}

    def truth(self, text):
        if text not in self.known:
            self.known[text] = eval(self.files.compiled(text), {"me": self, "atleast": atleast})
        return self.known[text]

    def visible(self, name):
        if name not in self.shown:
            condition = self.files.questions[name].get("asked_when")
            self.shown[name] = self.truth(condition) if condition else certain(True)
        return self.shown[name]

    def leaf(self, name, test, wanted=()):
        """A test on a question: three truths, from whether it is asked and what was answered."""
        shown, answer = self.visible(name), self.answers.get(name)
        if shown.fires and answer is not None:
            holds = test(answer)
            chosen = answer if isinstance(answer, list) else [answer]
            unsure = bool(OPEN & {option for option in chosen if isinstance(option, str)})
            by = frozenset((name, option) for option in chosen if spelled(option) in wanted)
            return Truth(holds, holds or unsure, holds and not unsure and shown.must, by)
        return Truth(False, shown.could, False)

    def has(self, name, options):
        return self.once(self._has, name, options)

    def group(self, name, group):
        return self.once(self._group, name, group)

    def once(self, reading, *asked):
        """The same test stands in many conditions; these answers give it one truth."""
        if (reading, asked) not in self.read:
            self.read[reading, asked] = reading(*asked)
        return self.read[reading, asked]

    def _has(self, name, options):
        wanted = set(options.split("/"))
        return self.leaf(name, lambda a: bool(wanted & (set(a) if isinstance(a, list) else {spelled(a)})), wanted)

    def _group(self, name, group):
        own = self.files.questions[name].get("groups", {})
        members = set(own[group]) if group in own else self.files.groups[group]
        return self.leaf(name, lambda a: bool(members & set(a)), members)

    def number(self, name, op, number):
        return self.leaf(name, lambda a: a >= number if op == ">=" else a <= number)

    def count(self, name, op, number):
        return self.leaf(name, lambda a: len(a) >= number if op == ">=" else len(a) <= number)

    def fact(self, name):
        return self.truth(self.files.facts[name])

    def rule(self, name):
        return self.truth(self.files.rules[name]["fires_when"])

    # ------------------------------------------------------------------ results

    def asked(self):
        return [name for name in self.files.questions if self.visible(name).fires]

    def flags(self):
        return self._worst_first([name for name in self.files.rules if self.rule(name).fires])

    def unused_alarms(self):
        """The alarming answers by which no fired rule is true, in the order of the list."""
        used = frozenset().union(*(self.rule(name).by for name in self.flags()))
        found = []
        for alarm in self.files.alarms:
            if not ("unless" in alarm and self.truth(alarm["unless"]).fires):
                question, _colon, options = alarm["answers"].partition(":")
                given = self.truth(alarm["answers"]).by - used
                order = [option["id"] for option in self.files.questions[question]["options"]]
                chosen = [option for option in order if (question, option) in given]
                found += [(question, option, alarm["severity"]) for option in chosen if option in options.split("/")]
        return found

    def not_ruled_out(self):
        return self._worst_first([n for n in self.files.rules if self.rule(n).could and not self.rule(n).fires])

    def _worst_first(self, names):
        return sorted(names, key=lambda name: -TIERS.index(self.files.rules[name]["tier"]))

    def urgency(self):
        return max((self.files.rules[name]["tier"] for name in self.flags()), key=TIERS.index, default="routine")

    def points(self, weights):
        return sum(weight["points"] for weight in weights if self.truth(weight["when"]).fires)

    def nerve_points(self):
        return self.points(self.files.sides["nerve_points"])

    def musculoskeletal_points(self):
        return self.points(self.files.sides["musculoskeletal_points"])

    def origins(self):
        """The shown origins as (id, points, strength): the ranking of the reference, section (c), said again."""
        points = {name: self.points(origin.get("evidence", [])) for name, origin in self.files.origins.items()}
        nerve, muscle = self.nerve_points(), self.musculoskeletal_points()
        if nerve >= 5 and muscle >= 5 and 0.3 <= nerve / (nerve + muscle) <= 0.7:
            points["mixed_nerve_msk"] += 6
        flags = self.flags()
        ranked = []
        for name, origin in self.files.origins.items():
            tiers = [
                TIERS.index(self.files.rules[rule]["tier"]) for rule in origin.get("set_by_rules", []) if rule in flags
            ]
            if tiers or points[name] > 0:
                others = max([0] + [value for other, value in points.items() if other != name])
                strength = "possible" if tiers or points[name] >= 3 else "not_enough"
                if points[name] >= 5 and points[name] >= others + 2:
                    strength = "likely"
                ranked.append((-max(tiers, default=0), -points[name], name, strength))
        order = list(self.files.origins)
        ranked.sort(key=lambda row: (row[0], row[1], order.index(row[2])))
        enough = [row for row in ranked if row[3] != "not_enough"]
        shown = (enough or ranked)[:3]
        shown += [row for row in enough if row not in shown and row[2] in self.files.always_listed_origins]
        return [(name, -negative, strength) for _, negative, name, strength in shown]


def spelled(answer):
    """How a condition writes the answer of a boolean question."""
    return {True: "true", False: "false"}.get(answer, answer) if isinstance(answer, bool) else answer
