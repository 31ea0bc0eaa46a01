"""The JSON of commands that say how an inspection stands; `docs/json_pages.py` makes docs/json.md of the models."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from fieldtool.cli.json_shapes import AS_OBJECT, WHEN, WHO, Maybe, PerDay, Shape, Words, at
from fieldtool.domain.log.findings import Touched
from fieldtool.domain.method.pace import Point
from fieldtool.domain.method.progress import LaptopNews
from fieldtool.domain.method.rating import OverallStanding

# ---------------------------------------------------------------------- ratings


class Compared(Shape):
    """How a percentage compares with a figure."""

    percent: int = at(says="the figure, a whole per cent")
    n: int | None
    of: int | None
    points: int | None = at(says="by how much it is above the figure; null while no case is judged")
    significant: bool | None = at(says="by a two-proportion Z test at 0.1; null where nothing can be tested")


class KeyQuestion(Shape):
    """Where a key question stands."""

    id: str = at("key_question.id")
    yes: int = at("count.yes", "cases judged so")
    no: int = at("count.no")
    open: int = at("count.open", "cases that are not judged yet")
    percent: int | None = at(says="whole, halves up; null while no case is judged")
    band: str | None = at("band.title")
    not_applicable: int = at("count.out", "cases in which it does not apply")
    settled: bool = at(says="whether no open case can move its band any more")
    rounding_decides: bool = at(says="whether the exact fraction is in another band")
    wording: str = at("key_question.wording")
    previous: Compared | None = Field(default=None, description="with the previous inspection")
    comparison: Compared | None = Field(default=None, description="with other services")


class Standard(Shape):
    """Where a standard stands."""

    id: str = at("standard.id")
    title: str = at("standard.title")
    provisional: str | None = at("provisional.title", "the provisional rating")
    settled: bool = at(says="whether no open case can move it any more")
    key_questions: tuple[KeyQuestion, ...]
    possible: tuple[str, ...] = at("possible.*.title", "the ratings that it can still end in")
    lowest: tuple[str, ...] = at("deciding.*.key_question.id", "the key questions that decide it")
    discretion_possible: bool = at(says="whether professional discretion is")
    left_unrated: str | None = at(says="why, if it is left without a rating")


class Ratings(Shape):
    """`fieldtool ratings`: where each standard and key question stands."""

    standards: tuple[Standard, ...]
    overall: OverallStanding
    compared_with: dict[str, str] = at(says="the titles of the figures, under previous and comparison")


# ---------------------------------------------------------------------- progress


class Named(Shape):
    """What groups of cases have besides their figures."""

    id: str
    title: str


class Cases(Shape):
    """How far some cases are."""

    cases: int
    untouched: int
    in_progress: int
    complete: int
    done: int = at(says="items done")
    due: int = at(says="items that there must be")
    returned: int = at(says="cases that were complete and are open again")
    conflicts: int = at(says="cases with conflicts")
    per_day: PerDay = at("pace.so_far", "cases completed on a day of fieldwork")
    needed_per_day: PerDay = at("pace.needed", "cases a day from now on, to be finished in time")
    finish: date | None = at("pace.finish", "when the last was completed, or will be at this pace")


class CasesOf(Cases, Named):
    """How far the cases of one sample, inspector or place are."""

    minutes: int | None = Field(default=None, description="of a sample: how long a case takes")


class ClockJump(Shape):
    """A clock that jumped."""

    event: str = at("event.id")
    device: str
    expected: str
    found: str
    seconds: float
    noticed: str


class Pace(Shape):
    """The pace of the fieldwork."""

    today: date
    fieldwork_from: date | None = at("fieldwork.first")
    fieldwork_to: date | None = at("fieldwork.last")
    done: int = at("whole.pace.done", "cases")
    due: int = at("whole.pace.due", "cases")
    days_left: int | None = at("whole.pace.days_left")
    per_day: PerDay = at("whole.pace.so_far")
    needed_per_day: PerDay = at("whole.pace.needed")
    finish: date | None = at("whole.pace.finish")
    short: int = at("whole.pace.short", "at this pace, cases that will be open after the last day")


class StratumProgress(Shape):
    """How far a stratum of a sample is."""

    sample: str
    id: str
    title: str
    drawn: int = at(says="its cases in the sample")
    done: int
    target: int | None = at(says="cases that there should be in the sample")
    share: int = at(says="cases that should be done, of all that are")
    under: int = at(says="by how many it is under its target")
    fair: bool


class Progress(Shape):
    """`fieldtool progress`: how far the cases are, and when they will be done."""

    cases: Cases = at("whole")
    samples: tuple[CasesOf, ...]
    inspectors: tuple[CasesOf, ...]
    places: tuple[CasesOf, ...] = ()
    clock_jumps: tuple[ClockJump, ...] = at("jumps")
    headline: str
    pace: Pace
    days: tuple[Annotated[Point, AS_OBJECT], ...] = at("points")
    strata: tuple[StratumProgress, ...]
    laptops: tuple[Annotated[LaptopNews, AS_OBJECT], ...]


# ---------------------------------------------------------------------- history, conflicts, verify


class Change(Shape):
    """A change of a slot."""

    event: str = at("id")
    when: str = at("wall", WHEN)
    who: str = at("actor", WHO)
    kind: str
    slot: Words = at(says="what it is about, as `answer:2.1.3`")
    from_: tuple[str | None, ...] = at("before", "what it knowingly replaced", key="from")
    to: str | None = at("value")
    why: str
    undoes: Maybe = at(says="the event that it took back")
    without_effect: bool = at(says="whether this version cannot read it")


class ChangeShown(Change):
    """One side of a conflict."""

    shown: bool


class Contested(Shape):
    """Changes by people who did not know of each other."""

    slot: Words
    sides: tuple[ChangeShown, ...]


class History(Shape):
    """`fieldtool history`: who set what in a case, when and why; the oldest first."""

    case: str
    item: str | None
    changes: tuple[Change, ...]
    conflicts: tuple[Contested, ...]


class Side(Shape):
    """What one person said."""

    event: Words
    who: str = at(says=WHO)
    when: str = at("wall", WHEN)
    laptop: str = at("event.device")
    value: str | None = at(says="null if they took back what was there")
    why: str
    shown: bool


class Conflict(Shape):
    """What people said without knowing of each other."""

    case: Maybe = at("ref", "null for the inspection itself")
    slot: Words
    sides: tuple[Side, ...]


class Forked(Shape):
    """What was recorded on a copy of a laptop's file."""

    case: Maybe = at("ref")
    slot: Words
    event: Words = at("side.event")
    who: str = at("side.who")
    when: str = at("side.wall")
    laptop: str = at("side.event.device")
    value: str | None = at("side.value")
    why: str = at("side.why")
    hash: str = at("digest")
    now: str | None = at(says="what is shown now")


class Conflicts(Shape):
    """`fieldtool conflicts`: what is to be settled."""

    conflicts: tuple[Conflict, ...]
    forked: tuple[Forked, ...]


class Finding(Shape):
    """Something that is wrong, or is to be known."""

    about: str
    what: str
    do: str = at("advice", "what to do")
    number_of_events: int = at("number")
    events: tuple[Annotated[Touched, AS_OBJECT], ...] = at(says="at most 20 of them")


class Verified(Shape):
    """`fieldtool verify`: whether the record is whole and unaltered."""

    events: int
    chains: int
    sound: bool = at(says="whether there is no finding")
    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...]
