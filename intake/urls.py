"""Addresses of this part."""

from intake.staff_urls import urlpatterns as staff_urls

urlpatterns = [*staff_urls]
