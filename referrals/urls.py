"""Addresses of this part."""

from django.urls import path

from referrals.views import decision

urlpatterns = [
    path("cases/<uuid:public_id>/decide/", decision.decide, name="decide"),
    path("cases/<uuid:public_id>/second-look/", decision.second_look, name="second_look"),
]
