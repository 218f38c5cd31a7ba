"""The pages for when something is wrong: plain words, what to do, nothing about anybody."""

import sys
from datetime import UTC, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.web.busy import busy, offered_again, passes

SECURITY_TXT_LIVES = timedelta(days=180)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "staff/forbidden.html" if _is_staff(request) else "403.html", status=403)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do, and offer what was typed again.

    Only what one of our own pages sent: else a stranger's page could fill in a form here and wait for the press.
    """
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    return render(request, "403_csrf.html", offered_again(request) if ours else {}, status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "staff/not_found.html" if _is_staff(request) else "404.html", status=404)


def _is_staff(request: HttpRequest) -> bool:
    """Return False also for what broke before it was known who asks."""
    return getattr(getattr(request, "user", None), "is_authenticated", False)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Say when it was, in the words of the log, so that whoever is called can find the line."""
    if passes(sys.exc_info()[1]):  # it broke before a view was reached, such as while asking who this is
        return busy(request)
    return render(request, "500.html", {"at": f"{timezone.now().astimezone(UTC):%Y-%m-%d %H:%M:%S+00:00}"}, status=500)


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116); not there while nobody was named."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now().astimezone(UTC) + SECURITY_TXT_LIVES
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en, es",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
