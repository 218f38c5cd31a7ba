"""A location and a person as the page of changes names them: a label and what stands under it."""

from typing import Any

from clinic.owning.location_form import DAYS
from clinic.staff.changes import ClinicChange
from clinic.staff.models import Location, User

Words = dict[str, str]


def of_location(place: Location) -> Words:
    """Return all that a manager may change of a location."""
    hours = {label: "-".join(place.hours.get(day) or ()) or "closed" for day, label in DAYS.items()}
    return {
        "Name": place.name,
        "Address": f"{place.street}, {place.city}, {place.state} {place.zip_code}",
        "Coordinates": ", ".join(map(str, place.point or ())),
        "Phone": place.phone,
        "Fax": place.fax,
        "Phone while closed": place.on_call_phone,
        "Time zone": place.time_zone,
        "Age from which patients sign alone": str(place.majority_age),
        "Stands in": place.fallback.name if place.fallback else "every location",
        **hours,
        "Closed days": ", ".join(place.hours.get("closed_on", ())),
    }


def of_person(person: User) -> Words:
    """Return all that a manager may change of somebody who works here."""
    return {
        "Name": person.name,
        "Email": person.email,
        "Role": person.get_role_display(),
        "Locations": ", ".join(place.name for place in person.locations.all()),
        "Credentials": person.credentials,
        "License number": person.license_number,
        "NPI": person.npi,
        "Account": "open" if person.is_active else "closed",
    }


def write_down(what: str, *, before: Words, after: Words, by: User | None, **about: Any) -> ClinicChange | None:
    """Keep a change with what differs; None, and nothing kept, when nothing does."""
    names = [name for name in after if before.get(name, "") != after[name]]
    if not names:
        return None
    return ClinicChange.objects.create(
        what=what,
        by=by,
        before={name: before[name] for name in names if name in before},
        after={name: after[name] for name in names},
        **about,
    )


def newest(**about: Any) -> int:
    """Return the number of the newest change of a location or a person, or 0."""
    return ClinicChange.objects.filter(**about).values_list("pk", flat=True).order_by("-pk").first() or 0
