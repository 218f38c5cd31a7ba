"""A virus scanner that speaks clamd's protocol over a real socket, for tests."""

import socketserver
import threading
import time

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
MOST = 25 * 1024 * 1024  # clamd's StreamMaxLength


class _Asked(socketserver.StreamRequestHandler):
    def handle(self):
        scanner = self.server.scanner
        time.sleep(scanner.delay)
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := int.from_bytes(self.rfile.read(4), "big"):
            content += self.rfile.read(size)
            if len(content) > scanner.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        scanner.asked.append(len(content))
        self.wfile.write(scanner.answer or (b"stream: Eicar-Test FOUND\0" if EICAR in content else b"stream: OK\0"))


class Scanner:
    """`asked` holds the sizes of what was sent. `answer` replaces what it would say, `delay` makes it slow."""

    def __init__(self):
        self.asked, self.answer, self.delay, self.most = [], b"", 0, MOST
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Asked)
        self._server.daemon_threads = True
        self._server.scanner = self
        self.url = f"tcp://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
