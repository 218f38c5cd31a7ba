"""Ada adds a report and photos on her phone, with scripts and without; Maya downloads one that nobody has scanned."""

import pytest
from playwright.sync_api import expect

from intake.models import PatientFile
from tests import factories
from tests.files.good import a_pdf, a_photo, a_study

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def chosen(name, content):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.fixture(params=["scripts", "no scripts"])
def ada(phone, maya, request):
    window = phone(scripts=request.param == "scripts")
    window.starts_an_intake()
    window.opens("/intake/files/")
    return window


def adds(ada, *files, status=200):
    """Sends them and reads the page: a new one, or with scripts this one with another content."""
    ada.page.locator("input[type=file]").set_input_files([chosen(*file) for file in files])
    if ada.mirror:
        return ada.presses("Add", status=status)
    ada.page.evaluate("document.querySelector('main').dataset.before = 'yes'")
    ada.page.get_by_role("button", name="Add", exact=True).click()
    expect(ada.page.locator("main[data-before]")).to_have_count(0)
    ada.complaints = [one for one in ada.complaints if not one.startswith("422 for POST")]
    ada.looks()


def test_a_report_and_photos(ada):
    adds(ada, ("MRI report.pdf", a_pdf()), ("knee.heic", a_photo("HEIF")))
    ada.sees("2 files were added", "MRI report.pdf", "knee.jpg")
    adds(ada, ("page.html", b"<html></html>"), status=422)
    ada.sees_errors("page.html: This is a web page")
    ada.presses("Remove knee.jpg")
    ada.sees("The file was removed")
    assert [file.name for file in PatientFile.objects.kept()] == ["MRI report.pdf"]
    ada.follows("Back to your answers")


def test_a_study_of_somebody_else_that_nobody_scanned(computer, location, maya):
    case = factories.case(at=location, acknowledged_by=maya)
    names = {"name": "Brown^Eve", "birth_date": "19900101", "read": True, "differs": ["name", "birth_date"]}
    factories.patient_file(case.intake, a_study(), kind="imaging", name="IM1.dcm", names=names)
    at_desk = computer()
    at_desk.is_signed_in(maya)
    at_desk.opens(case.get_absolute_url())
    at_desk.sees("Not yet scanned for viruses", "This study may be of somebody else", "Brown Eve, born Jan 1, 1990")
    at_desk.follows("IM1.dcm")
    at_desk.presses("Download it", status=422)
    at_desk.sees_errors("Check the box to download it")
    at_desk.ticks("I understand this file has not been scanned")
    with at_desk.page.expect_download() as download:
        at_desk.page.get_by_role("button", name="Download it", exact=True).click()
    assert download.value.suggested_filename == "imaging.dcm"
