"""No press costs what was typed, and none is made in the name of somebody else."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import Error
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from clinic.typed import actions

log = logging.getLogger(__name__)


class TypedWordsKept:
    """Keeps what a form held until its press leads on to another page.

    So words outlive a mistake in the form, an idle end, a sign-out in another window. A refusal that leads on says
    `refused`. A form that was drawn for somebody else than who is signed in now goes no further: nobody decides by
    another's words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        form = getattr(request, "typed_by", None)
        if form is not None:
            leads_on = 300 <= response.status_code < 400
            self._settle(form, request, taken=leads_on and not getattr(request, "typed_refused", False))
        return response

    def _settle(self, form: actions.TypedBy, request: HttpRequest, *, taken: bool) -> None:
        try:
            if taken:
                actions.take(form)
            else:
                actions.keep(form, getattr(request, "typed_left", request.POST))
        except Error as error:  # the page that says so offers the same once more
            log.error("What was typed could not be kept: %s", type(error).__name__)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        form = request.typed_by = _drawn_for(request)
        if form is None or not request.user.is_authenticated or request.user.public_id == form.person:
            return None
        actions.refused(request)
        messages.warning(
            request,
            "That page was opened by a colleague who was signed in here. Nothing was done, and what they typed waits "
            "for them.",
        )
        return redirect(request.path)


def _drawn_for(request: HttpRequest) -> actions.TypedBy | None:
    """Return what the form that was sent says of itself.

    None where the line broke on the way: the check of its token, which comes next, says so as it does of every form.
    """
    if request.method != "POST":
        return None
    try:
        return actions.typed_by(request.POST)
    except UnreadablePostError:
        return None
