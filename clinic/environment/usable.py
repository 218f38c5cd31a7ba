"""What a setting must be before anything starts. Each check refuses with one sentence that names the setting.

Outside production what is missing is made up and servers may be anywhere; in production nothing of a patient travels in
clear beyond this machine. No sentence repeats a value that may hold a password.
"""

import ipaddress
import os
import re
import sys
import tempfile
from email.utils import getaddresses
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.fernet import Fernet, MultiFernet

ENVIRONMENTS = ("development", "test", "demo", "production")
HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
ENCRYPTED = ("require", "verify-ca", "verify-full")  # what sslmode of PostgreSQL must say about another machine
GUESSABLE = ("insecure", "changeme", "change-me", "example", "password", "secret", "default", "plumbline")
HOURS_A_DAY = 24
DIFFERENT_CHARACTERS = 10  # 32 random hexadecimal digits have fewer once in a million
OF_A_CLINIC = ("SITE_URL", "ALLOWED_HOSTS", "SECRET_KEY", "LINK_KEY", "FIELD_KEYS")  # nobody else sets them
SERVERS = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "EMAIL_URL")
CELERY_READS = ("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL", "CELERY_RESULT_BACKEND")


def refused(sentence: str) -> SystemExit:
    """End the start, be it web, worker, beat or a command, with one sentence for whoever set the wrong value."""
    print(sentence, file=sys.stderr)
    return SystemExit(3)  # to gunicorn 3 means "do not try again"


def environment() -> str:
    """Return how strict the start is, as PLUMBLINE_ENV says.

    A server that was told nothing would run with keys of its own and answer everybody; so silence is no development.
    """
    value = os.environ.get("PLUMBLINE_ENV", "")
    if not value:
        raise refused(
            "PLUMBLINE_ENV is not set; say production on a clinic's server, development on a machine of your own."
        )
    if value not in ENVIRONMENTS:
        raise refused(f"PLUMBLINE_ENV is {value!r}; it must be one of {', '.join(ENVIRONMENTS)}.")
    return value


def development_when_nothing_is_set() -> None:
    """Let a command typed on a machine of one's own work without PLUMBLINE_ENV.

    Beside the settings of a clinic it would work on a clinic's data with the wrong keys: there it must be said.
    """
    if any(os.environ.get(name) for name in OF_A_CLINIC):
        return
    servers = [os.environ[name] for name in SERVERS if os.environ.get(name)]
    elsewhere = any(os.environ.get(name) for name in CELERY_READS)
    hosts = [host for url in servers for host in _hosts(url)] + hosts_of_database(os.environ.get("DATABASE_URL", ""))
    if on_this_machine(hosts) and not elsewhere:
        os.environ.setdefault("PLUMBLINE_ENV", "development")


# Addresses ------------------------------------------------------------------------------------------------------------


def on_this_machine(hosts: list[str]) -> bool:
    """Say whether every host is this very machine: a socket in the file system, or a loopback address."""
    return all(_is_loopback(host) for host in hosts)


def _is_loopback(host: str) -> bool:
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hosts(url: str) -> list[str]:
    """Return every host a server's address names: PostgreSQL takes several, and more in its options."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ["?"]  # no address at all; whoever needs it says so
    netloc = unquote(parts.netloc.rpartition("@")[2])
    named = [netloc] if netloc.startswith("/") else [_without_port(one) for one in netloc.split(",")]
    options = parse_qs(parts.query)
    return named + [host for name in ("host", "hostaddr") for one in options.get(name, []) for host in one.split(",")]


def hosts_of_database(url: str) -> list[str]:
    """Return every host PostgreSQL's client would go to; "?" for one that only a file on this machine knows.

    The client fills what the address leaves out from the environment: PGHOST where no host is named, and PGHOSTADDR
    even where one is. A service names hosts of its own in a file.
    """
    named = _hosts(url)
    options = parse_qs(url.partition("?")[2])
    if "service" in options or os.environ.get("PGSERVICE"):
        return [*named, "?"]
    if not any(named):
        named = os.environ.get("PGHOST", "").split(",")
    if "hostaddr" not in options:
        named += os.environ.get("PGHOSTADDR", "").split(",")
    return named


def _without_port(netloc: str) -> str:
    if netloc.startswith("["):
        return netloc[1:].partition("]")[0]
    return netloc.partition(":")[0]


def _parts(name: str, url: str) -> Any:
    """Return the address taken apart; refused when it has no usable port or holds what no address holds."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise refused(f"{name} cannot be used: its port or host is none.") from None
    if re.search(r"[\s\x00-\x1f\x7f;]", url):
        raise refused(f"{name} holds a space, a line break or a semicolon; it must be one address.")
    return parts


def one_line(name: str, value: str) -> str:
    """Words that stand in the head of a mail or on a page."""
    if not value.strip():
        raise refused(f"{name} is empty; leave it out or give it words.")
    if not value.isprintable():
        raise refused(f"{name} holds a line break or another control character; it must be one line.")
    return value


def site_url(value: str, production: bool) -> str:
    """Return where links in mails begin: scheme, host, perhaps a port."""
    parts = _parts("SITE_URL", value)
    if parts.scheme not in ("http", "https"):
        raise refused(f"SITE_URL is {value!r}; it must start with https:// (or http:// on this machine).")
    if production and parts.scheme != "https":
        raise refused("SITE_URL must start with https:// in production.")
    if not _names_a_host(parts.hostname or ""):
        raise refused("SITE_URL names no host; it must look like https://intake.clinic.example.")
    if parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise refused("SITE_URL must be a scheme and a host only, such as https://intake.clinic.example.")
    return value.rstrip("/")


def allowed_hosts(value: str, site: str, production: bool) -> list[str]:
    """Return the names this site answers to, each in full: a link in a mail must not be made for a stranger's host."""
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not production:
        return hosts
    for host in hosts:
        if host == "*" or host.startswith("."):
            raise refused("ALLOWED_HOSTS must name each host in full; neither * nor a leading dot is taken.")
        if not _names_a_host(host.removeprefix("[").removesuffix("]")):
            raise refused("ALLOWED_HOSTS holds something that is no host; write names such as intake.clinic.example.")
    if urlsplit(site).hostname not in [host.lower().strip("[]") for host in hosts]:
        raise refused("ALLOWED_HOSTS does not name the host of SITE_URL, so that no mailed link would open.")
    return hosts


def _names_a_host(host: str) -> bool:
    if HOST.fullmatch(host):
        return True
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def sender(value: str, production: bool) -> str:
    """FROM_EMAIL: one address, with or without a name before it."""
    from django.core.exceptions import ValidationError
    from django.core.validators import EmailValidator

    one_line("FROM_EMAIL", value)
    found = getaddresses([value])
    try:
        [(_name, address)] = found
        EmailValidator(allowlist=[] if production else ["localhost"])(address)
    except (ValueError, ValidationError):
        raise refused("FROM_EMAIL must be one address, such as Riverside <no-reply@clinic.example>.") from None
    return value


def domain(name: str, value: str) -> str:
    if not HOST.fullmatch(value):
        raise refused(f"{name} must be a domain, such as clinic.example.")
    return value


# Keys -----------------------------------------------------------------------------------------------------------------


def keys(secret: str, link: str, field: str) -> list[str]:
    """Refuse keys that can be guessed or serve two purposes; returns the field keys, newest first."""
    for name, value in (("SECRET_KEY", secret), ("LINK_KEY", link)):
        if len(value) < 32:
            raise refused(f"{name} is shorter than 32 characters; make a longer random one.")
        if weak(value):
            raise refused(f"{name} can be guessed; make a random one as .env.example says.")
    if secret == link:
        raise refused("SECRET_KEY and LINK_KEY are equal; each must be a secret of its own.")
    field_keys = [key.strip() for key in field.split(",")]
    try:
        MultiFernet([Fernet(key) for key in field_keys])
    except ValueError:
        raise refused("FIELD_KEYS must be one or more Fernet keys with commas between; see .env.example.") from None
    if any(weak(key) for key in field_keys):
        raise refused("FIELD_KEYS holds a key that can be guessed; make a random one as .env.example says.")
    if len({*field_keys, secret, link}) < len(field_keys) + 2:
        raise refused("FIELD_KEYS holds a key twice, or one that is SECRET_KEY or LINK_KEY; each must be of its own.")
    return field_keys


def weak(key: str) -> bool:
    """Whether a key was typed rather than made: few characters, a repeated piece, an alphabet, a word of a manual."""
    if key != key.strip() or not key.isprintable():
        return True
    if len(set(key)) < DIFFERENT_CHARACTERS:
        return True
    if key in (key + key)[1:-1]:
        return True
    if sum(abs(ord(one) - ord(two)) <= 1 for one, two in pairwise(key)) > len(key) / 2:
        return True
    return any(word in key.lower() for word in GUESSABLE)


# Servers --------------------------------------------------------------------------------------------------------------


def database(url: str, found: dict, production: bool) -> dict:
    """Return a PostgreSQL database; on another machine only through TLS."""
    _parts("DATABASE_URL", url)
    if found.get("ENGINE") != "django.db.backends.postgresql":
        raise refused("DATABASE_URL must name a PostgreSQL database, such as postgresql://host/plumbline.")
    if not found.get("NAME"):
        raise refused("DATABASE_URL names a server and no database; it must end like /plumbline.")
    if production:
        _database_not_in_clear(url, found)
    return found


def _database_not_in_clear(url: str, found: dict) -> None:
    options = found.get("OPTIONS", {})
    if "service" in options:
        raise refused("DATABASE_URL names a service, whose host only a file knows; write the host into the address.")
    if os.environ.get("PGSERVICE"):
        raise refused("PGSERVICE is set, and its file may lead DATABASE_URL elsewhere; unset it.")
    mode = options.get("sslmode") or os.environ.get("PGSSLMODE")
    if mode in ENCRYPTED or on_this_machine(hosts_of_database(url)):
        return
    if on_this_machine(_hosts(url)):
        said_by = "PGHOST" if on_this_machine(os.environ.get("PGHOSTADDR", "").split(",")) else "PGHOSTADDR"
        raise refused(
            f"{said_by} leads DATABASE_URL to another machine in clear; unset it, or add ?sslmode=verify-full."
        )
    raise refused("DATABASE_URL goes to another machine in clear; add ?sslmode=verify-full.")


REDIS = ("redis", "rediss", "redis+socket")


def broker(url: str, production: bool) -> str:
    if _parts("BROKER_URL", url).scheme not in (*REDIS, "amqp", "amqps"):
        raise refused("BROKER_URL must name a Redis, Valkey or RabbitMQ server, such as redis://host:6379/0.")
    _redis_database("BROKER_URL", url)
    for name in CELERY_READS:  # the `celery` command itself sets the first of them to BROKER_URL
        if production and os.environ.get(name, url) not in ("", url):
            raise refused(f"{name} is set, and Celery would take it in place of BROKER_URL; unset it.")
    if production:
        _not_in_clear("BROKER_URL", url, ("rediss", "amqps"), "rediss:// or amqps://")
    return url


def shared_cache(url: str, production: bool) -> str:
    if _parts("CACHE_URL", url).scheme not in (*REDIS, "unix"):
        raise refused("CACHE_URL must name a Redis or Valkey server, such as redis://host:6379/1.")
    _redis_database("CACHE_URL", url)
    if production:
        _not_in_clear("CACHE_URL", url, ("rediss",), "rediss://")
    return url.replace("redis+socket://", "unix://")


def _redis_database(name: str, url: str) -> None:
    """Refuse a Redis address that ends with no number; of a socket the path is a file."""
    parts = urlsplit(url)
    if parts.scheme in ("redis", "rediss") and not re.fullmatch(r"(/\d{0,5})?", parts.path):
        raise refused(f"{name} must end with the number of a database, such as redis://host:6379/0.")


def _not_in_clear(name: str, url: str, encrypted: tuple[str, ...], instead: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("redis+socket", "unix") or on_this_machine(_hosts(url)):
        return
    if parts.scheme not in encrypted:
        raise refused(f"{name} goes to another machine in clear; use {instead}.")
    said = parse_qs(parts.query.lower())
    for option, careless in (
        ("ssl_cert_reqs", ("none", "optional")),
        ("ssl_check_hostname", ("false", "no", "off", "0")),
    ):
        if any(word in value for value in said.get(option, []) for word in careless):
            raise refused(f"{name} does not look at the certificate of the other machine; leave {option} out.")


def mail(url: str, found: dict, production: bool) -> dict:
    """A mail server; in production one that is reached through TLS or on this machine."""
    parts = _parts("EMAIL_URL", url)
    smtp = parts.scheme in ("smtp", "smtps", "submission", "submit")
    if "EMAIL_BACKEND" not in found or (production and not smtp):
        raise refused("EMAIL_URL must name a mail server, such as submission://user:password@mail.example.org:587.")
    if smtp and not parts.hostname:
        raise refused("EMAIL_URL names no host; it must look like submission://user:password@mail.example.org:587.")
    if parts.scheme == "smtps":
        found = found | {"EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False, "EMAIL_PORT": parts.port or 465}
    encrypted = found.get("EMAIL_USE_TLS") or found.get("EMAIL_USE_SSL")
    if production and not encrypted and not on_this_machine([parts.hostname]):
        raise refused("EMAIL_URL goes to another machine in clear; use submission:// or smtps://.")
    return found


def scanner(url: str, production: bool) -> str:
    """clamd: what patients send goes to it as it is, so in production it is on this machine."""
    parts = _parts("SCANNER_URL", url)
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return url
    if parts.scheme != "tcp" or not parts.hostname:
        raise refused("SCANNER_URL must name clamd, such as unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310.")
    if production and not on_this_machine([parts.hostname]):
        raise refused("SCANNER_URL sends files of patients to another machine in clear; use a socket or 127.0.0.1.")
    return url


def gateway(name: str, url: str, production: bool) -> str:
    """Return where texts or faxes are handed over.

    In production that is by TLS or on this machine.
    """
    parts = _parts(name, url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refused(f"{name} must be the address of a gateway, such as https://gateway.example.org/send.")
    if production and parts.scheme != "https" and not on_this_machine([parts.hostname]):
        raise refused(f"{name} goes to another machine in clear; use https://.")
    return url


# Numbers and folders --------------------------------------------------------------------------------------------------


def hour(name: str, text: str) -> int | None:
    """Return a full hour of the day; None for "none"."""
    if text == "none":
        return None
    if not (text.isascii() and text.isdecimal() and int(text) < HOURS_A_DAY):
        raise refused(f"{name} cannot be used: it must be a full hour from 0 to 23, or none. See .env.example.")
    return int(text)


def within(name: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise refused(f"{name} is {value}; it must be from {least} to {most}.")
    return value


def private_folder(name: str, value: str, public: list[Path]) -> str:
    """Return a folder this account can write to, outside everything that is handed out to browsers."""
    folder = Path(value)
    if not folder.is_absolute():
        raise refused(f"{name} must be a whole path, such as /var/lib/plumbline/files.")
    if any(folder.resolve().is_relative_to(place.resolve()) for place in public):
        raise refused(f"{name} lies where files are handed out to everybody; choose a folder outside of static.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise refused(f"{name} cannot be written: {error.strerror}.") from None
    return value


def readable_folder(name: str, value: str) -> str:
    if not Path(value).is_absolute() or not os.access(value, os.R_OK | os.X_OK) or not Path(value).is_dir():
        raise refused(f"{name} must be the whole path of a folder that can be read.")
    return value


def security_contact(value: str) -> str:
    """SECURITY_CONTACT: where holes are told of, as an address a program can follow; empty when nowhere."""
    if not value:
        return ""
    one_line("SECURITY_CONTACT", value)
    if not value.startswith(("mailto:", "https://", "tel:")):
        raise refused("SECURITY_CONTACT must start with mailto:, https:// or tel:, as security.txt wants it.")
    return value
