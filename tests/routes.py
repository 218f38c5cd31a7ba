"""Every address of the product and who may open it. A route that is not here fails `tests/test_house.py`."""

from dataclasses import dataclass

from clinic.staff import permissions as may

ANYONE = "anyone"  # holds nobody's data, or opens by a link and a second factor
SIGNED_IN = "any member of staff, about themselves"


@dataclass(frozen=True)
class Route:
    """`who` may open it; `about` names the sample it takes; `shows` that its page holds a patient's data.

    `query` is what it must be asked with. `elsewhere` is a route that people without the permission are sent on to
    instead of being refused.
    """

    who: str
    about: str = ""
    shows: bool = False
    post_only: bool = False
    query: str = ""
    elsewhere: str = ""


def changes(who, about):
    return Route(who, about, post_only=True)


ROUTES = {
    "home": Route(ANYONE),
    "guide": Route(ANYONE),
    "livez": Route(ANYONE),
    "readyz": Route(ANYONE),
    "healthz": Route(ANYONE),
    "metrics": Route(ANYONE),  # not there for whoever brings no token
    "security_txt": Route(ANYONE),
    "set_language": Route(ANYONE),
    # Signing in
    "account_login": Route(ANYONE),
    "account_logout": Route(ANYONE),
    "account_inactive": Route(ANYONE),
    "account_signup": Route(ANYONE),  # closed by the adapter
    "account_email_verification_sent": Route(ANYONE),
    "account_confirm_email": Route(ANYONE, "key"),
    "account_confirm_login_code": Route(ANYONE),
    "account_reset_password": Route(ANYONE),
    "account_reset_password_done": Route(ANYONE),
    "account_reset_password_from_key": Route(ANYONE, "reset key"),
    "account_reset_password_from_key_done": Route(ANYONE),
    "mfa_authenticate": Route(ANYONE),
    "account_reauthenticate": Route(SIGNED_IN),
    "account_email": Route(SIGNED_IN),
    "account_change_password": Route(SIGNED_IN),
    "account_set_password": Route(SIGNED_IN),
    "mfa_index": Route(SIGNED_IN),
    "shortcuts": Route(SIGNED_IN),
    "staff_stay": Route(SIGNED_IN, post_only=True),
    "staff_left": Route(ANYONE),  # shows nothing
    "typed": Route(ANYONE, post_only=True),  # takes what somebody typed who has just signed out; shows nothing
    "mfa_reauthenticate": Route(SIGNED_IN),
    "mfa_activate_totp": Route(SIGNED_IN),
    "mfa_deactivate_totp": Route(SIGNED_IN),
    "replace_second_step": Route(SIGNED_IN),
    "address_stays": Route(SIGNED_IN),  # in place of the page of addresses
    "second_step_stays": Route(SIGNED_IN),  # in place of the one before
    # What a manager owns
    "locations": Route(may.MANAGE_LOCATIONS),
    "new_location": Route(may.MANAGE_LOCATIONS),
    "location": Route(may.MANAGE_LOCATIONS, "location"),
    "clinic_changes": Route(may.MANAGE_LOCATIONS),
    "people": Route(may.MANAGE_ACCOUNTS),
    "invite_person": Route(may.MANAGE_ACCOUNTS),
    "person": Route(may.MANAGE_ACCOUNTS, "colleague"),
    "hand_over_code": changes(may.MANAGE_ACCOUNTS, "colleague"),
    "invite_person_again": changes(may.MANAGE_ACCOUNTS, "colleague"),
    "sign_out_person": changes(may.MANAGE_ACCOUNTS, "colleague"),
    "take_back_person": changes(may.MANAGE_ACCOUNTS, "colleague"),
    "leave": Route(may.MANAGE_ACCOUNTS, "colleague"),
    "access_log": Route(may.SEE_ACCESS_LOG),  # names patients: tests/referrals/looking_back sees it logged
    "access_log_file": Route(may.SEE_ACCESS_LOG),
    "mfa_view_recovery_codes": Route(SIGNED_IN),
    "mfa_generate_recovery_codes": Route(SIGNED_IN),
    "mfa_download_recovery_codes": Route(SIGNED_IN),
    # Patients, by the intake their browser has open
    "intake_start": Route(ANYONE),
    "intake_contact": Route(ANYONE, shows=True),
    "intake_page": Route(ANYONE, "page", shows=True),
    "intake_reveal": Route(ANYONE, "page", post_only=True),
    "intake_unsent": Route(ANYONE, "page", post_only=True),
    "intake_stay": Route(ANYONE, post_only=True),
    "intake_resume": Route(ANYONE),
    "intake_emergency": Route(ANYONE, shows=True),
    "intake_check": Route(ANYONE, shows=True),
    "intake_who": Route(ANYONE, shows=True),
    "intake_submit": Route(ANYONE),
    "intake_done": Route(ANYONE),
    "intake_worse": Route(ANYONE),
    "intake_where_worse": Route(ANYONE),
    "intake_on_file": Route(ANYONE),
    "intake_appointment": Route(ANYONE),  # in an emergency it leads to the advice
    "consent_copy": Route(ANYONE),
    "intake_files": Route(ANYONE, shows=True),
    "intake_save": Route(ANYONE),
    "intake_leave": Route(ANYONE, post_only=True),
    "link": Route(ANYONE, "secret"),
    "stop_mails": Route(ANYONE, "reminder"),
    "link_new": Route(ANYONE),
    "link_asked": Route(ANYONE),
    # Patients, by the status page their browser has open
    "status": Route(ANYONE, shows=True),
    "status_answers": Route(ANYONE, shows=True),
    "status_answers_pdf": Route(ANYONE, "case"),
    "status_answers_json": Route(ANYONE, "case"),
    "status_calendar": Route(ANYONE, "referral"),
    "status_looked": Route(ANYONE, shows=True),
    "status_resume": Route(ANYONE),
    "status_mails": Route(ANYONE, shows=True),
    "status_stay": Route(ANYONE, post_only=True),
    "status_visit": Route(ANYONE, "referral", post_only=True),
    "status_leave": Route(ANYONE, post_only=True),
    "status_go_on": Route(ANYONE, post_only=True),
    "status_worse": Route(ANYONE, shows=True),
    "status_appointment": Route(ANYONE, shows=True),
    "status_files": Route(ANYONE, shows=True),
    "again": Route(ANYONE, shows=True),
    "follow_up": Route(ANYONE, shows=True),
    "invite": Route(may.INVITE_PATIENTS),
    "invitations": Route(may.INVITE_PATIENTS, shows=True),
    "send_invitation_again": changes(may.INVITE_PATIENTS, "invitation"),
    "take_back_invitation": changes(may.INVITE_PATIENTS, "invitation"),
    "add_invitation_list": Route(may.INVITE_PATIENTS),
    "invitation_list": Route(may.INVITE_PATIENTS, "invitation list", shows=True),
    "send_invitation_list": changes(may.INVITE_PATIENTS, "invitation list"),
    "undo_invitation_list": changes(may.INVITE_PATIENTS, "invitation list"),
    "list_to_correct": Route(may.INVITE_PATIENTS, "invitation list"),
    # What patients ask the desk for
    "requests": Route(may.ANSWER_REQUESTS, shows=True),
    "address_works": changes(may.ANSWER_REQUESTS, "patient"),
    "call_made": changes(may.ANSWER_REQUESTS, "call"),
    "task_done": changes(may.ANSWER_REQUESTS, "desk task"),
    "came_to_nothing": changes(may.ANSWER_REQUESTS, "desk task"),
    "find_patient": changes(may.ANSWER_REQUESTS, ""),
    "appointment_request": Route(may.ANSWER_REQUESTS, "appointment request", shows=True),
    # Forms on paper
    "paper": Route(may.ANSWER_REQUESTS, shows=True),
    "paper_find": changes(may.ANSWER_REQUESTS, ""),
    "paper_check": Route(may.ANSWER_REQUESTS, "paper form", shows=True),
    "paper_form": Route(may.ANSWER_REQUESTS, "paper form", shows=True),
    "paper_page": Route(may.ANSWER_REQUESTS, "paper page", shows=True),
    "paper_reveal": changes(may.ANSWER_REQUESTS, "paper page"),
    "paper_submit": Route(may.ANSWER_REQUESTS, "paper form", shows=True),
    # Patients, for staff
    "patients": Route(may.FIND_PATIENTS),
    "patient": Route(may.FIND_PATIENTS, "patient", shows=True),
    # Cases
    "patient_file": Route(may.SEE_CASES, "patient file", shows=True),
    "queue": Route(may.SEE_CASES, shows=True, elsewhere="referrals"),
    "queue_rows": Route(may.SEE_CASES, shows=True),
    "case": Route(may.SEE_CASES, "case", shows=True),
    "what_if": Route(may.SEE_CASES, "case", shows=True),
    "acknowledge": changes(may.DECIDE_CASES, "case"),
    "on_watch": Route(may.KEEP_WATCH),
    "take_over": changes(may.KEEP_WATCH, ""),
    "add_on_call": changes(may.KEEP_WATCH, ""),
    "end_on_call": changes(may.KEEP_WATCH, "shift"),
    "told_on_call": changes(may.KEEP_WATCH, "shift"),
    "ask_to_take": changes(may.KEEP_WATCH, "case"),
    "take_over_case": changes(may.DECIDE_CASES, "case"),
    "case_typed": changes(may.DECIDE_CASES, "case"),
    "case_moved": Route(may.SEE_CASES, "case"),  # who did what when, nothing about the patient
    "hand_back": changes(may.DECIDE_CASES, "case"),
    "undo": changes(may.DECIDE_CASES, "case"),
    "contact": changes(may.DECIDE_CASES, "case"),
    "take_answers": changes(may.DECIDE_CASES, "case"),
    "raise_tier": changes(may.DECIDE_CASES, "case"),
    "add_to_decision": changes(may.DECIDE_CASES, "case"),
    "reopen_case": changes(may.DECIDE_CASES, "case"),
    "look_back": Route(may.DECIDE_CASES, "decided case", shows=True),
    "handover": Route(may.KEEP_WATCH, shows=True),
    "scorecard": Route(may.SEE_SCORECARD, shows=True),
    "scorecard_file": Route(may.SEE_SCORECARD),
    "numbers": Route(may.SEE_PROMISES),  # of nobody by name
    "numbers_file": Route(may.SEE_PROMISES, "table"),
    "proof_seen": changes(may.SEE_CASES, "case"),
    "confirm_contact": Route(may.ANSWER_REQUESTS, "patient", shows=True),
    "give_out_links": changes(may.ANSWER_REQUESTS, "patient"),
    "proof_seen_at_desk": changes(may.ANSWER_REQUESTS, "patient"),
    "signed": Route(may.ANSWER_REQUESTS, "patient", shows=True),
    "invite_again": changes(may.SEE_CASES, "case"),
    "follow_up_seen": changes(may.SEE_CASES, "case"),
    "decide": changes(may.DECIDE_CASES, "case"),
    "second_look": changes(may.DECIDE_CASES, "case"),
    # Referrals
    "referrals": Route(may.CARRY_REFERRALS, shows=True),
    "referral": Route(may.CARRY_REFERRALS, "referral", shows=True),
    "referrals_file": Route(may.CARRY_REFERRALS, shows=True),
    "save_list": Route(may.CARRY_REFERRALS, post_only=True),
    "covering": Route(may.CARRY_REFERRALS),
    "end_covering": Route(may.CARRY_REFERRALS, post_only=True),
    "many_referrals": Route(may.CARRY_REFERRALS, shows=True),
    "by_office": Route(may.CARRY_REFERRALS, shows=True),
    "call_sheet": Route(may.CARRY_REFERRALS, "listing", shows=True),
    "choose_specialist": Route(may.CARRY_REFERRALS, "draft", shows=True),
    "letter_parts": Route(may.CARRY_REFERRALS, "referral", shows=True),
    "letter": Route(may.CARRY_REFERRALS, "referral", shows=True),
    "enclosures": Route(may.CARRY_REFERRALS, "draft", shows=True),
    "packet": Route(may.CARRY_REFERRALS, "referral", shows=True),
    "fax_pages": Route(may.CARRY_REFERRALS, "fax", shows=True),
    "fax_proof": Route(may.CARRY_REFERRALS, "fax", shows=True),
    "enclosure": Route(may.CARRY_REFERRALS, "enclosure", shows=True),
    "send_referral": Route(may.CARRY_REFERRALS, "draft", shows=True),
    "move_referral": Route(may.CARRY_REFERRALS, "referral", shows=True, query="do=note"),
    "referral_file": Route(may.CARRY_REFERRALS, "talk file", shows=True),
    "office_code": changes(may.CARRY_REFERRALS, "referral"),
    "office_told": changes(may.CARRY_REFERRALS, "office to tell"),
    "report": Route(may.SIGN_REFERRALS, "report", shows=True),
    "read_report": changes(may.SIGN_REFERRALS, "report"),
    "today": Route(may.ANSWER_REQUESTS, shows=True),
    "promises": Route(may.ANSWER_REQUESTS, shows=True),
    "directory": Route(may.CARRY_REFERRALS),
    "new_listing": Route(may.MANAGE_DIRECTORY),
    "listing": Route(may.MANAGE_DIRECTORY, "listing"),
    "directory_file": Route(may.CARRY_REFERRALS),
    "stale_listings": Route(may.MANAGE_DIRECTORY),
    "confirm_listing": changes(may.MANAGE_DIRECTORY, "listing"),
    "directory_import": Route(may.MANAGE_DIRECTORY),
    "one_import": Route(may.MANAGE_DIRECTORY, "import"),
    "confirm_import": changes(may.MANAGE_DIRECTORY, "import"),
    "undo_import": changes(may.MANAGE_DIRECTORY, "import"),
    "rows_to_correct": Route(may.MANAGE_DIRECTORY, "import"),
    # Specialists' offices, by the referrals their browser has open
    "office": Route(ANYONE, shows=True),
    "office_leave": Route(ANYONE, post_only=True),
    "office_room": Route(ANYONE, "referral", shows=True),
    "office_room_open": Route(ANYONE, "referral", post_only=True),
    "office_room_file": Route(ANYONE, "talk file", shows=True),
    "office_room_letter": Route(ANYONE, "referral", shows=True),
    "office_room_packet": Route(ANYONE, "referral", shows=True),
    "office_room_enclosure": Route(ANYONE, "enclosed"),
    "office_room_answer": Route(ANYONE, "room answer", shows=True),
    "office_room_done": Route(ANYONE, "room answer", shows=True),
    "office_letter": Route(ANYONE),  # addresses from before each referral had its own: they lead on
    "office_answer": Route(ANYONE, "answer"),
    "office_done": Route(ANYONE, "answer"),
    "office_link": Route(ANYONE, "secret"),
    # Messages
    "messages": Route(may.SEE_MESSAGES, shows=True),
    "message": Route(may.SEE_MESSAGES, "message", shows=True),
    "wake_sleeping_link": changes(may.SEE_MESSAGES, "sleeping link"),
    "kinds_of_mail": Route(may.SEE_PROMISES),
    "turn_kind_of_mail": changes(may.MANAGE_LOCATIONS, "kind of mail"),
    "remind_before": changes(may.MANAGE_LOCATIONS, "kind of mail"),
    "delivery": Route(may.SEE_PROMISES),
    "mail_hook": Route(ANYONE, "provider", post_only=True),  # believes what is signed
    # The demo
    "demo_start": Route(ANYONE),
    "demo_look": Route(ANYONE),
    "demo_mails": Route(ANYONE),
    "demo_mail": Route(ANYONE, "mail"),
}

# Samples that only the location they belong to may know of.
OF_A_LOCATION = {
    "patient",
    "appointment request",
    "call",
    "desk task",
    "paper form",
    "paper page",
    "case",
    "decided case",
    "patient file",
    "draft",
    "referral",
    "office to tell",
    "enclosure",
    "fax",
    "talk file",
    "report",
    "message",
    "sleeping link",
    "shift",
}
