"""Everything that may happen to a referral. Each is one transaction and says who did it: `by=` staff, or `office=`.

Pass `saw=` (see `newest_line`) from a page, and a referral somebody else moved meanwhile raises ReferralChanged
instead of being overwritten. A move the table does not have raises MoveNotAllowed; a step that lacks something
raises NotYet with words for the person acting. Nothing is changed then.
"""

from referrals.models import MoveNotAllowed
from referrals.moves.again import fax_it, may_be_faxed_now, send_again, send_otherwise
from referrals.moves.answers import (
    answer_question,
    give_appointment,
    no_show,
    office_accept,
    office_ask,
    office_decline,
    office_opened,
    read_report,
    receive_report,
    seen,
)
from referrals.moves.calls import log_call
from referrals.moves.carrying import (
    close,
    hand_over,
    link_of,
    link_sleeps,
    note,
    reopen,
    set_next_check,
    wake_link,
    withdraw,
)
from referrals.moves.codes import CODE_DIGITS, digits_of, make_code, take_code
from referrals.moves.covering import cover, end_cover
from referrals.moves.deliveries import office_was_told
from referrals.moves.enclosing import enclose, files_that_may_travel, reports_that_may_travel
from referrals.moves.faxing import prove_fax, unproven
from referrals.moves.listings import in_words as listing_in_words
from referrals.moves.listings import out_of_date as listing_out_of_date
from referrals.moves.listings import update_listing
from referrals.moves.many import hand_over_many, put_off_many
from referrals.moves.news import look
from referrals.moves.plan_steps import PlanAsksFirst, open_plan_steps, settle_plan_step
from referrals.moves.proposals import ask_other_times, propose_times, take_time
from referrals.moves.start import (
    back_to_therapist,
    choose,
    end_those_back,
    of_the_office_before,
    prepare_letter,
    ready_to_send,
    redirect,
    refer,
    send,
)
from referrals.moves.steps import NotYet, ReferralChanged, all_since, newest_line
from referrals.moves.undoing import has_begun, line_to_take_back, undo
from referrals.moves.waiting import MAY_WAIT, it_came, left_before_closing, tried, tries_of, wait_for
from referrals.moves.with_patient import patient_answers, patient_told

__all__ = [
    "CODE_DIGITS",
    "MAY_WAIT",
    "MoveNotAllowed",
    "NotYet",
    "PlanAsksFirst",
    "ReferralChanged",
    "all_since",
    "answer_question",
    "ask_other_times",
    "back_to_therapist",
    "choose",
    "close",
    "cover",
    "digits_of",
    "enclose",
    "end_cover",
    "end_those_back",
    "fax_it",
    "files_that_may_travel",
    "give_appointment",
    "hand_over",
    "hand_over_many",
    "has_begun",
    "it_came",
    "left_before_closing",
    "line_to_take_back",
    "link_of",
    "link_sleeps",
    "listing_in_words",
    "listing_out_of_date",
    "log_call",
    "look",
    "make_code",
    "may_be_faxed_now",
    "newest_line",
    "no_show",
    "note",
    "of_the_office_before",
    "office_accept",
    "office_ask",
    "office_decline",
    "office_opened",
    "office_was_told",
    "open_plan_steps",
    "patient_answers",
    "patient_told",
    "prepare_letter",
    "propose_times",
    "prove_fax",
    "put_off_many",
    "read_report",
    "ready_to_send",
    "receive_report",
    "redirect",
    "refer",
    "reopen",
    "reports_that_may_travel",
    "seen",
    "send",
    "send_again",
    "send_otherwise",
    "set_next_check",
    "settle_plan_step",
    "take_code",
    "take_time",
    "tried",
    "tries_of",
    "undo",
    "unproven",
    "update_listing",
    "wait_for",
    "wake_link",
    "withdraw",
]
