"""Addresses of the demo."""

from django.urls import path, re_path

from clinic.demo import mail_views, start
from clinic.demo.look import look

urlpatterns = [
    path("look/", look, name="demo_look"),
    path("", start.start, name="demo_start"),
    path("mail/", mail_views.mails, name="demo_mails"),
    re_path(r"^mail/(?P<name>\d{20}-\d{6})/$", mail_views.mail, name="demo_mail"),
]
