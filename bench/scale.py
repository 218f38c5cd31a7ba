"""What grows with a clinic's history: `python -m bench.scale [--small 1000] [--large 100000]`.

Two clinics of one making stand side by side, a small one of 2 locations and a large one of 50 (`bench.grown`); open
work for each location is the same. Each page, filter and task is asked in process in both, in turns, five times; the
median of one is set against that of the other. Its questions are asked once more for what the database touches:
buffers say what the time of a busy machine does not. Nothing of what is asked stays: each is rolled back.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import grown, results
from bench.throwaway import throwaway_clinic

RUNS, AT_MOST = 5, 1.5
HEADER = ("Work", "Of", "Statements", "Buffers, small", "Buffers, large", "Time, large to small", "Read whole")
SWEPT = """UPDATE outbox_message SET status = 'sent', settled_at = due_at
    WHERE status = 'scheduled' AND due_at < now() + interval '9 hours'"""  # else the run looks like a clinic at a halt
READS = ("SELECT", "WITH", "(SELECT")
MANY = 5000  # rows; a table of fewer is read from end to end, and should be


@dataclass
class Measured:
    statements: int = 0
    buffers: int = 0
    seconds: list[float] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    dearest: tuple[int, str] = (0, "")


@dataclass(frozen=True)
class Work:
    name: str
    of: str
    does: Callable[[], object]


# Two clinics in one server --------------------------------------------------------------------------------------------


def switch_to(name: str) -> None:
    """Let every question go to this database from here on."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()


def clinics(small: int, large: int) -> dict[str, int]:
    """Make both from one set of templates.

    Returns the databases with how many forms each holds.
    """
    from django.db import connection

    base = connection.settings_dict["NAME"]
    bundles = grown.templates()
    _everywhere()
    held = {}
    for name, size, locations in (("small", small, 2), ("large", large, 50)):
        switch_to("postgres")
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {base}")
        switch_to(name)
        grown.grow(size, locations=locations, bundles=bundles)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO staff_user_locations (user_id, location_id) SELECT u.id, l.id FROM staff_user u, "
                "staff_location l WHERE u.email LIKE 'everywhere.%@%' ON CONFLICT DO NOTHING"
            )
            cursor.execute(SWEPT)
            cursor.execute("SELECT count(*) FROM intake_intake")
            held[name] = cursor.fetchone()[0]
    return held


def _everywhere() -> None:
    """Make those who see every location of a large clinic: one of each role."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from clinic.staff.models import Role, User

    for role in Role:
        user = User.objects.create(email=f"everywhere.{role}@plumbline.example", name=f"Everywhere {role}", role=role)
        TOTP.activate(user, generate_totp_secret())  # without a second step no page opens


# What is asked --------------------------------------------------------------------------------------------------------


def works() -> list[Work]:
    """Every page of daily work as whom it is opened by, then what the clock does."""
    found = []
    for of, therapist, desk, manager in (
        ("2", "maya@plumbline.example", "priya@plumbline.example", "ruth@plumbline.example"),
        ("all", *(f"everywhere.{role}@plumbline.example" for role in ("therapist", "front_desk", "manager"))),
    ):
        for name, email, address in (
            ("queue", therapist, "/queue/"),
            ("queue, urgent", therapist, "/queue/?tier=urgent"),
            ("queue, emergencies", therapist, "/queue/?show=emergency"),
            ("queue, past their time", therapist, "/queue/?show=overdue"),
            ("queue, nobody has", therapist, "/queue/?show=waiting"),
            ("queue, mine", therapist, "/queue/?show=mine"),
            ("queue, decided", therapist, "/queue/?show=decided"),
            ("queue, polled", therapist, "/queue/rows/"),
            ("on watch", therapist, "/on-watch/"),
            ("handover", therapist, "/handover/"),
            ("case, open", therapist, _case("waiting")),
            ("case, decided", therapist, _case("decided")),
            ("referrals", desk, "/referrals/"),
            ("referrals, overdue", desk, "/referrals/?show=overdue"),
            ("referrals, mine", desk, "/referrals/?show=mine"),
            ("referrals, ended", desk, "/referrals/?show=ended"),
            ("referrals, by office", desk, "/referrals/by-office/"),
            ("referral", desk, _referral),
            ("requests", desk, "/requests/"),
            ("today", desk, "/today/"),
            ("directory", desk, "/directory/"),
            ("invite", desk, "/invite/"),
            ("invitations", desk, "/invitations/"),
            ("find a patient", desk, "/patients/"),
            ("messages, failed", desk, "/messages/?show=failed"),
            ("messages, waiting", desk, "/messages/?show=waiting"),
            ("messages, sent", desk, "/messages/?show=sent"),
            ("promises", manager, "/promises/"),
            ("numbers", manager, "/numbers/"),
            ("scorecard", manager, "/scorecard/"),
        ):
            found.append(Work(name, of, _opened(email, address)))
    return found + [Work(name, "", does) for name, does in _tasks()]


def _case(status: str) -> Callable[[object], str]:
    """Return what finds a case of this person that stands there."""

    def address(user) -> str:
        from intake.models import Case

        return Case.objects.visible_to(user).filter(status=status).order_by("-pk").first().get_absolute_url()

    return address


def _referral(user) -> str:
    from referrals.models import Referral

    return f"/referrals/{Referral.objects.visible_to(user).open().order_by('-pk').first().public_id}/"


def _opened(email: str, address) -> Callable[[], Callable[[], object]]:
    """Return what signs this person in and finds the address, and gives what is measured."""

    def prepared():
        from django.test import Client

        from clinic.staff.models import User

        user = User.objects.get(email=email)
        browser = Client()
        browser.force_login(user)
        to = address(user) if callable(address) else address

        def opens():
            response = browser.get(to)
            assert response.status_code == 200, f"{to} answered {response.status_code}"

        return opens

    return prepared


def _tasks() -> list[tuple[str, Callable[[], Callable[[], object]]]]:
    from django.utils import timezone

    from clinic.messages.models import Message
    from intake.door import respondents
    from intake.files.actions import scan_waiting
    from intake.models import Intake
    from intake.models.intake import LEFT_AFTER

    def left():
        return Intake.objects.left_since(timezone.now() - LEFT_AFTER).filter(case=None).exists()

    def link_request():
        from intake.door.link_requests import _mail_links

        return _mail_links("7.patient01@mail.example")

    return [
        ("find forms that were left", lambda: left),
        ("see who came of age", lambda: lambda: respondents.came_of_age(timezone.now())),
        ("find files to scan", lambda: scan_waiting),
        ("find mails that are due", lambda: lambda: list(Message.objects.due()[:100])),
        ("answer a request for a link", lambda: link_request),
        ("is it ready", lambda: _ready),
    ]


def _ready() -> object:
    from django.test import Client

    return Client().get("/readyz")


# Measuring ------------------------------------------------------------------------------------------------------------


def once(does: Callable[[], Callable[[], object]], into: Measured, *, explain: bool) -> None:
    """Do it in a transaction that is rolled back; with its plans, or with its time."""
    from django.db import connection, transaction

    asked: list[tuple[str, object]] = []

    def noting(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic():
        ready = does()
        if not explain:
            began = time.perf_counter()
            ready()
            into.seconds.append(time.perf_counter() - began)
        else:
            with connection.execute_wrapper(noting):
                ready()
            into.statements = len([sql for sql, _params in asked if not sql.startswith(("SAVEPOINT", "RELEASE"))])
            _touched(asked, into)
        transaction.set_rollback(True)


def _touched(asked: list[tuple[str, object]], into: Measured) -> None:
    """Ask each question once more for its plan; what writes is left out."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
            "AND reltuples > %s",
            [MANY],
        )
        many = {name for (name,) in cursor.fetchall()}
        for sql, params in asked:
            if not sql.lstrip().upper().startswith(READS):
                continue
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            [[[said]]] = [cursor.fetchone()]
            plan = said["Plan"]
            buffers = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            into.buffers += buffers
            into.dearest = max(into.dearest, (buffers, sql))
            into.whole |= {name for name in _whole(plan) if name in many}


def _whole(plan: dict) -> set[str]:
    own = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return own.union(*(_whole(below) for below in plan.get("Plans", ())))


def measure(only: str = "", say: Callable[[str], None] = print) -> list[tuple[Work, Measured, Measured]]:
    """Everything in both clinics: times in turns, then plans."""
    todo = [work for work in works() if only in f"{work.name} {work.of}"]
    found = [(work, Measured(), Measured()) for work in todo]
    for turn in range(RUNS + 1):  # the first warms up
        for place, name in enumerate(("small", "large"), 1):
            switch_to(name)
            for row in found:
                once(row[0].does, row[place], explain=turn == 0)
        say(f"turn {turn} of {RUNS}")
    return found


def rows(found: list[tuple[Work, Measured, Measured]]) -> list[tuple[str, ...]]:
    return [
        (
            work.name,
            work.of,
            str(large.statements),
            f"{small.buffers:,}",
            f"{large.buffers:,}",
            f"{statistics.median(large.seconds) / statistics.median(small.seconds):.1f} ×",
            ", ".join(sorted(large.whole)),
        )
        for work, small, large in found
    ]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--small", type=int, default=1000)
    asked.add_argument("--large", type=int, default=100_000)
    asked.add_argument("--only", default="", help="what the name of the work holds; nothing is written then")
    asked.add_argument("--sql", action="store_true", help="print the question that touches most")
    chosen = asked.parse_args()
    with throwaway_clinic():
        from django.db import connection
        from django.test.utils import setup_test_environment

        setup_test_environment()
        held = clinics(chosen.small, chosen.large)
        print(json.dumps(held))
        found = measure(chosen.only)
        connection.close()
    lines = rows(found)
    print("\n".join(results.table(HEADER, lines)))
    for work, _small, large in found if chosen.sql else []:
        print(f"\n{work.name} ({work.of}): {large.dearest[0]:,} of {large.buffers:,} buffers\n{large.dearest[1]}")
    if not chosen.only:
        results.write("bench.scale", HEADER, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
