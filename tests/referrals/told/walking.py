"""Walking a row: the change is made, then whoever has to hear does, and hears otherwise where that does not arrive."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from html import unescape
from unittest import mock

from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.messages.post import Gateways, NotTaken, Post
from intake import tasks
from intake.models import CallToMake, Case, CaseEvent, DeskTask
from intake.watchdog.wrong import what_is_wrong
from referrals.models import Referral, ReferralMove
from referrals.told.rows import AT_ONCE, Band, Call, Change, Hears, Mail, Notice, Page, Task, Thing, Told, Who
from tests.referrals.told.house import House, Walked, state_of

A_MOMENT = timedelta(seconds=1)
LISTS_OF_PATIENTS = ("paper", "promises", "queue", "referrals", "requests")
AN_HOUR = timedelta(hours=1)
A_WHILE = timedelta(minutes=2)  # as long as a band waits before it says that nobody was reached


def what_is_missing(house: House, thing: Thing, row: Change, walk, *, known: set[Told]) -> Iterator[str]:
    """Say what of a row is not so, once its change is made.

    What follows where something does not arrive is walked once for each of those `known` by then: it hangs on what does
    not arrive, not on why it was sent.
    """
    walked = walk(house)
    yield from _made_as_said(house, thing, row)
    if thing != Thing.MESSAGE:
        yield from _mailed_as_said(house, row)
    with house.undone():
        yield from _mails_that_stay_away(house, row, walked)
    for told in row.told:
        if not isinstance(told.by, Mail) and not _shows(house, told, walked):
            yield f"{told}: not there"
        if told not in known:
            known.add(told)
            with house.undone():
                yield from _unheard(house, told, walked)


def _mails_that_stay_away(house, row, walked) -> Iterator[str]:
    """Let the post go at each time a mail of this row is due, until each has reached who has to hear."""
    left = [told for told in row.told if isinstance(told.by, Mail)]
    with post(takes=True):
        for due in _due(house, {told.by.kind for told in left}):
            if not left:
                return
            _sweep_at(house, due)
            came = [told for told in left if _came(house, told, walked)]
            left = [told for told in left if told not in came]
            if timezone.now() - house.began_at > A_MOMENT:
                yield from (f"{told}: not at once" for told in came if told.within == AT_ONCE)
    yield from (f"{told}: does not arrive" for told in left)


def _unheard(house, told, walked) -> Iterator[str]:
    """Let it not arrive, and see that whoever has to hear instead does."""
    if not told.otherwise:
        return
    _does_not_arrive(house, told, walked)
    for instead in sorted(told.otherwise, key=lambda one: isinstance(one.by, Mail)):  # mails move the clock
        if isinstance(instead.by, Mail):
            came = _comes_at_last(house, instead, walked)
        else:
            came = _shows(house, instead, walked, instead_of=told)
        if not came:
            yield f"{instead}: not there where {told} does not arrive"


def _made_as_said(house, thing, row) -> Iterator[str]:
    made = _moves_made(house, thing, row)
    if row.moves and not made:
        yield "the change was not made"
    if made - row.moves:
        yield f"it made a move the row does not name: {made - row.moves}"


def _moves_made(house, thing, row) -> set[tuple[str, str]]:
    if thing == Thing.CASE:
        events = house.new(CaseEvent).filter(kind=row.event)
        return {(_status(event, event.version - 1), _status(event, event.version)) for event in events}
    if thing == Thing.REFERRAL:
        return {(move.from_status or "-", move.to_status) for move in house.new(ReferralMove).filter(what=row.event)}
    return {(house.state_before, state_of(house.subject))} if house.subject else set()


def _status(event, version) -> str:
    return event.case.history.filter(version=version).values_list("status", flat=True).last()


def _mailed_as_said(house, row) -> Iterator[str]:
    said = {told.by.kind for told in row.told if isinstance(told.by, Mail)}
    made = set(house.new(Message).values_list("kind", flat=True))
    if made != said:
        yield f"it wrote {sorted(made - said)} more and {sorted(said - made)} less than the row says"
    for model, way in ((CallToMake, Call), (DeskTask, Task)):
        expected = any(isinstance(told.by, way) for told in row.told)
        if house.new(model).exists() != expected:
            yield f"a line in the desk's list is {'missing' if expected else 'not in the row'}"


# Pages and lists ------------------------------------------------------------------------------------------------------


def _shows(house, hears: Hears, walked: Walked, *, instead_of: Told | None = None) -> bool:
    """Say whether a page, a band or the desk's list tells of it now."""
    match hears.by:
        case Page():
            said = unescape(house.page(hears.who, hears.by, walked))
            return hears.by.part in said and _reads(house, walked, hears, instead_of) in said
        case Notice():
            return hears.by.words in unescape(house.staff_page(hears.who, walked))
        case Band():
            return hears.by.part in {fact.part for fact in what_is_wrong(timezone.now())}
        case Call():
            return _is_listed(house, CallToMake.objects.waiting(), walked)
        case Task():
            return _is_listed(house, DeskTask.objects.waiting().filter(what=hears.by.what), walked)
    raise AssertionError(hears)


def _is_listed(house, waiting, walked) -> bool:
    there = waiting.filter(patient=walked.patient).exists()
    return there and walked.patient.full_name in house.page(Who.DESK, Page("requests"), walked)


def _reads(house, walked, hears, instead_of) -> str:
    """Return what must stand on the page: whose it is on lists, and of a mail that did not go its address."""
    route = hears.by.route
    if route == "messages" and instead_of:
        whose = {Who.OFFICE: house.office(walked), Who.COLLEAGUE: walked.colleague, Who.MANAGER: house.ruth}
        whose |= {who: house.priya for who in (Who.CARRIER, Who.DESK)}
        return (whose.get(instead_of.who) or walked.patient).email
    return walked.patient.full_name if route in LISTS_OF_PATIENTS else walked.reads[route]


# Mails ----------------------------------------------------------------------------------------------------------------


@contextmanager
def post(*, takes: bool, refuses: set[str] | None = None):
    """Make the mail server and the gateway take everything, or refuse every address for good, or those named."""

    def send(_way, written) -> None:
        if not takes and (refuses is None or refuses.intersection(_to(written))):
            raise NotTaken.mail(550)

    with mock.patch.object(Post, "send", send), mock.patch.object(Gateways, "send", send):
        yield


def _to(written) -> list[str]:
    """Return whom a mail, a text or a fax goes to."""
    return written.to if hasattr(written, "to") else [written.message.recipient]


def _came(house, hears, walked, status="sent") -> bool:
    people = house.addresses(hears.who, walked)
    return house.new(Message).filter(kind=hears.by.kind, status=status, recipient__in=people).exists()


def _comes_at_last(house, hears, walked) -> bool:
    """Say whether a later mail of the kind comes: one that waits, or one of the next hours."""
    if _came(house, hears, walked):
        return True
    with post(takes=True):
        for later in (timedelta(), AN_HOUR):
            house.clock.shift(later)
            tasks.take_back_forgotten()
            for due in _due(house, {hears.by.kind}):
                _sweep_at(house, due)
                if _came(house, hears, walked):
                    return True
    return False


def _due(house, kinds) -> list[datetime]:
    waiting = house.new(Message).unsettled().filter(kind__in=kinds)
    return sorted(set(waiting.values_list("due_at", flat=True)))


def _sweep_at(house, due) -> None:
    house.clock.move_to(max(timezone.now(), due))
    sweep(timezone.now())


def _does_not_arrive(house, told: Told, walked: Walked) -> None:
    """Refuse the mail to whom it is for; or let the time go by in which somebody should have acted on a page."""
    if not isinstance(told.by, Mail):
        house.clock.move_to(_late(walked) + A_WHILE)
        tasks.take_back_forgotten()
        return
    of_the_office = house.addresses(told.who, walked) if told.who == Who.OFFICE else None  # whoever hears instead does
    with post(takes=False, refuses=of_the_office):
        for due in _due(house, {told.by.kind}):
            _sweep_at(house, due)
            if _came(house, told, walked, "failed"):
                break
    house.clock.shift(A_WHILE)


def _late(walked) -> datetime:
    """Return when what somebody has to do next is past its time."""
    if walked.late:
        return walked.late
    if walked.case:
        return Case.objects.with_clock().get(pk=walked.case.pk).due_at
    if walked.referral:
        return Referral.objects.get(pk=walked.referral.pk).next_check_at
    return walked.visit.answer_by
