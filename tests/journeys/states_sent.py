"""The states of a patient's pages once a form was sent. The others, and how to read them, are in `states.py`."""

from intake.models import Intake, Urgency
from referrals.models import Referral
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.journeys import happenings as then
from tests.journeys.said import ABOUT, BEGUN, BOTH_DANGERS, GOAL, LONG, NO_PHONE, NOWHERE, SELF_HARM

A_SENT_FORM = {
    "status/done": {
        "routine": lambda ada: ada.sent().opens("intake_done"),
        "without an address": lambda ada: ada.is_somebody(**NOWHERE).sent().opens("intake_done"),
        "danger signs no rule used": lambda ada: ada.sent().does(then.named_danger_signs).opens("intake_done"),
        "soon": lambda ada: ada.sent(FOOT_DROP).added_files("a.pdf").opens("intake_done"),
        "urgent": lambda ada: ada.sent(TEMPLE_HEADACHE).opens("intake_done"),
        "urgent, while closed": lambda ada: ada.sent(TEMPLE_HEADACHE).while_closed().opens("intake_done"),
        "emergency": lambda ada: ada.sent(BOTH_DANGERS).opens("intake_done"),
        "got worse": lambda ada: ada.sent().does(then.sent_that_it_is_worse).opens("intake_done"),
        "no phone number": lambda ada: ada.is_somebody(**NO_PHONE).sent(FOOT_DROP).opens("intake_done"),
        "urgent, no phone number": lambda ada: (
            ada.is_somebody(**NO_PHONE).sent(TEMPLE_HEADACHE).while_closed().opens("intake_done")
        ),
        "a visit is asked for": lambda ada: ada.sent().asked_for_a_visit().opens("intake_done"),
        "a visit is booked": lambda ada: ada.sent().got_a_visit().opens("intake_done"),
    },
    "status/received": {
        "opened later": lambda ada: ada.sent().opened_it_later().opens("intake_done"),
        "urgent": lambda ada: ada.sent(TEMPLE_HEADACHE).opened_it_later().opens("intake_done"),
    },
    "questionnaire/not_saved": {
        "where it was sent": lambda ada: (
            ada.fills_in().opens_questions(ABOUT).does(then.sent_meanwhile).presses().and_gets(409)
        ),
    },
    "returning/worse": {
        "from the last page": lambda ada: ada.sent().opens("intake_worse"),
        "from the status page": lambda ada: ada.sent().opens_status("status_worse"),
        "no phone number": lambda ada: ada.is_somebody(**NO_PHONE).sent().opens_status("status_worse"),
    },
    "returning/again": {"asked": lambda ada: ada.sent().opens_status("again")},
    "follow_up/questions": {
        "with an activity": lambda ada: ada.sent(GOAL).does(then.is_asked_how_it_goes).opens_status("follow_up"),
        "without one": lambda ada: ada.sent().does(then.is_asked_how_it_goes).opens_status("follow_up"),
        "with errors": lambda ada: (
            ada.sent(GOAL).does(then.is_asked_how_it_goes).opens_status("follow_up").is_refused()
        ),
    },
    "follow_up/results": {
        "nothing was asked": lambda ada: ada.sent().opens_status("follow_up"),
        "answered, a week missed": lambda ada: ada.sent(GOAL).does(then.said_how_it_goes).opens_status("follow_up"),
        "answered, no activity": lambda ada: ada.sent().does(then.said_how_it_goes).opens_status("follow_up"),
    },
    "visits/ask": {
        "before the questions": lambda ada: ada.fills_in(BEGUN).opens("intake_appointment"),
        "with errors": lambda ada: ada.fills_in(BEGUN).opens("intake_appointment").is_refused(),
        "asked": lambda ada: ada.fills_in(BEGUN).asked_for_a_visit(words="Mornings.").opens("intake_appointment"),
        "asked, no phone number": lambda ada: (
            ada.is_somebody(**NO_PHONE).fills_in(BEGUN).asked_for_a_visit().opens("intake_appointment")
        ),
        "to be changed": lambda ada: ada.sent().asked_for_a_visit().opens("intake_appointment", query="?change"),
        "taken back": lambda ada: (
            ada.sent().asked_for_a_visit().opens("intake_appointment").presses('[name="withdraw"]')
        ),
        "one is booked": lambda ada: ada.sent().got_a_visit().opens_status("status_appointment"),
        "one is booked, another asked for": lambda ada: (
            ada.sent().got_a_visit().asked_for_a_visit(days=[], times=[]).opens_status("status_appointment")
        ),
    },
    "visits/not_now": {
        "urgent": lambda ada: ada.sent(TEMPLE_HEADACHE).opens("intake_appointment"),
        "urgent, while closed": lambda ada: ada.sent(TEMPLE_HEADACHE).while_closed().opens("intake_appointment"),
        "staff say urgent": lambda ada: (
            ada.sent().whose_case(urgency=Urgency.URGENT).opens_status("status_appointment")
        ),
        "emergency": lambda ada: ada.sent(BOTH_DANGERS).opens_status("status_appointment"),
        "staff say emergency": lambda ada: (
            ada.sent().whose_case(urgency=Urgency.EMERGENCY).opens_status("status_appointment")
        ),
        "urgent meanwhile": lambda ada: (
            ada.sent()
            .opens("intake_appointment")
            .does(lambda ada: ada.whose_case(urgency=Urgency.URGENT))
            .presses()
            .and_gets(409)
        ),
    },
}

THE_STATUS_PAGE = {
    "status/status": {
        "nothing was ever sent": lambda ada: ada.is_somebody().opens_status(),
        "a form is not sent yet": lambda ada: ada.fills_in().opens_status(),
        "a therapist will look": lambda ada: ada.sent(HEEL_PAIN).opens_status(),
        "a therapist looks": lambda ada: ada.sent().whose_case_is_taken().opens_status(),
        "a second therapist looks": lambda ada: (
            ada.sent().whose_case_is_taken().whose_case(status="second_look", held_until=None).opens_status()
        ),
        "decided": lambda ada: ada.is_somebody(**NOWHERE).sent().does(then.was_decided).opens_status(),
        "late": lambda ada: ada.sent().does(then.is_late).opens_status(),
        "urgent and late": lambda ada: ada.sent(TEMPLE_HEADACHE).does(then.is_late).opens_status(),
        "staff say urgent": lambda ada: ada.sent().whose_case(urgency=Urgency.URGENT).opens_status(),
        "urgent, no phone number": lambda ada: (
            ada.is_somebody(**NO_PHONE).sent().whose_case(urgency=Urgency.URGENT).opens_status()
        ),
        "911": lambda ada: ada.sent(SADDLE_NUMBNESS).opens_status(),
        "988, and called": lambda ada: ada.sent(SELF_HARM).does(then.was_called).opens_status(),
        "got worse": lambda ada: ada.sent().does(then.begins_again(Intake.Occasion.WORSE)).opens_status(),
        "how it goes is asked": lambda ada: ada.sent(GOAL).does(then.is_asked_how_it_goes).opens_status(),
        "how it goes was said": lambda ada: ada.sent(GOAL).does(then.said_how_it_goes).opens_status(),
        "a visit is asked for": lambda ada: ada.sent().asked_for_a_visit(words="Mornings.").opens_status(),
        "a visit is booked": lambda ada: ada.sent().got_a_visit().opens_status(),
        "a visit was answered": lambda ada: (
            ada.sent()
            .asked_for_a_visit(state="closed", answer="Please call.", answered_by=ada.therapist)
            .opens_status()
        ),
        "an appointment at an office": lambda ada: ada.is_somebody().does(then.goes_to_an_office).opens_status(),
        "every state of a referral": lambda ada: (
            ada.is_somebody(**LONG).does(then.is_referred(*Referral.Status)).opens_status()
        ),
        "is anybody there": lambda ada: ada.sent().is_idle_after(1.9).opens_status().is_warned(),
    },
    "status/answers": {
        "none": lambda ada: ada.is_somebody().opens_status("status_answers"),
        "sent and not sent": lambda ada: ada.sent().fills_in().opens_status("status_answers"),
    },
    "status/files": {
        "nothing yet": lambda ada: ada.sent().opens_status("status_files"),
        "some": lambda ada: ada.sent().added_files("a.pdf", **then.INFECTED).opens_status("status_files"),
        "as many as can be": lambda ada: ada.sent().added_files(*then.MANY).opens_status("status_files"),
        "with an error": lambda ada: ada.sent().opens_status("status_files").is_refused(),
    },
    "status/looked": {
        "once": lambda ada: ada.sent().opens_status("status_looked"),
        "often": lambda ada: ada.sent().does(then.was_looked_at).opens_status("status_looked"),
        "the last page": lambda ada: ada.sent().does(then.was_looked_at).opens_status("status_looked", "?page=2"),
    },
    "status/mails": {
        "all of them": lambda ada: ada.sent().opens_status("status_mails"),
        "some are off": lambda ada: ada.sent().does(then.wants_no_reminders).opens_status("status_mails"),
    },
    "status/left": {
        "closed": lambda ada: ada.sent().opens_status().presses('form[action$="/leave/"] button'),
        "without an address": lambda ada: (
            ada.is_somebody(**NOWHERE).sent().opens_status().presses('form[action$="/leave/"] button')
        ),
    },
    "door/link": {
        "after sending from a page of somebody else": lambda ada: (
            ada.sent().opened_it_later().opens_status("again").does(then.another_page_is_opened).presses().and_gets(403)
        )
    },
}
