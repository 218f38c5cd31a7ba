"""How long the first pages take on a slow phone: `python -m bench.slow_phone`, after `python3 run.py test` once.

A real browser with an empty cache, 400 kbit/s with 400 ms to the server and back, and a processor four times slower
than this one, against gunicorn on this machine. The baseline is a page of a few bytes from the same server in the same
run: what the line and the phone cost before anything of ours. Medians of five; the first page is wanted within 3 s.
"""

import os
import socket
import statistics
import subprocess
import sys

from playwright.sync_api import sync_playwright

from bench import results
from bench.throwaway import riverside, throwaway_clinic
from clinic.embedded.processes import spawn, stop
from tests.browser import launch_options, with_environment

RUNS, AT_MOST = 5, 3.0
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # bytes a second
SLOWER = 4
PAGES = (("the first page", "/"), ("the contact page", "/intake/start/"), ("the pain guide", "/guide/"))
HEADER = ("Page", "Something to read", "All loaded", "Against a page of a few bytes on the same phone", "Target")
SEEN = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint ? paint.startTime / 1000 : page.responseEnd / 1000, page.loadEventEnd / 1000];
}"""


def web_server(folder):
    """gunicorn as the demo runs it, with compressed files; gives the process and its address."""
    door = socket.create_server(("127.0.0.1", 0))
    settings = {**os.environ, "PLUMBLINE_ENV": "demo"}
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input"],
        env=settings,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    command = [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--bind", f"fd://{door.fileno()}", "--workers", 1]
    process = spawn(command, log=folder / "web.log", env=settings, pass_fds=[door.fileno()])
    return process, f"http://127.0.0.1:{door.getsockname()[1]}", door


def seconds(browser, address) -> tuple[float, float]:
    """Until something is to be read, and until all has loaded; in a browser that was never here."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", LINE)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load", timeout=60_000)
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    read, loaded = page.evaluate(SEEN)
    context.close()
    return read, loaded


def measure(home) -> dict[str, tuple[float, float]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**with_environment(launch_options()))
        seconds(browser, home + "/")  # the server compiles its templates
        found = {}
        for name, path in (("a few bytes", "/livez"), *PAGES):
            times = [seconds(browser, home + path) for _ in range(RUNS)]
            found[name] = tuple(statistics.median(column) for column in zip(*times, strict=True))
        browser.close()
    return found


def row_of(name: str, read: float, loaded: float, nothing: float) -> list[str]:
    target = f"at most {AT_MOST:.0f} s" if name == PAGES[0][0] else ""
    return [name, f"{read:.2f} s", f"{loaded:.2f} s", f"{loaded / nothing:.1f} ×", target]


def main() -> int:
    with throwaway_clinic() as folder:
        riverside()
        process, home, door = web_server(folder)
        try:
            found = measure(home)
        finally:
            stop(process)
            door.close()
    nothing = found.pop("a few bytes")[1]
    print(f"A few bytes on this phone: {nothing:.2f} s\n")
    rows = [row_of(name, *times, nothing) for name, times in found.items()]
    print("\n".join(results.table(HEADER, rows)))
    results.write("bench.slow_phone", HEADER, rows)
    return 0 if found[PAGES[0][0]][1] <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
