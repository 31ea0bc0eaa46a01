"""What a framework says of drawing: the strata of a sample, and the case facts that it is shared out by."""

from __future__ import annotations

from fieldtool.domain.base import Applicability, Model, Slug, Text


class Stratum(Model):
    """A part of a sample that must be in it as it is in the population; the first one that fits a case is its own."""

    id: Slug
    title: Text
    sample: Slug
    """The sample type that it is a part of."""
    when: Applicability = {}
    """The facts that its cases have; empty: it takes whatever fits no stratum before it."""


class DrawFacts(Model):
    """The case facts by which a sample is shared out; `fieldtool framework check` refuses one without an officer."""

    cluster: Slug | None = None
    unit: Slug | None = None
    """The local delivery unit."""
    officer: Slug | None = None
    """The responsible officer, whose cases are limited."""

    @property
    def places(self) -> tuple[str, ...]:
        """Those that say where a case is worked on."""
        return tuple(fact for fact in (self.cluster, self.unit) if fact)


ALL = "all"
"""The only stratum of a sample type that has none of its own."""
