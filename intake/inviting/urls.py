"""Addresses for inviting patients."""

from django.urls import path

from intake.inviting import list_views, views, worklist

urlpatterns = [
    path("invite/", views.invite, name="invite"),
    path("invitations/", worklist.invitations, name="invitations"),
    path("invitations/<uuid:public_id>/again/", worklist.send_again, name="send_invitation_again"),
    path("invitations/<uuid:public_id>/take-back/", worklist.take_back, name="take_back_invitation"),
    path("invitations/list/", list_views.add_list, name="add_invitation_list"),
    path("invitations/list/<uuid:public_id>/", list_views.invitation_list, name="invitation_list"),
    path("invitations/list/<uuid:public_id>/send/", list_views.send_list, name="send_invitation_list"),
    path("invitations/list/<uuid:public_id>/undo/", list_views.undo_list, name="undo_invitation_list"),
    path("invitations/list/<uuid:public_id>/to-correct.csv", list_views.list_to_correct, name="list_to_correct"),
]
