"""What a browser keeps after a link was opened in it: signed, stamped, and good for one room of the house."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

Answer = TypeVar("Answer", bound=HttpResponseBase)


def stamp() -> float:
    """Return this moment in seconds, to the millisecond: two may follow fast."""
    return round(timezone.now().timestamp(), 3)


@dataclass(frozen=True)
class SignedCookie:
    """A cookie that holds keys, and nothing about a person.

    By its `salt` what is signed for one room is nothing in another. It is good for `life` after it was written. One
    that is written anew with each page says in `at`, in seconds, when it began, and ends `life` after that.
    """

    called: str
    salt: str
    life: timedelta
    path: str = "/"  # a name with __Host- in it is good for nothing else

    @property
    def name(self) -> str:
        """Return its name in the browser."""
        return f"__Host-{self.called}" if settings.PRODUCTION else f"plumbline_{self.called}"

    def keep(self, response: Answer, held: Any) -> Answer:
        """Let the browser hold this from now on, in place of what it held."""
        response.set_cookie(
            self.name,
            signing.dumps(held, salt=self.salt),
            max_age=int(self.life.total_seconds()),
            path=self.path,
            httponly=True,
            samesite="Lax",
            secure=settings.PRODUCTION,
        )
        return response

    def held_by(self, request: HttpRequest) -> Any:
        """Return what the browser holds; None when it is not ours, or over."""
        try:
            held = signing.loads(request.COOKIES.get(self.name, ""), salt=self.salt, max_age=self.life)
        except signing.BadSignature:
            return None
        if isinstance(held, dict) and int(stamp() - held["at"]) > self.life.total_seconds():
            return None
        return held

    def kept_by(self, response: HttpResponseBase) -> bool:
        """Say whether this answer writes it or takes it away already."""
        return self.name in response.cookies

    def forget(self, response: Answer) -> Answer:
        """Take it from the browser."""
        response.delete_cookie(self.name, path=self.path, samesite="Lax")
        return response
