"""A patient is found by a name, a birth date or a phone, however each is typed and was stored."""

from datetime import date

import pytest
from django.db import connection

from clinic.contact import names
from intake.door.written_dates import possible_dates
from intake.models import Patient, found_by
from tests import factories
from tests.intake.desk.test_names_found import ON_FILE_AND_TYPED

pytestmark = pytest.mark.django_db

FULL_NAMES = [  # on file: first, last; and what somebody types
    ("María", "García-López", "garcia maria"),
    ("María", "García-López", "LOPEZ"),
    ("María", "García-López", "garcialopez"),
    ("María", "García-López", "mari gar"),
    ("Mary Ann", "Smith", "Maryann Smith"),
    ("Maryann", "Smith", "mary ann"),
    ("Ian", "Mc Donald", "McDonald, Ian"),
    ("Ian", "McDonald", "mc donald"),
    ("Ana", "De La Cruz", "delacruz"),
    ("Ana", "Delacruz", "de la cruz"),
    ("Ana", "De La Cruz Ramos", "cruzramos"),
    ("Sean", "O’Neil", "o neil"),
    ("Sean", "O Neil", "ONeil"),
    ("Lê", "Nguyễn", "nguyen le"),
    ("明", "王", "王"),
    ("Иван", "Петров", "петров ИВАН"),
]


def called(typed) -> list[Patient]:
    return list(Patient.objects.fitting(found_by.called(names.parts(typed))))


def test_a_name_is_found_however_it_is_typed(location):
    wrong = []
    for first, last, typed in [*FULL_NAMES, *(("Ada", kept, typed) for kept, typed in ON_FILE_AND_TYPED)]:
        patient = factories.patient(at=location, first_name=first, last_name=last)
        if patient not in called(typed):
            wrong.append((first, last, typed))
    assert wrong == []


@pytest.mark.parametrize("typed", ["opez", "garza", "maria jose", "lopez garcia smith"])
def test_other_letters_find_nobody(location, typed):
    factories.patient(at=location, first_name="María", last_name="García-López")
    assert called(typed) == []


JUNE, SEPTEMBER = date(1972, 6, 9), date(1972, 9, 6)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("6/9/1972", {JUNE, SEPTEMBER}),
        ("06-09-1972", {JUNE, SEPTEMBER}),
        ("9.6.72", {JUNE, SEPTEMBER}),
        ("06091972", {JUNE, SEPTEMBER}),
        ("1972-06-09", {JUNE}),
        ("19720609", {JUNE}),
        ("Jun 9 1972", {JUNE}),
        ("June 9th, 1972", {JUNE}),
        ("9 June 1972", {JUNE}),
        ("9 jun 72", {JUNE}),
        ("9 de junio de 1972", {JUNE}),
        ("6/31/1972", set()),
        ("31/12/1972", {date(1972, 12, 31)}),
        ("6/9/12", {date(1912, 6, 9), date(1912, 9, 6), date(2012, 6, 9), date(2012, 9, 6)}),
        ("6/9/3072", set()),
        ("1972", set()),
        ("price", set()),
        ("207 555 0142", set()),
        ("²/9/1972", {date(1972, 2, 9), date(1972, 9, 2)}),
    ],
)
def test_a_birth_date_is_read_as_americans_and_others_write_it(typed, means):
    assert possible_dates(typed) == means


def test_a_phone_is_found_with_and_without_its_area_code(location):
    patient = factories.patient(at=location, phone="Max: (207) 555-0142 x3")
    for digits in ("2075550142", "5550142"):
        assert list(Patient.objects.fitting(found_by.phoned_at(digits))) == [patient]
    assert not Patient.objects.fitting(found_by.phoned_at("0142")).exists()


def test_what_changes_is_found_anew_and_leaves_one_line_of_history(location):
    patient = factories.patient(at=location, first_name="Ada", phone="(207) 555-0142")
    patient.phone = "(207) 555-0199"
    patient.save(update_fields=["phone"])
    assert not Patient.objects.fitting(found_by.phoned_at("5550142")).exists()
    assert Patient.objects.fitting(found_by.phoned_at("5550199")).get() == patient
    assert patient.history.count() == 2
    Patient.objects.update(found_by="")
    assert patient.history.count() == 2  # what is made of the rest is no news


def test_an_index_finds_so_that_history_costs_nothing(location):
    query = Patient.objects.fitting(found_by.called(["price"]))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "patient_found_by" in query.explain()
