"""What the rules cost inside saving a page: `python -m bench.saving`.

A patient answers every page in process, on a throwaway PostgreSQL. Every call into the engine is timed while a page
is posted: assessing, checking answers, finding out what to ask. The share is engine time over request time.
"""

import statistics
import sys
import time
from functools import wraps

from bench.throwaway import riverside, throwaway_clinic

PATIENTS, RUNS, AT_MOST = 3, 3, 2.0


class Clock:
    """Seconds spent inside the engine's public functions since `start`; a call inside a call counts once."""

    def __init__(self):
        self.seconds, self.calls, self.inside = 0.0, 0, False

    def start(self):
        self.seconds, self.calls = 0.0, 0

    def timing(self, function):
        @wraps(function)
        def timed(*args, **kwargs):
            if self.inside:
                return function(*args, **kwargs)
            self.inside, began = True, time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - began
                self.calls += 1
                self.inside = False

        return timed


def timed_engine() -> Clock:
    """From here on every public function of the engine is timed, except those that load the protocol."""
    from intake import triage

    clock = Clock()
    for name in triage.__all__:
        function = getattr(triage, name)
        if callable(function) and not isinstance(function, type) and name not in ("load", "shipped"):
            setattr(triage, name, clock.timing(function))
    return clock


def saves(clock: Clock) -> list[tuple[float, float, int]]:
    """Request seconds, engine seconds and engine calls of each page one patient saves."""
    from intake import triage
    from tests.answers import HEEL_PAIN
    from tests.intake.patients import Phone

    found = []
    ada = Phone().starts()
    post = ada.client.post

    def timed_post(*args, **kwargs):
        clock.start()
        began = time.perf_counter()
        response = post(*args, **kwargs)
        took = time.perf_counter() - began
        assert response.status_code == 302, "a page was not saved"
        found.append((took, clock.seconds, clock.calls))
        return response

    ada.client.post = timed_post
    protocol = triage.shipped()
    while page := triage.next_page(protocol, ada.intake.answers, seen=ada.intake.pages_done):
        answers = {name: HEEL_PAIN[name] for name in page.questions if name in HEEL_PAIN}
        ada.answers(page.id, follow=False, **(answers or {"goal": None}))
    return found


def measure() -> dict[str, float]:
    """The median over a few runs: engine share of the request in percent, milliseconds, engine calls."""
    clock = timed_engine()
    saves(clock)  # compiles the protocol and the templates
    shares, requests, engines, calls = [], [], [], []
    for _ in range(RUNS):
        pages = [page for _ in range(PATIENTS) for page in saves(clock)]
        request, engine = sum(page[0] for page in pages), sum(page[1] for page in pages)
        shares.append(100 * engine / request)
        requests.append(1000 * request / len(pages))
        engines.append(1000 * engine / len(pages))
        calls.append(sum(page[2] for page in pages) / len(pages))
    return {
        "percent": statistics.median(shares),
        "request_ms": statistics.median(requests),
        "engine_ms": statistics.median(engines),
        "calls": statistics.median(calls),
    }


def run() -> dict[str, float]:
    """`measure` on servers of its own."""
    with throwaway_clinic():
        from django.test.utils import setup_test_environment

        setup_test_environment()
        riverside()
        return measure()


def rows(found) -> list[tuple[str, str, str, str]]:
    """Work, baseline, measured, target; for the table."""
    request = f"that request in process ({found['calls']:.0f} calls into the engine)"
    return [("rules inside saving a page", request, f"{found['percent']:.1f} %", f"at most {AT_MOST:.0f} %")]


def main() -> int:
    found = run()
    print("| Work | Baseline | Measured | Target |\n|---|---|---|---|")
    for row in rows(found):
        print(f"| {' | '.join(row)} |")
    print(f"\nA save takes {found['request_ms']:.1f} ms, {found['engine_ms']:.2f} ms of it in the engine.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
