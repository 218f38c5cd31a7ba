"""Who works here and whether they have a second step; setting up another one."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from clinic.audit.actions import account_event
from clinic.sign_in import emails
from clinic.sign_in.handing_over import LIVES, hand_over, sign_out
from clinic.sign_in.second_step import ReplaceForm, drawn
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_ACCOUNTS, staff_may
from clinic.staff.request import StaffRequest
from clinic.staff.signing_in import HandedOverCode
from clinic.web.pressed import pressed_on


@staff_may(MANAGE_ACCOUNTS)
def people(request: StaffRequest) -> HttpResponse:
    """The people of the manager's locations, and how each signs in."""
    return render(request, "staff/people.html", {"people": _colleagues(request.user)})


@pressed_on("people")
@staff_may(MANAGE_ACCOUNTS)
def hand_over_code(request: StaffRequest, id: UUID) -> HttpResponse:
    """Show the code once, on the page that answers the press.

    It opens the colleague's account to whoever knows the password, so a browser that was left open makes none.
    """
    person = get_object_or_404(_colleagues(request.user).exclude(pk=request.user.pk), public_id=id)
    if not did_recently_reauthenticate(request):
        return _proves_it_first(request, person)
    code = hand_over(person, by=request.user, page=request.resolver_match.view_name)
    hours = int(LIVES.total_seconds() // 3600)
    shown = {"people": _colleagues(request.user), "person": person, "code": code, "hours": hours}
    return render(request, "staff/people.html", shown)


def _proves_it_first(request: StaffRequest, person: User) -> HttpResponse:
    """Ask for a code of the manager's own app, and lead back to the page where the button is pressed again."""
    messages.info(request, f"Nothing was changed yet. Confirm that it is you, then make the code for {person.name}.")
    [way, *_others] = get_adapter().get_reauthentication_methods(request.user)
    return redirect(f"{way['url']}?{urlencode({'next': reverse('people')})}")


def _colleagues(manager: User) -> QuerySet[User]:
    own = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    waiting = HandedOverCode.objects.filter(user=OuterRef("pk"), expires_at__gt=timezone.now())
    shared = User.objects.filter(locations__in=manager.locations.all(), is_active=True).distinct()
    return shared.annotate(has_second_step=Exists(own), code_waits=Exists(waiting))


def replace_second_step(request: StaffRequest) -> HttpResponse:
    """Another app in place of the one there is: only with a code that works now."""
    form = ReplaceForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        _replace(request, form)
        messages.success(request, "Your new app is set up. Keep these new recovery codes; the ones before are void.")
        return redirect("mfa_view_recovery_codes")
    return render(request, "staff/replace_second_step.html", {"form": form, "picture": drawn(request.user, form)})


@transaction.atomic
def _replace(request: StaffRequest, form: ReplaceForm) -> None:
    post_authentication(request, form.authenticator, reauthenticated=True)
    Authenticator.objects.filter(user=request.user).delete()
    TOTP.activate(request.user, form.secret)
    auto_generate_recovery_codes(request)
    clear_totp_secret(request)
    sign_out(request.user, but=request.session.session_key)
    account_event(request.resolver_match.view_name, request.user, "second step new")
    emails.second_step_changed(request.user)
