"""Write the reference parts of docs/plan.md, checks.md and commands.md from the code they describe.

    python -m docs.generate            write them anew
    python -m docs.generate --check    change nothing; exit code 1 when a page is not in step

A page keeps its hand-written text; what lies between the two markers is replaced.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from docs.models import Key, keys_of, tables_of
from docs.sources import paragraphs, reasons_to_skip
from geoplan.checks import CHECKS
from geoplan.checks.outcome import Check
from geoplan.cli.main import COMMANDS, cli
from geoplan.output.labels import CHECK_LABELS
from geoplan.plan import Plan
from geoplan.plan.rules import RULE_MODELS, BaseRule

FOLDER = Path(__file__).resolve().parent
BEGIN = "<!-- Written by `python -m docs.generate`; change the code it describes, not this part. -->"
END = "<!-- End of the written part. -->"
HELP_WIDTH = 100


def plan_reference() -> Iterator[str]:
    """Yield the tables of plan.toml, each with its keys."""
    for heading, model in tables_of(Plan):
        yield f"### {heading}"
        yield ""
        yield from paragraphs(model)
        yield from key_table(keys_of(model))


def checks_reference() -> Iterator[str]:
    """Yield the checks in the order they run: what each finds, its severity, its parameters, when it is skipped."""
    yield "| check | finds | severity | runs |"
    yield "|---|---|---|---|"
    for check in CHECKS:
        runs = "always" if check.default is not None else "with a rule"
        finds = CHECK_LABELS[check.name].description.en
        yield f"| [`{check.name}`](#{check.name}) | {cell(finds)} | {severity_of(check)} | {runs} |"
    yield ""
    for check in CHECKS:
        yield from _check(check)
    yield "### Keys of every rule"
    yield ""
    yield from paragraphs(BaseRule)
    yield from key_table(keys_of(BaseRule))


def _check(check: Check) -> Iterator[str]:
    title = CHECK_LABELS[check.name].title
    yield f"### {check.name}"
    yield ""
    yield f"{title.en} · {title.zh}"
    yield ""
    yield from paragraphs(check.run)
    model = rule_model(check.name)
    own = [key for key in keys_of(model) if key.name not in {key.name for key in keys_of(BaseRule)} | {"check"}]
    if own:
        first, *more = paragraphs(model)
        yield from (f"Rule: {first}", *more)
        yield from key_table(own)
    reasons = reasons_to_skip(check.run)
    if check.default is None:
        reasons = ["not asked for: there is no rule for it", *reasons]
    if reasons:
        yield "Skipped when: " + "; ".join(f"“{reason}”" for reason in reasons) + "."
        yield ""


def commands_reference() -> Iterator[str]:
    """Yield every command with its help, as the command line prints it."""
    context = root_context()
    yield from _help("geoplan", cli.get_help(context))
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is None:
            raise LookupError(name)
        inner = click.Context(command, info_name=name, parent=context, terminal_width=HELP_WIDTH)
        yield from _help(f"geoplan {name}", command.get_help(inner))
        if isinstance(command, click.Group):
            for sub, below in command.commands.items():
                innermost = click.Context(below, info_name=sub, parent=inner, terminal_width=HELP_WIDTH)
                yield from _help(f"geoplan {name} {sub}", below.get_help(innermost))


def root_context() -> click.Context:
    """Return the context `geoplan` runs in; click keeps a command's help option as the first context asked for it."""
    return click.Context(cli, info_name="geoplan", **{**cli.context_settings, "terminal_width": HELP_WIDTH})


def _help(title: str, text: str) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    yield "```text"
    yield from (line.rstrip() for line in text.splitlines())
    yield "```"
    yield ""


def rule_model(name: str) -> type[BaseRule]:
    """Return the model a rule for the check `name` is validated by."""
    for model in RULE_MODELS:
        if name in next(key.values for key in keys_of(model) if key.name == "check"):
            return model
    raise LookupError(name)


def severity_of(check: Check) -> str:
    """Return the severity a finding of this check has unless a rule says otherwise."""
    rule = check.default
    return str(rule.severity if rule is not None else rule_model(check.name).model_fields["severity"].default)


def key_table(keys: list[Key]) -> Iterator[str]:
    """Yield keys as a table: name, type, default, meaning."""
    yield "| key | type | default | meaning |"
    yield "|---|---|---|---|"
    for key in keys:
        yield f"| `{key.name}` | {cell(key.type)} | {cell(key.default)} | {cell(key.meaning)} |"
    yield ""


def cell(text: str) -> str:
    """Return text as one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "plan.md": plan_reference,
    "checks.md": checks_reference,
    "commands.md": commands_reference,
}


def render(name: str, folder: Path = FOLDER) -> str:
    """Return a page as it should be: its hand-written text with the reference part written anew.

    Raises ValueError when the page does not hold the two markers once each, in order.
    """
    page = (folder / name).read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise ValueError(f"{name} must hold {BEGIN!r} and {END!r} once each")
    written = "\n".join(PAGES[name]()).strip()
    return f"{before}{BEGIN}\n\n{written}\n\n{END}{after}"


def out_of_step(folder: Path = FOLDER) -> list[str]:
    """Return the names of the pages that differ from what the code says."""
    return [name for name in PAGES if (folder / name).read_text(encoding="utf-8") != render(name, folder)]


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or say which are not in step; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when a page is not in step")
    told = parser.parse_args(arguments)
    stale = out_of_step()
    for name in stale:
        if told.check:
            print(f"docs/{name} is not in step with the code: run `make docs`", file=sys.stderr)
        else:
            (FOLDER / name).write_text(render(name), encoding="utf-8", newline="\n")
            print(f"docs/{name} is written anew")
    return 1 if stale and told.check else 0


if __name__ == "__main__":
    sys.exit(main())
