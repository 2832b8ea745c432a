"""The revisions of a plan, and what verifying a store found, as text and as JSON documents."""

from __future__ import annotations

from collections.abc import Iterator

from geoplan.output.documents import HISTORY_SCHEMA, VERIFY_SCHEMA, Document, finite
from geoplan.output.escape import for_terminal
from geoplan.output.figures import square_metres
from geoplan.output.page import BOLD, DIM, Page
from geoplan.output.recorded import message_text
from geoplan.output.style import PASSED, SEVERITY_STYLES
from geoplan.revisions.history import History
from geoplan.store import Problem, Revision
from geoplan.types import Severity


def history_document(history: History) -> Document:
    """Return the document of a history (schema `geoplan.history/1`), ready for `dumps`; oldest revision first."""
    return {
        "schema": HISTORY_SCHEMA,
        "plan": history.plan.id,
        "store": history.store,
        "current": history.current,
        "revisions": [revision_document(revision) for revision in history.revisions],
    }


def revision_document(revision: Revision) -> Document:
    """Return one revision as it stands in a history: `sha256` is its hash, which covers all before it."""
    return {
        "number": revision.number,
        "parent": revision.parent,
        "time": revision.time,
        "author": revision.author,
        "message": revision.message,
        "sha256": revision.hash,
        "source": {
            "path": revision.source_path,
            "sha256": revision.source_sha256,
            "crs": revision.source_crs,
            "operation": revision.source_operation,
        },
        "crs": revision.crs,
        "zones": len(revision.zone_hashes),
        "total_m2": finite(revision.total_m2),
        "passed": revision.passed,
        "restored_from": revision.restored_from,
        "tool_version": revision.tool_version,
    }


def render_history(history: History, *, language: str = "en", width: int = 80, colour: bool = False) -> str:
    """Return a history as text, the current revision first."""
    page = Page.of(language, width, colour=colour)
    lines = [*page.wrapped(f"{page.get(history.plan.name)} ({for_terminal(history.plan.id)})", BOLD)]
    lines += page.labelled(page.say("store", "存储"), for_terminal(history.store))
    if not history.revisions:
        lines += page.wrapped(
            page.say("No revision yet: the zones are those in the plan folder.", "尚无版本：分区取自规划文件夹。")
        )
    for revision in reversed(history.revisions):
        lines += _revision(page, revision, current=revision.number == history.current)
    return "\n".join(lines) + "\n"


def verify_document(store: str, plans: tuple[str, ...], problems: tuple[Problem, ...]) -> Document:
    """Return what verifying a store found (schema `geoplan.verify/1`), ready for `dumps`."""
    return {
        "schema": VERIFY_SCHEMA,
        "store": store,
        "intact": not problems,
        "plans": list(plans),
        "problems": [
            {
                "plan": problem.plan or None,
                "revision": problem.revision,
                "message": {"en": problem.message.en, "zh": problem.message.zh},
            }
            for problem in problems
        ],
    }


def render_verify(
    store: str, plans: tuple[str, ...], problems: tuple[Problem, ...], *, language: str = "en", colour: bool = False
) -> str:
    """Return what verifying a store found as text, ending in one line with the verdict."""
    page = Page.of(language, 80, colour=colour)
    lines = [*page.labelled(page.say("store", "存储"), for_terminal(store))]
    count = len(plans)
    named = ", ".join(map(for_terminal, plans)) or page.say("none", "无")
    lines += page.labelled(page.say("plans", "规划"), named)
    for problem in problems:
        number = (
            "" if problem.revision is None else page.say(f", revision {problem.revision}", f"，版本 {problem.revision}")
        )
        where = for_terminal(problem.plan) + number + ": " if problem.plan else ""
        lines += page.wrapped(f"  {where}{page.get(problem.message)}", SEVERITY_STYLES[Severity.ERROR].ansi, "    ")
    if problems:
        said = page.say(f"NOT INTACT: {len(problems)} found", f"不完整：{len(problems)} 处")
        lines += page.wrapped(said, SEVERITY_STYLES[Severity.ERROR].ansi)
    else:
        plural = "" if count == 1 else "s"
        said = page.say(f"INTACT: every hash of {count} plan{plural} holds", f"完整：{count} 个规划的全部散列值相符")
        lines += page.wrapped(said, PASSED.ansi)
    return "\n".join(lines) + "\n"


def _revision(page: Page, revision: Revision, *, current: bool) -> Iterator[str]:
    mark = page.say(" (current)", "（现行）") if current else ""
    head = page.say(f"Revision {revision.number}", f"版本 {revision.number}")
    yield ""
    yield from page.wrapped(f"{head}{mark}  {for_terminal(revision.time)}  {for_terminal(revision.author)}", BOLD)
    message = page.get(message_text(revision.message, revision.source_path, revision.decision))
    yield from page.wrapped(f"  {for_terminal(message)}", indent="  ")
    count = len(revision.zone_hashes)
    area = square_metres(revision.total_m2, page.language)
    holds = page.say("holds", "符合") if revision.passed else page.say("does not hold", "不符合")
    restored = revision.restored_from
    again = page.say(f", restored from {restored}", f"，恢复自版本 {restored}") if restored is not None else ""
    plural = "" if count == 1 else "s"
    yield from page.wrapped(
        page.say(
            f"  {count:,} zone{plural}, {area} m², {holds}{again}", f"  {count:,} 个分区，{area} m²，{holds}{again}"
        ),
        indent="  ",
    )
    parts = (revision.source_path, revision.source_crs, f"sha256 {revision.source_sha256[:12]}")
    source = ", ".join(for_terminal(part) for part in parts if part)
    yield from page.wrapped("  " + page.say("source ", "来源 ") + source, DIM, "    ")
