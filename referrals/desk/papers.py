"""Which papers go along with the letter: the form in which the desk chooses them."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from clinic.files.checks import CheckedFile
from clinic.staff.models import User
from clinic.web.forms import FieldsOnly
from intake.models import PatientFile
from referrals import moves as actions
from referrals.models import Referral, ReferralMove
from referrals.moves import uploads
from referrals.moves.enclosing import called
from referrals.moves.forms import ReferralForm


def boxes(label: str, help_text: str = "") -> forms.MultipleChoiceField:
    """Return a list of papers to tick."""
    return forms.MultipleChoiceField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "One of these papers cannot go along any more. Look again."},
    )


class PapersForm(ReferralForm):
    """Choose what goes along.

    Files of the patient's, reports that came back, papers of our own.
    """

    what_it_does = ReferralMove.What.LETTER
    of_patient = boxes("Files the patient sent")
    agreed = forms.BooleanField(required=False)
    reports = boxes("Reports that came back", "Those that a therapist has read.")
    own = boxes("Papers of our own", "Take the tick away to take one out.")
    added = forms.FileField(
        label="Add a paper of our own", required=False, widget=forms.FileInput(attrs={"accept": uploads.ACCEPT})
    )
    title = forms.CharField(
        label="What the letter calls it", max_length=120, required=False, help_text="Such as: X-ray report of March 3."
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        self.going = list(referral.enclosures.going().select_related("patient_file", "report"))
        self.papers = {
            "of_patient": self._with("patient_file", actions.files_that_may_travel(referral)),
            "reports": self._with("report", actions.reports_that_may_travel(referral).exclude(referral=referral)),
            "own": {str(one.public_id): one for one in self.going if one.file},
        }
        super().__init__(*args, referral=referral, **kwargs)
        self.fields["added"].help_text = f"PDF, JPEG or PNG, up to {uploads.MOST_BYTES // 2**20} MB."
        office = referral.specialist.practice if referral.specialist else ""
        self.fields["agreed"].label = f"The patient agreed that the files marked go to {office}"
        words: dict[str, Callable[[Any], str]] = {"of_patient": _file_in_words, "reports": called, "own": str}
        for name, there in self.papers.items():
            field: Any = self.fields[name]
            field.choices = [(key, words[name](one)) for key, one in there.items()]
        for name in [name for name, there in self.papers.items() if not there]:
            del self.fields[name]
        if not self.papers["of_patient"]:
            del self.fields["agreed"]
        self.helper = FieldsOnly(self)

    def _with(self, name: str, may: Iterable[Any]) -> dict[str, Any]:
        """Return the papers of one sort by their id.

        Those that go along stand before those that may.
        """
        there = [getattr(one, name) for one in self.going if getattr(one, name)]
        return {str(one.public_id): one for one in [*there, *may]}

    def first_values(self) -> dict[str, Any]:
        files = [str(one.patient_file.public_id) for one in self.going if one.patient_file]
        reports = [str(one.report.public_id) for one in self.going if one.report]
        return {"of_patient": files, "agreed": bool(files), "reports": reports, "own": list(self.papers["own"])}

    def clean_added(self) -> CheckedFile | None:
        upload = self.cleaned_data["added"]
        if not upload:
            return None
        try:
            return uploads.check(upload)
        except uploads.NotUsable as error:
            raise forms.ValidationError(error.words) from error

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if given.get("of_patient") and not given.get("agreed"):
            self.add_error("agreed", "Ask the patient, and mark that they agreed; or leave their files out.")
        if given.get("added") and not given.get("title", "").strip():
            self.add_error("title", "Say what the letter calls this paper.")
        if given.get("title", "").strip() and not given.get("added") and "added" not in self.errors:
            self.add_error("added", "Choose the file again: browsers forget it.")
        return given

    def apply(self, *, by: User) -> Referral:
        given = self.cleaned_data
        chosen = {name: [there[key] for key in given.get(name, ())] for name, there in self.papers.items()}
        return actions.enclose(
            self.referral,
            files=chosen["of_patient"],
            reports=chosen["reports"],
            own=chosen["own"],
            added=given["added"],
            title=given["title"],
            agreed=given.get("agreed", False),
            by=by,
            saw=given["saw"],
        )

    def _sent(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, MultiValueDict) else []

    def left(self, line: ReferralMove) -> bool:
        """Say whether what was sent goes along by now."""
        if line.what != self.what_it_does:
            return False
        going = list(self.referral.enclosures.going().select_related("patient_file", "report"))
        ids = {str((one.patient_file or one.report or one).public_id) for one in going}
        ticked = {key for name in self.papers for key in self._sent(name)}
        title = self.data.get("title", "").strip()
        new = {str(one.public_id) for one in going if one.file and title and one.title == title}
        return ticked == ids - new and (not title or bool(new))


def _file_in_words(file: PatientFile) -> str:
    """Say what a file is: as the letter calls it, and as the patient did."""
    not_scanned = ". Nobody looked for viruses in it" if file.scan == PatientFile.Scan.WAITING else ""
    return f"{called(file)}: {file.name}{not_scanned}"
