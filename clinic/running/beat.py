"""What the beat wakes, and how often. A wake-up nobody takes in time is dropped: the rows say what is due."""

SWEEP_SECONDS = 3
SCHEDULE = {
    "send due messages": {
        "task": "clinic.messages.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},  # a stopped worker must not find a heap of wake-ups
    },
    "look after accounts of staff": {
        "task": "clinic.staff.tasks.look_after_accounts",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "answer requests for a link": {
        "task": "intake.tasks.answer_link_requests",
        "schedule": 5,
        "options": {"expires": 5},
    },
    "forget counted starts of forms": {
        "task": "intake.tasks.forget_starts",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "find forms that were left": {
        "task": "intake.tasks.open_cases_for_abandoned",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "take back forgotten cases": {
        "task": "intake.tasks.take_back_forgotten",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "write in the morning": {
        "task": "referrals.today.write_in_the_morning",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "find referrals nobody carries": {
        "task": "referrals.moves.tell_of_those_left",
        "schedule": 300,
        "options": {"expires": 300},
    },
    "see who came of age": {
        "task": "intake.tasks.see_who_came_of_age",
        "schedule": 600,  # soon after midnight, in every time zone
        "options": {"expires": 600},
    },
    "scan files": {
        "task": "intake.tasks.scan_files",
        "schedule": 30,
        "options": {"expires": 30},
    },
    "drop files that belong to nothing": {
        "task": "intake.tasks.drop_orphans",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "forget sessions that ended": {
        "task": "clinic.staff.tasks.clear_sessions",
        "schedule": 3600,
        "options": {"expires": 3600},
    },
    "seal the access log": {
        "task": "clinic.audit.tasks.seal",
        "schedule": 60,
        "options": {"expires": 60},
    },
}
