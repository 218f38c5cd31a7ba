"""Who is told while a patient fills in a form, sends it, leaves it, or comes back."""

from intake.door import form_links, respondents
from intake.emergency.actions import emergency_read
from intake.follow_up import actions as follow_ups
from intake.inviting import actions as inviting
from intake.paper import actions as paper
from intake.questionnaire import actions, after_sending, on_file
from intake.returning import actions as returning
from intake.signing.actions import sign
from referrals.told.cases import ANNOUNCED
from referrals.told.rows import UNDER_MESSAGES, Band, Change, Hears, Mail, Page, Told, Who

REMINDED = Told(Who.PATIENT, Mail("finish_intake"), "after 24 and 72 hours", "it is not sent", otherwise=UNDER_MESSAGES)
OPENS_A_CASE = ANNOUNCED[0]

ROWS = (
    # Begun
    Change(
        "A patient begins a form",
        (actions.start_intake,),
        told=(REMINDED,),
    ),
    Change(
        "Staff invite a new patient",
        (actions.invite_patient,),
        told=(Told(Who.PATIENT, Mail("intake_invitation"), otherwise=UNDER_MESSAGES), REMINDED),
    ),
    Change(
        "Staff invite a patient the clinic knows",
        (returning.invite_again,),
        told=(Told(Who.PATIENT, Mail("intake_invitation"), otherwise=UNDER_MESSAGES), REMINDED),
    ),
    Change(
        "Everybody of a list is invited",
        (inviting.invite_list,),
        told=(Told(Who.PATIENT, Mail("intake_invitation"), otherwise=UNDER_MESSAGES), REMINDED),
    ),
    Change(
        "An invitation is sent again",
        (inviting.send_again,),
        told=(Told(Who.PATIENT, Mail("intake_invitation"), otherwise=UNDER_MESSAGES),),
    ),
    Change(
        "An invitation, or those of a list, are taken back",
        (inviting.take_back, inviting.undo_list),
        nobody="nobody has begun; whoever tries the link reads that it has ended, and our phone number",
    ),
    Change(
        "A patient the clinic knows begins another form, or goes on with one",
        (returning.start_again, returning.go_on),
        told=(REMINDED,),
    ),
    Change(
        "The desk hands out a form on paper",
        (paper.start_on_paper, paper.put_on_paper),
        told=(Told(Who.DESK, Page("paper"), enough="the patient has it in hand, and is not written to about it"),),
        yet="a form on paper that nobody keys in raises nothing",
    ),
    Change(
        "The patient keeps the form for later",
        (form_links.keep_for_later,),
        told=(Told(Who.PATIENT, Mail("intake_link"), otherwise=UNDER_MESSAGES),),
    ),
    Change(
        "Somebody says who answers",
        (respondents.set_respondent,),
        nobody="they say it of themselves; staff read it on the case",
    ),
    Change(
        "The patient changes their details in the form",
        (actions.change_contact,),
        told=(REMINDED,),
    ),
    # Answered
    Change(
        "A page is saved in which nothing alarms",
        (actions.save_page,),
        nobody="it waits for the rest of the form; what alarms opens or changes a case, in the same transaction",
    ),
    Change(
        "An emergency shows on a page",
        (actions.save_page,),
        told=(
            Told(Who.PATIENT, Page("intake_emergency"), enough="a case is open, and it is raised until somebody calls"),
            OPENS_A_CASE,
            Told(Who.MANAGER, Mail("case_needs_you"), "5 minutes later", otherwise=(Hears(Who.STAFF, Band("alarms")),)),
        ),
    ),
    Change(
        "The patient has read the emergency page",
        (emergency_read,),
        nobody="nobody does less by it; therapists read it on the case",
    ),
    Change(
        "A form is left before it could ask about danger",
        (actions.open_cases_for_abandoned,),
        told=(
            Told(
                Who.THERAPIST,
                Page("queue"),
                "after 12 hours",
                otherwise=(Hears(Who.THERAPIST, Mail("case_needs_you")), Hears(Who.STAFF, Band("cases"))),
            ),
        ),
    ),
    # Sent
    Change(
        "The patient signs",
        (sign,),
        nobody="they have just done it; what they signed stands on their page and on the case",
    ),
    Change(
        "The form is sent",
        (actions.submit_intake, actions.sign_and_submit, paper.submit_paper),
        told=(
            Told(Who.PATIENT, Mail("answers_received"), otherwise=UNDER_MESSAGES),
            Told(Who.PATIENT, Page("status"), enough="the next step is ours and has a clock"),
            Told(
                Who.PATIENT,
                Mail("follow_up"),
                "after 2, 6 and 12 weeks, and 3 days later",
                "no emergency",
                otherwise=UNDER_MESSAGES,
            ),
            OPENS_A_CASE,
        ),
    ),
    Change(
        "Answers with a danger come after the form was sent",
        (after_sending.page_after_sending, returning.start_worse_after),
        told=(OPENS_A_CASE,),
    ),
    # Afterwards
    Change(
        "The patient says that they got worse",
        (returning.start_again,),
        told=(
            OPENS_A_CASE,
            Told(Who.PATIENT, Page("status"), enough="a case is open, and it is raised until it is taken"),
        ),
    ),
    Change(
        "Whoever comes back says what on file is still right",
        (on_file.confirm_on_file,),
        nobody="staff read on the case what was confirmed and when; what alarms opens or changes a case as on any page",
    ),
    Change(
        "The patient answers some weeks later, no worse",
        (follow_ups.plan, follow_ups.answer),
        told=(Told(Who.THERAPIST, Page("case"), enough="nothing is asked of anybody"),),
    ),
    Change(
        "The patient answers some weeks later, and is worse",
        (follow_ups.answer,),
        told=(OPENS_A_CASE,),
    ),
    Change(
        "A therapist has seen that it got worse",
        (follow_ups.seen,),
        nobody="the case that it opened goes on",
    ),
)
