"""What a decision may say, for the database: how far ahead its day lies, and what stands behind a reason to close.

Each trigger runs after the row's own constraints, so those speak first. A row from before is left as it is.
"""

from intake.models.log_in_sql import SINCE_NEWS
from intake.models.urgency import Urgency

FARTHEST = {  # days from the decision to the day it names
    Urgency.EMERGENCY: 4,  # it says today: the next open day, also after a long weekend
    Urgency.URGENT: 4,  # the same
    Urgency.SOON: 14,  # seen within seven days; for a report or an absence as long again
    Urgency.ROUTINE: 60,  # what lies farther is a slip
}

NO_DAY_TOO_FAR = f"""
    IF NEW.by_when IS NULL OR (TG_OP = 'UPDATE' AND (NEW.by_when, NEW.tier, NEW.at)
        IS NOT DISTINCT FROM (OLD.by_when, OLD.tier, OLD.at)
    ) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT 1 FROM intake_case c JOIN staff_location l ON l.id = c.location_id
        WHERE c.id = NEW.case_id AND NEW.by_when > (NEW.at AT TIME ZONE l.time_zone)::date + CASE NEW.tier
            {" ".join(f"WHEN {tier.value} THEN {days}" for tier, days in FARTHEST.items())} END
    ) THEN
        RAISE EXCEPTION 'A decision names no day that lies farther ahead than its urgency allows'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'by_when_is_no_farther_than_the_urgency_allows';
    END IF;
    RETURN NULL;
"""

# Asked when a decision is made and when it takes effect.
# Two patients may be one person who began anew; the database knows them by the birth date, the page also by the name.
CLOSED_WITH_WHAT_IT_TAKES = f"""
    IF TG_OP = 'UPDATE' AND (NEW.reason, NEW.outcome, NEW.other_intake_id, NEW.effective_at)
        IS NOT DISTINCT FROM (OLD.reason, OLD.outcome, OLD.other_intake_id, OLD.effective_at)
    THEN
        RETURN NULL;
    END IF;
    IF (NEW.reason = 'no_care' OR (NEW.outcome = 'closed' AND NEW.reason IN ('patient_choice', 'examined')))
        AND NOT EXISTS (
            SELECT 1 FROM intake_contact k
            WHERE k.case_id = NEW.case_id AND k.outcome IN ('reached', 'reached_other') AND {SINCE_NEWS}
        )
    THEN
        RAISE EXCEPTION 'What a patient said stands in the contact log'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_by_their_word_after_a_talk';
    END IF;
    IF NEW.reason = 'twice' AND NOT EXISTS (
        SELECT 1 FROM intake_case mine
        JOIN intake_patient p ON p.id = mine.patient_id
        JOIN intake_case other ON other.intake_id = NEW.other_intake_id
        JOIN intake_patient q ON q.id = other.patient_id
        WHERE mine.id = NEW.case_id AND other.id <> mine.id
        AND (p.id = q.id OR p.date_of_birth = q.date_of_birth)
        AND NOT (other.status IN ('decided', 'second_look') AND 'twice' = (
            SELECT d.reason FROM intake_decision d
            WHERE d.case_id = other.id AND d.refused_at IS NULL ORDER BY d.id DESC LIMIT 1
        ))
    ) THEN
        RAISE EXCEPTION 'A doubled form names the other one of the same person, which is reviewed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'doubled_form_names_the_other';
    END IF;
    RETURN NULL;
"""
