"""Addresses of the messages page."""

from django.urls import path

from clinic.messages import delivery_views, hooks, stop_views, views

urlpatterns = [
    path("", views.messages, name="messages"),
    path("delivery/", delivery_views.delivery, name="delivery"),
    path("came-back/<slug:provider>/", hooks.mail_hook, name="mail_hook"),
    path("stop/<str:secret>/", stop_views.stop_mails, name="stop_mails"),
    path("<uuid:id>/", views.message, name="message"),
    path("links/<uuid:id>/wake/", views.wake, name="wake_sleeping_link"),
]
