"""Whom a mail about a patient goes to: the address they have when it goes, not the one they had when it was planned."""

from uuid import UUID

from clinic.messages.models import Message
from clinic.staff.models import User
from intake.door.addresses import correct_address
from intake.models import Patient


class ToThePatient:
    """A kind of mail to a patient; each says whom a message is about."""

    @staticmethod
    def patient_of(message: Message) -> Patient:
        raise NotImplementedError

    @classmethod
    def reader_id(cls, message: Message) -> UUID:
        return cls.patient_of(message).public_id

    @classmethod
    def recipient(cls, message: Message) -> str:
        return cls.patient_of(message).email

    @classmethod
    def new_address(cls, message: Message, to: str, by: User) -> None:
        correct_address(cls.patient_of(message), to)


class InTheirLanguage(ToThePatient):
    """In the language they have chosen by then, too."""

    @classmethod
    def language(cls, message: Message) -> str:
        return cls.patient_of(message).language
