"""Nobody works with a password alone."""

from allauth.mfa.utils import is_mfa_enabled
from django.shortcuts import redirect

# What a person without a second factor may still open: setting one up, proving who they are, leaving.
OPEN_BEFORE_SECOND_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "set_language",
    "livez",
    "readyz",
}


class SecondFactorRequired:
    """Sends signed-in staff without a second factor to set one up before anything else opens."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated:
            return None
        if request.resolver_match.url_name in OPEN_BEFORE_SECOND_FACTOR or not getattr(view, "login_required", True):
            return None
        if is_mfa_enabled(request.user):
            return None
        return redirect("mfa_activate_totp")
