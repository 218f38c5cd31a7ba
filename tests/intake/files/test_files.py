"""Ada adds what she has at hand; it is kept once it is safe to, and says whose it is."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from clinic.files import receiving
from intake.door.status_cookie import open_status
from intake.door.status_links import link_to_status
from intake.files import actions as files
from intake.models import PatientFile
from intake.models.file import APART
from tests import factories
from tests.files.good import GPS_MARK, a_pdf, a_photo, a_study
from tests.files.multipart import send
from tests.intake.patients import Phone
from tests.scanner import EICAR, Scanner

Scan = PatientFile.Scan


@pytest.fixture
def ada(location):
    phone = Phone()
    phone.starts()
    return phone


def adds(phone, *sent, **more):
    """Sends files and reads the page that follows."""
    phone.page = send(phone.client, *sent, **more)
    if phone.page.status_code == 302:
        phone.opens(phone.page.url)
    return phone


def listed() -> list[PatientFile]:
    return list(PatientFile.objects.kept())


# The patient ----------------------------------------------------------------------------------------------------------


def test_what_may_be_sent_is_said_before(ada):
    said = ada.opens("intake_files").text
    for words in (
        "PDF, JPEG, PNG, HEIC or DICOM",
        "up to 50 MB each",
        "10 files",
        "200 MB in all",
        "You do not have to",
    ):
        assert words in said


def test_several_files_at_once_and_the_list_of_them(ada):
    given = [
        ("report.pdf", a_pdf()),
        ("knee.jpg", a_photo()),
        ("shot.png", a_photo("PNG")),
        ("p.heic", a_photo("HEIF")),
    ]
    adds(ada, *given, ("IM0001", a_study()), kind="letter")
    assert "5 files were added" in ada.text
    kept = {file.name: (file.media_type, file.kind) for file in listed()}
    assert kept == {
        "report.pdf": ("application/pdf", "letter"),
        "knee.jpg": ("image/jpeg", "letter"),
        "shot.png": ("image/png", "letter"),
        "p.jpg": ("image/jpeg", "letter"),
        "IM0001.dcm": ("application/dicom", "imaging"),
    }
    assert all(name in ada.text for name in kept)


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("HEIF", "a.heic")])
def test_a_phone_photo_tells_no_place_and_stands_upright(ada, kind, name):
    photo = a_photo(kind)
    assert b"PhoneOfAda" in photo
    adds(ada, (name, photo), kind="photo")
    content = listed()[0].file.read()
    for hidden in (b"PhoneOfAda", GPS_MARK, b"Exif"):
        assert hidden not in content
    picture = Image.open(io.BytesIO(content))
    assert not picture.getexif()
    assert picture.size == ((64, 48) if kind == "HEIF" else (48, 64))  # HEIC has another way to say which side is up


def test_good_files_are_kept_though_others_are_not(ada):
    adds(ada, ("good.pdf", a_pdf()), ("page.html", b"<html>"), ("scan.zip", b"PK\x03\x04"))
    assert ada.page.status_code == 422
    assert "page.html: This is a web page" in ada.errors
    assert "scan.zip: This is a packed file" in ada.errors
    assert "1 file was added" in ada.text
    assert [file.name for file in listed()] == ["good.pdf"]


def test_nothing_chosen_is_said_at_the_field(ada):
    assert "Choose a file to add" in adds(ada).errors


def test_the_same_file_twice_is_one(ada):
    adds(ada, ("a.pdf", a_pdf()))
    adds(ada, ("b.pdf", a_pdf()))
    assert "We have this file already" in ada.text
    assert len(listed()) == 1


def test_a_file_is_taken_back_and_its_bytes_are_gone(ada, django_capture_on_commit_callbacks):
    adds(ada, ("a.pdf", a_pdf()))
    file = listed()[0]
    with django_capture_on_commit_callbacks(execute=True):
        ada.sends(reverse("intake_files"), {"remove": file.public_id})
    assert "The file was removed" in ada.text
    assert listed() == []
    assert not default_storage.exists(file.file.name)


def test_nobody_takes_back_the_file_of_another(ada, location):
    theirs = factories.patient_file(factories.intake(at=location))
    for wanted in (theirs.public_id, "x", ""):
        ada.sends(reverse("intake_files"), {"remove": wanted})
    assert listed() == [theirs]


def test_limits_count_while_reading(ada, settings):
    settings.FILE_MEGABYTES, settings.FILES_MEGABYTES, settings.FILES_EACH_INTAKE = 1, 2, 3
    adds(ada, ("big.pdf", a_pdf() + b"\n" * 1_100_000), ("good.pdf", a_pdf()))
    assert "big.pdf: This file is larger than 1 MB" in ada.errors
    assert [file.name for file in listed()] == ["good.pdf"]
    adds(ada, *[(f"{n}.pdf", a_pdf(pages=n)) for n in range(2, 6)])
    assert "You can send up to 3 files" in ada.errors
    assert len(listed()) == 3
    assert "as many files as you can" in ada.text


def test_a_request_without_end_is_cut_off(ada, settings):
    settings.FILE_MEGABYTES = settings.FILES_MEGABYTES = 1
    adds(ada, ("a.pdf", b"%PDF-" + bytes(3_000_000)))
    assert "All files together may have up to 1 MB" in ada.errors


def test_a_full_disk_says_so_and_nothing_is_lost(ada, monkeypatch):
    monkeypatch.setattr(receiving.shutil, "disk_usage", lambda folder: type("Disk", (), {"free": 1000}))
    adds(ada, ("a.pdf", a_pdf()))
    assert ada.page.status_code == 422
    assert "We cannot take files right now. Your answers are safe" in ada.errors


def test_a_store_that_cannot_be_written_says_so(ada, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(FileSystemStorage, "_save", broken)
    assert "We cannot take files right now" in adds(ada, ("a.pdf", a_pdf())).errors
    assert listed() == []


def test_the_page_to_check_and_the_last_page_lead_to_it(ada):
    assert reverse("intake_files") in ada.opens("intake_check").html
    adds(ada, ("a.pdf", a_pdf()))
    assert "You have added one file" in ada.opens("intake_check").text


def test_after_sending_nothing_is_taken_back(ada):
    intake = ada.intake
    adds(ada, ("a.pdf", a_pdf()))
    sent = factories.intake(of=intake.patient, submitted=True)
    with pytest.raises(files.AlreadySubmitted):
        files.remove_file(sent, listed()[0].public_id)


def test_more_can_be_added_from_the_status_page(location):
    intake, phone, cookie = factories.intake(at=location, submitted=True), Phone(), HttpResponse()
    open_status(RequestFactory().get("/"), cookie, intake.patient, link_to_status(intake.patient))
    phone.client.cookies = cookie.cookies
    adds(phone, ("late.pdf", a_pdf()), address=reverse("status_files"))
    assert phone.page.wsgi_request.path == reverse("status_files")
    assert "late.pdf" in phone.text
    assert "Remove" not in phone.text
    assert listed()[0].after_sending
    phone.sends(reverse("status_files"), {"remove": listed()[0].public_id})
    assert "What was sent stays with us" in phone.text
    assert len(listed()) == 1


# Scanning -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def scanner(settings):
    running = Scanner()
    settings.SCANNER_URL = running.url
    yield running
    running.stop()


def with_virus(at) -> PatientFile:
    return factories.patient_file(factories.intake(at=at), b"%PDF-1.7 " + EICAR)


def test_a_clean_file_is_marked_and_a_virus_is_kept_apart(location, scanner, django_capture_on_commit_callbacks):
    clean, bad = factories.patient_file(factories.intake(at=location)), with_virus(location)
    before = bad.file.name
    with django_capture_on_commit_callbacks(execute=True):
        assert files.scan_waiting() == 2
    clean.refresh_from_db()
    bad.refresh_from_db()
    assert (clean.scan, bad.scan, bad.found) == (Scan.CLEAN, Scan.INFECTED, "Eicar-Test")
    assert bad.file.name.startswith(f"{APART}/")
    assert not default_storage.exists(before)
    assert files.scan_waiting() == 0, "what was judged is not asked about again"


def test_a_scanner_that_is_gone_leaves_files_waiting(location, scanner):
    file = factories.patient_file(factories.intake(at=location))
    scanner.answer = b"stream: broken ERROR\0"
    assert files.scan_waiting() == 0
    scanner.answer = b""
    assert files.scan_waiting() == 1
    file.refresh_from_db()
    assert file.scan == Scan.CLEAN


def test_a_file_may_be_taken_back_while_the_scanner_thinks(location, scanner, monkeypatch):
    file = factories.patient_file(factories.intake(at=location))

    def thinks(content):
        files.remove_file(file.intake, file.public_id)
        return "Eicar-Test"

    monkeypatch.setattr(files.scanner, "scan", thinks)
    assert files.scan_waiting() == 0
    file.refresh_from_db()
    assert (file.scan, file.removed_at is None) == (Scan.WAITING, False)


def test_without_a_scanner_nothing_is_called_clean(location):
    file = factories.patient_file(factories.intake(at=location))
    assert files.scan_waiting() == 0
    file.refresh_from_db()
    assert file.scan == Scan.WAITING


def test_the_patient_is_told_kindly(ada):
    adds(ada, ("a.pdf", a_pdf()))
    files.mark_scanned(listed()[0], found="Eicar-Test")
    said = ada.opens("intake_files").text
    assert "A virus was found in this file, so nobody opens it" in said
    assert "Eicar" not in said


def test_files_without_a_row_are_swept_away(location):
    lost = default_storage.save("patients/0.pdf", io.BytesIO(b"x"))
    file = factories.patient_file(factories.intake(at=location))
    assert files.drop_orphans(timezone.now()) == 0, "a request may still be at work"
    assert files.drop_orphans(timezone.now() + timedelta(hours=2)) == 1
    assert default_storage.exists(file.file.name)
    assert not default_storage.exists(lost)


def test_files_newer_than_anything_the_database_knows_are_left_alone(location):
    """The database was brought back from last night's backup; the files of today are still there."""
    factories.patient_file(factories.intake(at=location))
    today = default_storage.save("patients/1.pdf", io.BytesIO(b"x"))
    assert files.drop_orphans(timezone.now() + timedelta(days=2)) == 0
    assert default_storage.exists(today)


def test_an_empty_database_deletes_no_file(location):
    there = default_storage.save("patients/2.pdf", io.BytesIO(b"x"))
    assert files.drop_orphans(timezone.now() + timedelta(days=2)) == 0
    assert default_storage.exists(there)


# A study says whose it is ---------------------------------------------------------------------------------------------


WRONG = {
    "another name": ("Brown^Eve", "19820331"),
    "another day": ("Quill^Ada", "19820330"),
    "both": ("Brown^Eve", "19900101"),
    "another first name": ("Quill^Eve", "19820331"),
}
RIGHT = {
    "as on file": ("Quill^Ada", "19820331"),
    "with a middle name": ("QUILL^ADA^M", "19820331"),
    "with dots and signs": ("Quill^Ada^^Mrs.", "19820331"),
    "no birth date": ("Quill^Ada", ""),
    "in two scripts": ("Quill^Ada=クイル^エイダ", "19820331"),
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
def test_a_study_of_somebody_else_warns(ada, said, sign_in, maya):
    adds(ada, ("s.dcm", a_study(*said)))
    case = factories.case(of=ada.intake.patient, acknowledged_by=maya)
    page = sign_in(maya).get(case.get_absolute_url()).content.decode()
    assert "This study may be of somebody else" in page
    assert said[0].replace("^", " ") in page


@pytest.mark.parametrize("said", RIGHT.values(), ids=RIGHT)
def test_a_study_of_the_patient_does_not(ada, said):
    adds(ada, ("s.dcm", a_study(*said)))
    assert listed()[0].names == {"name": said[0], "birth_date": said[1], "read": True, "differs": []}


def test_a_study_without_a_name_says_so(ada, sign_in, maya):
    adds(ada, ("s.dcm", a_study("", "")))
    case = factories.case(of=ada.intake.patient, acknowledged_by=maya)
    assert b"does not say whose study it is" in sign_in(maya).get(case.get_absolute_url()).content


def test_a_program_at_the_head_of_a_study_is_blanked_and_the_first_hash_kept(ada):
    study = a_study(preamble=(b"MZ" + b"\x90" * 126))
    adds(ada, ("s.dcm", study))
    file = listed()[0]
    assert file.file.read() == bytes(128) + study[128:]
    assert file.sha256 != file.sent_sha256
    tiff = a_study(preamble=b"II*\0" + bytes(124))
    adds(ada, ("t.dcm", tiff))
    assert listed()[1].file.read() == tiff
