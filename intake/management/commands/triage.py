"""Assesses the cases of a file: one JSON object per line, in order. Needs no database, secret or broker."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake import triage


class Command(BaseCommand):
    help = "Assess cases from a YAML or JSON file: a list, or {vignettes: [...]}, of {id, answers}."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--explain", action="store_true", help="add the explanation to every line")

    def handle(self, *, file: Any, explain: bool, **options: Any) -> None:
        protocol = triage.shipped()
        lines = []
        for case_id, answers in read_cases(file):
            try:
                outcome = triage.assess(protocol, answers, explain=explain)
            except triage.AnswerError as error:
                raise refusal(f"{case_id}: {error.message}")
            lines.append({"id": case_id, **outcome.as_json(explain=explain)})
        for line in lines:
            self.stdout.write(json.dumps(line, ensure_ascii=False))


def read_cases(file: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pairs of case id and answers. Refuses a file that is not the expected shape, naming the case."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise refusal(f"{file} cannot be read: {error.strerror}")
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise refusal(f"{file} is neither YAML nor JSON: {' '.join(str(error).split())}")
    cases = content.get("vignettes") if isinstance(content, dict) else content
    if not isinstance(cases, list):
        raise refusal(f"{file} holds neither a list nor {{vignettes: [...]}}")
    for place, case in enumerate(cases, start=1):
        if not isinstance(case, dict) or not isinstance(case.get("answers"), dict):
            raise refusal(f"case {place} of {file} has no answers")
        yield case.get("id", f"case {place}"), case["answers"]


def refusal(message: str) -> CommandError:
    return CommandError(message, returncode=2)
