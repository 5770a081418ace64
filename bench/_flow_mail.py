"""A mail server that keeps nothing but the headers: to count what left, and what left twice."""

import email
import socketserver
import threading
from collections import Counter
from contextlib import contextmanager


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self._say(220, "flow")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self._say(354, "go on")
                self.server.take(self._message())
                self._say(250, "taken")
            elif word == b"QUIT":
                self._say(221, "bye")
                return
            else:
                self._say(250, "ok")

    def _say(self, code, words):
        self.wfile.write(f"{code} {words}\r\n".encode())

    def _message(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return b"".join(lines)


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.letters = Counter()
        self._lock = threading.Lock()

    def take(self, content):
        message = email.message_from_bytes(content)
        with self._lock:
            self.letters[message["Message-Id"], message["To"]] += 1

    def twice(self):
        return [f"{count} times {key}" for key, count in self.letters.items() if count > 1]


@contextmanager
def mail_server():
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
