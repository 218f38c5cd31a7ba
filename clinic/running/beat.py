"""What the beat wakes, and how often. A wake-up nobody takes in time is dropped: the rows say what is due."""

from typing import Any

SWEEP_SECONDS = 3


def _every(seconds: int, task: str) -> dict[str, Any]:
    """Wake a task every so many seconds; a stopped worker must not find a heap of wake-ups."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


SCHEDULE = {
    "send due messages": _every(SWEEP_SECONDS, "clinic.messages.tasks.sweep"),
    "read what came back": _every(60, "clinic.messages.tasks.read_bounces"),
    "look after accounts of staff": _every(5, "clinic.staff.tasks.look_after_accounts"),
    "answer requests for a link": _every(5, "intake.tasks.answer_link_requests"),
    "forget counted starts of forms": _every(3600, "intake.tasks.forget_starts"),
    "forget lists nobody sent": _every(3600, "intake.tasks.forget_unsent_lists"),
    "find forms that were left": _every(60, "intake.tasks.open_cases_for_abandoned"),
    "take back forgotten cases": _every(60, "intake.tasks.take_back_forgotten"),
    "write in the morning": _every(300, "referrals.today.write_in_the_morning"),
    "ask how faxes went": _every(60, "referrals.moves.ask_how_faxes_went"),
    "find referrals nobody carries": _every(300, "referrals.moves.tell_of_those_left"),
    "see who came of age": _every(600, "intake.tasks.see_who_came_of_age"),  # soon after midnight, in every time zone
    "scan files": _every(30, "intake.tasks.scan_files"),
    "drop files that belong to nothing": _every(3600, "intake.tasks.drop_orphans"),
    "forget sessions that ended": _every(3600, "clinic.staff.tasks.clear_sessions"),
    "seal the access log": _every(60, "clinic.audit.tasks.seal"),
    "check the access log": _every(24 * 3600, "clinic.audit.tasks.check"),
}
