"""What patients read about every state their case or referral can be in. One table each; a test misses no state.

Nothing here names a condition. Words for what must happen next go with who owes it.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from intake.emergency.calling import can_be_called
from intake.models import AppointmentRequest, Case, Contact, Decision, Patient, Urgency
from referrals.models import Referral, ReferralMove

Status = Referral.Status
End = Referral.EndReason
What = ReferralMove.What

THERAPIST = _("a therapist at our clinic")
CLINIC = _("our front desk")
OFFICE = _("the other office")
YOU = _("you")


@dataclass(frozen=True)
class Words:
    """`title` is the next step, `text` what it means for the patient, `owner` who owes it.

    `without_phone`: the words in its place for a patient whom nobody can call.
    """

    title: str
    text: str
    owner: str
    without_phone: "Words | None" = None

    def said_to(self, patient: Patient) -> "Words":
        return self if self.without_phone is None or can_be_called(patient) else self.without_phone


# The review at the clinic --------------------------------------------------------------------------------------------

CASES = {
    Case.Status.WAITING: Words(
        _("A therapist looks at your answers"),
        _("We have your answers. You do not have to send them again."),
        THERAPIST,
    ),
    Case.Status.IN_REVIEW: Words(
        _("A therapist decides what comes next"),
        _("A therapist has your answers and is going through them."),
        THERAPIST,
    ),
    Case.Status.SECOND_LOOK: Words(
        _("A second therapist looks at your answers"),
        _("Two therapists check them, to be sure."),
        THERAPIST,
    ),
    Case.Status.DECIDED: Words(
        _("You plan your visit with us"),
        _("A therapist has gone through your answers. Ask for a visit, or call us."),
        YOU,
    ),
}
DECIDED_AS = {  # in a tier that is told by phone, a visit with us is not what comes first
    Urgency.EMERGENCY: Words(
        _("You do what we told you"),
        _("Not sure what to do, or did we not reach you? Call us. Call us too before you plan a visit with us."),
        YOU,
    ),
    Urgency.URGENT: Words(
        _("You do what we told you"),
        _("Not sure what to do, or did we not reach you? Call us. After that, ask for a visit, or call us."),
        YOU,
    ),
}
AHEAD_OF_CASES = {  # what follows the step above; what is decided is not known yet
    Case.Status.WAITING: (_("A therapist decides what comes next"), _("Your page says what you do next")),
    Case.Status.IN_REVIEW: (_("Your page says what you do next"),),
    Case.Status.SECOND_LOOK: (_("Your page says what you do next"),),
}
NOT_TOLD = {  # the contact log holds no advice, so no page says that there was any
    Urgency.EMERGENCY: Words(
        _("You get help now"),
        _("A therapist wants you to call 911 or go to the emergency room now. Not sure what to do? Call us."),
        YOU,
    ),
    Urgency.URGENT: Words(
        _("You call us today"),
        _("A therapist decided what comes next. Call us today, and we tell you. Do not wait if you get worse."),
        YOU,
    ),
}
BECOMES = {  # what is next for the patient by the outcome of the decision, where no tier says more
    Decision.Outcome.MORE: Words(
        _("We wait for something we need to know"),
        _("A therapist needs to know more before we go on. If we need it from you, please call us."),
        CLINIC,
    ),
    Decision.Outcome.CLOSED: Words(
        _("You call us if you need us"),
        _("Nothing is planned from our side. Do you still need help? Ask for a visit, or call us."),
        YOU,
    ),
}
NOT_REACHED = Words(
    _("You call us"),
    _("We tried to reach you and did not. Nothing is planned from our side. Please call us."),
    YOU,
)
DOUBLED = Words(
    _("We go on with your other form"),
    _("We have two forms from you, and go on with the other one. Did you want something else? Call us."),
    CLINIC,
)
NOT_SENT = Words(
    _("A therapist calls you"),
    _("Your form is not sent yet, so we call you about it. You can still finish it."),
    THERAPIST,
    without_phone=Words(
        _("You call us"),
        _("Your form is not sent yet, and we have no phone number for you. When you call, we add it."),
        YOU,
    ),
)
CALLS = Words(
    _("A therapist calls you"),
    _("Keep your phone near. Do not wait for our call if you get worse."),
    THERAPIST,
    without_phone=Words(_("You call us"), _("We have no phone number for you. When you call, we add it."), YOU),
)
CONTACTS = {
    Contact.Outcome.REACHED: _("We spoke with you"),
    Contact.Outcome.REACHED_OTHER: _("We called and spoke with somebody close to you"),
    Contact.Outcome.MESSAGE: _("We called and left a message. Please call us back."),
    Contact.Outcome.NO_ANSWER: _("We called and did not reach you. Please call us."),
    Contact.Outcome.WELFARE_CHECK: _("We did not reach you and asked for help to find you. Please call us."),
}
WROTE = _("We wrote to you. Please call us back.")  # nobody called
MET = {
    Contact.Outcome.REACHED: _("We spoke with you in person"),
    Contact.Outcome.REACHED_OTHER: _("We spoke in person with somebody close to you"),
    Contact.Outcome.NO_ANSWER: _("We came to see you and did not reach you. Please call us."),
}
REQUESTS = {
    AppointmentRequest.State.ASKED: Words(
        _("We answer your request for a visit"), _("You asked us for a visit. We look for a time."), CLINIC
    ),
    AppointmentRequest.State.BOOKED: Words(
        _("You come to your visit with us"), _("Cannot come? Call us, and we find another time."), YOU
    ),
    AppointmentRequest.State.CLOSED: None,
}


def of_contact(contact: Contact) -> str:
    """Return what the patient reads of one entry of the contact log."""
    if contact.channel in Contact.WRITTEN:
        return WROTE
    if contact.channel == Contact.Channel.IN_PERSON and contact.outcome in MET:
        return MET[contact.outcome]
    return CONTACTS[contact.outcome]


# A referral ----------------------------------------------------------------------------------------------------------

REFERRALS = {
    Status.DRAFT: Words(
        _("We write to another office"),
        _("A therapist wants a specialist to see you. We choose an office and write to it."),
        CLINIC,
    ),
    Status.SENT: Words(
        _("The other office answers us"),
        _("Our letter about you is sent. If the office does not answer in time, we call it."),
        OFFICE,
    ),
    Status.OPENED: Words(
        _("The other office answers us"),
        _("The office has our letter. If it does not answer in time, we call it."),
        OFFICE,
    ),
    Status.QUESTION: Words(
        _("We answer a question of the other office"),
        _("The office asked us something. If we need to know it from you, we call you."),
        CLINIC,
        without_phone=Words(
            _("We answer a question of the other office"),
            _("The office asked us something. We have no phone number for you, so please call us. We may need you."),
            CLINIC,
        ),
    ),
    Status.ACCEPTED: Words(
        _("The other office gives you a day"),
        _("The office will see you. If there is no day in time, we call it."),
        OFFICE,
    ),
    Status.DECLINED: Words(
        _("We look for another office"),
        _("The office cannot see you. You do not have to do anything."),
        CLINIC,
    ),
    Status.BACK: Words(
        _("A therapist decides what comes next"),
        _("The office cannot see you. A therapist looks at it again. You do not have to do anything."),
        THERAPIST,
    ),
    Status.SCHEDULED: Words(
        _("You go to your appointment"),
        _("Can you come? Say so below, or tell us that you cannot. We find another day."),
        YOU,
    ),
    Status.SEEN: Words(
        _("The other office writes to us"),
        _("You were seen. If its report does not come in time, we ask for it."),
        OFFICE,
    ),
    Status.NO_SHOW: Words(
        _("We call you about a new day"),
        _("We heard that the visit did not take place. You can also call us."),
        CLINIC,
        without_phone=Words(
            _("We look for a new day with you"),
            _("We heard that the visit did not take place. We have no phone number for you, so please call us."),
            CLINIC,
        ),
    ),
    Status.REPORTED: Words(
        _("A therapist reads the report"),
        _("The report of the other office is here. We tell you what it means for you."),
        THERAPIST,
    ),
    Status.CLOSED: Words(_("This is finished"), "", ""),
    Status.WITHDRAWN: Words(_("This was stopped"), "", ""),
}
_SEEN = (_("You go to your appointment"), _("The other office writes to us"), _("A therapist reads the report"))
AHEAD_OF_REFERRALS = {
    Status.DRAFT: (_("The other office gives you a day"), *_SEEN),
    Status.SENT: (_("The other office gives you a day"), *_SEEN),
    Status.OPENED: (_("The other office gives you a day"), *_SEEN),
    Status.QUESTION: (_("The other office gives you a day"), *_SEEN),
    Status.ACCEPTED: _SEEN,
    Status.DECLINED: (_("The other office gives you a day"), *_SEEN),
    Status.BACK: (_("The other office gives you a day"), *_SEEN),
    Status.SCHEDULED: _SEEN[1:],
    Status.SEEN: _SEEN[2:],
    Status.NO_SHOW: _SEEN,
}
UNDELIVERED = Words(
    _("We see that the other office gets our letter"),
    _("Our email to it did not arrive. You do not have to do anything."),
    CLINIC,
)
AFTER_THE_DAY = Words(
    _("We ask how it went"),
    _("The day of your appointment has come. We ask you or the office if you were seen."),
    CLINIC,
)
TOLD_BY_PHONE = Words(
    _("We call you about your appointment"),
    _("It is new or has changed, and it is soon. You can read it below."),
    CLINIC,
    without_phone=Words(
        _("Please call us about your appointment"),
        _("It is new or has changed, and it is soon. You can read it below. We have no phone number for you."),
        CLINIC,
    ),
)
CONFIRMED = Words(
    _("You go to your appointment"),
    _("You told us that you come. Is that no longer so? Tell us below."),
    YOU,
)
CANNOT_COME = Words(
    _("We find another day"),
    _("You told us that you cannot come. We call the other office, and tell you the new day."),
    CLINIC,
)
WAITS = Words(
    _("We wait for something we need"),
    _("Something is missing before we go on. If we need it from you, please call us."),
    CLINIC,
)
READ = Words(
    _("We tell you what comes next"),
    _("A therapist has read the report of the other office."),
    CLINIC,
)
ENDED = {
    End.REPORT_READ: _("The report came, and a therapist has read it."),
    End.SEEN_NO_REPORT: _("You were seen. The office sends no report."),
    End.PATIENT_DECLINED: _("You decided against it. Did you change your mind? Call us."),
    End.LOST_CONTACT: _("We could not reach you. Please call us."),
    End.SEEN_ELSEWHERE: _("You were seen somewhere else."),
    End.NOT_NEEDED: _("It is no longer needed. Do you see it differently? Call us."),
    End.MADE_IN_ERROR: _("It was started by mistake. You do not have to do anything."),
    End.DECIDED_AGAIN: _("A therapist decided again. We write to another office in its place."),
}
MOVES = {  # None: the patient need not read it
    What.STARTED: _("A therapist asked for a specialist to see you"),
    What.CHOSEN: None,
    What.LETTER: None,
    What.SENT: _("We wrote to the other office"),
    What.OPENED: None,
    What.ACCEPTED: _("The office will see you"),
    What.DECLINED: _("The office cannot see you"),
    What.ASKED: _("The office asked us a question"),
    What.ANSWERED: _("We answered the office"),
    What.SCHEDULED: _("You got an appointment"),
    What.SEEN: _("You were seen"),
    What.NO_SHOW: _("The visit did not take place"),
    What.REPORTED: _("The report of the office came"),
    What.READ: _("A therapist read the report"),
    What.REDIRECTED: _("We began to look for another office"),
    What.CLOSED: _("Finished"),
    What.WITHDRAWN: _("Stopped"),
    What.REOPENED: _("We took it up again"),
    What.PHONE: None,
    What.FAX: None,
    What.NOTE: None,
    What.NEXT_DATE: None,
    What.HANDED_OVER: None,
    What.LINK_WOKEN: None,
    What.BACK: _("A therapist was asked what comes next"),
    What.TOLD: _("We told you on the phone"),
    What.CONFIRMED: _("You told us that you come"),
    What.CANNOT_COME: _("You told us that you cannot come"),
    What.UNDELIVERED: None,
    What.WENT: None,
    What.SENT_AGAIN: _("We wrote to the other office"),
    What.OFFICE_TOLD: None,
    What.LISTING: None,
    What.WAITS: None,
    What.CAME: None,
    What.PROPOSED: None,
    What.OTHER_TIMES: None,
    What.TRIED: _("We tried to reach you. Please call us."),
    What.UNDONE: _("We took that back, and ask again if you were seen"),
}
BAD_NEWS = (What.DECLINED, What.NO_SHOW)
