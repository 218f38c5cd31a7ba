"""What the desk can do with a referral, one small form for each move.

`MOVES` is the table: a name in the address, a form that knows its words, when it fits, and the action it calls.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS
from intake.door.contact import NameField
from referrals import moves as actions
from referrals.models import DeclineReason, Referral, ReferralMove
from referrals.moves import uploads

Status = Referral.Status
What = ReferralMove.What
LONGEST = 4000
DAY = {"required": "Enter a date.", "invalid": "Enter a date such as 2027-03-24."}
CLOCK = {"required": "Enter a time.", "invalid": "Enter a time such as 14:30."}


def words_field(label, *, required="", help_text=""):
    """A few lines of text; `required` is the sentence shown when there are none."""
    return forms.CharField(
        label=label,
        required=bool(required),
        error_messages={"required": required},
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MoveForm(forms.Form):
    """`saw` is the newest history line on the page the person acted from. `apply` calls the action.

    `what_it_does` is the line it leaves in the history, by which a form sent twice is known.
    """

    title = button = lead = what_it_does = ""
    danger = False

    saw = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, referral, **kwargs):
        self.referral = referral
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("saw", actions.newest_line(referral))
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @classmethod
    def fits(cls, referral) -> bool:
        """Whether this is offered in the status the referral has."""
        return referral.is_open

    def apply(self, *, by):
        """Make the move: each form names its action as `act`."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "saw"}
        return self.act(by=by, saw=self.cleaned_data["saw"], **given)


def fits_status(*statuses):
    return classmethod(lambda cls, referral: referral.status in statuses)


class NoteForm(MoveForm):
    what_it_does = What.PHONE
    title, button = "Write down a call, a fax or a note", "Keep the note"
    what = forms.ChoiceField(
        label="What was it?",
        error_messages={"required": "Choose what it was."},
        choices=[(What.PHONE, "Phone call"), (What.FAX, "Fax"), (What.NOTE, "Note")],
        widget=forms.RadioSelect,
        initial=What.PHONE,
    )
    words = words_field(
        "What was said or sent?", required="Write what was said or sent.", help_text="With whom, and what comes next."
    )

    @classmethod
    def fits(cls, referral):
        return True

    def act(self, *, by, saw, what, words):
        return actions.note(self.referral, what=what, words=words, by=by, saw=saw)


class NextDateForm(MoveForm):
    what_it_does = What.NEXT_DATE
    title, button = "Set the next date", "Set the date"
    lead = "The referral comes back to the top of the list then."
    day = forms.DateField(
        label="Look again on", error_messages=DAY, widget=forms.DateInput(attrs={"type": "date", "class": "w-12"})
    )
    at = forms.TimeField(
        label="At",
        error_messages=CLOCK,
        initial=time(9),
        widget=forms.TimeInput(attrs={"type": "time", "class": "w-12"}, format="%H:%M"),
    )
    words = words_field("Why this date?")

    def act(self, *, by, saw, day, at, words):
        moment = datetime.combine(day, at, self.referral.location.zone)
        return actions.set_next_check(self.referral, at=moment, words=words, by=by, saw=saw)

    def clean_day(self):
        day = self.cleaned_data["day"]
        today = timezone.localdate(timezone=self.referral.location.zone)
        if not today <= day <= today + timedelta(days=90):
            raise forms.ValidationError("Choose a date from today up to 90 days ahead.")
        return day


class HandOverForm(MoveForm):
    what_it_does = What.HANDED_OVER
    title, button = "Hand over to a colleague", "Hand over"
    to = forms.ModelChoiceField(
        label="Who carries it from now on?",
        queryset=User.objects.none(),
        empty_label="Choose a colleague",
        error_messages={"required": "Choose a colleague."},
    )
    words = words_field("What should they know?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        here = User.objects.filter(is_active=True, locations=self.referral.location)
        able = [user.pk for user in here if user.may(CARRY_REFERRALS) and user.pk != self.referral.owner_id]
        self.fields["to"].queryset = User.objects.filter(pk__in=able)

    def act(self, *, by, saw, to, words):
        return actions.hand_over(self.referral, to=to, words=words, by=by, saw=saw)


class AcceptForm(MoveForm):
    what_it_does = What.ACCEPTED
    title, button = "The office accepted by phone or fax", "Record that they accepted"
    words = words_field("Who said so, and what else?", required="Write who said so.")
    fits = fits_status(Status.SENT, Status.OPENED, Status.QUESTION)

    def act(self, *, by, saw, words):
        return actions.office_accept(self.referral, note=words, by=by, saw=saw)


class DeclineForm(MoveForm):
    what_it_does = What.DECLINED
    title, button = "The office declined, or does not answer", "Record the decline"
    lead = "After this you choose another specialist."
    reason = forms.ChoiceField(
        label="Why?",
        choices=DeclineReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why."},
    )
    words = words_field("What did they say?")
    fits = fits_status(Status.SENT, Status.OPENED, Status.QUESTION, Status.ACCEPTED, Status.SCHEDULED)

    def act(self, *, by, saw, reason, words):
        return actions.office_decline(self.referral, reason=reason, words=words, by=by, saw=saw)


class AnswerForm(MoveForm):
    what_it_does = What.ANSWERED
    title, button = "Answer the office's question", "Send the answer"
    lead = "The office is told that there is an answer and reads it on its page. Phone it when it presses."
    words = words_field(
        "Your answer", required="Write the answer.", help_text="The office sees these words with your name."
    )
    fits = fits_status(Status.QUESTION)

    def act(self, *, by, saw, words):
        return actions.answer_question(self.referral, words=words, by=by, saw=saw)


class AppointmentForm(MoveForm):
    what_it_does = What.SCHEDULED
    title, button = "Enter the appointment", "Keep the appointment"
    day = forms.DateField(
        label="Date", error_messages=DAY, widget=forms.DateInput(attrs={"type": "date", "class": "w-12"})
    )
    at = forms.TimeField(
        label="Time",
        error_messages=CLOCK,
        widget=forms.TimeInput(attrs={"type": "time", "class": "w-12"}, format="%H:%M"),
    )
    instructions = words_field("What should the patient bring or know?")
    fits = fits_status(
        Status.SENT, Status.OPENED, Status.QUESTION, Status.ACCEPTED, Status.SCHEDULED, Status.SEEN, Status.NO_SHOW,
        Status.REPORTED,
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = f"In the office's time zone, {zone_of(self.referral).key.replace('_', ' ')}."

    def clean_day(self):
        day = self.cleaned_data["day"]
        today = timezone.localdate(timezone=zone_of(self.referral))
        if not today <= day <= today + timedelta(days=730):
            raise forms.ValidationError("Enter a date from today up to two years ahead.")
        return day

    def act(self, *, by, saw, day, at, instructions):
        zone = zone_of(self.referral)
        return actions.give_appointment(
            self.referral,
            starts_at=datetime.combine(day, at, zone),
            time_zone=zone.key,
            instructions=instructions,
            by=by,
            saw=saw,
        )


def zone_of(referral) -> ZoneInfo:
    """The clock of the specialist's office."""
    return ZoneInfo(referral.specialist.time_zone)


class SeenForm(MoveForm):
    what_it_does = What.SEEN
    title, button = "The patient was seen", "Record the visit"
    lead = "The report is awaited from now on."
    words = words_field("Who said so?")
    fits = fits_status(Status.SCHEDULED)

    def act(self, *, by, saw, words):
        return actions.seen(self.referral, words=words, by=by, saw=saw)


class NoShowForm(MoveForm):
    what_it_does = What.NO_SHOW
    title, button = "The patient did not come", "Record it"
    lead = "Call the patient next: why, and is a new appointment wanted?"
    words = words_field("What is known?")
    fits = fits_status(Status.SCHEDULED)

    def act(self, *, by, saw, words):
        return actions.no_show(self.referral, words=words, by=by, saw=saw)


class ReportForm(MoveForm):
    what_it_does = What.REPORTED
    title, button = "Put in a report that came by fax or mail", "Keep the report"
    lead = "It waits unread until a therapist reads it by name."
    sent_by = NameField(
        label="Who wrote it?", max_length=120, error_messages={"required": "Enter who wrote the report."}
    )
    file = forms.FileField(
        label="The report as a file",
        required=False,
        help_text=f"PDF, JPEG or PNG, up to {uploads.MOST_BYTES // 2**20} MB.",
        widget=forms.FileInput(attrs={"accept": uploads.ACCEPT}),
    )
    words = words_field("Or in words")

    @classmethod
    def fits(cls, referral):
        return referral.may_become(Status.REPORTED) and referral.specialist_id is not None

    def clean_file(self):
        return checked(self.cleaned_data["file"])

    def clean(self):
        given = super().clean()
        wrong = "file" in self.errors or "words" in self.errors
        if not wrong and not given.get("file") and not given.get("words", "").strip():
            self.add_error("file", "Add the report as a file, or write it below.")
        return given

    def act(self, *, by, saw, sent_by, file, words):
        return actions.receive_report(self.referral, words=words, file=file, sent_by=sent_by, by=by, saw=saw)


def checked(upload):
    """The upload as a CheckedFile, or an error at the field."""
    if not upload:
        return None
    try:
        return uploads.check(upload)
    except uploads.NotUsable as error:
        raise forms.ValidationError(error.words) from error


class CloseForm(MoveForm):
    what_it_does = What.CLOSED
    title, button = "Close the referral", "Close it"
    reason = forms.ChoiceField(
        label="How did it end?", widget=forms.RadioSelect, error_messages={"required": "Choose how it ended."}
    )
    words = words_field("In words")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        with_report = self.referral.reports.exists()
        self.fields["reason"].choices = [
            choice for choice in Referral.EndReason.choices if (choice[0] == "report_read") == with_report
        ]
        if with_report:
            self.fields["reason"].initial = Referral.EndReason.REPORT_READ

    @classmethod
    def fits(cls, referral):
        return referral.may_become(Status.CLOSED) and not referral.reports.unread().exists()

    def act(self, *, by, saw, reason, words):
        return actions.close(self.referral, reason=reason, words=words, by=by, saw=saw)


class WithdrawForm(CloseForm):
    what_it_does = What.WITHDRAWN
    title, button, danger = "Withdraw the referral", "Withdraw it", True
    lead = "The office's link stops working at once. Phone the office if it already holds an appointment."

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Why?"
        self.fields["reason"].choices = [
            choice for choice in Referral.EndReason.choices if choice[0] not in ("report_read", "seen_no_report")
        ]
        self.fields["reason"].initial = None

    @classmethod
    def fits(cls, referral):
        return referral.may_become(Status.WITHDRAWN)

    def act(self, *, by, saw, reason, words):
        return actions.withdraw(self.referral, reason=reason, words=words, by=by, saw=saw)


class ReopenForm(MoveForm):
    what_it_does = What.REOPENED
    title, button = "Open the referral again", "Open it again"
    lead = "It starts over: a specialist is chosen and the letter is sent anew."
    words = words_field("Why?", required="Say why it is opened again.")
    fits = fits_status(*Referral.ENDED)

    def act(self, *, by, saw, words):
        return actions.reopen(self.referral, words=words, by=by, saw=saw)


class RedirectForm(MoveForm):
    what_it_does = What.REDIRECTED
    title, button = "Choose another specialist", "Take it back and choose"
    lead = "The link of the office before stops working."
    words = words_field("What should be done differently?")
    fits = fits_status(Status.DECLINED, Status.NO_SHOW)

    def act(self, *, by, saw, words):
        return actions.redirect(self.referral, words=words, by=by, saw=saw)


class WakeLinkForm(MoveForm):
    what_it_does = What.LINK_WOKEN
    title, button = "Let the office try its link again", "Give it new tries"
    lead = "Phone the office first and make sure that it was they who mistyped the four digits."

    @classmethod
    def fits(cls, referral):
        return actions.link_sleeps(referral)

    def act(self, *, by, saw):
        return actions.wake_link(self.referral, by=by, saw=saw)


MOVES = {
    "note": NoteForm,
    "next-date": NextDateForm,
    "hand-over": HandOverForm,
    "accepted": AcceptForm,
    "declined": DeclineForm,
    "answer": AnswerForm,
    "appointment": AppointmentForm,
    "seen": SeenForm,
    "no-show": NoShowForm,
    "report": ReportForm,
    "close": CloseForm,
    "redirect": RedirectForm,
    "withdraw": WithdrawForm,
    "reopen": ReopenForm,
    "wake-link": WakeLinkForm,
}
