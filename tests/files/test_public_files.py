"""Files as they come from other programs: kinds that were read wrongly elsewhere, tried with invented values."""

import io
import random
import struct
import zlib
from datetime import timedelta

import numpy as np
import pillow_heif
import pypdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from PIL import Image

from clinic.files import checks, words
from clinic.files.checks import Limits, check
from clinic.files.words import NotUsable
from intake.files import actions as files
from intake.models import PatientFile
from referrals.moves import uploads
from tests import factories
from tests.files.bad_pictures import a_png
from tests.referrals.papers import a_pdf

RAMP = np.tile(np.arange(256), (64, 1))


def sent_by_a_patient(content, name):
    return check(SimpleUploadedFile(name, content), Limits(most_bytes=50 * 1024 * 1024))


def sent_by_an_office(content, name):
    return uploads.check(SimpleUploadedFile(name, content))


SENDERS = {"patient": sent_by_a_patient, "office": sent_by_an_office}


# Grey of 16 bits ------------------------------------------------------------------------------------------------------


def grey(values) -> bytes:
    """A PNG of 16-bit values, as scanners and viewers of X-rays write it."""
    values = np.asarray(values)
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in values)
    return a_png(values.shape[1], values.shape[0], depth=16, colour=0, data=zlib.compress(lines))


def with_label(values):
    """A white label in a corner, as on most X-rays."""
    values = values.copy()
    values[:8, :8] = 65535
    return values


DEEP = {
    "the whole range": RAMP * 257,
    "10 bits in 16": RAMP * 1023 // 255,
    "12 bits in 16": RAMP * 4095 // 255,
    "12 bits, shifted up": (RAMP * 4095 // 255) << 4,
    "12 bits of which few are used": RAMP * 5 + 900,
    "14 bits in 16": RAMP * 16383 // 255,
    "15 bits in 16": RAMP * 32767 // 255,
    "8 bits in 16": RAMP,
    "Hounsfield units on 32768": RAMP * 8 + 31768,
    "12 bits and a white label": with_label(RAMP * 4095 // 255),
    "12 bits, a black ground and a white label": with_label(np.where(RAMP < 4, 0, RAMP * 4095 // 255)),
    "inverted": 65535 - RAMP * 257,
}


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
@pytest.mark.parametrize("values", DEEP.values(), ids=DEEP)
def test_grey_of_16_bits_keeps_its_shades_and_its_original(values, sender):
    sent = grey(values)
    checked = sender(sent, "xray.png")
    shades = np.asarray(Image.open(checked.content))
    assert len(np.unique(shades)) >= 200
    assert (shades == 255).mean() < 0.02
    assert checked.original.read() == sent


@pytest.mark.parametrize("value", [0, 700, 65535])
def test_a_sheet_of_one_shade_stays_one(value):
    shades = np.asarray(Image.open(sent_by_a_patient(grey(np.full((64, 64), value)), "a.png").content))
    assert shades.max() == shades.min() == value >> 8


def test_a_small_bright_thing_on_a_dark_ground_is_not_taken_for_a_label():
    """Half a percent of the points hold the finding; to cut them off would make it one white spot."""
    values = np.random.default_rng(1).integers(0, 200, (100, 100))
    values[:5, :10] = np.linspace(10_000, 60_000, 50).reshape(5, 10)
    shades = np.asarray(Image.open(sent_by_a_patient(grey(values), "a.png").content))
    assert len(np.unique(shades[:5, :10])) >= 15


def test_heic_of_10_bits_keeps_its_shades_and_its_original():
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    Image.fromarray((RAMP * 257).astype(np.uint16)).save(out, "HEIF", quality=-1)
    checked = sent_by_a_patient(out.getvalue(), "xray.heic")
    shades = np.asarray(Image.open(checked.content))
    assert len(np.unique(shades)) >= 200
    assert (shades == 255).mean() < 0.02
    assert checked.original.read() == out.getvalue()


def test_colour_of_16_bits_keeps_its_original_too():
    sent = a_png(256, 64, depth=16, colour=2, data=zlib.compress(_colour_lines(RAMP * 257)))
    checked = sent_by_a_patient(sent, "photo.png")
    assert len(np.unique(np.asarray(Image.open(checked.content)))) >= 200
    assert checked.original.read() == sent


def coloured(values, channels, alpha=None) -> bytes:
    """The same with colour (3), colour and alpha (4), or grey and alpha (2)."""
    planes = [np.asarray(values)] * (channels - 1 if alpha is not None else channels)
    planes += [np.full_like(planes[0], alpha)] if alpha is not None else []
    points = np.stack(planes, axis=-1)
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in points)
    kind = {2: 4, 3: 2, 4: 6}[channels]
    return a_png(points.shape[1], points.shape[0], depth=16, colour=kind, data=zlib.compress(lines))


IN_COLOUR = {
    "colour": (3, None),
    "colour with alpha": (4, 65535),
    "colour with alpha of 12 bits": (4, 4095),
    "grey with alpha": (2, 65535),
    "grey with alpha of 10 bits": (2, 1023),
}


@pytest.mark.parametrize("sender", SENDERS.values(), ids=SENDERS)
@pytest.mark.parametrize("kind", IN_COLOUR.values(), ids=IN_COLOUR)
@pytest.mark.parametrize("depth", ["the whole range", "10 bits in 16", "12 bits in 16", "8 bits in 16", "inverted"])
def test_colour_and_alpha_of_16_bits_keep_their_shades_and_their_original(depth, kind, sender):
    channels, alpha = kind
    sent = coloured(DEEP[depth], channels, alpha)
    checked = sender(sent, "xray.png")
    kept = Image.open(checked.content)
    shades = np.asarray(kept.convert("RGB"))[:, :, 0]
    assert len(np.unique(shades)) >= 200
    assert (shades == 255).mean() < 0.02
    if alpha:
        assert np.asarray(kept)[:, :, 3].min() == 255
    assert checked.original.read() == sent


def test_colours_keep_their_hue():
    points = np.stack([RAMP * 16, RAMP * 8, RAMP * 4], axis=-1)
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in points)
    sent = a_png(256, 64, depth=16, colour=2, data=zlib.compress(lines))
    red, green, blue = np.asarray(Image.open(sent_by_a_patient(sent, "a.png").content))[0, 200].astype(int)
    assert abs(red - 2 * green) <= 4
    assert abs(green - 2 * blue) <= 4


def _colour_lines(values) -> bytes:
    return b"".join(b"\0" + np.repeat(line, 3).astype(">u2").tobytes() for line in values)


def test_a_photo_of_8_bits_leaves_no_original_behind():
    """It may say where it was taken; nothing of what is seen in it is lost."""
    out = io.BytesIO()
    Image.fromarray(RAMP.astype(np.uint8)).save(out, "PNG")
    assert sent_by_a_patient(out.getvalue(), "a.png").original is None


def test_the_patients_original_is_stored_and_swept_only_with_its_row(location, django_capture_on_commit_callbacks):
    sent = grey(DEEP["12 bits in 16"])
    intake = factories.intake(at=location)
    file = files.add_file(intake, checked=sent_by_a_patient(sent, "xray.png"), kind=PatientFile.Kind.PHOTO)
    factories.patient_file(intake)
    assert files.drop_orphans(timezone.now() + timedelta(days=2)) == 0
    with default_storage.open(file.original.name) as kept:
        assert kept.read() == sent
    with django_capture_on_commit_callbacks(execute=True):
        files.remove_file(intake, file.public_id)
    assert not default_storage.exists(file.original.name)


# PDFs -----------------------------------------------------------------------------------------------------------------


def locked(owner, user, algorithm="AES-256") -> bytes:
    return a_pdf(change=lambda writer: writer.encrypt(user, owner_password=owner, algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["AES-256", "AES-256-R5", "AES-128", "RC4-128", "RC4-40"])
def test_a_pdf_that_only_its_owner_may_change_is_kept(algorithm):
    sent = locked("owner", "", algorithm)
    for sender in SENDERS.values():
        assert sender(sent, "report.pdf").content.read() == sent


@pytest.mark.parametrize("algorithm", ["AES-256", "AES-128", "RC4-128"])
def test_a_pdf_that_asks_for_a_password_is_refused(algorithm):
    with pytest.raises(NotUsable, match="password"):
        sent_by_a_patient(locked("owner", "secret", algorithm), "report.pdf")


def test_a_script_behind_an_owners_password_is_still_found():
    from tests.referrals.papers import with_script

    def change(writer):
        with_script(writer)
        writer.encrypt("", owner_password="owner", algorithm="AES-256")

    with pytest.raises(NotUsable, match="scripts"):
        sent_by_a_patient(a_pdf(change=change), "report.pdf")


PADDED = {
    "8 KB of NULs": bytes(8192),
    "5,000 spaces": b" " * 5000,
    "line ends": b"\r\n" * 4000,
    "a CP/M end and NULs": b"\x1a" + bytes(10_000),
    "a megabyte of NULs": bytes(1024 * 1024),
    "spaces, NULs and form feeds": b" \0\x0c" * 3000,
    "a few NULs": bytes(3),
}


@pytest.mark.parametrize("padding", PADDED.values(), ids=PADDED)
def test_what_pads_a_pdf_is_left_away(padding):
    plain = a_pdf()
    for sender in SENDERS.values():
        kept = sender(plain + padding, "report.pdf").content.read()
        assert kept.rstrip() == plain.rstrip()
        assert len(pypdf.PdfReader(io.BytesIO(kept)).pages) == 1


SECOND = {
    "a program": b"MZ\x90" + bytes(64),
    "a page": b"<html><script>alert(1)</script>",
    "a zip": b"PK\x03\x04" + bytes(60) + b"PK\x05\x06" + bytes(18),
    "a picture": b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 9),
    "one letter": b"x",
    "noise": random.Random(1).randbytes(500),
}


@pytest.mark.parametrize("second", SECOND.values(), ids=SECOND)
@pytest.mark.parametrize("padding", [b"", bytes(8192), b" " * 5000], ids=["at once", "behind NULs", "behind spaces"])
def test_a_second_file_behind_the_padding_is_refused(second, padding):
    with pytest.raises(NotUsable, match="more than one kind"):
        sent_by_a_patient(a_pdf() + padding + second, "report.pdf")


# Photos of phones -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "kind", "megabytes", "says"),
    [
        ("many_pixels", "heic", 0.5, "heavy_photo"),
        ("unreadable", "heic", 21, "heavy_photo"),
        ("unreadable", "heic", 0.5, "unreadable"),
        ("many_pixels", "png", 21, "many_pixels"),
        ("unreadable", "pdf", 21, "unreadable"),
    ],
)
def test_a_photo_too_large_to_open_says_what_to_do_on_the_phone(refused, kind, megabytes, says):
    assert checks._why(refused, kind, int(megabytes * 1024 * 1024)) == says
    with translation.override("en"):
        assert ("screenshot" in words.sentence(says)) is (says == "heavy_photo")
