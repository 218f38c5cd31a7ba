"""A decision claims no more than the contact log holds: the same as `intake.review.reaching`, for the database.

Each trigger runs after the row's own constraints, so those speak first.
"""

TRIES, DAYS = 3, 2  # the clinic's steps before a patient counts as not reached: so many tries, on so many days

# Of a contact `k`, as `ContactQuerySet` has it.
SINCE_NEWS = """
    k.at >= COALESCE((
        SELECT news.at FROM intake_caseevent news WHERE news.case_id = k.case_id
        AND news.kind IN ('opened', 'raised', 'reopened') AND news.by_id IS NULL ORDER BY news.id DESC LIMIT 1
    ), '-infinity')
"""
WITH_ADVICE = """
    k.outcome IN ('reached', 'reached_other') AND (k.safety_advice_given OR k.told NOT IN ('', 'wait'))
"""

# Of a case `c`, the contrary of `intake.review.reaching.needs_word_of_advice`.
ADVISED = f"""
    EXISTS (SELECT 1 FROM intake_contact k WHERE k.case_id = c.id AND {SINCE_NEWS} AND {WITH_ADVICE})
    OR 'welfare_check' IS NOT DISTINCT FROM (
        SELECT k.outcome FROM intake_contact k WHERE k.case_id = c.id AND {SINCE_NEWS}
        AND k.outcome IN ('reached', 'reached_other', 'welfare_check') ORDER BY k.id DESC LIMIT 1
    )
"""

NEVER_SCREENED_IS_NOT_AGREED_TO = """
    IF NEW.effective_at IS NOT NULL AND NEW.reason = 'agree' AND EXISTS (
        SELECT 1 FROM intake_case c JOIN intake_intake i ON i.id = c.intake_id
        WHERE c.id = NEW.case_id AND i.submitted_at IS NULL
        AND (c.opened_because = 'not_screened' OR (c.opened_because = 'worse' AND c.rules_urgency < 2))
        AND c.decided_at IS NULL
    ) THEN
        RAISE EXCEPTION 'Nobody was asked about danger, so there is nothing to agree with'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'never_screened_is_closed_with_a_reason';
    END IF;
    RETURN NULL;
"""

# Asked when a decision is made and when it takes effect: later the log goes on, and what was decided stands.
CLOSED_BY_THE_LOG = f"""
    IF TG_OP = 'UPDATE' AND (NEW.reason, NEW.outcome, NEW.effective_at)
        IS NOT DISTINCT FROM (OLD.reason, OLD.outcome, OLD.effective_at)
    THEN
        RETURN NULL;
    END IF;
    IF NEW.reason = 'not_reached' AND NEW.outcome <> 'closed' THEN
        RAISE EXCEPTION 'Who could not be reached is closed without contact'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'not_reached_is_closed';
    END IF;
    IF NEW.reason = 'by_phone' AND NOT EXISTS (
        SELECT 1 FROM intake_contact k WHERE k.case_id = NEW.case_id AND k.asked_safety AND k.words <> ''
        AND {SINCE_NEWS}
    ) THEN
        RAISE EXCEPTION 'Answers taken on the phone stand in the contact log'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'answers_by_phone_are_on_record';
    END IF;
    IF NEW.reason = 'not_reached' AND (
        SELECT count(*) < {TRIES} OR count(DISTINCT (k.at AT TIME ZONE l.time_zone)::date) < {DAYS}
        FROM intake_contact k
        JOIN intake_case c ON c.id = k.case_id JOIN staff_location l ON l.id = c.location_id
        WHERE k.case_id = NEW.case_id AND k.outcome IN ('message', 'no_answer') AND {SINCE_NEWS}
        AND NOT EXISTS (
            SELECT 1 FROM intake_contact spoke WHERE spoke.case_id = k.case_id
            AND spoke.outcome IN ('reached', 'reached_other') AND spoke.id > k.id
        )
    ) THEN
        RAISE EXCEPTION 'A patient counts as not reached after {TRIES} tries on {DAYS} days'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'not_reached_comes_after_the_steps';
    END IF;
    RETURN NULL;
"""

# Decisions from before outcomes were asked for have none, and are left as they are.
URGENT_AFTER_CONTACT = f"""
    IF NEW.outcome <> '' AND NEW.uncontacted = '' AND NEW.tier_before = 2 AND NEW.reason <> 'not_reached'
        AND NOT EXISTS (
        SELECT 1 FROM intake_contact k WHERE k.case_id = NEW.case_id
        AND k.outcome IN ('reached', 'reached_other', 'welfare_check') AND {SINCE_NEWS}
    ) THEN
        RAISE EXCEPTION 'An urgent case is decided after contact, or says why not'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'urgent_is_decided_after_contact_or_says_why_not';
    END IF;
    IF NEW.uncontacted IN ('no_answer', 'no_phone') AND NOT EXISTS (
        SELECT 1 FROM intake_contact k WHERE k.case_id = NEW.case_id
        AND k.outcome IN ('message', 'no_answer') AND {SINCE_NEWS}
    ) THEN
        RAISE EXCEPTION 'Who was called or written to stands in the contact log'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'try_before_the_decision_is_on_record';
    END IF;
    RETURN NULL;
"""
