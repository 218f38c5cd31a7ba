"""Reading what the demo's mail server kept."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from clinic.embedded.running import STATE

FOLDER = STATE / "mail"
SHOWN = 200


@dataclass(frozen=True)
class Mail:
    """One kept mail. `name` is its place in the mailbox, `arrived` in UTC."""

    name: str
    arrived: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def to(self) -> str:
        return str(self.message.get("X-Delivered-To") or self.message.get("To", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        part = self.message.get_body(preferencelist=("plain",))
        return part.get_content() if part else ""

    @property
    def attachments(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]


def newest(folder: Path | None = None) -> list[Mail]:
    """Return the last mails that arrived, newest first."""
    names = sorted((folder or FOLDER).glob("*.eml"), reverse=True)
    return [_read(path) for path in names[:SHOWN]]


def find(name: str, folder: Path | None = None) -> Mail | None:
    path = (folder or FOLDER) / f"{name}.eml"
    return _read(path) if path.is_file() else None


def _read(path: Path) -> Mail:
    arrived = datetime.fromtimestamp(int(path.stem.split("-")[0]) / 1e9, UTC)
    return Mail(path.stem, arrived, message_from_bytes(path.read_bytes(), policy=policy.default))
