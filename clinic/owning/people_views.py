"""The pages of who works at a manager's locations: the list, one person, and how each gets in."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from clinic.messages.models import Message
from clinic.owning import people as actions
from clinic.owning.person_form import PersonForm
from clinic.owning.rules import NotAllowed
from clinic.owning.words import newest
from clinic.sign_in.handing_over import LIVES, hand_over
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_ACCOUNTS, staff_may
from clinic.staff.request import StaffRequest
from clinic.staff.signing_in import HandedOverCode
from clinic.web.pressed import pressed_on

INVALID, CONFLICT = 422, 409
LONGEST_REASON = 500


@require_safe
@staff_may(MANAGE_ACCOUNTS)
def people(request: StaffRequest) -> HttpResponse:
    """Show the people of the manager's locations, and below who has left."""
    here = colleagues(request.user).prefetch_related("locations")
    shown = {"people": here.filter(is_active=True), "gone": here.filter(is_active=False)}
    return render(request, "owning/people.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(MANAGE_ACCOUNTS)
def invite_person(request: StaffRequest) -> HttpResponse:
    """Make an account, and mail its owner the link to choose a password."""
    form = PersonForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        made = actions.invite(form.values(), form.places(), by=request.user)
        messages.success(request, f"{made} gets a mail. Make a code for their second step when they are with you.")
        return redirect("person", id=made.public_id)
    return render(request, "owning/invite.html", {"form": form}, status=INVALID if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(MANAGE_ACCOUNTS)
def person(request: StaffRequest, id: UUID) -> HttpResponse:
    """Show somebody who works here, change what is on file, and how they get in."""
    who = get_object_or_404(colleagues(request.user), public_id=id)
    form = PersonForm(request.POST or None, by=request.user, instance=who, initial={"saw": newest(person=who)})
    status = INVALID if form.errors else 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.change_person(who, form.values(), form.places(), saw=said["saw"] or 0, by=request.user)
        except NotAllowed as refused:
            form, status = _again(request, id, refused), CONFLICT
        else:
            if not colleagues(request.user).filter(pk=who.pk).exists():
                messages.success(request, f"{who} works only elsewhere now.")
                return redirect("people")
            messages.success(request, "Kept.")
            return redirect("person", id=id)
    return _page_of(request, id, form=form, status=status)


@pressed_on("person", "id")
@staff_may(MANAGE_ACCOUNTS)
def hand_over_code(request: StaffRequest, id: UUID) -> HttpResponse:
    """Show the code once, on the page that answers the press.

    It opens the colleague's account to whoever knows the password, so a browser that was left open makes none. Where a
    second step ends by it, it is said how the manager knows that it is they who asked.
    """
    who = get_object_or_404(colleagues(request.user).exclude(pk=request.user.pk), public_id=id, is_active=True)
    if not did_recently_reauthenticate(request):
        return _proves_it_first(request, who)
    why = request.POST.get("why", "").strip()[:LONGEST_REASON]
    if who.has_second_step and not why:
        return _page_of(request, id, why_missing=True, status=INVALID)
    code = hand_over(who, by=request.user, page=request.resolver_match.view_name, words=why)
    return _page_of(request, id, code=code, hours=int(LIVES.total_seconds() // 3600))


@pressed_on("person", "id")
@staff_may(MANAGE_ACCOUNTS)
def invite_again(request: StaffRequest, id: UUID) -> HttpResponse:
    return _does(request, id, actions.invite_again, "The mail goes out again, with a new link.")


@pressed_on("person", "id")
@staff_may(MANAGE_ACCOUNTS)
def sign_out(request: StaffRequest, id: UUID) -> HttpResponse:
    return _does(request, id, actions.sign_out_everywhere, "Whatever was open by this account is closed.")


@pressed_on("person", "id")
@staff_may(MANAGE_ACCOUNTS)
def take_back(request: StaffRequest, id: UUID) -> HttpResponse:
    done = "The account is open again. A mail with a link to choose a password goes out."
    return _does(request, id, actions.take_back, done)


def colleagues(manager: User) -> QuerySet[User]:
    """Return who works, or last worked, where this manager does."""
    own = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    waiting = HandedOverCode.objects.filter(user=OuterRef("pk"), expires_at__gt=timezone.now())
    shared = User.objects.filter(locations__in=manager.locations.all()).distinct()
    return shared.annotate(has_second_step=Exists(own), code_waits=Exists(waiting))


def _does(request: StaffRequest, id: UUID, action: Any, done: str) -> HttpResponse:
    who = get_object_or_404(colleagues(request.user), public_id=id)
    try:
        action(who, by=request.user)
    except NotAllowed as refused:
        messages.warning(request, refused.words)
    else:
        messages.success(request, done)
    return redirect("person", id=id)


def _again(request: StaffRequest, id: UUID, refused: NotAllowed) -> PersonForm:
    """Return the form as it was typed, with why it was not kept.

    Sent again it knows of what was changed meanwhile.
    """
    who = colleagues(request.user).get(public_id=id)
    typed = request.POST.copy()
    typed["saw"] = str(newest(person=who))
    form = PersonForm(typed, by=request.user, instance=who)
    form.add_error(None, refused.words)
    return form


def _page_of(request: StaffRequest, id: UUID, *, form: Any = None, status: int = 200, **more: Any) -> HttpResponse:
    """Show the page of one person as they stand on file now."""
    who = colleagues(request.user).get(public_id=id)
    form = form or PersonForm(by=request.user, instance=who, initial={"saw": newest(person=who)})
    shown = {
        "person": who,
        "form": form,
        "own": who == request.user,
        "invitation": Message.objects.about("user", who.public_id).filter(kind="staff_invited").last(),
        "changes": who.changes.select_related("by")[:20],
        **more,
    }
    return render(request, "owning/person.html", shown, status=status)


def _proves_it_first(request: StaffRequest, person: User) -> HttpResponse:
    """Ask for a code of the manager's own app.

    It leads back to the page where the button is pressed again.
    """
    messages.info(request, f"Nothing was changed yet. Confirm that it is you, then make the code for {person.name}.")
    [way, *_others] = get_adapter().get_reauthentication_methods(request.user)
    back = reverse("person", args=[person.public_id])
    return redirect(f"{way['url']}?{urlencode({'next': back})}")
