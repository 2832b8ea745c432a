"""The error tree: everything geoplan tells a user instead of a traceback.

    GeoplanError                 base; carries text in English and 中文, a place and a next step
    ├── UsageError         (2)   an option or argument that cannot be followed
    │   ├── PlanError      (2)   mistakes in plan.toml, all of them at once
    │   └── SettingsError  (2)   mistakes in how the app is served and who may use it, all of them at once
    ├── RoleError          (2)   a change asked for by somebody who may only look
    ├── FontError          (2)   a sheet that needs a font which is not there
    ├── InputError         (3)   a file that cannot be read or is refused
    │   ├── MissingCrsError (3)  coordinates without a coordinate system
    │   ├── CrsError        (3)  a coordinate system that is unknown, mixed or unfit
    │   ├── GeometryError   (3)  geometry that no area can be computed for
    │   └── DiffConflictError (3)  a difference applied to zones it was not made from
    └── StoreError         (4)   the store of revisions is locked, newer or broken
        ├── ConflictError  (4)   somebody else published in the meantime
        └── DraftConflictError (4)  somebody else saved or deleted the draft in the meantime

The number is the process exit code. Findings are not errors: they are values (`types.Finding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from geoplan.types import Text


class GeoplanError(Exception):
    """Base of every error geoplan raises on purpose.

    `message` says what is wrong, `where` names the file, layer, feature or key, and `hint` says what
    to do next; `message` and `hint` are bilingual. `str(error)` is one English line.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: Text, *, where: str = "", hint: Text | None = None) -> None:
        self.message = message
        self.where = where
        self.hint = hint
        super().__init__(self.line("en"))

    def line(self, language: str) -> str:
        """Return the whole error as one line in `language` ("en" or "zh")."""
        parts = [f"{self.where}: " if self.where else "", self.message.get(language)]
        if self.hint is not None:
            parts.append(f" {self.hint.get(language)}")
        return " ".join("".join(parts).split())

    def at(self, where: str) -> Self:
        """Return this error with `where` put before the place it names already, such as a feature."""
        if not self.where.startswith(where):
            inner = "" if where.startswith(self.where) else f", {self.where}"
            self.where = f"{where}{inner}"
            self.args = (self.line("en"),)
        return self


class UsageError(GeoplanError):
    """An option, argument or plan name that cannot be followed (exit code 2)."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in plan.toml: the `key` path, what is wrong, what was `found`, what is `allowed`.

    `found` and `allowed` are values and names as the file writes them, the same in every language; "" for neither.
    """

    key: str
    message: Text
    found: str
    allowed: str = ""

    def __str__(self) -> str:
        return self.line("en")

    def line(self, language: str) -> str:
        """Return the whole mistake in `language` ("en" or "zh")."""
        words = Text(" (found {})|; allowed: {}", "（现为 {}）|；允许：{}").get(language).split("|")
        said = zip(words, (self.found, self.allowed), strict=True)
        tail = "".join(word.format(value) for word, value in said if value)
        return f"{self.key}: {self.message.get(language)}{tail}"


class PlanError(UsageError):
    """All mistakes of one plan.toml (exit code 2); `mistakes` lists them in file order."""

    def __init__(self, path: str, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        count = len(mistakes)
        message = Text(
            f"{count} mistake{'s' if count != 1 else ''}: " + " | ".join(m.line("en") for m in mistakes),
            f"{count} 处错误：" + " | ".join(m.line("zh") for m in mistakes),
        )
        super().__init__(message, where=path)


class SettingsError(UsageError):
    """All mistakes of the settings for sign-in and roles (exit code 2); `mistakes` lists them in file order."""

    def __init__(self, path: str, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        super().__init__(
            Text(
                "the app cannot be served safely: " + " | ".join(m.line("en") for m in mistakes),
                "无法安全地提供服务：" + " | ".join(m.line("zh") for m in mistakes),
            ),
            where=path,
            hint=Text("See docs/serving.md.", "参见 docs/serving.md。"),
        )


class RoleError(GeoplanError):
    """A change was asked for by somebody who may only look, or who is not signed in (exit code 2)."""


class FontError(GeoplanError):
    """A sheet needs characters, Chinese above all, that no font at hand has (exit code 2)."""


class InputError(GeoplanError):
    """A file that cannot be read, or is refused for a stated reason (exit code 3)."""

    exit_code = 3


class MissingCrsError(InputError):
    """A file says nothing about its coordinate system, so no figure can be trusted (exit code 3)."""


class CrsError(InputError):
    """A coordinate system that is unknown, mixed with another, or unfit for the place (exit code 3)."""


class GeometryError(InputError):
    """Geometry no area can be computed for, such as a polygon across the antimeridian (exit code 3)."""


class DiffConflictError(InputError):
    """A difference was applied to zones it was not made from (exit code 3); `zone` is the first that is amiss."""

    def __init__(self, zone: str, message: Text) -> None:
        self.zone = zone
        super().__init__(
            message,
            where=zone,
            hint=Text(
                "Compare again with the zones as they are now, and apply that difference.",
                "请与当前分区重新比较，再应用新的差异。",
            ),
        )


class StoreError(GeoplanError):
    """The store of revisions is locked, in conflict, newer or broken (exit code 4)."""

    exit_code = 4


class ConflictError(StoreError):
    """Somebody else published since the revision a publish started from (exit code 4); nothing was written.

    `expected` is the parent the publish was made for, `current` the revision the store has now.
    """

    def __init__(self, plan: str, expected: int | None, current: int | None) -> None:
        self.expected = expected
        self.current = current
        super().__init__(
            Text(
                f"revision {current} was published since revision {expected} that this update started from; "
                "nothing was written.",
                f"自本次更新所依据的版本 {expected} 之后，已发布版本 {current}；未写入任何内容。",
            )
            if expected
            else Text(
                f"revision {current} was published since this update was started, when there was none; "
                "nothing was written.",
                f"本次更新开始时尚无任何版本，此后已发布版本 {current}；未写入任何内容。",
            ),
            where=plan,
            hint=Text(
                "Look at both differences, then load again on top of the current revision.",
                "请比较两处差异后，基于当前版本重新加载。",
            ),
        )


class DraftConflictError(StoreError):
    """Somebody else saved or deleted a draft since it was opened (exit code 4); nothing was written.

    `expected` is the version that was opened, `current` the one the store has now (None: deleted), and
    `by` who saved that.
    """

    def __init__(self, name: str, expected: int, current: int | None, by: str = "") -> None:
        self.expected = expected
        self.current = current
        self.by = by
        happened = (
            Text("was deleted since you opened it", "自您打开后已被删除")
            if current is None
            else Text(f"was saved by {by} since you opened it", f"自您打开后已由 {by} 保存")
        )
        super().__init__(
            Text(f"the draft {happened.en}; nothing was written.", f"该草案{happened.zh}；未写入任何内容。"),
            where=name,
            hint=Text(
                "Keep yours under another name, or open theirs.", "请将您的草案另存为其他名称，或打开对方的草案。"
            ),
        )
