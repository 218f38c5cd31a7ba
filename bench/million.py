"""Fills a throwaway database with a million generated intakes, in the form the replay reads and in the JSON form.

Answers are random but valid, and every row carries what the shipped protocol decides, as a submit would write it.
"""

import json
import random
from itertools import cycle, islice

from django.db import connection

from bench.patients import answers_of_a_patient
from intake import triage
from intake.triage.many.coding import CodeBook
from intake.triage.many.planes import BLOCK, Planes
from intake.triage.many.replaying import Replayer
from intake.versions.protocols import protocol_version

DISTINCT = 50_000  # answer sets made; a million rows repeat them twenty times


def fill(rows: int, say=print) -> None:
    """`rows` intakes with codes, in tables the replay and its baselines read. The database must be empty of intakes."""
    protocol, version = triage.shipped(), protocol_version()
    book, luck = CodeBook(protocol), random.Random(7)
    say(f"making {min(rows, DISTINCT):,} different answer sets")
    sets = [answers_of_a_patient(protocol, luck) for _ in range(min(rows, DISTINCT))]
    import numpy as np

    codes = np.frombuffer(b"".join(book.encode(answers) for answers in sets), dtype=np.uint8).reshape(-1, book.width)
    planes, replayer = Planes(protocol, book), Replayer(protocol, protocol)
    decided = [planes.decide(codes[start : start + BLOCK]) for start in range(0, len(codes), BLOCK)]
    flags = np.concatenate([replayer.flags_by_row(part).T for part in decided])
    urgency = np.concatenate([part.urgency for part in decided])
    specialist = np.concatenate([part.specialist for part in decided])
    texts = [json.dumps(answers) for answers in sets]
    say(f"writing {rows:,} rows")
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNLOGGED TABLE bench_json (intake_id bigint PRIMARY KEY, answers jsonb, flags text[])")
        cursor.execute("ALTER TABLE intake_answercode DISABLE TRIGGER ALL")
        order = list(islice(cycle(range(len(sets))), rows))
        with cursor.copy(
            "COPY intake_answercode (intake_id, protocol_id, code, flags, urgency, specialist) FROM STDIN"
        ) as copy:
            for number, place in enumerate(order, 1):
                copy.write_row(
                    (number, version.pk, codes[place].tobytes(), flags[place].tobytes(),
                     int(urgency[place]), int(specialist[place]))
                )  # fmt: skip
        fired = [triage.assess(protocol, answers, explain=False) for answers in sets]
        names = [[flag.rule for flag in outcome.flags] for outcome in fired]
        with cursor.copy("COPY bench_json (intake_id, answers, flags) FROM STDIN") as copy:
            for number, place in enumerate(order, 1):
                copy.write_row((number, texts[place], names[place]))
        cursor.execute("ANALYZE")
