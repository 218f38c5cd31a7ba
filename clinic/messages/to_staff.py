"""Mails to one member of staff: they go to the address of the account, as it is when they go."""

from clinic.messages.actions import schedule_for_each
from clinic.messages.models import Message
from clinic.staff.models import User


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
