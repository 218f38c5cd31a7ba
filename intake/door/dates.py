"""A date as three short boxes, as people write it in the US: month, day, year."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intake.door.written_dates import one_part, whole_date

PARTS = (("month", _("Month"), "w-4"), ("day", _("Day"), "w-4"), ("year", _("Year"), "w-8"))
OLDEST = 120  # years
LONGEST = 40  # characters of a box: a whole date may be pasted into one


def _filled_by_the_browser(autocomplete: str, name: str) -> dict[str, str]:
    if autocomplete in ("", "off"):
        return {"autocomplete": "off"} if autocomplete else {}
    return {"autocomplete": f"{autocomplete}-{name}"}


class DatePartsWidget(forms.MultiWidget):
    template_name = "door/date_parts.html"
    use_fieldset = True

    def __init__(self, *, autocomplete: str = "") -> None:
        boxes = {}
        for name, _label, width in PARTS:
            boxes[name] = forms.TextInput(
                {
                    "inputmode": "numeric",
                    "class": width,
                    "maxlength": LONGEST,
                    **_filled_by_the_browser(autocomplete, name),
                }
            )
        super().__init__(boxes)

    def decompress(self, value: Any) -> list[int | None]:
        return [value.month, value.day, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for box, (_name, label, _width) in zip(context["widget"]["subwidgets"], PARTS, strict=True):
            box["label"] = label
        if attrs and attrs.get("id"):  # links from the error summary lead to the first box
            context["widget"]["subwidgets"][0]["attrs"]["id"] = attrs["id"]
        return context

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return id_


class DatePartsField(forms.MultiValueField):
    """Cleans to a date. A year needs four digits, so that 5/6/61 is never guessed at."""

    default_error_messages = {
        "required": _("Enter a date with month, day, and year, such as month 3, day 31, year 2026."),
        "incomplete": _("Enter month, day, and year."),
        "numbers": _("Enter the date in numbers, such as month 3, day 31, year 2026."),
        "one_box": _("Type month, day, and year each in a box of its own. We cannot tell which number is the month."),
        "year": _("Enter all four digits of the year, such as 1961."),
        "no_such_date": _("There is no such date. Check the month and the day."),
    }

    def __init__(self, *, autocomplete: str = "", **kwargs: Any) -> None:
        boxes = [forms.CharField(required=False, max_length=LONGEST) for _part in PARTS]
        widget = DatePartsWidget(autocomplete=autocomplete)
        super().__init__(boxes, require_all_fields=False, widget=widget, **kwargs)

    def compress(self, values: list[str]) -> date | None:
        parts = [one_part(str(value or "")) for value in values or []]
        typed = [str(value) for value, part in zip(values or [], parts, strict=True) if part]
        if len(typed) == 1 and len(typed[0]) > len("2026"):
            parts = list(self._one_box(typed[0]))
        if not any(parts):
            if self.required:  # boxes with nothing but spaces in them
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if not all(parts):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValidationError(self.error_messages["numbers"], code="numbers")
        month, day, year = map(int, parts)
        if len(parts[2]) != 4 or year < 1800:
            raise ValidationError(self.error_messages["year"], code="year")
        return self._date(year, month, day)

    def _one_box(self, typed: str) -> date | None:
        """A whole date that somebody pasted into one of the boxes."""
        if found := whole_date(typed):
            return found
        digits = sum(sign.isdecimal() for sign in typed)
        code = "one_box" if digits >= 4 else "incomplete"  # 5/6/61 has as many
        raise ValidationError(self.error_messages[code], code=code)

    def _date(self, year: int, month: int, day: int) -> date:
        try:
            return date(year, month, day)
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["no_such_date"], code="no_such_date")


class BirthDateField(DatePartsField):
    default_error_messages = {
        "required": _("Enter your date of birth, such as month 3, day 31, year 1961."),
        "numbers": _("Enter your date of birth in numbers, such as month 3, day 31, year 1961."),
        "future": _("A date of birth is in the past. Check the year."),
        "too_old": _("Check the year of your date of birth."),
    }

    def __init__(self, *, autocomplete: str = "off", **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Date of birth"))
        super().__init__(autocomplete=autocomplete, **kwargs)

    def clean(self, value: list[str | None]) -> date:
        born = super().clean(value)
        if born and born > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")
        if born and born.year < timezone.localdate().year - OLDEST:
            raise ValidationError(self.error_messages["too_old"], code="too_old")
        return born


class PastDateField(DatePartsField):
    """A day that has been: today at the latest. Few people know the day of something long ago."""

    default_error_messages = {"incomplete": _("Enter month, day, and year. A best guess of the day is fine.")}

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and day > timezone.localdate():
            raise ValidationError(_("Enter a date that is not in the future."), code="future")
        return day
