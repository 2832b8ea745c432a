"""Asking an ASGI application as a server would, without one: status, headers and the bytes as they travel."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes


def ask(app: ASGIApp, path: str, **headers: str) -> Answer:
    """Return the answer to a GET of `path`; header names are given with underscores."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path}
    scope |= {"raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "http", "headers": named}
    scope |= {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8501)}
    # In a thread of its own: a browser test in the same process may hold the event loop of this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, app(scope, receive, send)).result()
    start, *bodies = sent
    told = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(int(start["status"]), told, b"".join(body.get("body", b"") for body in bodies))
