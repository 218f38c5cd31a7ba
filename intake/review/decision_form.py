"""Forms of the case page: a call, a decision, a second look. Staff pages are in English."""

from crispy_forms.helper import FormHelper
from django import forms

from intake.models import Contact, Decision, Urgency
from intake.review.actions import Verdict

OVERRIDES = [choice for choice in Decision.Reason.choices if choice[0] != Decision.Reason.AGREE]


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.show_optional = False
    return helper


class ContactForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What came of the call",
        choices=[("", "Choose"), *Contact.Outcome.choices],
        error_messages={"required": "Choose what came of the call."},
    )
    safety_advice_given = forms.BooleanField(label="Safety advice was given", required=False)
    words = forms.CharField(
        label="What was said", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="call", **kwargs)
        self.helper = _helper()


class DecisionForm(forms.Form):
    """Agree in one press, or choose tier, specialist and flags one by one with a coded reason and words.

    `version` is the version of the case that was on the screen; `alarms_seen` the assessment whose alarming answers
    that no rule used stood on it, which the buttons say were seen. `flags` are those of the case; each gets a box to
    dismiss it. `clean()` makes what `actions.cases.decide` takes; see `decision()`.
    """

    version = forms.IntegerField(max_value=2**31 - 1, widget=forms.HiddenInput)
    alarms_seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    tier = forms.TypedChoiceField(label="Urgency", coerce=lambda value: Urgency(int(value)), choices=Urgency.choices)
    specialist = forms.ChoiceField(label="Who should see the patient")
    refer = forms.TypedChoiceField(
        label="Make a referral?",
        coerce=lambda value: value == "yes",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether a referral goes out."},
    )
    reason = forms.ChoiceField(label="Why you decide otherwise", choices=[("", "Choose a reason"), *OVERRIDES])
    words = forms.CharField(label="In your words", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, case, suggested, specialists, **kwargs):
        initial = {
            "version": case.version,
            "tier": case.urgency,
            "specialist": suggested,
            "refer": "no" if suggested in ("physical_therapist", "emergency_department") else "yes",
        }
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self.case, self.suggested = case, suggested
        self.agrees = "agree" in self.data
        self.fields["specialist"].choices = [(suggested, specialists.get(suggested, suggested))] + [
            (id, label) for id, label in specialists.items() if id != suggested
        ]
        for name in ("reason", "words"):
            self.fields[name].required = False
        self.flag_fields = {flag["rule"]: self._add_flag(flag["rule"]) for flag in case.flags}
        self.unseen = ("version", "alarms_seen")
        self.own_words = ["reason", "words", *(name for names in self.flag_fields.values() for name in names)]
        self.helper = _helper()

    def _add_flag(self, rule) -> tuple[str, str, str]:
        names = f"{rule}-dismissed", f"{rule}-reason", f"{rule}-words"
        form = {"form": "decision"}  # drawn beside the flag, sent with the decision
        self.fields[names[0]] = forms.BooleanField(
            label="Dismiss this flag", required=False, widget=forms.CheckboxInput(attrs=form)
        )
        self.fields[names[1]] = forms.ChoiceField(
            label="Why it is dismissed",
            choices=[("", "Choose a reason"), *OVERRIDES],
            required=False,
            widget=forms.Select(attrs=form),
        )
        self.fields[names[2]] = forms.CharField(
            label="In your words", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, **form})
        )
        return names

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if self.agrees:
            self._check_agreement(cleaned)
            return cleaned
        self._check_flags(cleaned)
        self._check_reason(cleaned)
        if cleaned["refer"] and cleaned["specialist"] == "emergency_department":
            self.add_error(
                "refer", "The emergency department gets a call, not a referral by mail. Choose No, or somebody else."
            )
        return cleaned

    def _check_agreement(self, cleaned):
        touched = [name for name in self.changed_data if name not in (*self.unseen, "refer")]
        if touched:
            raise forms.ValidationError(
                "You changed something. Save your own decision, or set it back to agree with the suggestion."
            )
        if cleaned["refer"] and cleaned["specialist"] == "emergency_department":
            self.add_error("refer", "The emergency department gets a call, not a referral by mail. Choose No.")

    def _check_flags(self, cleaned):
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

    def _check_reason(self, cleaned):
        otherwise = cleaned["tier"] != self.case.urgency or cleaned["specialist"] != self.suggested
        if otherwise and not cleaned["reason"]:
            self.add_error("reason", "Choose a reason: urgency or specialist differ from the suggestion.")
        if (otherwise or cleaned["reason"]) and not cleaned["words"]:
            self.add_error("words", "Say in your words why you decide otherwise.")

    def decision(self) -> dict:
        """Keyword arguments for `actions.cases.decide`, of a valid form."""
        cleaned = self.cleaned_data
        return {
            "version": cleaned["version"],
            "alarms_seen": cleaned["alarms_seen"],
            "tier": cleaned["tier"],
            "specialist": cleaned["specialist"],
            "refer": cleaned["refer"],
            "reason": cleaned["reason"] or Decision.Reason.AGREE,
            "words": cleaned["words"],
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

    def __init__(self, *args, version=None, **kwargs):
        super().__init__(*args, prefix="second", initial={"version": version}, **kwargs)
        self.helper = _helper()


class ReopenForm(forms.Form):
    words = forms.CharField(
        label="Why it is opened again",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why the case is opened again."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, prefix="reopen", **kwargs)
        self.helper = _helper()
