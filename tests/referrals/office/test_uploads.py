"""A file from outside is what its content says, holds nothing that acts, and loses what it should not tell."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from referrals import moves as actions
from referrals.moves import uploads
from tests.files.test_public_files import DEEP, grey
from tests.referrals import papers


def upload(content, name="report.pdf", kind="application/pdf"):
    return SimpleUploadedFile(name, content, kind)


def test_a_pdf_is_kept_as_it_is():
    pdf = papers.a_pdf(pages=3)
    checked = uploads.check(upload(pdf))
    assert checked.content.read() == pdf
    assert checked.stored_as == "report.pdf"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (papers.with_script, "scripts"),
        (papers.with_hidden_script, "scripts"),
        (papers.with_attachment, "scripts"),
        (papers.with_launch, "scripts"),
        (papers.with_form, "scripts"),
        (papers.with_password, "password"),
    ],
)
def test_a_pdf_that_does_more_than_show_is_refused(change, says):
    with pytest.raises(uploads.NotUsable, match=says):
        uploads.check(upload(papers.a_pdf(change=change)))


FORGED = {
    "a page": b"<html><script>alert(1)</script></html>",
    "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a program": b"MZ\x90\x00" + b"\0" * 200,
    "a zip": b"PK\x03\x04" + b"\0" * 200,
    "a gif": b"GIF89a" + b"\0" * 200,
    "words": b"just words",
    "nothing": b"",
    "a pdf in name only": b"%PDF-1.7\n" + b"\xff" * 500,
    "a picture in name only": b"\xff\xd8\xff\xe0" + b"\0" * 500,
    "another picture in name only": b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
    "a page that opens like a picture": b"\xff\xd8\xff<script>alert(1)</script>",
    "a pdf without its end": papers.a_pdf()[:60],
}


@pytest.mark.parametrize("content", FORGED.values(), ids=FORGED)
def test_whatever_the_name_says_the_content_decides(content):
    for name, kind in (("report.pdf", "application/pdf"), ("report.png", "image/png")):
        with pytest.raises(uploads.NotUsable) as refused:
            uploads.check(upload(content, name, kind))
        assert len(refused.value.words) > 20, "it says what to do"


def test_a_picture_called_pdf_is_kept_as_the_picture_it_is():
    checked = uploads.check(upload(papers.a_picture(), "report.pdf"))
    assert (checked.stored_as, checked.name) == ("report.jpg", "report.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_turned_upright_and_tells_nothing_else(kind):
    original = papers.a_picture(kind)
    assert b"CameraOfEllen" in original
    kept = uploads.check(upload(original, "photo")).content.read()
    assert b"CameraOfEllen" not in kept
    picture = Image.open(io.BytesIO(kept))
    assert picture.size == (30, 40)
    assert not picture.getexif()


def test_what_hides_behind_a_picture_is_gone():
    kept = uploads.check(upload(papers.a_picture() + b"<script>alert(1)</script>%PDF-1.7")).content.read()
    assert b"script" not in kept
    assert b"%PDF" not in kept


def test_too_large_too_many_pages_too_many_pixels(monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 2000)
    with pytest.raises(uploads.NotUsable, match="larger than"):
        uploads.check(upload(papers.a_pdf() + b" " * 2000))
    monkeypatch.undo()
    with pytest.raises(uploads.NotUsable, match="pages"):
        uploads.check(upload(papers.a_pdf(pages=uploads.MOST_PAGES + 1)))
    monkeypatch.setattr(uploads, "MOST_PIXELS", 100)
    with pytest.raises(uploads.NotUsable, match="too large"):
        uploads.check(upload(papers.a_picture()))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ellen\\report.pdf.exe", "report.pdf.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("fdp.\u202etxt", "fdp.pdf"),
        ("", "report.pdf"),
        ("....", "report.pdf"),
        ("x" * 400 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_is_only_ever_shown(given, shown):
    assert uploads.shown(given, ".pdf") == shown


def test_the_original_of_a_picture_that_lost_shades_is_stored_with_the_report(sent):
    content = grey(DEEP["10 bits in 16"])
    report = actions.receive_report(sent, file=uploads.check(upload(content, "xray.png")), office="Ellen Park, RN")
    with default_storage.open(report.original.name) as kept:
        assert kept.read() == content
