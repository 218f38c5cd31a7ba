"""The page of numbers, and each of its tables as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.formats.cells import as_file
from clinic.staff.permissions import SEE_PROMISES, staff_may
from clinic.staff.request import StaffRequest
from referrals.desk.kept import kept
from referrals.numbers import counting, tables
from referrals.numbers.counting import Cohort, Scope
from referrals.numbers.drawing import trends
from referrals.numbers.part import NumbersForm


@require_safe
@staff_may(SEE_PROMISES)
def numbers(request: StaffRequest) -> HttpResponse:
    """Show how long things took, how they ended, and what was kept."""
    part = NumbersForm(request.GET, user=request.user, now=timezone.now())
    counted = Figures(part)
    shown = {
        "part": part,
        "location": part.location,
        "begun": counted.whole.begun if counted.whole else 0,
        "tables": counted.tables(),
        "trends": trends(counted.cohorts, counted.kept),
    }
    return render(request, "numbers/numbers.html", shown)


@require_safe
@staff_may(SEE_PROMISES)
def numbers_file(request: StaffRequest, name: str) -> HttpResponse:
    """Hand out one of the tables for a spreadsheet."""
    part = NumbersForm(request.GET, user=request.user, now=timezone.now())
    table = next((table for table in Figures(part).tables() if table.name == name), None)
    if table is None:
        raise Http404
    return as_file(f"numbers-{name}", table.head, table.rows)


class Figures:
    """Everything that is counted of one part, in six statements whatever its size."""

    def __init__(self, part: NumbersForm) -> None:
        places = [place.pk for place in part.places]
        zone = timezone.get_current_timezone_name()
        self.asked = Scope(places, part.since, part.until, part.specialty_shown, zone)
        self.cohorts = counting.cohorts(self.asked)
        self.kept = kept(part.places, part.since, part.until)

    @property
    def whole(self) -> Cohort | None:
        return next((cohort for cohort in self.cohorts if cohort.month is None), None)

    def tables(self) -> list[tables.Table]:
        """Return every table in the order of the page; one without rows says so there."""
        reasons, specialties = counting.declines(self.asked)
        return [
            tables.steps(self.whole),
            tables.months(self.cohorts, self.kept),
            tables.promises(self.kept),
            tables.ends(counting.ends(self.asked)),
            tables.reasons(reasons),
            tables.by_specialty(specialties),
            tables.by_office(counting.offices(self.asked), counting.MOST_OFFICES),
        ]
