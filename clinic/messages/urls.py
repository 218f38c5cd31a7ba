"""Addresses of the messages page."""

from django.urls import path

from clinic.messages import views

urlpatterns = [
    path("", views.messages, name="messages"),
    path("<uuid:id>/", views.message, name="message"),
    path("links/<uuid:id>/wake/", views.wake, name="wake_sleeping_link"),
]
