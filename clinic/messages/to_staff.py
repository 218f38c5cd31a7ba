"""Mails to one member of staff: they go to the address of the account, as it is when they go."""

from typing import Any
from uuid import UUID

from clinic.messages.actions import schedule, schedule_for_each
from clinic.messages.models import Message
from clinic.staff.models import Location, User


def key_to(person_id: int, kind: str, *numbers: Any) -> str:
    """Return the key of a mail to one member of staff: the number of the account stands last, where `reader` looks."""
    return ":".join(map(str, (kind, *numbers, person_id)))


def write_to(
    person: User,
    kind: str,
    *numbers: Any,
    location: Location | None,
    about: tuple[str, UUID] | None = None,
    **more: Any,
) -> Message:
    """Write to one member of staff; `about` is what it is about and its id, themselves where it is left out.

    `numbers` make it the only one of its kind to that person.
    """
    subject_type, subject_id = about or ("user", person.public_id)
    return schedule(
        kind,
        key=key_to(person.pk, kind, *numbers),
        to=person.email,
        language="en",
        subject_type=subject_type,
        subject_id=subject_id,
        location=location,
        **more,
    )


class ToAColleague:
    """A kind of message whose key ends with the number of the account it goes to.

    An address is corrected on the account, nowhere else: nobody is told in a colleague's place.
    """

    @staticmethod
    def reader(message: Message) -> User | None:
        """Return whose message it is; None where it names nobody, as an announcement."""
        if not message.recipient:
            return None
        return User.objects.filter(pk=int(message.key.rpartition(":")[2])).first()

    @classmethod
    def recipient(cls, message: Message) -> str:
        reader = cls.reader(message)
        return reader.email if reader else ""


class ToWhoeverActs(ToAColleague):
    """A kind whose people are found when it goes: `people(message)`.

    So nobody who has left is told in place of those who work there. A copy for one of them is dropped when they no
    longer are.
    """

    @classmethod
    def left(cls, message: Message) -> str:
        """Return why this person need not hear of it any more, or ""."""
        if message.recipient and cls.reader(message) not in cls.people(message):
            return "This person has nothing to do with it any more."
        return ""

    @classmethod
    def not_gone(cls, message: Message) -> None:
        """Tell those who act by now, when a copy was dropped because its person does not."""
        if message.status == Message.Status.SKIPPED and cls.left(message):
            schedule_for_each(message, cls.people(message), key=message.key.rpartition(":")[0])
