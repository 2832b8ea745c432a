from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.ui import sessions
from geoplan.ui.sessions import EndedSessions


def test_a_session_is_over_once_it_is_ended_and_no_other_is() -> None:
    ended = EndedSessions()
    ended.end("a" * 64)
    assert ended.has("a" * 64)
    assert not ended.has("b" * 64)


def test_a_file_carries_ended_sessions_to_other_processes_and_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "signed-out"
    one, other = EndedSessions(), EndedSessions()
    assert not other.has("a" * 64, path)  # nobody has signed out yet
    one.end("a" * 64, path)
    assert other.has("a" * 64, path)
    one.end("b" * 64, path)
    assert other.has("b" * 64, path)
    assert EndedSessions().has("a" * 64, path)
    assert not EndedSessions().has("a" * 64)


def test_a_damaged_line_is_passed_over_and_hides_no_other(tmp_path: Path) -> None:
    path = tmp_path / "signed-out"
    path.write_bytes(b"\xff\xfe\n\n" + b"a" * 64 + b"\n" + b"b" * 64 + b" 17000")
    assert EndedSessions().has("b" * 64, path)


def test_a_file_that_cannot_be_written_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    ended = EndedSessions()
    with pytest.raises(OSError, match="signed-out"):
        ended.end("a" * 64, tmp_path / "no folder" / "signed-out")
    assert ended.has("a" * 64)  # over all the same, as far as this process goes


def test_what_no_cookie_can_outlive_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = EndedSessions()
    monkeypatch.setattr(sessions.time, "time", lambda: 0.0)
    ended.end("old")
    monkeypatch.setattr(sessions.time, "time", lambda: 32.0 * 24 * 3600)
    ended.end("new")
    assert ended.has("new")
    assert not ended.has("old")
