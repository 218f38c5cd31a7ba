"""Hold what is kept of those who sign in: wrong tries, places in line, codes spent or handed over, lost passwords."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class SignInTry(models.Model):
    """A wrong password or code, kept for a day to slow the next (see `clinic.sign_in.tries`).

    It names nobody: what was typed and where it came from stand here as keyed hashes, of known and unknown names alike.
    """

    class Step(models.TextChoices):
        PASSWORD = "password"  # noqa: S105
        CODE = "code"

    step = models.CharField(max_length=10, choices=Step)
    account_key = models.BinaryField(max_length=32, help_text="Keyed hash of the address that was typed")
    network_key = models.BinaryField(max_length=32, help_text="Keyed hash of the network it came from")
    device_key = models.BinaryField(max_length=32, help_text="Keyed hash of a browser that was let in before, or empty")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["account_key", "at"], name="sign_in_try_account"),
            models.Index(fields=["network_key", "at"], name="sign_in_try_network"),
            models.Index(fields=["device_key", "at"], name="sign_in_try_device"),
        ]

    def __str__(self) -> str:
        return f"sign-in try {self.pk}"


class PlaceInLine(models.Model):
    """Who came too soon and waits for a turn to try (see `clinic.sign_in.tries`)."""

    line = models.BinaryField(max_length=32, help_text="Keyed hash of what is counted together")
    place = models.BinaryField(max_length=32, help_text="Keyed hash of the network or address that waits")
    since = models.DateTimeField()
    kept_until = models.DateTimeField(help_text="Whoever waits comes back by then, or the next one goes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "place"], name="one_place_in_a_line")]

    def __str__(self) -> str:
        return f"place in line {self.pk}"


class SpentCode(models.Model):
    """A code of somebody's authenticator app that has opened the door; it does not open it again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    counter = models.BigIntegerField(help_text="The half minute the code belongs to")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "counter"], name="each_code_opens_once")]

    def __str__(self) -> str:
        return f"spent code {self.pk}"


class ResetRequest(models.Model):
    """Somebody typed an email address to get a new password. Kept for a day, to count.

    `address` stands here only until a worker has looked whose it is.
    """

    account_key = models.BinaryField(max_length=32, help_text="Keyed hash of the address")
    network_key = models.BinaryField(max_length=32, help_text="Keyed hash of the network it was asked from")
    address = models.EmailField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["account_key", "asked_at"], name="reset_request_account"),
            models.Index(fields=["network_key", "asked_at"], name="reset_request_network"),
            models.Index("id", name="reset_request_waits", condition=~Q(address="")),
        ]

    def __str__(self) -> str:
        return f"reset request {self.pk}"


class HandedOverCode(models.Model):
    """A code that waits for one person to set up their second step; it is gone once it was used or another was made."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code_hash = models.BinaryField(max_length=32, help_text="Keyed hash of the code")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(made_by=None) | ~Q(made_by=models.F("user")), name="nobody_hands_a_code_to_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"
