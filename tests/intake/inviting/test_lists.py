"""People invited by a list: looked at first, then invited, whole or not at all, and taken back."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clinic.formats.sheets import NotReadable
from clinic.messages.models import Message
from clinic.running.beat import SCHEDULE
from intake.inviting import actions
from intake.inviting.preview import AGAIN, MOST_ROWS, NEW, STANDS, WRONG, look
from intake.models import Intake, InvitationList, Patient
from intake.tasks import forget_unsent_lists
from tests import factories

pytestmark = pytest.mark.django_db
HEADINGS = ("First name", "Last name", "DOB", "E-mail", "Language", "Phone")
ROW = ("Ines", "Muñoz", "3/31/1961", "ines@patients.example", "Spanish", "207 555 0100")


def content(*rows, headings=HEADINGS) -> bytes:
    written = StringIO()
    csv.writer(written).writerows([headings, *rows])
    return written.getvalue().encode()


def upload(*rows, **how) -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", content(*rows, **how), content_type="text/csv")


def row(**cells) -> tuple[str, ...]:
    named = dict(zip(("first", "last", "born", "email", "language", "phone"), ROW, strict=True)) | cells
    return tuple(named.values())


@pytest.fixture
def kept(priya, location):
    return lambda *rows, day_first=False: actions.keep_list(upload(*rows), day_first=day_first, by=priya)


def only(kept, by):
    [one] = look(kept, by).rows
    return one


def sent(kept, by) -> int:
    return actions.invite_list(kept, saw=look(kept, by).mark, by=by)


def test_a_row_is_read_as_somebody_would_type_it(kept, priya, location):
    one = only(kept(ROW), priya)
    assert one.kind == NEW
    said = {name: one.contact[name] for name in ("last_name", "date_of_birth", "language", "location")}
    assert said == {"last_name": "Muñoz", "date_of_birth": date(1961, 3, 31), "language": "es", "location": location}


@pytest.mark.parametrize(
    ("born", "day_first", "read"),
    [
        ("5/6/1961", False, date(1961, 5, 6)),
        ("5/6/1961", True, date(1961, 6, 5)),
        ("1961-05-06", True, date(1961, 5, 6)),
        ("May 6, 1961", True, date(1961, 5, 6)),
    ],
)
def test_a_date_in_numbers_is_read_as_was_said_of_the_list(kept, priya, born, day_first, read):
    assert only(kept(row(born=born), day_first=day_first), priya).contact["date_of_birth"] == read


@pytest.mark.parametrize(
    ("cells", "heading", "says"),
    [
        ({"born": "5/6/61"}, "Date of birth", "month"),
        ({"born": "31/3/1961"}, "Date of birth", "no such date"),
        ({"born": "3/31/2961"}, "Date of birth", "past"),
        ({"email": ""}, "Email", "the link goes to"),
        ({"email": "ines@"}, "Email", "like name@example.com"),
        ({"first": " "}, "First name", "first name"),
        ({"language": "Klingon"}, "Language", "languages shown"),
        ({"phone": "12"}, "Phone", "area code"),
    ],
)
def test_what_is_wrong_is_said_at_its_column(kept, priya, cells, heading, says):
    one = only(kept(row(**cells)), priya)
    assert one.kind == WRONG
    assert says in dict(one.problems)[heading]


def test_who_is_on_file_is_invited_again_and_who_was_invited_is_left_alone(kept, priya, location):
    known = factories.patient(at=location, first_name="INES", last_name="Munoz", date_of_birth=date(1961, 3, 31))
    factories.intake(of=known, submitted=True)
    assert only(kept(ROW), priya).kind == AGAIN
    assert sent(kept(ROW), priya) == 1
    assert Patient.objects.count() == 1
    assert only(kept(ROW), priya).kind == STANDS


def test_who_only_may_be_on_file_is_left_to_a_person(kept, priya, location):
    near = factories.patient(at=location, first_name="Ines", last_name="Munoz Vega", date_of_birth=date(1961, 3, 31))
    factories.intake(of=near, submitted=True)
    one = only(kept(ROW), priya)
    assert one.kind == WRONG
    assert "Invite this person by hand" in one.problems[0][1]


def test_the_right_rows_are_invited_and_the_others_wait_to_be_corrected(kept, priya, location, sign_in):
    """Forty people, of whom four cannot be invited: thirty-six mails, and a file of four rows that goes in again."""
    rows = [row(first=f"Ines{number}", email=f"ines{number}@patients.example") for number in range(36)]
    wrong = [
        row(first="Bo", born="5/6/61"),
        row(first="Al", email=""),
        row(first="Ines1"),
        row(first="=1+1", email="x"),
    ]
    browser = sign_in(priya)
    page = browser.post(reverse("add_invitation_list"), {"file": upload(*rows, *wrong), "dates": "month"}, follow=True)
    assert page.context["counts"] == {NEW: 36, AGAIN: 0, STANDS: 0, WRONG: 4}
    kept = InvitationList.objects.get()
    browser.post(reverse("send_invitation_list", args=[kept.public_id]), {"saw": page.context["mark"]})
    assert Message.objects.filter(kind="intake_invitation").count() == kept.intakes.count() == 36
    kept.refresh_from_db()
    assert "ines35@patients.example" not in kept.text, "who was invited is a patient now, and stands in no file"
    left = browser.get(reverse("list_to_correct", args=[kept.public_id])).content.decode("utf-8-sig")
    lines = list(csv.reader(StringIO(left)))
    assert [line[0] for line in lines[1:]] == ["Bo", "Al", "Ines1", "'=1+1"]
    assert "Row 3 is about the same person." in lines[3][-1]
    assert actions.invite_list(kept, saw="", by=priya) == 0, "pressed twice, sent once"


def test_a_preview_that_is_old_by_now_invites_nobody(kept, priya, location):
    one = kept(ROW, row(first="Bo", email="bo@patients.example"))
    mark = look(one, priya).mark
    sent(kept(ROW), priya)
    with pytest.raises(actions.InvitationChanged):
        actions.invite_list(one, saw=mark, by=priya)
    assert Intake.objects.count() == 1


def test_a_list_is_taken_back_but_for_who_has_begun(kept, priya, location, sign_in):
    one = kept(row(first="Ines"), row(first="Bo", email="bo@patients.example"))
    sent(one, priya)
    begun = one.intakes.get(patient__first_name="Bo")
    Intake.objects.filter(pk=begun.pk).update(saved_at=timezone.now())
    page = sign_in(priya).post(reverse("undo_invitation_list", args=[one.public_id]), follow=True)
    assert "1 taken back. 1 stay" in page.text
    assert list(one.intakes.filter(taken_back_at=None)) == [begun]
    assert actions.undo_list(one, by=priya) == (0, 0)


def test_only_who_works_nowhere_else_than_its_owner_sees_a_list(kept, priya, maya, olga, other_location):
    one = kept(ROW)
    assert [one in InvitationList.objects.visible_to(person) for person in (priya, maya, olga)] == [True, True, False]
    priya.locations.add(other_location)
    assert [one in InvitationList.objects.visible_to(person) for person in (priya, maya, olga)] == [True, False, False]


@pytest.mark.parametrize(
    ("rows", "headings", "says"),
    [
        ([ROW[:2]], HEADINGS[:2], "“Date of birth” and “Email”"),
        ([], HEADINGS, "no rows"),
        ([ROW] * (MOST_ROWS + 1), HEADINGS, f"at most {MOST_ROWS}"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(priya, location, rows, headings, says):
    with pytest.raises(NotReadable, match=says):
        actions.keep_list(upload(*rows, headings=headings), day_first=False, by=priya)
    assert not InvitationList.objects.exists()


def test_a_list_nobody_sent_is_gone_after_a_day(kept, priya):
    """Whether or not anybody adds another: a day is said on the page."""
    kept(ROW)
    InvitationList.objects.update(uploaded_at=timezone.now() - actions.UNSENT_FOR)
    new = kept(ROW)
    forget_unsent_lists()
    assert list(InvitationList.objects.all()) == [new]
    assert "intake.tasks.forget_unsent_lists" in {woken["task"] for woken in SCHEDULE.values()}
