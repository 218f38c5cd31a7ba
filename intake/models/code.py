"""Submitted intakes as a few bytes each, so that a changed protocol can be replayed over all of them."""

from django.db import models

from intake.models.urgency import URGENCIES


class AnswerCode(models.Model):
    """What the replay reads: the code of the answers and what was decided then, at fixed width for one protocol.

    Written in the transaction of the submit. The JSON of the assessment stays the record; `manage.py answer_codes`
    verifies every row against it and makes them again.
    """

    intake = models.OneToOneField("intake.Intake", on_delete=models.CASCADE, primary_key=True, related_name="code")
    protocol = models.ForeignKey("intake.ProtocolVersion", on_delete=models.PROTECT, related_name="+")
    code = models.BinaryField(help_text="The answers, by the layout of the protocol (intake.triage.many.coding)")
    flags = models.BinaryField(help_text="One bit for each rule of the protocol, in its order")
    urgency = models.PositiveSmallIntegerField(choices=URGENCIES)
    specialist = models.PositiveSmallIntegerField(help_text="Place of the first choice in the protocol's specialists")

    def __str__(self) -> str:
        return f"code of intake {self.intake_id}"
