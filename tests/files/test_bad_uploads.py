"""Bad uploads and bad names, each sent from the patient's page: what is kept is what it says, and nothing else.

`PLUMBLINE_NASTY=all python -m pytest tests/files` sends every one.
"""

import os
import re
import sys
import time
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse

from clinic.files import checks
from intake.models import PatientFile
from tests.files.bad import PAYLOAD, all_bad
from tests.files.good import a_photo
from tests.files.multipart import send
from tests.intake.patients import Phone

MEGABYTES_A_PROCESS, SECONDS = 300, 5
EACH = 1 if os.environ.get("PLUMBLINE_NASTY") == "all" else 3
MAGIC = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/dicom": bytes(128) + b"DICM",
}
STORED = ("files/patients/", "files/originals/")
KEPT = re.compile(r"patients/[0-9a-f]{32}\.(pdf|jpg|png|dcm)")

# What is kept all the same: what was bad about it is gone by then, or it was only broken and every reader mends it.
MENDED = re.compile(
    r"^(\.(jpg|png|heic) and |jpeg and pdf|png and pdf|study that begins|picture with a page|study packed)"
)
MENDED_TOO = ("picture jpeg of 600 million grey", "pdf and many spaces")
HARMLESS = re.compile(r"^pdf of (a text that never ends|packed twice|a table|a false|40,000)")


def may_be_kept(label) -> bool:
    return bool(MENDED.match(label) or HARMLESS.match(label) or label in MENDED_TOO)


@pytest.fixture
def ada(location):
    """Ada's phone, with an intake open."""
    phone = Phone()
    phone.starts()
    return phone


@pytest.fixture
def used(tmp_path, monkeypatch):
    """What each process that opened a file used: (megabytes, processor seconds)."""
    log = tmp_path / "used"
    log.touch()
    program = checks.COMMAND[-1]
    measured = str(Path(__file__).with_name("measured.py"))
    monkeypatch.setattr(checks, "COMMAND", (sys.executable, "-I", measured, str(log), program))
    return lambda: [(int(kb) / 1024, float(cpu)) for kb, cpu in map(str.split, log.read_text().splitlines())]


def tree(folder) -> set[str]:
    return {str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()}


def said(page) -> str:
    """The error at the field, without the name of the file."""
    found = re.search(r'(?s)id="error-summary".*?<li>(.*?)</li>', page.content.decode())
    words = unescape(re.sub(r"<[^>]+>", " ", found[1])).strip() if found else ""
    return words.rpartition(": ")[2]


def holds_of_what_is_kept(file, colleague):
    """It is what it says, under a random name, with nothing hidden, and goes to the staff as a download only."""
    assert KEPT.fullmatch(file.file.name)
    content = file.file.open("rb").read()
    assert content.startswith(MAGIC[file.media_type])
    assert checks.MEDIA_TYPES["." + file.file.name.rpartition(".")[2]] == file.media_type
    assert PAYLOAD not in content
    assert b"<script" not in content
    answer = colleague.post(reverse("patient_file", args=[file.public_id]), {"understood": "on"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer) == content


def test_bad_uploads(ada, used, sign_in, maya, tmp_path, capsys):
    corpus, colleague = all_bad(each=EACH), sign_in(maya)
    assert len(corpus) * EACH >= 300
    outside = tree(tmp_path)
    answers, wrong, slowest = Counter(), [], (0, "")
    for label, name, content in corpus:
        began = time.monotonic()
        page = send(ada.client, (name, content))
        slowest = max(slowest, (time.monotonic() - began, label))
        if page.status_code not in (302, 422):
            wrong.append((label, page.status_code))
        kept = PatientFile.objects.kept()
        if bool(kept) is not may_be_kept(label):
            wrong.append((label, "kept" if kept else said(page)))
        for file in kept:
            holds_of_what_is_kept(file, colleague)
            ada.client.post(reverse("intake_files"), {"remove": file.public_id})
        outcome = "(kept: only broken)" if HARMLESS.match(label) else "(kept: mended)"
        answers[outcome if kept else said(page)] += 1
        assert PAYLOAD not in page.content
    # Deleting waits for the end of a transaction, which in a test never comes.
    for file in PatientFile.objects.all():
        assert KEPT.fullmatch(file.file.name)
    assert {path for path in tree(tmp_path) - outside if not path.startswith(STORED)} == set()
    most = max(megabytes for megabytes, _ in used())
    longest = max(cpu for _, cpu in used())
    with capsys.disabled():
        print(f"\n{len(corpus)} bad uploads, {len(used())} of them opened. Most memory {most:.0f} MB,")
        print(f"most processor time {longest:.1f} s, slowest answer {slowest[0]:.1f} s ({slowest[1]}).")
        for words, count in answers.most_common():
            print(f"{count:5}  {words}")
    assert wrong == []
    assert most < MEGABYTES_A_PROCESS
    assert longest < SECONDS
    if os.getloadavg()[0] <= os.cpu_count():  # beside other work the wall clock says more about the other work
        assert slowest[0] < SECONDS


SCRIPTS = (
    "Röntgen Knie.jpg", "Снимок колена.jpg", "ακτινογραφία.jpg", "膝のレントゲン.jpg", "膝盖照片.jpg", "무릎 사진.jpg",
    "صورة الركبة.jpg", "צילום ברך.jpg", "घुटने का एक्स-रे.jpg", "เข่า.jpg", "მუხლი.jpg", "ጉልበት.jpg", "ծունկ.jpg", "🦵🏽.jpg",
)  # fmt: skip
PATHS = (
    "../../../etc/passwd.jpg", "..\\..\\windows\\system32\\a.jpg", "/etc/cron.d/a.jpg", "C:\\Users\\ada\\a.jpg",
    "C:a.jpg", "\\\\server\\share\\a.jpg", "file:///etc/a.jpg", "....//....//a.jpg", "..%2f..%2fa.jpg", "%2e%2e/a.jpg",
    "patients/a.jpg", "./a.jpg", "a/../../b.jpg", "~root/a.jpg", "$HOME/a.jpg", "`id`.jpg", "$(id).jpg", "a;rm -rf.jpg",
    "a|b.jpg", "-rf.jpg", "CON.jpg", "nul.jpg", "aux.pdf.jpg", ".htaccess.jpg", "a.jpg:stream.jpg",
    "static/js/page.jpg",
)  # fmt: skip
SIGNS = (
    b"a\x00.exe.jpg", b"a.jpg\x00.exe.jpg", b"\x00.jpg", "gpj.\u202eexe.jpg", "\u2066a\u2069.jpg", "a\u200bb.jpg",
    "x" * 300 + ".jpg",
    "x" * 3000 + ".jpg", "\u0301" * 90 + ".jpg", "<script>alert(1)</script>.jpg", "a' onload='alert(1).jpg",
    "{{ 7*7 }}.jpg",
    "%s%n.jpg", "=cmd|' /C calc'!A0.jpg", b"\xff\xfe.jpg", b"\xed\xa0\x80.jpg", "\x1b[31m.jpg", "a\tb.jpg", " .jpg",
    ".jpg",
    "..jpg", "a..jpg", "a.jpg.", "a .jpg ", "a", "A.JPG", "\u2028.jpg", "\ufeffa.jpg", "ﬁ.jpg", "&lt;b&gt;.jpg",
)  # fmt: skip


def test_bad_names(ada, tmp_path):
    """A name is only ever shown: nothing is stored by it, nothing on the page is made by it."""
    outside, seen, names = tree(tmp_path), set(), [*SCRIPTS, *PATHS, *SIGNS]
    for some in range(0, len(names), 8):
        files = [(name, a_photo(size=(40 + place, 40))) for place, name in enumerate(names[some : some + 8])]
        too_long = any(len(name) > 1000 for name, _ in files)
        assert send(ada.client, *files).status_code in ((400,) if too_long else (302, 422))
        listed = ada.opens("intake_files").html
        assert "<script>alert" not in listed
        assert "onload='" not in listed
        for file in PatientFile.objects.kept():
            assert KEPT.fullmatch(file.file.name)
            assert file.name.isprintable()
            assert not set("/\\") & set(file.name)
            seen.add(file.name)
            ada.client.post(reverse("intake_files"), {"remove": file.public_id})
    assert set(SCRIPTS) <= seen, "names of people are kept as they wrote them"
    assert {path for path in tree(tmp_path) - outside if not KEPT.fullmatch(path.removeprefix("files/"))} == set()
