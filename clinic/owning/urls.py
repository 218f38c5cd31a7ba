"""Addresses of what a manager owns: the locations, the people, and every change of both."""

from django.urls import path

from clinic.owning import change_views, location_views, people_views

urlpatterns = [
    path("locations/", location_views.locations, name="locations"),
    path("locations/new/", location_views.new_location, name="new_location"),
    path("locations/<slug:slug>/", location_views.location, name="location"),
    path("staff/", people_views.people, name="people"),
    path("staff/invite/", people_views.invite_person, name="invite_person"),
    path("staff/<uuid:id>/", people_views.person, name="person"),
    path("staff/<uuid:id>/code/", people_views.hand_over_code, name="hand_over_code"),
    path("staff/<uuid:id>/again/", people_views.invite_again, name="invite_person_again"),
    path("staff/<uuid:id>/sign-out/", people_views.sign_out, name="sign_out_person"),
    path("staff/<uuid:id>/back/", people_views.take_back, name="take_back_person"),
    path("changes/", change_views.changes, name="clinic_changes"),
]
