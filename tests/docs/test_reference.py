"""The reference pages are in step with the code, and name every command, option, check and key there is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import BaseModel, Field

from docs import generate
from docs.models import in_words, keys_of, meaning_of, tables_of
from docs.sources import reasons_to_skip, texts_under_keys
from geoplan.checks import CHECKS
from geoplan.checks.area_share import area_share
from geoplan.cli.main import COMMANDS, cli
from geoplan.plan import Plan
from geoplan.plan.mistakes import CHECK_NAMES
from geoplan.plan.rules import RULE_MODELS
from geoplan.read.indicators import COLUMNS
from tests.docs.pages import ROOT

DOCS = ROOT / "docs"


def commands() -> Iterator[tuple[str, click.Command]]:
    context = generate.root_context()
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command


def section(page: str, title: str) -> str:
    """Return the part of a page under a heading of the third level."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.search(rf"^### {re.escape(title)}$(.*?)(?=^##|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert found is not None, f"{page} has no section {title}"
    return found[1]


def test_every_reference_page_is_in_step_with_the_code() -> None:
    assert generate.out_of_step() == [], "run `make docs`"


def test_a_page_that_is_not_in_step_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    for name in generate.PAGES:
        (tmp_path / name).write_text(generate.render(name), encoding="utf-8")
    assert generate.out_of_step(tmp_path) == []
    page = tmp_path / "checks.md"
    stale = page.read_text(encoding="utf-8").replace("margin_m", "margin")
    page.write_text(stale, encoding="utf-8")
    assert generate.out_of_step(tmp_path) == ["checks.md"]
    assert page.read_text(encoding="utf-8") == stale
    assert "`margin_m`" in generate.render("checks.md", tmp_path)


def test_the_command_writes_pages_anew_and_its_check_fails_before_and_passes_after(tmp_path: Path) -> None:
    for folder in ("docs", "geoplan"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    page = tmp_path / "docs" / "commands.md"
    page.write_text(page.read_text(encoding="utf-8").replace("--fail-on", "--fail"), encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "docs.generate", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=60)

    before = run("--check")
    assert before.returncode == 1
    assert "docs/commands.md is not in step" in before.stderr
    assert "--fail-on" not in page.read_text(encoding="utf-8")
    assert run().returncode == 0
    assert run("--check").returncode == 0
    assert page.read_text(encoding="utf-8") == (DOCS / "commands.md").read_text(encoding="utf-8")


def test_what_is_written_by_hand_stays(tmp_path: Path) -> None:
    (tmp_path / "plan.md").write_text(
        f"before\n{generate.BEGIN}\noutdated part\n{generate.END}\nafter\n", encoding="utf-8"
    )
    page = generate.render("plan.md", tmp_path)
    assert page.startswith(f"before\n{generate.BEGIN}")
    assert page.endswith(f"{generate.END}\nafter\n")
    assert "outdated part" not in page
    (tmp_path / "plan.md").write_text("no markers", encoding="utf-8")
    with pytest.raises(ValueError, match=r"plan\.md must hold"):
        generate.render("plan.md", tmp_path)


def test_every_command_and_option_has_help_and_is_on_the_page() -> None:
    for name, command in commands():
        assert command.help, name
        text = section("commands.md", f"geoplan {name}")
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"
                for flag in (*parameter.opts, *parameter.secondary_opts):
                    assert re.search(rf"(?<![\w-]){flag}(?![\w-])", text), f"{name} {flag}"
            else:
                assert parameter.make_metavar(click.Context(command, parent=generate.root_context())) in text


def test_the_overview_of_commands_agrees_with_their_own_help() -> None:
    overview = section("commands.md", "geoplan")
    for name, command in commands():
        line = re.search(rf"^  {name} +(\S.*)$", overview, flags=re.MULTILINE)
        assert line is not None, name
        assert command.help is not None
        first = line[1].split()[0].rstrip(".,:")
        assert command.help.startswith(first), f"{name}: {line[1]!r} and {command.help[:40]!r}"


def test_every_check_has_a_section_and_a_row() -> None:
    text = (DOCS / "checks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`([a-z-]+)`\]\(#\1\) \|", text, flags=re.MULTILINE)
    assert rows == [check.name for check in CHECKS]
    for check in CHECKS:
        assert section("checks.md", check.name).strip()


def test_every_rule_a_plan_may_have_is_a_check_that_runs() -> None:
    assert sorted(CHECK_NAMES) == sorted(check.name for check in CHECKS)


def test_every_key_of_every_rule_is_on_the_page() -> None:
    common = section("checks.md", "Keys of every rule")
    for model in RULE_MODELS:
        for check in next(key.values for key in keys_of(model) if key.name == "check"):
            own = section("checks.md", check)
            for name in model.model_fields:
                assert name == "check" or f"| `{name}` |" in own + common, f"{check}.{name}"


def test_every_table_and_key_of_a_plan_is_on_the_page() -> None:
    text = (DOCS / "plan.md").read_text(encoding="utf-8")
    for name, field in Plan.model_fields.items():
        key = field.alias or name
        assert any(f"`{form}`" in text for form in (key, f"[{key}]", f"[[{key}]]")), key
    for heading, model in tables_of(Plan):
        part = section("plan.md", heading)
        for key in keys_of(model):
            assert f"| `{key.name}` |" in part, f"{heading} {key.name}"


def test_the_columns_of_the_indicators_are_on_the_page() -> None:
    text = (DOCS / "plan.md").read_text(encoding="utf-8")
    for column in COLUMNS:
        assert f"`{column}`" in text, column


def test_defaults_and_limits_are_told_as_the_model_has_them() -> None:
    part = section("plan.md", "`[tolerance]`")
    assert "| `area_m2` | number ≥ 0 | `1.0` |" in part
    assert "| `width_m` | number ≥ 0 | `0.01` |" in part
    assert "| `min` | number ≥ 0, ≤ 1 | `0.0` |" in section("checks.md", "area-share")
    assert "| `km2` | number > 0 | required |" in section("checks.md", "area-total")
    assert "| `status` | `official`, `indicative`, `draft` | required |" in section("plan.md", "Top of the file")


class Documented(BaseModel):
    """A table whose keys say what they mean, but for one."""

    width: float = Field(default=1.0, ge=0)
    """How wide."""
    silent: int = 0


class Base(Documented):
    """A table that takes a key over."""


def test_a_key_without_a_meaning_stops_the_generator() -> None:
    assert texts_under_keys(Base) == {"width": "How wide."}
    with pytest.raises(LookupError, match="silent"):
        meaning_of(Documented)


def test_a_type_without_words_stops_the_generator() -> None:
    with pytest.raises(TypeError, match="complex"):
        in_words(complex)
    assert in_words(tuple[str, ...]) == "list of text"
    assert in_words(float | None) == "number"


def test_reasons_to_skip_are_those_of_the_code() -> None:
    reasons = reasons_to_skip(area_share)
    assert "no zone has an area that can be measured" in reasons
    assert "the share cannot be measured yet: …" in reasons
