"""A gateway for faxes on this machine that records what it is handed and says what it is told to say."""

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FaxGateway:
    """`faxes` is what it has, `keys` the headers they came with; `answers` its next HTTP codes.

    `says` is what became of any fax, as it answers when asked; a list is said one after the other.
    """

    def __init__(self) -> None:
        self.faxes: list[dict] = []
        self.keys: list[tuple] = []
        self.answers: list[int] = []
        self.says: object = {"state": "waiting"}
        self.url = ""

    def pdf(self, number: int = -1) -> bytes:
        return base64.b64decode(self.faxes[number]["pdf"])

    def saying(self) -> object:
        if isinstance(self.says, list):
            return self.says.pop(0)
        return self.says


@contextmanager
def fax_gateway():
    """Run one, for as long as it is needed."""
    recorded = FaxGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            code = recorded.answers.pop(0) if recorded.answers else 202
            recorded.keys.append((self.headers["Idempotency-Key"], self.headers["Authorization"]))
            if code < 300:
                recorded.faxes.append(sent)
            self._answer(code, {})

        def do_GET(self):
            known = self.path.rpartition("/")[2] in {fax["id"] for fax in recorded.faxes}
            self._answer(200 if known else 404, recorded.saying() if known else {})

        def _answer(self, code, said):
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    recorded.url = f"http://127.0.0.1:{server.server_port}/faxes"
    yield recorded
    server.shutdown()
    server.server_close()
