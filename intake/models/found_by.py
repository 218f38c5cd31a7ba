"""By what a patient is found: the letters of the name, the birth date and the phone, folded when they are stored.

One column and one index answer a name, a date, a number, or any of them together. PostgreSQL's own text search keeps
them, which needs no extension.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import models

from clinic.contact import names, phones

READ_FROM = ("first_name", "last_name", "date_of_birth", "phone")
LAST_SEVEN = 7  # of a phone number: who lives next door leaves the area code out


class FoundBy(models.Field):
    """Keep a text search vector of a patient, written whenever the patient is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"editable": False, "db_default": ""})  # code of the release before writes none

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"], kwargs["db_default"]
        return name, path, args, kwargs

    def db_type(self, connection: Any) -> str:
        return "tsvector"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::tsvector"

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        found = lexemes_of(model_instance)
        setattr(model_instance, self.attname, found)
        return found


@FoundBy.register_lookup
class Fits(models.Lookup):
    """`found_by__fits`: a query made of the functions below."""

    lookup_name = "fits"

    def get_prep_lookup(self) -> str:
        return str(self.rhs)

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s::tsquery", [value]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, of_column = self.process_lhs(compiler, connection)
        query, of_query = self.process_rhs(compiler, connection)
        return f"{column} @@ {query}", [*of_column, *of_query]


def lexemes_of(patient: Any) -> str:
    """Return what is stored: 'garcia' 'garcialopez' 'lopez' 'b19720609' 't5550142'."""
    found = {_born(patient._meta.get_field("date_of_birth").to_python(patient.date_of_birth))}
    for name in (patient.first_name, patient.last_name):
        parts = names.parts(name)
        found |= {"".join(parts[start:]) for start in range(len(parts))} | set(parts)
    for digits in phones.dialed_in(patient.phone):
        found |= {f"t{digits}", f"t{digits[-LAST_SEVEN:]}"}
    return " ".join(f"'{one}'" for one in sorted(found))


# Queries --------------------------------------------------------------------------------------------------------------


def called(parts: list[str]) -> str:
    """Return the query for parts of a name, in any order, each from its beginning.

    Some write Mc Donald and others McDonald, so neighbours may be one word too.
    """
    return _either(_all(f"'{word}':*" for word in together) for together in _ways_to_join(parts))


def born_on(days: Iterable[date]) -> str:
    return _either(f"'{_born(day)}'" for day in sorted(days))


def phoned_at(digits: str) -> str:
    return f"'t{digits}'"


def together(queries: Iterable[str]) -> str:
    return _all(f"({query})" for query in queries)


def _born(day: date) -> str:
    return f"b{day:%Y%m%d}"


def _ways_to_join(parts: list[str]) -> Iterator[list[str]]:
    """Yield the parts as they are, and with neighbours joined in every way."""
    if len(parts) < 2:
        yield parts
        return
    for rest in _ways_to_join(parts[1:]):
        yield [parts[0], *rest]
        yield [parts[0] + rest[0], *rest[1:]]


def _either(queries: Iterable[str]) -> str:
    return " | ".join(queries)


def _all(queries: Iterable[str]) -> str:
    return " & ".join(queries)
