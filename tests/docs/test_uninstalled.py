"""`pip install -r requirements.txt` alone is enough: a checkout works without geoplan being installed."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

from geoplan.types import VERSION
from tests.docs.console import environment
from tests.docs.pages import ROOT


@pytest.fixture(scope="module")
def requirements(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every installed package but geoplan itself, as links."""
    folder = tmp_path_factory.mktemp("site-packages")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "geoplan" not in entry.name:
            (folder / entry.name).symlink_to(entry)
    return folder


def run(requirements: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(requirements), str(ROOT)))
    base = getattr(sys, "_base_executable", sys.executable)  # the one the virtual environment is made from
    return subprocess.run(
        [base, *arguments],
        cwd=ROOT,
        env=environment(PYTHONPATH=path, PYTHONDONTWRITEBYTECODE="1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def test_geoplan_is_really_not_installed_there(requirements: Path) -> None:
    done = run(requirements, "-c", "from importlib.metadata import version; version('geoplan')")
    assert "PackageNotFoundError" in done.stderr


@pytest.mark.parametrize("report", ["text", "json", "junit", "sarif", "html"])
def test_a_checkout_makes_every_report(requirements: Path, report: str) -> None:
    done = run(requirements, "-m", "geoplan", "check", "ustc-silicon-valley", "--report", report)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_a_checkout_knows_its_version(requirements: Path) -> None:
    done = run(requirements, "-m", "geoplan", "--version")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == VERSION


def test_the_version_is_the_one_that_is_packaged() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == VERSION
