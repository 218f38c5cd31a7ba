"""The page behind the address in a reminder that stops its kind (RFC 8058). Looking at it changes nothing."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clinic.messages.kinds import CATEGORIES, KINDS
from clinic.messages.models import MailStop
from clinic.messages.stopping import message_of, stop


@csrf_exempt  # mail programs press it without a page, a cookie or a sign-in; the address itself is the proof
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask before, or stop at a press: of a person here, or of their mail program.

    No name stands on it.
    """
    message = message_of(secret)
    kind = KINDS[message.kind] if message else None
    reader_id = kind.reader_id(message) if kind else None
    if message is None or kind is None or reader_id is None:
        raise Http404
    stopped = request.method == "POST"
    if stopped:
        stop(reader_id, kind.category, how=MailStop.How.ONE_PRESS)
    context = {"stopped": stopped, "category": CATEGORIES[kind.category], "location": message.location}
    return render(request, "door/stop.html", context)
