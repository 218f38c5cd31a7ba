"""What happened to each of the demo's patients, told through the same actions the pages call.

A story is a function that takes a Told and moves its clock forward as it goes. `data/people.yaml` names one for each.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from clinic.staff.models import User
from demo.invented.clock import clock_at
from intake import triage
from intake.models import Case, Contact, Decision, Document, Intake, Urgency
from intake.questionnaire import actions as intakes
from intake.review import actions as cases
from intake.scorecard.actions import look_back
from intake.signing import actions as consents
from referrals import moves as actions
from referrals.directory import ranking
from referrals.models import DeclineReason, Referral

A_PAGE_TAKES = timedelta(seconds=20)


@dataclass
class Told:
    """One patient's story so far: the intake, the people in it, and the moment it has reached."""

    intake: Intake
    answers: dict
    at: datetime
    maya: User
    daniel: User
    desk: User

    @property
    def case(self) -> Case:
        return Case.objects.get(intake=self.intake)

    @property
    def referral(self) -> Referral:
        return Referral.objects.get(case__intake=self.intake)

    def after(self, **span: Any):
        """Moves the story on, never past the present; use as `with told.after(hours=2): ...`."""
        self.at = min(self.at + timedelta(**span), timezone.now())
        return clock_at(self.at)


# Answering --------------------------------------------------------------------------------------------------------


def answers_pages(told: Told, *, stop_when=lambda saved: False) -> None:
    """Saves page after page as the patient would, until done or until `stop_when(saved)`."""
    protocol = triage.shipped()
    seen: set[str] = set()
    while page := triage.next_page(protocol, told.intake.answers, seen=seen):
        seen.add(page.id)
        with told.after(seconds=A_PAGE_TAKES.seconds):
            given = {question: told.answers[question] for question in page.questions if question in told.answers}
            saved = intakes.save_page(told.intake, page.id, given, version=told.intake.version)
        told.intake.refresh_from_db()
        if stop_when(saved):
            return


def submitted(told: Told) -> None:
    answers_pages(told)
    with told.after(seconds=30):
        intakes.sign_and_submit(
            told.intake,
            version=told.intake.version,
            signed_name=consents.expected_name(told.intake),
            choices=dict.fromkeys(Document, True),
            language=told.intake.language,
        )
    told.intake.refresh_from_db()


def unfinished(told: Told) -> None:
    answers_pages(told, stop_when=lambda saved: len(saved.intake.pages_done) >= 9)


def not_screened(told: Told) -> None:
    answers_pages(told, stop_when=lambda saved: len(saved.intake.pages_done) >= 2)
    with told.after(days=3):
        intakes.open_cases_for_abandoned(told.at)


def stops_at_emergency(told: Told) -> None:
    answers_pages(told, stop_when=lambda saved: saved.newly_emergency)


# Reviewing --------------------------------------------------------------------------------------------------------


def acknowledged(told: Told, **span: Any) -> None:
    with told.after(**(span or {"minutes": 8})):
        cases.acknowledge(told.case, by=told.maya)


def reached(told: Told, words: str, *, where: str = "") -> None:
    with told.after(minutes=4):
        cases.record_contact(
            told.case,
            outcome=Contact.Outcome.REACHED,
            told=where,
            safety_advice_given=True,
            words=words,
            by=told.maya,
        )


def decided(
    told: Told,
    *,
    specialist: str = "",
    refer: bool = False,
    tier=None,
    reason: str = "agree",
    words: str = "",
    **span: Any,
) -> Decision:
    with told.after(**(span or {"minutes": 20})):
        case = told.case
        suggested = cases.suggestion(case)
        decision = cases.decide(
            case,
            version=case.version,
            alarms_seen=case.intake.assessments.last().public_id,
            tier=case.urgency if tier is None else tier,
            specialist=specialist or suggested,
            refer=refer,
            reason=reason,
            words=words,
            verdicts={},
            by=told.maya,
        )
        if decision.effective_at and refer:
            actions.refer(decision, by=told.maya)
        return decision


def in_review(told: Told) -> None:
    submitted(told)
    acknowledged(told)


def emergency_acknowledged(told: Told) -> None:
    stops_at_emergency(told)
    acknowledged(told, minutes=5)
    with told.after(minutes=2):
        cases.record_contact(
            told.case,
            outcome=Contact.Outcome.NO_ANSWER,
            safety_advice_given=False,
            words="Rang out twice. Trying again in five minutes.",
            by=told.maya,
        )


def emergency_just_taken(told: Told) -> None:
    """Stopped at the emergency page minutes ago; Daniel has it and is on the phone."""
    stops_at_emergency(told)
    with told.after(minutes=3):
        cases.acknowledge(told.case, by=told.daniel)


def emergency_second_look(told: Told) -> None:
    submitted(told)
    acknowledged(told, minutes=6)
    reached(told, "Spoke with her: seen at the emergency room this morning, scan clear, sent home with advice.")
    decided(
        told,
        tier=Urgency.SOON,
        specialist="primary_care",
        reason=Decision.Reason.EXPLAINED,
        words="Already assessed at the emergency room today; discharge papers to follow.",
    )


def emergency_decided(told: Told) -> None:
    submitted(told)
    acknowledged(told, minutes=5)
    reached(
        told, "Agreed to go to the emergency room at once; his daughter is driving him.", where=Contact.Told.EMERGENCY
    )
    decided(told, words="")


def routine_decided(told: Told) -> None:
    submitted(told)
    acknowledged(told, hours=3)
    decided(told, specialist="physical_therapist", **_agree_or("physical_therapist", told))


def routine_referred(told: Told) -> None:
    submitted(told)
    acknowledged(told, hours=2)
    decided(told, specialist="podiatrist", refer=True, **_agree_or("podiatrist", told))


def _agree_or(specialist: str, told: Told) -> dict:
    if cases.suggestion(told.case) == specialist:
        return {}
    return {"reason": Decision.Reason.PATIENT_CHOICE, "words": "Talked it over; prefers to start here."}


# Referring --------------------------------------------------------------------------------------------------------


def referral_draft(told: Told) -> None:
    submitted(told)
    acknowledged(told, hours=1)
    reached(told, "Explained the next step and what to watch for.")
    suggested = cases.suggestion(told.case)
    decided(told, specialist=suggested, refer=True)


def referral_sent(told: Told) -> None:
    referral_draft(told)
    with told.after(hours=1):
        best = ranking.ranked(told.referral)[0]
        actions.choose(
            told.referral,
            best.specialist,
            choice=Referral.Choice.SUGGESTED,
            because="; ".join(best.reasons),
            by=told.desk,
        )
        for step in actions.open_plan_steps(told.referral):
            words = "Faxed by the primary care office" if step.what == step.What.REFERRAL else "A-40718"
            actions.settle_plan_step(told.referral, what=step.what, how=step.How.THERE, words=words, by=told.desk)
        actions.prepare_letter(told.referral, consent=Referral.Consent.AGREED, by=told.desk)
        actions.send(told.referral, by=told.desk)


def referral_overdue(told: Told) -> None:
    referral_sent(told)


def referral_question(told: Told) -> None:
    referral_sent(told)
    with told.after(hours=20):
        actions.office_opened(told.referral, office="Nora Lind, scheduling")
        actions.office_ask(
            told.referral, words="Does the patient have the report of the nerve test?", office="Nora Lind, scheduling"
        )


def referral_declined(told: Told) -> None:
    referral_sent(told)
    with told.after(hours=26):
        actions.office_opened(told.referral, office="Front office")
        actions.office_decline(
            told.referral,
            reason=DeclineReason.NOT_IN_TIME,
            words="Next opening is in eleven weeks.",
            office="Front office",
        )


def referral_accepted(told: Told) -> None:
    referral_sent(told)
    with told.after(hours=5):
        actions.office_opened(told.referral, office="Ellen Park, RN")
        actions.office_accept(told.referral, office="Ellen Park, RN")


def referral_scheduled(told: Told) -> None:
    """The appointment was three days after the office accepted; for most stories it is over."""
    _give_appointment(told, counted_from=told.at)
    with told.after(hours=1):
        actions.look(told.referral, by=told.desk)


def referral_to_come(told: Told) -> None:
    """The appointment is the day after tomorrow, whenever the demo is started."""
    _give_appointment(told, counted_from=timezone.now())


def _give_appointment(told: Told, *, counted_from: datetime) -> None:
    referral_accepted(told)
    local = max(counted_from, told.at).astimezone(told.intake.patient.location.zone)
    with told.after(hours=3):
        actions.give_appointment(
            told.referral,
            starts_at=(local + timedelta(days=3)).replace(hour=9, minute=30, second=0, microsecond=0),
            time_zone=told.referral.specialist.time_zone,
            instructions="Please bring a list of medicines and any earlier scans.",
            office="Ellen Park, RN",
        )


def referral_no_show(told: Told) -> None:
    referral_scheduled(told)
    with told.after(days=4):
        actions.no_show(told.referral, by=told.desk, words="Office called: did not come, did not phone.")


def referral_reported(told: Told) -> None:
    referral_scheduled(told)
    with told.after(days=4):
        actions.receive_report(
            told.referral,
            words="Seen today. Imaging arranged; protected weight bearing for six weeks.",
            sent_by="Joseph Nakamura, MD",
            office="Joseph Nakamura, MD",
        )


def referral_closed(told: Told) -> None:
    referral_reported(told)
    with told.after(hours=18):
        for report in told.referral.reports.all():
            actions.read_report(report, by=told.daniel)
        look_back(
            told.case,
            urgency=told.case.tier,
            specialist=told.referral.decision.specialist,
            group="fracture",
            by_report=True,
            by=told.daniel,
        )
    with told.after(hours=1):
        actions.close(told.referral, reason=Referral.EndReason.REPORT_READ, by=told.desk)


def referral_withdrawn(told: Told) -> None:
    referral_sent(told)
    with told.after(hours=8):
        actions.withdraw(
            told.referral, reason=Referral.EndReason.SEEN_ELSEWHERE, words="Saw his own doctor yesterday.", by=told.desk
        )
