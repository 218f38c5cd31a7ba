"""One PDF of all papers: the letter, what goes along in its order, a cover that names nobody. Nothing is dropped."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pypdf
import pytest
from django.urls import reverse

from clinic.audit.models import AccessLog
from clinic.files import merging
from intake.models import PatientFile
from referrals import moves as actions
from referrals.letter.packet import packet
from referrals.models import Referral
from tests import factories
from tests.referrals.office.conftest import ellen, here, path_of
from tests.referrals.papers import a_pdf, a_picture


def pages_of(pdf: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.fixture
def send_with(chosen, priya):
    """`send_with(content=, name=, ...)` sends the letter with these papers of Graciela's and returns it."""

    def send(*papers):
        intake = chosen.case.intake
        intake.submitted_at = chosen.decision.at
        intake.save()
        files = [factories.patient_file(intake, **one) for one in papers]
        actions.enclose(chosen, files=files, agreed=True, by=priya)
        return actions.send(chosen, by=priya).sent_letter

    return send


PDF = {"content": a_pdf(pages=3), "name": "mri.pdf"}
PICTURE = {"content": a_picture(exif=False, size=(300, 120)), "name": "knee.jpg", "kind": "photo"}
BROKEN = {"content": b"%PDF-1.7\nnothing more", "name": "broken.pdf"}
STUDY = {"content": b"\0" * 128 + b"DICM", "name": "scan.dcm", "kind": "imaging"}


def test_letter_and_papers_are_one_and_a_picture_is_a_page(send_with):
    letter = send_with(PDF, PICTURE)
    made = packet(letter)
    pages = pypdf.PdfReader(io.BytesIO(made.pdf)).pages
    own = made.count - 4
    assert "What we ask" in pages[0].extract_text()
    assert not made.only_named
    [picture] = pages[own + 3].images
    assert picture.image.width > picture.image.height, "it lies, as the picture does"
    assert [float(side) for side in pages[own + 3].mediabox[2:]] == [792, 612]


@pytest.mark.parametrize(("paper", "why"), [(BROKEN, "could not be put among these"), (STUDY, "imaging study")])
def test_what_is_not_made_of_pages_is_named_on_one(send_with, paper, why):
    letter = send_with(paper, PICTURE)
    made = packet(letter)
    instead = pages_of(made.pdf)[-2]
    assert "Enclosure 1 of 2 is not among these pages" in instead
    assert letter.content["enclosures"][0]["title"] in instead
    assert why in instead
    assert "(207) 555-0142" in instead
    assert made.only_named == (letter.content["enclosures"][0]["title"],)


def test_one_with_a_virus_or_changed_on_the_disk_is_named_too(send_with):
    letter = send_with(PDF, PICTURE)
    first, second = PatientFile.objects.order_by("pk")
    PatientFile.objects.filter(pk=first.pk).update(scan="infected", scanned_at=first.added_at, found="Eicar")
    with open(second.file.path, "ab") as file:
        file.write(b"more")
    said = " ".join(pages_of(packet(letter).pdf)[-2:])
    assert "A virus was found" in said
    assert "not the one that was chosen" in said


def test_when_all_of_it_is_too_much_each_is_named(send_with, monkeypatch):
    letter = send_with(PDF)
    joined = merging.joined
    monkeypatch.setattr("referrals.letter.packet.joined", lambda parts: joined(parts) if len(parts[1]) > 9000 else None)
    made = packet(letter)
    assert "too much for one file" in pages_of(made.pdf)[-1]


def test_the_cover_says_all_a_fax_needs_and_nobody_it_is_about(send_with, location):
    location.fax = "(207) 555-0143"
    location.save()
    letter = send_with(PDF, PICTURE)
    made = packet(letter, cover=True)
    cover = pages_of(made.pdf)[0]
    referral = letter.referral
    for part in (
        "Ashport Neurology", "(207) 555-0171", "Riverside", "(207) 555-0142", referral.reference,
        f"{made.count} with this one", "Letter: page", "Enclosure 1: pages", f"Enclosure 2: page {made.count}",
        "How to answer", "Confidential.", "Urgency Soon", "(207) 555-0143",
    ):  # fmt: skip
        assert part in cover, part
    patient = referral.patient
    for word in (patient.first_name, patient.last_name, "1980", patient.phone, "Northern Mutual", referral.question):
        assert word not in cover, word


def test_the_desk_opens_it_once_the_letter_is_out_and_each_paper_is_written_down(send_with, chosen, desk):
    address = reverse("packet", args=[chosen.public_id])
    assert desk.get(address).status_code == 404, "a draft is no letter"
    letter = send_with(PICTURE)
    answer = desk.get(address, {"cover": "1"})
    assert answer["Content-Type"] == "application/pdf"
    assert "Fax" in pages_of(answer.content)[0]
    seen = AccessLog.objects.filter(page="packet").values_list("subject", flat=True)
    assert sorted(seen) == ["enclosure", "referral"]
    assert letter.content["enclosures"]


def test_the_office_opens_it_after_it_accepted(send_with, client):
    letter = send_with(PICTURE)
    assert client.post(path_of(letter.referral), ellen(letter.referral)).status_code == 302
    address = here(name="office_room_packet")
    assert client.get(address).status_code == 404
    actions.office_accept(Referral.objects.get(), office="Ellen Park, RN")
    answer = client.get(address)
    assert len(pages_of(answer.content)) >= 2
    assert AccessLog.objects.filter(page="office_room_packet", actor="office", subject="enclosure").count() == 1


def test_no_more_than_two_are_made_into_pages_at_a_time(monkeypatch):
    """Each takes a process and much memory: a morning on which five desks print would take the server down."""
    now, most = [], []

    def slow(*_args, **_more):
        now.append(1)
        most.append(len(now))
        time.sleep(0.05)
        now.pop()
        return SimpleNamespace(returncode=0, stdout=b'{"pages": 1}\n%PDF')

    monkeypatch.setattr(merging.subprocess, "run", slow)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _number: merging.joined([b"%PDF"]), range(6)))
    assert max(most) == 2
    assert [one.count for one in made] == [1] * 6
