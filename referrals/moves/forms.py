"""What the desk's forms and an office's share: a referral, the page it was read on, an appointment, a report."""

from datetime import date, datetime, time, timedelta
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.files.checks import CheckedFile
from clinic.web.forms import ClockField, DayField, FieldsOnly
from referrals.models import Referral, ReferralMove
from referrals.moves import uploads
from referrals.moves.steps import newest_line

LONGEST = 4000
FURTHEST = timedelta(days=730)


def words_field(
    label: str | Promise, *, required: str | Promise = "", help_text: str | Promise = ""
) -> forms.CharField:
    """Return a few lines of text; `required` says what is missing."""
    return forms.CharField(
        label=label,
        required=bool(required),
        error_messages={"required": required},
        max_length=LONGEST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReferralForm(forms.Form):
    """`saw` is the newest history line on the page the person acted from.

    `what_it_does` is the line it leaves in the history, by which a form sent twice is known; `brings` are those that
    may come with it.
    """

    what_it_does = ""
    brings: tuple[str, ...] = ()

    saw = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        self.referral = referral
        kwargs["initial"] = {"saw": newest_line(referral)} | self.first_values() | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly(self)

    def first_values(self) -> dict:
        """Return what stands in the fields at first."""
        return {}

    @property
    def typed(self) -> str:
        """Return the words that were sent, whatever is wrong with the rest."""
        return str(self.data.get("words") or self.data.get("instructions") or "").strip()

    def left(self, line: ReferralMove) -> bool:
        """Say whether this form, as it is, has left a line: its kind, its words."""
        return line.what == self.what_it_does and self.typed in line.note


class AppointmentFields(ReferralForm):
    """When the specialist sees the patient, by the clock of that office."""

    day = DayField(label=_("Date"))
    at = ClockField(label=_("Time"))
    instructions = words_field(_("What should the patient bring or know?"))

    @property
    def zone(self) -> ZoneInfo:
        """Return the clock of that office.

        Ours, where the referral was taken back from it meanwhile.
        """
        office = self.referral.specialist
        return ZoneInfo(office.time_zone) if office else self.referral.location.zone

    def first_values(self) -> dict[str, Any]:
        """Start from what stands: who moves a day keeps what to bring."""
        stands = self.referral.standing_appointment
        if stands is None or self.referral.status != Referral.Status.SCHEDULED:
            return {}
        local = stands.starts_at.astimezone(self.zone)
        return {"day": local.date(), "at": local.time(), "instructions": stands.instructions}

    def clean_day(self) -> date:
        day, today = self.cleaned_data["day"], timezone.localdate(timezone=self.zone)
        if not today <= day <= today + FURTHEST:
            raise forms.ValidationError(_("Enter a date from today up to two years ahead."))
        return day

    def left(self, line: ReferralMove) -> bool:
        """Say whether the line gave the day, the time and the instructions that were sent."""
        given = line.appointment
        if line.what != self.what_it_does or given is None or not self.is_valid():
            return False
        said = self.cleaned_data
        starts_at = self.when(said["day"], said["at"])["starts_at"]
        return given.starts_at == starts_at and given.instructions == said["instructions"]

    def when(self, day: date, at: time) -> dict[str, Any]:
        """Return the moment and its clock, as `give_appointment` takes them."""
        return {"starts_at": datetime.combine(day, at, self.zone), "time_zone": self.zone.key}


class FileFields(ReferralForm):
    """One file from outside, checked as all are; subclasses say what it is."""

    file = forms.FileField(required=False, widget=forms.FileInput(attrs={"accept": uploads.ACCEPT}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("PDF, JPEG or PNG, up to %(size)d MB.") % {
            "size": uploads.MOST_BYTES // 2**20
        }

    def clean_file(self) -> CheckedFile | None:
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        try:
            return uploads.check(upload)
        except uploads.NotUsable as error:
            raise forms.ValidationError(error.words) from error


class ReportFields(FileFields):
    """What came back: a file, words, or both."""

    words = words_field(_("Or in words"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = _("The report as a file")

    def left(self, line: ReferralMove) -> bool:
        """Say whether the newest report holds the words and the file that were sent."""
        newest, upload = self.referral.reports.order_by("pk").last(), self.files.get("file")
        if line.what != self.what_it_does or newest is None or newest.words != self.typed:
            return False
        return uploads.shown(upload.name, "") == PurePath(newest.file_name).stem if upload else not newest.file_name

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        wrong = "file" in self.errors or "words" in self.errors
        if not wrong and not given.get("file") and not given.get("words", "").strip():
            self.add_error("file", _("Add the report as a file, or write it below."))
        return given
