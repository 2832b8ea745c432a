"""Reads `[geoplan.people]` of secrets.toml: every mistake is collected, none is guessed around."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from geoplan.errors import Mistake
from geoplan.types import Text
from geoplan.ui.roles import DEFAULT_SESSION, Entry, People, Role, normal_address

TABLE = "geoplan.people"
KEYS = ("editors", "viewers", "default", "session_hours", "unstated_email", "signed_out")
# Claims people can often write themselves; for the address there are entries that ask whether it was verified.
OWN_WORDS = ("email", "email_verified", "name", "given_name", "family_name", "nickname", "preferred_username", "upn")
MAX_HOURS = 30 * 24  # Streamlit's own cookie lasts 30 days
ENTRY = '"a@example.org" | "@example.org" | {claim = "groups", value = "planners"}'


def read_people(table: object, mistakes: list[Mistake]) -> People:
    """Return the people of a `[geoplan.people]` table, adding whatever is wrong with it to `mistakes`."""
    if not isinstance(table, Mapping):
        mistakes.append(_mistake("", Text("must be a table", "必须是表"), type(table).__name__))
        return People()
    unknown = [str(key) for key in table if key not in KEYS]
    mistakes += [_mistake(key, Text("unknown key", "未知的键"), "", ", ".join(KEYS)) for key in unknown]
    people = People(
        editors=_entries(table, "editors", mistakes),
        viewers=_entries(table, "viewers", mistakes),
        default=_default(table, mistakes),
        session=_session(table, mistakes),
        unstated_email=_unstated(table, mistakes),
        signed_out=_signed_out(table, mistakes),
    )
    if not (people.editors or people.viewers or people.default) and not any(m.key.startswith(TABLE) for m in mistakes):
        nobody = Text("nobody would be let in: no editors, no viewers, no default", "无人可以进入：未设编辑者、查看者")
        mistakes.append(_mistake("", nobody, "", 'editors = […] | viewers = […] | default = "viewer"'))
    return people


def _entries(table: Mapping[str, object], key: str, mistakes: list[Mistake]) -> tuple[Entry, ...]:
    given = table.get(key, [])
    if not isinstance(given, list):
        mistakes.append(_mistake(key, Text("must be a list", "必须是列表"), type(given).__name__, f"[{ENTRY}]"))
        return ()
    found = []
    for place, value in enumerate(given):
        entry = _entry(value)
        if entry is None:
            wrong = Text("is no address, domain or claim", "不是地址、域名或声明")
            mistakes.append(_mistake(f"{key}[{place}]", wrong, str(value), ENTRY))
        else:
            found.append(entry)
    return tuple(found)


def _entry(value: object) -> Entry | None:
    if isinstance(value, str):
        if "*" in value:  # no patterns: it would match nobody, and read as if it did
            return None
        if value.startswith("@"):
            normal = normal_address(f"x{value}")
            return Entry(domain=normal[2:]) if normal else None
        normal = normal_address(value)
        return Entry(address=normal) if normal else None
    if isinstance(value, Mapping) and set(value) == {"claim", "value"}:
        claim, wanted = value["claim"], value["value"]
        if isinstance(claim, str) and isinstance(wanted, str) and claim and wanted:
            return None if claim in OWN_WORDS else Entry(claim=claim, value=wanted)
    return None


def _default(table: Mapping[str, object], mistakes: list[Mistake]) -> Role | None:
    given = table.get("default", "none")
    if given not in ("viewer", "none"):  # an editor is always named
        unknown = Text("unknown role for everybody else", "其他登录者的角色无效")
        mistakes.append(_mistake("default", unknown, str(given), '"viewer", "none"'))
    return "viewer" if given == "viewer" else None


def _session(table: Mapping[str, object], mistakes: list[Mistake]) -> timedelta | None:
    given = table.get("session_hours", DEFAULT_SESSION.total_seconds() / 3600)
    if given == "token":
        return None
    if isinstance(given, (int, float)) and not isinstance(given, bool) and 0 < given <= MAX_HOURS:
        return timedelta(hours=float(given))
    length = Text("is no length of a session", "不是有效的会话时长")
    mistakes.append(_mistake("session_hours", length, str(given), f'0 < … ≤ {MAX_HOURS} | "token"'))
    return DEFAULT_SESSION


def _unstated(table: Mapping[str, object], mistakes: list[Mistake]) -> bool:
    given = table.get("unstated_email", "refuse")
    if given not in ("refuse", "accept"):
        unknown = Text("unknown rule", "未知的规则")
        mistakes.append(_mistake("unstated_email", unknown, str(given), '"refuse", "accept"'))
    return given == "accept"


def _signed_out(table: Mapping[str, object], mistakes: list[Mistake]) -> Path | None:
    given = table.get("signed_out")
    if given is None:
        return None
    path = Path(given) if isinstance(given, str) else Path()
    target = path if path.exists() else path.parent
    if not (path.is_absolute() and not path.is_dir() and os.access(target, os.W_OK)):
        wrong = Text(
            "is no full path of a file in a folder that exists and may be written", "不是现有可写文件夹中文件的完整路径"
        )
        mistakes.append(_mistake("signed_out", wrong, str(given)))
        return None
    return path


def _mistake(key: str, message: Text, found: str, allowed: str = "") -> Mistake:
    return Mistake(f"{TABLE}.{key}" if key else TABLE, message, found, allowed)
