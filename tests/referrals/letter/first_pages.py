"""Five people by name, and the letter about each: what is urgent, what is common, and what is long."""

from datetime import timedelta

from django.utils import timezone

from referrals import moves as actions
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE

LINK, FAX, POST = "link", "fax", "post"
MUCH = (
    SADDLE_NUMBNESS
    | FOOT_DROP
    | {
        "emergency_now": ["saddle_numb", "cannot_pee"],
        "general_signs": ["fever_chills", "weight_loss", "night_sweats"],
        "cancer_history": "current",
        "medicines": ["blood_thinner", "steroid_long"],
        "recent_events": ["surgery", "bed_rest"],
        "saddle_change": "yes_new",
        "bladder_change": ["cannot_go", "no_feeling"],
        "bowel_change": "unsure",
        "sexual_change": "unsure",
        "neck_move_effect": ["unsure"],
        "hand_signs": ["clumsy_buttons"],
        "heel_walk": "not_tried",
        "big_toe_lift": "not_tried",
        "calf_signs": ["one_calf_swollen"],
    }
)
FIVE = {
    "Graciela Monteverde, a foot drop, by link": {
        "answers": FOOT_DROP,
        "specialist": "neurologist",
        "channel": LINK,
    },
    "Ada Lind, numb between the legs, by fax": {
        "answers": SADDLE_NUMBNESS,
        "specialist": "emergency_department",
        "channel": FAX,
    },
    "Tobias Ahlström-Oyelaran, a new headache at 74, by fax": {
        "answers": TEMPLE_HEADACHE,
        "specialist": "primary_care",
        "channel": FAX,
    },
    "María José de la Peña, heel pain in Spanish, by post": {
        "answers": HEEL_PAIN | {"anything_else": "Me duele al pisar; peor por la mañana, ¿será el tendón?"},
        "specialist": "podiatrist",
        "channel": POST,
        "language": "es",
    },
    "Wilhelmina Featherstonehaugh, all of it at once, by link": {
        "answers": MUCH,
        "specialist": "orthopedist",
        "channel": LINK,
        "question": "Please examine, and say whether imaging, an injection, or surgery should be considered, and when. "
        "She has had two courses of steroids since June and was told in August that no operation is planned; her "
        "family asks whether that still stands, now that both legs are numb and she has a temperature each evening.",
    },
}


def sent(name, *, location, maya, daniel, priya):
    """Return the referral of one of the five, sent the way it goes."""
    case = FIVE[name]
    first, _space, last = name.partition(",")[0].partition(" ")
    language = case.get("language", "en")
    patient = factories.patient(
        at=location, first_name=first, last_name=last, language=language, insurance_plan="Northern Mutual PPO"
    )
    opened = factories.case(of=patient, answers=case["answers"], acknowledged_by=maya)
    made = factories.decision(
        on=opened,
        by=maya,
        specialist=case["specialist"],
        reason="examined",
        words="Toe lift 3 of 5 on the right.",
        second_by=daniel,
        second_at=timezone.now() + timedelta(minutes=1),
    )
    draft = actions.refer(made, by=maya)
    office = factories.specialist(specialty=case["specialist"], name="Miriam Katz", practice="Ashport Practice")
    actions.choose(draft, office, choice="suggested", because="sees new patients", by=priya)
    words = {"question": case["question"]} if "question" in case else {}
    draft = actions.prepare_letter(draft, consent="agreed", by=priya, **words)
    return actions.send(draft, channel=case["channel"], by=priya)
