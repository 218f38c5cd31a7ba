"""Miles between two points on the map, in a straight line: no map, and nobody outside is asked."""

from math import asin, cos, radians, sin, sqrt

from django.db.models import Case, Expression, F, FloatField, Value, When
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

EARTH = 3958.8  # miles from its middle


def miles_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the miles of the shortest way over the ground (haversine)."""
    (north, east), (to_north, to_east) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((to_north - north) / 2) ** 2 + cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def miles_in_sql(latitude: float, longitude: float) -> Expression:
    """Return the same from this point to the one of a row; nothing where it has none."""
    north, east = Radians(F("latitude")), Radians(F("longitude"))
    up = Power(Sin((north - radians(latitude)) / 2), 2)
    along = Power(Sin((east - radians(longitude)) / 2), 2) * Cos(north) * cos(radians(latitude))
    half = Least(Value(1.0), Sqrt(up + along), output_field=FloatField())
    with_a_place = ASin(half) * 2 * EARTH
    return Case(When(latitude__isnull=False, then=with_a_place), output_field=FloatField())
