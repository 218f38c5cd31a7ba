"""The inventory: every page a patient can come to, in each of its states, and the shortest way there.

By template and state. `test_every_state.py` goes through all of it. The pages of questions themselves, filled in and
with errors, are in `test_every_page.py`; here are their other states.
"""

from intake.models import Document, Intake
from tests.answers import SADDLE_NUMBNESS
from tests.journeys import happenings as then
from tests.journeys.said import (
    ABOUT,
    BEGUN,
    BOTH_DANGERS,
    CHILD,
    FORM,
    GOAL,
    LONG,
    LOW,
    NO_PHONE,
    NOWHERE,
    SAFE,
    SELF_HARM,
    STATUS,
)
from tests.journeys.states_sent import A_SENT_FORM, THE_STATUS_PAGE

AGAIN, WORSE = Intake.Occasion.AGAIN, Intake.Occasion.WORSE


def shown(number):
    return {"shown": lambda ada: ada.is_shown(f"{number}.html").and_gets(int(number))}


BEFORE_A_FORM = {  # in this order: a location stays once it is there
    "not_set_up": {"nobody has set the clinic up": lambda ada: ada.opens("/").and_gets(503)},
    "questionnaire/home": {
        "no location is listed yet": lambda ada: ada.with_a_clinic().does(then.nobody_treats).opens("/"),
        "a location": lambda ada: ada.with_a_clinic().opens("/"),
        "a form is begun here": lambda ada: ada.fills_in().opens("/"),
        "two locations": lambda ada: ada.with_a_clinic("Hillcrest").opens("/"),
    },
    "questionnaire/start": {
        "fresh": lambda ada: ada.opens("intake_start"),
        "for a visit": lambda ada: ada.opens("intake_start", query="?next=appointment"),
        "with errors": lambda ada: ada.opens("intake_start").is_refused(),
        "too many were begun from here": lambda ada: (
            ada.opens("intake_start")
            .born("1980")
            .types(first_name="Ada", last_name="Quill", phone="207 555 0111")
            .chooses(location="riverside")
            .does(then.too_many_were_begun)
            .presses()
            .and_gets(429)
        ),
    },
    "questionnaire/no_forms": {
        "nobody treats anywhere": lambda ada: ada.does(then.nobody_treats).opens("intake_start").and_gets(503),
    },
    "door/link_new": {
        "empty": lambda ada: ada.opens("link_new"),
        "with an error": lambda ada: ada.opens("link_new").is_refused(),
    },
    "door/link_asked": {"asked": lambda ada: ada.opens("link_new").types(email="a@b.example").presses()},
    "door/link": {
        "to a form": lambda ada: ada.fills_in().opens_link(FORM),
        "to a status page": lambda ada: ada.sent().opens_link(STATUS),
        "no date typed": lambda ada: ada.fills_in().opens_link(FORM).is_refused(),
        "another date": lambda ada: ada.fills_in().opens_link(FORM).born().is_refused(),
        "the last try": lambda ada: ada.sent().opens_link(STATUS, tries_left=2).born().is_refused(),
    },
    "door/link_asleep": {
        "to a form": lambda ada: ada.fills_in().opens_link(FORM, tries_left=0).and_gets(403),
        "to a status page": lambda ada: ada.sent().opens_link(STATUS, tries_left=0).and_gets(403),
    },
    "door/link_ended": {"no such link": lambda ada: ada.opens(f"/l/{'x' * 43}/").and_gets(404)},
    "door/stop": {
        "asked": lambda ada: ada.fills_in().opens(then.stop_address(ada)),
        "stopped": lambda ada: ada.fills_in().opens(then.stop_address(ada)).presses(),
    },
    "door/not_open": {"no form is open": lambda ada: ada.opens("intake_check").and_gets(404)},
    "status/not_open": {"no status page is open": lambda ada: ada.opens("status").and_gets(404)},
}

WHEN_SOMETHING_IS_WRONG = {
    "400": shown(400),
    "403": shown(403),
    "403_csrf": {
        "cookies are off": lambda ada: ada.opens("link_new").does(then.loses_its_cookies).presses().and_gets(403)
    },
    "404": {"a mistyped address": lambda ada: ada.opens("/nowhere/").and_gets(404)},
    "413": shown(413),
    "429": shown(429),
    "500": shown(500),
    "503": shown(503),
}

A_FORM = {
    "questionnaire/who": {
        "nothing chosen": lambda ada: ada.fills_in().said_nothing_of_who().opens("intake_who"),
        "with an error": lambda ada: ada.fills_in().said_nothing_of_who().opens("intake_who").is_refused(),
        "from the page to check": lambda ada: ada.fills_in(kind="helper").opens("intake_who", query="?from=check"),
        "a parent, with errors": lambda ada: (
            ada.is_somebody(**CHILD).fills_in().opens("intake_who").chooses(kind="guardian").is_refused()
        ),
    },
    "questionnaire/contact": {
        "filled in": lambda ada: ada.fills_in().opens("intake_contact"),
        "with errors": lambda ada: ada.fills_in().opens("intake_contact").types(last_name="", email="no").is_refused(),
    },
    "questionnaire/page": {
        "typed and left": lambda ada: ada.fills_in().does(then.typed_and_left).opens_questions(ABOUT),
        "what was typed": lambda ada: ada.fills_in().does(then.typed_and_left).opens_questions(ABOUT, "?unsent"),
        "more to ask": lambda ada: ada.fills_in().opens_questions(ABOUT, "?more"),
        "from the page to check": lambda ada: ada.fills_in().opens_questions(ABOUT, "?from=check"),
        "for somebody else": lambda ada: ada.fills_in(kind="representative").opens_questions(ABOUT),
        "under the advice": lambda ada: ada.fills_in(BOTH_DANGERS).is_in_danger().opens_questions(ABOUT),
        "a question appeared": lambda ada: ada.fills_in(LOW).opens_questions("mood").chooses(low_mood="most_days"),
        "after getting worse": lambda ada: ada.sent().does(then.begins_again(WORSE)).opens_questions("safety-check"),
        "with an answer of last time": lambda ada: (
            ada.sent(GOAL).does(then.begins_again(AGAIN)).opens_questions("daily-life")
        ),
        "once more on another day": lambda ada: ada.fills_in().does(then.days_went_by).opens_questions("safety-check"),
        "is anybody there": lambda ada: ada.fills_in().is_idle_after(1.9).opens_questions(ABOUT).is_warned(),
    },
    "questionnaire/where_worse": {
        "nothing checked": lambda ada: ada.sent().does(then.begins_again(WORSE)).opens("intake_where_worse"),
        "nothing chosen": lambda ada: (
            ada.sent().does(then.begins_again(WORSE)).opens("intake_where_worse").is_refused()
        ),
    },
    "questionnaire/on_file": {
        "coming back": lambda ada: ada.sent().does(then.begins_again(AGAIN)).opens("intake_on_file"),
        "got worse": lambda ada: ada.sent().does(then.begins_again(WORSE)).opens("intake_on_file"),
        "nothing chosen": lambda ada: ada.sent().does(then.begins_again(AGAIN)).opens("intake_on_file").is_refused(),
    },
    "questionnaire/changed": {
        "saved elsewhere": lambda ada: (
            ada.fills_in().opens_questions(ABOUT).does(then.saved_elsewhere).presses().and_gets(409)
        ),
        "saved elsewhere, under the advice": lambda ada: (
            ada.fills_in(SELF_HARM)
            .is_in_danger()
            .opens_questions(ABOUT)
            .does(then.saved_elsewhere)
            .presses()
            .and_gets(409)
        ),
    },
    "questionnaire/check": {
        "to sign": lambda ada: ada.is_somebody(**LONG).fills_in().added_files("a.pdf", "b.pdf").opens("intake_check"),
        "everything is signed": lambda ada: ada.is_somebody().signed_before().fills_in().opens("intake_check"),
        "answers missing": lambda ada: ada.fills_in(BEGUN).opens("intake_check"),
        "on another day": lambda ada: ada.fills_in().does(then.days_went_by).opens("intake_check"),
        "sent with answers missing": lambda ada: (
            ada.fills_in(BEGUN).opens("intake_submit", query="?version=1").and_gets(422)
        ),
        "by a guardian": lambda ada: (
            ada.is_somebody(**CHILD, **NOWHERE).fills_in(kind="guardian").opens("intake_check")
        ),
        "details changed": lambda ada: ada.fills_in(kind="helper").opens("intake_contact").presses(),
        "under the advice": lambda ada: ada.fills_in(SELF_HARM).is_in_danger().opens("intake_check"),
        "answers changed": lambda ada: (
            ada.fills_in().opens("intake_check").does(then.saved_elsewhere).presses().signs().presses()
        ),
    },
    "questionnaire/sign": {
        "to read": lambda ada: ada.fills_in().opens("intake_submit", query="?version=1"),
        "the whole text": lambda ada: ada.fills_in().opens("intake_submit", query="?version=1").unfolds("main summary"),
        "with errors": lambda ada: ada.fills_in().opens("intake_submit", query="?version=1").is_refused(),
        "partly signed": lambda ada: (
            ada.fills_in()
            .opens("intake_submit", query="?version=1")
            .ticks("treatment")
            .chooses(email="no")
            .types(signed_name="Somebody Else")
            .is_refused()
        ),
        "for a child": lambda ada: (
            ada.is_somebody(**CHILD).fills_in(kind="guardian").opens("intake_submit", query="?version=1")
        ),
        "with a helper": lambda ada: ada.fills_in(kind="helper").opens("intake_submit", query="?version=1"),
        "no phone number": lambda ada: (
            ada.is_somebody(**NO_PHONE)
            .fills_in()
            .opens("intake_submit", query="?version=1")
            .chooses(email="no")
            .is_refused()
        ),
        "a newer text": lambda ada: (
            ada.is_somebody().signed_before(Document.PRIVACY).fills_in().opens("intake_submit", query="?version=1")
        ),
    },
    "files/files": {
        "nothing yet": lambda ada: ada.fills_in().opens("intake_files"),
        "some": lambda ada: ada.fills_in().added_files("MRI report.pdf", f"{'x' * 90}.pdf").opens("intake_files"),
        "one was removed": lambda ada: (
            ada.fills_in().added_files("a.pdf", "b.pdf").opens("intake_files").presses('main button[name="remove"]')
        ),
        "a virus": lambda ada: ada.fills_in().added_files("a.pdf", **then.INFECTED).opens("intake_files"),
        "as many as can be": lambda ada: ada.fills_in().added_files(*then.MANY).opens("intake_files"),
        "with an error": lambda ada: ada.fills_in().opens("intake_files").is_refused(),
        "after sending": lambda ada: ada.sent().added_files("a.pdf").opens("intake_files"),
    },
    "door/kept": {
        "by mail": lambda ada: ada.fills_in().opens("intake_check").presses('button[form="later"]'),
        "by a link to write down": lambda ada: ada.is_somebody(**NOWHERE).fills_in().opens("intake_save"),
        "no phone number": lambda ada: ada.is_somebody(**NO_PHONE).fills_in().opens("intake_save"),
    },
    "door/leave": {"asked": lambda ada: ada.fills_in().opens("intake_leave")},
    "door/left": {
        "not sent": lambda ada: ada.fills_in().opens("intake_leave").presses(),
        "not sent, without an address": lambda ada: (
            ada.is_somebody(**NOWHERE).fills_in().opens("intake_leave").presses()
        ),
        "sent": lambda ada: ada.sent().opens("intake_leave").presses(),
        "in danger": lambda ada: ada.fills_in(BOTH_DANGERS).is_in_danger().opens("intake_leave").presses(),
    },
    "door/resume": {
        "nobody used it": lambda ada: ada.fills_in().is_idle_after(-1).opens("intake_check"),
        "no date typed": lambda ada: ada.fills_in().is_idle_after(-1).opens("intake_check").is_refused(),
        "another date": lambda ada: (
            ada.fills_in().is_idle_after(-1).opens("intake_check").born(prefix="confirm-").is_refused()
        ),
        "a newer link": lambda ada: ada.fills_in().does(then.link_is_renewed).opens("intake_check"),
        "with what was sent": lambda ada: (
            ada.fills_in().opens_questions(ABOUT).is_idle_after(-1).presses().and_gets(403)
        ),
        "of another form": lambda ada: (
            ada.fills_in().opens_questions(ABOUT).does(then.another_form_is_opened).presses().and_gets(403)
        ),
        "with a file": lambda ada: ada.fills_in().opens("intake_files").is_idle_after(-1).sends_a_file().and_gets(403),
    },
    "door/link_asleep": {
        "from an idle form": lambda ada: (
            ada.fills_in().is_idle_after(-1).has_tried(5).opens("intake_check").and_gets(403)
        )
    },
    "emergency/emergency": {
        "911": lambda ada: ada.fills_in(SADDLE_NUMBNESS).is_in_danger().opens("intake_emergency"),
        "911, while closed": lambda ada: (
            ada.fills_in(SADDLE_NUMBNESS).is_in_danger().while_closed().opens("intake_emergency")
        ),
        "988": lambda ada: ada.fills_in(SELF_HARM).is_in_danger().opens("intake_emergency"),
        "both": lambda ada: ada.fills_in(BOTH_DANGERS).is_in_danger().opens("intake_emergency"),
        "read": lambda ada: (
            ada.fills_in(SADDLE_NUMBNESS).is_in_danger().does(then.read_the_advice).opens("intake_emergency")
        ),
        "the answer was changed": lambda ada: (
            ada.fills_in(SELF_HARM).is_in_danger(self_harm="no").opens("intake_emergency")
        ),
        "sent": lambda ada: ada.sent(SADDLE_NUMBNESS).opens("intake_emergency"),
    },
}

THE_GUIDE = {
    "guide/step": {
        "where it hurts": lambda ada: ada.with_a_clinic().opens("guide"),
        "where it hurts, with an error": lambda ada: ada.with_a_clinic().opens("guide").is_refused(),
        "a question": lambda ada: ada.with_a_clinic().opens("guide").chooses(areas="foot").presses(),
        "a question, with an error": lambda ada: (
            ada.with_a_clinic().opens("guide").chooses(areas="foot").presses().is_refused()
        ),
        "more questions": lambda ada: ada.guide_at(SAFE).presses('[name="back"]'),
        "more questions, with errors": lambda ada: ada.guide_at(SAFE).and_gets(422),
    },
    "guide/result": {
        "routine": lambda ada: ada.guide("low_back", "neck", "hand"),
        "soon": lambda ada: ada.guide("foot", symptom_quality=["burning"], numb_pattern=["trunk_band"]),
    },
    "guide/urgent": {
        "a sore": lambda ada: ada.guide("foot", risk_conditions=["diabetes"], area_look=["wound"]),
        "a sore, while closed": lambda ada: ada.while_closed().guide(
            "foot", risk_conditions=["diabetes"], area_look=["wound"]
        ),
        "988": lambda ada: ada.guide("foot", **then.FEELS_LOW | {"self_harm": "thoughts"}),
    },
    "guide/emergency": {
        "911": lambda ada: ada.guide("foot", emergency_now=["lost_control"]),
        "988": lambda ada: ada.guide("foot", **then.FEELS_LOW | {"self_harm": "plan_now"}),
    },
}

AREAS = {
    "before a form": BEFORE_A_FORM,
    "when something is wrong": WHEN_SOMETHING_IS_WRONG,
    "a form": A_FORM,
    "a sent form": A_SENT_FORM,
    "the status page": THE_STATUS_PAGE,
    "the guide": THE_GUIDE,
}
