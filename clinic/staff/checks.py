"""Every `check --database default`, and every migration, says where nobody treats."""

from django.core import checks
from django.db import DatabaseError

from clinic.staff.models import Location


@checks.register(checks.Tags.database)
def somebody_treats_everywhere(app_configs, databases=None, **kwargs):
    """A warning for each location without an active therapist: its emergencies go to the whole house."""
    if not databases:
        return []
    try:
        alone = list(Location.objects.without_a_therapist())
    except DatabaseError:  # before the first migration
        return []
    hint = "Give a therapist this location, or remove it. Until then patients are not offered it."
    return [checks.Warning(f"{place.name} has no therapist.", hint=hint, id="staff.W001") for place in alone]
