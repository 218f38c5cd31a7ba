"""Addresses of what each person sets for themselves."""

from django.urls import path

from clinic.staff import shortcuts

urlpatterns = [path("shortcuts/", shortcuts.shortcuts, name="shortcuts")]
