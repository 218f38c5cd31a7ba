"""A patient is found however a name is typed, and nobody makes a second record of somebody who is on file."""

import pytest
from django.urls import reverse

from intake.models import Patient
from tests import factories

ON_FILE_AND_TYPED = [
    ("O’Neil", "O'Neil"),
    ("O'Neil", "ONeil"),
    ("Muñoz", "Munoz"),
    ("Munoz", "Muñoz"),
    ("Mun\u0303oz", "Muñoz"),
    ("Garcia-Lopez", "Garcia Lopez"),
    ("Garcia Lopez", "GARCIA‑LOPEZ"),
    ("St. John", "St John"),
    ("Saint John", "St. John"),
    ("Trần", "Tran"),
    ("Van  der Berg", "van der Berg"),
    ("Quill Jr.", "Quill"),
    ("Quill", "Quill, Jr"),
    ("D’Angelo", "D`Angelo"),
    ("Łuczak", "Luczak"),
    ("Đặng", "Dang"),
    ("Weiß", "Weiss"),
    ("Quill\u200b", "Quill"),
]


@pytest.fixture
def on_file(location):
    """Makes a patient of this last name who has sent a form."""

    def make(last_name, first_name="Ada"):
        patient = factories.patient(at=location, first_name=first_name, last_name=last_name)
        factories.intake(of=patient, submitted=True)
        return patient

    return make


def test_letters_alone_decide_with_the_birth_date(on_file):
    wrong = []
    for kept, typed in ON_FILE_AND_TYPED:
        patient = on_file(kept)
        found, _others = Patient.objects.called(typed, "ada", born=patient.date_of_birth)
        if patient not in found:
            wrong.append((kept, typed))
        patient.date_of_birth = patient.date_of_birth.replace(year=1904)
        patient.save()
    assert wrong == []


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        (("María José", "García-López"), ("MARIA JOSE", "Lopez Garcia")),
        (("Van", "Nguyễn"), ("Nguyen", "Van")),
        (("Ada", "Quill Jr."), ("quill", "ADA")),
    ],
)
def test_the_parts_of_a_whole_name_may_stand_in_any_order(on_file, kept, typed):
    patient = on_file(kept[1], kept[0])
    found, _others = Patient.objects.called(typed[1], typed[0], born=patient.date_of_birth)
    assert found == [patient]


def test_another_birth_date_is_another_person(on_file):
    patient = on_file("Muñoz")
    found, others = Patient.objects.called("Munoz", born=patient.date_of_birth.replace(year=1960))
    assert (found, others) == ([], [])


@pytest.mark.parametrize("typed", ["Munos", "Nuñez", "Mu", "王"])
def test_a_name_of_other_letters_is_offered_as_another(on_file, typed):
    patient = on_file("Muñoz")
    found, others = Patient.objects.called(typed, born=patient.date_of_birth)
    assert (found, others) == ([], [patient])


BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}


def calls(last_name) -> dict:
    return {f"begun-{name}": value for name, value in {"last_name": last_name, **BORN}.items()}


def test_the_desk_is_offered_others_of_that_birth_date(on_file, sign_in, priya):
    on_file("Muñoz")
    desk = sign_in(priya)
    assert "Ada Muñoz" in desk.post(reverse("find_patient"), calls("Munoz")).content.decode()
    page = desk.post(reverse("find_patient"), calls("Nunes")).content.decode()
    assert "another name" in page
    assert "Ada Muñoz" in page


@pytest.mark.parametrize(
    "typed",
    [
        ("Ada", "Munoz"),
        ("ADA", "Muñoz Jr."),
        ("Ada", "Munoz Vega"),
        ("Aida", "Munoz"),
        ("Muñoz", "Ada"),  # the wrong way round
        ("ada", "Munozz"),
    ],
)
def test_an_invitation_to_somebody_on_file_asks_first(on_file, sign_in, priya, typed):
    on_file("Muñoz")
    first_name, last_name = typed
    sent = {"first_name": first_name, "last_name": last_name, "email": "ada@quill.example", "language": "en", **BORN}
    page = sign_in(priya).post(reverse("invite"), sent)
    assert page.status_code == 422
    assert "on file already" in page.content.decode()
    assert Patient.objects.count() == 1


def test_an_invitation_to_somebody_else_of_that_birth_date_just_goes(on_file, sign_in, priya):
    on_file("Muñoz")
    sent = {"first_name": "Bo", "last_name": "Tran", "email": "bo@tran.example", "language": "en", **BORN}
    assert sign_in(priya).post(reverse("invite"), sent).status_code == 302
    assert Patient.objects.count() == 2
