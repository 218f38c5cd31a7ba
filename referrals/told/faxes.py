"""Who is told of a letter that goes by fax."""

from referrals import moves as actions
from referrals.models import Referral
from referrals.moves.faxing import fax_came_back
from referrals.told.referrals import MISSED, OPEN, THEIR_PAGE_SAYS_SO, What
from referrals.told.rows import Band, Change, Hears, Mail, Page, Told, Who, moves, stays

FAX_NOT_ARRIVED = "The fax did not arrive"
NOT_REACHED = (Hears(Who.DESK, Page("referrals", FAX_NOT_ARRIVED)), Hears(Who.DESK, Mail("referral_undelivered")))
BY_FAX = Told(Who.OFFICE, Mail("referral_faxed"), otherwise=NOT_REACHED)

ROWS = (
    Change(
        "It is faxed from here",
        (actions.send,),
        What.SENT,
        moves("draft -> sent"),
        (BY_FAX, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "It is faxed again, to another number, or in place of a link",
        (actions.fax_it,),
        What.SENT_AGAIN,
        stays(*OPEN[1:]),
        (BY_FAX,),
    ),
    Change(
        "The gateway says that the fax did not arrive",
        (fax_came_back,),
        What.UNDELIVERED,
        stays("sent", "opened", "question", "accepted", "scheduled", "seen", "no_show", "reported"),
        (
            Told(Who.DESK, Page("referrals", FAX_NOT_ARRIVED), otherwise=MISSED),
            Told(Who.DESK, Mail("referral_undelivered"), otherwise=(Hears(Who.STAFF, Band("alarms")),)),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The confirmation of a fax that was sent by hand is kept",
        (actions.prove_fax,),
        What.FAX,
        stays(*Referral.Status),
        nobody="whoever keeps it has it in their hand; it stands on the referral with their name",
    ),
)
