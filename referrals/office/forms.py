"""What a specialist's office fills in: who they are, and their answers. Every word goes through gettext."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.contact.phones import plain
from clinic.files.checks import CheckedFile
from clinic.web.forms import ClockField, DayField, FieldsOnly
from intake.door.contact import NameField
from referrals import moves as actions
from referrals.models import Appointment, DeclineReason, ProposedTime, Referral, ReferralMove, Report
from referrals.moves.forms import FURTHEST, AppointmentFields, FileFields, ReferralForm, ReportFields, words_field
from referrals.moves.proposals import in_words as times_in_words
from referrals.office.stages import OPEN_TO_OFFICE

Status = Referral.Status
What = ReferralMove.What


class OpenForm(forms.Form):
    """Name and code; on a computer that is known, the name alone.

    It never says whether a link exists, or which number is on file.
    """

    person = NameField(
        label=_("Your name and role"),
        help_text=_("Such as: Ellen Park, RN. It is kept with your answer."),
        error_messages={"required": _("Enter your name and role.")},
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits. They are on a fax from us, or we read them out when you call."),
        error_messages={"required": _("Enter the six digits of the code, such as 204 518.")},
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-8", "inputmode": "numeric", "autocomplete": "off"}),
    )
    ours = forms.BooleanField(
        label=_("This computer is our office's. Ask for no code here for 60 days."), required=False
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["code"], self.fields["ours"]
        self.helper = FieldsOnly(self)

    def clean_code(self) -> str:
        digits = "".join(sign for sign in plain(self.cleaned_data["code"]) if sign.isdecimal())
        if len(digits) != actions.CODE_DIGITS:
            raise forms.ValidationError(_("Enter the six digits of the code, such as 204 518."))
        return digits


class OfficeForm(ReferralForm):
    """What an office answers. `apply` calls the action."""

    title = button = done = ""

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.may_become(cls.to)

    def apply(self, *, person: str) -> Any:
        return self.act(office=person, **self.cleaned_data)


class AcceptForm(OfficeForm):
    what_it_does = What.ACCEPTED
    title, button = _("Accept this referral"), _("Accept")
    done = _("You accepted the referral. The patient's details and the letter are open to you now.")
    to = Status.ACCEPTED

    def act(self, *, office: str, saw: int) -> Referral:
        return actions.office_accept(self.referral, office=office, saw=saw)


class DeclineForm(OfficeForm):
    what_it_does = What.DECLINED
    title, button = _("Decline this referral"), _("Decline")
    done = _("You declined the referral. The clinic looks for another specialist. Thank you for telling them.")
    to = Status.DECLINED
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[choice for choice in DeclineReason.choices if choice[0] != DeclineReason.NO_ANSWER],
        error_messages={"required": _("Choose why.")},
        widget=forms.RadioSelect,
    )
    words = words_field(_("Anything the clinic should know?"))

    def left(self, line: ReferralMove) -> bool:
        """Say whether the line gives the reason that was sent, too."""
        return super().left(line) and line.reason == self.data.get("reason")

    def act(self, *, office: str, saw: int, reason: str, words: str) -> Referral:
        return actions.office_decline(self.referral, reason=reason, words=words, office=office, saw=saw)


class AskForm(FileFields, OfficeForm):
    what_it_does = What.ASKED
    title, button = _("Ask the clinic a question"), _("Ask")
    done = _("Your question is with the clinic. You get an email when it is answered.")
    to = Status.QUESTION
    words = words_field(_("Your question"), required=_("Write your question."))
    field_order = ("saw", "words", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("A file with it, if you have one")

    def act(self, *, office: str, saw: int, words: str, file: CheckedFile | None) -> Referral:
        return actions.office_ask(self.referral, words=words, file=file, office=office, saw=saw)


class GiveAppointmentForm(AppointmentFields, OfficeForm):
    what_it_does = What.SCHEDULED
    title, button = _("Give an appointment"), _("Give this appointment")
    done = _("The appointment is kept, and the clinic sees it.")
    to = Status.SCHEDULED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = _("On your office's clock (%(zone)s).") % {
            "zone": timezone.now().astimezone(self.zone).tzname()
        }

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        """Only an office that accepted knows whom the appointment is for."""
        return referral.status in OPEN_TO_OFFICE and referral.may_become(Status.SCHEDULED)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        day, at = given.get("day"), given.get("at")
        if day and at and self.when(day, at)["starts_at"] <= timezone.now():
            self.add_error("at", _("This time is over. Enter a time in the future."))
        return given

    def act(self, *, office: str, saw: int, day: date, at: time, instructions: str) -> Appointment:
        when = self.when(day, at)
        return actions.give_appointment(self.referral, instructions=instructions, office=office, saw=saw, **when)


MORE_TIMES = {"2": (_("Second date"), _("Second time")), "3": (_("Third date"), _("Third time"))}


def _ahead(number: str) -> tuple[DayField, ClockField]:
    """Return the fields of one more time that may be proposed."""
    return DayField(label=MORE_TIMES[number][0], required=False), ClockField(
        label=MORE_TIMES[number][1], required=False
    )


class ProposeTimesForm(AppointmentFields, OfficeForm):
    """Up to three times to choose from; the first is needed."""

    what_it_does = What.PROPOSED
    title, button = _("Propose times to choose from"), _("Propose these times")
    done = _("Your times are with the clinic. It asks the patient and takes one; you get an email when it has.")
    to = Status.SCHEDULED
    day_2, at_2 = _ahead("2")
    day_3, at_3 = _ahead("3")
    field_order = ("saw", "day", "at", "day_2", "at_2", "day_3", "at_3", "instructions")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = _("On your office's clock (%(zone)s).") % {
            "zone": timezone.now().astimezone(self.zone).tzname()
        }

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.status in Referral.TIMES_STAND_IN

    def first_values(self) -> dict[str, Any]:
        """Start from nothing: they are other times than the one that stands."""
        return {}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for number in ("", "_2", "_3"):
            self._check(given.get(f"day{number}"), given.get(f"at{number}"), number)
        times = self._times(given)
        if len(set(times)) < len(times):
            self.add_error(None, _("Two of these times are the same."))
        return given

    def _check(self, day: date | None, at: time | None, number: str) -> None:
        if day and at:
            now = timezone.now()
            if not now < self.when(day, at)["starts_at"] <= now + FURTHEST:
                self.add_error(f"at{number}", _("Enter a time in the future, within two years."))
        elif number and (day or at) and not {f"day{number}", f"at{number}"} & set(self.errors):
            self.add_error(f"at{number}" if day else f"day{number}", _("Enter both the date and the time."))

    def _times(self, given: dict[str, Any]) -> list[datetime]:
        pairs = [(given.get(f"day{number}"), given.get(f"at{number}")) for number in ("", "_2", "_3")]
        return [self.when(day, at)["starts_at"] for day, at in pairs if day and at]

    def left(self, line: ReferralMove) -> bool:
        """Say whether the line proposed the times that were sent."""
        if line.what != self.what_it_does or not self.is_valid():
            return False
        return line.note == times_in_words(self._times(self.cleaned_data), self.zone.key)

    def act(self, *, office: str, saw: int, instructions: str, **_given: Any) -> list[ProposedTime]:
        times = self._times(self.cleaned_data)
        said = {"time_zone": self.zone.key, "instructions": instructions}
        return actions.propose_times(self.referral, times=times, office=office, saw=saw, **said)


class PatientCameForm(OfficeForm):
    what_it_does = What.SEEN
    title, button = _("The patient came"), _("They came")
    done = _("The clinic knows that the patient came. Please send your report when it is written.")
    to = Status.SEEN
    words = words_field(_("Anything the clinic should know?"))

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        """Only from the time of the appointment on."""
        return referral.status == Status.SCHEDULED and actions.has_begun(referral.standing_appointment)

    def act(self, *, office: str, saw: int, words: str) -> Referral:
        return actions.seen(self.referral, words=words, office=office, saw=saw)


class PatientDidNotComeForm(PatientCameForm):
    what_it_does = What.NO_SHOW
    title, button = _("The patient did not come"), _("They did not come")
    done = _("The clinic knows that the patient did not come, and calls them.")
    to = Status.NO_SHOW

    def act(self, *, office: str, saw: int, words: str) -> Referral:
        return actions.no_show(self.referral, words=words, office=office, saw=saw)


class SendReportForm(ReportFields, OfficeForm):
    what_it_does = What.REPORTED
    title, button = _("Send your report"), _("Send the report")
    done = _("Your report is with the clinic. A therapist reads it by name.")
    to = Status.REPORTED

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.status in OPEN_TO_OFFICE and referral.may_become(Status.REPORTED)

    def act(self, *, office: str, saw: int, file: CheckedFile | None, words: str) -> Report:
        return actions.receive_report(self.referral, words=words, file=file, office=office, saw=saw)


# In the order an office goes through them.
ANSWERS: dict[str, type[OfficeForm]] = {
    "accept": AcceptForm,
    "appointment": GiveAppointmentForm,
    "times": ProposeTimesForm,
    "came": PatientCameForm,
    "no-show": PatientDidNotComeForm,
    "report": SendReportForm,
    "ask": AskForm,
    "decline": DeclineForm,
}
