"""A request of somebody who works here."""

from django.http import HttpRequest

from clinic.staff.models import User


class StaffRequest(HttpRequest):
    """What a view behind `staff_may` gets: somebody is signed in."""

    user: User
