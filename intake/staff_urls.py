"""Addresses of the therapists' pages. Two more are in `referrals.urls`, because they may end in a referral."""

from django.urls import path

from intake.by_phone import views as by_phone
from intake.desk import own_contact
from intake.files import views as files
from intake.follow_up import views as follow_up
from intake.handover import views as handover
from intake.returning import staff_views as coming_back
from intake.review import held, queue
from intake.review import on_watch as watch
from intake.review import views as case
from intake.scorecard import views as scorecard
from intake.signing import views as signed

urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("queue/rows/", queue.queue_rows, name="queue_rows"),
    path("on-watch/", watch.on_watch, name="on_watch"),
    path("on-watch/take-over/", watch.take_over, name="take_over"),
    path("on-watch/on-call/", watch.add_on_call, name="add_on_call"),
    path("on-watch/on-call/<int:id>/end/", watch.end_on_call, name="end_on_call"),
    path("on-watch/on-call/<int:id>/told/", watch.told_on_call, name="told_on_call"),
    path("on-watch/<uuid:public_id>/ask/", watch.ask, name="ask_to_take"),
    path("cases/<uuid:public_id>/", case.case, name="case"),
    path("cases/<uuid:public_id>/what-if/", case.what_if, name="what_if"),
    path("cases/<uuid:public_id>/acknowledge/", case.acknowledge, name="acknowledge"),
    path("cases/<uuid:public_id>/take-over/", held.take_over_case, name="take_over_case"),
    path("cases/<uuid:public_id>/typed/", held.case_typed, name="case_typed"),
    path("cases/<uuid:public_id>/moved/", held.case_moved, name="case_moved"),
    path("cases/<uuid:public_id>/hand-back/", case.hand_back, name="hand_back"),
    path("cases/<uuid:public_id>/undo/", case.undo, name="undo"),
    path("cases/<uuid:public_id>/contact/", case.contact, name="contact"),
    path("cases/<uuid:public_id>/by-phone/", by_phone.take_answers, name="take_answers"),
    path("cases/<uuid:public_id>/raise/", case.raise_tier, name="raise_tier"),
    path("cases/<uuid:public_id>/proof-seen/", own_contact.proof_seen, name="proof_seen"),
    path("patients/<uuid:public_id>/signed/", signed.signed, name="signed"),
    path("patients/<uuid:public_id>/contact/", own_contact.confirm_contact, name="confirm_contact"),
    path("patients/<uuid:public_id>/links/", own_contact.give_out_links, name="give_out_links"),
    path("patients/<uuid:public_id>/proof-seen/", own_contact.proof_seen_at_desk, name="proof_seen_at_desk"),
    path("cases/<uuid:public_id>/invite-again/", coming_back.invite_again, name="invite_again"),
    path("cases/<uuid:public_id>/seen/", follow_up.seen, name="follow_up_seen"),
    path("files/<uuid:public_id>/", files.patient_file, name="patient_file"),
    path("cases/<uuid:public_id>/add/", case.add_to_decision, name="add_to_decision"),
    path("cases/<uuid:public_id>/reopen/", case.reopen, name="reopen_case"),
    path("cases/<uuid:public_id>/look-back/", scorecard.look_back, name="look_back"),
    path("handover/", handover.handover, name="handover"),
    path("scorecard/", scorecard.scorecard, name="scorecard"),
    path("scorecard/rules.csv", scorecard.scorecard_file, name="scorecard_file"),
]
