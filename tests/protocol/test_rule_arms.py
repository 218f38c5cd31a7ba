"""Each way a rule can fire does, each finding that stops a rule stops it, and under each sign lies its floor."""

import pytest

from intake import triage
from tests.protocol.cases import ARMS, FLOORS, answers_of


@pytest.fixture(scope="module")
def protocol():
    return triage.shipped()


@pytest.mark.parametrize("variant", ARMS + FLOORS, ids=lambda variant: f"{variant['of']}: {variant['way']}")
def test_the_variant_is_judged_as_expected(protocol, variant):
    outcome = triage.assess(protocol, answers_of(protocol, variant), explain=False)
    fired = {flag.rule for flag in outcome.flags}
    assert set(variant.get("flags", [])) <= fired
    assert not set(variant.get("not_flags", [])) & fired
    if "urgency" in variant:
        assert outcome.urgency.word == variant["urgency"]
    if variant.get("urgency") == "routine":
        assert not fired
