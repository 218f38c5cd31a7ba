"""Addresses of the way in of those who work here; some stand in place of allauth's."""

from django.urls import path
from django.views.generic import RedirectView

from clinic.sign_in import idle, views

urlpatterns = [
    path("account/stay/", idle.stay, name="staff_stay"),
    path("account/left/", idle.left, name="staff_left"),
    path("account/second-step/", views.replace_second_step, name="replace_second_step"),
    # In place of allauth's page that removes a second step: it is replaced, and never only removed.
    path(
        "account/2fa/totp/deactivate/",
        RedirectView.as_view(pattern_name="replace_second_step"),
        name="second_step_stays",
    ),
    # In place of allauth's page of addresses: where a person's alarms go is the clinic's to change.
    path("account/email/", RedirectView.as_view(pattern_name="queue"), name="address_stays"),
]
