"""What a patient could tick: their answers without the options that the pages never listed to them."""

from typing import Any

from intake import triage


def as_listed(protocol: triage.Protocol, answers: dict[str, Any]) -> dict[str, Any]:
    """Fill in the form page by page, from its lists alone. Where nothing of an answer is listed, it is "none"."""
    given: dict[str, Any] = {}
    for page in triage.pages(protocol):
        listed = triage.listed_options(protocol, given)
        on_page = {}
        for name in page.questions:
            if name in answers:
                on_page[name] = _of_the_list(protocol.questions[name], answers[name], listed.get(name))
        given |= {name: value for name, value in on_page.items() if value not in (None, [])}
    return triage.validate_answers(protocol, given)


def _of_the_list(question: triage.Question, value: Any, listed: tuple[str, ...] | None) -> Any:
    if listed is None:
        return value
    left = [option for option in value if option in listed]
    return left or list(question.exclusive[:1])
