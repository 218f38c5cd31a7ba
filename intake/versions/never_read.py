"""What stood in no list that a patient read, by the protocol of their form: of that they have said nothing."""

from collections.abc import Collection

from intake import triage
from intake.models import Intake
from intake.versions.protocols import protocol_for


def never_read(intake: Intake) -> dict[str, set[str]]:
    """Return by question the options that this patient was not shown.

    On paper every option was read.
    """
    if intake.paper_code:
        return {}
    protocol = protocol_for(intake)
    lists = triage.listed_options(protocol, intake.answers)
    hidden = {name: set(protocol.questions[name].option_ids).difference(lists[name]) for name in lists}
    return {name: options for name, options in hidden.items() if options and name in intake.answers}


def wholly_read(intake: Intake, names: Collection[str], now: triage.Protocol) -> set[str]:
    """Return those of these questions of which every option was shown.

    Every option that the protocol `now` has: what is new in it nobody read.
    """
    hidden, then = never_read(intake), protocol_for(intake).questions
    read = {name: set(then[name].option_ids) - hidden.get(name, set()) for name in names if name in then}
    return {name for name in read if read[name].issuperset(now.questions[name].option_ids)}
