"""Set-up promises: the locks match pyproject.toml, and nothing of a machine or a third party is committed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt", "tools/requirements-build.txt", "tools/requirements-bench.txt")

# Written in pieces, so that this file does not hold what it looks for.
REGISTRY_HOSTS = tuple(
    first + second
    for first, second in (
        ("pypi", ".org"),
        ("files.python", "hosted"),
        ("registry.npm", "js"),
        ("deb.deb", "ian.org"),
        ("anaconda", ".org"),
    )
)
MACHINE_PATHS = tuple("/" + rest for rest in ("work/", "root/", "home/", "opt/wheels", "opt/pypi"))
FORBIDDEN = re.compile(
    "|".join(
        [
            *map(re.escape, REGISTRY_HOSTS),
            # The start of a path: after a space, a quote or file://, but not inside a web address.
            rf"(?:(?<![\w.\-/])|(?<=file://))(?:{'|'.join(map(re.escape, MACHINE_PATHS))})",
        ]
    ).encode()
)

# Every interpreter and system the project promises: a lock pins each package exactly once for each of them.
ENVIRONMENTS = [
    {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": platform,
        "platform_system": system,
        "os_name": "nt" if platform == "win32" else "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for python in ("3.11", "3.12", "3.13")
    for platform, system in (("linux", "Linux"), ("darwin", "Darwin"), ("win32", "Windows"))
]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group, with the groups it includes."""
    found: list[str] = []
    for entry in pyproject()["dependency-groups"][name]:
        found.extend([entry] if isinstance(entry, str) else group(entry["include-group"]))
    return found


def asked_for(lock: str) -> list[str]:
    """Return the requirements of pyproject.toml that `lock` stands for."""
    runtime: list[str] = pyproject()["project"]["dependencies"]
    return {
        "requirements.txt": runtime,
        "requirements-dev.txt": runtime + group("dev"),
        "tools/requirements-bench.txt": runtime + group("dev") + group("bench"),
        "tools/requirements-build.txt": group("build"),
    }[lock]


def entries(lock: str) -> list[str]:
    """Return the entries of a lock, continuation lines joined and comments dropped."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def pins(lock: str, environment: Mapping[str, str]) -> dict[str, Version]:
    """Return the version pinned for each package in `environment`; a second pin for one package fails."""
    found: dict[str, Version] = {}
    for entry in entries(lock):
        requirement = Requirement(entry.split("--hash")[0])
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", entry
        if requirement.marker is None or requirement.marker.evaluate(dict(environment)):
            name = canonicalize_name(requirement.name)
            assert name not in found, f"{lock} pins {name} twice for {environment}"
            found[name] = Version(specifier.version)
    return found


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Return every file of the repository that is committed or about to be, and still there."""
    listed = run("git", "-c", "safe.directory=*", "ls-files", "-z")  # whoever owns the clone
    assert listed.returncode == 0, listed.stderr
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert len(files) > 10
    return [file for file in files if file.is_file()]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_pinned_within_its_range_on_every_system(lock: str) -> None:
    for environment in ENVIRONMENTS:
        pinned = pins(lock, environment)
        for line in asked_for(lock):
            wanted = Requirement(line)
            name = canonicalize_name(wanted.name)
            assert name in pinned, f"{lock} does not pin {name}: run `make lock`"
            assert wanted.specifier.contains(pinned[name], prereleases=True), f"{lock} pins {name} out of {line}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_hashes(lock: str) -> None:
    for entry in entries(lock):
        hashes = entry.split("--hash=")[1:]
        assert hashes, entry
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value.strip()) for value in hashes), entry


def test_the_development_lock_holds_the_same_versions_as_the_others() -> None:
    for environment in ENVIRONMENTS:
        development = pins("requirements-dev.txt", environment)
        for lock in ("requirements.txt", "tools/requirements-build.txt"):
            assert pins(lock, environment).items() <= development.items(), f"{lock} disagrees: run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_index_and_no_file(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-|--)(index|extra|find|trusted|i|f)\b", text, flags=re.MULTILINE)


def test_a_pin_for_one_python_only_is_matched_by_pins_for_the_others() -> None:
    marked = [Requirement(entry.split("--hash")[0]) for entry in entries("requirements.txt")]
    by_python = {r.name for r in marked if isinstance(r.marker, Marker) and "python_full_version" in str(r.marker)}
    # What only the older rasterio for the oldest Python stands on.
    by_python -= {"cligj", "click-plugins"}
    for environment in ENVIRONMENTS:
        assert by_python <= set(pins("requirements.txt", environment))


def test_no_tracked_file_names_a_registry_host_or_a_machine_path(tracked: list[Path]) -> None:
    hits = {
        f"{file.relative_to(ROOT)}: {match.group().decode()}"
        for file in tracked
        for match in FORBIDDEN.finditer(file.read_bytes())
    }
    assert not hits


def test_the_search_for_hosts_and_paths_finds_them_and_spares_web_addresses() -> None:
    assert FORBIDDEN.search(b"https://" + REGISTRY_HOSTS[0].encode() + b"/simple")
    assert FORBIDDEN.search(b"see " + MACHINE_PATHS[0].encode() + b"main")
    assert FORBIDDEN.search(b"file://" + MACHINE_PATHS[3].encode())
    assert FORBIDDEN.search(b"https://example.org" + MACHINE_PATHS[0].encode() + b"notice.html") is None


def test_no_third_party_script_style_or_font_is_committed(tracked: list[Path]) -> None:
    kinds = {".js", ".mjs", ".css", ".woff", ".woff2", ".ttf", ".otf", ".eot"}
    ours = {"geoplan/output/map/page", "geoplan/output/map/web"}  # folders of what we wrote ourselves
    found = {file.relative_to(ROOT).parent.as_posix() for file in tracked if file.suffix.lower() in kinds}
    assert found == ours


def test_ci_runs_every_check_from_any_folder(tmp_path: Path) -> None:
    # MAKEFLAGS=n makes the real script print what it would run.
    result = run("bash", str(ROOT / ".ci" / "run"), cwd=tmp_path, MAKEFLAGS="n", CI="true")
    assert result.returncode == 0, result.stderr
    for step in ("tools/provision.sh test", "ruff check .", "ruff format --check .", "mypy", "-m pytest"):
        assert step in result.stdout
    assert "--ignore" not in result.stdout
    assert re.search(r"^exec make test\b", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_make_alone_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = {name for line in re.findall(r"^\.PHONY:(.*)$", makefile, flags=re.MULTILINE) for name in line.split()}
    assert {"app", "test", "check", "lint", "lock", "bench", "docs", "clean", "help"} <= phony
    result = run("make", "--no-print-directory", MAKEFLAGS="")
    assert set(re.findall(r"^  make ([a-z]+) +\S", result.stdout, flags=re.MULTILINE)) == phony, result.stderr


def test_make_app_listens_where_it_is_told() -> None:
    told = run("make", "--dry-run", "app", MAKEFLAGS="", PORT="9123")
    assert "streamlit run app.py --server.port 9123" in told.stdout
    environment = {name: value for name, value in os.environ.items() if name != "PORT"}
    default = subprocess.run(
        ["make", "--dry-run", "app"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert "--server.port 8501" in default.stdout


def test_the_app_asks_nobody_and_reports_nothing() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["headless"] is True
    assert config["browser"]["gatherUsageStats"] is False
    # Streamlit asks an outside service for its own address unless it has been told one.
    assert config["browser"]["serverAddress"]


def test_a_system_without_apt_is_told_what_the_tests_use_and_goes_on(tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell is not None
    result = run(shell, str(ROOT / "tools" / "provision.sh"), "test", PATH=str(tmp_path))
    assert result.returncode == 0
    assert "not a Debian system" in result.stderr
    assert all(need in result.stderr for need in ("git", "Chromium", "Noto CJK", "PostGIS"))


def test_an_old_python_is_refused_with_what_to_do(tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell is not None
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")  # what the version question answers before 3.11
    old.chmod(0o755)
    result = run(shell, str(ROOT / "tools" / "make_venv.sh"), str(tmp_path / "venv"), PATH=str(tmp_path), PYTHON="")
    assert result.returncode == 1
    assert "needs Python 3.11 or newer" in result.stderr
    assert not (tmp_path / "venv").exists()


def test_an_environment_is_made_with_the_python_that_is_named(tmp_path: Path) -> None:
    result = run("sh", "tools/make_venv.sh", str(tmp_path / "venv"), PYTHON=sys.executable)
    assert result.returncode == 0, result.stderr
    asked = run(str(tmp_path / "venv" / "bin" / "python"), "-c", "import pip, sys; print(sys.version_info[:2])")
    assert asked.stdout.strip() == str(sys.version_info[:2])
