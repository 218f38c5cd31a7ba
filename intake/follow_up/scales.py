"""What the two ends of a scale mean, in the words a patient reads beside them."""

from django.utils.translation import gettext_lazy as _

SCALE_ENDS = {
    "pain_worst": (_("No pain"), _("Worst pain you can imagine")),
    "worry_level": (_("Not at all"), _("Very worried")),
    "move_fear": (_("Fine with moving"), _("Sure that moving will harm me")),
    "goal_difficulty": (_("No trouble"), _("Cannot do it")),
}
ANY_SCALE = (_("Not at all"), _("The most"))
