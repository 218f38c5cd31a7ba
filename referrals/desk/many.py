"""Several referrals ticked in the list: given to a colleague, or put off to a day."""

from datetime import date, datetime, time
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
from referrals.desk.list_views import came_from
from referrals.models import Referral
from referrals.moves.forms import words_field
from referrals.moves.many import Done
from referrals.moves.schedule import LONGEST_WAIT

MOST = 200
MORNING = time(9)


class ManyForm(forms.Form):
    """What is done to all that are ticked.

    `act` calls the action, `done` says what it did.
    """

    title = button = done = left = ""

    def __init__(self, *args: Any, referrals: list[Referral], **kwargs: Any) -> None:
        self.referrals = referrals
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
        return actions.hand_over_many([one.public_id for one in self.referrals], to=to, words=words, by=by)


class PutOffMany(ManyForm):
    title, button = "Look again later", "Put off"
    done, left = "put off", "Left as it is"
    day = DayField(label="Look again on", help_text="What is urgent stays where it is.")
    words = words_field("Why can they wait?", required="Say why they can wait.")

    def clean_day(self) -> date:
        day, today = self.cleaned_data["day"], timezone.localdate()
        if not today < day < today + LONGEST_WAIT:
            raise forms.ValidationError("Choose a day after today, up to 90 days ahead.")
        return day

    def act(self, *, by: User, day: date, words: str) -> Done:
        ids = [one.public_id for one in self.referrals]
        at = datetime.combine(day, MORNING, self.referrals[0].location.zone)
        return actions.put_off_many(ids, at=at, words=words, by=by)


FORMS = {"hand-over": HandOverMany, "put-off": PutOffMany}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(CARRY_REFERRALS)
def many(request: StaffRequest) -> HttpResponse:
    """Show what was ticked with the form for all of it, then do it.

    What could not be done is named, with why.
    """
    sent = request.method == "POST"
    given = request.POST if sent else request.GET
    rows = _ticked(request.user, given)
    form_class = FORMS.get(given.get("do", ""), HandOverMany)
    form = form_class(request.POST if sent else None, referrals=rows)
    if sent and rows and form.is_valid():
        _tell(request, form, form.act(by=request.user, **form.cleaned_data))
        return redirect(came_from(request))
    saw_list(request, [one.patient for one in rows], subject_id="many")
    context = {"rows": rows, "form": form, "do": given.get("do", ""), "the_list": came_from(request)}
    return render(request, "referrals/many.html", context, status=422 if sent and rows else 200)


def _ticked(user: User, given: QueryDict) -> list[Referral]:
    """Return the open referrals among what was ticked; what is no id is passed over."""
    ids = []
    for typed in given.getlist("chosen")[:MOST]:
        try:
            ids.append(UUID(typed))
        except ValueError:
            continue
    rows = Referral.objects.visible_to(user).open().filter(public_id__in=ids)
    return list(rows.select_related("patient", "location", "specialist", "owner").most_pressing_first())


def _tell(request: StaffRequest, form: ManyForm, result: Done) -> None:
    number = len(result.done)
    if number:
        messages.success(request, f"{number} {'referral is' if number == 1 else 'referrals are'} {form.done}.")
    for referral, why in result.left:
        messages.warning(request, f"{form.left}: {referral.reference}. {why[:1].upper()}{why[1:].rstrip('.')}.")
