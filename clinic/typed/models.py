"""What one person typed into one form and did not get to send."""

from django.db import models

from clinic.staff.models import User


class TypedWords(models.Model):
    """Sealed, as it may be about a patient; only its author is ever shown it.

    Where a form was taken, `sealed` is empty and `taken` names the page it stood on: what that page still sends, late,
    is no news.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="typed_words")
    place = models.CharField(max_length=200, help_text="The address the form is sent to")
    sealed = models.TextField(blank=True, help_text="Fields and their values, as JSON under FIELD_KEYS")
    taken = models.CharField(max_length=22, blank=True, help_text="The page whose form was taken last")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="one_typed_for_each_form")]

    def __str__(self) -> str:
        return f"typed words of {self.user}"
