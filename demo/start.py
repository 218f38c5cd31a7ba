"""The first page of the demo: who to sign in as, what to try."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.staff.models import User
from demo.invented.house import PASSWORD, second_factor
from demo.mail.views import demo_only


@login_not_required
@demo_only
def start(request: HttpRequest) -> HttpResponse:
    people = [
        {
            "user": user,
            "code": second_factor(user),
            "works_at": [place.name for place in user.locations.all()],
        }
        for user in User.objects.prefetch_related("locations").order_by("pk")
    ]
    return render(request, "demo/start.html", {"people": people, "password": PASSWORD})
