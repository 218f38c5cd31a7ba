"""Which patient this browser is, on the page it asked for: `request.door`, and nothing else on the request.

`patient_page` and `status_page` say who that is, each by its own cookie; both let the browser in by `page_behind`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from clinic.links.cookie import Answer, SignedCookie, stamp
from clinic.links.models import Link
from intake.door.whose import OF_STATUS, Use, named
from intake.models import Intake, Patient


@dataclass(frozen=True)
class Door:
    """A browser that has a form or a status page open, or nothing.

    `generation` is that of the link as this browser's pages name it, which may be older than the link's own. `idle`:
    only pages that show nothing, or must never close, are still reached. `switched`: the language switch was pressed,
    so that the form is shown as it was left and nothing is saved. `sent_from_here`: the answers were sent from this
    browser. `logged`: the access row of what the page shows is written already.
    """

    use: Use | None = None
    intake: Intake | None = None
    patient: Patient | None = None
    link: Link | None = None
    generation: int = 0
    cookie: SignedCookie | None = None
    held: dict[str, Any] = field(default_factory=dict)  # what its cookie holds
    idle: bool = False
    switched: bool = False
    sent_from_here: bool = False
    logged: bool = False

    @property
    def on_status(self) -> bool:
        """Say whether this is a status page."""
        return self.use == OF_STATUS

    @property
    def whose(self) -> str:
        """Return what the forms of this page say of whose they are, or nothing."""
        return named(self.link.pk, self.generation, self.use) if self.use and self.link else ""

    def keep_open(self, response: Answer) -> Answer:
        """Note in its cookie that it is in use."""
        if self.idle or self.cookie.kept_by(response):
            return response  # what shows nothing wakes no idle form; a page that wrote the cookie knows best
        return self.cookie.keep(response, self.held | {"used": stamp()})


class DoorRequest(HttpRequest):
    """A request of which is known who its browser is."""

    door: Door


NOBODY = Door()
Opens = Callable[[HttpRequest], tuple[Door, HttpResponse | None]]
View = Callable[..., HttpResponseBase]


def door_of(request: HttpRequest) -> Door:
    """Return who this browser is; nobody, on pages open to everybody."""
    return getattr(request, "door", NOBODY)


def enter(request: HttpRequest, door: Door) -> None:
    """Put on the request who this browser is."""
    request.door = door  # a DoorRequest from now on


def page_behind(opens: Opens, view: View) -> View:
    """Make `view` a page of whoever `opens` finds.

    Their intake, else the patient, is its second argument. `opens` may answer in place of the page. Times on the page
    are those of the patient's location.
    """

    @login_not_required
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        door, instead = opens(request)
        enter(request, door)
        if instead is not None:
            return instead
        with timezone.override(door.patient.location.zone):
            response = view(request, door.intake or door.patient, *args, **kwargs)
        return door.keep_open(response)

    return entered
