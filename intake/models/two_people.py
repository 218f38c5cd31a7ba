"""An emergency never ends by one person alone: what takes two, in Python for the page and in SQL for the database.

An emergency is handled at the emergency department; the protocol's own check refuses an emergency rule that goes
anywhere else. Whoever confirms every flag and sends there a patient who was told so decides alone. Everything else
about a case that holds an emergency takes a second person, whatever the tier says by then (decision 36).
"""

import re
import unicodedata
from collections.abc import Collection
from typing import Any

import pgtrigger

from clinic.staff.models import User
from clinic.staff.permissions import Role
from intake.models.log_in_sql import ADVISED
from intake.models.urgency import Urgency

HANDLED_AT = "emergency_department"
UNSEEN = r"[ \t\u00a0\u00ad\u200b-\u200f\u2060\ufeff]"  # spaces and signs nobody sees make no other name


def why_two(
    case: Any, *, tier: Urgency, specialist: str, dismissed: Collection[str], outcome: str, advised: bool
) -> list[str]:
    """Return why a decision on this case takes a second person, in words; nothing when one is enough.

    `dismissed`: the ids of the rules whose flags are dismissed. `advised`: the contact log holds a word of advice.
    """
    emergencies = {flag["rule"]: flag["condition"] for flag in case.flags if flag["tier"] == Urgency.EMERGENCY.word}
    why = []
    if case.urgency == Urgency.EMERGENCY and tier < Urgency.EMERGENCY:
        why.append("it lowers an emergency")
    if named := [condition for rule, condition in emergencies.items() if rule in dismissed]:
        why.append(f"it dismisses an emergency: {', '.join(named)}")
    if case.holds_emergency or tier == Urgency.EMERGENCY:
        if specialist != HANDLED_AT:
            why.append("an emergency is sent somewhere else than to the emergency department")
        elif outcome not in ("", "advised"):
            why.append("an emergency ends otherwise than at the emergency department")
        elif not advised:
            why.append("nobody is on record as told what to do")
    return why


def same_person(one: User, other: User) -> bool:
    """Two accounts of one human: the same license, the same NPI, or the same name and no two licenses.

    The database asks the same below. Numbers are compared by their letters and digits, however they were typed.
    """
    if one.pk == other.pk:
        return True
    licenses = _plain(one.license_number), _plain(other.license_number)
    if licenses[0] and licenses[0] == licenses[1]:
        return True
    npis = _plain(one.npi), _plain(other.npi)
    if npis[0] and npis[0] == npis[1]:
        return True
    return _folded(one.name) == _folded(other.name) and not all(licenses)


def _plain(number: str) -> str:
    """Return "pt 22-07" as "PT2207". Written for the database in `PLAIN`."""
    return re.sub("[^A-Z0-9]", "", unicodedata.normalize("NFKC", number).upper())


def _folded(name: str) -> str:
    """Return a name without case and spaces. Written for the database in `FOLDED`."""
    return re.sub(UNSEEN, "", unicodedata.normalize("NFKC", name).lower())


def who_may_look(case: Any, *, proposed_by: User) -> list[User]:
    """Everybody who may be the second person to what `proposed_by` decides: who treats where the case is.

    Where nobody does, the case is every therapist's (decision 39), and so is the second look.
    """
    therapists = list(User.objects.therapists_at(case.location))
    if not therapists:
        therapists = list(User.objects.of_the_whole_house().filter(role=Role.THERAPIST))
    return [person for person in therapists if not same_person(person, proposed_by)]


# The same for the database. Each trigger runs after the row's own constraints, so those speak first. -----------------

# Of advice the database asks when a decision takes effect, and not of those from before outcomes were asked for.
ENDING_TAKES_TWO = f"""
    IF NEW.effective_at IS NOT NULL AND NEW.second_by_id IS NULL AND EXISTS (
        SELECT 1 FROM intake_case c WHERE c.id = NEW.case_id AND (
            (c.urgency = 3 AND NEW.tier < 3)
            OR ((
                NEW.specialist <> 'emergency_department' OR NEW.outcome NOT IN ('', 'advised')
                OR (NEW.outcome <> '' AND (TG_OP = 'INSERT' OR OLD.effective_at IS NULL) AND NOT ({ADVISED}))
            ) AND (
                3 IN (NEW.tier_before, NEW.tier, c.urgency, c.rules_urgency)
                OR c.flags @> '[{{"tier": "emergency"}}]'
            ))
            OR EXISTS (
                SELECT 1 FROM intake_flagverdict v WHERE v.decision_id = NEW.id AND NOT v.confirmed
                AND c.flags @> jsonb_build_array(jsonb_build_object('rule', v.rule, 'tier', 'emergency'))
            )
        )
    ) THEN
        RAISE EXCEPTION 'An emergency ends by two people'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ending_an_emergency_takes_two';
    END IF;
    RETURN NULL;
"""

PLAIN = "regexp_replace(upper(normalize({}, NFKC)), '[^A-Z0-9]', '', 'g')"
FOLDED = f"regexp_replace(lower(normalize({{}}, NFKC)), '{UNSEEN}', '', 'g')"
LICENSES = PLAIN.format("a.license_number"), PLAIN.format("b.license_number")
NPIS = PLAIN.format("a.npi"), PLAIN.format("b.npi")
NAMES = FOLDED.format("a.name"), FOLDED.format("b.name")

# Who somebody is, is asked at the moment somebody becomes the second person or the decision takes effect: later they
# may leave, change their role or have a number corrected, and what they agreed to stands.
SECOND_IS_ANOTHER_THERAPIST = f"""
    IF NEW.second_by_id IS NULL OR (TG_OP = 'UPDATE' AND (NEW.by_id, NEW.second_by_id, NEW.effective_at)
        IS NOT DISTINCT FROM (OLD.by_id, OLD.second_by_id, OLD.effective_at)
    ) THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM staff_user WHERE id = NEW.second_by_id AND is_active AND role = '{Role.THERAPIST}'
    ) THEN
        RAISE EXCEPTION 'The second person is a therapist'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'second_person_decides_cases';
    END IF;
    IF EXISTS (
        SELECT 1 FROM staff_user a JOIN staff_user b ON b.id = NEW.second_by_id WHERE a.id = NEW.by_id AND (
            ({LICENSES[0]} <> '' AND {LICENSES[0]} = {LICENSES[1]})
            OR ({NPIS[0]} <> '' AND {NPIS[0]} = {NPIS[1]})
            OR ({NAMES[0]} = {NAMES[1]} AND '' IN ({LICENSES[0]}, {LICENSES[1]}))
        )
    ) THEN
        RAISE EXCEPTION 'Two accounts of one person are one person'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'second_person_is_another_human';
    END IF;
    RETURN NULL;
"""

PROPOSED_STAYS = """
    IF TG_OP = 'UPDATE' AND OLD.effective_at IS NULL AND OLD.refused_at IS NULL AND (
        (NEW.case_id, NEW.assessment_id, NEW.by_id, NEW.at, NEW.tier_before, NEW.tier, NEW.suggested_specialist,
         NEW.specialist, NEW.refer, NEW.reason, NEW.words, NEW.outcome, NEW.by_when, NEW.needs, NEW.needs_from,
         NEW.other_intake_id, NEW.uncontacted, NEW.uncontacted_words)
        IS NOT DISTINCT FROM
        (OLD.case_id, OLD.assessment_id, OLD.by_id, OLD.at, OLD.tier_before, OLD.tier, OLD.suggested_specialist,
         OLD.specialist, OLD.refer, OLD.reason, OLD.words, OLD.outcome, OLD.by_when, OLD.needs, OLD.needs_from,
         OLD.other_intake_id, OLD.uncontacted, OLD.uncontacted_words)
    ) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT 1 FROM intake_case c WHERE c.id = OLD.case_id
        AND (3 IN (c.urgency, c.rules_urgency) OR c.flags @> '[{"tier": "emergency"}]')
    ) THEN
        RAISE EXCEPTION 'What was proposed or decided about an emergency never changes'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'decision_on_an_emergency_stays_as_it_was_made';
    END IF;
    RETURN NULL;
"""

VERDICT_COMES_FIRST = """
    IF TG_OP = 'INSERT' AND (NEW.confirmed OR EXISTS (
        SELECT 1 FROM intake_decision d
        WHERE d.id = NEW.decision_id AND d.effective_at IS NULL AND d.refused_at IS NULL
    )) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'A flag is dismissed before its decision takes effect, and a verdict never changes'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'flag_is_dismissed_before_its_decision_takes_effect';
"""

CASE_KEEPS_ITS_EMERGENCY = """
    IF TG_OP = 'UPDATE' AND (NEW.rules_urgency < OLD.rules_urgency OR EXISTS (
        SELECT 1 FROM jsonb_array_elements(OLD.flags) flag WHERE flag->>'tier' = 'emergency'
        AND NOT NEW.flags @> jsonb_build_array(jsonb_build_object('rule', flag->>'rule', 'tier', 'emergency'))
    )) THEN
        RAISE EXCEPTION 'What once fired stays on the case'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'emergency_flag_stays_on_its_case';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.urgency = 3 AND NEW.urgency < 3 AND NOT EXISTS (
        SELECT 1 FROM intake_decision d WHERE d.case_id = NEW.id AND d.effective_at = NEW.decided_at
        AND d.tier = NEW.urgency AND d.second_by_id IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'An emergency is lowered by a decision of two people'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'emergency_is_lowered_by_a_decision_of_two';
    END IF;
    IF NEW.status = 'decided' AND (TG_OP = 'INSERT' OR OLD.status <> 'decided')
        AND (NEW.urgency = 3 OR NEW.rules_urgency = 3 OR NEW.flags @> '[{"tier": "emergency"}]')
        AND NOT EXISTS (
            SELECT 1 FROM intake_decision d WHERE d.case_id = NEW.id AND d.effective_at = NEW.decided_at
            AND d.by_id = NEW.decided_by_id AND d.tier = NEW.urgency
        )
    THEN
        RAISE EXCEPTION 'An emergency is decided by a decision'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'emergency_is_decided_by_a_decision';
    END IF;
    RETURN NULL;
"""


def after(name: str, operation: Any, func: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name=name, when=pgtrigger.After, operation=operation, func=func)
