"""Who may do what as a page: `docs/permissions.md`, written by `manage.py permissions`."""

from collections import defaultdict
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from clinic.staff.permissions import PERMISSIONS, Role
from referrals.told.drawing import row_of

HEAD = """# Who may do what

Each permission, the roles that hold it, and the pages and presses it opens, by the names of their addresses. Written by
`manage.py permissions` from `clinic/staff/permissions.py` and from the guards of the views; `tests/routes.py` says the
same of every address, and `tests/test_house.py` asks each of them as each role. Whoever holds a permission has it at
their own locations alone."""


def document() -> str:
    """Return the whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    opens = defaultdict(list)
    for pattern in _patterns(get_resolver()):
        opens[getattr(pattern.callback, "permission", "")].append(str(pattern.name))
    columns = ("May", *(role.label for role in Role), "Opens")
    yield from (HEAD, "", row_of(columns), row_of("---" for _column in columns))
    for permission in sorted({one for held in PERMISSIONS.values() for one in held}):
        holds = ("yes" if permission in PERMISSIONS[role] else "" for role in Role)
        yield row_of((permission, *holds, ", ".join(f"`{name}`" for name in sorted(opens[permission]))))


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one)
        else:
            yield one
