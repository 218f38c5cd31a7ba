"""The statements by which the numbers are counted; `counting.py` beside this says what each returns."""

from referrals.moves.undoing import STANDS

_BEGUN = """
    begun AS (
        SELECT referral.id, referral.specialty, referral.end_reason,
            coalesce(decision.effective_at, referral.created_at) AS decided
        FROM referrals_referral referral JOIN intake_decision decision ON decision.id = referral.decision_id
        WHERE referral.location_id = ANY(%(places)s)
            AND referral.created_at >= %(since)s AND referral.created_at < %(until)s
            AND %(specialty)s IN ('', referral.specialty)
    )
"""

# A visit is dated by the appointment that stood when it was noted, else by the note; one that was taken back is none.
# A report says that they were seen. That nobody there answers is no answer of theirs.
_HAPPENED = f"""
    happened AS (
        SELECT begun.*, line.sent, line.answered, coalesce(visit.starts_at, line.visited) AS seen, report.read
        FROM begun
        CROSS JOIN LATERAL (
            SELECT min(at) FILTER (WHERE what = 'sent') AS sent,
                min(at) FILTER (
                    WHERE what IN ('accepted', 'scheduled', 'declined', 'asked', 'reported')
                        AND reason <> %(no_answer)s
                ) AS answered,
                min(at) FILTER (WHERE what = 'reported' OR what = 'seen' AND {STANDS}) AS visited
            FROM referrals_referralmove line WHERE line.referral_id = begun.id
        ) line
        LEFT JOIN LATERAL (
            SELECT max(starts_at) AS starts_at FROM referrals_appointment
            WHERE referral_id = begun.id AND starts_at BETWEEN begun.decided AND line.visited
                AND (replaced_at IS NULL OR replaced_at > line.visited)
        ) visit ON true
        LEFT JOIN LATERAL (
            SELECT min(read_at) AS read FROM referrals_report WHERE referral_id = begun.id
        ) report ON true
    )
"""


def _took(step: str) -> str:
    """Return three columns: how many got there, and days of half and of nine in ten."""
    days = f"extract(epoch FROM {step} - decided) / 86400"
    return f"""count({step}),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY {days}) FILTER (WHERE {step} IS NOT NULL),
        percentile_cont(0.9) WITHIN GROUP (ORDER BY {days}) FILTER (WHERE {step} IS NOT NULL)"""


STEPS = f"""
    WITH {_BEGUN}, {_HAPPENED}, dated AS (
        SELECT happened.*, date_trunc('month', decided AT TIME ZONE %(zone)s)::date AS month FROM happened
    )
    SELECT month, count(*), {_took("sent")}, {_took("answered")}, {_took("seen")}, {_took("read")},
        count(*) FILTER (WHERE end_reason <> ''), count(*) FILTER (WHERE end_reason = 'report_read')
    FROM dated GROUP BY GROUPING SETS ((), (month)) ORDER BY month NULLS FIRST
"""

ENDS = f"""
    WITH {_BEGUN}
    SELECT end_reason, count(*) FROM begun GROUP BY end_reason ORDER BY count(*) DESC, end_reason
"""

DECLINES = f"""
    WITH {_BEGUN}
    SELECT nullif(line.reason, ''), begun.specialty,
        count(*) FILTER (WHERE line.what = 'sent'), count(*) FILTER (WHERE line.what = 'declined')
    FROM begun JOIN referrals_referralmove line ON line.referral_id = begun.id
    WHERE line.what IN ('sent', 'declined')
    GROUP BY GROUPING SETS ((nullif(line.reason, '')), (begun.specialty))
    HAVING count(*) FILTER (WHERE line.what = 'declined') > 0
    ORDER BY 4 DESC, 1, 2
"""

OFFICES = f"""
    WITH {_BEGUN}
    SELECT office.name || ', ' || office.practice,
        count(*) FILTER (WHERE line.what = 'sent'), count(*) FILTER (WHERE line.what = 'declined')
    FROM begun JOIN referrals_referralmove line ON line.referral_id = begun.id
    JOIN referrals_specialist office ON office.id = line.to_id
    WHERE line.what IN ('sent', 'declined')
    GROUP BY office.id HAVING count(*) FILTER (WHERE line.what = 'declined') > 0
    ORDER BY 3 DESC, 2, 1 LIMIT %(most)s
"""
