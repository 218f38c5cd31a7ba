"""A question and its answer with files: each side reads the other's, an office ours only once it has accepted."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from clinic.audit.models import AccessLog
from referrals import moves as actions
from referrals.models import Referral, TalkFile
from tests.referrals import papers
from tests.referrals.office.conftest import answering, here
from tests.referrals.office.test_two_tabs import another


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


def a_file(name):
    return SimpleUploadedFile(name, papers.a_pdf())


def sends(browser, address, **given):
    seen = re.search(r'name="saw" value="(\d+)"', browser.get(address).content.decode())[1]
    return browser.post(address.partition("?")[0], {"saw": seen, **given})


def asks_and_hears(room, desk):
    """The office asks with a file, the desk answers with one."""
    assert sends(room, answering("ask"), words="Is this hers?", file=a_file("ours.pdf")).status_code == 302
    move = f"/referrals/{Referral.objects.get().public_id}/move/?do=answer"
    assert sends(desk, move, do="answer", words="Yes.", file=a_file("Graciela Monteverde.pdf")).status_code == 302
    return TalkFile.objects.order_by("pk")


def at(one) -> str:
    return here(one.public_id, name="office_room_file")


def test_each_side_opens_the_file_of_the_other(room, desk, sent):
    actions.office_accept(sent, office="Ellen Park, RN")
    asked, answered = asks_and_hears(room, desk)
    page = room.get(here()).content.decode()
    assert at(asked) in page
    assert at(answered) in page
    assert b"".join(room.get(at(answered)).streaming_content).startswith(b"%PDF")
    theirs = f"/referrals/{sent.public_id}/file/{asked.public_id}/"
    assert theirs in desk.get(f"/referrals/{sent.public_id}/").content.decode()
    got = desk.get(theirs)
    assert b"".join(got.streaming_content).startswith(b"%PDF")
    assert got["Content-Disposition"] == 'attachment; filename="file.pdf"'
    assert set(AccessLog.objects.filter(page__endswith="_file").values_list("page", "actor")) == {
        ("office_room_file", "office"),
        ("referral_file", "staff"),
    }


def test_before_it_accepts_an_office_gets_its_own_file_and_not_ours(room, desk):
    """Nobody can take a name out of a picture; and the name of our file may be the patient's."""
    asked, answered = asks_and_hears(room, desk)
    assert room.get(at(asked)).status_code == 200
    assert room.get(at(answered)).status_code == 404
    page = room.get(here()).content.decode()
    assert "It opens when you accept" in page
    assert "Monteverde" not in page


def test_a_file_of_another_referral_is_not_there(room, desk, sent, priya, sign_in, olga):
    other = another(sent, by=priya)
    actions.office_ask(other, words="Who?", office="X")
    asked = asks_and_hears_of(sent, room)
    address = here(asked.public_id, name="office_room_file", of=other)
    assert room.get(address).status_code == 404
    assert desk.get(f"/referrals/{other.public_id}/file/{asked.public_id}/").status_code == 404
    assert sign_in(olga).get(f"/referrals/{sent.public_id}/file/{asked.public_id}/").status_code == 404


def asks_and_hears_of(sent, room):
    sends(room, answering("ask", of=sent), words="Is this hers?", file=a_file("ours.pdf"))
    return TalkFile.objects.get()


def test_a_file_that_only_pretends_is_refused_and_the_question_stays_typed(room):
    refused = sends(room, answering("ask"), words="My words", file=SimpleUploadedFile("r.pdf", b"MZ"))
    assert refused.status_code == 422
    assert "My words" in refused.content.decode()
    assert not TalkFile.objects.exists()


def test_words_alone_are_enough_and_a_file_alone_is_not(room):
    assert sends(room, answering("ask"), words="", file=a_file("ours.pdf")).status_code == 422
    assert sends(room, answering("ask"), words="Mornings?").status_code == 302
