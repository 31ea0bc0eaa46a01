"""The JSON of commands that set up, share out and send; `docs/json_pages.py` makes docs/json.md of the models."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, RootModel

from fieldtool.caselist.choices import ValueSeen
from fieldtool.caselist.people import LeftOut
from fieldtool.cli.json_shapes import AS_OBJECT, WHEN, WHO, Clock, Maybe, Shape, at

# ---------------------------------------------------------------------- agenda


class AgendaItem(Shape):
    """A meeting, focus group, interview or observation."""

    id: str
    kind: str = at("plan.what.value")
    day: date = at("plan.day")
    time: Clock = at("plan.at")
    place: str = at("plan.place")
    with_: str = at("plan.whom", key="with")
    goes: tuple[str, ...] = at("plan.goes", "the ids of the people who go there")
    state: str = at("state.value")
    why: str = at(says="why it was cancelled, if it was")
    notes: int
    answers: int


class AgendaItems(Shape):
    """`fieldtool agenda list`: what is planned, done and cancelled."""

    items: tuple[AgendaItem, ...]


class FormAnswer(Shape):
    """How often an answer was given."""

    id: str
    title: str
    counts: bool = at(says="whether it is part of the percentages")
    n: int
    percent: int | None


class FormQuestion(Shape):
    """How often each answer to a question was given."""

    id: str = at("question.id")
    wording: str = at("question.wording")
    of: int = at("whole", "answers that count")
    open: int = at(says="interviews without an answer")
    answers: tuple[FormAnswer, ...]


class InterviewForm(Shape):
    """The answers to an interview form."""

    id: str
    title: str
    questions: tuple[FormQuestion, ...]


class InterviewForms(Shape):
    """`fieldtool agenda counts`: the answers to the interview forms."""

    forms: tuple[InterviewForm, ...]


# ---------------------------------------------------------------------- case lists, samples, figures


class ListRead(Shape):
    """`fieldtool cases import`: what a case list comes to."""

    sample: str
    imported: bool
    rows: int
    taken: int
    columns: dict[str, str] = at(says="the heading of each column that is used")
    left_out: tuple[Annotated[LeftOut, AS_OBJECT], ...]
    terminated: tuple[int, ...] = at(says="rows of cases that have ended")
    remarks: tuple[str, ...]
    values: tuple[Annotated[ValueSeen, AS_OBJECT], ...] = at(
        says="each word of a column with choices, and its choice"
    )


class SampleSize(Shape):
    """`fieldtool sample size`: how many cases a population needs."""

    population: int
    confidence: float = at(says="in per cent")
    margin: float = at(says="in points of per cent")
    size: int
    formula: str


class StratumDrawn(Shape):
    """What was drawn of a stratum."""

    id: str
    population: int
    share: float = at(says="of the whole population, to four places")
    size: int
    size_with_buffer: int
    drawn: int


class OfficerDrawn(Shape):
    """How many cases of a responsible officer were drawn."""

    id: str
    drawn: int


class SampleDrawn(Shape):
    """`fieldtool sample draw`: what was drawn."""

    strata: tuple[StratumDrawn, ...]
    officers: tuple[OfficerDrawn, ...]
    shortfall: int
    seed: int = Field(default=0, description="with --explain")
    explained: tuple[str, ...] = Field(default=(), description="with --explain: how each number came about")


class Figure(Shape):
    """A figure to compare with."""

    percent: int
    n: int | None
    of: int | None


class FiguresTaken(Shape):
    """`fieldtool figures PATH previous FILE`, or `comparison`: what a file of figures has."""

    set: str
    title: str
    imported: bool
    columns: dict[str, str] = at(says="the heading of each column that is used")
    without: tuple[str, ...] = at(says="the items that are named without a figure")
    passed_over: tuple[int, ...] = at(says="rows without an item and a figure")
    figures: dict[str, Figure] = at(says="by the number of the prompt or key question")


class FigureSet(Shape):
    """The figures of one inspection or group."""

    title: str = at("name")
    figures: dict[str, Figure] = at(says="by the number of the prompt or key question")


class FigureSets(RootModel[dict[str, FigureSet]]):
    """`fieldtool figures PATH`: the figures to compare with, under previous and comparison."""


# ---------------------------------------------------------------------- who has which case


class CaseHeld(Shape):
    """Who has a case, and on which day."""

    ref: str
    holder: Maybe
    day: Maybe
    place: str
    state: str


class CasesHeld(RootModel[tuple[CaseHeld, ...]]):
    """`fieldtool assign --list`: who has which case."""


class SharedOut(Shape):
    """`fieldtool assign --evenly` or `--by-day`: who gets which case."""

    holders: dict[str, str] = at(says="by the case: the id of a person")
    days: dict[str, date] = at(says="by the case")
    left: tuple[str, ...] = at(says="cases that nobody named may assess")
    done: bool


class PassedOver(Shape):
    """A reserve case that could not come."""

    case: str = at("ref")
    why: str


class Replaced(Shape):
    """`fieldtool replace`: which reserve case comes for one that drops out."""

    case: str = at("line.ref")
    sample: str = at("line.sample")
    stratum: Maybe
    criterion: str
    because: str = at("why")
    replaced_by: str | None = at("listed.ref")
    officer: Maybe = at("next.case.officer")
    cases_of_officer: int = at("next.of_officer", "in the sample, once it is there")
    passed_over: tuple[PassedOver, ...] = at("next.skipped")
    reserve_left: int = at("next.left")
    holder: Maybe
    day: date | None
    done: bool


class DroppedOut(Shape):
    """A case that dropped out of the sample."""

    case: str = at("ref")
    sample: str
    criterion: str
    because: str = at("why")
    replaced_by: Maybe
    who: str = at(says=WHO)
    when: str = at("wall", WHEN)


class AllDroppedOut(RootModel[tuple[DroppedOut, ...]]):
    """`fieldtool replace --list`: which cases dropped out."""


# ---------------------------------------------------------------------- team, laptops, keys


class Member(Shape):
    """Somebody on the team."""

    id: str
    name: str
    role: str
    cases: int = at(says="cases that they hold")
    office: str = Field(default="", description="of a local assessor")


class Left(Shape):
    """Somebody who was removed from the team."""

    id: str
    removed: str = at("wall", WHEN)
    by: str
    why: str
    cases: int


class Team(Shape):
    """`fieldtool team PATH list`: who is on the team."""

    team: tuple[Member, ...]
    left: tuple[Left, ...]


class Laptop(Shape):
    """A laptop of the inspection."""

    key: str
    person: str
    invited: str = at(says=WHEN)
    invited_by: str
    joined: Maybe
    last_heard: Maybe = at("heard")
    entries: int = at("events")
    this_laptop: bool = at("here")
    removed: Maybe
    removed_by: Maybe
    why: Maybe


class Laptops(RootModel[tuple[Laptop, ...]]):
    """`fieldtool laptops`: which laptops belong to the inspection."""


class RecoveryKey(Shape):
    """A key that can open what is sent."""

    name: str
    key: str = at("recipient")
    named: str = at("wall", WHEN)
    by: str


class RecoveryKeys(RootModel[tuple[RecoveryKey, ...]]):
    """`fieldtool recovery-keys`: who else can open what is sent."""


# ---------------------------------------------------------------------- sending


class Entries(Shape):
    """Entries of one laptop that somebody lacks, or that are there twice and differ."""

    device: str = at("device.id")
    incarnation: int = at("device.incarnation")
    first: int
    last: int
    where: str = at(says="who lacks them; empty where they are there twice")
    who: str
    since: str = at(says="when the first was recorded; empty if not known")


class Aside(Shape):
    """What was not used."""

    name: str
    why: str
    new: bool = at(says="whether it was not said before")


class Exchange(Shape):
    """`fieldtool sync`: what was sent and taken."""

    place: str
    sent: int = at("went.new", "entries")
    taken: int = at("came.new", "entries")
    complete: bool = at(says="whether the place has said that it has everything that is here")
    lacking: tuple[Entries, ...]
    forks: tuple[Entries, ...]
    waiting: tuple[Entries, ...]
    aside: tuple[Aside, ...]
    failures: tuple[str, ...]


class Agreement(Shape):
    """`fieldtool reconcile`: whether this laptop, the others and a place agree."""

    place: str
    agree: bool
    differences: tuple[Entries, ...]
    unusable: tuple[str, ...]
