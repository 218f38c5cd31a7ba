"""Rows of referrals, as those ask for them who look after them."""

from datetime import datetime
from typing import Self

from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.utils import timezone

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS
from clinic.staff.places import OfPlacesQuerySet
from intake.models import Patient
from referrals.models.carriers import covers, has_left


class ReferralQuerySet(OfPlacesQuerySet):
    seen_by = CARRY_REFERRALS

    def open(self) -> Self:
        return self.exclude(status__in=self.model.ENDED)

    def overdue(self, now: datetime) -> Self:
        return self.open().filter(next_check_at__lt=now)

    def like(self, patient: Patient, specialty: str) -> Self:
        """Referrals of the same person to the same specialty, also when they were entered twice."""
        everybody = type(patient).objects.all()
        same, _others = everybody.called(patient.last_name, patient.first_name, born=patient.date_of_birth)
        return self.filter(patient__in={patient, *same}, specialty=specialty)

    def left_behind(self, now: datetime) -> Self:
        """Leave open ones whose carrier has left."""
        return self.open().filter(has_left(now))

    def with_news_for(self, user: User) -> Self:
        """Leave those answered since this person looked, who carries or covers them."""
        theirs = Q(owner=user) | covers(user, timezone.now())
        return self.visible_to(user).open().filter(theirs, news_at__isnull=False)

    def most_pressing_first(self) -> Self:
        """Put first what never reached its office, then news, then by urgency and the next date."""
        first = F("undelivered_at").asc(nulls_last=True), IsNull(F("news_at"), True).asc()
        return self.order_by(*first, "-urgency", F("next_check_at").asc(nulls_last=True), "pk")
