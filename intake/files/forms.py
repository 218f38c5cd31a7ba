"""Adding files: what they are, and one or more of them. Each is checked by itself; good ones are kept."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.files import checks
from clinic.files.words import NotUsable, sentence
from intake.models import PatientFile


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more uploads, as a list. What is in them is for `FilesForm.checked`."""

    widget = ManyFilesInput(attrs={"accept": checks.ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not uploads:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return list(uploads)


class FilesForm(forms.Form):
    """`limits` are the words' numbers, `refused` what the server dropped while it came in: (field, name, reason)."""

    kind = forms.ChoiceField(
        label=_("What do you want to add?"),
        choices=PatientFile.Kind.choices,
        initial=PatientFile.Kind.REPORT,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you want to add."),
            "invalid_choice": _("Choose one of the answers shown."),
        },
    )
    files = ManyFilesField(label=_("Choose one or more files"), error_messages={"required": _("Choose a file to add.")})

    def __init__(self, *args: Any, limits: Any, refused: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits, self.uploads = limits, []
        self.dropped = [(name, reason) for field, name, reason in refused if field == "files"]
        self.fields["files"].help_text = (
            _(
                "PDF, JPEG, PNG, HEIC or DICOM files, up to %(size)s MB each. You can send %(files)s files, and "
                "%(total)s MB in all."
            )
            % limits
        )

    def clean(self) -> dict[str, Any]:
        self.uploads = self.cleaned_data.get("files") or []
        if self.dropped:
            self.errors.pop("files", None)  # files were chosen; these never got this far
            for name, reason in self.dropped:
                self.refuse(name, sentence(reason, **self.limits))
        return self.cleaned_data

    def checked(self) -> Iterator[checks.CheckedFile]:
        """Return each upload that may be kept, as a CheckedFile; the others become errors at the field."""
        limits = checks.Limits(most_bytes=self.limits["size"] * 1024 * 1024)
        for upload in self.uploads:
            try:
                yield checks.check(upload, limits)
            except NotUsable as why:
                self.refuse(upload.name, why.words)

    def refuse(self, name: str, words: str) -> None:
        """An error at the field that says which file it is about."""
        said = checks.as_said(name)
        self.add_error("files", f"{said}: {words}" if said else words)
