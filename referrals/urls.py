"""Addresses of this part."""

from django.urls import path

from referrals.desk import (
    by_office,
    codes,
    covering,
    decision,
    list_views,
    many,
    paper_views,
    reports,
    saved,
    talk,
    to_tell,
)
from referrals.desk import promises_views as promises
from referrals.desk import views as desk
from referrals.directory import import_views as imports
from referrals.directory import stale_views as stale
from referrals.directory import views as directory
from referrals.leaving import views as leaving
from referrals.looking_back import views as looking_back
from referrals.numbers import views as numbers
from referrals.office import earlier, room, visit
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
    path("referrals/<uuid:public_id>/papers.pdf", paper_views.packet, name="packet"),
    path("referrals/<uuid:public_id>/papers/", desk.enclosures, name="enclosures"),
    path("referrals/<uuid:public_id>/papers/<uuid:paper>/", paper_views.enclosure, name="enclosure"),
    path(
        "referrals/<uuid:public_id>/faxes/<int:number>/pages/",
        paper_views.fax_file,
        {"which": "pages"},
        name="fax_pages",
    ),
    path(
        "referrals/<uuid:public_id>/faxes/<int:number>/proof/",
        paper_views.fax_file,
        {"which": "proof"},
        name="fax_proof",
    ),
    path("referrals/<uuid:public_id>/send/", desk.send_referral, name="send_referral"),
    path("referrals/<uuid:public_id>/file/<uuid:file>/", talk.referral_file, name="referral_file"),
    path("referrals/<uuid:public_id>/code/", codes.office_code, name="office_code"),
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
    path("directory/import/<uuid:public_id>/to-correct.csv", imports.rows_to_correct, name="rows_to_correct"),
    path("directory/<uuid:public_id>/", directory.listing, name="listing"),
    path("directory/<uuid:public_id>/confirmed/", stale.confirm, name="confirm_listing"),
    path("office/", visit.office, name="office"),
    path("office/leave/", office.office_leave, name="office_leave"),
    path("office/<uuid:public_id>/", room.office_room, name="office_room"),
    path("office/<uuid:public_id>/open/", visit.office_room_open, name="office_room_open"),
    path("office/<uuid:public_id>/file/<uuid:file>/", room.office_room_file, name="office_room_file"),
    path("office/<uuid:public_id>/letter.pdf", room.office_room_letter, name="office_room_letter"),
    path("office/<uuid:public_id>/papers.pdf", room.office_room_packet, name="office_room_packet"),
    path("office/<uuid:public_id>/papers/<uuid:paper>/", room.office_room_enclosure, name="office_room_enclosure"),
    path("office/<uuid:public_id>/answer/<slug:answer>/", room.office_room_answer, name="office_room_answer"),
    path("office/<uuid:public_id>/done/<slug:answer>/", room.office_room_done, name="office_room_done"),
    path("office/letter.pdf", earlier.office_letter, name="office_letter"),
    path("office/answer/<slug:answer>/", earlier.office_answer, name="office_answer"),
    path("office/done/<slug:answer>/", earlier.office_done, name="office_done"),
    path("patients/", people.patients, name="patients"),
    path("patients/<uuid:public_id>/", people.patient, name="patient"),
    path("staff/<uuid:id>/leaves/", leaving.leave, name="leave"),
    path("access-log/", looking_back.access_log, name="access_log"),
    path("access-log/rows.csv", looking_back.access_log_file, name="access_log_file"),
    path("today/", today.today, name="today"),
    path("messages/kinds/", kinds_page.kinds_of_mail, name="kinds_of_mail"),
    path("messages/kinds/<slug:name>/turn/", kinds_page.turn_kind, name="turn_kind_of_mail"),
    path("messages/kinds/<slug:name>/before/", kinds_page.remind_before, name="remind_before"),
    path("promises/", promises.promises, name="promises"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/<slug:name>.csv", numbers.numbers_file, name="numbers_file"),
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
