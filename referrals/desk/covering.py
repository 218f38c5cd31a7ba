"""Who at the desk is away, and who looks after their referrals meanwhile."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.forms import DayField, FieldsOnly
from clinic.web.pressed import pressed_on
from referrals import moves as actions
from referrals.models import Cover


class CoverForm(forms.Form):
    """Whole days, by the clock of the page: from the first until the end of the last."""

    away = forms.ModelChoiceField(label="Who is away?", queryset=User.objects.none(), empty_label="Choose")
    covered_by = forms.ModelChoiceField(
        label="Who looks after their referrals?", queryset=User.objects.none(), empty_label="Choose"
    )
    first = DayField(label="First day")
    last = DayField(label="Last day")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"away": user.pk, "first": timezone.localdate()}
        super().__init__(*args, **kwargs)
        here = User.objects.filter(is_active=True, locations__in=user.places()).distinct()
        able = User.objects.filter(pk__in=[one.pk for one in here if one.may(CARRY_REFERRALS)]).order_by("name")
        for name, missing in (("away", "Choose who is away."), ("covered_by", "Choose a colleague.")):
            self.fields[name].queryset = able
            self.fields[name].error_messages["required"] = missing
        self.helper = FieldsOnly(self)

    def clean_last(self) -> date:
        last, first = self.cleaned_data["last"], self.cleaned_data.get("first")
        if last < (first or last) or last < timezone.localdate():
            raise forms.ValidationError("Choose a last day that is not before the first, nor before today.")
        return last

    def act(self, *, by: User) -> Cover:
        said = self.cleaned_data
        start, end = (datetime.combine(day, time(), timezone.get_current_timezone()) for day in self._days())
        return actions.cover(said["away"], covered_by=said["covered_by"], starts_at=start, ends_at=end, by=by)

    def _days(self) -> tuple[date, date]:
        return self.cleaned_data["first"], self.cleaned_data["last"] + timedelta(days=1)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(CARRY_REFERRALS)
def covering(request: StaffRequest) -> HttpResponse:
    """Show who is away and ahead, and take another."""
    sent = request.method == "POST"
    form = CoverForm(request.POST if sent else None, user=request.user)
    if sent and form.is_valid():
        try:
            made = form.act(by=request.user)
        except actions.NotYet as error:
            form.add_error("covered_by", error.words)
        else:
            messages.success(request, _in_words(made))
            return redirect("covering")
    ahead = Cover.objects.ahead(timezone.now()).at_places_of(request.user).select_related("away", "covered_by")
    context = {"form": form, "ahead": ahead}
    return render(request, "referrals/covering.html", context, status=422 if form.errors else 200)


def _in_words(made: Cover) -> str:
    """Say who looks after whose, and where nobody does by this."""
    said = f"{made.covered_by} looks after the referrals of {made.away}."
    if not made.leaves_out:
        return said
    places = " and ".join(place.name for place in made.leaves_out)
    return f"{said} Not at {places}, where {made.covered_by} does not work: find another colleague for those."


@pressed_on("covering")
@staff_may(CARRY_REFERRALS)
def end_covering(request: StaffRequest) -> HttpResponse:
    """End one; it is named by the form, so that nobody's address leads here."""
    number = request.POST.get("cover", "")
    standing = Cover.objects.ahead(timezone.now()).at_places_of(request.user)
    found = standing.filter(pk=number).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    if found is None:
        messages.info(request, "It had ended before.")
        return redirect("covering")
    try:
        actions.end_cover(found, by=request.user)
    except actions.NotYet as error:
        messages.warning(request, error.words)
    else:
        messages.info(request, "It has ended.")
    return redirect("covering")
