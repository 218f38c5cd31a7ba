"""The browser the journeys run in, and how a machine that has none gets one: `python -m tests.browser`.

In this order: the one CHROMIUM names, one on PATH, Playwright's own; then, fetched on the spot, the system's package
(as root), Playwright's download, a portable one. What starts is remembered in .state/browser.json.
"""

import json
import os
import shutil
import sys

import pytest
from playwright.sync_api import Error, sync_playwright

import run
from clinic.embedded.running import STATE
from tests import portable_chromium

REMEMBERED = STATE / "browser.json"
# The shell is the same engine without the windows and menus around it, as Playwright itself starts it: half the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOTHING_WORKS = (
    "No browser for the tests: none of CHROMIUM, {}, Playwright's own starts, and none could be installed; install "
    "Chromium, or set CHROMIUM to one (log: .state/install.log)."
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """pytest-playwright starts the browser found by `python -m tests.browser`, or the one CHROMIUM names."""
    return browser_type_launch_args | with_environment(launch_options())


def launch_options() -> dict:
    """The browser to start; looks for one when none is remembered."""
    named = os.environ.get("CHROMIUM")
    if REMEMBERED.is_file() and not named:
        options = json.loads(REMEMBERED.read_text())
        if os.path.exists(options.get("executable_path", "/")):
            return options
    return next(candidates())


def with_environment(options: dict) -> dict:
    """Playwright takes `env` as the whole environment; ours says only what is added, so that none is ever stored."""
    return options | {"env": os.environ | options.get("env", {})}


def candidates():
    """Launch options worth a try, best first. Root may not use the sandbox, and some containers have none."""
    named = os.environ.get("CHROMIUM")
    paths = [named] if named else [path for path in map(shutil.which, NAMES) if path] + [None]
    for path in paths:
        where = {"executable_path": path} if path else {}
        if os.geteuid() != 0:
            yield where
        yield where | {"args": ["--no-sandbox"]}
    if not named and portable_chromium.HOME.is_dir():
        yield portable_chromium.launch_options()


def installers():
    """Ways to get a browser: (what is said on the screen, commands)."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
        for package in ("chromium-headless-shell", "chromium"):
            install = [*apt, "install", "-y", "--no-install-recommends", package]
            yield f"getting {package} from this system's packages", [[*apt, "update"], install]
    yield "getting Chromium from Playwright", [[sys.executable, "-m", "playwright", "install", "chromium"]]


def first_that_starts() -> dict | None:
    with sync_playwright() as playwright:
        for options in candidates():
            try:
                playwright.chromium.launch(**with_environment(options)).close()
            except Error:
                continue
            return options
    return None


def main() -> str | None:
    """None when a browser starts, else the sentence that says what to do."""
    if options := first_that_starts():
        return remember(options)
    if named := os.environ.get("CHROMIUM"):
        return f"CHROMIUM names {named}, which does not start as a browser; correct it or unset it."
    print("No browser for the tests yet; getting one.")
    for what, commands in installers():
        if all(run.shown(what, command) for command in commands) and (options := first_that_starts()):
            return remember(options)
    print("  getting a portable Chromium ...")
    if portable_chromium.fetch() and (options := first_that_starts()):
        return remember(options)
    return NOTHING_WORKS.format(", ".join(NAMES))


def remember(options: dict) -> None:
    STATE.mkdir(exist_ok=True)
    REMEMBERED.write_text(json.dumps(options))


if __name__ == "__main__":
    sys.exit(main())
