"""The command itself: help at once, one line for every mistake, the verdict as exit code, any terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoplan.cli.main import COMMANDS
from tests.cli.run import geoplan, invoke, main_here

HEAVY = ("geopandas", "pandas", "shapely", "pydantic", "pyproj", "pyogrio", "pyarrow", "numpy", "streamlit", "folium")


@pytest.mark.parametrize("arguments", [["--help"], ["bogus"]])
def test_help_and_mistakes_load_no_heavy_library(arguments: list[str]) -> None:
    script = f"""
import sys
sys.argv = ["geoplan", *{arguments!r}]
from geoplan.cli import main
try:
    main()
except SystemExit:
    pass
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_overview_names_every_command_and_the_exit_codes() -> None:
    output = invoke("--help").output
    for name, (_, text) in COMMANDS.items():
        assert name in output
        assert text in output
    for code in ("0 holds", "1 findings", "2 usage", "3 input", "4 store"):
        assert code in output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_has_help(name: str) -> None:
    result = invoke(name, "--help")
    assert result.exit_code == 0
    options = result.output.partition("Options:")[2]
    for line in options.splitlines():
        if line.startswith("  --"):
            assert len(line.split()) > 1, line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["check"], "Missing argument 'PLAN|FILE'"),
        (["check", "x", "--bogus"], " See geoplan check --help."),
        (["check", "x", "--report", "pdf"], "Invalid value for '--report': 'pdf' is not one of"),
        (["check", "x", "--area-tolerance", "-1"], "Invalid value for '--area-tolerance'"),
        (["measure", "x", "--method", "exact"], "'exact' is not one of 'ellipsoidal', 'geodesic', 'planar'"),
        (["check", "nowhere"], 'there is no plan "nowhere"'),
        (["check", ""], "is a folder without plan.toml"),
    ],
)
def test_a_mistake_in_the_command_is_one_line(arguments: list[str], said: str) -> None:
    code, output, errors = main_here(*arguments)
    assert output == ""
    (line,) = errors.splitlines()
    assert line.startswith("geoplan: ")
    assert said in line
    assert code == (3 if arguments == ["check", ""] else 2)


def test_errors_are_told_in_chinese_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_LANG", "zh")
    assert main_here("check", "nowhere.gpkg") == (3, "", "geoplan: nowhere.gpkg: 文件不存在。\n")


@pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}])
def test_chinese_is_printed_whatever_the_locale(locale: dict[str, str]) -> None:
    done = geoplan("plans", env=locale | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert done.returncode == 0
    assert "科大硅谷" in done.stdout


def test_a_reader_that_has_seen_enough_is_no_mistake_and_the_verdict_stands(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "geoplan", "check", "ustc-silicon-valley", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_a_full_disk_is_one_line() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 (a device)
        done = subprocess.run(
            [sys.executable, "-m", "geoplan", "plans"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "geoplan: the output cannot be written (No space left on device).\n"


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_output_is_no_crash(closed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geoplan", "check", "ustc-silicon-valley"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: os.close(closed),
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0


def test_the_data_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPLAN_DATA", str(tmp_path))
    assert json.loads(invoke("plans", "--json").stdout) == {
        "schema": "geoplan.plans/1",
        "folder": str(tmp_path),
        "plans": [],
    }


def test_no_progress_and_no_colour_reach_a_pipe() -> None:
    done = geoplan("check", "ustc-silicon-valley", env={"FORCE_COLOR": None})
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
