"""How every act of the lead goes: proposed and looked at, then carried out unless something came in meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec, Protocol, Self, TypeVar

from fieldtool.domain.kinds.kind import Body
from fieldtool.work.inspection import Inspection, InspectionError

Deed = tuple[str, Sequence[Body]]
"""What is recorded of a case, by its reference; of the inspection itself, where that is empty."""

Watch = Callable[[Iterable[Deed]], Iterable[Deed]]
"""Gives deeds on while they are recorded, so that a progress bar can move."""


class _Asked(NamedTuple):
    """How a plan came about: what proposes it once more, and how far the file was."""

    inspection: Inspection
    version: tuple[int, int]
    again: Callable[[], Plan]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an act would do, and what there is to see of it; two plans that would do the same are equal."""

    deeds: tuple[Deed, ...]
    blocked: str = field(default="", compare=False)
    """Why it cannot be carried out as it was proposed, in a sentence; empty if it can."""
    asked: _Asked | None = field(default=None, compare=False, repr=False)

    @property
    def refs(self) -> tuple[str, ...]:
        """The cases that it is about."""
        return tuple(ref for ref, _ in self.deeds if ref)

    def carry_out(self, watch: Watch = iter) -> Self:
        """Do what was proposed, all of it or nothing.

        Returns:
            The plan itself, which says what was done.

        Raises:
            InspectionError: something came in since it was proposed, so that it would be another one now; or it is
                blocked, or who works here may not do it any more.
            StoreError: it could not be saved.
        """
        if self.asked is None:
            raise TypeError("A plan is carried out as a proposal gave it.")
        inspection, version, again = self.asked
        if inspection.file.version != version and again() != self:
            raise InspectionError("Something came in meanwhile that changes this: look at it again.")
        if self.blocked:
            raise InspectionError(self.blocked)
        if self.deeds:
            inspection.record_all(watch(self.deeds))
        return self


class _Works(Protocol):
    @property
    def inspection(self) -> Inspection: ...


Worker = TypeVar("Worker", bound=_Works)
Said = ParamSpec("Said")
AnyPlan = TypeVar("AnyPlan", bound=Plan)


def proposal(
    propose: Callable[Concatenate[Worker, Said], AnyPlan],
) -> Callable[Concatenate[Worker, Said], AnyPlan]:
    """Let what a function proposes be carried out later: it is asked again then, if anything was written meanwhile.

    So it takes nothing that can be read only once.
    """

    @wraps(propose)
    def proposed(worker: Worker, /, *args: Said.args, **kwargs: Said.kwargs) -> AnyPlan:
        inspection = worker.inspection
        version = inspection.file.version
        plan = propose(worker, *args, **kwargs)
        return replace(plan, asked=_Asked(inspection, version, lambda: propose(worker, *args, **kwargs)))

    return proposed
