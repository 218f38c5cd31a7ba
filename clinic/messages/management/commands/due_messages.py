"""`manage.py due_messages`: what the outbox still owes."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q
from django.db.models.functions import Now

from clinic.messages.models import Message


class Command(BaseCommand):
    help = "Prints each message that is due and not settled, as one JSON object per line; oldest first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that are due later")

    def handle(self, *args: Any, **options: Any) -> None:
        owed = Message.objects.unsettled().order_by("due_at", "pk")
        if not options["all"]:
            owed = owed.filter(Q(due_at__lte=Now()) | Q(status=Message.Status.SENDING))
        for message in owed.iterator():
            line = {
                "key": message.key,
                "recipient": message.recipient,
                "kind": message.kind,
                "due_at": message.due_since.isoformat(),
            }
            self.stdout.write(json.dumps(line))
