"""Who is told of what changes about a person: a patient and how to reach them, somebody on staff and their account."""

from clinic.links import actions as links
from clinic.links import requests
from clinic.messages import stopping
from clinic.on_call import actions as on_call
from clinic.owning import locations, mails, people, setting_up
from clinic.sign_in import alerts, emails, handing_over, resets
from intake.door import addresses, languages, link_requests, respondents, way_back
from intake.review.forgotten import take_back_forgotten
from referrals.leaving import actions as leaving
from referrals.moves.left import tell_of_those_left
from referrals.today.morning import write_in_the_morning
from referrals.told.cases import ANNOUNCED
from referrals.told.rows import UNDER_MESSAGES, Band, Change, Hears, Mail, Notice, Page, Told, Who

THEMSELVES = "they have just done it themselves"
AT_THE_DESK = "it stands in the list until somebody has called"


def _about_the_account(kind: str, *, enough: str) -> tuple[Told, ...]:
    return (Told(Who.COLLEAGUE, Mail(kind), enough=enough),)


ROWS = (
    # A patient
    Change(
        "A patient asks for a new link",
        (requests.ask, link_requests.answer_link_requests, links.renew_link),
        told=(
            Told(Who.PATIENT, Mail("status_link"), when="they sent a form", otherwise=UNDER_MESSAGES),
            Told(Who.PATIENT, Mail("intake_link"), when="they have one to finish", otherwise=UNDER_MESSAGES),
        ),
    ),
    Change(
        "More people share an address than get a link at one time",
        (link_requests.answer_link_requests,),
        told=(Told(Who.DESK, Page("requests"), enough="whoever got none asks again, or calls"),),
    ),
    Change(
        "Five wrong birth dates put a link to sleep",
        (links.try_open,),
        told=(Told(Who.DESK, Page("requests"), enough="the page says whom to call, and so do those it keeps out"),),
    ),
    Change(
        "The desk gives out a patient's links, or wakes one",
        (way_back.give_out, links.wake),
        nobody="the patient stands there, or is on the phone",
    ),
    Change(
        "Staff correct an address a mail could not go to",
        (addresses.correct_address, links.replace_link, links.withdraw),
        nobody="the mail goes there next; what went to the address before opens nothing any more",
    ),
    Change(
        "A patient chooses another language",
        (languages.change_language,),
        nobody=THEMSELVES,
    ),
    Change(
        "A patient turns reminders off, or on again",
        (stopping.stop, stopping.choose),
        nobody="they chose it, and what they must hear of is mailed all the same; staff read it with the patient",
    ),
    Change(
        "A patient comes of age while a guardian's details stand",
        (respondents.came_of_age,),
        told=(Told(Who.DESK, Page("requests"), enough=AT_THE_DESK),),
    ),
    Change(
        "The desk puts in the patient's own details",
        (respondents.confirm_contact,),
        told=(Told(Who.PATIENT, Mail("intake_link"), when="they have a form to finish", otherwise=UNDER_MESSAGES),),
    ),
    Change(
        "Staff see proof of an authority",
        (respondents.see_proof,),
        nobody="until then the patient stands under Requests, “Proof to see”",
    ),
    # The clinic itself
    Change(
        "The clinic is set up",
        (setting_up.set_up, setting_up.look_again),
        told=_about_the_account("second_step_changed", enough="whoever ran the command holds link and code"),
    ),
    Change(
        "A location is made or changed",
        (locations.make_location, locations.change_location),
        nobody="what was promised by the hours before stays; it stands under Changes, before and after",
    ),
    Change(
        "A manager turns a kind of message off or on, or chooses when reminders go",
        (mails.turn_kind, mails.remind_before),
        told=(Told(Who.MANAGER, Page("clinic_changes"), enough="every location's managers read it there"),),
    ),
    # Somebody on staff: who is told by mail acts on it alone, and has no other way in
    Change(
        "Somebody is invited to work here, once more, or after they had left",
        (people.invite, people.invite_again, people.take_back),
        told=(Told(Who.COLLEAGUE, Mail("staff_invited"), otherwise=UNDER_MESSAGES),),
    ),
    Change(
        "A manager changes somebody's account",
        (people.change_person,),
        told=_about_the_account("account_changed", enough="it stands under Changes, and their pages show it"),
    ),
    Change(
        "A manager changes what holds for colleagues elsewhere too: an account, a second step, a new manager",
        (
            people.change_person,
            people.close_account,
            people.take_back,
            people.invite,
            people.sign_out_everywhere,
            handing_over.hand_over,
        ),
        told=(
            Told(
                Who.MANAGER,
                Mail("colleague_changed"),
                when="they did not do it themselves",
                otherwise=UNDER_MESSAGES,
            ),
        ),
    ),
    Change(
        "A manager signs somebody out everywhere",
        (people.sign_out_everywhere,),
        nobody="their next page asks them to sign in; it stands under Changes",
    ),
    Change(
        "Somebody leaves, and what they carry goes to colleagues",
        (leaving.let_go, people.close_account),
        told=(
            Told(
                Who.THERAPIST,
                Mail("cases_handed_over"),
                when="they had cases",
                otherwise=(Hears(Who.THERAPIST, Mail("case_needs_you")),),
            ),
            Told(Who.DESK, Mail("referrals_handed_over"), when="they carried referrals", otherwise=UNDER_MESSAGES),
        ),
    ),
    Change(
        "A code for the second step is handed over",
        (handing_over.hand_over,),
        told=_about_the_account("second_step_changed", enough="they hold the code in their hand"),
    ),
    Change(
        "A password is another one",
        (emails.password_changed,),
        told=_about_the_account("password_changed", enough="the access log has it; no account is shut by a lost mail"),
    ),
    Change(
        "Somebody signs in on a device that was not used before",
        (emails.new_device,),
        told=_about_the_account("new_device", enough="the access log has it; no account is shut by a lost mail"),
    ),
    Change(
        "Many wrong passwords or codes are tried",
        (alerts.tell_of_wrong_tries,),
        told=_about_the_account("wrong_sign_ins", enough="they are slowed meanwhile, and told again within the hour"),
    ),
    Change(
        "Somebody on staff asks for a new password",
        (resets.ask, resets.answer),
        told=_about_the_account("password_reset", enough="they wait for it, and ask again or ask their manager"),
    ),
    Change(
        "Somebody is put on call",
        (on_call.put_on_call, on_call.take_over),
        told=(
            Told(
                Who.COLLEAGUE,
                Mail("put_on_call"),
                when="by somebody else",
                otherwise=(Hears(Who.STAFF, Band("on_call")), Hears(Who.MANAGER, Page("on_watch"))),
            ),
        ),
    ),
    Change(
        "Somebody is taken off call",
        (on_call.end_on_call,),
        told=(
            Told(
                Who.COLLEAGUE,
                Mail("taken_off_call"),
                when="by somebody else",
                otherwise=(Hears(Who.STAFF, Band("on_call")), Hears(Who.MANAGER, Page("on_watch"))),
            ),
        ),
    ),
    Change(
        "Their day begins, and there is something to do",
        (write_in_the_morning,),
        told=_about_the_account("morning_list", enough="no alarm hangs on it: what is late is raised as ever"),
    ),
    Change(
        "Whoever had cases has left",
        (take_back_forgotten,),
        told=ANNOUNCED,
    ),
    Change(
        "The last therapist of a location has left",
        told=(Told(Who.STAFF, Notice("has no therapist"), enough="its cases go to the whole house"),),
    ),
    Change(
        "Whoever carried a referral has left",
        (tell_of_those_left,),
        told=(
            Told(Who.DESK, Mail("referrals_left"), otherwise=(Hears(Who.STAFF, Band("alarms")), *UNDER_MESSAGES)),
            Told(Who.DESK, Page("referrals", "No carrier"), enough="the desk is mailed again each day it opens"),
        ),
    ),
)
