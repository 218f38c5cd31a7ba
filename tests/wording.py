"""The words this product marks for translation, and its Spanish catalog, read without any tool but Python."""

import ast
import gettext
import re
from pathlib import Path

from django.utils.translation.template import templatize

from tests.floors import APPS

HOUSE = Path(__file__).resolve().parent.parent
CATALOG = HOUSE / "locale/es/LC_MESSAGES"
ALLAUTH = ("account", "allauth", "mfa")  # pages of staff alone, in the words of that package
PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])|%%")
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?:\b\w*gettext|\b_)\({STRING}(?:\s*,\s*{STRING})?")
TAKES = {  # how many leading arguments are words; a context comes before them
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
    "pgettext": 2,
    "pgettext_lazy": 2,
}


def marked() -> dict:
    """{key: file} of everything marked. A key is (context, words) or, counted, (context, one, many)."""
    found = {}
    for path in sorted([*HOUSE.glob("templates/**/*.html"), *HOUSE.glob("templates/**/*.txt")]):
        if path.relative_to(HOUSE).parts[1] not in ALLAUTH:
            for key in in_template(path.read_text()):
                found.setdefault(key, []).append(str(path.relative_to(HOUSE)))
    for app in APPS:
        for path in sorted((HOUSE / app).rglob("*.py")):
            for key in in_code(path.read_text()):
                found.setdefault(key, []).append(str(path.relative_to(HOUSE)))
    return found


def in_template(text):
    if "pgettext(" in (calls := templatize(text)) or "npgettext(" in calls:
        raise NotImplementedError("A template uses a context; read it here as well.")
    for call in CALL.finditer(calls):
        yield "", *(ast.literal_eval(words) for words in call.groups() if words)


def in_code(text):
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        words = node.args[: TAKES.get(name, 0)]
        if words and all(isinstance(word, ast.Constant) for word in words):
            values = tuple(word.value for word in words)
            yield values if name.startswith("pgettext") else ("", *values)


def placeholders(words) -> set:
    return {found.group() for found in PLACEHOLDER.finditer(words)}


def written() -> dict:
    """{key: (translation, ...)} as django.po has it; a fuzzy one is left out."""
    found = {}
    for block in re.split(r"\n{2,}", (CATALOG / "django.po").read_text()):
        lines = block.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        parts, at = {}, None
        for line in lines:
            if line.startswith("#") or not line:
                continue
            if not line.startswith('"'):
                at, _space, line = line.partition(" ")
            parts[at] = parts.get(at, "") + ast.literal_eval(line)
        if parts.get("msgid"):
            one = tuple(parts[name] for name in ("msgid", "msgid_plural") if name in parts)
            said = tuple(words for name, words in parts.items() if name.startswith("msgstr"))
            found[parts.get("msgctxt", ""), *one] = said
    return found


def compiled() -> dict:
    """{(context, words, which plural or None): translation} as django.mo has it."""
    with (CATALOG / "django.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog
    found = {}
    for key, words in catalog.items():
        key, number = key if isinstance(key, tuple) else (key, None)
        context, _mark, one = key.rpartition("\x04")
        if one:
            found[context, one, number] = words
    return found
