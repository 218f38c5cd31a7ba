"""The protocol's own cases: whole ones, and variants of them with some answers changed."""

from pathlib import Path

from intake import triage
from tests.protocol.files import read_yaml

HERE = Path(__file__).parent


def read(name, key="vignettes"):
    return read_yaml(HERE / name)[key]


FIRST, MORE = read("vignettes.yaml"), read("vignettes_more.yaml")
EVERY = FIRST + MORE
BY_ID = {case["id"]: case["answers"] for case in EVERY}
UNSURE, ARMS, FLOORS = (read(name, "variants") for name in ("unsure.yaml", "rule_arms.yaml", "floors.yaml"))


def answers_of(protocol, variant):
    """The changed case, without answers to questions that are no longer asked; it must answer all that is asked."""
    answers = BY_ID[variant["of"]] | variant["change"]
    visible = triage.visible_questions(protocol, triage.validate_answers(protocol, answers))
    assert set(variant["change"]) <= set(visible), "a changed answer is to a question that is asked"
    assert not [name for name in visible if protocol.questions[name].required and name not in answers]
    return {name: answers[name] for name in visible if name in answers}
