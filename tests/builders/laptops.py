"""Laptops, each with a file of its own, and made-up histories of work on them that cross in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from hypothesis import strategies as st

from builders.cases import TINY
from builders.recount import tally
from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
    CaseCompleted,
    CaseReopened,
    FactSet,
    JudgementMade,
    NoteWritten,
    ReasonWritten,
)
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.domain.method import walk
from fieldtool.domain.method.case import Answer, Judgement
from fieldtool.store.audit import file_check
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import event_of, read_events
from fieldtool.store.file.database import Database
from fieldtool.store.views import queries
from fieldtool.store.views.tables import VIEWS
from fieldtool.work.access import Access

START = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)

YES = AnswerGiven(prompt="Qax", answer=Answer.YES)
NO = AnswerGiven(prompt="Qax", answer=Answer.NO)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Be the only program that writes in the file for as long as the block takes."""
    with Access(path, path.parent) as access:
        access.must_write()
        yield


class Watch:
    """A clock that a test sets; it goes on a second each time it is read, unless told otherwise."""

    def __init__(self, at: datetime = START, step: float = 1) -> None:
        self.at = at
        self.step = timedelta(seconds=step)

    def __call__(self) -> datetime:
        self.at += self.step
        return self.at


class Laptop(AbstractContextManager["Laptop"]):
    """An installation: a file, its device, its clock, and who works there."""

    def __init__(
        self,
        path: Path | None,
        name: str,
        clock: Callable[[], datetime] | None = None,
        key: bytes | None = None,
    ) -> None:
        if path is None:
            self.database = Database.in_memory()
        else:
            self.database = (Database.open if path.exists() else Database.create)(path, key)
        self.name = name
        self.clock = clock or Watch()

    @cached_property
    def log(self) -> Log:
        return Log(self.database, ChainId(self.name, 1), f"person_{self.name}", self.clock)

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def set_up(self, *refs: str) -> Self:
        """Choose the made-up framework and add cases."""
        self.log.record("", FrameworkChosen(framework=TINY))
        for ref in refs:
            self.log.record(ref, CaseAdded(sample="branch"))
        return self

    @property
    def events(self) -> list[Event]:
        return list(read_events(self.database))

    def values(self, ref: str) -> dict[str, str]:
        """What a case shows, by the text of its slots."""
        case = queries.case(self.database, ref)
        assert case is not None
        return {str(slot): value for slot, value in case.values.items()}


def value_of(laptop: Laptop, slot: str, ref: str = "A") -> str | None:
    return laptop.values(ref).get(slot)


def views(database: Database) -> dict[str, set[tuple[Any, ...]]]:
    """Every view, without the rows of the tallies that count nothing."""
    found = {
        view: set(database.rows(f"SELECT * FROM {view}"))  # noqa: S608  # names of our own
        for view in VIEWS
    }
    found["tally"] = {row for row in found["tally"] if any(row[2:])}
    return found


def assert_sound(database: Database) -> None:
    """The chain is whole, the views are a rebuild's, the tallies a plain recount's, the lines the cases'."""
    said = [line for line in file_check.findings(database) if "kept but has no effect" not in line]
    assert said == []
    before = views(database)
    file_check.rebuild(database)
    assert views(database) == before
    assert_counted(database)


def assert_counted(database: Database) -> None:
    """The running tallies and the lines of the cases say what the cases themselves say."""
    framework = queries.framework(database)
    cases = list(queries.cases(database))
    for complete_only in (False, True):
        chosen = [case for case in cases if case.complete or not complete_only]
        plain = {k: v for k, v in tally(framework, chosen).items() if any(v)}
        running = queries.counts(database, complete_only=complete_only)
        assert {k: v for k, v in running.items() if any(v)} == plain
    lines = {row[0]: row[1:] for row in database.rows(_LINES)}
    known = [case for case in cases if case.sample in framework.samples_by_id]
    assert set(lines) == {case.ref for case in known}
    for case in known:
        sample, place, holder, worked, complete, done, due = lines[case.ref]
        assert (sample, holder) == (case.sample, case.holder or "")
        assert place == case.facts.get(framework.list_fact or "", "")
        assert (done, due) == walk.progress(framework, case)
        assert bool(complete) is case.complete
        state = "complete" if complete else "in_progress" if worked else "untouched"
        assert state == case.state


_LINES = "SELECT ref, sample, place, holder, worked, complete, done, due FROM case_line"


def forged(
    body: str,
    kind: str,
    slot: str,
    device: str = "z",
    after: Event | None = None,
    parents: tuple[EventId, ...] = (),
) -> Event:
    """An event as another program, or a later version of this one, might send it; its chain is right."""
    seq, at, previous = (after.id.seq, after.at, after.hash) if after else (0, 0, bytes(32))
    event = Event(
        id=EventId(device, 1, seq + 1),
        at=at + 1,
        wall="2020-03-02T09:00:00.000+00:00",
        actor="zoe",
        kind=kind,
        subject="A",
        slot=slot,
        text=body,
        parents=parents,
        hash=bytes(32),
    )
    return event._replace(hash=event.chained(previous))


def chains(events: Iterable[Event]) -> list[list[Event]]:
    """The events of each device, in the order of their numbers."""
    ordered = sorted(events, key=lambda event: event.id)
    return [list(group) for _, group in groupby(ordered, key=lambda event: event.id[:2])]


def log_of(database: Database) -> list[Event]:
    return [event_of(row) for row in database.rows("SELECT * FROM event")]


# ---------------------------------------------------------------------- made-up histories

REFS = ("A", "B")
FACTS: dict[str, list[str | None]] = {
    "stock": ["books", "records", "tools", None],
    "borough": ["Camden", None],
}


def bodies() -> st.SearchStrategy[Body]:
    """Anything that can happen to a case, with values from a small world so that they collide."""
    prompts, questions = ["Qax", "Qay", "Lax", "Lay"], ["Qa", "Qb", "La"]
    texts, judgements = st.sampled_from(["", "one", "two"]), st.sampled_from([*Judgement, None])
    return st.one_of(
        st.builds(AnswerGiven, prompt=st.sampled_from(prompts), answer=st.sampled_from([*Answer, None])),
        st.builds(JudgementMade, key_question=st.sampled_from(questions), judgement=judgements),
        st.sampled_from(sorted(FACTS)).flatmap(
            lambda fact: st.builds(FactSet, fact=st.just(fact), to=st.sampled_from(FACTS[fact]))
        ),
        st.builds(NoteWritten, item=st.sampled_from(["", "Qax"]), text=texts),
        st.builds(ReasonWritten, key_question=st.sampled_from(questions), text=texts),
        st.builds(CaseAssigned, person=st.sampled_from(["anna", "ben", None])),
        st.sampled_from([CaseCompleted(), CaseReopened(why="mistake")]),
        st.builds(CaseAdded, sample=st.sampled_from(["branch", "branch", "mobile"])),
        st.builds(AnswerGiven, prompt=st.just("Qb"), answer=st.just(Answer.YES)),  # the number of a question
    )


def oddments() -> st.SearchStrategy[tuple[str, str, str]]:
    """Kind, text and slot of an event that this version cannot read."""
    return st.sampled_from(
        [
            ("rating.moderated", "{}", "moderation:Q"),
            ("answer.given", '{"prompt":"Qax","answer":"perhaps"}', "answer:Qax"),
            ("answer.given", '{"prompt":"Qax","answer":"no"}', "answer:Qay"),
        ]
    )
