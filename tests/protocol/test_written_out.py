"""The baseline of the bench decides as the engine does; otherwise its figures would compare two different things."""

from bench.triage import random_answers, visible_answers
from bench.written_out import rules_in_python, source
from intake import triage
from intake.triage.deciding.compiling import program_of

PROTOCOL = triage.shipped()


def test_straight_python_fires_the_same_rules():
    program, straight = program_of(PROTOCOL), rules_in_python(PROTOCOL)
    seen = set()
    for given in [*visible_answers(PROTOCOL), *random_answers(PROTOCOL)]:
        fired = straight(given)
        assert fired == [program.rule_ids[place] for place in program.decide(given)[0]]
        seen |= set(fired)
    assert len(seen) > 0.8 * len(PROTOCOL.rules), "most rules are met"


def test_what_is_written_reads_as_a_person_would_write_it():
    written = source(PROTOCOL)
    assert "CLASSIC_PODAGRA" in written
    assert "not not " not in written
    assert "    if stroke_tia_fires:\n        fired.append('stroke_tia')" in written


def test_a_protocol_is_compiled_once_for_everybody_who_asks():
    """Compiling takes as long as thousands of decisions, and every one of them asks."""
    assert program_of(PROTOCOL) is program_of(PROTOCOL)
    assert program_of(PROTOCOL).decide is program_of(PROTOCOL).decide
