"""Addresses of the staff's paper desk."""

from django.urls import path

from intake.paper import views as paper

urlpatterns = [
    path("paper/", paper.desk, name="paper"),
    path("paper/find/", paper.find, name="paper_find"),
    path("paper/<uuid:public_id>/", paper.check, name="paper_check"),
    path("paper/<uuid:public_id>/form.pdf", paper.form, name="paper_form"),
    path("paper/<uuid:public_id>/<int:number>/", paper.page, name="paper_page"),
    path("paper/<uuid:public_id>/<int:number>/reveal/", paper.reveal, name="paper_reveal"),
    path("paper/<uuid:public_id>/submit/", paper.submit, name="paper_submit"),
]
