"""Asking an ASGI application as a server would, without one: status, headers and the bytes as they travel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.types import ASGIApp, Message

Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        """Return the content as the JSON it is."""
        return json.loads(self.content)


def finished(task: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of a coroutine, run in a thread of its own: a browser test may hold this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, task).result()


def ask(app: ASGIApp, path: str, headers: Mapping[str, str] | None = None, query: str = "") -> Answer:
    """Return the answer to a GET of `path`."""
    return ask_all(app, [path], headers, query)[0]


def ask_all(
    app: ASGIApp, paths: Sequence[str], headers: Mapping[str, str] | None = None, query: str = ""
) -> list[Answer]:
    """Return the answers to GETs of all `paths`, asked at the same time."""

    async def together() -> list[Answer]:
        return list(await asyncio.gather(*(_one(app, path, headers or {}, query) for path in paths)))

    return finished(together())


async def _one(app: ASGIApp, path: str, headers: Mapping[str, str], query: str) -> Answer:
    sent: list[Message] = []
    asked: list[bool] = []

    async def receive() -> Message:
        if not asked:
            asked.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.Event().wait()  # the other side stays until it has been answered
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path}
    scope |= {"raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http"}
    scope |= {"headers": named, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8501)}
    await app(scope, receive, send)
    start, *bodies = sent
    told = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(int(start["status"]), told, b"".join(body.get("body", b"") for body in bodies))
