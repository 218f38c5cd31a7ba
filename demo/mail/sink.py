"""The demo's mail server: takes every mail, delivers none, keeps each as a file only its owner can read.

    python -m demo.mail.sink --fd 5 --folder .state/mail

The listening socket is handed over by whoever starts it, so nobody has to guess a free port.
"""

import argparse
import asyncio
import itertools
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Keeper:
    """Writes each mail to `folder/<arrival>.eml`; the sender hears "250" only when the file is complete."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.arrivals = itertools.count()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        name = f"{time.time_ns():020d}-{next(self.arrivals):06d}"  # sorts by arrival
        fresh = self.folder / f"{name}.part"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(f"X-Delivered-To: {', '.join(envelope.rcpt_tos)}\r\n".encode())
            file.write(envelope.original_content)
        fresh.rename(fresh.with_suffix(".eml"))
        return "250 kept"


async def serve(door: socket.socket, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    keeper = Keeper(folder)
    server = await loop.create_server(lambda: SMTP(keeper, hostname="localhost", ident="Plumbline demo"), sock=door)
    async with server:
        await stopped.wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(serve(socket.socket(fileno=options.fd), options.folder))


if __name__ == "__main__":
    main()
