"""Grows a clinic to any number of intakes, in minutes: what the product's own actions made once, many times over.

The demo's stories are told twice: one bundle of patients with whom everything is done, one of those who still wait.
Each is copied on the server, row by row with all that hangs on it: ids and UUIDs move by one rule, so that whatever
pointed at each other does so again. The open bundle is copied as often for each pair of locations whatever the total:
what grows is history.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import yaml
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

STRIDE = 10_000  # more than the highest id of a template; copy 7 of row 12 is 70012
OPEN_FOR_A_PAIR = 5  # copies of the open bundle for each two locations
YEARS = 5  # over which the copies of the closed bundle are spread
CLOSED = {  # first names of the demo, and what is told of them instead of what the demo tells
    "Curtis": "emergency_decided",
    "Teresa": "routine_decided",
    "Sofía": "routine_decided",
    "Dolores": "routine_decided",
    "Leon": "reached_and_decided",
    "Walter": "reached_and_decided",
    "Owen": "reached_and_decided",
    "Ruthanne": "reached_and_decided",
    "Beatriz": "referral_closed",
    "Jade": "referral_closed",
    "Darnell": "referral_withdrawn",
    "Gerald": "referral_withdrawn",
}
LONG_AGO = "60d ago"  # the closed began; nothing of theirs is to come but the last of their follow-ups


@dataclass
class Bundle:
    """The rows of one sort of template.

    `rows` is the schema they stand in, `intakes` how many forms they are.
    """

    rows: str
    intakes: int


def templates() -> tuple[Bundle, Bundle]:
    """Make the demo clinic, then one of each kind by the actions.

    The database must be empty.
    """
    from demo.invented import house, stories
    from demo.invented.coming_back import comes_back
    from demo.management.commands.demo_clinic import PEOPLE, _leave_old_mail_alone, tell

    stories.reached_and_decided = _reached_and_decided
    locations = house.build()
    people = yaml.safe_load(PEOPLE.read_text())
    now = timezone.now()
    before = _counts()
    for number, person in enumerate(one for one in people if one["first_name"] in CLOSED):
        names = {"first_name": f"{person['first_name']} Ann"}  # the demo finds its patients by theirs
        done = person | names | {"story": CLOSED[person["first_name"]], "started": LONG_AGO}
        tell(done, locations[person["location"]], now, number)
    _files_of_the_closed()
    _looked_at()
    _leave_old_mail_alone(now)
    closed = _keep("closed", before)
    for number, person in enumerate(people):
        tell(person, locations[person["location"]], now, 100 + number)
    comes_back(now)
    _open_ends(now)
    _leave_old_mail_alone(now)
    return closed, _keep("open", before, without=closed)


def _reached_and_decided(told) -> None:
    """As the rules suggest, after a call; no referral comes of it."""
    from demo.invented import stories

    stories.submitted(told)
    stories.acknowledged(told, hours=1)
    stories.reached(told, "Explained the next step and what to watch for.")
    stories.decided(told)


def _files_of_the_closed() -> None:
    """Two of the closed sent a file: before the decision, and late.

    Both are looked at, and scanned.
    """
    from demo.invented.clock import clock_at
    from intake.files.actions import scan_waiting
    from intake.models import Case

    for case, late in zip(Case.objects.filter(status="decided").order_by("pk")[:2], (False, True), strict=True):
        with clock_at(case.decided_at + timedelta(hours=3 if late else -1)):
            _add_file(case.intake)
    scan_waiting()


def _add_file(intake) -> None:
    from django.core.files.base import ContentFile

    from clinic.files.checks import CheckedFile
    from intake.files.actions import add_file

    content = b"%PDF-1.7 invented"
    digest = f"{intake.pk:064x}"
    checked = CheckedFile(
        content=ContentFile(content), size=len(content), sha256=digest, sent_sha256=digest, stored_as="a.pdf",
        name="report.pdf", media_type="application/pdf",
    )  # fmt: skip
    add_file(intake, checked=checked, kind="report")


def _looked_at() -> None:
    """Staff have opened every case, file and referral of the closed, and seen the proof of who acts for somebody."""
    from django.test import Client

    from clinic.staff.models import User
    from intake.door.respondents import see_proof
    from intake.models import Case, PatientFile, Respondent
    from referrals.models import Referral

    maya = User.objects.get(email="maya@plumbline.example")
    browser = Client()
    browser.force_login(maya)
    for case in Case.objects.all():
        browser.get(case.get_absolute_url())
    for file in PatientFile.objects.all():
        browser.get(f"/files/{file.public_id}/")
    for referral in Referral.objects.all():
        browser.get(f"/referrals/{referral.public_id}/")
    for acts in Respondent.objects.filter(kind__in=("guardian", "representative")):
        see_proof(acts, by=maya)


def _open_ends(now) -> None:
    """What waits for somebody.

    A file that came late, a link asleep, a request for a visit, a form to be proved.
    """
    from clinic.links.models import MOST_WRONG_TRIES, Link
    from intake.models import Case
    from intake.visits import actions as appointments

    last = Case.objects.filter(status="decided").latest("pk")
    _add_file(last.intake)
    Link.objects.filter(subject_id=last.patient.public_id).update(wrong_tries=MOST_WRONG_TRIES)
    for case in Case.objects.filter(opened_at__gt=now - timedelta(days=30)).order_by("pk"):
        if appointments.are_offered(case.patient):
            appointments.ask(case.intake, location=case.location, days=["mon"], times=[], reason="new")


# Copying --------------------------------------------------------------------------------------------------------------


def tables() -> Iterator[type[models.Model]]:
    there = connection.introspection.table_names()
    return (
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.db_table in there
    )


def _counts() -> dict[str, int]:
    return {model._meta.db_table: model._base_manager.count() for model in tables()}


ONCE = {  # grow while the stories are told, and not with the number of patients
    "intake_protocolversion", "intake_consenttext", "outbox_sweepbeat", "pghistory_context", "django_session",
    "links_formstart", "links_linkrequest", "audit_auditseal", "audit_auditcheck", "staff_user", "staff_location",
}  # fmt: skip


def growing(before: dict[str, int]) -> list[type[models.Model]]:
    """Return the tables of which a story leaves rows behind."""
    found = (model for model in tables() if model._meta.db_table not in ONCE)
    return [model for model in found if model._base_manager.count() > before.get(model._meta.db_table, 0)]


def _keep(name: str, before: dict[str, int], without: Bundle | None = None) -> Bundle:
    """Put what the stories made aside, in a schema of its own."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {name}")
        for model in growing(before):
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute("SELECT to_regclass(%s)", [f"{without.rows}.{table}" if without else "nowhere"])
            known = cursor.fetchone()[0]
            but = f'WHERE "{key}" NOT IN (SELECT "{key}" FROM {known})' if known else ""
            cursor.execute(f"CREATE TABLE {name}.{table} AS SELECT * FROM {table} {but}")
        cursor.execute(f"SELECT count(*) FROM {name}.intake_intake")
        return Bundle(name, cursor.fetchone()[0])


def grow(to: int, *, locations: int, bundles: tuple[Bundle, Bundle], say: Callable[[str], None] = print) -> None:
    """Copy the bundles until there are about `to` intakes at so many locations.

    The open ones stand for today.
    """
    closed, waiting = bundles
    pairs = locations // 2
    open_copies = pairs * OPEN_FOR_A_PAIR
    closed_copies = max((to - open_copies * waiting.intakes) // closed.intakes, 1)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # triggers and foreign keys stand aside
        cursor.execute("SET synchronous_commit = off; SET statement_timeout = 0; SET lock_timeout = 0")
        _functions(cursor)
        _places(cursor, pairs)
        for bundle, first, copies, days in (
            (closed, 1, closed_copies, YEARS * 365),
            (waiting, closed_copies + 1, open_copies, 0),
        ):
            copied = _copied(cursor, bundle)
            copying = Copying(bundle, first, copies, days, pairs, copied)
            for model in tables():
                if model._meta.db_table in copied:
                    cursor.execute(copying.statement(model))
            say(f"{copies * bundle.intakes:,} intakes from the bundle {bundle.rows}")
        for model in tables():
            _past_the_last(cursor, model)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM (ANALYZE)")


def _functions(cursor) -> None:
    cursor.execute(
        """CREATE FUNCTION bench_uuid(old text, copy bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
        $$ SELECT md5(old || copy)::uuid $$;
        CREATE FUNCTION bench_letters(copy bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
        $$ SELECT translate(copy::text, '0123456789', 'abcdefghij') $$;
        CREATE FUNCTION bench_phone(copy bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
        $$ SELECT '207' || lpad(((copy * 7919) % 10000000)::text, 7, '0') $$;
        CREATE FUNCTION bench_reference(number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
        $$ SELECT substr('CFHJKLMRWXY', 1 + (number % 11)::int, 1)
        || substr('CFHJKLMRWXY', 1 + (number / 11 % 11)::int, 1)
        || '-' || lpad((number / 121 % 1000000)::text, 6, '0') $$"""
    )


def _places(cursor, pairs: int) -> None:
    """Make the other pairs of locations, each with a staff of its own.

    Who is 3 in the first is 1003 in the next.
    """
    for table, unique in (("staff_location", ("slug", "name")), ("staff_user", ("email", "public_id"))):
        columns = _columns(cursor, table)
        values = [f"{_apart(table, one)}" if one in (*unique, "id") else f'"{one}"' for one in columns]
        cursor.execute(
            f"INSERT INTO {table} ({_quoted(columns)}) SELECT {', '.join(values)} FROM {table}, "
            f"generate_series(1, {pairs - 1}) pair"
        )
    cursor.execute(
        "INSERT INTO staff_user_locations (user_id, location_id) "
        "SELECT user_id + 1000 * pair, location_id + 1000 * pair"
        f" FROM staff_user_locations, generate_series(1, {pairs - 1}) pair"
    )


def _apart(table: str, column: str) -> str:
    return {
        "id": "id + 1000 * pair",
        "public_id": "bench_uuid(public_id::text, pair)",
        "slug": "slug || '-' || pair",
        "name": "name || ' ' || pair",
        "email": "pair || '.' || email",
    }[column]


def _columns(cursor, table: str) -> list[str]:
    return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{one}"' for one in columns)


def _copied(cursor, bundle: Bundle) -> frozenset[str]:
    cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [bundle.rows])
    return frozenset(name for (name,) in cursor.fetchall())


@dataclass(frozen=True)
class Copying:
    """One bundle on its way into the tables.

    Copies `first`, first + 1 and so on, spread back over so many days.
    """

    bundle: Bundle
    first: int
    copies: int
    days: int
    pairs: int
    copied: frozenset[str]

    @property
    def back(self) -> str:
        """Return how far back a copy is moved, in SQL."""
        if not self.days:
            return "interval '0'"
        return f"(interval '1 day' * ({self.days}.0 * (copy - {self.first}) / {self.copies}))"

    def statement(self, model: type[models.Model]) -> str:
        table = model._meta.db_table
        fields = model._meta.local_concrete_fields
        values = ", ".join(self._moved(table, field) for field in fields)
        return (
            f"INSERT INTO {table} ({_quoted([one.column for one in fields])}) SELECT {values} FROM "
            f"generate_series({self.first}::bigint, {self.first + self.copies - 1}) copy, {self.bundle.rows}.{table} t"
        )

    def _moved(self, table: str, field: models.Field) -> str:
        """Return one column of a copy."""
        column = f't."{field.column}"'
        if known := OF_COLUMN.get((table, field.column)) or OF_COLUMN.get(("", field.column)):
            return known.format(column=column, back=self.back)
        to = field.remote_field.model._meta.db_table if field.remote_field else ""
        if to in ("staff_user", "staff_location") or field.column == "location_id":
            return f"{column} + 1000 * (copy % {self.pairs})"
        if to and to not in self.copied:
            return column
        kind = (field.target_field if to else field).get_internal_type()
        if kind == "UUIDField":
            return f"bench_uuid({column}::text, copy)"
        if field.primary_key or to:
            return f"{column} + copy * {STRIDE}"
        if kind in ("DateTimeField", "DateField"):
            return f"({column} - {self.back})::{'date' if kind == 'DateField' else 'timestamptz'}"
        return column


_MAIL = "CASE WHEN {column} LIKE '%@mail.example' THEN copy || '.' || {column} ELSE {column} END"
_OVER = "t.status = 'scheduled' AND t.due_at - {back} < now()"  # a mail of the past has gone
OF_COLUMN = {  # what one rule for all columns would get wrong
    ("audit_accesslog", "patient_id"): f"{{column}} + copy * {STRIDE}",
    ("audit_accesslog", "subject_id"): "CASE WHEN {column} ~ '^[0-9a-f]{{8}}-' THEN bench_uuid({column}, copy)::text "
    "ELSE {column} END",
    ("", "date_of_birth"): "CASE WHEN {column} < '2000-01-01' THEN {column} - (copy % 3000)::int ELSE {column} END",
    ("", "last_name"): "{column} || ' ' || bench_letters(copy)",
    ("", "phone"): "bench_phone(copy)",
    ("", "email"): _MAIL,
    ("outbox_message", "recipient"): _MAIL,
    ("outbox_message", "key"): "left({column}, 180) || ':' || copy",
    ("outbox_message", "status"): f"CASE WHEN {_OVER} THEN 'sent' ELSE t.status END",
    ("outbox_message", "settled_at"): f"CASE WHEN {_OVER} THEN t.due_at ELSE t.settled_at END - {{back}}",
    ("", "reference"): "bench_reference(copy * 64 + t.id % 64)",
    ("referrals_referralhistory", "reference"): "bench_reference(copy * 64 + t.pgh_obj_id % 64)",
    ("", "secret_hash"): "sha256({column} || copy::text::bytea)",
    (
        "intake_patient",
        "found_by",
    ): "array_to_tsvector(ARRAY(SELECT DISTINCT one FROM "
    "unnest(tsvector_to_array({column}) || "
    "ARRAY[bench_letters(copy), 't' || bench_phone(copy), 't' || right(bench_phone(copy), 7)]) one "
    "WHERE one !~ '^t[0-9]' OR right(one, 7) = right(bench_phone(copy), 7)))",
}


def _past_the_last(cursor, model) -> None:
    """Let the table's own numbers begin behind the last copy."""
    key = model._meta.pk
    if key.get_internal_type() in ("AutoField", "BigAutoField", "SmallAutoField"):
        cursor.execute(
            f"SELECT setval(seq, (SELECT max({key.column}) FROM {model._meta.db_table})) FROM "
            f"(SELECT pg_get_serial_sequence('{model._meta.db_table}', '{key.column}') seq) s WHERE seq IS NOT NULL "
            f"AND EXISTS (SELECT FROM {model._meta.db_table})"
        )
