"""The shape of the code, held as data: who may import whom, what is public, how large things may be."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import geoplan

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "geoplan"

# Layers from top to bottom. A module may import from its own layer's package and from layers below it.
LAYERS = (
    ("app",),
    ("geoplan.__main__",),
    ("geoplan.cli", "geoplan.ui"),
    ("geoplan",),
    ("geoplan.api",),
    ("geoplan.output.map", "geoplan.output.revisions", "geoplan.output.export", "geoplan.output.sheet"),
    ("geoplan.output.workbook",),
    ("geoplan.output.handover",),
    ("geoplan.drafts",),
    ("geoplan.revisions",),
    ("geoplan.counting",),
    ("geoplan.pyramid",),
    ("geoplan.workflow",),
    ("geoplan.accepting", "geoplan.current"),
    ("geoplan.store",),
    ("geoplan.output", "geoplan.measurement", "geoplan.published"),
    ("geoplan.distributed",),
    ("geoplan.service", "geoplan.facility_counts", "geoplan.point_counts"),
    ("geoplan.ground",),
    ("geoplan.checks",),
    ("geoplan.basemaps", "geoplan.match", "geoplan.read", "geoplan.diff", "geoplan.repair", "geoplan.crs_verdict"),
    ("geoplan.result",),
    ("geoplan.plan",),
    ("geoplan.zones", "geoplan.coverage", "geoplan.area"),
    ("geoplan.loose",),
    ("geoplan.chains", "geoplan.layer", "geoplan.noding"),
    ("geoplan.boxes",),
    ("geoplan.edges", "geoplan.geodesics", "geoplan.locating", "geoplan.shapes"),
    ("geoplan.rings",),
    ("geoplan.crs", "geoplan.offsets"),
    ("geoplan.ellipsoid", "geoplan.reconcile", "geoplan.smooth"),
    ("geoplan.memory",),
    ("geoplan.arrays", "geoplan.errors", "geoplan.inspection", "geoplan.ogr", "geoplan.parallel"),
    ("geoplan.types",),
)
RANK = {name: place for place, layer in enumerate(reversed(LAYERS)) for name in layer}

# Only these may import a library that draws pages or parses command lines.
UI_LIBRARIES = {"streamlit", "streamlit_folium", "click", "argparse", "typer"}
UI_PACKAGES = ("geoplan.cli", "geoplan.ui")


def modules() -> list[Path]:
    return sorted([*PACKAGE.rglob("*.py"), ROOT / "app.py"])


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module: str) -> str:
    """Return the longest entry of the table that the module belongs to."""
    return max((name for name in RANK if module == name or module.startswith(f"{name}.")), key=len)


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = (ROOT / Path(*inner.split("."))).with_suffix(".py").is_file()
                yield (inner if is_module else node.module), node.lineno


@pytest.mark.parametrize("path", modules(), ids=module_name)
def test_imports_point_down_the_table_only(path: Path) -> None:
    name = module_name(path)
    own = layer_of(name)
    for imported, line in imports(ast.parse(path.read_text(encoding="utf-8"))):
        if imported.split(".")[0] != "geoplan" or name == "geoplan":
            continue  # geoplan/__init__ lists the public names of every layer, lazily
        target = layer_of(imported)
        allowed = RANK[target] < RANK[own] or target == own
        assert allowed, f"{name} line {line} imports {imported}, which lies above or beside it"


@pytest.mark.parametrize("path", modules(), ids=module_name)
def test_only_the_command_line_and_the_app_know_their_libraries(path: Path) -> None:
    name = module_name(path)
    if name == "app" or name.startswith(UI_PACKAGES):
        return
    used = {imported.split(".")[0] for imported, _ in imports(ast.parse(path.read_text(encoding="utf-8")))}
    assert not used & UI_LIBRARIES


def test_the_table_lists_every_module_and_nothing_else() -> None:
    listed = {name for layer in LAYERS for name in layer}
    top = {".".join(module_name(path).split(".")[:2]) for path in modules()}
    assert top - listed == set()
    for name in listed:
        importlib.import_module(name)


def test_files_stay_short_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for folder in ("geoplan", "tests", "benchmarks", "docs", "geodata")
        for path in (ROOT / folder).rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


def test_functions_stay_short_enough_to_read() -> None:
    long = {
        f"{module_name(path)}.{node.name}": length
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > 60
    }
    assert long == {}


def test_no_broad_except_hides_a_failure() -> None:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{module_name(path)} line {node.lineno}"
                assert getattr(node.type, "id", "") not in ("Exception", "BaseException"), module_name(path)


def test_the_public_names_are_sorted_documented_and_really_there() -> None:
    assert geoplan.__all__ == sorted(geoplan.__all__)
    assert 10 <= len(geoplan.__all__) <= 16
    for name in geoplan.__all__:
        assert getattr(geoplan, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = geoplan.nothing  # type: ignore[attr-defined]


def test_public_functions_are_not_hidden_by_modules_of_the_same_name() -> None:
    importlib.import_module("geoplan.workflow")
    assert callable(geoplan.check)
    assert callable(geoplan.measure)
