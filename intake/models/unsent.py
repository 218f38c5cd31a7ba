"""What a patient had typed on a page when they left it without saving."""

from django.db import models


class UnsentPage(models.Model):
    """Offered again when the page is next opened. It is no answer: no rule reads it and no therapist sees it."""

    intake = models.ForeignKey("intake.Intake", on_delete=models.CASCADE, related_name="unsent_pages")
    page = models.CharField(max_length=60, help_text="Id of the page")
    fields = models.JSONField(help_text="Field name to the list of values the browser held")
    version = models.PositiveIntegerField(help_text="Of the intake when the page was shown")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["intake", "page"], name="one_unsent_for_each_page")]

    def __str__(self) -> str:
        return f"unsent page of {self.intake_id}"
