"""What was due, and what became of it."""

from collections import Counter
from dataclasses import dataclass, field

from clinic.messages.models import Message
from tests.post_office import CUT, HANG, LOST_REPLY, Trouble

LEFT_IN_DOUBT = (HANG, CUT, LOST_REPLY)
BEFORE_A_MAIL = ("connect", "hello", "login")  # whatever happens there, no mail was handed over


@dataclass
class Ledger:
    """One round. `due` is the address by key; the rest is known when the round is over."""

    due: dict[str, str]
    rows: dict[str, Message] = field(default_factory=dict)
    arrived: Counter = field(default_factory=Counter)
    met: list[Trouble] = field(default_factory=list)
    ids: Counter = field(default_factory=Counter)  # how many Message-IDs the copies of one mail have
    seen: bool | None = None  # staff were told of the fault; None where there was nothing to see
    kills: int = 0  # how often the fault left one mail in doubt by right

    def count(self) -> Counter:
        """What became of the mails.

        "told" did not arrive, and stands before staff as failed. "twice" is known by name: its row says that it was in
        doubt. "wrong" is what must never be: a copy nobody knows of, a third one, a Message-ID of its own.
        """
        found: Counter[str] = Counter(due=len(self.due), met=len(self.met))
        for key in self.due:
            found[self._became(key)] += 1
        found["unclear"] = max(0, self._doubts() - self._by_the_mail_server())
        found["wrong"] += sum(ids > 1 for ids in self.ids.values())
        found["kills"] = self.kills
        found["seen"], found["to see"] = int(bool(self.seen)), int(self.seen is not None)
        return found

    def _became(self, key: str) -> str:
        row, copies = self.rows.get(key), self.arrived[key]
        failed = row is not None and row.status == Message.Status.FAILED
        if row is None or row.status in Message.UNSETTLED or not (copies or failed):
            return "lost"
        if not copies:
            return "told"
        if copies == 1:
            return "wrong" if failed and not row.doubts else "once"
        return "twice" if copies <= row.doubts + 1 else "wrong"

    def _doubts(self) -> int:
        return sum(row.doubts for row in self.rows.values())

    def _by_the_mail_server(self) -> int:
        return sum(one.what in LEFT_IN_DOUBT and one.step not in BEFORE_A_MAIL for one in self.met)


def faults_in(found: Counter) -> list[str]:
    """What of these counts breaks a promise."""
    wrong = []
    if found["lost"]:
        wrong.append(f"{found['lost']} lost")
    if found["wrong"]:
        wrong.append(f"{found['wrong']} that nobody knows of")
    if found["unclear"] > found["kills"]:
        wrong.append(f"{found['unclear']} unclear after {found['kills']} kills")
    if found["seen"] < found["to see"]:
        wrong.append(f"staff saw {found['seen']} of {found['to see']}")
    return wrong
