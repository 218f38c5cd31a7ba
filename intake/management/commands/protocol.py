"""Checks, shows, compares and replays protocols. Only `replay` needs a database."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from intake import triage
from intake.triage.checking.accepting import CLASS, SINGLE, judge_cliffs
from intake.triage.checking.cases import Block, read_cases
from intake.triage.checking.checker import check
from intake.triage.checking.cliffs import answers_in_words, cliffs
from intake.triage.checking.comparing import compare
from intake.triage.checking.describing import outline
from intake.triage.checking.documenting import document
from intake.triage.checking.mutating import mutants, sample, trial
from intake.triage.reading.translations import english_texts, gaps, refresh_digests

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "protocol.md"
SCORE = 98  # percent of injected defects that must be caught


class Command(BaseCommand):
    help = "check: is a protocol fit to be used. show: one entry in words. diff: what changed. docs: docs/protocol.md."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("check", help="refuses a protocol with a defect, and says what is worth knowing")
        verb.add_argument("folder", nargs="?", type=Path, help="default: the shipped protocol")
        verb.add_argument("--notes", action="store_true", help="list the notes too")
        verb.add_argument("--mutations", type=int, metavar="N", help="inject N defects and print the share caught")
        verb = verbs.add_parser("cliffs", help="where one change of context takes a patient down two tiers or more")
        verb.add_argument("folder", nargs="?", type=Path, help="default: the shipped protocol")
        verb.add_argument("--all", action="store_true", help="list the accepted ones too, with their reasons")
        verb = verbs.add_parser("show", help="a rule, fact, question or origin in plain English")
        verb.add_argument("id")
        verb = verbs.add_parser("diff", help="what changed from protocol folder A to B, in words")
        verb.add_argument("old", type=Path)
        verb.add_argument("new", type=Path)
        verb = verbs.add_parser("replay", help="what a changed protocol would do to all intakes; writes nothing")
        verb.add_argument("folder", type=Path)
        verb.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        verb.add_argument("--workers", action="store_true", help="split it over the Celery workers instead")
        verb.add_argument("--reader", metavar="EMAIL", help="name only pages this member of staff may open")
        verb = verbs.add_parser("translations", help="what is not translated, or has changed since; ends with 2 if any")
        verb.add_argument("folder", nargs="?", type=Path, help="default: the shipped protocol")
        verb.add_argument(
            "--refresh",
            nargs="*",
            metavar="KEY",
            help="write the digests of new translations, and of the named ones: you read them against the new English",
        )
        verb = verbs.add_parser("docs", help="writes docs/protocol.md")
        verb.add_argument("--check", action="store_true", help="only say whether it is fresh")

    def handle(self, *, verb: str, **options: Any) -> None:
        getattr(self, verb)(**{name: options[name] for name in ARGUMENTS[verb]})

    def check(self, folder: Path | None, notes: bool, mutations: Any) -> None:
        protocol = loaded(folder)
        report = check(protocol)
        for defect in report.defects:
            self.stderr.write(str(defect))
        if notes:
            for note in report.notes:
                self.stdout.write(f"note: {note}")
        self.stdout.write("Earliest page at which each emergency rule can fire:")
        for one in report.earliest:
            self.stdout.write(f"  {one.number:2} of {len(protocol.pages)}  {one.rule} ({one.page})")
        if not report.searched:
            self.stderr.write("Cliffs are searched for once these are mended.")
        if not report.clean:
            raise refusal(f"{len(report.defects)} defects: this protocol is refused, the running one stays.")
        self.stdout.write(
            f"Protocol {protocol.version_label} ({protocol.digest[:12]}) is clean: {len(protocol.rules)} rules, "
            f"{report.cases} blocks of cases, {len(report.notes)} notes."
        )
        if mutations:
            self.mutate(protocol.folder, mutations)

    def mutate(self, folder: Path | None, number: int) -> None:
        """Injects defects one by one; refuses when too few are caught."""
        chosen = sample(mutants(folder), number)
        tried, caught = Counter(), Counter()
        for verdict in trial(folder, chosen):
            tried[verdict.mutant.kind] += 1
            if verdict.caught_by:
                caught[verdict.mutant.kind] += 1
            else:
                mutant = verdict.mutant
                self.stdout.write(f"not caught: {mutant.file}:{mutant.line}: {mutant.kind}: {mutant.what}")
        for kind, count in sorted(tried.items()):
            self.stdout.write(f"  {kind}: {caught[kind]} of {count}")
        share = 100 * caught.total() / tried.total()
        self.stdout.write(
            f"Mutation score: {caught.total()} of {tried.total()} injected defects caught ({share:.1f} %)."
        )
        if share < SCORE:
            raise refusal(f"Less than {SCORE} % of the injected defects were caught.")

    def cliffs(self, folder: Path | None, all: bool) -> None:
        """Lists the cliffs; refuses one that is not accepted, and an accepted one that no longer exists."""
        protocol = loaded(folder)
        blocks = [found for found in read_cases(protocol.folder) if isinstance(found, Block)]
        judged = judge_cliffs(protocol, cliffs(protocol, blocks))
        for cliff, entry in judged.cliffs:
            if all or entry is None:
                for line in told(cliff, entry):
                    self.stdout.write(line)
        count = judged.count()
        covered = ", ".join(f"{count[kind]} {kind}" for kind in (CLASS, SINGLE))
        self.stdout.write(f"{count.total()} cliffs: {covered}, {count['']} unexplained.")
        for defect in judged.defects:
            self.stderr.write(str(defect))
        if judged.defects:
            raise refusal(f"{len(judged.defects)} defects: see accepted_cliffs.yaml.")

    def show(self, id: str) -> None:
        protocol = triage.shipped()
        for kind, known in (("rule", protocol.rules), ("fact", protocol.facts), ("question", protocol.questions)):
            if id in known:
                self.stdout.write("\n".join(shown(protocol, kind, known[id])))
                return
        raise refusal(f"no rule, fact or question is called {id!r}")

    def diff(self, old: Path, new: Path) -> None:
        changes = compare(loaded(old, stored=True), loaded(new))
        self.stdout.write("\n".join(changes) if changes else "Nothing changed.")

    def replay(self, folder: Path, processes: int, workers: bool, reader: Any) -> None:
        from intake.versions import replaying
        from intake.versions import report as replay_report  # they load NumPy, which no other command needs
        from intake.versions import workers as replay_workers

        reader = member_of_staff(reader)
        after = loaded(folder)

        def progress(done: int, of: int, intakes: int) -> None:
            self.stderr.write(f"  {done} of {of} slices, {intakes:,} intakes", ending="\r")

        if workers:
            try:
                found = replay_workers.replay_on_workers(after, progress=progress)
            except replay_workers.NoWorker:
                raise refusal("No Celery worker answers. Start one, or leave --workers out.")
        else:
            found = replaying.replay_all(after, processes=max(1, processes), progress=progress)
        self.stderr.write("")
        for line in replay_report.lines(found, after, weeks=replaying.weeks_of_intakes(), reader=reader):
            self.stdout.write(line)

    def translations(self, folder: Path | None, refresh: Any) -> None:
        protocol = loaded(folder)
        if refresh is not None:
            unknown = set(refresh) - {text.key for text in english_texts(protocol)}
            if unknown:
                raise refusal(f"no text is called {', '.join(sorted(unknown))}; without --refresh the keys are listed.")
            for key in refresh_digests(protocol, refresh):
                self.stdout.write(f"bound to the English of today: {key}")
            protocol = triage.load(protocol.folder)
        found = gaps(protocol)
        for gap in found:
            self.stdout.write(f"{gap.kind}{', safety' if gap.safety else ''}: {gap.defect()}")
        if found:
            safety = sum(gap.safety for gap in found)
            raise refusal(f"{len(found)} texts need a translator; {safety} of them refuse activation.")
        self.stdout.write("Every text that patients read has a current translation.")

    def docs(self, check: bool) -> None:
        protocol = triage.shipped()
        text = document(protocol, [found for found in read_cases(protocol.folder) if isinstance(found, Block)])
        if not check:
            DOCUMENT.write_text(text, encoding="utf-8")
            self.stdout.write(f"{DOCUMENT.name} written.")
        elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
            raise refusal("docs/protocol.md is not fresh: run manage.py protocol docs.")
        else:
            self.stdout.write("docs/protocol.md is fresh.")


ARGUMENTS = {
    "check": ("folder", "notes", "mutations"),
    "cliffs": ("folder", "all"),
    "show": ("id",),
    "diff": ("old", "new"),
    "replay": ("folder", "processes", "workers", "reader"),
    "translations": ("folder", "refresh"),
    "docs": ("check",),
}


def member_of_staff(email: str) -> Any:
    """The member of staff with this address, or one clear refusal; None when nobody was named."""
    if not email:
        return None
    from clinic.staff.models import User  # the other verbs need no database

    found = User.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise refusal(f"nobody on staff signs in as {email}")
    return found


def loaded(folder: Path | None, *, stored: bool = False) -> triage.Protocol:
    """Load the protocol of a folder, or give one clear refusal with every defect."""
    try:
        return triage.load(folder, stored=stored) if folder else triage.shipped()
    except triage.ProtocolError as error:
        raise refusal(str(error))


def told(cliff: Any, entry: Any) -> Iterator[str]:
    """Tell one cliff: the rule and both tiers, what changes, both sets of answers, and why it stays."""
    yield f"{cliff.rule}: {cliff.fall}"
    yield f"  {cliff.role} {cliff.change}"
    yield f"  before: {answers_in_words(cliff.before)}"
    yield f"  after:  {answers_in_words(cliff.after)}"
    if entry:
        yield f"  {entry.kind} ({entry.id}): {entry.reason}"


def shown(protocol: triage.Protocol, kind: str, found: Any) -> Iterator[str]:
    if kind == "rule":
        yield f"{found.condition} ({found.id}), {found.tier.word}: {found.why}"
        yield from outline(protocol, found.fires_when.expression)
        yield f"must not fire on: {'; '.join(one.text for one in found.must_not_fire_on)}"
        yield f"destination: {found.destination}"
        yield f"sources: {'; '.join(protocol.sources[source].citation for source in found.source_ids)}"
    elif kind == "fact":
        yield f"{found.id}: {found.means}" if found.means else found.id
        yield from outline(protocol, found.when.expression)
    else:
        yield f"{found.id} ({found.type}, {found.counts_as}{', red flag' if found.red_flag else ''}): {found.text}"
        yield from (f"  {option.id}: {option.label}" for option in found.options)
        if found.asked_when:
            yield "asked when:"
            yield from outline(protocol, found.asked_when.expression)


def refusal(message: str) -> CommandError:
    return CommandError(message, returncode=2)
