"""A clinic at noon of a Tuesday in which one change after the other is walked, each undone before the next."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import make_link
from clinic.links.models import Link
from clinic.messages.models import Message
from intake.door import draft, status_cookie
from intake.door.form_links import link_to
from intake.door.status_links import link_to_status
from intake.models import CallToMake, Case, CaseEvent, DeskTask, Intake, Patient
from intake.review import actions as cases
from intake.review.opening import open_case
from intake.review.reaching import needs_why_not_called
from referrals.desk.worklist import WorklistFilter
from referrals.models import Referral, ReferralMove
from referrals.office import session as office_session
from referrals.told.rows import Page, Who
from tests import factories
from tests.answers import FOOT_DROP
from tests.intake.review.test_cases import NOT_CALLED

NOON = datetime(2027, 3, 2, 12, 0, tzinfo=ZoneInfo("America/New_York"))  # a Tuesday
OFFICE = "Ellen Park, RN"
ON_CALL_PHONE = "207 555 0190"


@dataclass
class Walked:
    """What a change was about, once it is made.

    `reads`: by page, what must stand there, where a name would say nothing of the change. `late`: when the time is over
    in which somebody should have acted, where no row says so.
    """

    patient: Patient | None = None
    case: Case | None = None
    referral: Referral | None = None
    visit: object = None
    intake: Intake | None = None
    colleague: object = None
    office: object = None
    reads: dict[str, str] = field(default_factory=dict)
    late: datetime | None = None

    def __post_init__(self):
        subject = self.case or self.referral or self.visit or self.intake
        self.patient = self.patient or (subject and subject.patient)


class House:
    """Maya and Daniel treat, Priya runs the desk, Ruth manages; Olga treats elsewhere."""

    def __init__(self, clock, settings, *, location, elsewhere, maya, daniel, priya, ruth, olga):
        self.clock, self.settings = clock, settings
        self.location, self.elsewhere = location, elsewhere
        self.maya, self.daniel, self.priya, self.ruth, self.olga = maya, daniel, priya, ruth, olga

    # Before and after the change ------------------------------------------------------------------------------------

    def now_changes(self, subject=None):
        """Say that what follows is the change itself; `subject` is what has a state, where nothing writes it down."""
        self.began_at = timezone.now()
        self.subject, self.state_before = subject, state_of(subject)
        self.before = {model: set(there(model).values_list("pk", flat=True)) for model in NEW}

    def new(self, model):
        """Return the rows of a model that are new since the change began; of the desk's list those that wait anew."""
        return there(model).exclude(pk__in=self.before[model])

    @contextmanager
    def undone(self):
        """Roll back what happens inside, and the clock with it."""
        now = timezone.now()
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.clock.move_to(now)

    # What is about ---------------------------------------------------------------------------------------------------

    def patient(self, **fields):
        return factories.patient(at=self.location, **fields)

    def sent(self, answers=FOOT_DROP, **fields) -> Intake:
        """A form that was sent; nobody has looked at its answers."""
        return factories.intake(of=self.patient(), answers=answers, submitted=True, **fields)

    def opened(self, answers=FOOT_DROP) -> Case:
        """The case of a form that was sent."""
        return self.answered(self.sent(answers), answers)

    def answered(self, intake, answers) -> Case:
        """These are the answers of the form by now, and the rules ran."""
        Intake.objects.filter(pk=intake.pk).update(answers=answers)
        intake.refresh_from_db()
        case = open_case(intake, factories.assessment(intake), because=Case.OpenedBecause.SUBMITTED)
        case.refresh_from_db()
        return case

    def taken(self, answers=FOOT_DROP, *, by=None) -> Case:
        return cases.acknowledge(self.opened(answers), by=by or self.maya)

    def reached(self, case, **said):
        said = {"outcome": "reached", "safety_advice_given": True, "words": ""} | said
        cases.record_contact(case, by=self.maya, **said)
        case.refresh_from_db()

    def decides(self, case, **more):
        """Maya decides as suggested, or otherwise by `more`."""
        case.refresh_from_db()
        more = {"becomes": NOT_CALLED} | more if needs_why_not_called(case) else more
        asked = {"tier": case.urgency, "specialist": cases.suggestion(case), "refer": False, "reason": "agree"}
        decision = cases.decide(
            case, **{"version": case.version, "verdicts": {}, "words": "", "by": self.maya} | asked | more
        )
        case.refresh_from_db()
        return decision

    def decided(self, answers=FOOT_DROP, **more) -> Case:
        case = self.taken(answers)
        self.decides(case, **more)
        return case

    def referral(self, status=None, **fields) -> Referral:
        """A referral that Priya carries: a draft, or one that has left the house."""
        case = factories.case(of=self.patient(), answers=FOOT_DROP)
        decision = factories.decision(on=case, by=self.maya)
        if status is None:
            return factories.referral(after=decision, owner=self.priya, **fields)
        ended = {"end_reason": "not_needed", "ended_at": timezone.now(), "next_check_at": None}
        more = (ended if status in Referral.ENDED else {}) | fields
        referral = factories.referral(after=decision, owner=self.priya, to=factories.specialist())
        Referral.objects.filter(pk=referral.pk).update(status=status, **more)
        referral.refresh_from_db()
        return referral

    # Who it is, and what they see -------------------------------------------------------------------------------------

    def person(self, who, walked):
        at_the_desk = dict.fromkeys((Who.DESK, Who.CARRIER, Who.STAFF), self.priya)
        people = {Who.THERAPIST: self.maya, Who.MANAGER: self.ruth} | at_the_desk
        return walked.colleague if who == Who.COLLEAGUE else people[who]

    def addresses(self, who, walked) -> set[str]:
        """Return where a mail reaches who has to hear: a text reaches the phone of whoever is on call."""
        if who == Who.PATIENT:
            return {walked.patient.email}
        if who == Who.OFFICE:
            return {self.office(walked).email, self.office(walked).fax}
        if who == Who.COLLEAGUE:
            return {walked.colleague.email}
        of = {Who.THERAPIST: (self.maya, self.daniel), Who.MANAGER: (self.ruth,)}.get(who, (self.priya,))
        return {person.email for person in of} | ({ON_CALL_PHONE} if who == Who.THERAPIST else set())

    def office(self, walked):
        """Return the office that has to hear: the one that has the referral, or had it before."""
        return walked.office or (walked.referral and walked.referral.specialist)

    def page(self, who, page: Page, walked) -> str:
        """Return what a page says to who has to hear of it."""
        return self._browser(who, page.route, walked).get(self._address(page, walked)).text

    def staff_page(self, who, walked) -> str:
        """Return a page of staff that holds nothing but its bands."""
        return self._signed_in(self.person(who, walked)).get(reverse("directory")).text

    def _address(self, page, walked) -> str:
        if page.route == "case":
            return reverse("case", args=[walked.case.public_id])
        if page.route == "referral":
            return reverse("referral", args=[walked.referral.public_id])
        part = f"?show={LISTS[page.part]}" if page.part in LISTS else ""
        return reverse(page.route) + part

    def _browser(self, who, route, walked) -> Client:
        if who == Who.OFFICE:
            return self._office(walked.referral)
        if who != Who.PATIENT:
            return self._signed_in(self.person(who, walked))
        answer, asked = HttpResponse(), RequestFactory().get("/")
        if route.startswith("intake"):
            link_to(walked.intake)
            return _with_cookies(draft.remember(asked, answer, walked.intake))
        link = link_to_status(walked.patient)
        return _with_cookies(status_cookie.open_status(asked, answer, walked.patient, link))

    def _signed_in(self, person) -> Client:
        browser = Client()
        browser.force_login(person)
        return browser

    def _office(self, referral) -> Client:
        link = make_link(Link.Purpose.OFFICE, referral.public_id, expires_at=timezone.now() + timedelta(days=1))
        answer = HttpResponse()
        office_session.begin(answer, link=link, referral=referral, person=OFFICE)
        return _with_cookies(answer)


NEW = (Message, CaseEvent, ReferralMove, CallToMake, DeskTask)
DESKS_LIST = (CallToMake, DeskTask)
LISTS = {label: name for name, label in WorklistFilter.PARTS}


def there(model):
    """Return the rows of a model; of the desk's list those that wait."""
    return model.objects.filter(done_at=None) if model in DESKS_LIST else model.objects.all()


def state_of(subject) -> str:
    """Return the state of a visit, a file or a message; "-" of what is not there yet."""
    if subject is None:
        return "-"
    subject.refresh_from_db()
    return next(getattr(subject, name) for name in ("state", "scan", "status") if hasattr(subject, name))


def _with_cookies(response) -> Client:
    browser = Client()
    browser.cookies = response.cookies
    return browser
