"""What is told before and after an exchange: how much is new on either side, and what came by whom about what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from builders.teams import Laptop, invited, lead
from fieldtool.domain.kinds.assessment import NoteWritten
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.log import Log
from fieldtool.store.views.queries import Said
from fieldtool.sync.event_store import SyncError
from fieldtool.sync.news import exchange_news, look

Team = tuple[Laptop, Laptop, Laptop]


@pytest.fixture
def team() -> Iterator[Team]:
    with ExitStack() as stack:
        lea = stack.enter_context(lead())
        yield lea, *(stack.enter_context(invited(lea, name)) for name in ("anna", "ben"))  # type: ignore[misc]


def test_what_came_is_told_by_person_and_case(team: Team, stick: Path) -> None:
    lea, anna, ben = team
    anna.answer("A")
    anna.note("seen", "A")
    anna.answer("B")
    lea.note("look", "B")
    assert exchange_news(anna.database, anna.log, str(stick)).came == ()
    exchange_news(lea.database, lea.log, str(stick))
    news = exchange_news(ben.database, ben.log, str(stick))
    assert news.came == (Said("anna", "A", 2), Said("anna", "B", 1), Said("lea", "B", 1))
    assert news.exchanged.complete
    assert exchange_news(ben.database, ben.log, str(stick)).came == ()


def test_conflicts_are_counted(team: Team, stick: Path) -> None:
    _, anna, ben = team
    anna.answer("A", Answer.YES)
    ben.answer("A", Answer.NO)
    ben.note("mine", "B")
    assert exchange_news(anna.database, anna.log, str(stick)).conflicts == 0
    assert exchange_news(ben.database, ben.log, str(stick)).conflicts == 1


def test_what_a_forked_chain_holds_is_counted(team: Team, stick: Path) -> None:
    _, anna, ben = team
    with Laptop("twin") as twin:
        twin.log.receive(anna.events)
        fork = Log(twin.database, anna.device, "anna").record("B", NoteWritten(item="", text="the other"))
    assert anna.note("the one").id == fork[0].id
    exchange_news(anna.database, anna.log, str(stick))
    exchange_news(ben.database, ben.log, str(stick))
    ben.log.receive(fork)
    assert exchange_news(ben.database, ben.log, str(stick)).conflicts == 1


def test_looking_counts_both_sides_and_changes_nothing(team: Team, stick: Path) -> None:
    _, anna, ben = team
    exchange_news(ben.database, ben.log, str(stick))
    exchange_news(anna.database, anna.log, str(stick))
    exchange_news(ben.database, ben.log, str(stick))
    anna.answer("A")
    anna.answer("B")
    before, files = len(ben.events), sorted(stick.iterdir())
    outlook = look(anna.database, anna.log, str(stick))
    assert outlook.here == 2
    exchange_news(anna.database, anna.log, str(stick))
    there = look(ben.database, ben.log, str(stick))
    assert there.here == 0
    assert there.there is not None
    assert there.there >= 2
    assert len(ben.events) == before
    assert files != sorted(stick.iterdir())


def test_looking_shares_nothing(stick: Path) -> None:
    with Laptop("alone") as alone:
        alone.note("to myself")
        assert look(alone.database, alone.log, str(stick)) == (1, None)
        assert list(stick.iterdir()) == []
        assert len(alone.events) == 1


def test_a_place_that_is_away(team: Team, stick: Path) -> None:
    _, anna, _ = team
    for ask in (look, exchange_news):
        with pytest.raises(SyncError, match="is not there: plug in"):
            ask(anna.database, anna.log, str(stick / "away"))
