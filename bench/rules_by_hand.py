"""The 74 rules written by hand as straight Python: two-valued, no explanation, no unknowns. The baseline of the bench.

A missing answer is no. Answers of questions that are not asked must be left out by the caller.
"""

ACHILLES_CALF = frozenset(("heel_back_left", "heel_back_right", "calf_left", "calf_right"))
ARM = frozenset(
    (
        "shoulder_left",
        "shoulder_right",
        "upper_arm_left",
        "upper_arm_right",
        "elbow_left",
        "elbow_right",
        "forearm_left",
        "forearm_right",
        "hand_left",
        "hand_right",
    )
)
BACK = frozenset(
    (
        "upper_back_left",
        "upper_back_right",
        "upper_back_mid",
        "mid_back_left",
        "mid_back_right",
        "mid_back_mid",
        "low_back_left",
        "low_back_right",
        "low_back_mid",
    )
)
BIG_TOE = frozenset(("big_toe_left", "big_toe_right"))
FOOT = frozenset(
    (
        "ankle_left",
        "ankle_right",
        "heel_left",
        "heel_right",
        "heel_back_left",
        "heel_back_right",
        "arch_left",
        "arch_right",
        "ball_of_foot_left",
        "ball_of_foot_right",
        "top_of_foot_left",
        "top_of_foot_right",
        "outer_foot_left",
        "outer_foot_right",
        "big_toe_left",
        "big_toe_right",
        "small_toes_left",
        "small_toes_right",
    )
)
FOREFOOT = frozenset(("ball_of_foot_left", "ball_of_foot_right", "small_toes_left", "small_toes_right"))
GROIN_HIP = frozenset(("hip_left", "hip_right", "groin_left", "groin_right"))
HEAD_JAW = frozenset(("head_left", "head_right", "head_mid", "face_jaw_left", "face_jaw_right"))
HEEL_BOTTOM = frozenset(("heel_left", "heel_right"))
HIP_JOINT = frozenset(("hip_left", "hip_right", "groin_left", "groin_right", "thigh_front_left", "thigh_front_right"))
HIP_PELVIS = frozenset(("buttock_left", "buttock_right", "hip_left", "hip_right", "groin_left", "groin_right"))
LEG = frozenset(
    (
        "thigh_front_left",
        "thigh_front_right",
        "thigh_back_left",
        "thigh_back_right",
        "knee_left",
        "knee_right",
        "calf_left",
        "calf_right",
        "shin_left",
        "shin_right",
    )
)
LOWER_LEG = frozenset(("calf_left", "calf_right", "shin_left", "shin_right"))
LOWER_LIMB = frozenset(
    (
        "ankle_left",
        "ankle_right",
        "heel_left",
        "heel_right",
        "heel_back_left",
        "heel_back_right",
        "arch_left",
        "arch_right",
        "ball_of_foot_left",
        "ball_of_foot_right",
        "top_of_foot_left",
        "top_of_foot_right",
        "outer_foot_left",
        "outer_foot_right",
        "big_toe_left",
        "big_toe_right",
        "small_toes_left",
        "small_toes_right",
        "thigh_front_left",
        "thigh_front_right",
        "thigh_back_left",
        "thigh_back_right",
        "knee_left",
        "knee_right",
        "calf_left",
        "calf_right",
        "shin_left",
        "shin_right",
        "buttock_left",
        "buttock_right",
        "hip_left",
        "hip_right",
        "groin_left",
        "groin_right",
    )
)
LOW_BACK = frozenset(("low_back_left", "low_back_right", "low_back_mid"))
NECK = frozenset(("neck_back_left", "neck_back_right", "neck_back_mid", "neck_front_mid"))
NECK_HEAD = frozenset(
    (
        "neck_back_left",
        "neck_back_right",
        "neck_back_mid",
        "neck_front_mid",
        "head_left",
        "head_right",
        "head_mid",
        "face_jaw_left",
        "face_jaw_right",
    )
)
SCIATIC = frozenset(
    (
        "low_back_left",
        "low_back_right",
        "low_back_mid",
        "buttock_left",
        "buttock_right",
        "thigh_back_left",
        "thigh_back_right",
        "saddle_mid",
    )
)
SHOULDER = frozenset(("shoulder_left", "shoulder_right"))
SPINE = frozenset(
    (
        "neck_back_left",
        "neck_back_right",
        "neck_back_mid",
        "upper_back_left",
        "upper_back_right",
        "upper_back_mid",
        "mid_back_left",
        "mid_back_right",
        "mid_back_mid",
        "low_back_left",
        "low_back_right",
        "low_back_mid",
    )
)
THORACIC = frozenset(
    ("upper_back_left", "upper_back_right", "upper_back_mid", "mid_back_left", "mid_back_right", "mid_back_mid")
)

NOBODY = frozenset()
NOT_GIVEN = float("nan")  # every comparison with it is false


def flags(answers):
    """The ids of the rules that fire, in the order of the protocol."""
    get = answers.get
    onset_when = get("onset_when")
    symptom_quality = set(get("symptom_quality", NOBODY))
    progression = get("progression")
    night_pattern = get("night_pattern")
    general_signs = set(get("general_signs", NOBODY))
    fever_cause = get("fever_cause")
    risk_conditions = set(get("risk_conditions", NOBODY))
    medicines = set(get("medicines", NOBODY))
    recent_events = set(get("recent_events", NOBODY))
    cancer_history = get("cancer_history")
    pregnancy = get("pregnancy")
    foot_drop = get("foot_drop")
    heel_walk = get("heel_walk")
    toe_walk = get("toe_walk")
    pop_felt = get("pop_felt")
    big_toe_lift = get("big_toe_lift")
    weak_parts = set(get("weak_parts", NOBODY))
    hand_signs = set(get("hand_signs", NOBODY))
    arm_spread = get("arm_spread")
    weakness_onset = get("weakness_onset")
    spread_down_leg = get("spread_down_leg")
    pain_regions = set(get("pain_regions", NOBODY))
    emergency_now = set(get("emergency_now", NOBODY))
    saddle_change = get("saddle_change")
    numb_pattern = set(get("numb_pattern", NOBODY))
    bladder_change = set(get("bladder_change", NOBODY))
    bladder_since = get("bladder_since")
    bowel_change = get("bowel_change")
    walking_change = set(get("walking_change", NOBODY))
    neck_move_effect = set(get("neck_move_effect", NOBODY))
    leg_sides = get("leg_sides")
    walk_relief = get("walk_relief")
    look_change_onset = get("look_change_onset")
    onset_how = get("onset_how")
    injury_type = set(get("injury_type", NOBODY))
    calf_signs = set(get("calf_signs", NOBODY))
    big_toe_signs = set(get("big_toe_signs", NOBODY))
    area_look = set(get("area_look", NOBODY))
    diabetes_foot = set(get("diabetes_foot", NOBODY))
    age = get("age", NOT_GIVEN)
    chest_kind = get("chest_kind")
    back_flags = set(get("back_flags", NOBODY))
    pain_worst = get("pain_worst", NOT_GIVEN)
    sexual_change = get("sexual_change")
    weakness_trend = get("weakness_trend")
    headache_signs = set(get("headache_signs", NOBODY))
    neck_artery_signs = set(get("neck_artery_signs", NOBODY))
    recent_injury = set(get("recent_injury", NOBODY))
    neck_rotation = get("neck_rotation")
    hip_signs = set(get("hip_signs", NOBODY))
    weight_bearing = get("weight_bearing")
    limb_danger = set(get("limb_danger", NOBODY))
    joint_motion_pain = get("joint_motion_pain")
    infection_signs = set(get("infection_signs", NOBODY))
    climbing_up = get("climbing_up")
    self_harm = get("self_harm")
    pain_timing = set(get("pain_timing", NOBODY))
    weight_loss_amount = get("weight_loss_amount")
    girdle_stiffness = get("girdle_stiffness")
    aggravators = set(get("aggravators", NOBODY))
    bone_tender = get("bone_tender")
    muscle_changes = set(get("muscle_changes", NOBODY))
    rest_effect = get("rest_effect")
    treatment_response = get("treatment_response")
    morning_stiffness = get("morning_stiffness")
    inflammatory_signs = set(get("inflammatory_signs", NOBODY))
    heel_spot = get("heel_spot")
    acute_1w = onset_when in ("under_48h", "days_2_to_7", "unsure")
    acute_6w = onset_when in ("under_48h", "days_2_to_7", "weeks_1_to_6", "unsure")
    acute_12w = onset_when in ("under_48h", "days_2_to_7", "weeks_1_to_6", "weeks_6_to_12", "unsure")
    nerve_feel = not symptom_quality.isdisjoint({"burning", "electric", "tingling", "numb", "light_touch_hurts"})
    getting_worse = progression in ("worse_slow", "worse_fast")
    night_severe = night_pattern == "no_position_helps"
    fever_unexplained = "fever_chills" in general_signs and fever_cause in ("now_unexplained", "unsure")
    fever_not_a_cold = fever_unexplained or ("fever_chills" in general_signs and fever_cause == "now_other_infection")
    fever_any = fever_not_a_cold or ("fever_chills" in general_signs and fever_cause == "now_cold_flu")
    immune_strong = (
        not risk_conditions.isdisjoint({"weak_immune", "kidney_disease", "inflammatory_arthritis"})
        or not medicines.isdisjoint({"steroid_long", "immune_drug", "chemo"})
        or "injected_drugs" in recent_events
    )
    immune_risk = immune_strong or ("diabetes" in risk_conditions or "heavy_alcohol" in risk_conditions)
    entry = not recent_events.isdisjoint({"spine_procedure", "infection", "injected_drugs", "surgery"})
    vte_risk = (
        "past_clot" in risk_conditions
        or not recent_events.isdisjoint({"surgery", "leg_cast", "bed_rest", "long_trip"})
        or cancer_history == "current"
        or pregnancy in ("pregnant", "recent_birth")
    )
    vessel_risk = not risk_conditions.isdisjoint(
        {"heart_vessel", "diabetes", "kidney_disease", "smoker_now", "smoker_past", "aneurysm"}
    )
    smoker = "smoker_now" in risk_conditions or "smoker_past" in risk_conditions
    leg_weak = (
        foot_drop in ("one_foot", "both_feet")
        or heel_walk in ("weak_one", "weak_both")
        or (toe_walk in ("weak_one", "weak_both") and pop_felt != "yes")
        or big_toe_lift in ("weak_one", "weak_both")
        or "both_legs" in weak_parts
    )
    both_legs_weak = (
        "both_legs" in weak_parts or heel_walk == "weak_both" or toe_walk == "weak_both" or foot_drop == "both_feet"
    )
    arm_weak = "one_arm" in weak_parts or "both_arms" in weak_parts
    arm_neuro = arm_weak and (
        not hand_signs.isdisjoint({"clumsy_buttons", "drops_things", "weak_grip"})
        or (nerve_feel and arm_spread in ("one_arm", "both_arms"))
    )
    weak_new = weakness_onset in ("under_48h", "days_2_to_14")
    sciatic = spread_down_leg in ("to_foot", "to_thigh") or not pain_regions.isdisjoint(SCIATIC)
    leg_neuro = (spread_down_leg in ("to_foot", "to_thigh") and (nerve_feel or leg_weak)) or leg_weak
    ces_saddle = (
        "saddle_numb" in emergency_now
        or saddle_change == "yes_new"
        or ("saddle" in numb_pattern and saddle_change != "yes_old")
    )
    birth_leak = (
        pregnancy in ("pregnant", "recent_birth")
        and "leaking" in bladder_change
        and bool(bladder_change.isdisjoint({"cannot_go", "no_feeling", "hard_to_start"}))
        and saddle_change == "no"
        and not leg_neuro
    )
    ces_bladder = (
        ("cannot_pee" in emergency_now or "lost_control" in emergency_now)
        or (("cannot_go" in bladder_change or "no_feeling" in bladder_change) and bladder_since != "years")
        or (
            ("hard_to_start" in bladder_change or "leaking" in bladder_change)
            and bladder_since in ("days", "weeks")
            and "burning_blood" not in bladder_change
            and not birth_leak
        )
    )
    ces_bowel = bowel_change == "yes_new"
    ces_any = ces_saddle or ces_bladder or ces_bowel
    ces_unsure = (
        saddle_change == "unsure"
        or "unsure" in bladder_change
        or bowel_change == "unsure"
        or (
            not bladder_change.isdisjoint({"cannot_go", "no_feeling", "hard_to_start", "leaking"})
            and bladder_since == "unsure"
        )
    )
    cord_hand = not hand_signs.isdisjoint({"clumsy_buttons", "drops_things", "weak_grip"})
    cord_gait = not walking_change.isdisjoint({"unsteady", "stiff_heavy", "falls"})
    cord_neck_move = not neck_move_effect.isdisjoint({"feet_worse_back", "feet_worse_turn", "shock_forward"})
    cord_sense = ("hands_and_feet" in numb_pattern or "trunk_band" in numb_pattern) or "numb_both" in hand_signs
    cord_bladder = not bladder_change.isdisjoint(
        {"often_urgent", "hard_to_start", "leaking", "cannot_go", "no_feeling"}
    ) and bladder_since in ("days", "weeks", "unsure")
    cord_syndrome = (
        bool(cord_hand)
        + bool(cord_gait)
        + bool(cord_neck_move)
        + bool(cord_sense)
        + bool(cord_bladder)
        + bool(both_legs_weak)
    ) >= 2 and (
        cord_neck_move
        or (
            cord_gait
            and (cord_hand or "trunk_band" in numb_pattern or both_legs_weak or not pain_regions.isdisjoint(NECK))
        )
        or (not pain_regions.isdisjoint(NECK) and cord_hand)
        or (cord_gait and cord_bladder and leg_sides == "both" and walk_relief != "sit_or_bend")
    )
    look_new = look_change_onset in ("hours", "days") or (look_change_onset == "unsure" and acute_6w)
    no_blunt_injury = onset_how != "injury" or "cut_puncture" in injury_type
    fall_or_crash = onset_how == "injury" and not injury_type.isdisjoint(
        {"fall_height", "fall_standing", "crash_major", "crash_bike", "crash_simple", "head_first", "crush", "unsure"}
    )
    swollen_limb = "one_calf_swollen" in calf_signs or "whole_limb_swollen" in calf_signs
    neck_head_acute = not pain_regions.isdisjoint(NECK_HEAD) and acute_6w
    classic_podagra = (
        not pain_regions.isdisjoint(BIG_TOE)
        and not (
            ("knee_left" in pain_regions or "knee_right" in pain_regions)
            or not pain_regions.isdisjoint(ARM)
            or not pain_regions.isdisjoint(HIP_PELVIS)
        )
        and "sudden_overnight" in big_toe_signs
        and not fever_any
        and "unwell" not in general_signs
        and "wound" not in area_look
        and not immune_strong
        and "joint_replacement" not in risk_conditions
        and bool(diabetes_foot.isdisjoint({"lost_feeling", "past_ulcer", "amputation", "unsure"}))
    )
    stroke_tia_fires = not emergency_now.isdisjoint(
        {"face_droop", "speech_trouble", "one_side_weak", "vision_loss"}
    ) or ("speech_swallow" in weak_parts and weak_new)
    chest_emergency_fires = (
        "short_of_breath" in emergency_now
        or (
            "effort_jaw_arm" in emergency_now
            and (
                age >= 40
                or not risk_conditions.isdisjoint(
                    {"heart_vessel", "diabetes", "kidney_disease", "smoker_now", "smoker_past"}
                )
            )
        )
        or (
            "chest_pain" in emergency_now
            and not (chest_kind == "press_or_twist_only" and "fainted" not in emergency_now)
        )
    )
    pulmonary_embolism_fires = not emergency_now.isdisjoint({"short_of_breath", "chest_pain", "fainted"}) and (
        swollen_limb or "calf_tender_warm" in calf_signs or vte_risk or "estrogen" in medicines
    )
    aortic_emergency_fires = (
        not pain_regions.isdisjoint(BACK)
        or not pain_regions.isdisjoint(
            {"abdomen_mid", "groin_left", "groin_right", "chest_mid", "chest_left", "chest_right"}
        )
    ) and (
        (
            "pulsing_belly" in back_flags
            and (
                age >= 50
                or not risk_conditions.isdisjoint({"aneurysm", "heart_vessel", "smoker_now", "smoker_past"})
                or ("not_movement" in back_flags or "tearing_sudden" in back_flags)
            )
        )
        or (
            "tearing_sudden" in back_flags
            and acute_1w
            and onset_how not in ("injury", "after_activity_change")
            and (age >= 50 or ("aneurysm" in risk_conditions or "heart_vessel" in risk_conditions))
        )
        or ("fainted" in emergency_now and age >= 50 and acute_1w)
        or (
            "not_movement" in back_flags
            and acute_1w
            and onset_how == "sudden_no_injury"
            and pain_worst >= 6
            and (
                "aneurysm" in risk_conditions
                or (age >= 60 and not risk_conditions.isdisjoint({"heart_vessel", "smoker_now", "smoker_past"}))
            )
        )
    )
    cauda_equina_fires = (
        not emergency_now.isdisjoint({"cannot_pee", "lost_control", "saddle_numb"})
        or ((sciatic or leg_weak) and (ces_saddle or ces_bladder or ces_bowel))
        or (not pain_regions.isdisjoint(LOWER_LIMB) and ces_saddle)
        or (leg_neuro and sexual_change == "yes_new")
    )
    acute_cord_compression_fires = (
        (
            (both_legs_weak or (leg_weak and arm_weak))
            and weak_new
            and weakness_trend != "better"
            and (not pain_regions.isdisjoint(SPINE) or "trunk_band" in numb_pattern or cord_neck_move)
        )
        or (cord_syndrome and ces_any)
        or (
            (
                both_legs_weak
                or (leg_weak and arm_weak)
                or ("one_leg" in weak_parts and ("one_arm" in weak_parts or "both_arms" in weak_parts))
            )
            and weak_new
            and weakness_trend == "worse"
        )
        or ("trunk_band" in numb_pattern and acute_6w and (cord_gait or leg_weak))
    )
    metastatic_cord_compression_fires = cancer_history in ("past", "current") and (
        (both_legs_weak and weakness_onset in ("under_48h", "days_2_to_14", "weeks_2_to_12", "unsure"))
        or (
            not pain_regions.isdisjoint(SPINE)
            and (
                (
                    leg_weak
                    and weakness_onset in ("under_48h", "days_2_to_14", "weeks_2_to_12", "unsure")
                    and (
                        both_legs_weak
                        or "band_chest" in back_flags
                        or not pain_regions.isdisjoint(THORACIC)
                        or night_severe
                        or weak_new
                    )
                )
                or (
                    cord_gait
                    and onset_when != "over_1_year"
                    and (nerve_feel or "weak" in symptom_quality or "band_chest" in back_flags)
                )
                or ("trunk_band" in numb_pattern or "saddle" in numb_pattern)
                or ces_any
            )
        )
    )
    spinal_infection_fires = (
        not pain_regions.isdisjoint(SPINE)
        and fever_not_a_cold
        and (
            immune_risk
            or entry
            or leg_weak
            or cord_gait
            or ces_any
            or night_severe
            or "confused_drowsy" in headache_signs
        )
    ) or (
        not pain_regions.isdisjoint(SPINE)
        and (
            ("injected_drugs" in recent_events or "spine_procedure" in recent_events)
            or (entry and not general_signs.isdisjoint({"fever_chills", "night_sweats", "unwell"}))
        )
        and (leg_weak or ces_any)
        and weak_new
        and weakness_trend != "better"
    )
    spinal_epidural_hematoma_fires = (
        ("blood_thinner" in medicines or "spine_procedure" in recent_events)
        and not pain_regions.isdisjoint(SPINE)
        and acute_1w
        and onset_how in ("sudden_no_injury", "injury", "after_surgery")
        and (("weak" in symptom_quality or "numb" in symptom_quality) or leg_weak or ces_any)
    )
    cervical_artery_dissection_fires = neck_head_acute and (
        not neck_artery_signs.isdisjoint(
            {"double_vision", "drop_attack", "swallow_speech", "face_numb", "eyelid_pupil", "very_unsteady"}
        )
        or ("unlike_before" in neck_artery_signs and "dizzy" in neck_artery_signs and "vomiting" in neck_artery_signs)
    )
    intracranial_emergency_fires = (
        "worst_headache" in emergency_now
        or (fever_any and ("chin_to_chest" in headache_signs or "confused_drowsy" in headache_signs))
        or (fever_any and "light_hurts" in headache_signs and "new_headache" in headache_signs)
        or (
            "confused_drowsy" in headache_signs
            and (
                onset_how == "injury"
                or "neck_head" in recent_injury
                or ("new_headache" in headache_signs or "vision_change" in headache_signs)
                or "vomiting" in neck_artery_signs
            )
        )
        or ("fainted" in emergency_now and "new_headache" in headache_signs and acute_1w)
        or (
            "new_headache" in headache_signs
            and "chin_to_chest" in headache_signs
            and acute_1w
            and onset_how == "sudden_no_injury"
            and pain_worst >= 8
        )
        or (
            "blood_thinner" in medicines
            and not pain_regions.isdisjoint(HEAD_JAW)
            and acute_1w
            and (onset_how == "injury" or "neck_head" in recent_injury)
        )
    )
    gca_vision_fires = (
        age >= 50
        and not headache_signs.isdisjoint({"jaw_tired", "scalp_sore", "new_headache"})
        and ("vision_change" in headache_signs or "vision_loss" in emergency_now)
    )
    spine_fracture_risk_fires = (
        not pain_regions.isdisjoint(NECK_HEAD)
        and onset_how == "injury"
        and (
            (
                acute_1w
                and (
                    (age >= 65 and "lifting" not in injury_type)
                    or not injury_type.isdisjoint({"fall_height", "crash_major", "crash_bike", "head_first"})
                    or not numb_pattern.isdisjoint({"arm_hand", "hands_and_feet", "socks_both", "trunk_band"})
                    or neck_rotation == "no"
                )
            )
            or (
                onset_when == "weeks_1_to_6"
                and neck_rotation == "no"
                and (
                    age >= 65 or not injury_type.isdisjoint({"fall_height", "crash_major", "crash_bike", "head_first"})
                )
            )
        )
    ) or (
        not pain_regions.isdisjoint(BACK)
        and onset_how == "injury"
        and acute_1w
        and not injury_type.isdisjoint({"fall_height", "crash_major", "crash_bike", "head_first"})
        and (pain_worst >= 7 or "one_spot_bone" in back_flags or nerve_feel or leg_weak)
    )
    hip_fracture_fires = (
        not pain_regions.isdisjoint(HIP_JOINT)
        and acute_6w
        and (
            "leg_short_turned" in hip_signs
            or (onset_how == "injury" and weight_bearing == "cannot")
            or (age >= 65 and onset_how in ("sudden_no_injury", "unsure") and weight_bearing == "cannot")
        )
    )
    limb_deformity_fires = "deformed" in area_look and onset_how == "injury" and acute_1w
    acute_compartment_fires = (
        acute_1w
        and onset_how in ("injury", "after_surgery", "after_activity_change", "unsure")
        and pain_worst >= 8
        and "growing_pain" in limb_danger
        and not limb_danger.isdisjoint({"tight_hard", "numb_digits", "cannot_move_digits", "cast_tight"})
    )
    acute_limb_ischemia_fires = (
        (
            "cold_pale_limb" in emergency_now
            or (not area_look.isdisjoint({"cold", "pale", "blue_dark"}) and look_change_onset in ("hours", "days"))
        )
        and (
            not limb_danger.isdisjoint({"sudden_severe", "numb_digits", "cannot_move_digits"})
            or (not risk_conditions.isdisjoint({"irregular_heartbeat", "heart_vessel", "aneurysm"}) and pain_worst >= 5)
        )
        and "whole_limb_swollen" not in calf_signs
    ) or (
        not risk_conditions.isdisjoint({"irregular_heartbeat", "heart_vessel", "aneurysm"})
        and onset_how == "sudden_no_injury"
        and acute_1w
        and "sudden_severe" in limb_danger
        and ("numb_digits" in limb_danger or "cannot_move_digits" in limb_danger)
        and bool(pain_regions.isdisjoint(SPINE))
    )
    septic_joint_fires = (
        not area_look.isdisjoint({"hot", "red", "swollen"})
        and look_new
        and no_blunt_injury
        and (
            (joint_motion_pain in ("yes", "unsure") and fever_not_a_cold)
            or (
                joint_motion_pain == "yes"
                and (
                    immune_strong
                    or "joint_replacement" in risk_conditions
                    or not recent_events.isdisjoint({"infection", "injected_drugs", "surgery"})
                    or "unwell" in general_signs
                )
            )
        )
    ) or (joint_motion_pain == "yes" and fever_not_a_cold and acute_6w and no_blunt_injury)
    necrotizing_infection_fires = (
        "purple_blisters" in infection_signs
        or (
            "extreme_pain" in infection_signs
            and look_change_onset in ("hours", "days")
            and (
                ("spreading" in infection_signs or "streaks" in infection_signs)
                or fever_any
                or "unwell" in general_signs
            )
            and not classic_podagra
        )
        or (
            not infection_signs.isdisjoint({"spreading", "streaks", "pus_smell"})
            and fever_not_a_cold
            and "unwell" in general_signs
        )
    )
    diabetic_foot_limb_threat_fires = (
        "diabetes" in risk_conditions
        and not pain_regions.isdisjoint(FOOT)
        and ("wound" in area_look or "black_skin" in area_look)
        and (
            not area_look.isdisjoint({"black_skin", "cold", "pale", "blue_dark"})
            or fever_any
            or "unwell" in general_signs
            or not infection_signs.isdisjoint({"spreading", "streaks", "purple_blisters"})
        )
    )
    guillain_barre_fires = (
        climbing_up == "yes" and (leg_weak or arm_weak or "weak" in symptom_quality) and weakness_trend != "better"
    )
    self_harm_plan_fires = self_harm == "plan_now"
    cauda_equina_possible_fires = not cauda_equina_fires and (
        (
            leg_sides in ("both", "switches")
            and spread_down_leg == "to_foot"
            and (nerve_feel or "weak" in symptom_quality or leg_weak)
            and acute_12w
            and not (walk_relief == "sit_or_bend" and not getting_worse and not leg_weak)
        )
        or (
            ces_unsure
            and (
                leg_neuro
                or leg_sides == "both"
                or spread_down_leg == "to_foot"
                or (not pain_regions.isdisjoint(LOWER_LIMB) and nerve_feel)
            )
        )
        or (
            "often_urgent" in bladder_change
            and bladder_since == "days"
            and leg_neuro
            and "burning_blood" not in bladder_change
        )
        or (leg_neuro and sexual_change == "unsure" and acute_12w)
    )
    progressive_myelopathy_fires = not acute_cord_compression_fires and (
        (
            cord_syndrome
            and (
                progression == "worse_fast"
                or "falls" in walking_change
                or (
                    (weakness_trend == "worse" or ("unsteady" in walking_change or "stiff_heavy" in walking_change))
                    and progression in ("worse_slow", "worse_fast")
                )
            )
        )
        or (
            not pain_regions.isdisjoint(NECK)
            and acute_6w
            and onset_how in ("sudden_no_injury", "injury")
            and (
                (
                    not numb_pattern.isdisjoint(
                        {"socks_both", "hands_and_feet", "sole_one", "top_big_toe", "outer_little_toe", "outer_shin"}
                    )
                    and not pain_regions.isdisjoint(LOWER_LIMB)
                )
                or leg_weak
            )
        )
        or (
            not cauda_equina_fires
            and not metastatic_cord_compression_fires
            and not pain_regions.isdisjoint(SPINE)
            and ces_any
        )
    )
    new_motor_deficit_fires = (
        not acute_cord_compression_fires
        and not guillain_barre_fires
        and not stroke_tia_fires
        and (leg_weak or arm_neuro)
        and weakness_trend != "better"
        and (weak_new or (weakness_onset == "weeks_2_to_12" and weakness_trend == "worse"))
    )
    rapid_neuropathy_fires = not guillain_barre_fires and (
        climbing_up == "yes"
        or (climbing_up == "unsure" and (both_legs_weak or progression == "worse_fast"))
        or (
            ("socks_both" in numb_pattern or "hands_and_feet" in numb_pattern)
            and acute_6w
            and progression == "worse_fast"
            and not ("wound" in area_look or "hot" in area_look)
        )
    )
    spinal_metastasis_fires = (
        not metastatic_cord_compression_fires
        and cancer_history in ("past", "current")
        and not pain_regions.isdisjoint(SPINE)
        and onset_when != "over_1_year"
        and (
            night_severe
            or "constant" in pain_timing
            or not back_flags.isdisjoint({"band_chest", "one_spot_bone", "lying_worse"})
            or ("not_movement" in back_flags and getting_worse)
            or (not pain_regions.isdisjoint(THORACIC) and getting_worse)
            or weight_loss_amount == "over_10_lb"
            or (cancer_history == "current" and progression == "worse_fast")
        )
    )
    spinal_infection_possible_fires = (
        not spinal_infection_fires
        and not pain_regions.isdisjoint(SPINE)
        and (
            fever_not_a_cold
            or (
                ("spine_procedure" in recent_events or "injected_drugs" in recent_events)
                and acute_12w
                and ("constant" in pain_timing or night_severe or progression == "worse_fast")
            )
            or (
                (immune_risk or entry)
                and ("night_sweats" in general_signs or "unwell" in general_signs)
                and ("constant" in pain_timing or night_severe)
            )
            or (immune_risk and entry and acute_12w and ("constant" in pain_timing or night_severe) and getting_worse)
        )
    )
    vertebral_fracture_fires = (
        not spine_fracture_risk_fires
        and not pain_regions.isdisjoint(BACK)
        and pain_worst >= 5
        and (
            acute_6w
            or (
                acute_12w
                and onset_how in ("injury", "sudden_no_injury")
                and ("one_spot_bone" in back_flags or "height_loss" in back_flags)
                and progression != "better"
            )
        )
        and (
            (
                ("osteoporosis" in risk_conditions or "steroid_long" in medicines)
                and (
                    ("one_spot_bone" in back_flags or "height_loss" in back_flags)
                    or (age >= 50 and onset_how in ("injury", "sudden_no_injury"))
                )
            )
            or (age >= 70 and (onset_how == "injury" or "one_spot_bone" in back_flags) and "other" not in injury_type)
            or (
                age >= 65
                and onset_how in ("injury", "sudden_no_injury")
                and ("one_spot_bone" in back_flags or "height_loss" in back_flags)
            )
            or ("inflammatory_arthritis" in risk_conditions and fall_or_crash)
        )
    )
    spine_fracture_possible_fires = (
        (
            not spine_fracture_risk_fires
            and not pain_regions.isdisjoint(NECK_HEAD)
            and onset_how == "injury"
            and (
                (
                    onset_when == "weeks_1_to_6"
                    and (
                        age >= 65
                        or not injury_type.isdisjoint({"fall_height", "crash_major", "crash_bike", "head_first"})
                    )
                    and (pain_worst >= 6 or neck_rotation in ("no", "unsure"))
                    and progression != "better"
                )
                or (
                    acute_6w
                    and ("inflammatory_arthritis" in risk_conditions or "osteoporosis" in risk_conditions)
                    and fall_or_crash
                )
                or (acute_1w and neck_rotation == "unsure")
            )
        )
        or (
            not spine_fracture_risk_fires
            and not pain_regions.isdisjoint(BACK)
            and onset_how == "injury"
            and acute_1w
            and not injury_type.isdisjoint({"fall_height", "crash_major", "crash_bike", "head_first"})
            and pain_worst >= 4
            and progression != "better"
        )
        or (
            not spine_fracture_risk_fires
            and not pain_regions.isdisjoint(NECK_HEAD)
            and "neck_head" in recent_injury
            and onset_how != "injury"
            and acute_6w
            and (neck_rotation == "no" or (age >= 65 and pain_worst >= 6))
        )
    )
    aortic_possible_fires = (
        not aortic_emergency_fires
        and (
            not pain_regions.isdisjoint(LOW_BACK)
            or not pain_regions.isdisjoint(
                {"mid_back_left", "mid_back_mid", "mid_back_right", "abdomen_mid", "groin_left", "groin_right"}
            )
        )
        and "not_movement" in back_flags
        and (
            (
                age >= 60
                and not risk_conditions.isdisjoint({"smoker_now", "smoker_past", "heart_vessel", "aneurysm"})
                and acute_12w
            )
            or (age >= 70 and onset_how == "sudden_no_injury" and acute_1w and pain_worst >= 6)
        )
    )
    anticoagulant_bleed_fires = (
        not spinal_epidural_hematoma_fires
        and "blood_thinner" in medicines
        and acute_1w
        and pain_worst >= 7
        and (
            (not pain_regions.isdisjoint(SPINE) and onset_how in ("sudden_no_injury", "injury"))
            or (onset_how in ("injury", "sudden_no_injury") and "swollen" in area_look and "bruised" in area_look)
            or (
                onset_how == "sudden_no_injury"
                and (not pain_regions.isdisjoint(LEG) or not pain_regions.isdisjoint(HIP_PELVIS))
            )
        )
    )
    neck_vascular_possible_fires = (
        not cervical_artery_dissection_fires
        and neck_head_acute
        and "unlike_before" in neck_artery_signs
        and (("dizzy" in neck_artery_signs or "vomiting" in neck_artery_signs) or "new_headache" in headache_signs)
        and (
            onset_how in ("injury", "sudden_no_injury")
            or "neck_head" in recent_injury
            or "infection" in recent_events
            or (("dizzy" in neck_artery_signs or "vomiting" in neck_artery_signs) and "new_headache" in headache_signs)
        )
    )
    giant_cell_arteritis_fires = (
        not gca_vision_fires
        and age >= 50
        and (
            ("jaw_tired" in headache_signs and ("scalp_sore" in headache_signs or "new_headache" in headache_signs))
            or ("scalp_sore" in headache_signs and "new_headache" in headache_signs)
            or (
                girdle_stiffness == "yes_new"
                and not headache_signs.isdisjoint({"jaw_tired", "scalp_sore", "new_headache"})
            )
            or (
                ("jaw_tired" in headache_signs or "scalp_sore" in headache_signs)
                and not general_signs.isdisjoint({"unwell", "weight_loss", "fever_chills", "night_sweats"})
                and acute_12w
            )
        )
    )
    dvt_fires = not ("both_swollen" in calf_signs and not swollen_limb) and (
        (swollen_limb and (vte_risk or "estrogen" in medicines))
        or ("one_calf_swollen" in calf_signs and acute_12w and onset_how not in ("injury", "after_activity_change"))
        or ("whole_limb_swollen" in calf_signs and acute_12w and onset_how != "injury")
        or (
            "calf_tender_warm" in calf_signs
            and (vte_risk or "estrogen" in medicines)
            and acute_6w
            and onset_how not in ("injury", "after_activity_change")
        )
        or (
            "calf_tender_warm" in calf_signs
            and not recent_events.isdisjoint({"surgery", "leg_cast", "bed_rest"})
            and acute_12w
        )
    )
    critical_limb_ischemia_fires = (
        not acute_limb_ischemia_fires
        and not diabetic_foot_limb_threat_fires
        and (
            (
                night_pattern == "hang_leg_down"
                and not pain_regions.isdisjoint(LOWER_LIMB)
                and (vessel_risk or age >= 50)
            )
            or (
                walk_relief == "stand_still"
                and ("walking" in aggravators or "stairs_hills" in aggravators)
                and progression == "worse_fast"
                and acute_6w
                and vessel_risk
                and not pain_regions.isdisjoint(LEG)
            )
            or "black_skin" in area_look
            or (
                "not_healing" in infection_signs
                and not area_look.isdisjoint({"cold", "pale", "blue_dark"})
                and vessel_risk
            )
            or "cold_pale_limb" in emergency_now
            or (
                not area_look.isdisjoint({"cold", "pale", "blue_dark"})
                and look_change_onset in ("hours", "days")
                and onset_how != "injury"
                and not swollen_limb
            )
        )
    )
    hot_swollen_joint_fires = (
        not septic_joint_fires
        and not classic_podagra
        and joint_motion_pain == "yes"
        and ("hot" in area_look or "red" in area_look)
        and look_new
        and no_blunt_injury
    ) or (
        not septic_joint_fires
        and ("joint_replacement" in risk_conditions or "surgery" in recent_events)
        and "hot" in area_look
        and ("swollen" in area_look or "red" in area_look)
        and getting_worse
        and onset_how != "injury"
    )
    skin_infection_fires = (
        not necrotizing_infection_fires
        and not diabetic_foot_limb_threat_fires
        and (
            not infection_signs.isdisjoint({"spreading", "streaks", "pus_smell"})
            or ("wound" in area_look and ("red" in area_look or "hot" in area_look) and look_new)
        )
    )
    diabetic_foot_ulcer_fires = (
        not diabetic_foot_limb_threat_fires
        and ("diabetes" in risk_conditions or "lost_feeling" in diabetes_foot)
        and not pain_regions.isdisjoint(FOOT)
        and "wound" in area_look
    )
    charcot_foot_fires = (
        "diabetes" in risk_conditions
        and not pain_regions.isdisjoint(FOOT)
        and "wound" not in area_look
        and not classic_podagra
        and (
            (bool("hot" in area_look) + bool("red" in area_look) + bool("swollen" in area_look)) >= 2
            or (
                not diabetes_foot.isdisjoint({"lost_feeling", "past_ulcer", "amputation", "unsure"})
                and not area_look.isdisjoint({"hot", "swollen", "deformed"})
                and look_change_onset in ("hours", "days", "weeks", "unsure")
                and "bruised" not in area_look
            )
        )
    )
    achilles_rupture_fires = (
        not pain_regions.isdisjoint(ACHILLES_CALF)
        and acute_12w
        and (
            (pop_felt == "yes" and toe_walk in ("weak_one", "weak_both"))
            or (
                pop_felt in ("yes", "unsure")
                and ("heel_back_left" in pain_regions or "heel_back_right" in pain_regions)
                and toe_walk in ("weak_one", "weak_both", "not_tried", "pain_stops")
                and acute_6w
                and (onset_how == "injury" or ("quinolone" in medicines or "steroid_long" in medicines))
            )
            or (
                ("heel_back_left" in pain_regions or "heel_back_right" in pain_regions)
                and onset_how == "sudden_no_injury"
                and ("quinolone" in medicines or "steroid_long" in medicines)
                and acute_6w
                and (toe_walk in ("weak_one", "weak_both") or weight_bearing == "cannot")
            )
        )
    )
    ankle_foot_fracture_fires = (
        not limb_deformity_fires
        and not pain_regions.isdisjoint(FOOT)
        and onset_how in ("injury", "unsure")
        and acute_6w
        and (
            "bruised_sole" in area_look
            or (onset_how == "injury" and weight_bearing == "cannot")
            or (
                bone_tender == "yes"
                and onset_how == "injury"
                and pain_worst >= 6
                and weight_bearing == "limp"
                and not area_look.isdisjoint({"swollen", "bruised", "unsure"})
            )
            or ("fall_height" in injury_type and not pain_regions.isdisjoint(HEEL_BOTTOM) and pain_worst >= 6)
        )
    )
    hip_fracture_possible_fires = (
        not hip_fracture_fires
        and acute_6w
        and onset_how == "injury"
        and (age >= 65 or "osteoporosis" in risk_conditions or "steroid_long" in medicines)
        and (
            (not pain_regions.isdisjoint(GROIN_HIP) and ("groin_on_loading" in hip_signs or weight_bearing == "limp"))
            or (
                (
                    not pain_regions.isdisjoint(HIP_PELVIS)
                    or not pain_regions.isdisjoint({"thigh_front_left", "thigh_front_right", "knee_left", "knee_right"})
                )
                and weight_bearing == "limp"
                and pain_worst >= 6
                and fall_or_crash
            )
        )
    )
    femoral_neck_stress_fracture_fires = (
        not hip_fracture_fires
        and not pain_regions.isdisjoint(HIP_JOINT)
        and acute_12w
        and onset_how != "injury"
        and ("groin_on_loading" in hip_signs or "hop_pain" in hip_signs)
        and (
            (
                onset_how == "after_activity_change"
                and (("running_jumping" in aggravators or "unsure" in aggravators) or "hop_pain" in hip_signs)
            )
            or (onset_how == "unsure" and "hop_pain" in hip_signs)
            or (
                ("osteoporosis" in risk_conditions or "steroid_long" in medicines)
                and "groin_on_loading" in hip_signs
                and weight_bearing in ("limp", "cannot")
            )
            or (cancer_history in ("past", "current") and "groin_on_loading" in hip_signs and getting_worse)
        )
    )
    cannot_bear_weight_fires = (
        weight_bearing == "cannot"
        and acute_6w
        and not hip_fracture_fires
        and not ankle_foot_fracture_fires
        and not septic_joint_fires
        and not achilles_rupture_fires
    )
    shingles_fires = (
        "rash_blisters" in area_look
        and acute_6w
        and (
            not symptom_quality.isdisjoint({"burning", "light_touch_hurts", "tingling", "sharp", "electric"})
            or pain_worst >= 4
        )
    )
    kidney_infection_fires = (
        (not pain_regions.isdisjoint(BACK) or not pain_regions.isdisjoint({"abdomen_mid", "groin_left", "groin_right"}))
        and fever_any
        and "burning_blood" in bladder_change
    )
    chest_wall_check_fires = (
        "chest_pain" in emergency_now
        and chest_kind == "press_or_twist_only"
        and not chest_emergency_fires
        and not pulmonary_embolism_fires
    )
    angina_possible_fires = not chest_emergency_fires and (
        "effort_jaw_arm" in emergency_now
        or (
            "unwell" in general_signs
            and age >= 50
            and vessel_risk
            and acute_1w
            and onset_how == "sudden_no_injury"
            and bool(aggravators.isdisjoint({"arm_use", "neck_turn", "neck_back"}))
            and not pain_regions.isdisjoint(
                {
                    "shoulder_left",
                    "upper_arm_left",
                    "face_jaw_left",
                    "face_jaw_right",
                    "chest_left",
                    "chest_mid",
                    "chest_right",
                    "upper_back_mid",
                }
            )
        )
    )
    limb_fracture_possible_fires = (
        not limb_deformity_fires
        and not hip_fracture_fires
        and acute_6w
        and (
            (
                fall_or_crash
                and pain_worst >= 6
                and progression != "better"
                and ("swollen" in area_look or "bruised" in area_look)
                and (
                    not pain_regions.isdisjoint(
                        {"elbow_left", "elbow_right", "forearm_left", "forearm_right", "hand_left", "hand_right"}
                    )
                    or (
                        (
                            not pain_regions.isdisjoint(SHOULDER)
                            or not pain_regions.isdisjoint(
                                {"upper_arm_left", "upper_arm_right", "knee_left", "knee_right"}
                            )
                            or not pain_regions.isdisjoint(LOWER_LEG)
                            or ("thigh_front_left" in pain_regions or "thigh_front_right" in pain_regions)
                        )
                        and (
                            age >= 55
                            or "osteoporosis" in risk_conditions
                            or "steroid_long" in medicines
                            or bone_tender == "yes"
                            or pain_worst >= 8
                        )
                    )
                )
            )
            or (
                "deformed" in area_look
                and onset_how in ("injury", "sudden_no_injury")
                and "lump" not in area_look
                and (
                    not pain_regions.isdisjoint(ARM)
                    or not pain_regions.isdisjoint(LEG)
                    or not pain_regions.isdisjoint(FOOT)
                )
                and "diabetes" not in risk_conditions
            )
        )
    )
    unexplained_fever_fires = (
        fever_unexplained
        and not spinal_infection_fires
        and not spinal_infection_possible_fires
        and not septic_joint_fires
        and not necrotizing_infection_fires
        and not diabetic_foot_limb_threat_fires
        and not intracranial_emergency_fires
        and not kidney_infection_fires
        and not skin_infection_fires
    )
    secondary_headache_fires = (
        not intracranial_emergency_fires
        and not gca_vision_fires
        and (
            "confused_drowsy" in headache_signs
            or (
                "new_headache" in headache_signs
                and onset_when != "over_1_year"
                and (
                    "vision_change" in headache_signs
                    or pregnancy in ("pregnant", "recent_birth")
                    or cancer_history == "current"
                    or (cancer_history == "past" and getting_worse)
                    or ("vomiting" in neck_artery_signs and getting_worse)
                    or "weak_immune" in risk_conditions
                    or (
                        ("blood_thinner" in medicines or age >= 65)
                        and (onset_how == "injury" or "neck_head" in recent_injury)
                    )
                )
            )
        )
    )
    abdominal_or_pregnancy_pain_fires = (
        not aortic_emergency_fires
        and acute_1w
        and pain_worst >= 7
        and (
            ("abdomen_mid" in pain_regions and onset_how in ("sudden_no_injury", "gradual", "unsure"))
            or (
                pregnancy in ("pregnant", "unsure")
                and (
                    not pain_regions.isdisjoint(LOW_BACK)
                    or not pain_regions.isdisjoint({"abdomen_mid", "groin_left", "groin_right", "saddle_mid"})
                )
                and (onset_how in ("sudden_no_injury", "unsure") or fall_or_crash)
            )
        )
    )
    syncope_fires = (
        "fainted" in emergency_now
        and not chest_emergency_fires
        and not aortic_emergency_fires
        and not pulmonary_embolism_fires
    )
    child_hip_fires = (
        age <= 16
        and (not pain_regions.isdisjoint(HIP_JOINT) or ("knee_left" in pain_regions or "knee_right" in pain_regions))
        and (not walking_change.isdisjoint({"limp", "short_steps", "unsure"}) or weight_bearing in ("limp", "cannot"))
    )
    self_harm_thoughts_fires = self_harm == "thoughts"
    unresolved_urgent_fires = (
        "unsure" in emergency_now
        or (
            "unsure" in limb_danger
            and (not area_look.isdisjoint({"cold", "pale", "blue_dark"}) or (pain_worst >= 8 and acute_1w))
        )
        or (
            "unsure" in infection_signs
            and not area_look.isdisjoint({"red", "hot", "wound"})
            and (look_new or immune_risk)
        )
        or ("unsure" in calf_signs and (vte_risk or "estrogen" in medicines) and acute_6w)
        or (
            "calf_tender_warm" in calf_signs
            and ("unsure" in recent_events or pregnancy == "unsure")
            and acute_6w
            and onset_how != "after_activity_change"
            and not (onset_how == "injury" and acute_1w)
        )
        or (
            "unsure" in weak_parts
            and weakness_trend in ("worse", "unsure")
            and weak_new
            and not new_motor_deficit_fires
        )
        or (weakness_onset == "unsure" and weakness_trend == "worse" and acute_6w and (leg_weak or arm_neuro))
        or (joint_motion_pain == "unsure" and "hot" in area_look and look_new and not classic_podagra)
        or (
            "unsure" in general_signs
            and (
                ("extreme_pain" in infection_signs and look_new)
                or (
                    not pain_regions.isdisjoint(SPINE)
                    and (immune_strong or entry)
                    and ("constant" in pain_timing or night_severe)
                )
            )
        )
        or (
            onset_how == "unsure"
            and age >= 65
            and acute_6w
            and pain_worst >= 6
            and (weight_bearing in ("limp", "cannot", "unsure") or ("bruised" in area_look or "deformed" in area_look))
        )
        or (girdle_stiffness == "unsure" and ("jaw_tired" in headache_signs or "scalp_sore" in headache_signs))
        or (ces_unsure and not pain_regions.isdisjoint(SPINE) and cancer_history in ("past", "current"))
        or (
            "unsure" in general_signs
            and pain_worst >= 8
            and acute_1w
            and onset_how not in ("injury", "after_activity_change")
            and ("constant" in pain_timing or night_severe)
        )
        or (weight_bearing == "unsure" and onset_how == "injury" and acute_1w and pain_worst >= 6)
        or ("unsure" in neck_artery_signs and neck_head_acute and onset_how in ("injury", "sudden_no_injury"))
        or ("unsure" in headache_signs and age >= 50 and not pain_regions.isdisjoint(HEAD_JAW))
        or (fever_cause == "unsure" and not pain_regions.isdisjoint(SPINE))
        or ("unsure" in area_look and not pain_regions.isdisjoint(FOOT) and "diabetes" in risk_conditions)
        or (
            "unsure" in risk_conditions
            and not pain_regions.isdisjoint(FOOT)
            and not area_look.isdisjoint({"hot", "wound", "black_skin"})
        )
        or ("unsure" in hip_signs and onset_how == "after_activity_change" and weight_bearing in ("limp", "unsure"))
    )
    cervical_myelopathy_fires = (
        not acute_cord_compression_fires
        and not progressive_myelopathy_fires
        and (
            cord_syndrome
            or cord_neck_move
            or ("trunk_band" in numb_pattern and "rash_blisters" not in area_look)
            or ("unsteady" in walking_change and "stiff_heavy" in walking_change and getting_worse)
        )
    )
    motor_deficit_subacute_fires = (
        (
            not new_motor_deficit_fires
            and not acute_cord_compression_fires
            and not guillain_barre_fires
            and not metastatic_cord_compression_fires
            and (leg_weak or arm_neuro)
            and (
                weakness_onset in ("weeks_2_to_12", "unsure")
                or (weakness_onset == "over_12_weeks" and weakness_trend in ("worse", "unsure"))
                or (weak_new and weakness_trend == "better")
            )
        )
        or (
            not new_motor_deficit_fires
            and not acute_cord_compression_fires
            and not guillain_barre_fires
            and "one_leg" in weak_parts
            and nerve_feel
            and weak_new
            and weakness_trend in ("worse", "same", "unsure")
        )
        or (
            not new_motor_deficit_fires
            and arm_weak
            and not pain_regions.isdisjoint(SHOULDER)
            and onset_how == "injury"
            and acute_12w
            and age >= 40
        )
    )
    motor_neuron_disease_fires = (
        weakness_onset in ("weeks_2_to_12", "over_12_weeks")
        and weakness_trend == "worse"
        and not ("numb" in symptom_quality or "tingling" in symptom_quality)
        and (
            (("twitching" in muscle_changes or "thinner" in muscle_changes) and pain_worst <= 4)
            or "speech_swallow" in weak_parts
        )
    ) or ("speech_swallow" in weak_parts and weakness_onset in ("weeks_2_to_12", "unsure"))
    neuropathy_workup_fires = (
        not rapid_neuropathy_fires
        and not guillain_barre_fires
        and ("socks_both" in numb_pattern or "hands_and_feet" in numb_pattern)
        and (
            (getting_worse and acute_12w)
            or (getting_worse and (not walking_change.isdisjoint({"unsteady", "worse_dark", "falls"}) or leg_weak))
            or (
                ("nitrous" in risk_conditions or "low_b12" in risk_conditions)
                and (not walking_change.isdisjoint({"unsteady", "worse_dark", "falls"}) or getting_worse)
            )
        )
    )
    malignancy_possible_fires = (
        not spinal_metastasis_fires
        and not metastatic_cord_compression_fires
        and (
            weight_loss_amount == "over_10_lb"
            or (weight_loss_amount == "unsure" and ("constant" in pain_timing or night_severe or age >= 50))
            or (
                "night_sweats" in general_signs and ("weight_loss" in general_signs or (night_severe and getting_worse))
            )
            or (
                "unwell" in general_signs
                and age >= 50
                and ("constant" in pain_timing or night_severe)
                and getting_worse
                and rest_effect in ("same", "worse_or_continues")
            )
            or (
                "lump" in area_look
                and not (
                    not pain_regions.isdisjoint({"heel_back_left", "heel_back_right", "big_toe_left", "big_toe_right"})
                    and rest_effect == "better"
                    and not getting_worse
                    and not ("night_wakes" in pain_timing or "constant" in pain_timing)
                )
            )
            or (
                night_severe
                and getting_worse
                and rest_effect in ("same", "worse_or_continues")
                and onset_when in ("weeks_6_to_12", "months_3_to_12")
                and (age >= 50 or age <= 25 or treatment_response in ("no_help", "worse"))
                and not spinal_infection_fires
            )
            or (
                cancer_history in ("past", "current")
                and onset_when == "over_1_year"
                and getting_worse
                and (night_severe or "constant" in pain_timing)
            )
            or (
                cancer_history in ("past", "current")
                and onset_when != "over_1_year"
                and (
                    night_severe
                    or "constant" in pain_timing
                    or (
                        getting_worse
                        and (
                            not pain_regions.isdisjoint(SPINE)
                            or not pain_regions.isdisjoint(HIP_PELVIS)
                            or not pain_regions.isdisjoint(SHOULDER)
                            or not pain_regions.isdisjoint(
                                {"thigh_front_left", "thigh_front_right", "upper_arm_left", "upper_arm_right"}
                            )
                        )
                    )
                )
            )
        )
    )
    apical_lung_tumor_fires = (
        not pain_regions.isdisjoint(SHOULDER)
        or not pain_regions.isdisjoint(NECK)
        or not pain_regions.isdisjoint({"upper_back_left", "upper_back_right", "upper_arm_left", "upper_arm_right"})
    ) and (
        (
            age >= 40
            and smoker
            and arm_spread == "one_arm"
            and (("numb_one" in hand_signs or "weak_grip" in hand_signs) or arm_weak)
            and (night_severe or "constant" in pain_timing or weight_loss_amount == "over_10_lb")
            and getting_worse
        )
        or ("eyelid_pupil" in neck_artery_signs and arm_spread == "one_arm" and not acute_6w)
    )
    polymyalgia_fires = (
        not giant_cell_arteritis_fires
        and not gca_vision_fires
        and age >= 50
        and girdle_stiffness == "yes_new"
        and (
            morning_stiffness in ("min_30_to_60", "over_60", "unsure")
            or ("unwell" in general_signs or "weight_loss" in general_signs)
        )
    )
    inflammatory_arthritis_fires = (
        ("several_joints_swollen" in inflammatory_signs or "sausage_digit" in inflammatory_signs)
        or "sausage" in big_toe_signs
        or (
            morning_stiffness == "over_60"
            and ("swollen" in area_look or "hot" in area_look)
            and (("hand_left" in pain_regions or "hand_right" in pain_regions) or not pain_regions.isdisjoint(FOREFOOT))
            and onset_how not in ("injury", "after_surgery")
        )
        or (
            "tick_bite" in recent_events
            and ("swollen" in area_look or "hot" in area_look)
            and acute_12w
            and onset_how != "injury"
        )
    )
    axial_spondyloarthritis_fires = (
        age <= 50
        and onset_when in ("months_3_to_12", "over_1_year")
        and (
            not pain_regions.isdisjoint(LOW_BACK)
            or not pain_regions.isdisjoint(
                {"buttock_left", "buttock_right", "heel_left", "heel_right", "heel_back_left", "heel_back_right"}
            )
        )
        and (
            bool("better_moving" in inflammatory_signs)
            + bool("wakes_late_night" in inflammatory_signs)
            + bool("alternating_buttock" in inflammatory_signs)
            + bool(morning_stiffness in ("min_30_to_60", "over_60"))
            + bool("antiinflammatory_helps" in inflammatory_signs)
            + bool("family_inflammatory" in inflammatory_signs)
            + bool("psoriasis_ibd_uveitis" in risk_conditions)
            + bool("sausage_digit" in inflammatory_signs)
        )
        >= 3
    )
    gout_flare_fires = classic_podagra and not area_look.isdisjoint({"red", "hot", "swollen"})
    crps_fires = (
        (
            onset_how in ("injury", "after_surgery")
            or ("foot_ankle" in recent_injury or "knee_leg" in recent_injury)
            or ("surgery" in recent_events or "leg_cast" in recent_events)
        )
        and onset_when in ("weeks_1_to_6", "weeks_6_to_12", "months_3_to_12", "over_1_year")
        and pain_worst >= 5
        and "light_touch_hurts" in symptom_quality
        and (
            bool(not area_look.isdisjoint({"red", "pale", "blue_dark", "hot", "cold"}))
            + bool("swollen" in area_look or "shiny_sweaty" in area_look)
            + bool("weak" in symptom_quality or "tight" in symptom_quality)
        )
        >= 2
        and "wound" not in area_look
        and not fever_any
    )
    stress_fracture_fires = (
        onset_how == "after_activity_change"
        and onset_when != "over_1_year"
        and (
            (
                bone_tender == "yes"
                and not aggravators.isdisjoint({"walking", "running_jumping", "standing"})
                and not pain_regions.isdisjoint(
                    {
                        "shin_left",
                        "shin_right",
                        "top_of_foot_left",
                        "top_of_foot_right",
                        "outer_foot_left",
                        "outer_foot_right",
                        "ball_of_foot_left",
                        "ball_of_foot_right",
                        "ankle_left",
                        "ankle_right",
                        "arch_left",
                        "arch_right",
                    }
                )
                and rest_effect != "unsure"
                and not (
                    age <= 17
                    and ("knee_left" in pain_regions or "knee_right" in pain_regions)
                    and progression in ("better", "same", "up_and_down")
                    and "limp" not in walking_change
                )
            )
            or (heel_spot == "squeeze_sides" and not (age <= 15 and not getting_worse and weight_bearing != "cannot"))
        )
    ) or (
        ("osteoporosis" in risk_conditions or "steroid_long" in medicines)
        and acute_12w
        and onset_how != "injury"
        and pain_worst >= 6
        and "swollen" in area_look
        and ("walking" in aggravators or "standing" in aggravators)
        and (not pain_regions.isdisjoint(FOOT) or ("shin_left" in pain_regions or "shin_right" in pain_regions))
        and not charcot_foot_fires
    )
    hip_osteonecrosis_fires = (
        not femoral_neck_stress_fracture_fires
        and not hip_fracture_fires
        and not pain_regions.isdisjoint(HIP_JOINT)
        and "groin_on_loading" in hip_signs
        and (("steroid_long" in medicines or "chemo" in medicines) or "heavy_alcohol" in risk_conditions)
        and onset_when != "over_1_year"
    )
    urinary_check_fires = "burning_blood" in bladder_change and not kidney_infection_fires
    nonhealing_wound_fires = (
        ("not_healing" in infection_signs or ("wound" in area_look and look_change_onset in ("weeks", "months")))
        and not diabetic_foot_ulcer_fires
        and not diabetic_foot_limb_threat_fires
        and not critical_limb_ischemia_fires
        and not skin_infection_fires
        and not necrotizing_infection_fires
    )
    severe_uncontrolled_pain_fires = (
        pain_worst >= 9 and "constant" in pain_timing and night_severe and not gout_flare_fires
    )
    unresolved_soon_fires = (
        not unresolved_urgent_fires
        and not cauda_equina_possible_fires
        and (
            (ces_unsure and (not pain_regions.isdisjoint(SCIATIC) or not pain_regions.isdisjoint(SPINE)))
            or "unsure" in general_signs
            or cancer_history == "unsure"
            or ("unsure" in risk_conditions and "constant" in pain_timing)
            or ("unsure" in recent_events and "constant" in pain_timing)
            or ("unsure" in hand_signs and not walking_change.isdisjoint({"unsteady", "stiff_heavy", "falls"}))
            or ("unsure" in walking_change and cord_hand)
            or (
                "unsure" in calf_signs
                and not pain_regions.isdisjoint(LOWER_LEG)
                and acute_12w
                and onset_how not in ("injury", "after_activity_change")
            )
            or (
                "unsure" in neck_artery_signs
                and neck_head_acute
                and ("new_headache" in headache_signs or "unsure" in headache_signs)
            )
            or ("unsure" in headache_signs and "unlike_before" in neck_artery_signs)
            or (
                ("unsure" in back_flags or ("not_movement" in back_flags and "unsure" in risk_conditions))
                and age >= 60
                and acute_12w
                and not risk_conditions.isdisjoint({"smoker_now", "smoker_past", "heart_vessel", "aneurysm", "unsure"})
            )
            or (girdle_stiffness == "unsure" and morning_stiffness == "over_60")
            or (foot_drop == "unsure" and spread_down_leg == "to_foot")
            or (
                "unsure" in area_look
                and acute_6w
                and (pain_worst >= 7 or getting_worse or onset_how in ("injury", "after_surgery"))
            )
            or self_harm == "prefer_not"
        )
    )
    fired = []
    if stroke_tia_fires:
        fired.append("stroke_tia")
    if chest_emergency_fires:
        fired.append("chest_emergency")
    if pulmonary_embolism_fires:
        fired.append("pulmonary_embolism")
    if aortic_emergency_fires:
        fired.append("aortic_emergency")
    if cauda_equina_fires:
        fired.append("cauda_equina")
    if acute_cord_compression_fires:
        fired.append("acute_cord_compression")
    if metastatic_cord_compression_fires:
        fired.append("metastatic_cord_compression")
    if spinal_infection_fires:
        fired.append("spinal_infection")
    if spinal_epidural_hematoma_fires:
        fired.append("spinal_epidural_hematoma")
    if cervical_artery_dissection_fires:
        fired.append("cervical_artery_dissection")
    if intracranial_emergency_fires:
        fired.append("intracranial_emergency")
    if gca_vision_fires:
        fired.append("gca_vision")
    if spine_fracture_risk_fires:
        fired.append("spine_fracture_risk")
    if hip_fracture_fires:
        fired.append("hip_fracture")
    if limb_deformity_fires:
        fired.append("limb_deformity")
    if acute_compartment_fires:
        fired.append("acute_compartment")
    if acute_limb_ischemia_fires:
        fired.append("acute_limb_ischemia")
    if septic_joint_fires:
        fired.append("septic_joint")
    if necrotizing_infection_fires:
        fired.append("necrotizing_infection")
    if diabetic_foot_limb_threat_fires:
        fired.append("diabetic_foot_limb_threat")
    if guillain_barre_fires:
        fired.append("guillain_barre")
    if self_harm_plan_fires:
        fired.append("self_harm_plan")
    if cauda_equina_possible_fires:
        fired.append("cauda_equina_possible")
    if progressive_myelopathy_fires:
        fired.append("progressive_myelopathy")
    if new_motor_deficit_fires:
        fired.append("new_motor_deficit")
    if rapid_neuropathy_fires:
        fired.append("rapid_neuropathy")
    if spinal_metastasis_fires:
        fired.append("spinal_metastasis")
    if spinal_infection_possible_fires:
        fired.append("spinal_infection_possible")
    if vertebral_fracture_fires:
        fired.append("vertebral_fracture")
    if spine_fracture_possible_fires:
        fired.append("spine_fracture_possible")
    if aortic_possible_fires:
        fired.append("aortic_possible")
    if anticoagulant_bleed_fires:
        fired.append("anticoagulant_bleed")
    if neck_vascular_possible_fires:
        fired.append("neck_vascular_possible")
    if giant_cell_arteritis_fires:
        fired.append("giant_cell_arteritis")
    if dvt_fires:
        fired.append("dvt")
    if critical_limb_ischemia_fires:
        fired.append("critical_limb_ischemia")
    if hot_swollen_joint_fires:
        fired.append("hot_swollen_joint")
    if skin_infection_fires:
        fired.append("skin_infection")
    if diabetic_foot_ulcer_fires:
        fired.append("diabetic_foot_ulcer")
    if charcot_foot_fires:
        fired.append("charcot_foot")
    if achilles_rupture_fires:
        fired.append("achilles_rupture")
    if ankle_foot_fracture_fires:
        fired.append("ankle_foot_fracture")
    if hip_fracture_possible_fires:
        fired.append("hip_fracture_possible")
    if femoral_neck_stress_fracture_fires:
        fired.append("femoral_neck_stress_fracture")
    if cannot_bear_weight_fires:
        fired.append("cannot_bear_weight")
    if shingles_fires:
        fired.append("shingles")
    if kidney_infection_fires:
        fired.append("kidney_infection")
    if chest_wall_check_fires:
        fired.append("chest_wall_check")
    if angina_possible_fires:
        fired.append("angina_possible")
    if limb_fracture_possible_fires:
        fired.append("limb_fracture_possible")
    if unexplained_fever_fires:
        fired.append("unexplained_fever")
    if secondary_headache_fires:
        fired.append("secondary_headache")
    if abdominal_or_pregnancy_pain_fires:
        fired.append("abdominal_or_pregnancy_pain")
    if syncope_fires:
        fired.append("syncope")
    if child_hip_fires:
        fired.append("child_hip")
    if self_harm_thoughts_fires:
        fired.append("self_harm_thoughts")
    if unresolved_urgent_fires:
        fired.append("unresolved_urgent")
    if cervical_myelopathy_fires:
        fired.append("cervical_myelopathy")
    if motor_deficit_subacute_fires:
        fired.append("motor_deficit_subacute")
    if motor_neuron_disease_fires:
        fired.append("motor_neuron_disease")
    if neuropathy_workup_fires:
        fired.append("neuropathy_workup")
    if malignancy_possible_fires:
        fired.append("malignancy_possible")
    if apical_lung_tumor_fires:
        fired.append("apical_lung_tumor")
    if polymyalgia_fires:
        fired.append("polymyalgia")
    if inflammatory_arthritis_fires:
        fired.append("inflammatory_arthritis")
    if axial_spondyloarthritis_fires:
        fired.append("axial_spondyloarthritis")
    if gout_flare_fires:
        fired.append("gout_flare")
    if crps_fires:
        fired.append("crps")
    if stress_fracture_fires:
        fired.append("stress_fracture")
    if hip_osteonecrosis_fires:
        fired.append("hip_osteonecrosis")
    if urinary_check_fires:
        fired.append("urinary_check")
    if nonhealing_wound_fires:
        fired.append("nonhealing_wound")
    if severe_uncontrolled_pain_fires:
        fired.append("severe_uncontrolled_pain")
    if unresolved_soon_fires:
        fired.append("unresolved_soon")
    return fired
