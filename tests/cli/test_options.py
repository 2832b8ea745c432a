"""What a target means, and results that appear whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from geoplan.cli.options import is_plan
from geoplan.cli.streams import deliver, printable, require_writable
from geoplan.errors import InputError, UsageError
from tests.cli.run import invoke
from tests.read.files import save


def test_a_folder_with_plan_toml_the_file_and_a_bare_word_mean_a_plan(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").touch()
    assert is_plan(str(tmp_path))
    assert is_plan(str(tmp_path / "plan.toml"))
    assert is_plan("ustc-silicon-valley")


def test_anything_else_means_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zones").write_text("{}")
    for target in ("zones", "a.gpkg", "sub/zones", "/dev/null/x", "x" * 5000 + ".gpkg"):
        assert not is_plan(target)


def test_a_folder_without_a_plan_is_answered_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is a folder without plan\.toml.*geoplan new"):
        is_plan(str(tmp_path))


def test_a_result_replaces_a_file_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(0o640)
    deliver("新", path)
    assert path.read_text(encoding="utf-8") == "新"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_has_the_mode_others_would_have(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        deliver(b"x", tmp_path / "new.bin")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new.bin").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    deliver("x", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "x"


def test_what_comes_in_pieces_is_written_whole_or_not_at_all(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    def pieces(write: Callable[[str], object]) -> None:
        write("一\n")
        write("二\n")

    def broken(write: Callable[[str], object]) -> None:
        write("一\n")
        raise KeyError("the second piece")

    deliver(pieces, tmp_path / "report.json")
    assert (tmp_path / "report.json").read_bytes() == "一\n二\n".encode()
    deliver(pieces, None)
    assert capsysbinary.readouterr().out == "一\n二\n".encode()
    with pytest.raises(KeyError):
        deliver(broken, tmp_path / "report.json")
    assert (tmp_path / "report.json").read_bytes() == "一\n二\n".encode()
    assert list(tmp_path.iterdir()) == [tmp_path / "report.json"]


def test_json_is_the_same_in_a_file_and_on_standard_output(tmp_path: Path) -> None:
    printed = invoke("check", "ustc-silicon-valley", "--json")
    invoke("check", "ustc-silicon-valley", "--json", "--output", tmp_path / "check.json")
    assert (tmp_path / "check.json").read_text(encoding="utf-8") == printed.stdout
    assert printed.stdout.endswith("\n}\n")


def test_a_device_is_written_to_and_not_replaced() -> None:
    deliver("x", Path(os.devnull))
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere/report.json", "there is no such folder"),
        ("", "is a folder"),
        ("file/report.json", "there is no such folder"),
        ("x" * 300, "cannot be written"),
        ("a\0b", "cannot be written"),
        ("loop", "cannot be written"),
    ],
)
def test_an_output_that_cannot_be_written_is_one_line(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match=said):
        deliver("x", tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_a_missing_folder_is_told_before_anything_is_read(tmp_path: Path) -> None:
    require_writable(None)
    require_writable(tmp_path / "new")
    for command in ("check", "measure"):
        result = invoke(command, tmp_path / "missing.gpkg", "--output", tmp_path / "nowhere" / "x")
        assert result.exit_code == 2


def test_an_output_replaces_nothing_when_the_input_is_bad(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("old")
    assert invoke("check", tmp_path / "missing.gpkg", "--output", tmp_path / "report.json").exit_code == 3
    assert (tmp_path / "report.json").read_text() == "old"


def test_output_over_the_input_is_only_written_after_it_is_read(tmp_path: Path) -> None:
    path = save(tmp_path / "zones.geojson")
    assert invoke("measure", path, "--json", "--output", path).exit_code == 0
    assert '"geoplan.measure/1"' in path.read_text(encoding="utf-8")


def test_control_characters_are_shown_not_sent() -> None:
    assert printable("核心 a\x1b[31m\n\x9b\u202e") == "核心 a\\x1b[31m\\x0a\\x9b\\x202e"
