"""What every page gets from the look: errors one can reach, words beside colours, a page that keeps its policy."""

import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from clinic.templatetags.plumbline import tel
from demo.invented.house import second_factor
from demo.look import SampleForm
from tests import factories
from tests.source import one_line

STYLESHEET = Path(settings.BASE_DIR, "static/css/plumbline.css").read_text()
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


def show(words, **context):
    return one_line(Template("{% load plumbline crispy_forms_tags %}" + words).render(Context(context)))


@pytest.fixture
def wrong():
    """The sample form as someone sent it who only typed half a mail address."""
    return SampleForm({"email": "maya.ortiz@"})


def ids(page):
    return re.findall(r'\bid="([^"]+)"', page)


def test_each_line_of_the_error_summary_leads_to_a_control_of_the_page(wrong):
    summary = show("{% error_summary form %}", form=wrong)
    page = show("{% crispy form %}", form=wrong)
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == len(wrong.errors) == 8
    assert set(targets) <= set(ids(page))
    assert "id_new_numbness_0" in targets, "a group of radio buttons is reached at its first button"


def test_an_error_reads_the_same_in_the_summary_and_at_the_field(wrong):
    summary = show("{% error_summary form %}", form=wrong)
    field = show("{{ form.email|as_crispy_field }}", form=wrong)
    assert "Enter a valid email address." in summary
    assert re.search(r'id="id_email_error".*Error:</span> Enter a valid email address\.', field)
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_email_error"' in field


def test_the_summary_takes_focus_and_stands_on_the_page_once(wrong):
    page = show("{% error_summary form %}{% crispy form %}", form=wrong)
    assert page.count("data-error-summary") == 1
    assert 'role="alert" tabindex="-1"' in page


def test_a_page_that_forgot_the_summary_still_shows_it(wrong):
    assert "data-error-summary" in show("{% crispy form %}", form=wrong)


def test_a_form_without_errors_has_no_summary():
    assert show("{% error_summary form nothing %}", form=SampleForm(), nothing=None).strip() == ""


def test_equal_errors_name_their_field(wrong):
    assert "Year you were born – This field is required." in show("{% error_summary form %}", form=wrong)


def test_words_from_outside_are_not_taken_as_markup():
    form = SampleForm()
    form.fields["name"].label = form.fields["name"].help_text = "<b>bold</b>"
    assert "<b>" not in show("{{ form.name|as_crispy_field }}", form=form)


def test_optional_is_said_in_words():
    page = show("{% crispy form %}", form=SampleForm())
    assert page.count("(optional)") == 3
    assert "*" not in re.sub(r"<[^>]+>", "", page)


def test_a_group_of_choices_is_one_question_with_its_help(wrong):
    field = show("{{ form.new_numbness|as_crispy_field }}", form=wrong)
    assert 'role="radiogroup" aria-invalid="true"' in field
    assert 'aria-describedby="id_new_numbness_helptext id_new_numbness_error"' in field
    assert "<legend" in field


def test_the_ends_of_a_scale_are_said_with_their_numbers():
    field = show("{{ form.pain|as_crispy_field }}", form=SampleForm())
    assert '0<span class="visually-hidden">, No pain</span>' in field
    assert '10<span class="visually-hidden">, Worst pain</span>' in field


def test_a_question_can_be_the_heading_of_its_page():
    form = SampleForm()
    form.fields["new_numbness"].is_page_heading = True
    field = show("{{ form.new_numbness|as_crispy_field }}", form=form)
    assert re.search(r"<h1>Do you have new numbness between your legs\?\s*</h1>\s*</legend>", field)


def test_every_class_of_the_form_markup_has_a_look(wrong):
    page = show("{% crispy form %}", form=wrong)
    written = {name for names in re.findall(r'class="([^"]*)"', page) for name in names.split()}
    from_widgets = {"textinput", "emailinput", "select", "textarea", "checkboxinput", "clearablefileinput"}
    assert not {name for name in written - from_widgets if f".{name}" not in STYLESHEET}


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (timedelta(days=3, minutes=1), "3 days left", "time-text"),
        (timedelta(hours=26), "26 h left", "time-text"),
        (timedelta(hours=2, minutes=5), "2 h 5 min left", "time-text"),
        (timedelta(minutes=60), "1 h left", "is-soon"),
        (timedelta(minutes=12), "12 min left", "is-soon"),
        (timedelta(0), "Overdue by 0 min", "is-late"),
        (-timedelta(minutes=90), "Overdue by 1 h 30 min", "is-late"),
    ],
)
def test_time_left_is_said_in_words_shape_and_colour(left, words, tone):
    now = timezone.now()
    chip = show("{% time_left due now=now %}", due=now + left, now=now)
    assert words in chip
    assert tone in chip
    assert "<svg" in chip


def test_no_due_time_is_said_too():
    assert "No due time" in show("{% time_left due %}", due=None)


@pytest.mark.parametrize(
    ("level", "word"),
    [("emergency", "Emergency"), ("urgent", "Urgent"), ("soon", "Soon"), ("routine", "Routine")],
)
def test_each_urgency_has_its_own_word_and_shape(level, word):
    chips = {
        one: one_line(render_to_string("parts/_urgency.html", {"level": one}))
        for one in ("emergency", "urgent", "soon", "routine")
    }
    assert word in chips[level]
    shapes = [re.search(r"<svg.*</svg>", chip).group() for chip in chips.values()]
    assert len(set(shapes)) == 4


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("(207) 555-0142", "tel:+12075550142"),
        ("1-207-555-0142", "tel:+12075550142"),
        ("207.555.0142 x12", "tel:+12075550142;ext=12"),
        ("911", "tel:911"),
        ("", ""),
    ],
)
def test_a_phone_number_can_be_dialed(typed, address):
    assert tel(typed) == address


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_template_breaks_the_pages_own_policy(template):
    text = template.read_text()
    if template.name == "_frame.html" and template.parent.name == "emails":
        text = text.replace(" style=", " ").replace("<style", "")  # a mail has no stylesheet to put it in
    assert not re.search(r"""\sstyle\s*=\s*["']""", text), "styles belong into the stylesheet"
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), "no style or script inside"
    assert not re.search(r"""\son[a-z]+\s*=\s*["']|hx-on|javascript:|["']js:""", text), "no handlers inside"
    assert "data:image" not in text


def test_the_stylesheet_loads_nothing():
    assert "url(" not in STYLESHEET
    assert "@import" not in STYLESHEET


def test_the_first_page_is_a_light_load_for_an_old_phone(client, location):
    """At most 60 kB without the faces and 80 kB with them: files as they are served, packed; the page as it is."""
    page = client.get("/").text
    files = re.findall(r'(?:href|src)="/static/([^"]+)"', page)
    assert any(name.endswith(".css") for name in files)
    own = [Path(settings.BASE_DIR, "static", name) for name in files if not name.startswith("faces/")]
    weight = len(page.encode()) + sum(len(gzip.compress(path.read_bytes())) for path in own)
    faces = sum(path.stat().st_size for path in settings.FACES_DIR.glob("*.woff2"))
    assert weight <= 60_000
    assert weight + faces <= 80_000


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "413", "429", "500", "503"])
def test_error_pages_stand_without_database_and_session(page, rf):
    def gone():
        raise AssertionError("an error page may not ask who is signed in or what was left to be told")

    request = rf.get("/")
    request.user = request.session = request._messages = SimpleLazyObject(gone)
    shown = render_to_string(f"{page}.html", request=request)
    assert shown.count("<h1>") == 1
    assert "Call 911" in shown


def test_staff_sign_in_with_a_password_and_a_code(client, maya):
    page = client.get("/account/login/")
    assert "Sign in" in page.text
    assert "sign up" not in page.text.lower()
    assert "default-src 'none'" in page["Content-Security-Policy"]
    page = client.post("/account/login/", {"login": maya.email, "password": factories.PASSWORD}, follow=True)
    assert "6 digits" in page.text
    page = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "data-error-summary" in page.text
    assert "<title>Error: Second step" in re.sub(r"\s+", " ", page.text)
    page = client.post("/account/2fa/authenticate/", {"code": second_factor(maya)})
    assert page.status_code == 302


def test_a_newcomer_sets_up_the_second_step_before_anything_else(client, location):
    newcomer = factories.staff("Nia Brook", "therapist", at=[location])
    client.force_login(newcomer)
    page = client.get("/account/2fa/totp/activate/", follow=True)
    assert "<svg" in page.text
    assert "data:image" not in page.text


def test_anyone_may_change_the_language_and_stays_on_the_page(client, db):
    page = client.post("/language/", {"language": "es", "next": "/intake/start/"})
    assert page.status_code == 302
    assert page["Location"] == "/intake/start/"
