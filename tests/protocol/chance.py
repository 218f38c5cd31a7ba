"""Random valid answer sets: like real intakes, half-finished ones, and ones nobody would send."""

import random


def random_answer(question, places, luck, unsure):
    """A valid answer to a question given as its plain data; None leaves it unanswered."""
    kind = question["type"]
    options = [option["id"] for option in question.get("options", [])]
    if kind == "boolean":
        return luck.random() < 0.5
    if kind == "integer":
        return luck.choice([luck.randint(10, 95), luck.randint(0, 120), luck.choice([15, 16, 40, 50, 55, 60, 65, 70])])
    if kind == "scale_0_10":
        return luck.randint(0, 10)
    if kind == "date":
        return f"20{luck.randint(10, 25)}-0{luck.randint(1, 9)}-1{luck.randint(0, 9)}"
    if kind in ("short_text", "long_text"):
        return "words"
    if kind == "body_map":
        return luck.sample(places, luck.choice([1, 1, 2, 3, 4, 8]))
    if "unsure" in options and luck.random() < unsure:
        return "unsure" if kind == "choice" else ["unsure"]
    if kind == "choice":
        return luck.choice(options)
    exclusive = question.get("exclusive", [])
    if exclusive and luck.random() < 0.35:
        return [luck.choice(exclusive)]
    free = [option for option in options if option not in exclusive]
    return luck.sample(free, min(len(free), luck.choice([1, 1, 2, 2, 3, 5])))


def answer_sets(files, number, seed=20):
    """`number` answer sets. Some answer every question, some leave most out, some answer what is never asked."""
    luck = random.Random(seed)
    for _ in range(number):
        left_out, unsure = luck.choice([(0, 0), (0, 0.05), (0.05, 0.1), (0.3, 0.2), (0.8, 0.1)])
        yield {
            name: random_answer(question, files.places, luck, unsure)
            for name, question in files.questions.items()
            if luck.random() >= left_out
        }
