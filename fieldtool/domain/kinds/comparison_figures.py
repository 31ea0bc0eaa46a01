"""Figures came in that an inspection is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fieldtool.domain.kinds.kind import WHOLE, Body, Says
from fieldtool.domain.method.case import Aspect
from fieldtool.domain.method.figures import TITLES, Figure, Whose


class FiguresImported(Body):
    """Figures came in that the inspection is compared with; they take the place of those that were there."""

    says = Says(Aspect.FIGURES, WHOLE, ("whose",), title="Figures to compare with: {item}")
    kind: Literal["figures.imported"] = "figures.imported"
    whose: Whose
    title: str = ""
    """What they are of, as "Inspection of January 2019"."""
    figures: Mapping[str, Figure]
    """By the number of the prompt or key question."""

    @property
    def name(self) -> str:
        """What they are of: their title, or where they have none whose they are."""
        return self.title or TITLES[self.whose]
