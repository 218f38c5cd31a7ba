"""Addresses for asking: the pain guide, a visit, and the desk that answers."""

from django.urls import path

from intake.desk import views as requests
from intake.guide import views as guide
from intake.visits import views as appointments

urlpatterns = [
    path("intake/appointment/", appointments.intake_appointment, name="intake_appointment"),
    path("status/appointment/", appointments.status_appointment, name="status_appointment"),
    path("guide/", guide.guide, name="guide"),
    path("requests/", requests.requests, name="requests"),
    path("requests/find/", requests.find, name="find_patient"),
    path("requests/address/<uuid:public_id>/", requests.address_works, name="address_works"),
    path("requests/calls/<uuid:public_id>/", requests.call_made, name="call_made"),
    path("requests/tasks/<uuid:public_id>/", requests.task_done, name="task_done"),
    path("requests/tasks/<uuid:public_id>/nothing/", requests.came_to_nothing, name="came_to_nothing"),
    path("requests/<uuid:public_id>/", requests.appointment_request, name="appointment_request"),
]
