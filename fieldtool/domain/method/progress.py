"""How far an inspection is: its cases in groups, its strata, its laptops, and one line that says it all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from fieldtool.domain.method.pace import Fieldwork, Pace, rate
from fieldtool.domain.words.days import day_from_today
from fieldtool.domain.words.numbers import counted

ONE_IS_CHANCE = 2
"""While cases of it are open, a stratum must lack so many of its share before it is called unfair."""

NAMED = 2
"""So many strata that are under their target are named on top, the worst first."""


class Where(NamedTuple):
    """By what cases are grouped."""

    sample: str
    holder: str
    place: str


class Counted(NamedTuple):
    """How far the cases of one sample, holder and place are."""

    where: Where
    cases: int
    untouched: int
    in_progress: int
    complete: int
    done: int
    due: int


class Ended(NamedTuple):
    """Cases of one sample, holder and place that were completed on one day, or that were and are open again."""

    where: Where
    returned: bool
    day: str
    """By the clock on the wall of whoever completed or reopened them, as `2020-03-12`."""
    cases: int


class Group(NamedTuple):
    """Some of the cases, and how far they are."""

    id: str
    title: str
    cases: int
    untouched: int
    in_progress: int
    complete: int
    done: int
    due: int
    returned: int = 0
    """Cases that were complete and have been opened again."""
    conflicts: int = 0
    """Cases of which people said something without knowing of each other, that nobody has settled."""
    pace: Pace = Pace(0, 0)

    @property
    def open(self) -> int:
        """The cases that are still to be done."""
        return self.cases - self.complete


class Grouping(NamedTuple):
    """The cases by one of their properties."""

    key: str
    title: str
    groups: tuple[Group, ...]


class StratumProgress(NamedTuple):
    """A stratum during fieldwork.

    Its share is what it should have of the cases done so far: as much of them as of the target, or of the sample where
    no target is known, to the nearest whole case, halves up. It lacks what is done less than that. It is under its
    target by what it lacks; but one case is chance while some of it are open. What has left the sample and was not
    replaced is lacking for good.
    """

    sample: str
    id: str
    title: str
    drawn: int
    """Its cases that are in the sample now."""
    done: int
    target: int | None = None
    """How many there should be, by the case list that was drawn from; None where nothing was drawn."""
    share: int = 0

    @property
    def under(self) -> int:
        """By how many cases it is under its target; 0 if it is fair."""
        lacks = self.share - self.done
        if self.done < self.drawn and lacks < ONE_IS_CHANCE:
            lacks = 0
        return max(lacks, 0 if self.target is None else self.target - self.drawn, 0)

    @property
    def fair(self) -> bool:
        """Whether it has its part of the sample, as far as that is done."""
        return not self.under


class LaptopNews(NamedTuple):
    """What was heard of a laptop last."""

    device: str
    """Its installation; empty for one that was invited and has not come in yet."""
    person: str
    heard: str
    """When it last recorded something that is here, by its clock on the wall; empty if it never did."""
    took: str
    """When it said last what it had taken in; empty if it never did."""
    lacks: int
    """How many events that are here it had not taken in then."""
    not_here: int
    """How many events of it are known to be elsewhere, and are not here."""
    unsent: int | None = None
    """Of this laptop alone: how many of its events nobody has said yet to have; None where nothing was ever sent."""
    own: bool = False
    """Whether it is this laptop."""


def with_shares(strata: Sequence[StratumProgress]) -> tuple[StratumProgress, ...]:
    """Say of the strata of one sample what each should have of the cases done so far."""
    wanted = [stratum.drawn if stratum.target is None else stratum.target for stratum in strata]
    total, done = sum(wanted), sum(stratum.done for stratum in strata)
    if not total:
        return tuple(strata)
    return tuple(
        stratum._replace(share=(2 * done * number + total) // (2 * total))
        for stratum, number in zip(strata, wanted, strict=True)
    )


def headline(pace: Pace, fieldwork: Fieldwork, today: date, strata: Sequence[StratumProgress] = ()) -> str:
    """Say it all in one line, as "61 of 100 done; at this pace finished Thursday; women under target by 3".

    Args:
        fieldwork: as `Fieldwork.begun` makes it.
    """
    if not pace.due:
        return "There are no cases yet."
    told = [f"{pace.done:,} of {pace.due:,} done", *filter(None, _outlook(pace, fieldwork, today))]
    unfair = sorted((each for each in strata if not each.fair), key=lambda each: -each.under)
    told += [_unfair(stratum) for stratum in unfair[:NAMED]]
    if unfair[NAMED:]:
        told.append(f"{counted(len(unfair) - NAMED, 'more stratum', 'more strata')} under target")
    return f"{'; '.join(told)}."


def _outlook(pace: Pace, fieldwork: Fieldwork, today: date) -> tuple[str, ...]:
    first, last = fieldwork
    if not pace.open:
        return ("" if pace.finish is None else f"finished {day_from_today(pace.finish, today)}",)
    if first is not None and today < first:
        return f"fieldwork begins {day_from_today(first, today)}", _needed(pace)
    if last is not None and today > last:
        return (f"fieldwork ended {day_from_today(last, today)} with {pace.open:,} open",)
    if pace.so_far is None:
        return (_needed(pace),)
    if last is not None and pace.behind:
        left_over = f"{pace.short:,} still open after {day_from_today(last, today)}"
        return f"not finished at this pace: {left_over}", _needed(pace)
    if pace.finish is None:
        return ("never finished at this pace",)
    return (f"at this pace finished {day_from_today(pace.finish, today)}",)


def _needed(pace: Pace) -> str:
    if pace.needed is None:
        return ""
    return f"{rate(pace.needed, up=True)} a day {'is' if pace.needed == 1 else 'are'} needed"


def _unfair(stratum: StratumProgress) -> str:
    of_what = "their share" if stratum.target is None else "target"
    return f"{lowered(stratum.title)} under {of_what} by {stratum.under}"


def lowered(title: str) -> str:
    """A title inside a sentence; one that begins with an abbreviation stays."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
