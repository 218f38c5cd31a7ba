"""What staff are written about their own account."""

from datetime import timedelta

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.staff.models import User

MOST_AN_HOUR = 3
TOO_LATE = timedelta(hours=1)


def password_reset(user: User) -> Message | None:
    """The link to choose a new password; at most three times an hour."""
    asked = Message.objects.about("user", user.public_id).filter(kind="password_reset")
    if asked.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        return None
    return messages.schedule(
        "password_reset",
        key=f"password_reset:{user.public_id}:{asked.count() + 1}",
        to=user.email,
        language="en",
        subject_type="user",
        subject_id=user.public_id,
        location=user.locations.first(),
    )


@kind("password_reset", title="New password for staff", audience="staff", safe=("link",), routine=False)
class PasswordReset:
    """The link is made when the mail is, so that no row holds it."""

    @staticmethod
    def still_needed(message) -> str:
        if not User.objects.filter(public_id=message.subject_id, email=message.recipient, is_active=True).exists():
            return "This person no longer has an account with this address."
        return "It was asked for too long ago." if timezone.now() - message.created_at > TOO_LATE else ""

    @staticmethod
    def facts(message) -> dict:
        user = User.objects.get(public_id=message.subject_id)
        parts = {
            "uidb36": user_pk_to_url_str(user),
            "key": app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user),
        }
        return {"link": settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=parts)}
