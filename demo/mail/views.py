"""The demo's mailbox in the browser. It exists in the demo only."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from demo.mail import mailbox


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 wherever the product is not a demo, so that a wrong setting can never publish mail."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return login_not_required(guarded)


@demo_only
@require_safe
@vary_on_headers("HX-Request")
def mails(request: HttpRequest) -> HttpResponse:
    template = "demo/mail/_list.html" if request.htmx else "demo/mail/list.html"
    return render(request, template, {"mails": mailbox.newest()})


@demo_only
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    found = mailbox.find(name)
    if found is None:
        raise Http404
    return render(request, "demo/mail/mail.html", {"mail": found})
