"""Words of the referral letter: which answers go where, their short labels, and what "no" means in clinical words.

Ids are questions and options of the protocol; a test checks that each still exists.
"""

LANGUAGES = {"en": "English", "es": "Spanish"}

# What the specialist is asked, to start from; the therapist's and the desk's words replace it.
ASKS = {
    "neurologist": "Please examine, and say where the problem lies and whether nerve tests or imaging are needed.",
    "orthopedist": "Please examine, and say whether imaging, an injection, or surgery should be considered, and when.",
    "podiatrist": "Please examine the foot and ankle, and say what they need (imaging, skin and nail care, footwear, "
    "orthotics, injection).",
    "pain_management": "Please assess, and say which treatment of the pain you suggest beside physical therapy.",
    "primary_care": "Please examine, order the tests you find needed, and tell us what you find.",
    "vascular": "Please assess the circulation of the limb and say what you find and how soon it needs treatment.",
    "rheumatologist": "Please assess for an inflammatory cause, and say which tests and treatment are needed.",
    "behavioral_health": "Please assess, and say what support you suggest beside physical therapy.",
    "emergency_department": "Please assess at once, and tell us what you find.",
    "physical_therapist": "Please examine and treat, and tell us what you find.",
}
ASK_OTHERWISE = "Please examine, and tell us what you find and suggest."
POINTS_TO = "What the patient told us points to: {}."
MEANWHILE = "May physical therapy go on meanwhile, and with what limits?"

# Parts the desk may leave out: (name in the letter, what the desk reads).
MAY_BE_LEFT_OUT = (
    ("own_words", "The patient's own words and goal"),
    ("daily_life", "Daily life and worry"),
    ("tried", "Tests and care so far"),
    ("therapist_words", "The therapist's note"),
)

PROBLEM = (
    "main_problem_area", "pain_regions", "onset_when", "onset_how", "injury_type", "progression", "which_first",
    "both_feet_start", "symptom_quality", "numb_pattern", "spread_down_leg", "leg_sides", "arm_spread", "pain_timing",
    "night_pattern", "rest_effect", "morning_stiffness", "aggravators", "walk_relief", "back_move_effect",
    "neck_move_effect",
)  # fmt: skip
FINDINGS = (
    "pain_worst", "foot_drop", "heel_walk", "toe_walk", "big_toe_lift", "weak_parts", "weakness_onset",
    "weakness_trend", "climbing_up", "muscle_changes", "hand_signs", "walking_change", "weight_bearing", "bone_tender",
    "neck_rotation", "ankle_tap", "heel_spot", "big_toe_signs", "area_look", "look_change_onset", "hip_signs",
)  # fmt: skip
HISTORY = (
    "medicines", "risk_conditions", "cancer_history", "cancer_type", "recent_events", "spine_history", "diabetes_foot",
    "pregnancy",
)  # fmt: skip
TRIED = (
    "treatments_tried", "treatment_response", "imaging_done", "imaging_date", "specialists_seen",
    "surgery_considered",
)  # fmt: skip
DAILY_LIFE = ("activities_limited", "worry_level", "goal_difficulty")
OWN_WORDS = ("goal", "anything_else")

LABELS = {
    "main_problem_area": "Main area",
    "pain_regions": "Where",
    "onset_when": "Started",
    "onset_how": "How it started",
    "injury_type": "Injury",
    "progression": "Course",
    "which_first": "Came first",
    "both_feet_start": "Both feet",
    "symptom_quality": "Feels like",
    "numb_pattern": "Numbness or tingling",
    "spread_down_leg": "Spreads down the leg",
    "leg_sides": "Sides",
    "arm_spread": "Spreads into the arm",
    "pain_timing": "When it is bad",
    "night_pattern": "At night",
    "rest_effect": "On resting",
    "morning_stiffness": "Morning stiffness",
    "aggravators": "Worse with",
    "walk_relief": "Relief after walking",
    "back_move_effect": "Moving the low back",
    "neck_move_effect": "Moving the neck",
    "pain_worst": "Worst pain, last week (0 to 10)",
    "foot_drop": "Foot drags or slaps",
    "heel_walk": "Walking on the heels",
    "toe_walk": "Walking on the toes",
    "big_toe_lift": "Lifting the big toes",
    "weak_parts": "Weak",
    "weakness_onset": "Weakness began",
    "weakness_trend": "Weakness is",
    "climbing_up": "Climbing from the feet",
    "muscle_changes": "Muscle twitching or thinning",
    "hand_signs": "Hands",
    "walking_change": "Walking",
    "weight_bearing": "Four steps on the leg",
    "bone_tender": "Very sore spot on the bone",
    "neck_rotation": "Turning the head halfway",
    "ankle_tap": "Tapping behind the inner ankle",
    "heel_spot": "Sore spot of the heel",
    "big_toe_signs": "Big toe",
    "area_look": "Looks and feels",
    "look_change_onset": "That change came within",
    "hip_signs": "Hip and groin",
    "medicines": "Medicines asked about",
    "risk_conditions": "Conditions and implants",
    "cancer_history": "Cancer",
    "cancer_type": "Kind of cancer",
    "recent_events": "Last 3 months",
    "spine_history": "Spine, as told before",
    "diabetes_foot": "Diabetic foot",
    "pregnancy": "Pregnancy",
    "treatments_tried": "Tried",
    "treatment_response": "Response",
    "imaging_done": "Tests had",
    "imaging_date": "Latest imaging",
    "specialists_seen": "Seen by",
    "surgery_considered": "Surgery suggested by someone",
    "activities_limited": "Keeps from",
    "worry_level": "Worry (0 to 10)",
    "goal_difficulty": "Difficulty of the goal today (0 to 10)",
    "goal": "Wants most to get back to",
    "anything_else": "Also says",
    "saddle_change": "Feeling between the legs",
    "bladder_change": "Bladder",
    "bladder_since": "Bladder change began",
    "bowel_change": "Bowels",
    "sexual_change": "Sexual feeling or function",
    "emergency_now": "Now or in the last days",
    "general_signs": "General signs",
    "fever_cause": "Fever",
}

# An answer of "no" that a specialist wants to know: (question, option) -> clinical words.
NEGATIVES = {
    (
        "emergency_now",
        "none",
    ): "no chest pain, breathlessness, fainting, stroke signs or sudden bladder loss",
    ("saddle_change", "no"): "no change of saddle sensation",
    ("bladder_change", "none"): "no bladder change",
    ("bowel_change", "no"): "no loss of bowel control",
    ("sexual_change", "no"): "no new loss of sexual function",
    ("general_signs", "none"): "no fever, night sweats, weight loss or feeling unwell",
    ("cancer_history", "never"): "no history of cancer",
    ("spread_down_leg", "no"): "no spread down the leg",
    ("foot_drop", "no"): "no foot drop noticed",
    ("climbing_up", "no"): "no ascending numbness or weakness",
    ("muscle_changes", "none"): "no muscle twitching or thinning",
    ("hand_signs", "none"): "no hand clumsiness, weakness or numbness",
    ("walking_change", "none"): "no change of gait",
    ("neck_move_effect", "none"): "no limb symptoms on moving the neck",
    ("arm_spread", "no"): "no spread into an arm",
    ("neck_artery_signs", "none"): "no dizziness, double vision, drop attacks or other artery signs of the neck",
    ("headache_signs", "none"): "no warning signs of headache",
    ("back_flags", "none"): "no tearing, pulsing or non-mechanical back or belly pain",
    ("calf_signs", "none"): "no one-sided swelling or tender calf",
    ("limb_danger", "none"): "no sign of a limb in danger (sudden severe pain, tight, numb, cannot move)",
    ("infection_signs", "none"): "no sign of skin infection",
    ("joint_motion_pain", "no"): "no joint too sore to move",
    ("weight_bearing", "normal"): "walks four steps without a limp",
    ("bone_tender", "no"): "no one very sore spot on the bone",
    ("neck_rotation", "yes"): "turns the head halfway to each side",
    ("recent_events", "none"): "no {} in the last 3 months",
    ("risk_conditions", "none"): "none of the risk conditions asked about",
    ("medicines", "none"): "no {}",
    ("diabetes_foot", "none"): "no loss of feeling, ulcer or amputation with diabetes",
    ("hip_signs", "none"): "no hip or groin signs",
    ("girdle_stiffness", "no"): "no stiffness of both shoulders or both hips",
}

# What "none of these" says no to, by option: a patient denies only what stood in the list they read.
OF_A_LIST = {
    "recent_events": {
        "surgery": "surgery",
        "leg_cast": "cast",
        "bed_rest": "bed rest",
        "infection": "infection",
        "injected_drugs": "injection of drugs",
    },
    "medicines": {
        "blood_thinner": "blood thinner",
        "steroid_long": "long steroid",
        "immune_drug": "immune drug",
        "chemo": "chemotherapy",
    },
}

TOLD = {  # what the contact log says somebody was told, after "and told them"
    "emergency": "to call 911 or go to the emergency department",
    "urgent_care": "to go to urgent care that day",
    "here": "to come to our clinic",
    "specialist": "that a specialist should see them",
    "wait": "to wait for our next word",
}
