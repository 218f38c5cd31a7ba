"""What a specialist's office fills in: who they are, and their answers. Every word goes through gettext."""

from datetime import datetime, timedelta

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.phones import plain
from intake.door.contact import NameField
from referrals import moves as actions
from referrals.desk.forms import LONGEST, checked, zone_of
from referrals.models import DeclineReason, Referral, ReferralMove
from referrals.moves import uploads

Status = Referral.Status
What = ReferralMove.What


class OpenForm(forms.Form):
    """Name and second factor. It never says whether a link exists, or which number is on file."""

    person = NameField(
        label=_("Your name and role"),
        help_text=_("Such as: Ellen Park, RN. It is kept with your answer."),
        error_messages={"required": _("Enter your name and role.")},
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    digits = forms.CharField(
        label=_("Last four digits of your office's fax number"),
        error_messages={"required": _("Enter the four digits, such as 0142.")},
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w-4", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args, has_fax=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_fax:
            self.fields["digits"].label = _("Last four digits of your office's phone number")
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_digits(self):
        digits = "".join(sign for sign in plain(self.cleaned_data["digits"]) if sign.isdecimal())
        if len(digits) != 4:
            raise forms.ValidationError(_("Enter the four digits, such as 0142."))
        return digits


class OfficeForm(forms.Form):
    """`saw` is the newest history line on the page the person answered from."""

    title = button = done = what_it_does = ""
    saw = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, referral, **kwargs):
        self.referral = referral
        kwargs["initial"] = {"saw": actions.newest_line(referral)}
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @classmethod
    def fits(cls, referral) -> bool:
        return referral.may_become(cls.to)

    def apply(self, *, person):
        return self.act(office=person, **self.cleaned_data)


def words(label, *, required="", help_text=""):
    return forms.CharField(
        label=label,
        required=bool(required),
        error_messages={"required": required},
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AcceptForm(OfficeForm):
    what_it_does = What.ACCEPTED
    title, button = _("Accept this referral"), _("Accept")
    done = _("You accepted the referral. The patient's details and the letter are open to you now.")
    to = Status.ACCEPTED

    def act(self, *, office, saw):
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
    words = words(_("Anything the clinic should know?"))

    def act(self, *, office, saw, reason, words):
        return actions.office_decline(self.referral, reason=reason, words=words, office=office, saw=saw)


class AskForm(OfficeForm):
    what_it_does = What.ASKED
    title, button = _("Ask the clinic a question"), _("Ask")
    done = _("Your question is with the clinic. You get an email when it is answered.")
    to = Status.QUESTION
    words = words(_("Your question"), required=_("Write your question."))

    def act(self, *, office, saw, words):
        return actions.office_ask(self.referral, words=words, office=office, saw=saw)


class AppointmentForm(OfficeForm):
    what_it_does = What.SCHEDULED
    title, button = _("Give an appointment"), _("Give this appointment")
    done = _("The appointment is kept, and the clinic sees it.")
    to = Status.SCHEDULED
    day = forms.DateField(
        label=_("Date"),
        error_messages={"required": _("Enter a date."), "invalid": _("Enter a date such as 2027-03-24.")},
        widget=forms.DateInput(attrs={"type": "date", "class": "w-12"}, format="%Y-%m-%d"),
    )
    at = forms.TimeField(
        label=_("Time"),
        error_messages={"required": _("Enter a time."), "invalid": _("Enter a time such as 14:30.")},
        widget=forms.TimeInput(attrs={"type": "time", "class": "w-12"}, format="%H:%M"),
    )
    instructions = words(_("What should the patient bring or know?"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = zone_of(self.referral)
        self.fields["at"].help_text = _("On your office's clock (%(zone)s).") % {
            "zone": timezone.now().astimezone(self.zone).tzname()
        }

    @classmethod
    def fits(cls, referral):
        """Only an office that accepted knows whom the appointment is for."""
        return referral.status in OPEN_TO_OFFICE and referral.may_become(Status.SCHEDULED)

    def clean(self):
        given = super().clean()
        if given.get("day") and given.get("at"):
            today = timezone.localdate(timezone=self.zone)
            if not today <= given["day"] <= today + timedelta(days=730):
                self.add_error("day", _("Enter a date from today up to two years ahead."))
            elif datetime.combine(given["day"], given["at"], self.zone) <= timezone.now():
                self.add_error("at", _("This time is over. Enter a time in the future."))
        return given

    def act(self, *, office, saw, day, at, instructions):
        return actions.give_appointment(
            self.referral,
            starts_at=datetime.combine(day, at, self.zone),
            time_zone=self.zone.key,
            instructions=instructions,
            office=office,
            saw=saw,
        )


class ReportForm(OfficeForm):
    what_it_does = What.REPORTED
    title, button = _("Send your report"), _("Send the report")
    done = _("Your report is with the clinic. A therapist reads it by name.")
    to = Status.REPORTED
    file = forms.FileField(
        label=_("The report as a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": uploads.ACCEPT}),
    )
    words = words(_("Or in words"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("PDF, JPEG or PNG, up to %(size)d MB.") % {
            "size": uploads.MOST_BYTES // (1024 * 1024)
        }

    @classmethod
    def fits(cls, referral):
        return referral.status in OPEN_TO_OFFICE and referral.may_become(Status.REPORTED)

    def clean_file(self):
        return checked(self.cleaned_data["file"])

    def clean(self):
        given = super().clean()
        wrong = "file" in self.errors or "words" in self.errors
        if not wrong and not given.get("file") and not given.get("words", "").strip():
            self.add_error("file", _("Add the report as a file, or write it below."))
        return given

    def act(self, *, office, saw, file, words):
        return actions.receive_report(self.referral, words=words, file=file, office=office, saw=saw)


# The office has accepted: it may know who the patient is.
OPEN_TO_OFFICE = {Status.ACCEPTED, Status.SCHEDULED, Status.SEEN, Status.NO_SHOW, Status.REPORTED}

# In the order an office goes through them.
ANSWERS = {
    "accept": AcceptForm,
    "appointment": AppointmentForm,
    "report": ReportForm,
    "ask": AskForm,
    "decline": DeclineForm,
}
