"""Valkey, Redis and RabbitMQ of a test's own: started, stopped, killed and emptied, always at the same address.

Redis and RabbitMQ are those installed on the machine (`apt-get install redis-server rabbitmq-server`).
"""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen

from kombu import Connection
from kombu.exceptions import OperationalError

from clinic.embedded import valkey
from clinic.embedded.processes import last_lines, spawn, stop, wait_until

RABBIT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # without the wrapper that insists on an account of its own
PATIENCE = 90  # seconds; RabbitMQ takes ten of them where nothing else runs


class Broker:
    """One that can be away. `url` stays the same."""

    name = url = ""

    def __init__(self, folder: Path):
        self.folder = folder
        self.data = folder / "data"
        self.process: Popen | None = None

    @classmethod
    def missing(cls) -> str:
        """Why it cannot run on this machine; "" when it can."""
        return ""

    def start(self) -> None:
        self.data.mkdir(exist_ok=True)
        self.process = self._spawn()
        if not wait_until(self.answers, self.process, patience=PATIENCE, pause=0.1):
            raise RuntimeError(f"{self.name} did not start:\n{last_lines(self.folder / 'broker.log', 30)}")

    def stop(self) -> None:
        """Stop it in good order: what it holds, it has again when it starts."""
        if self.process:
            stop(self.process, patience=30)
            self.process = None

    def lose(self) -> None:
        """Kill it, and all it held with it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        shutil.rmtree(self.data)

    def close(self) -> None:
        """End everything that was started for it."""
        self.stop()

    def answers(self) -> bool:
        try:
            with Connection(self.url, connect_timeout=2) as line:
                line.ensure_connection(max_retries=0, timeout=2)
                line.default_channel  # noqa: B018  opens it
        except (OperationalError, OSError):
            return False
        return True

    def _spawn(self) -> Popen:
        raise NotImplementedError


class Valkey(Broker):
    """The one of the demo, on a socket."""

    name = "valkey"

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.door = folder / "door"
        self.url = f"redis+socket://{self.door}"

    def _spawn(self) -> Popen:
        where = ["--port", 0, "--unixsocket", self.door, "--unixsocketperm", 700]
        return _redis_like(valkey.binary(), where, self)


class Redis(Broker):
    """Debian's, on a port."""

    name = "redis"

    def __init__(self, folder: Path):
        super().__init__(folder)
        [self.port] = _free_ports(1)
        self.url = f"redis://127.0.0.1:{self.port}/0"

    @classmethod
    def missing(cls) -> str:
        return "" if shutil.which("redis-server") else "redis-server is not installed on this machine."

    def _spawn(self) -> Popen:
        return _redis_like("redis-server", ["--bind", "127.0.0.1", "--port", self.port], self)


def _redis_like(binary: str, where: list, broker: Broker) -> Popen:
    command = [binary, *where, "--dir", broker.data, "--save", "", "--appendonly", "yes"]
    return spawn(command, log=broker.folder / "broker.log", cwd=broker.data)


class RabbitMQ(Broker):
    """Debian's, on a port, with a port mapper of its own: the one Erlang starts would outlive it."""

    name = "rabbitmq"

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.port, self.mapped, self.between = _free_ports(3)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self.mapper: Popen | None = None

    @classmethod
    def missing(cls) -> str:
        return "" if RABBIT.is_file() and shutil.which("epmd") else "rabbitmq-server is not installed on this machine."

    def _spawn(self) -> Popen:
        log, home = self.folder / "broker.log", self.folder
        if self.mapper is None:
            own = os.environ | {"ERL_EPMD_ADDRESS": "127.0.0.1", "ERL_EPMD_PORT": str(self.mapped)}
            self.mapper = spawn(["epmd"], log=log, env=own, on_parent_death=signal.SIGKILL)
        (home / "plugins").write_text("[].")
        (home / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\ndisk_free_limit.absolute = 1MB\nlog.console.level = warning\n"
        )
        settings = {
            "HOME": home,  # where Erlang keeps its cookie
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": self.mapped,
            "RABBITMQ_NODENAME": f"plumbline{self.port}@localhost",
            "RABBITMQ_DIST_PORT": self.between,
            "RABBITMQ_MNESIA_BASE": self.data,
            "RABBITMQ_LOG_BASE": home / "log",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": home / "pid",
            "RABBITMQ_CONF_ENV_FILE": home / "none",
            "RABBITMQ_CONFIG_FILE": home / "rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": home / "plugins",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-start_epmd false +sbwt none +sbwtdcpu none +sbwtdio none",
        }
        own = os.environ | {name: str(value) for name, value in settings.items()}
        return spawn([RABBIT], log=log, env=own, cwd=home)

    def close(self) -> None:
        super().close()
        if self.mapper:
            stop(self.mapper, signal.SIGKILL)


BROKERS = {broker.name: broker for broker in (Valkey, Redis, RabbitMQ)}


@contextmanager
def running(name: str, folder: Path) -> Iterator[Broker]:
    """A broker that runs in a folder of its own, until the block ends."""
    folder.mkdir(exist_ok=True)
    broker = BROKERS[name](folder)
    try:
        broker.start()
        yield broker
    finally:
        with suppress(ProcessLookupError):
            broker.close()


def _free_ports(count: int) -> list[int]:
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [door.getsockname()[1] for door in doors]
    for door in doors:
        door.close()
    return ports
