"""Who is told when a file changes the directory, an office confirms its listing, or a plan wants something first."""

from referrals import moves
from referrals.directory import actions
from referrals.told.rows import UNDER_MESSAGES, Change, Mail, Told, Who

NEW_ADDRESS = Told(Who.COLLEAGUE, Mail("listing_changed"), when="they carry a referral to it", otherwise=UNDER_MESSAGES)

ROWS = (
    Change(
        "A file of offices is put into the directory",
        (actions.confirm_import,),
        told=(NEW_ADDRESS,),
    ),
    Change(
        "A file of offices is taken back",
        (actions.undo_import,),
        told=(NEW_ADDRESS,),
    ),
    Change(
        "An office has said that its listing is right",
        (actions.confirm_listing,),
        nobody="what letters go by stays as it is",
    ),
    Change(
        "What a plan wants first is there, or it goes out without",
        (moves.settle_plan_step,),
        nobody="whoever carries it has just said so, and the referral goes on to be sent",
    ),
)
