"""Generated patients: random but valid answers, mostly without alarming ones."""

import random

from intake import triage


def answers_of_a_patient(protocol, luck: random.Random) -> dict:
    """One adaptive intake: every visible question answered, mostly without alarming answers."""
    answers = {name: _answer(question, luck) for name, question in protocol.questions.items()}
    return {name: answers[name] for name in triage.visible_questions(protocol, answers)}


def _answer(question, luck):
    if question.is_number:
        low, high = question.bounds
        return luck.randint(max(low, 14), min(high, 88)) if question.type == "integer" else luck.randint(low, high)
    if question.type == "boolean":
        return luck.random() < 0.2
    if question.type == "date":
        return "2026-05-04"
    if not question.option_ids:
        return "walking the dog"
    options = list(question.option_ids)
    calm = [o for o in options if o in ("none", "no", "never", "ok", "normal", "no_change", "not_felt", "yes_old")]
    if calm and luck.random() < 0.9:
        return [calm[0]] if question.takes_many else calm[0]
    if not question.takes_many:
        return luck.choice(options)
    free = [o for o in options if o not in question.exclusive]
    return luck.sample(free, min(len(free), luck.choice([1, 1, 2, 3])))
