"""The address what was typed goes to."""

from django.urls import path

from clinic.typed import views

urlpatterns = [path("account/typed/", views.typed, name="typed")]
