"""What the desk can do with a referral, one small form for each move.

`MOVES` is the table: a name in the address, a form that knows its words, when it fits, and the action it calls.
"""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from clinic.files.checks import CheckedFile
from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS, SIGN_REFERRALS
from intake.door.contact import NameField
from referrals import moves as actions
from referrals.desk.calls import CallForm
from referrals.desk.delivery_forms import FaxForm, ProofForm, SendAgainForm, SendOtherwiseForm
from referrals.desk.move_form import MoveForm, NextDateFields, fits_status
from referrals.desk.plan_form import PlanStepForm
from referrals.desk.setting_right_forms import SetRightForm, UndoForm
from referrals.desk.waiting import CameForm, TriedForm, WaitForm
from referrals.models import Appointment, DeclineReason, Referral, ReferralMove, Report
from referrals.moves.forms import AppointmentFields, ReportFields, words_field
from referrals.moves.telling import call_to_make

Status = Referral.Status
What = ReferralMove.What
BY_HAND = [choice for choice in Referral.EndReason.choices if choice[0] != Referral.EndReason.DECIDED_AGAIN]


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
    def fits(cls, referral: Referral) -> bool:
        return True

    def left(self, line: ReferralMove) -> bool:
        return (line.what, line.note) == (self.data.get("what"), self.typed)

    def act(self, *, by: User, saw: int, what: str, words: str) -> Referral:
        return actions.note(self.referral, what=what, words=words, by=by, saw=saw)


class NextDateForm(NextDateFields):
    what_it_does = What.NEXT_DATE
    title, button = "Set the next date", "Set the date"
    lead = "The referral comes back to the top of the list then."
    words = words_field("Why this date?")

    def act(self, *, by: User, saw: int, day: date, at: time, words: str) -> Referral:
        return actions.set_next_check(self.referral, at=self.moment(day, at), words=words, by=by, saw=saw)

    def clean_day(self) -> date:
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = User.objects.filter(is_active=True, locations=self.referral.location)
        able = [user.pk for user in here if user.may(CARRY_REFERRALS) and user.pk != self.referral.owner_id]
        self.fields["to"].queryset = User.objects.filter(pk__in=able)

    def act(self, *, by: User, saw: int, to: User, words: str) -> Referral:
        return actions.hand_over(self.referral, to=to, words=words, by=by, saw=saw)

    def left(self, line: ReferralMove) -> bool:
        carrier = Referral.objects.filter(pk=self.referral.pk).values_list("owner", flat=True).get()
        return super().left(line) and str(carrier) == self.data.get("to")


class RecordAcceptForm(MoveForm):
    what_it_does = What.ACCEPTED
    title, button = "The office accepted by phone or fax", "Record that they accepted"
    words = words_field("Who said so, and what else?", required="Write who said so.")
    fits = fits_status(Status.SENT, Status.OPENED, Status.QUESTION)

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.office_accept(self.referral, note=words, by=by, saw=saw)


class RecordDeclineForm(MoveForm):
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

    def act(self, *, by: User, saw: int, reason: str, words: str) -> Referral:
        return actions.office_decline(self.referral, reason=reason, words=words, by=by, saw=saw)

    def left(self, line: ReferralMove) -> bool:
        return super().left(line) and line.reason == self.data.get("reason")


class AnswerForm(MoveForm):
    what_it_does = What.ANSWERED
    title, button = "Answer the office's question", "Send the answer"
    lead = "The office is told that there is an answer and reads it on its page. Phone it when it presses."
    words = words_field(
        "Your answer", required="Write the answer.", help_text="The office sees these words with your name."
    )
    fits = fits_status(Status.QUESTION)

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.answer_question(self.referral, words=words, by=by, saw=saw)


class EnterAppointmentForm(AppointmentFields, MoveForm):
    what_it_does = What.SCHEDULED
    title, button = "Enter the appointment", "Keep the appointment"
    fits = fits_status(
        Status.SENT, Status.OPENED, Status.QUESTION, Status.ACCEPTED, Status.SCHEDULED, Status.SEEN, Status.NO_SHOW,
        Status.REPORTED,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = f"In the office's time zone, {self.zone.key.replace('_', ' ')}."

    def act(self, *, by: User, saw: int, day: date, at: time, instructions: str) -> Appointment:
        when = self.when(day, at)
        return actions.give_appointment(self.referral, instructions=instructions, by=by, saw=saw, **when)


class SeenForm(MoveForm):
    what_it_does = What.SEEN
    title, button = "The patient was seen", "Record the visit"
    lead = "The report is awaited from now on."
    words = words_field("Who said so?")

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.status == Status.SCHEDULED and actions.has_begun(referral.standing_appointment)

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.seen(self.referral, words=words, by=by, saw=saw)


class NoShowForm(MoveForm):
    what_it_does = What.NO_SHOW
    title, button = "The patient did not come", "Record it"
    lead = "Call the patient next: why, and is a new appointment wanted?"
    words = words_field("What is known?")
    fits = SeenForm.fits

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.no_show(self.referral, words=words, by=by, saw=saw)


class PutInReportForm(ReportFields, MoveForm):
    what_it_does = What.REPORTED
    title, button = "Put in a report that came by fax or mail", "Keep the report"
    lead = "It waits unread until a therapist reads it by name."
    sent_by = NameField(
        label="Who wrote it?", max_length=120, error_messages={"required": "Enter who wrote the report."}
    )
    field_order = ["saw", "sent_by", "file", "words"]

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.may_become(Status.REPORTED) and referral.specialist_id is not None

    def act(self, *, by: User, saw: int, sent_by: str, file: CheckedFile | None, words: str) -> Report:
        return actions.receive_report(self.referral, words=words, file=file, sent_by=sent_by, by=by, saw=saw)


class CloseForm(MoveForm):
    what_it_does = What.CLOSED
    title, button = "Close the referral", "Close it"
    reason = forms.ChoiceField(
        label="How did it end?", widget=forms.RadioSelect, error_messages={"required": "Choose how it ended."}
    )
    words = words_field("In words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_report = self.referral.reports.exists()
        self.fields["reason"].choices = [
            choice for choice in self.reasons() if (choice[0] == "report_read") == with_report
        ]
        if with_report:
            self.fields["reason"].initial = Referral.EndReason.REPORT_READ

    def reasons(self) -> list[tuple[str, str]]:
        """Return how it may end.

        That the patient could not be reached, only after enough tries.
        """
        lost = not actions.left_before_closing(self.referral)
        return [choice for choice in BY_HAND if lost or choice[0] != Referral.EndReason.LOST_CONTACT]

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.may_become(Status.CLOSED) and not referral.reports.unread().exists()

    def act(self, *, by: User, saw: int, reason: str, words: str) -> Referral:
        return actions.close(self.referral, reason=reason, words=words, by=by, saw=saw)


class WithdrawForm(CloseForm):
    what_it_does = What.WITHDRAWN
    title, button, danger = "Withdraw the referral", "Withdraw it", True
    lead = "The office's link stops working at once. Phone the office if it already holds an appointment."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = "Why?"
        self.fields["reason"].choices = [
            choice for choice in self.reasons() if choice[0] not in ("report_read", "seen_no_report")
        ]
        self.fields["reason"].initial = None

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.may_become(Status.WITHDRAWN)

    def act(self, *, by: User, saw: int, reason: str, words: str) -> Referral:
        return actions.withdraw(self.referral, reason=reason, words=words, by=by, saw=saw)


class ReopenForm(MoveForm):
    what_it_does = What.REOPENED
    title, button = "Open the referral again", "Open it again"
    lead = "It starts over: a specialist is chosen and the letter is sent anew."
    words = words_field("Why?", required="Say why it is opened again.")
    fits = fits_status(*Referral.ENDED)

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.reopen(self.referral, words=words, by=by, saw=saw)


class RedirectForm(MoveForm):
    what_it_does = What.REDIRECTED
    title, button = "Choose another office", "Take it back and choose"
    lead = (
        "It stays with the specialty the therapist decided. The link of the office before stops working. What the "
        "patient agreed to and was told, and the authorization, were for that office: you are asked for each again."
    )
    words = words_field("What should be done differently?")

    fits = fits_status(Status.DECLINED, Status.NO_SHOW)

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.redirect(self.referral, words=words, by=by, saw=saw)


class SameSpecialtyForm(RedirectForm):
    title, button = "Keep the specialty: another office", "Give it back to the desk"
    takes = SIGN_REFERRALS
    words = words_field("What should the desk know?")
    fits = fits_status(Status.BACK)


class BackForm(MoveForm):
    what_it_does = What.BACK
    title, button = "Back to the therapist", "Send it to the therapist"
    lead = "The therapist gets a mail, and owns the referral until they have decided. The office's link stops working."
    words = words_field("What did the office say?", required="Write what the office said.")
    fits = fits_status(Status.DECLINED)

    def first_values(self) -> dict[str, Any]:
        declined = self.referral.moves.filter(what=What.DECLINED).last()
        return {"words": f"{declined.get_reason_display()}. {declined.note}".strip()} if declined else {}

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.back_to_therapist(self.referral, words=words, by=by, saw=saw)


class PatientToldForm(MoveForm):
    what_it_does = What.TOLD
    title, button = "The patient knows", "Note it with my name"
    lead = "You have told the patient on the phone."

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return call_to_make(referral) is not None

    def act(self, *, by: User, saw: int) -> Referral:
        return actions.patient_told(self.referral, by=by, saw=saw)


class WakeLinkForm(MoveForm):
    what_it_does = What.LINK_WOKEN
    title, button = "Let the office try its link again", "Give it new tries"
    lead = "Phone the office first and make sure that it was they who mistyped the four digits."

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return actions.link_sleeps(referral)

    def act(self, *, by: User, saw: int) -> Referral:
        return actions.wake_link(self.referral, by=by, saw=saw)


MOVES = {
    "call": CallForm,
    "note": NoteForm,
    "plan": PlanStepForm,
    "send-again": SendAgainForm,
    "send-otherwise": SendOtherwiseForm,
    "fax": FaxForm,
    "proof": ProofForm,
    "next-date": NextDateForm,
    "wait": WaitForm,
    "came": CameForm,
    "tried": TriedForm,
    "hand-over": HandOverForm,
    "accepted": RecordAcceptForm,
    "declined": RecordDeclineForm,
    "answer": AnswerForm,
    "appointment": EnterAppointmentForm,
    "seen": SeenForm,
    "no-show": NoShowForm,
    "undo": UndoForm,
    "listing": SetRightForm,
    "report": PutInReportForm,
    "close": CloseForm,
    "told": PatientToldForm,
    "redirect": RedirectForm,
    "same-specialty": SameSpecialtyForm,
    "back": BackForm,
    "withdraw": WithdrawForm,
    "reopen": ReopenForm,
    "wake-link": WakeLinkForm,
}
