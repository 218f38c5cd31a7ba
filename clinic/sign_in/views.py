"""Another second step in place of the one there is."""

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from clinic.audit.actions import account_event
from clinic.sign_in import emails
from clinic.sign_in.handing_over import sign_out
from clinic.sign_in.second_step import ReplaceForm, drawn
from clinic.staff.request import StaffRequest


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
