"""What was changed of the clinic itself: a location, a person on staff, its mails: by whom, when, before and after."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.audit.growing import only_grows


class ClinicChange(models.Model):
    """One change of a location, an account or the mails of the clinic.

    `before` and `after` hold only what differs, in the words of the pages. Written by the action that makes the change,
    in its transaction; `by` is empty for somebody at the server.
    """

    class What(models.TextChoices):
        LOCATION_MADE = "location made", "Made"
        LOCATION_CHANGED = "location changed", "Changed"
        PERSON_MADE = "person made", "Invited"
        INVITED_AGAIN = "invited again", "Invited again"
        PERSON_CHANGED = "person changed", "Changed"
        SIGNED_OUT = "signed out", "Signed out everywhere"
        SECOND_STEP = "second step", "Second step ended, a code handed over"
        LEFT = "left", "Left"
        CAME_BACK = "came back", "Came back"
        MAILS = "mails changed", "Mails changed"

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=20, choices=What)
    location = models.ForeignKey("staff.Location", null=True, on_delete=models.PROTECT, related_name="changes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="changes")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    words = models.CharField(max_length=500, blank=True, help_text="Why, where a reason is asked for")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(location__isnull=False, person=None)
                | Q(location=None, person__isnull=False)
                | Q(location=None, person=None, what="mails changed"),
                name="clinic_change_is_of_one_thing",
            ),
        ]
        triggers = only_grows("clinic_change_only_grows")

    def __str__(self) -> str:
        return f"change {self.pk}"

    @property
    def lines(self) -> list[tuple[str, Any, Any]]:
        """Return what differs, each with what it was and what it is."""
        names = dict.fromkeys([*self.before, *self.after])
        return [(name, self.before.get(name, ""), self.after.get(name, "")) for name in names]
