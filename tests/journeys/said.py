"""What the visitors said, who they are, and the links they have."""

from datetime import timedelta

from django.utils import timezone

from clinic.links.models import Link
from intake.guide.forms import SoFar
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS

FORM, STATUS = Link.Purpose.INTAKE, Link.Purpose.STATUS  # what a link opens
LOW = HEEL_PAIN | {"activities_limited": ["sleep"], "worry_level": 9}
SELF_HARM = LOW | {"low_mood": "most_days", "self_harm": "plan_now"}
BOTH_DANGERS = SADDLE_NUMBNESS | {"low_mood": "most_days", "self_harm": "plan_now"}
GOAL = HEEL_PAIN | {"activities_limited": ["walking", "sport"], "goal": "walk the dog", "goal_difficulty": 6}
BEGUN = {"emergency_now": ["none"]}
LONG = {"first_name": "Maximiliana-Alexandrovna", "last_name": "Wolfeschlegelsteinhausenbergerdorff-Villanueva"}
CHILD = {"date_of_birth": timezone.now().date() - timedelta(days=9 * 365)}
NOWHERE = {"email": "", "phone": "(207) 555-0111"}
NO_PHONE = {"phone": ""}
ABOUT = "about-you"
SAFE = SoFar(("foot",), (("emergency_now",),), BEGUN)
