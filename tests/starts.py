"""Starting the settings many times, each with an environment of its own, in one process that forks.

    python -m tests.starts < starts.json

Every start is a fresh process in which `clinic.settings` is read for the first time; what it needs from packages was
read before the fork, so that a hundred starts take seconds.
"""

import json
import os
import sys
import tempfile
import traceback

import celery.app.base
import crispy_forms
import cryptography.fernet
import csp.constants
import dj_database_url
import dj_email_url
import django.core.validators
import environs

READ_BEFORE = (celery, crispy_forms, csp, cryptography, dj_database_url, dj_email_url, django, environs)


def start(environment: dict[str, str]) -> dict:
    """Exit code and words of a process that reads the settings with this environment."""
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if not child:
            _read_settings(environment, said.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        return {"code": code, "said": said.read()}


def _read_settings(environment: dict[str, str], said: int) -> None:
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.clear()
    os.environ.update(environment)
    code = 0
    try:
        import clinic.settings  # noqa: F401
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    assert "clinic.settings" not in sys.modules
    json.dump([start(environment) for environment in json.load(sys.stdin)], sys.stdout)
