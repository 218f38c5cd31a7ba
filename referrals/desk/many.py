"""Several referrals ticked in the list: given to a colleague, or put off to a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.forms import DayField, FieldsOnly
from intake.seen import saw_list
from referrals import moves as actions
from referrals.desk.calls import newest_lines
from referrals.desk.list_views import came_from
from referrals.models import Referral
from referrals.moves.forms import words_field
from referrals.moves.many import Done
from referrals.moves.schedule import LONGEST_WAIT

MOST = 200


class ManyForm(forms.Form):
    """What is done to all that are ticked.

    `act` calls the action, `done` says what it did. `saw` is the line that was newest of each on the page.
    """

    title = button = done = left = ""

    def __init__(self, *args: Any, referrals: list[Referral], saw: Mapping[UUID, int], **kwargs: Any) -> None:
        self.referrals, self.saw = referrals, saw
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly(self)


class HandOverMany(ManyForm):
    title, button = "Hand over to a colleague", "Hand over"
    done, left = "handed over", "Not handed over"
    to = forms.ModelChoiceField(
        label="Who carries them from now on?",
        queryset=User.objects.none(),
        empty_label="Choose a colleague",
        error_messages={"required": "Choose a colleague."},
    )
    words = words_field("What should they know?", help_text="They get one mail, which says how many there are.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = User.objects.filter(is_active=True, locations__in={one.location_id for one in self.referrals})
        able = [user.pk for user in here.distinct() if user.may(CARRY_REFERRALS)]
        self.fields["to"].queryset = User.objects.filter(pk__in=able).order_by("name")

    def act(self, *, by: User, to: User, words: str) -> Done:
        ids = [one.public_id for one in self.referrals]
        return actions.hand_over_many(ids, to=to, words=words, by=by, saw=self.saw)


class PutOffMany(ManyForm):
    title, button = "Look again later", "Put off"
    done, left = "put off", "Left as it is"
    day = DayField(label="Look again on", help_text="What is urgent stays where it is.")
    words = words_field("Why can they wait?", required="Say why they can wait.")

    def clean_day(self) -> date:
        """Leave a day that is to come at every location."""
        day, now = self.cleaned_data["day"], timezone.now()
        todays = [timezone.localdate(now, one.location.zone) for one in self.referrals] or [timezone.localdate(now)]
        if not max(todays) < day < min(todays) + LONGEST_WAIT:
            raise forms.ValidationError("Choose a day after today, up to 90 days ahead.")
        return day

    def act(self, *, by: User, day: date, words: str) -> Done:
        ids = [one.public_id for one in self.referrals]
        return actions.put_off_many(ids, day=day, words=words, by=by, saw=self.saw)


@dataclass(frozen=True)
class Ticked:
    """One that was ticked, and the newest line of its history as the page shows it."""

    referral: Referral
    saw: int


FORMS = {"hand-over": HandOverMany, "put-off": PutOffMany}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(CARRY_REFERRALS)
def many(request: StaffRequest) -> HttpResponse:
    """Show what was ticked with the form for all of it, then do it.

    What could not be done is named, with why.
    """
    sent = request.method == "POST"
    given = request.POST if sent else request.GET
    rows = _ticked(request.user, given, with_ended=sent)
    saw = _saw(rows, given)
    form_class = FORMS.get(given.get("do", ""), HandOverMany)
    form = form_class(request.POST if sent else None, referrals=rows, saw=saw)
    if sent and rows and form.is_valid():
        _tell(request, form, form.act(by=request.user, **form.cleaned_data))
        return redirect(came_from(request))
    saw_list(request, [one.patient for one in rows], subject_id="many")
    lines = newest_lines(rows) | {one.pk: saw[one.public_id] for one in rows if one.public_id in saw}
    ticked = [Ticked(one, lines.get(one.pk, 0)) for one in rows]
    context = {"rows": ticked, "form": form, "do": given.get("do", ""), "the_list": came_from(request)}
    return render(request, "referrals/many.html", context, status=422 if sent and rows else 200)


def _saw(rows: list[Referral], given: QueryDict) -> dict[UUID, int]:
    """Return which line was the newest of each where the page was drawn that was sent."""
    typed = {one.public_id: given.get(f"saw-{one.public_id}", "")[:18] for one in rows}
    return {public_id: int(line) for public_id, line in typed.items() if line.isascii() and line.isdigit()}


def _ticked(user: User, given: QueryDict, *, with_ended: bool) -> list[Referral]:
    """Return the referrals among what was ticked; what is no id is passed over.

    What has ended since the page was drawn is among what is sent: it is named as left.
    """
    ids = []
    for typed in given.getlist("chosen")[:MOST]:
        try:
            ids.append(UUID(typed))
        except ValueError:
            continue
    rows = Referral.objects.visible_to(user).filter(public_id__in=ids)
    rows = rows if with_ended else rows.open()
    return list(rows.select_related("patient", "location", "specialist", "owner").most_pressing_first())


def _tell(request: StaffRequest, form: ManyForm, result: Done) -> None:
    number = len(result.done)
    if number:
        messages.success(request, f"{number} {'referral is' if number == 1 else 'referrals are'} {form.done}.")
    for referral, why in result.left:
        messages.warning(request, f"{form.left}: {referral.reference}. {why[:1].upper()}{why[1:].rstrip('.')}.")
