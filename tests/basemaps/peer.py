"""A server of tiles on this machine, that answers well, badly, slowly or not at all, and keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Answers by the peer's `answer`, silently."""

    def do_GET(self) -> None:
        peer = self.server
        assert isinstance(peer, Peer)
        peer.asked.append(self.path)
        peer.headers.append({name.lower(): value for name, value in self.headers.items()})
        with suppress(BrokenPipeError, ConnectionResetError):  # the other side has had enough, as is tested
            peer.answer(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def reply(self, status: int = 200, body: bytes = b"", kind: str = "image/png", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Peer(ThreadingHTTPServer):
    """A server on a free port of 127.0.0.1; `asked` holds the paths it was asked for."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Handler], None]) -> None:
        self.answer = answer
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def peer(answer: Callable[[Handler], None]) -> Iterator[Peer]:
    """Yield a peer that is running."""
    server = Peer(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
