"""Beside its plain text a mail is a page of the same words: one button, nothing from elsewhere, nothing that tracks."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings
from django.utils import timezone, translation

from clinic.messages.dispatch import mail, sweep
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from tests.clinic.messages import test_mail_words
from tests.test_house import CLINICAL

everything = test_mail_words.everything  # one message of every kind
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]


class Page(HTMLParser):
    """The words of a mail as they are read, and what it points to."""

    def __init__(self, html):
        super().__init__()
        self.addresses, self.tags, self.language = [], [], ""
        self.read, self.unread = "", 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.unread += tag in ("style", "title")
        self.language = dict(attrs).get("lang") or self.language
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action", "background")]

    def handle_endtag(self, tag):
        self.unread -= tag in ("style", "title")

    def handle_data(self, data):
        if not self.unread:
            self.read += data

    @property
    def words(self) -> list[str]:
        return self.read.split()


def twins(language):
    """Each message with its plain text and the page beside it."""
    for message in Message.objects.select_related("location"):
        if KINDS[message.kind].by_text:
            continue
        message.language = language
        subject, body = KINDS[message.kind].render(message)
        written = mail(message, subject, body)
        [beside] = written.alternatives
        assert beside.mimetype == "text/html"
        yield message, written.body, beside.content


def stop_of(text) -> tuple[str, str]:
    """The words of a mail, and below its dashes how to stop it, where there is that."""
    words, _dashes, how_to_stop = text.partition("\n-- \n")
    return words, how_to_stop


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_says_the_words_of_its_text_and_none_besides(everything, language):
    with translation.override(language):
        on_the_button = translation.gettext("Open the page")
    for message, body, html in twins(language):
        page = Page(html)
        head = f"{django_settings.ORGANIZATION} {message.location.name if message.location else ''}".split()
        assert page.language == language
        assert page.words[: len(head)] == head, message.kind
        said = " ".join(page.words[len(head) :])
        text, how_to_stop = stop_of(body)
        assert said.count(on_the_button) == text.count("http"), message.kind
        said = said.replace(on_the_button + " ", "")
        assert said == " ".join([*text.split(), *how_to_stop.partition(":")[0].split()]), message.kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_comes_from_elsewhere_and_nothing_runs(everything, language):
    for message, body, html in twins(language):
        page = Page(html)
        assert not {"img", "script", "link", "iframe", "form", "object", "svg"} & set(page.tags), message.kind
        assert "url(" not in html
        assert "@import" not in html
        links = re.findall(r"http\S+", body)
        assert set(re.findall(r"https?://[^\s\"<]+", html)) == set(links), message.kind
        dialed = [address for address in page.addresses if address.startswith("tel:")]
        in_the_words = re.findall(r"http\S+", stop_of(body)[0])
        assert sorted(page.addresses) == sorted([*links, *in_the_words, *dialed]), "a button, and the bare link below"
        assert len(dialed) == body.count("(207) 555"), message.kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clinical_word_is_in_it(everything, language):
    """A kind's own words are looked at where they are written; what the frame adds is looked at here."""
    for message, body, html in twins(language):
        found = [word[0] for word in CLINICAL.finditer(" ".join(Page(html).words))]
        assert len(found) == len(CLINICAL.findall(body)), message.kind


def test_what_is_sent_has_the_text_first(everything, post_office):
    sweep(timezone.now())
    assert post_office.mails
    for arrived in post_office.mails:
        both = next(part for part in arrived.walk() if part.get_content_type() == "multipart/alternative")
        assert [part.get_content_type() for part in both.iter_parts()] == ["text/plain", "text/html"]
        assert {part.get_content_type() for part in arrived.iter_attachments()} <= {"text/calendar"}


def test_words_that_look_like_markup_stay_words(location):
    location.name = "<b>Riverside</b> & co"
    location.save()
    message = Message(kind="appointment_booked", language="en", location=location)
    text = "You come to:\n<i>Riverside</i> & co\n\nCall (207) 555-0142."
    [beside] = mail(message, "Hello", text).alternatives
    assert "&lt;b&gt;Riverside&lt;/b&gt; &amp; co" in beside.content
    assert "&lt;i&gt;Riverside&lt;/i&gt; &amp; co" in beside.content
    said = " ".join(Page(beside.content).words)
    assert said.endswith("<b>Riverside</b> & co You come to: <i>Riverside</i> & co Call (207) 555-0142.")
