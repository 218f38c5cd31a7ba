"""Addresses of the therapists' pages. Two more are in `referrals.urls`, because they may end in a referral."""

from django.urls import path

from intake.desk import own_contact
from intake.files import views as files
from intake.follow_up import views as follow_up
from intake.returning import staff_views as coming_back
from intake.review import queue
from intake.review import views as case
from intake.signing import views as signed

urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("queue/rows/", queue.queue_rows, name="queue_rows"),
    path("cases/<uuid:public_id>/", case.case, name="case"),
    path("cases/<uuid:public_id>/what-if/", case.what_if, name="what_if"),
    path("cases/<uuid:public_id>/acknowledge/", case.acknowledge, name="acknowledge"),
    path("cases/<uuid:public_id>/hand-back/", case.hand_back, name="hand_back"),
    path("cases/<uuid:public_id>/contact/", case.contact, name="contact"),
    path("cases/<uuid:public_id>/raise/", case.raise_tier, name="raise_tier"),
    path("cases/<uuid:public_id>/proof-seen/", own_contact.proof_seen, name="proof_seen"),
    path("patients/<uuid:public_id>/signed/", signed.signed, name="signed"),
    path("patients/<uuid:public_id>/contact/", own_contact.confirm_contact, name="confirm_contact"),
    path("patients/<uuid:public_id>/links/", own_contact.give_out_links, name="give_out_links"),
    path("patients/<uuid:public_id>/proof-seen/", own_contact.proof_seen_at_desk, name="proof_seen_at_desk"),
    path("cases/<uuid:public_id>/invite-again/", coming_back.invite_again, name="invite_again"),
    path("cases/<uuid:public_id>/seen/", follow_up.seen, name="follow_up_seen"),
    path("files/<uuid:public_id>/", files.patient_file, name="patient_file"),
    path("cases/<uuid:public_id>/reopen/", case.reopen, name="reopen_case"),
]
