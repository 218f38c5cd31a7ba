"""What a returning patient said last time, beside what they say now, in words for staff."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone

from intake.models import Intake, Patient, Respondent
from intake.review.case_page import CasePage
from intake.versions.arranging import NEW_PLACE, PLACES

DETAILS = {
    "first_name": "First name",
    "last_name": "Last name",
    "date_of_birth": "Date of birth",
    "phone": "Phone",
    "email": "Email",
    "contact_is_of": "Phone and email are of",
    "language": "Language",
    "needs_interpreter": "Needs an interpreter",
    "insurance_plan": "Insurance plan",
    "member_number": "Member number",
    "referred_by": "Referred by",
    "address": "Home address",
    "location": "Location",
}

CONFIRMED = {
    "sex": "Sex at birth",
    "conditions": "Health conditions",
    "medicines": "Medicines",
    "cancer": "Cancer",
    "contact": "Contact details",
    "insurance": "Insurance plan",
    "language": "Language",
}


def earlier_intake(patient: Patient) -> Intake:
    """The last one that was sent, else the last one begun. Raises Intake.DoesNotExist."""
    sent = patient.intakes.exclude(submitted_at=None)
    return sent.order_by("-submitted_at").first() or patient.intakes.latest("started_at")


def day_of_earlier(intake: Intake) -> date | None:
    """The day the earlier intake was sent or last touched, where the patient is treated; None for a first one."""
    if intake.earlier is None:
        return None
    earlier = intake.earlier
    at = earlier.submitted_at or earlier.saved_at or earlier.started_at
    return timezone.localdate(at, timezone=intake.patient.location.zone)


@dataclass(frozen=True)
class ChangedSince:
    what: str
    before: str
    now: str


class Earlier:
    """An intake beside the one it follows. `page` gives the words (see `intake.review.case_page.CasePage`)."""

    def __init__(self, page: CasePage) -> None:
        self.page, self.intake, self.before = page, page.intake, page.intake.earlier
        self.day = day_of_earlier(self.intake)
        self.case = getattr(self.before, "case", None)

    @property
    def worse(self) -> bool:
        return self.intake.occasion == Intake.Occasion.WORSE

    @property
    def details(self) -> list[ChangedSince]:
        """Contact details that are not what they were when the earlier intake was sent."""
        patient = self.intake.patient
        since = self.before.submitted_at or self.before.started_at
        was = patient.history.filter(pgh_created_at__lte=since).order_by("-pgh_id").first()
        if was is None:
            return []
        return [
            ChangedSince(label, _shown(was, name), _shown(patient, name))
            for name, label in DETAILS.items()
            if getattr(was, f"{name}_id" if name == "location" else name)
            != getattr(patient, f"{name}_id" if name == "location" else name)
        ]

    @property
    def answers(self) -> list[ChangedSince]:
        """Questions answered both times and otherwise now."""
        before, now = self.before.answers, self.intake.answers
        return [
            ChangedSince(self.page.question(id), self.page.answer(id, before[id]), self.page.answer(id, now[id]))
            for id in self.page.protocol.questions
            if id in before and id in now and before[id] != now[id]
        ]

    @property
    def what_got_worse(self) -> str:
        """Return the places that got worse, as the patient said; "" until they did."""
        places = self.intake.worse_places or []
        known = [place for place in places if place != NEW_PLACE]
        words = [self.page.answer(PLACES[0], known)] if known else []
        return "; ".join([*words, *(["a new place"] if NEW_PLACE in places else [])])

    @property
    def confirmed(self) -> list[str]:
        """Return what the patient said is still right, in words."""
        return [CONFIRMED[line] for line in self.intake.confirmed if line in CONFIRMED]

    @property
    def confirmed_by(self) -> str:
        """Return who confirmed it: the patient, or whoever answered in their place."""
        who = getattr(self.intake, "respondent", None)
        return who.name if who and who.kind != Respondent.Kind.PATIENT and who.name else "the patient"

    @property
    def taken_over(self) -> list[str]:
        """Questions whose earlier answers count now without having been asked again."""
        done, protocol = self.intake.pages_done, self.page.protocol
        untouched = [page for page in protocol.pages if done.get(page.id) == 0]
        return [
            self.page.question(id)
            for page in untouched
            for id in page.questions
            if id in self.intake.carried and self.intake.answers.get(id) == self.intake.carried[id]
        ]

    @property
    def not_confirmed(self) -> list[str]:
        """Questions whose earlier answers were offered and are not answered yet."""
        return [self.page.question(id) for id in self.intake.carried if id not in self.intake.answers]


def _shown(patient: Patient, name: str) -> str:
    value = getattr(patient, name)
    if name == "language":
        return dict(settings.LANGUAGES).get(value, value)
    if name == "contact_is_of":
        return Patient.ContactIsOf(value).label
    if name == "date_of_birth":
        return f"{value:%b} {value.day}, {value.year}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value) if value not in (None, "") else "None"
