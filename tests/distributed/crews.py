"""A crew in this very process, which ships everything it is given and gives back as another process would."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geoplan.distributed.spread import Pending
from geoplan.distributed.survey import Frame, run


@dataclass(frozen=True)
class Done:
    """Results that are there."""

    shipped: bytes

    def results(self) -> list[Any]:
        return list(pickle.loads(self.shipped))  # noqa: S301 - our own


@dataclass
class Here:
    """Runs tasks at once, from pickled arguments to pickled results; `asked` lists the tasks and their parts."""

    asked: list[tuple[str, int]] = field(default_factory=list)

    def start(
        self,
        task: Callable[..., Any],
        parts: Sequence[Any],
        frame: Frame,
        options: Sequence[Mapping[str, Any]],
        shared: Any = None,
    ) -> Pending:
        self.asked += [(task.__name__, getattr(part, "first", -1)) for part in parts]
        shipped = pickle.loads(  # noqa: S301 - our own
            pickle.dumps([(task, part, frame, own, shared) for part, own in zip(parts, options, strict=True)])
        )
        return Done(pickle.dumps([run(*one) for one in shipped]))

    def share(self, value: Any) -> Any:
        return value
