"""What the blocks of a drawing would unfold to, counted before GDAL unfolds them.

Blocks insert blocks, so a few lines can stand for more lines than there is memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from geoplan.read.guards import UnfitError

MAX_UNFOLDED = 2_000_000  # entities of a drawing with every block put in its places
_REFERRING = (b"INSERT", b"DIMENSION", b"ARC_DIMENSION", b"LARGE_RADIAL_DIMENSION", b"ACAD_TABLE")


@dataclass(slots=True)
class _Block:
    own: int = 0
    inserts: list[tuple[bytes, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Entity:
    kind: bytes
    name: bytes = b""
    times: int = 1


def guard_blocks(path: Path) -> None:
    """Refuse a drawing that is cut short, or whose blocks contain themselves or unfold to too many entities.

    More than `MAX_UNFOLDED` are too many. Source: DXF reference, group codes 2 (block name), 70 and 71
    (columns and rows of an insert).
    """
    with path.open("rb") as stream:
        blocks = _blocks(_entities(iter(stream)))
    sizes: dict[bytes, int] = {}
    total = _unfolded(b"", blocks, sizes, ())
    if total > MAX_UNFOLDED:
        raise UnfitError(
            f"has blocks within blocks that unfold to {min(total, 10**12):,} entities or more; explode or purge them",
            "图块嵌套展开后对象过多；请分解或清理图块",
        )


def _entities(lines: Iterator[bytes]) -> Iterator[_Entity]:
    """Yield the entities, holding the file to the form of a drawing: GDAL never comes back from one cut short."""
    entity = _Entity(b"")
    for number, code in enumerate(lines):
        value = next(lines, b"")
        group = code.strip()
        if not group.removeprefix(b"-").isdigit():
            raise UnfitError(f"line {2 * number + 1} is no group code", f"第 {2 * number + 1} 行不是组码")
        if group == b"0" and value.strip() == b"EOF":
            yield entity
            return
        if group == b"0":
            yield entity
            entity = _Entity(value.strip().upper())
        elif group == b"2" and not entity.name:
            entity.name = value.strip().upper()
        elif group in (b"70", b"71") and entity.kind == b"INSERT":
            count = value.strip()[:9]
            entity.times *= max(1, int(count)) if count.isdigit() else 1
    raise UnfitError("is truncated: a drawing ends in EOF", "文件不完整：缺少 EOF 结尾")


def _blocks(entities: Iterator[_Entity]) -> dict[bytes, _Block]:
    """Return the blocks by name; what lies in none is under the empty name."""
    blocks = {b"": _Block()}
    current = blocks[b""]
    for entity in entities:
        if entity.kind == b"BLOCK":
            current = blocks.setdefault(entity.name, _Block()) if entity.name else blocks[b""]
        elif entity.kind in (b"ENDBLK", b"ENDSEC"):
            current = blocks[b""]
        elif entity.kind in _REFERRING and entity.name:
            current.inserts.append((entity.name, entity.times))
        else:
            current.own += entity.times
    return blocks


def _unfolded(name: bytes, blocks: dict[bytes, _Block], sizes: dict[bytes, int], within: tuple[bytes, ...]) -> int:
    if name in sizes or name not in blocks:
        return sizes.get(name, 1)
    if name in within or len(within) > 100:
        raise UnfitError("has a block that contains itself; purge the drawing", "图块包含自身；请清理图形")
    block = blocks[name]
    inner = (times * _unfolded(other, blocks, sizes, (*within, name)) for other, times in block.inserts)
    sizes[name] = block.own + sum(inner)
    return sizes[name]
