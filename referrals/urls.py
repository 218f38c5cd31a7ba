"""Addresses of this part."""

from django.urls import path

from referrals.desk import by_office, covering, decision, list_views, many, reports, saved, to_tell
from referrals.desk import promises_views as promises
from referrals.desk import views as desk
from referrals.directory import import_views as imports
from referrals.directory import stale_views as stale
from referrals.directory import views as directory
from referrals.office import views as office
from referrals.patients import views as people
from referrals.status import mails, sent
from referrals.status import views as status
from referrals.today import views as today
from referrals.told import kinds_page

urlpatterns = [
    path("cases/<uuid:public_id>/decide/", decision.decide, name="decide"),
    path("cases/<uuid:public_id>/second-look/", decision.second_look, name="second_look"),
    path("referrals/", list_views.referrals, name="referrals"),
    path("referrals/list.csv", saved.list_file, name="referrals_file"),
    path("referrals/save/", saved.save_list, name="save_list"),
    path("referrals/cover/", covering.covering, name="covering"),
    path("referrals/cover/end/", covering.end_covering, name="end_covering"),
    path("referrals/many/", many.many, name="many_referrals"),
    path("referrals/by-office/", by_office.by_office, name="by_office"),
    path("referrals/by-office/<uuid:public_id>/", by_office.call_sheet, name="call_sheet"),
    path("referrals/<uuid:public_id>/", desk.referral, name="referral"),
    path("referrals/<uuid:public_id>/choose/", desk.choose_specialist, name="choose_specialist"),
    path("referrals/<uuid:public_id>/letter/", desk.letter_parts, name="letter_parts"),
    path("referrals/<uuid:public_id>/letter.pdf", desk.letter_pdf, name="letter"),
    path("referrals/<uuid:public_id>/send/", desk.send_referral, name="send_referral"),
    path("referrals/<uuid:public_id>/move/", desk.move_referral, name="move_referral"),
    path("offices/<uuid:public_id>/told/", to_tell.office_told, name="office_told"),
    path("reports/<uuid:public_id>/", reports.report, name="report"),
    path("reports/<uuid:public_id>/read/", reports.read_report, name="read_report"),
    path("directory/", directory.directory, name="directory"),
    path("directory/new/", directory.new_listing, name="new_listing"),
    path("directory/offices.csv", directory.directory_file, name="directory_file"),
    path("directory/ask/", stale.stale_listings, name="stale_listings"),
    path("directory/import/", imports.add_file, name="directory_import"),
    path("directory/import/<uuid:public_id>/", imports.one_import, name="one_import"),
    path("directory/import/<uuid:public_id>/confirm/", imports.confirm, name="confirm_import"),
    path("directory/import/<uuid:public_id>/undo/", imports.undo, name="undo_import"),
    path("directory/import/<uuid:public_id>/to-correct.csv", imports.to_correct, name="rows_to_correct"),
    path("directory/<uuid:public_id>/", directory.listing, name="listing"),
    path("directory/<uuid:public_id>/confirmed/", stale.confirm, name="confirm_listing"),
    path("office/", office.office, name="office"),
    path("office/letter.pdf", office.office_letter, name="office_letter"),
    path("office/leave/", office.office_leave, name="office_leave"),
    path("office/answer/<slug:answer>/", office.office_answer, name="office_answer"),
    path("office/done/<slug:answer>/", office.office_done, name="office_done"),
    path("patients/", people.patients, name="patients"),
    path("patients/<uuid:public_id>/", people.patient, name="patient"),
    path("today/", today.today, name="today"),
    path("messages/kinds/", kinds_page.kinds_of_mail, name="kinds_of_mail"),
    path("promises/", promises.promises, name="promises"),
    path("intake/done/", sent.done, name="intake_done"),
    path("status/", status.status, name="status"),
    path("status/answers/", status.status_answers, name="status_answers"),
    path("status/answers/<uuid:public_id>.pdf", status.status_answers_pdf, name="status_answers_pdf"),
    path("status/answers/<uuid:public_id>.json", status.status_answers_json, name="status_answers_json"),
    path("status/calendar/<uuid:public_id>.ics", status.status_calendar, name="status_calendar"),
    path("status/visit/<uuid:public_id>/", status.status_visit, name="status_visit"),
    path("status/looked/", status.status_looked, name="status_looked"),
    path("status/mails/", mails.status_mails, name="status_mails"),
    path("status/stay/", status.status_stay, name="status_stay"),
    path("status/leave/", status.status_leave, name="status_leave"),
    path("office/<str:secret>/", office.office_link, name="office_link"),
]
