"""Addresses of the demo."""

from django.urls import path, re_path

from demo import start
from demo.look import look
from demo.mail import views

urlpatterns = [
    path("look/", look, name="demo_look"),
    path("", start.start, name="demo_start"),
    path("mail/", views.mails, name="demo_mails"),
    re_path(r"^mail/(?P<name>\d{20}-\d{6})/$", views.mail, name="demo_mail"),
]
