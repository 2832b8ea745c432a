"""What a load or a restore came to, as text for people and as the JSON document `geoplan.load/1`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from geoplan.output.diff_document import diff_document
from geoplan.output.diff_text import render_diff
from geoplan.output.documents import CONFLICT_SCHEMA, LOAD_SCHEMA, Document, check_document, finite
from geoplan.output.escape import for_terminal
from geoplan.output.labels import finding_figures
from geoplan.output.page import BOLD, DIM, Page
from geoplan.output.revisions.history import revision_document
from geoplan.output.revisions.inspect import inspect_document, inspection_lines
from geoplan.output.style import PASSED, SEVERITY_STYLES
from geoplan.repair import Repair
from geoplan.revisions.values import How, LoadResult, MatchedFeature, Outcome, PublishConflictError
from geoplan.types import Finding, Severity, Text

HOW_LABELS = {
    How.ID: Text("by id", "按编号"),
    How.ALIAS: Text("by alias", "按别名"),
    How.NAME: Text("by name", "按名称"),
    How.SHAPE: Text("by shape", "按形状"),
    How.ORDER: Text("by place in the file", "按文件顺序"),
    How.NEW: Text("no zone of the plan", "不属于规划分区"),
}
MAX_SHOWN = 50  # findings and repairs worth reading in a terminal


def load_document(result: LoadResult) -> Document:
    """Return the document of a load or a restore (schema `geoplan.load/1`), ready for `dumps`.

    `inspect`, `check` and `diff` are whole documents of their own schemas, null where it did not get that far.
    """
    return {
        "schema": LOAD_SCHEMA,
        "outcome": result.outcome.value,
        "would": result.would.value,
        "plan": result.plan.id,
        "store": result.store,
        "revision": result.revision.number if result.revision else None,
        "parent": result.parent,
        "published": revision_document(result.revision) if result.revision else None,
        "reasons": [_text(reason) for reason in result.reasons],
        "notes": [_text(note) for note in result.notes],
        "inspect": inspect_document(result.inspection) if result.inspection else None,
        "matched": [_matched(row) for row in result.matched],
        "check": check_document(result.check) if result.check else None,
        "diff": diff_document(result.comparison) if result.comparison else None,
        "repairs": [dict(record) for record in result.repair.records()] if result.repair else [],
        "repair_refused": [
            {"zone": refusal.zone, "reason": _text(refusal.reason)}
            for refusal in (result.repair.refused if result.repair else ())
        ],
    }


def conflict_document(error: PublishConflictError) -> Document:
    """Return both differences of a conflict: since the revision the update was made from, and the update's own."""
    return {
        "schema": CONFLICT_SCHEMA,
        "plan": error.where,
        "expected": error.expected,
        "current": error.current,
        "theirs": diff_document(error.theirs),
        "mine": diff_document(error.mine),
    }


def render_load(result: LoadResult, *, language: str = "en", width: int = 80, colour: bool = False) -> str:
    """Return a load or a restore as text, ending in one line with the outcome."""
    page = Page.of(language, width, colour=colour)
    lines = [*page.wrapped(f"{page.get(result.plan.name)} ({for_terminal(result.plan.id)})", BOLD)]
    if result.inspection is not None:
        lines += inspection_lines(page, result.inspection)
    lines += page.labelled(page.say("store", "存储"), for_terminal(result.store))
    lines += _matching(page, result.matched)
    for note in result.notes:
        lines += page.labelled(page.say("note", "说明"), page.get(note))
    if result.repair is not None:
        lines += page.titled(page.say("Repair", "修复"), _repairs(page, result.repair))
    if result.comparison is not None and result.would is not Outcome.UNCHANGED:
        shown = render_diff(result.comparison, language=language, width=width, colour=colour)
        lines += page.titled(page.say("What it changes", "变更内容"), shown.rstrip("\n").split("\n"))
    if result.check is not None and result.check.failing:
        lines += page.titled(page.say("What does not hold", "不满足的检查项"), _failing(page, result.check.failing))
    return "\n".join([*lines, "", *_outcome(page, result)]) + "\n"


def render_conflict(error: PublishConflictError, *, language: str = "en", width: int = 80, colour: bool = False) -> str:
    """Return both differences of a conflict as text."""
    page = Page.of(language, width, colour=colour)
    theirs = render_diff(error.theirs, language=language, width=width, colour=colour).rstrip("\n").split("\n")
    mine = render_diff(error.mine, language=language, width=width, colour=colour).rstrip("\n").split("\n")
    since = page.say("What others published in the meantime", "期间他人发布的变更")
    if error.expected:
        since = page.say(
            f"What others published since revision {error.expected}", f"自版本 {error.expected} 以来他人发布的变更"
        )
    own = page.say("What this update would change now", "本次更新相对现行版本的变更")
    return "\n".join([*page.titled(since, theirs), *page.titled(own, mine)]).lstrip("\n") + "\n"


def _matching(page: Page, matched: tuple[MatchedFeature, ...]) -> Iterator[str]:
    if not matched:
        return
    counts = Counter(row.how for row in matched)
    told = ", ".join(f"{counts[how]:,} {page.get(HOW_LABELS[how])}" for how in How if counts[how])
    plural = "" if len(matched) == 1 else "s"
    said = page.say(f"{len(matched):,} feature{plural}: {told}", f"{len(matched):,} 个要素：{told}")
    yield from page.labelled(page.say("zones", "分区"), said)


def _repairs(page: Page, repair: Repair) -> Iterator[str]:
    if not repair.ledger:
        yield page.say("nothing to mend", "无需修复")
    for entry in repair.ledger[:MAX_SHOWN]:
        yield from page.wrapped(
            f"  {for_terminal(entry.zone)}  {entry.step}: {entry.before_m2:,.4f} → {entry.after_m2:,.4f} m² "
            f"(+{entry.gained_m2:,.4f} −{entry.lost_m2:,.4f})",
            indent="    ",
        )
    if len(repair.ledger) > MAX_SHOWN:
        left = len(repair.ledger) - MAX_SHOWN
        yield page.say(f"  … {left:,} more (--json)", f"  …另有 {left:,} 项（--json）")


def _failing(page: Page, findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings[:MAX_SHOWN]:
        yield from page.wrapped(f"  {for_terminal(finding.id)}", SEVERITY_STYLES[finding.severity].ansi)
        figures = page.get(finding_figures(finding))
        for text in filter(None, (page.get(finding.message), figures)):
            yield from page.wrapped(f"    {text}", indent="    ")
    if len(findings) > MAX_SHOWN:
        left = len(findings) - MAX_SHOWN
        yield page.say(f"  … {left:,} more (--json)", f"  …另有 {left:,} 项（--json）")


def _outcome(page: Page, result: LoadResult) -> Iterator[str]:
    if result.would is Outcome.REJECTED:
        reasons = " ".join(page.get(reason) for reason in result.reasons) if not result.undecided else ""
        undecided = page.say("the coordinates are undecided.", "坐标系未确定。") if result.undecided else ""
        head = page.say("REJECTED: nothing was written; ", "已拒绝：未写入任何内容；")
        yield from page.wrapped(head + reasons + undecided, SEVERITY_STYLES[Severity.ERROR].ansi)
        if result.check is not None and result.check.failing:
            hint = page.say(
                "Mend the file, or accept a finding with --accept ID=REASON.",
                "请修正文件，或用 --accept 发现编号=理由 认可。",
            )
            yield from page.wrapped(hint, DIM)
        return
    parent = (
        page.say(f"revision {result.parent}", f"版本 {result.parent}")
        if result.parent
        else page.say("the plan folder", "规划文件夹")
    )
    if result.would is Outcome.UNCHANGED:
        said = page.say(f"UNCHANGED: the zones are those of {parent}", f"无变化：分区与{parent}相同")
    elif result.revision is None:
        said = page.say("DRY RUN: it would be published; nothing was written", "试运行：将会发布；未写入任何内容")
    else:
        number = result.revision.number
        said = page.say(f"PUBLISHED as revision {number}", f"已发布为版本 {number}")
    yield from page.wrapped(said, PASSED.ansi)


def _matched(row: MatchedFeature) -> Document:
    return {
        "feature": row.place,
        "zone": row.zone,
        "how": row.how.value,
        "key": row.key,
        "share": finite(row.share),
    }


def _text(text: Text) -> Document:
    return {"en": text.en, "zh": text.zh}
