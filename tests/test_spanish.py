"""Lucía reads Spanish: whatever the product itself says to her, on a page or in a mail, it says in Spanish."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from clinic.links.actions import address_of, make_link, secret_of
from clinic.links.models import Link
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.door import emails as to_patients
from intake.door import form_links, status_emails
from intake.door.contact import LANGUAGE_NAMES
from intake.follow_up import emails as follow_up_emails
from intake.models import FollowUp
from intake.review import emails as case_emails
from intake.visits import emails as appointment_emails
from referrals.models import Appointment
from referrals.moves import digits_of, lost, telling
from referrals.moves import emails as about_referrals
from referrals.moves.heard import OF_APPOINTMENTS
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.patients import page_address
from tests.reading import not_for_patients
from tests.referrals.codes import office_code
from tests.spanish import ENGLISH, LUCIA, SpanishPhone, english_words, is_spanish
from tests.wording import HOUSE, compiled, marked, placeholders, written

STAFF_ALARM = "templates/parts/_worker_alarm.html"

# The catalog ----------------------------------------------------------------------------------------------------------


def test_every_marked_word_has_a_spanish_one_with_the_same_places_to_fill():
    said = written()
    for key, where in marked().items():
        translations = said.get(key)
        assert translations, f"{where[0]}: {key[1]!r} has no Spanish"
        assert len(translations) == len(key) - 1, key
        for english, words in zip(key[1:], translations, strict=True):
            assert words.strip(), f"{where[0]}: {english!r} has no Spanish"
            assert edges(words) == edges(english), f"{english!r} -> {words!r}"
            assert placeholders(words) == placeholders(english), f"{english!r} -> {words!r}"


def edges(words):
    """Whether a word is joined on before and after it."""
    return words[:1].isspace(), words[-1:].isspace()


def test_no_template_of_patients_says_a_word_that_is_not_marked():
    found = {}
    for path in sorted((HOUSE / "templates").rglob("*.html")):
        where, text = str(path.relative_to(HOUSE)), path.read_text()
        if where.startswith(not_for_patients()) or "staff/base.html" in text or where == STAFF_ALARM:
            continue
        text = re.sub(
            r"(?s){%\s*blocktrans.*?endblocktrans\w*\s*%}|{%\s*block (?:html_class|body_attrs).*?endblock", "", text
        )
        text = re.sub(r"(?s){%.*?%}|{{.*?}}|{#.*?#}|<(script|style|svg)\b.*?</\1>", "", text)
        said = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', text) + re.split(r"<[^>]*>", text)
        left = {words.strip(" –.\n%}") for words in said if re.search(r"[^\W\d_]{2}", words)}
        if left := left - {"", "Plumbline", "EN", "ES", *LANGUAGE_NAMES.values()}:
            found[where] = left
    assert found == {}


def test_the_catalog_holds_no_word_that_is_gone():
    assert set(written()) <= set(marked())


def test_what_runs_is_what_was_written():
    """django.mo is made from django.po by `manage.py compilemessages`; the two are kept side by side."""
    flat = {}
    for (context, one, *more), words in written().items():
        flat |= {(context, one, number if more else None): text for number, text in enumerate(words)}
    assert compiled() == flat


# Pages ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def lucia(location, maya):
    phone = SpanishPhone()
    phone.page = phone.client.get("/")
    return phone.presses_language("es")


def test_from_the_first_page_to_what_happens_next(lucia):
    is_spanish(lucia.page)
    assert "lunes a viernes" in lucia.text.lower()
    lucia.opens("intake_start").sends(reverse("intake_start"), {"email": "no", "phone": "1"})
    assert lucia.page.status_code == 422
    assert "Escriba el nombre." in lucia.errors
    lucia.sends(reverse("intake_start"), LUCIA | {"date_of_birth_year": "61", "date_of_birth_month": "x"})
    lucia.starts(**LUCIA)
    lucia.sends(page_address("safety-check"), {"version": "0"})
    assert "Marque cada respuesta que corresponda" in lucia.errors
    lucia.sends(page_address("safety-check"), {"version": "1", "emergency_now": ["none", "fainted"]})
    lucia.sends(reverse("intake_submit"), {"version": "1"})
    assert lucia.page.status_code == 422
    lucia.answers_everything(HEEL_PAIN)
    assert "31 de marzo de 1982" in lucia.text
    lucia.opens("intake_contact").opens("intake_save").opens("intake_leave")
    lucia.submits()
    assert lucia.intake.submitted_at
    assert "Sus respuestas fueron enviadas" in lucia.text
    lucia.sends(reverse("intake_leave"))


def test_every_page_of_questions_refuses_in_spanish(lucia):
    lucia.starts(**LUCIA).answers_everything(HEEL_PAIN)
    for number in range(1, 60):
        address = f"/intake/page/{number}/"
        if lucia.client.get(address).status_code == 200:
            lucia.opens(address).sends(address, {"version": lucia.hidden("version")})
    lucia.opens_page("what-it-feels-like")
    assert '0<span class="visually-hidden">, Sin dolor</span>' in lucia.html
    assert '10<span class="visually-hidden">, El peor dolor que pueda imaginar</span>' in lucia.html


def test_the_emergency_page(lucia):
    lucia.starts(**LUCIA).answers("safety-check", emergency_now=["saddle_numb"])
    assert lucia.heading == "Llame al 911 ahora o vaya a la sala de emergencias más cercana"
    assert "Nadie está leyendo este formulario en este momento" in lucia.text
    lucia.reads_the_advice()
    lucia.answers_everything(SADDLE_NUMBNESS)
    assert "Llame al 911 o vaya ahora a la sala de emergencias más cercana." in lucia.text
    lucia.submits()
    assert "Emergencia: busque ayuda ahora" in lucia.text
    lucia.sends(reverse("intake_leave"))


def test_thoughts_of_self_harm(lucia):
    lucia.starts(**LUCIA).answers("daily-life", activities_limited=["sleep"], worry_level=9, move_fear=None)
    lucia.answers("mood", low_mood="every_day")
    lucia.presses_save("mood", low_mood="every_day", self_harm="plan_now")
    assert "<h1>Ahora: llame al 988 y oprima 2, envíe AYUDA al 988, o llame al 911</h1>" in lucia.html
    assert 'href="sms:988?body=AYUDA"' in lucia.html


def test_the_page_of_a_link(lucia):
    lucia.starts(**LUCIA).answers("safety-check", emergency_now=["none"])
    address = f"/l/{secret_of(form_links.link_to(lucia.intake))}/"
    lucia.opens(address)
    wrong = {"date_of_birth_month": "3", "date_of_birth_day": "30", "date_of_birth_year": "1982"}
    lucia.sends(address)
    for _try in range(5):
        lucia.sends(address, wrong)
    assert "Por favor, llámenos para abrir este formulario" in lucia.text
    lucia.opens("/l/" + "x" * 43 + "/")


def test_pages_for_when_something_is_wrong(lucia):
    assert lucia.opens("/no/such/page/").page.status_code == 404
    assert lucia.opens("intake_check").page.status_code == 404
    assert "No hay ningún formulario abierto en este dispositivo" in lucia.text


def test_a_page_saved_on_two_devices(lucia):
    lucia.starts(**LUCIA).answers("safety-check", emergency_now=["none"])
    lucia.opens_page("safety-check")
    shown = lucia.hidden("version")
    lucia.answers("safety-check", emergency_now=["unsure"])
    lucia.sends(page_address("safety-check"), {"version": shown, "emergency_now": ["none"]})
    assert lucia.page.status_code == 409
    assert "Guardado en otro lugar" in lucia.text


def test_the_switch_keeps_the_page_and_the_answers(lucia):
    lucia.starts(**LUCIA).answers("safety-check", emergency_now=["none"])
    lucia.opens_page("safety-check").presses_language("en")
    assert lucia.page.wsgi_request.path == page_address("safety-check")
    assert '<html lang="en"' in lucia.html
    assert re.search(r'value="none"[^>]* checked', lucia.html)
    lucia.presses_language("es")
    assert lucia.page.wsgi_request.path == page_address("safety-check")
    is_spanish(lucia.page)
    assert re.search(r'value="none"[^>]* checked', lucia.html)


def test_the_switch_works_where_sending_was_refused(lucia):
    lucia.starts(**LUCIA).submits().presses_language("en")
    assert lucia.page.status_code == 200
    assert lucia.page.wsgi_request.path == reverse("intake_check")


def test_staff_sign_in_in_english_whatever_the_browser_says(lucia):
    assert '<html lang="en"' in lucia.client.get(reverse("account_login")).content.decode()


# The specialist's office ----------------------------------------------------------------------------------------------


@pytest.fixture
def referral(maya, priya, location):
    patient = factories.patient(at=location, language="es", email="lucia@patients.example")
    decision = factories.decision(on=factories.case(of=patient, answers=FOOT_DROP), by=maya, reason="other", words="X")
    return factories.referral(after=decision, owner=priya, to=factories.specialist(), status="sent")


def test_the_room_of_an_office(referral):
    office = Client(headers={"accept-language": "es-US,es;q=0.9"})
    link = make_link(Link.Purpose.OFFICE, referral.public_id, expires_at=timezone.now() + timedelta(days=9))
    door = "/" + address_of(link).split("/", 3)[3]
    typed = (referral.question, referral.specialist.with_credentials, referral.patient.full_name, "Ellen Park, RN")

    def looks(response):
        is_spanish(response, *typed)
        return response.content.decode()

    looks(office.get(door))
    looks(office.post(door, {}))
    looks(office.post(door, {"person": "Ellen Park, RN", "code": "000000"}))
    code = digits_of(office_code(to=referral.specialist))
    assert "Neurólogo" in looks(office.post(door, {"person": "Ellen Park, RN", "code": code}, follow=True))
    for name in ("accept", "appointment", "report", "ask", "decline"):
        page = looks(office.get(reverse("office_room_answer", args=[referral.public_id, name]), follow=True))
        if seen := re.search(r'name="saw" value="(\d+)"', page):
            looks(
                office.post(
                    reverse("office_room_answer", args=[referral.public_id, name]), {"saw": seen[1]}, follow=True
                )
            )
    for name in ("accept", "appointment", "report", "ask", "decline"):
        looks(office.get(reverse("office_room_done", args=[referral.public_id, name])))
    looks(office.get(reverse("office"), follow=True))
    looks(office.post(reverse("office_leave")))
    looks(office.get(reverse("office"), follow=True))


# Mails ----------------------------------------------------------------------------------------------------------------


def test_every_mail_to_a_patient_is_in_the_language_kept_with_them(referral):
    intake = factories.intake(of=referral.patient, language="es", started_at=timezone.now())
    to_patients.invite(intake)
    to_patients.remind_to_finish(intake)
    to_patients.resume_link_requested(intake)
    starts_at = timezone.now().replace(month=3, day=5, hour=15, minute=30) + timedelta(days=366)
    appointment = Appointment.objects.create(referral=referral, starts_at=starts_at, time_zone="America/New_York")
    for name in OF_APPOINTMENTS:
        telling.mail_about(name, appointment)
    status_emails.answers_received(intake)
    status_emails.status_link(referral.patient)
    follow_up = FollowUp.objects.create(patient=referral.patient, intake=intake, week=2, due_at=timezone.now())
    follow_up_emails.ask_how_it_goes(follow_up)
    visit = factories.appointment_request(
        at=referral.patient.location, state="booked", starts_at=starts_at, answered_by=referral.owner
    )
    visit.patient = referral.patient
    appointment_emails.booked(visit)
    appointment_emails.off(visit, starts_at)
    appointment_emails.answered(visit)
    about_referrals.referral_sent(referral)
    about_referrals.remind_office(referral)
    for name in case_emails.TO_THE_PATIENT:
        case_emails.tell_the_patient(referral.decision, name)
    lost.tell_the_patient(referral)
    seen = set()
    for message in Message.objects.select_related("location"):
        kind = KINDS[message.kind]
        assert message.language == ("es" if kind.audience == "patient" else "en"), kind.name
        if kind.audience != "patient":
            continue
        seen.add(kind.name)
        with translation.override("en"):  # whatever the worker happens to speak
            subject, body = kind.render(message)
        for line in (subject, *body.splitlines()):
            assert not english_words().fullmatch(line), line
            assert line.startswith("http") or not ENGLISH.search(line), line
        assert "Hola:" in body
        assert "911" in body
    assert seen == {kind.name for kind in KINDS.values() if kind.audience == "patient"}


def test_an_appointment_is_told_with_the_day_before_the_month(location):
    request = factories.appointment_request(at=location)
    message = Message(kind="visit_reminder", language="es", location=location, subject_id=request.public_id)
    message.facts = {"starts_at": "2027-03-13T15:30:00+00:00[America/New_York]"}
    _subject, body = KINDS[message.kind].render(message)
    assert "sábado 13 de marzo de 2027, 10:30 a.m. EST" in body
