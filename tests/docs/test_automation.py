"""The documented hooks and CI jobs do what they promise, on a plan that holds and on one that does not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.docs import console
from tests.docs.console import shell
from tests.docs.pages import ROOT

EXAMPLES = ROOT / "docs" / "examples"
PLAN = Path("plans") / "my-plan"
SQUARES = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"id": "a"}, "geometry": {"type": "Polygon", "coordinates":
  [[[117.00, 31.80], [117.01, 31.80], [117.01, 31.81], [117.00, 31.81], [117.00, 31.80]]]}},
{"type": "Feature", "properties": {"id": "b"}, "geometry": {"type": "Polygon", "coordinates":
  [[[117.01, 31.80], [117.02, 31.80], [117.02, 31.81], [117.01, 31.81], [117.01, 31.80]]]}}
]}
"""
OVERLAPPING = SQUARES.replace("[117.01, 31.80], [117.02", "[117.005, 31.80], [117.02").replace(
    "[117.01, 31.81], [117.01, 31.80]]]}}\n]}", "[117.005, 31.81], [117.005, 31.80]]]}}\n]}"
)
PLAN_TOML = 'format = 1\nid = "my-plan"\nname = "My plan"\nstatus = "draft"\n'


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one plan in it that holds, as the examples name it."""
    folder = tmp_path / "repository"
    (folder / PLAN).mkdir(parents=True)
    (folder / PLAN / "plan.toml").write_text(PLAN_TOML, encoding="utf-8")
    (folder / PLAN / "zones.geojson").write_text(SQUARES, encoding="utf-8")
    return folder


def break_plan(folder: Path) -> None:
    (folder / PLAN / "zones.geojson").write_text(OVERLAPPING, encoding="utf-8")


@pytest.fixture
def git(folder: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run git in the folder, a new repository, knowing nothing of this machine's settings."""
    home = tmp_path / "home"
    home.mkdir()
    known = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(home)}
    known |= {"PRE_COMMIT_HOME": str(home / "pre-commit"), "PRE_COMMIT_COLOR": "never"}
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")

    def run(*arguments: str, where: Path = folder) -> subprocess.CompletedProcess[str]:
        program = ("git", *author) if arguments[0] != "pre-commit" else (sys.executable, "-m", "pre_commit")
        rest = arguments[1:] if arguments[0] == "pre-commit" else arguments
        return console.run([*program, *rest], where, **known)

    assert run("init", "--initial-branch", "main").returncode == 0
    return run


def commits(git: Callable[..., subprocess.CompletedProcess[str]]) -> int:
    return len(git("log", "--format=%h", "--all").stdout.split())


def assert_the_hook_holds_the_plan(folder: Path, git: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A plan that holds is committed, one that does not is refused with its finding, unrelated files are let be."""
    git("add", ".")
    good = git("commit", "-m", "a plan that holds")
    assert good.returncode == 0, good.stdout
    break_plan(folder)
    git("add", ".")
    bad = git("commit", "-m", "two zones on the same ground")
    assert bad.returncode != 0
    assert "a and b overlap" in bad.stdout
    assert "FAILED: 1 error" in bad.stdout
    assert commits(git) == 1
    git("restore", "--staged", ".")
    (folder / "notes.txt").write_text("nothing to do with the plan", encoding="utf-8")
    git("add", "notes.txt")
    other = git("commit", "-m", "something else")
    assert other.returncode == 0, other.stdout
    assert commits(git) == 2


def test_the_pre_commit_example_lets_a_plan_that_holds_pass_and_refuses_one_that_does_not(
    folder: Path, git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    shutil.copy(EXAMPLES / "pre-commit-config.yaml", folder / ".pre-commit-config.yaml")
    installed = git("pre-commit", "install")
    assert installed.returncode == 0, installed.stdout
    assert_the_hook_holds_the_plan(folder, git)


def test_the_hook_of_this_repository_checks_the_plan_named_in_args(
    folder: Path, tmp_path: Path, git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    # Installing geoplan needs a network, so the hook runs the one that is there; all else is as published.
    (published,) = load(ROOT / ".pre-commit-hooks.yaml")
    assert published["language"] == "python"
    origin = tmp_path / "geoplan-repository"
    origin.mkdir()
    (origin / ".pre-commit-hooks.yaml").write_text(yaml.safe_dump([published | {"language": "system"}]), "utf-8")
    for step in (("init",), ("add", "."), ("commit", "-m", "hooks")):
        assert git(*step, where=origin).returncode == 0
    (shown,) = _yaml_blocks_of_the_page()
    (entry,) = shown["repos"]
    entry |= {"repo": str(origin), "rev": git("rev-parse", "HEAD", where=origin).stdout.strip()}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(shown), encoding="utf-8")
    assert git("pre-commit", "install").returncode == 0
    assert_the_hook_holds_the_plan(folder, git)


def _yaml_blocks_of_the_page() -> list[Any]:
    text = (ROOT / "docs" / "automation.md").read_text(encoding="utf-8")
    return [yaml.safe_load(part.split("```")[0]) for part in text.split("```yaml\n")[1:]]


def test_pre_commit_accepts_the_hooks_of_this_repository_and_the_example(
    git: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    manifest = git("pre-commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    assert manifest.returncode == 0, manifest.stdout
    config = git("pre-commit", "validate-config", str(EXAMPLES / "pre-commit-config.yaml"))
    assert config.returncode == 0, config.stdout


@pytest.fixture
def plain_hook(folder: Path, git: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    target = folder / ".git" / "hooks" / "pre-commit"
    target.parent.mkdir(exist_ok=True)
    shutil.copy(EXAMPLES / "git-pre-commit", target)
    target.chmod(0o755)


@pytest.mark.usefixtures("plain_hook")
def test_the_plain_git_hook_lets_a_plan_that_holds_pass_and_refuses_one_that_does_not(
    folder: Path, git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    assert_the_hook_holds_the_plan(folder, git)


@pytest.mark.usefixtures("plain_hook")
def test_the_plain_git_hook_checks_what_is_staged_and_not_what_lies_beside_it(
    folder: Path, git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    break_plan(folder)
    git("add", ".")
    (folder / PLAN / "zones.geojson").write_text(SQUARES, encoding="utf-8")
    assert git("commit", "-m", "mended in the work tree only").returncode != 0
    git("add", ".")
    break_plan(folder)
    assert git("commit", "-m", "mended in what is staged").returncode == 0


@pytest.mark.usefixtures("plain_hook")
def test_the_plain_git_hook_sees_that_a_layer_is_removed(
    folder: Path, git: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    toml = folder / PLAN / "plan.toml"
    toml.write_text(PLAN_TOML + '[layers]\nzones = "zones.geojson"\n', encoding="utf-8")
    git("add", ".")
    assert git("commit", "-m", "a plan that holds").returncode == 0
    git("rm", "--quiet", str(PLAN / "zones.geojson"))
    refused = git("commit", "-m", "without its zones")
    assert refused.returncode != 0
    assert "there is no such file in the plan folder" in refused.stdout


def github_steps() -> list[dict[str, Any]]:
    job = load(EXAMPLES / "github-workflow.yml")["jobs"]["check"]
    steps: list[dict[str, Any]] = job["steps"]
    return steps


def run_github(folder: Path) -> dict[str, int]:
    """Run the workflow's own steps after the installation as the host does: a failure skips all but `always()`."""
    job = load(EXAMPLES / "github-workflow.yml")["jobs"]["check"]
    codes: dict[str, int] = {}
    for step in job["steps"]:
        skipped = any(codes.values()) and step.get("if") != "always()"
        if "run" not in step or step["name"] == "Install" or skipped:
            continue
        codes[step["name"]] = shell(f"set -eo pipefail\n{step['run']}", folder, PLAN=job["env"]["PLAN"]).returncode
    return codes


def run_gitlab(folder: Path) -> int:
    job = load(EXAMPLES / "gitlab-ci.yml")["check-plan"]
    script = "\n".join(["set -eo pipefail", *job["script"]])
    return shell(script, folder, **job["variables"]).returncode


def test_the_github_job_passes_on_a_plan_that_holds(folder: Path) -> None:
    assert run_github(folder) == {"Check": 0, "Findings": 0}


def test_the_github_job_fails_on_findings_and_still_uploads_them(folder: Path) -> None:
    break_plan(folder)
    assert run_github(folder) == {"Check": 1, "Findings": 0}
    (upload,) = (step for step in github_steps() if "upload-sarif" in step.get("uses", ""))
    assert upload["if"] == "always()"
    log = load(folder / upload["with"]["sarif_file"])  # JSON is YAML
    found = [result for result in log["runs"][0]["results"] if result["level"] == "error"]
    assert [result["ruleId"] for result in found] == ["overlap"]
    place = found[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "plans/my-plan/zones.geojson"


def test_the_github_job_does_not_take_a_file_that_cannot_be_read_for_findings(folder: Path) -> None:
    (folder / PLAN / "zones.geojson").write_text("nothing", encoding="utf-8")
    assert run_github(folder) == {"Check": 3, "Findings": 1}


def test_the_gitlab_job_passes_on_a_plan_that_holds(folder: Path) -> None:
    assert run_gitlab(folder) == 0


def test_the_gitlab_job_fails_on_findings_and_keeps_its_reports(folder: Path) -> None:
    break_plan(folder)
    assert run_gitlab(folder) == 1
    artifacts = load(EXAMPLES / "gitlab-ci.yml")["check-plan"]["artifacts"]
    assert artifacts["when"] == "always"
    tests = ET.parse(folder / artifacts["reports"]["junit"]).getroot()  # noqa: S314 (our own report)
    assert [case.get("name") for case in tests.iter("testcase") if case.find("failure") is not None] == ["overlap"]
    for path in artifacts["paths"]:
        assert "overlap" in (folder / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["github-workflow.yml", "gitlab-ci.yml"])
def test_a_job_installs_geoplan_from_where_its_user_says(name: str) -> None:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert text.count('pip install "$GEOPLAN"') == 1
    assert text.count("pip") == 2  # the comment that explains the variable, and the step
