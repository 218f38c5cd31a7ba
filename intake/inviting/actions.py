"""Sending an invitation again, taking it back, and inviting everybody of a list."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from clinic.contact.names import visible
from clinic.formats.sheets import MOST_BYTES, text_of
from clinic.links import actions as links
from clinic.messages import actions as messages
from clinic.messages.models import Message, MessageQuerySet
from clinic.staff.models import User
from clinic.staff.permissions import INVITE_PATIENTS
from intake.door import emails
from intake.door.addresses import correct_address
from intake.door.form_links import link_of
from intake.inviting.preview import AGAIN, NEW, WRONG, Previewed, look, only_the_rows, read
from intake.inviting.standing import WITH_THE_LINK
from intake.models import Intake, InvitationList, Patient
from intake.questionnaire.actions import invite_patient
from intake.returning.actions import invite_again

UNSENT_FOR = timedelta(days=1)  # a list of people nobody wrote to is not kept for long


class InvitationChanged(Exception):
    """Say that the invitation went on meanwhile, and nothing was changed.

    `words` say what is so now.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(words)


@transaction.atomic
def send_again(intake: Intake, *, to: str = "", by: User) -> None:
    """Mail the invitation once more.

    It goes to the address on file, or to a better one, which is on file from then on. Raises InvitationChanged where
    the form is sent or taken back, and when the link went out too often this hour.
    """
    intake = _locked(intake, by)
    patient = intake.patient
    to = to or patient.email
    failed = _mails_of(intake).needing_a_person()
    if to.casefold() != patient.email.casefold():
        correct_address(patient, to)
        messages.readdress(subject_type="intake", subject_id=intake.public_id, to=to, language=intake.language)
    messages.settle_failed(failed, why="It was sent again.")
    if emails.invite_once_more(intake) is None:
        raise InvitationChanged("It went out three times within the hour. Wait, or call the patient.")


@transaction.atomic
def take_back(intake: Intake, *, by: User) -> None:
    """End an invitation nobody has begun to answer.

    Its link opens nothing, and what waits is not sent. Raises InvitationChanged once an answer is saved: from then on
    it is the patient's form.
    """
    _take_back(_locked(intake, by), by)


def _take_back(intake: Intake, by: User) -> None:
    if intake.saved_at:
        raise InvitationChanged("The patient has begun to answer. It cannot be taken back any more.")
    intake.taken_back_at, intake.taken_back_by = timezone.now(), by
    intake.save(update_fields=["taken_back_at", "taken_back_by"])
    if link := link_of(intake):
        links.withdraw(link, by=by)
    why = "The invitation was taken back."
    messages.withdraw(subject_type="intake", subject_id=intake.public_id, why=why)
    messages.settle_failed(Message.objects.about("intake", intake.public_id), why=why)


def _locked(intake: Intake, by: User) -> Intake:
    if not by.may(INVITE_PATIENTS):
        raise PermissionDenied
    mine = Intake.objects.visible_to(by).invitations().select_for_update(of=("self",))
    locked = mine.select_related("patient__location").filter(pk=intake.pk).first()
    if locked is None:
        raise PermissionDenied
    if locked.submitted_at:
        raise InvitationChanged("The patient has sent the form.")
    if locked.taken_back_at:
        raise InvitationChanged("The invitation was taken back.")
    return locked


def _mails_of(intake: Intake) -> MessageQuerySet:
    return Message.objects.about("intake", intake.public_id).filter(kind__in=WITH_THE_LINK)


# Lists ----------------------------------------------------------------------------------------------------------------


def keep_list(upload: UploadedFile, *, day_first: bool, by: User) -> InvitationList:
    """Keep a list to look at; nobody is written to.

    NotReadable where no rows can be read from it.
    """
    if not by.may(INVITE_PATIENTS):
        raise PermissionDenied
    text = text_of(upload.read(MOST_BYTES + 1))
    read(text)
    name = visible(upload.name or "")[-120:]
    return InvitationList.objects.create(file_name=name, text=text, day_first=day_first, uploaded_by=by)


def forget_unsent(now: datetime) -> None:
    """Remove the lists that nobody sent, a day after they were added."""
    InvitationList.objects.filter(confirmed_at=None, uploaded_at__lt=now - UNSENT_FOR).delete()


@transaction.atomic
def invite_list(kept: InvitationList, *, saw: str, by: User) -> int:
    """Invite everybody of a list whose row is right; returns how many.

    All of them or none. `saw` is the mark of the preview the person read; InvitationChanged where it would be another
    one by now. A list that was sent before invites nobody.
    """
    kept = _own(kept, by)
    if kept.confirmed_at:
        return 0
    preview = look(kept, by)
    if preview.mark != saw:
        raise InvitationChanged("Somebody invited or came meanwhile. Nobody was written to yet. Look once more.")
    rows = [*preview.of(NEW), *preview.of(AGAIN)]
    if not rows:
        raise InvitationChanged("Nobody of this list would be invited.")
    made = [_invited(row, by).pk for row in rows]
    Intake.objects.filter(pk__in=made, invited_by=by, saved_at=None).update(
        invited_in=kept
    )  # never a form of their own
    wrong = preview.of(WRONG)
    kept.left_out = [[row.line.number, row.name, [list(one) for one in row.problems]] for row in wrong]
    kept.text = only_the_rows(kept.text, {row.line.number for row in wrong})
    kept.confirmed_at, kept.confirmed_by = timezone.now(), by
    kept.save()
    return len(made)


def _invited(row: Previewed, by: User) -> Intake:
    if row.patient is None:
        return invite_patient(by=by, **row.contact)
    return invite_again(Patient.objects.get(pk=row.patient.pk), by=by)


@transaction.atomic
def undo_list(kept: InvitationList, *, by: User) -> tuple[int, int]:
    """Take back every invitation of a list that nobody has begun to answer.

    Returns how many that were, and how many stay because their patient has begun.
    """
    kept = _own(kept, by)
    if not kept.can_be_undone:
        return 0, 0
    theirs = kept.intakes.select_for_update(of=("self",)).order_by("pk").filter(taken_back_at=None)
    standing = [intake for intake in theirs if not intake.saved_at and not intake.submitted_at]
    stays = theirs.count() - len(standing)
    for intake in standing:
        _take_back(intake, by)
    kept.undone_at, kept.undone_by = timezone.now(), by
    kept.save(update_fields=["undone_at", "undone_by"])
    return len(standing), stays


def _own(kept: InvitationList, by: User) -> InvitationList:
    found = InvitationList.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=kept.pk).first()
    if found is None:
        raise PermissionDenied
    return found
