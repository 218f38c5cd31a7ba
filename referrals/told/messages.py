"""Who is told of what becomes of a message."""

from clinic.messages import actions, came_back, dispatch
from clinic.messages.models import Message
from referrals.told.rows import Band, Change, Notice, Page, Told, Who, moves

SCHEDULED, SENDING, SENT, SKIPPED, FAILED = Message.Status

ROWS = (
    Change(
        "It is written into the outbox",
        (actions.schedule,),
        moves=moves("- -> scheduled"),
        nobody="what it tells of has a row of its own in this table",
    ),
    Change(
        "It goes",
        (dispatch.sweep,),
        moves=moves("scheduled -> sent"),
        nobody="its reader has it",
    ),
    Change(
        "Whoever was sending it died",
        (dispatch.sweep,),
        moves=moves("sending -> sent"),
        nobody="the next sweep takes it up; its reader may have a copy, which mail programs know as one",
    ),
    Change(
        "It is put off: by the mail server, or until the morning",
        (dispatch.sweep,),
        moves=moves("scheduled -> scheduled"),
        nobody="it is tried again; what waits too long is a band, or a call to make",
    ),
    Change(
        "It is not needed any more",
        (dispatch.sweep, actions.withdraw, actions.readdress),
        moves=moves("scheduled -> skipped"),
        nobody="what it was about has changed, and whoever has to hear of that has a row",
    ),
    Change(
        "It could not be sent",
        (dispatch.sweep,),
        moves=moves("scheduled -> failed"),
        told=(
            Told(Who.DESK, Page("messages"), enough="the row of what it tells of says who hears instead"),
            Told(Who.STAFF, Notice("could not be sent"), enough="it stands there until somebody sends it again"),
        ),
    ),
    Change(
        "An alarm has reached nobody",
        (dispatch.sweep,),
        moves=moves("scheduled -> failed"),
        told=(
            Told(
                Who.STAFF,
                Band("alarms"),
                "after a minute",
                enough="it stands on every staff page, at /healthz and in cron's mail until somebody was reached",
            ),
        ),
    ),
    Change(
        "The mail server takes nothing",
        (dispatch.sweep,),
        moves=moves("scheduled -> scheduled"),
        told=(
            Told(
                Who.STAFF,
                Band("mail"),
                "after a minute",
                enough="it stands on every staff page, at /healthz and in cron's mail until a mail went",
            ),
        ),
    ),
    Change(
        "It comes back because there is no such address",
        (came_back.take, came_back.turn_off),
        moves=moves("sent -> failed"),
        told=(
            Told(Who.DESK, Page("requests"), "in five minutes", enough="it stands there until another is on file"),
            Told(Who.DESK, Page("messages"), enough="the row of what it tells of says who hears instead"),
        ),
    ),
    Change(
        "It comes back, and the address may work another day",
        (came_back.take,),
        moves=moves("sent -> failed"),
        told=(Told(Who.DESK, Page("messages"), enough="the row of what it tells of says who hears instead"),),
    ),
    Change(
        "Somebody on staff says that the address works",
        (came_back.works_again,),
        nobody="they have made sure themselves; what comes back turns it off again",
    ),
    Change(
        "Somebody on staff sends it again",
        (actions.send_again,),
        moves=moves("failed -> scheduled"),
        nobody="whoever pressed it waits for it; when it fails again it stands where it stood",
    ),
)
