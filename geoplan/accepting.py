"""Accepting a finding of a plan: written into its plan.toml with reason, author and last day, comments kept.

plan.toml is where acceptances live, whoever writes them; what a load accepts is kept with its revision.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import tomlkit
from pydantic import ValidationError
from tomlkit.items import AoT

from geoplan.errors import StoreError, UsageError
from geoplan.output.whole import replace_whole
from geoplan.plan import Plan, load_plan
from geoplan.plan.load import PLAN_FILE
from geoplan.plan.model import ExceptionEntry
from geoplan.types import Text

LOCK_FILE = ".plan.toml.lock"
LOCK_SECONDS = 5.0
STALE_SECONDS = 60.0  # nobody writes a plan.toml for a minute: whoever held this lock was stopped
MAX_REASON = 500  # characters


def acceptance(finding: str, reason: str, author: str, expires: date | None) -> ExceptionEntry:
    """Return an acceptance as plan.toml holds it.

    Raises UsageError for a reason or an author that is empty or too long, and for an id no finding has.
    """
    said, who = " ".join(reason.split()), " ".join(author.split())
    if not said or not who or len(said) > MAX_REASON or len(who) > MAX_REASON:
        raise UsageError(
            Text("an acceptance needs a reason and an author.", "认可需填写理由和填写人。"),
            where=finding,
            hint=Text(
                f"Write both, at most {MAX_REASON} characters each.", f"两项均须填写，各不超过 {MAX_REASON} 字。"
            ),
        )
    try:
        return ExceptionEntry.model_validate({"finding": finding, "reason": said, "author": who, "expires": expires})
    except ValidationError as error:
        why = "; ".join(str(detail["msg"]) for detail in error.errors())
        raise UsageError(
            Text(f"cannot be accepted: {why}.", f"无法认可：{why}。"),
            where=finding,
            hint=Text("Accept a finding of the list.", "请从列表中选择检查结果。"),
        ) from None


def accept(plan: Plan, entry: ExceptionEntry) -> None:
    """Write an acceptance into the plan's plan.toml; one of the same finding that is there is replaced.

    Raises UsageError when the file cannot be written, PlanError when it has mistakes (it is left as it
    is), StoreError when somebody else is writing it.
    """

    def add(entries: AoT) -> None:
        _drop(entries, entry.finding)
        table = tomlkit.table()
        table.add("finding", entry.finding)
        table.add("reason", entry.reason.en if entry.reason.en == entry.reason.zh else _both(entry.reason))
        table.add("author", entry.author)
        if entry.expires is not None:
            table.add("expires", entry.expires)
        entries.append(table)

    _change(plan, add)


def withdraw(plan: Plan, finding: str) -> None:
    """Take the acceptance of a finding out of the plan's plan.toml; nothing happens when there is none.

    Errors as for `accept`.
    """
    _change(plan, lambda entries: _drop(entries, finding))


def _change(plan: Plan, change: Callable[[AoT], None]) -> None:
    path = plan.folder / PLAN_FILE
    with _locked(plan.folder):
        load_plan(plan.folder)  # a file with mistakes is mended by whoever made them, not written over
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        entries = document.get("accepted")
        fresh = not isinstance(entries, AoT)
        held = entries if isinstance(entries, AoT) else tomlkit.aot()
        change(held)
        if fresh and len(held):
            document.append("accepted", held)
        elif not fresh and not len(held):
            document.remove("accepted")
        text = tomlkit.dumps(document)
        replace_whole(path, lambda unfinished: unfinished.write_text(text, encoding="utf-8"))


def _drop(entries: AoT, finding: str) -> None:
    for place in reversed(range(len(entries))):
        if entries[place].get("finding") == finding:
            del entries[place]


def _both(text: Text) -> tomlkit.items.InlineTable:
    table = tomlkit.inline_table()
    table.update({"en": text.en, "zh": text.zh})
    return table


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one writer at a time at a plan.toml, on every system: whoever makes the lock file first."""
    lock = folder / LOCK_FILE
    _take(lock)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _take(lock: Path) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            _discard_stale(lock)
            if time.monotonic() > deadline:
                raise StoreError(
                    Text("somebody else is changing this plan.toml.", "plan.toml 正被他人修改。"),
                    where=str(lock),
                    hint=Text("Try again in a moment.", "请稍后重试。"),
                ) from None
            time.sleep(0.05)
        except OSError as error:
            raise UsageError(
                Text(
                    f"the plan folder cannot be written to ({error.strerror}).",
                    f"规划文件夹无法写入（{error.strerror}）。",
                ),
                where=str(lock.parent),
                hint=Text("Ask whoever runs this app for the right to write there.", "请联系管理员获取写入权限。"),
            ) from error
        else:
            return


def _discard_stale(lock: Path) -> None:
    try:
        if time.time() - lock.stat().st_mtime > STALE_SECONDS:
            lock.unlink(missing_ok=True)
    except FileNotFoundError:
        pass
