"""What the owner of a referral does next, by where it stands: the title, what to do, the moves offered as buttons."""

from referrals.models import Referral

Status = Referral.Status

NEXT = {
    Status.SENT: (
        "Wait for the office to answer",
        "Nobody there has opened it yet. A link opens with a code: make one below, to read out or to fax. "
        "Did they tell you by phone or fax? Write down what.",
        ("accepted", "declined", "note"),
    ),
    Status.OPENED: (
        "Wait for the office to answer",
        "Somebody there has read it but has not answered. Did they tell you by phone or fax? Write down what.",
        ("accepted", "declined", "note"),
    ),
    Status.QUESTION: (
        "Answer the office's question",
        "Ask the therapist when the question is about the patient's condition.",
        ("answer", "note"),
    ),
    Status.ACCEPTED: (
        "See that an appointment is made",
        "The office has accepted and will give an appointment. Did they tell you by phone? Enter it.",
        ("appointment", "declined", "note"),
    ),
    Status.DECLINED: (
        "Choose another office",
        "The office declined. Take the referral back and choose again, within the specialty the therapist decided.",
        ("redirect", "back"),
    ),
    Status.BACK: (
        "A therapist decides again",
        "The office declined, and a therapist says what now: another specialty, or another office of the same one.",
        ("same-specialty",),
    ),
    Status.SCHEDULED: (
        "See that the patient went",
        "After the appointment, ask the office or the patient whether the visit took place.",
        ("seen", "no-show", "appointment"),
    ),
    Status.SEEN: (
        "Get the report",
        "The patient was seen, and the office writes its report.",
        ("report", "note"),
    ),
    Status.NO_SHOW: (
        "Call the patient",
        "Ask why, and whether a new appointment is wanted. Then enter it, choose another specialist, or close.",
        ("appointment", "redirect", "tried"),
    ),
    Status.REPORTED: ("A therapist reads the report", "It is unread. It cannot be closed before that.", ()),
    Status.CLOSED: ("Nothing: the loop is closed", "", ("reopen",)),
    Status.WITHDRAWN: ("Nothing: it was withdrawn", "", ("reopen",)),
}
# The same once the next date has passed and the office is to be called: the buttons are what may come of the call.
OVERDUE = {
    Status.SENT: (
        "Call the office: it has not opened the referral",
        "Ask whether it arrived, whether they have a code for its link, and whether they take the patient.",
        ("accepted", "declined"),
    ),
    Status.OPENED: (
        "Call the office: it has not answered",
        "They have read it. Ask whether they take the patient.",
        ("accepted", "declined"),
    ),
    Status.ACCEPTED: (
        "Call the office: there is no appointment",
        "They have accepted. Ask for a day and a time.",
        ("appointment", "declined"),
    ),
    Status.SCHEDULED: (
        "Ask whether the patient went",
        "Call the office and ask whether the visit took place.",
        ("seen", "no-show", "appointment"),
    ),
    Status.SEEN: (
        "Call the office: the report has not come",
        "The patient was seen. Ask for the report by the link or by fax.",
        ("report",),
    ),
}
CALL_THE_PATIENT = (
    "Call the patient: no mail tells them in time",
    "Tell them of the appointment below. Then note that they know.",
    ("told", "appointment"),
)
CANNOT_COME = (
    "Find another day: the patient cannot come",
    "They said so on their page. Call the office, free the day and ask for another.",
    ("appointment", "declined"),
)
READ = ("Close the referral", "The report has been read. Tell the patient the plan, then close.", ("close",))
CHOOSE = ("Choose a specialist", "Pick one from the short list, or the one the patient asks for.", ())
CHECK = ("Check the letter", "Read it once as the office will, and say whether the patient agreed.", ())
PLAN = "Get what the plan asks for first"
SEND = ("Send the letter", "Everything is there.", ())
