"""A file of people to invite: looked at by who added it, and sent or left."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from clinic.audit.growing import never_emptied
from clinic.files.imported import ImportedFile
from clinic.staff.models import User
from clinic.staff.permissions import INVITE_PATIENTS


class InvitationListQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Leave this person's own, and those of some colleagues.

        These work nowhere else than this person does.
        """
        if not user.may(INVITE_PATIENTS):
            return self.none()
        works_at = User.locations.through.objects.filter(user=OuterRef("uploaded_by"))
        here, elsewhere = works_at.filter(location__in=user.places()), works_at.exclude(location__in=user.places())
        return self.filter(Q(uploaded_by=user) | Exists(here) & ~Exists(elsewhere))


class InvitationList(ImportedFile):
    """Hold one list.

    It names people who may never become patients: one that nobody sent is gone after a day, and of one that was sent
    only the rows left out are kept.
    """

    day_first = models.BooleanField(default=False, help_text="Of 5/6/1961 the 5 is the day")

    objects = InvitationListQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        triggers = [never_emptied("invitation_list_never_emptied")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="list_is_sent_by_a_name_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False, confirmed_at__isnull=False),
                name="list_taken_back_was_sent",
            ),
        ]
