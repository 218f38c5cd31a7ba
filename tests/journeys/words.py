"""The words of the questionnaire as patients read them."""

from django.utils.translation import gettext, override

from intake import triage


def text(question: str, language="en") -> str:
    return triage.shipped().questions[question].text_in(language)


def label(question: str, option: str, language="en") -> str:
    return triage.shipped().questions[question].option(option).label_in(language)


def advice(language="en") -> str:
    """The heading of the emergency page."""
    with override(language):
        return f"{gettext('Call 911 now')} {gettext('or go to the nearest emergency room')}"
