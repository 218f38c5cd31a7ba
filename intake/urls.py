"""Addresses of this part: the patient's pages, which need no account, and those of the staff."""

from django.urls import path

from intake.door import link_new, switching
from intake.door import links as patient_links
from intake.door import resume as patient_resume
from intake.files import patient_views as patient_files
from intake.follow_up import views as follow_up
from intake.inviting.urls import urlpatterns as inviting_urls
from intake.paper.urls import urlpatterns as paper_urls
from intake.questionnaire import finish as patient_finish
from intake.questionnaire import on_file_views as patient_on_file
from intake.questionnaire import pages as patient_pages
from intake.questionnaire import sign as patient_sign
from intake.questionnaire import start as patient
from intake.questionnaire import unsent_views as patient_unsent
from intake.questionnaire import who as patient_who
from intake.returning import status_views as status_again
from intake.returning import views as patient_again
from intake.signing import views as signed
from intake.staff_urls import urlpatterns as staff_urls

patient_urls = [
    path("", patient.home, name="home"),
    path("language/", switching.switch, name="set_language"),
    path("intake/start/", patient.start, name="intake_start"),
    path("intake/contact/", patient.contact, name="intake_contact"),
    path("intake/page/<int:number>/", patient_pages.page, name="intake_page"),
    path("intake/page/<int:number>/reveal/", patient_pages.reveal, name="intake_reveal"),
    path("intake/page/<int:number>/unsent/", patient_unsent.unsent, name="intake_unsent"),
    path("intake/stay/", patient_resume.stay, name="intake_stay"),
    path("intake/resume/", patient_resume.resume, name="intake_resume"),
    path("intake/emergency/", patient_finish.emergency, name="intake_emergency"),
    path("intake/check/", patient_finish.check, name="intake_check"),
    path("intake/who/", patient_who.who, name="intake_who"),
    path("intake/submit/", patient_sign.submit, name="intake_submit"),
    path("intake/signed/", signed.consent_copy, name="consent_copy"),
    path("intake/where/", patient_on_file.where_worse, name="intake_where_worse"),
    path("intake/on-file/", patient_on_file.on_file, name="intake_on_file"),
    path("intake/worse/", patient_again.worse, name="intake_worse"),
    path("intake/files/", patient_files.files, name="intake_files"),
    path("intake/save/", patient_links.kept, name="intake_save"),
    path("intake/leave/", patient_links.leave, name="intake_leave"),
    path("status/worse/", status_again.worse, name="status_worse"),
    path("status/again/", status_again.again, name="again"),
    path("status/go-on/", status_again.go_on, name="status_go_on"),
    path("status/follow-up/", follow_up.follow_up, name="follow_up"),
    path("link/new/", link_new.link_new, name="link_new"),
    path("link/asked/", link_new.link_asked, name="link_asked"),
    path("status/resume/", patient_links.status_resume, name="status_resume"),
    path("status/files/", patient_files.status_files, name="status_files"),
    path("l/<str:secret>/", patient_links.link, name="link"),
]

urlpatterns = [*patient_urls, *inviting_urls, *paper_urls, *staff_urls]
