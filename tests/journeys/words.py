"""The words of the questionnaire as patients read them."""

from intake import triage


def text(question: str, language="en") -> str:
    return triage.shipped().questions[question].text_in(language)


def label(question: str, option: str, language="en") -> str:
    return triage.shipped().questions[question].option(option).label_in(language)
