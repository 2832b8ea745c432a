"""Every schema against every document: what is whole is valid; with a key gone or a value of another kind it is not."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import jsonschema
import pytest

from geoplan.counting import PointSource, count_in_plan
from geoplan.facility_counts import count_facilities
from geoplan.inspection import Offset, Verdict
from geoplan.output.diff_document import DIFF_SCHEMA
from geoplan.output.documents import (
    CHECK_SCHEMA,
    CONFLICT_SCHEMA,
    EXPORT_SCHEMA,
    HISTORY_SCHEMA,
    INSPECT_SCHEMA,
    LOAD_SCHEMA,
    MEASURE_SCHEMA,
    PREPARE_SCHEMA,
    VERIFY_SCHEMA,
    check_document,
    dumps,
    measure_document,
)
from geoplan.output.export import export_bytes, export_document
from geoplan.output.points import POINTS_SCHEMA, points_document
from geoplan.output.service import FACILITIES_SCHEMA, SERVICE_SCHEMA, facilities_document, service_document
from geoplan.service import service_coverage
from geoplan.types import Severity
from tests.output.export.ground import squares
from tests.read.point_files import PLACES, wkb_of, write_parquet

FOLDER = resources.files("geoplan.output") / "schemas"
NAMED = {
    f"{name.removeprefix('geoplan.').replace('/', '-')}.schema.json": name
    for name in (
        CHECK_SCHEMA,
        MEASURE_SCHEMA,
        INSPECT_SCHEMA,
        LOAD_SCHEMA,
        HISTORY_SCHEMA,
        VERIFY_SCHEMA,
        CONFLICT_SCHEMA,
        EXPORT_SCHEMA,
        PREPARE_SCHEMA,
        DIFF_SCHEMA,
        SERVICE_SCHEMA,
        FACILITIES_SCHEMA,
        POINTS_SCHEMA,
    )
}
# Keys that were added after the first documents were written, which stay valid without them (docs/reports.md).
LATER = {
    CHECK_SCHEMA: {"fail_on", "published", "lapsed"},
    MEASURE_SCHEMA: {"method", "official_rounding", "groups", "warning"},
}
MADE = (CHECK_SCHEMA, MEASURE_SCHEMA, EXPORT_SCHEMA, SERVICE_SCHEMA, FACILITIES_SCHEMA, POINTS_SCHEMA)


def schema_of(name: str) -> dict[str, Any]:
    """Return a schema as the file has it, not as the code hands it out."""
    file = next(file for file, known in NAMED.items() if known == name)
    loaded: dict[str, Any] = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Any]]:
    view = squares(tmp_path_factory.mktemp("schemas"))
    points = write_parquet(tmp_path_factory.mktemp("points") / "p.parquet", wkb_of(PLACES))
    assert view.result.measurement is not None
    made = {
        CHECK_SCHEMA: check_document(view.result),
        MEASURE_SCHEMA: measure_document(view.result.measurement),
        EXPORT_SCHEMA: export_document(export_bytes(view, "csv"), "out.csv"),
        SERVICE_SCHEMA: service_document(view, service_coverage(view, "lab", 500.0)),
        FACILITIES_SCHEMA: facilities_document(view, count_facilities(view)),
        POINTS_SCHEMA: points_document(count_in_plan(view, PointSource(points, nearest=True))),
    }
    return {name: json.loads(dumps(document)) for name, document in made.items()}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every key of a document, of lists only the first entry."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from places(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def changed(document: dict[str, Any], path: tuple[Any, ...], value: Any = None, *, gone: bool = False) -> Any:
    copied = copy.deepcopy(document)
    at: Any = copied
    for key in path[:-1]:
        at = at[key]
    if gone:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copied


def test_the_package_holds_a_schema_for_every_document_and_no_other() -> None:
    files = {entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".json")}
    assert files == set(NAMED)


@pytest.mark.parametrize("file", sorted(NAMED))
def test_a_schema_is_of_draft_2020_12_and_allows_only_its_own_name(file: str) -> None:
    loaded = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    assert loaded["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert loaded["properties"]["schema"] == {"const": NAMED[file]}
    assert "schema" in loaded["required"]


@pytest.mark.parametrize("name", MADE)
def test_a_document_is_valid_and_without_any_one_of_its_first_keys_it_is_not(
    name: str, documents: Mapping[str, dict[str, Any]]
) -> None:
    judge = jsonschema.Draft202012Validator(schema_of(name))
    whole = documents[name]
    judge.validate(whole)
    missed = {key for key in whole if judge.is_valid(changed(whole, (key,), gone=True))}
    assert missed == LATER.get(name, set())


@pytest.mark.parametrize("name", MADE)
def test_no_value_anywhere_can_be_of_another_kind(name: str, documents: Mapping[str, dict[str, Any]]) -> None:
    judge = jsonschema.Draft202012Validator(schema_of(name))
    whole = documents[name]
    for path in places(whole):
        if "geometry" in path or path[-1] in ("expected", "measured"):
            continue  # geometry is GeoJSON's to describe; figures of findings are numbers or words
        assert not judge.is_valid(changed(whole, path, {"no": ["such", "thing"]})), path


@pytest.mark.parametrize("name", MADE)
def test_a_key_added_later_makes_no_document_invalid(name: str, documents: Mapping[str, dict[str, Any]]) -> None:
    jsonschema.Draft202012Validator(schema_of(name)).validate(documents[name] | {"later": 1})


def words_of(schema: Any) -> set[frozenset[str]]:
    """Return every list of allowed words in a schema."""
    found: set[frozenset[str]] = set()
    if isinstance(schema, dict):
        if "enum" in schema:
            found.add(frozenset(word for word in schema["enum"] if isinstance(word, str)))
        for inner in schema.values():
            found |= words_of(inner)
    elif isinstance(schema, list):
        for inner in schema:
            found |= words_of(inner)
    return found


def test_the_schema_of_inspections_knows_every_verdict_and_every_shift() -> None:
    allowed = words_of(schema_of(INSPECT_SCHEMA))
    assert frozenset(verdict.value for verdict in Verdict) in allowed
    assert frozenset(offset.value for offset in Offset) in allowed


def test_the_schema_of_checks_knows_every_severity() -> None:
    assert frozenset(severity.value for severity in Severity) in words_of(schema_of(CHECK_SCHEMA))
