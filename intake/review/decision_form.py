"""Forms of the case page: a call, a decision, a second look. Staff pages are in English."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from clinic.web.forms import FieldsOnly
from intake.models import URGENCIES, Case, Contact, Decision, Intake, Urgency
from intake.models.two_people import HANDLED_AT
from intake.review import closing, schedule
from intake.review.actions import Verdict
from intake.review.left_to_do import in_words
from intake.review.outcomes import WhatBecomes, outcome_of
from intake.review.reaching import needs_why_not_called, reaching

NOT_BY_MAIL = ("physical_therapist", "emergency_department")  # suggested by itself, these get no referral
Outcome, Reason = Decision.Outcome, Decision.Reason
OF_FLAGS = [choice for choice in Reason.choices if choice[0] not in Decision.NO_FLAG_FOR]
REASONS = [choice for choice in Reason.choices if choice[0] not in (Reason.AGREE, Reason.BY_PHONE)]
OUTCOMES = {  # as they are chosen; a decision has them in fewer words
    Outcome.TREAT: "Treat here: the desk books a visit",
    Outcome.REFER: "Refer to whom you chose above",
    Outcome.ADVISED: "Emergency or urgent care, not a visit here",
    Outcome.MORE: "More information is needed first",
    Outcome.CLOSED: "Close: no visit, no referral",
}
ASKED_WHERE_IT_MATTERS = ("outcome", "needs", "needs_from", "uncontacted", "uncontacted_words")


class _Fields(FieldsOnly):
    show_optional = False


class CallForm(forms.Form):
    """One try to reach the patient.

    What they were told of where to go is chosen from a list, so that pages can repeat it.
    """

    version = forms.IntegerField(required=False, max_value=2**31 - 1, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="What came of the call",
        choices=[("", "Choose"), *Contact.Outcome.choices],
        error_messages={"required": "Choose what came of the call."},
    )
    channel = forms.ChoiceField(label="How", choices=Contact.Channel.choices, required=False)
    told = forms.ChoiceField(
        label="What they were told", choices=[("", "Nothing of where to go"), *Contact.Told.choices], required=False
    )
    safety_advice_given = forms.BooleanField(label="Safety advice was given", required=False)
    asked_safety = forms.BooleanField(
        label="I asked the safety questions, and wrote the answers down below", required=False
    )
    words = forms.CharField(
        label="What was said", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, prefix="call", initial={"version": case.version}, **kwargs)
        if case.screened:
            del self.fields["asked_safety"]
        self.fields["channel"].show_optional = False
        self.helper = _Fields()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        outcome, channel = cleaned.get("outcome"), cleaned.get("channel") or Contact.Channel.PHONE
        cleaned["channel"] = channel
        spoke = outcome in Contact.SPOKEN
        if outcome and channel in Contact.WRITTEN and outcome != Contact.Outcome.MESSAGE:
            self.add_error("outcome", "What is written reaches nobody yet: choose “Left a message”.")
        if outcome and not spoke and cleaned.get("told"):
            self.add_error("told", "Nobody was reached, so nobody was told anything.")
        if outcome and not spoke and cleaned.get("safety_advice_given"):
            self.add_error("safety_advice_given", "Nobody was reached, so nobody was given advice.")
        if cleaned.get("asked_safety") and not spoke:
            self.add_error("asked_safety", "Nobody was reached, so nobody was asked.")
        if cleaned.get("asked_safety") and not cleaned.get("words"):
            self.add_error("words", "Write down what was answered.")
        return cleaned


class DecisionForm(forms.Form):
    """Agree, or choose everything one by one with a coded reason and words.

    `verdict` says which. Nothing is chosen beforehand for an emergency or an urgent case: there, to agree is an act of
    its own. Of a patient who was never screened there is nothing to agree with: their case is decided by answers taken
    on the phone, closed when the steps to reach them are done, or decided with a reason. `version` is the version of
    the case that was on the screen; `alarms_seen` the assessment whose alarming answers that no rule used stood on it,
    which the button says were seen. Each flag of the case gets a box to dismiss it. `decision()` makes of it what
    `actions.decide` takes. `others`: the forms that a doubled one can name.
    """

    AGREE, ALONE, OTHERWISE = "agree", "agree_alone", "otherwise"
    BY_PHONE, UNREACHED = "by_phone", "unreached"
    AGREEMENTS = (AGREE, ALONE)

    version = forms.IntegerField(max_value=2**31 - 1, widget=forms.HiddenInput)
    alarms_seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    tier = forms.TypedChoiceField(label="Urgency", coerce=lambda value: Urgency(int(value)), choices=URGENCIES)
    specialist = forms.ChoiceField(label="Who should see the patient")
    verdict = forms.ChoiceField(
        label="What you decide",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose: agree, or decide otherwise."},
    )
    outcome = forms.ChoiceField(label="What becomes of the patient", choices=list(OUTCOMES.items()), required=False)
    by_when = forms.DateField(label="By what day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    needs = forms.CharField(
        label="What has to be known", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    needs_from = forms.ChoiceField(label="From whom", required=False, choices=[("", "Choose"), *Decision.Whom.choices])
    reason = forms.ChoiceField(label="Why you decide otherwise", choices=[("", "Choose a reason"), *REASONS])
    other_intake = forms.TypedChoiceField(label="The other form, which goes on", required=False, empty_value=None)
    words = forms.CharField(label="In your words", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    uncontacted = forms.ChoiceField(
        label="Why it is decided before anybody was reached",
        required=False,
        choices=[("", "Choose a reason"), *Decision.Uncontacted.choices],
    )
    uncontacted_words = forms.CharField(
        label="What is done instead", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        *args: Any,
        case: Case,
        suggested: str,
        specialists: dict[str, str],
        others: Sequence[Intake] = (),
        log: Any = None,
        **kwargs: Any,
    ) -> None:
        self.case, self.suggested, self.log, self.others = case, suggested, log or reaching(case), others
        self.outcome = outcome_of(suggested, refer=suggested not in NOT_BY_MAIL)
        initial = {
            "version": case.version,
            "tier": case.urgency,
            "specialist": suggested,
            "outcome": self.outcome,
            "verdict": "" if case.urgency >= Urgency.URGENT or not case.screened else self.AGREE,
        }
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self.agrees = self.data.get("verdict") in self.AGREEMENTS
        self.fields["verdict"].choices = self._verdicts(specialists.get(suggested, suggested))
        self.fields["specialist"].choices = [(suggested, specialists.get(suggested, suggested))] + [
            (id, label) for id, label in specialists.items() if id != suggested
        ]
        self.fields["other_intake"].choices = [("", "Choose the form"), *closing.in_words(others, case)]
        self.fields["other_intake"].coerce = {str(form.public_id): form for form in others}.get
        for name in ("reason", "words"):
            self.fields[name].required = False
        for name in ("reason", "words", "other_intake", *ASKED_WHERE_IT_MATTERS):
            self.fields[name].show_optional = False
        if not case.screened:
            self.fields["verdict"].error_messages["required"] = "Choose how this case ends."
        self.asks_why_not_called = needs_why_not_called(case)
        if not self.asks_why_not_called:
            del self.fields["uncontacted"], self.fields["uncontacted_words"]
        self.flag_fields = {flag["rule"]: self._add_flag(flag["rule"]) for flag in case.flags}
        self.unseen = ("version", "alarms_seen", "verdict", "outcome", "uncontacted", "uncontacted_words")
        self.own_words = ["reason", "words", *(name for names in self.flag_fields.values() for name in names)]
        self.helper = _Fields()

    def _verdicts(self, specialist: str) -> list[tuple[str, str]]:
        """Return what there is to choose: a referral is offered only to whom one is sent."""
        otherwise = (self.OTHERWISE, "Decide otherwise" if self.case.screened else "Decide with a reason")
        if not self.case.screened:
            by_phone = [(self.BY_PHONE, "Decide by the answers taken on the phone")] if self.log.by_phone else []
            unreached = [(self.UNREACHED, "Close: could not be reached")] if self.log.may_be_closed else []
            return [*by_phone, *unreached, otherwise]
        agree = (self.AGREE, f"Agree: {self.case.tier.label}, {specialist}")
        alone = [] if self.suggested in NOT_BY_MAIL else [(self.ALONE, "Agree, no referral")]
        return [agree, *alone, otherwise]

    def _add_flag(self, rule: str) -> tuple[str, str, str]:
        names = f"{rule}-dismissed", f"{rule}-reason", f"{rule}-words"
        form = {"form": "decision"}  # drawn beside the flag, sent with the decision
        self.fields[names[0]] = forms.BooleanField(
            label="Dismiss this flag", required=False, widget=forms.CheckboxInput(attrs=form)
        )
        self.fields[names[1]] = forms.ChoiceField(
            label="Why it is dismissed",
            choices=[("", "Choose a reason"), *OF_FLAGS],
            required=False,
            widget=forms.Select(attrs=form),
        )
        self.fields[names[2]] = forms.CharField(
            label="In your words", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, **form})
        )
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if self.asks_why_not_called and cleaned["verdict"] != self.UNREACHED:
            self._check_why_not_called(cleaned)
        if self.agrees:
            self._check_agreement(cleaned)
        elif cleaned["verdict"] == self.UNREACHED:
            self._close_unreached(cleaned)
        else:
            self._check_otherwise(cleaned)
        return cleaned

    def _check_why_not_called(self, cleaned: dict[str, Any]) -> None:
        if not cleaned["uncontacted"]:
            self.add_error("uncontacted", "Call first and record it, or choose why it is decided before contact.")
        elif cleaned["uncontacted"] in Decision.CLAIMS_A_TRY and not self.log.tries:
            self.add_error("uncontacted", "No try to reach the patient is on record. Record it first.")
        elif not cleaned["uncontacted_words"]:
            self.add_error("uncontacted_words", "Say in your words what is done instead of the call.")

    def _close_unreached(self, cleaned: dict[str, Any]) -> None:
        """Say in words of the contact log what was tried; nothing else is decided."""
        cleaned["tier"], cleaned["specialist"] = self.case.urgency, self.suggested
        cleaned["outcome"], cleaned["reason"] = Outcome.CLOSED, Reason.NOT_REACHED
        cleaned["words"] = " ".join(filter(None, [self.log.in_words, cleaned["words"]]))

    def _check_otherwise(self, cleaned: dict[str, Any]) -> None:
        if not cleaned["outcome"]:
            self.add_error("outcome", "Choose what becomes of the patient.")
        if cleaned["verdict"] == self.BY_PHONE:
            cleaned["reason"] = Reason.BY_PHONE
        self._check_flags(cleaned)
        self._check_reason(cleaned)
        self._check_something_differs(cleaned)
        self._check_outcome(cleaned)
        self._check_closing(cleaned)

    def _check_outcome(self, cleaned: dict[str, Any]) -> None:
        outcome, reason = cleaned["outcome"], cleaned.get("reason")
        if outcome == Outcome.REFER and cleaned["specialist"] == HANDLED_AT:
            self.add_error(
                "outcome", "The emergency department gets a call, not a referral by mail. Choose another outcome."
            )
        if reason == Reason.NOT_REACHED and outcome != Outcome.CLOSED:
            self.add_error("outcome", "The case of a patient who could not be reached is closed.")
        if reason == Reason.NOT_REACHED and self.log.left:
            self.add_error("reason", f"Not yet. Still to do: {'; '.join(self.log.left)}.")
        if outcome == Outcome.CLOSED and not reason:
            self.add_error("reason", "Choose a reason: a case is closed only with one.")
        if outcome == Outcome.MORE:
            self._check_what_is_needed(cleaned)
        if outcome in (Outcome.TREAT, Outcome.MORE):
            self._check_day(cleaned.get("by_when"), cleaned["tier"])

    def _check_closing(self, cleaned: dict[str, Any]) -> None:
        """Ask for what the reason takes."""
        reason, outcome, other = (cleaned.get(name) for name in ("reason", "outcome", "other_intake"))
        if not reason or not outcome:
            return
        if reason == Reason.TWICE and not self.others:
            self.add_error("reason", "No other form of this patient is reviewed. Choose another reason.")
            return
        field, why = closing.missing(self.case, reason=reason, outcome=outcome, other_intake=other)
        if why:
            self.add_error(field, why)

    def _check_what_is_needed(self, cleaned: dict[str, Any]) -> None:
        if not cleaned["needs"]:
            self.add_error("needs", "Say what has to be known.")
        if not cleaned["needs_from"]:
            self.add_error("needs_from", "Choose from whom.")
        if not cleaned.get("by_when"):
            self.add_error("by_when", "Say by what day. The case comes back then, whatever came.")

    def _check_day(self, day: date | None, tier: Urgency) -> None:
        now, hours = timezone.now(), self.case.location.opening_hours
        today, last = now.astimezone(hours.zone).date(), schedule.farthest(tier, now, hours)
        if day and not today <= day <= last:
            farthest = f"{in_words(today)} to {in_words(last)}"
            self.add_error("by_when", f"A case that is {tier.label.lower()} takes a day from {farthest}.")

    def _check_agreement(self, cleaned: dict[str, Any]) -> None:
        touched = [name for name in self.changed_data if name not in self.unseen]
        if touched:
            raise forms.ValidationError(
                "You changed something. Choose “Decide otherwise”, or set it back to agree with the suggestion."
            )
        cleaned["outcome"] = outcome_of(
            self.suggested, refer=cleaned["verdict"] == self.AGREE and self.suggested not in NOT_BY_MAIL
        )

    def _check_flags(self, cleaned: dict[str, Any]) -> None:
        for flag in self.case.flags:
            condition = flag["condition"]
            dismissed, reason, words = self.flag_fields[flag["rule"]]
            if cleaned[dismissed]:
                if not cleaned[reason]:
                    self.add_error(reason, f"Choose why this flag is dismissed: {condition}.")
                if not cleaned[words]:
                    self.add_error(words, f"Say in your words why this flag is dismissed: {condition}.")
            elif cleaned[reason] or cleaned[words]:
                self.add_error(dismissed, f"Check the box to dismiss this flag, or clear its words: {condition}.")

    def _check_reason(self, cleaned: dict[str, Any]) -> None:
        otherwise = cleaned["tier"] != self.case.urgency or cleaned["specialist"] != self.suggested
        if not self.case.screened and not cleaned["reason"]:
            self.add_error("reason", "Choose a reason: nobody asked this patient about danger.")
        elif otherwise and not cleaned["reason"]:
            self.add_error("reason", "Choose a reason: urgency or specialist differ from the suggestion.")
        if (otherwise or cleaned.get("reason")) and not cleaned["words"]:
            self.add_error("words", "Say in your words why you decide otherwise.")

    def _check_something_differs(self, cleaned: dict[str, Any]) -> None:
        """Refuse "otherwise" for the suggestion itself: nobody differed."""
        same = cleaned["tier"] == self.case.urgency and cleaned["specialist"] == self.suggested
        same = same and cleaned["outcome"] == self.outcome and not cleaned["by_when"]
        dismissed = any(cleaned[names[0]] for names in self.flag_fields.values())
        if same and not dismissed and not cleaned.get("reason"):
            self.add_error("verdict", "Nothing here differs from the suggestion. Agree with it, or change something.")

    def decision(self) -> dict[str, Any]:
        """Keyword arguments for `actions.decide`, of a valid form."""
        cleaned = self.cleaned_data
        return {
            "version": cleaned["version"],
            "alarms_seen": cleaned["alarms_seen"],
            "tier": cleaned["tier"],
            "specialist": cleaned["specialist"],
            "refer": cleaned["outcome"] == Outcome.REFER,
            "reason": cleaned["reason"] or Reason.AGREE,
            "words": cleaned["words"],
            "becomes": WhatBecomes(
                **{name: cleaned.get(name) or "" for name in ASKED_WHERE_IT_MATTERS},
                by_when=cleaned["by_when"],
                other_intake=cleaned["other_intake"] if cleaned["reason"] == Reason.TWICE else None,
            ),
            "verdicts": {
                rule: Verdict(confirmed=False, reason=cleaned[reason], words=cleaned[words])
                for rule, (dismissed, reason, words) in self.flag_fields.items()
                if cleaned[dismissed]
            },
        }


class SecondLookForm(forms.Form):
    """`version` is the version of the case that was on the screen: nobody agrees to what they have not seen."""

    version = forms.IntegerField(max_value=2**31 - 1, widget=forms.HiddenInput)
    agree = forms.TypedChoiceField(
        label="Do you agree with this decision?",
        coerce=lambda value: value == "yes",
        choices=[("yes", "Yes, I agree"), ("no", "No, it stays an emergency")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you agree."},
    )
    words = forms.CharField(
        label="In your words",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in your words what you looked at and why."},
    )

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, prefix="second", initial={"version": version}, **kwargs)
        self.helper = _Fields()


class ReopenForm(forms.Form):
    words = forms.CharField(
        label="Why it is opened again",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why the case is opened again."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="reopen", **kwargs)
        self.helper = _Fields()


class AddendumForm(forms.Form):
    words = forms.CharField(
        label="What is added",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say what is added."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="addendum", **kwargs)
        self.helper = _Fields()
