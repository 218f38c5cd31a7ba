"""What was typed on a page and not saved: kept as the page is left, offered when it is opened again."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from intake import triage
from intake.door.draft import patient_page
from intake.door.frame import page_address, page_at
from intake.models import Intake, UnsentPage
from intake.questionnaire.forms import as_sent
from intake.questionnaire.unsent import discard_unsent, fields_of, keep_unsent
from intake.versions.protocols import protocol_for


@patient_page(shows=False)
@require_POST
def unsent(request: HttpRequest, intake: Intake, number: int) -> HttpResponse:
    """Keeps what the browser sends as the page is left; `discard` throws it away. Shows nothing of anybody.

    It may come at the very moment an idle form closes, or another form opens, so it is taken for the form it is from.
    """
    page = page_at(intake, number)
    if page is None:
        return HttpResponse(status=204)
    if "discard" in request.POST:
        discard_unsent(intake, page.id)
        return redirect(page_address(intake, page))
    posted = dict(request.POST.lists())
    if _same_as_saved(intake, page, posted):
        posted = {}
    version = request.POST.get("version", "")
    keep_unsent(intake, page.id, posted, version=int(version) if version.isdecimal() and len(version) < 9 else 0)
    return HttpResponse(status=204)


def as_typed(left: UnsentPage, page: triage.Page) -> QueryDict:
    """Return what was left on a page as the form takes it: with every follow-up taken as seen."""
    typed = QueryDict(mutable=True)
    for name, values in left.fields.items():
        typed.setlist(name, values)
    typed.setlist("shown", list(page.questions))
    typed["version"] = str(left.version)
    return typed


def _same_as_saved(intake: Intake, page: triage.Page, posted: dict[str, list[str]]) -> bool:
    protocol = protocol_for(intake)
    saved = {}
    for question in page.questions:
        saved |= as_sent(protocol.questions[question], intake.answers.get(question))
    typed = fields_of(protocol, page, posted)
    return {name: sorted(values) for name, values in typed.items()} == {name: sorted(saved[name]) for name in saved}
