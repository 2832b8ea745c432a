"""A crew in this very process, which ships everything it is given and gives back as another process would."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geoplan.distributed.parts import Part
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
        parts: Sequence[Part],
        frame: Frame,
        options: Sequence[Mapping[str, Any]],
    ) -> Pending:
        self.asked += [(task.__name__, part.first) for part in parts]
        shipped = pickle.loads(  # noqa: S301 - our own
            pickle.dumps([(task, part, frame, own) for part, own in zip(parts, options, strict=True)])
        )
        return Done(pickle.dumps([run(*one) for one in shipped]))
