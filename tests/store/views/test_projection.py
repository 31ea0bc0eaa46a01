"""The views of the log: any order of arrival, twice is once, conflicts, and the same result as a rebuild."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cases import TINY
from builders.laptops import (
    NO,
    REFS,
    START,
    YES,
    Laptop,
    Watch,
    assert_counted,
    assert_sound,
    bodies,
    chains,
    forged,
    oddments,
    value_of,
    views,
)
from fieldtool.domain.kinds.assessment import AnswerGiven, CaseCompleted, CaseReopened, FactSet, JudgementMade
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.log.events import Event
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.domain.method.tally import Count
from fieldtool.store.audit import file_check
from fieldtool.store.views import queries

DEEDS = ("record", "record", "record", "undo", "receive", "odd", "framework")
QAX = Slot(Aspect.ANSWER, "Qax")


def give(source: Laptop, *targets: Laptop) -> None:
    for target in targets:
        target.log.receive(source.events)


# ---------------------------------------------------------------------- histories on several laptops


def run(data: st.DataObject, laptops: list[Laptop], most: int) -> None:
    """Let laptops work and hand each other what they have, at moments of hypothesis's choosing."""
    number = st.integers(0, len(laptops) - 1)
    for _ in range(data.draw(st.integers(1, most))):
        laptop = laptops[data.draw(number)]
        match data.draw(
            st.sampled_from(["record", "record", "record", "undo", "receive", "odd", "framework"])
        ):
            case "record":
                laptop.log.record(data.draw(st.sampled_from(REFS)), data.draw(bodies()))
            case "undo":
                laptop.log.undo(data.draw(st.sampled_from(REFS)))
            case "receive":
                laptop.log.receive(laptops[data.draw(number)].events)
            case "odd":
                odd(data, laptop)
            case "framework":
                if not laptop.database.row("SELECT 1 FROM head WHERE slot = 'framework:'"):
                    laptop.set_up()


def odd(data: st.DataObject, laptop: Laptop) -> None:
    """Have a laptop take in an unreadable event; it may replace what stands there."""
    kind, text, slot = data.draw(oddments())
    device = f"z{laptop.name}"
    mine = [event for event in laptop.events if event.id.device == device]
    heads = [e.id for e in laptop.events if (e.subject, e.slot) == ("A", slot)]
    parents = tuple(heads[-1:]) if data.draw(st.booleans()) else ()
    laptop.log.receive([forged(text, kind, slot, device, mine[-1] if mine else None, parents=parents)])


def shuffled(data: st.DataObject, events: list[Event]) -> list[Event]:
    """All events in any order that keeps the order of each device, some of them twice."""
    left = chains(events)
    found: list[Event] = []
    while left:
        chain = left[data.draw(st.integers(0, len(left) - 1))]
        found.append(chain.pop(0))
        if data.draw(st.integers(0, 4)) == 0:
            found.append(data.draw(st.sampled_from(found)))
        left = [chain for chain in left if chain]
    return found


@given(st.data())
def test_any_order_of_arrival_gives_the_same_views_as_a_rebuild(data: st.DataObject) -> None:
    laptops = [Laptop(None, name, Watch(START, 0)) for name in data.draw(st.permutations("abc"))]
    try:
        laptops[0].set_up("A")
        run(data, laptops, most=25)
        events = list({event.id: event for laptop in laptops for event in laptop.events}.values())
        outcomes = []
        for _ in range(2):
            with Laptop(None, "x") as fresh:
                order = shuffled(data, events)
                cut = data.draw(st.integers(0, len(order)))
                fresh.log.receive(order[:cut])
                fresh.log.receive(order[cut:])
                outcomes.append(views(fresh.database))
        for laptop in laptops:
            for other in laptops:
                laptop.log.receive(other.events)
            assert sorted(laptop.events) == sorted(events)
            outcomes.append(views(laptop.database))
        assert_sound(laptops[0].database)
        assert all(outcome == outcomes[0] for outcome in outcomes)
    finally:
        for laptop in laptops:
            laptop.database.close()


@given(st.data())
def test_the_views_of_one_laptop_equal_a_rebuild_at_every_step(data: st.DataObject) -> None:
    with Laptop(None, "a") as laptop:
        laptop.set_up(*REFS)
        for body in data.draw(st.lists(bodies(), max_size=15)):
            laptop.log.record(data.draw(st.sampled_from(REFS)), body)
            assert_counted(laptop.database)
        assert_sound(laptop.database)


Pair = tuple[Laptop, Laptop]


@pytest.fixture
def pair() -> Iterator[Pair]:
    with Laptop(None, "a", Watch(START)) as a, Laptop(None, "b", Watch(START)) as b:
        a.set_up("A")
        give(a, b)
        yield a, b


def test_twice_is_once(pair: Pair) -> None:
    a, b = pair
    a.log.record("A", YES, JudgementMade(key_question="Qa", judgement=Judgement.YES))
    assert b.log.receive(a.events) == (2, 2)
    once = views(b.database)
    assert b.log.receive(a.events) == (0, 4)
    assert b.log.receive([*a.events, *a.events]) == (0, 8)
    assert views(b.database) == once


def test_two_who_did_not_know_of_each_other_are_both_kept_and_the_newest_is_shown(pair: Pair) -> None:
    a, b = pair
    a.log.record("A", YES)
    b.clock = b.log._clock = Watch(START.replace(hour=12))
    b.log.record("A", NO)
    give(a, b)
    give(b, a)
    for laptop in pair:
        assert queries.head_values(laptop.database, "A", QAX) == ("no", "yes")
        assert queries.contested(laptop.database, "A") == {QAX}
        assert value_of(laptop, "answer:Qax") == "no"
        assert queries.counts(laptop.database)["Qax"] == Count(no=1)
        assert_sound(laptop.database)


def test_whoever_answers_with_both_in_sight_settles_the_conflict(pair: Pair) -> None:
    a, b = pair
    (mine,) = a.log.record("A", YES)
    (theirs,) = b.log.record("A", NO)
    give(b, a)
    (settling,) = a.log.record("A", AnswerGiven(prompt="Qax", answer=Answer.NOT_RELEVANT))
    assert set(settling.parents) == {mine.id, theirs.id}
    give(a, b)
    for laptop in pair:
        assert queries.contested(laptop.database, "A") == frozenset()
        assert value_of(laptop, "answer:Qax") == "not_relevant"
        assert_sound(laptop.database)


def test_a_successor_that_arrives_first_is_no_conflict(pair: Pair) -> None:
    a, b = pair
    a.log.record("A", YES)
    give(a, b)
    b.log.record("A", NO)
    with Laptop(None, "c") as c:
        c.log.receive([event for event in b.events if event.id.device == "b"])
        assert views(c.database)["replaced_early"] == {("a", 1, 3, "A", "answer:Qax", 103752637022208001)}
        c.log.receive(a.events)
        assert views(c.database) == views(b.database)
        assert c.values("A")["answer:Qax"] == "no"
        assert queries.contested(c.database, "A") == frozenset()
        assert_sound(c.database)


def test_a_rebuild_knows_what_was_replaced_by_a_device_that_comes_earlier() -> None:
    """The rebuild goes device by device: what "a" replaces of "b" is met after its successor."""
    with Laptop(None, "b") as b, Laptop(None, "a") as a:
        b.set_up("A")
        b.log.record("A", YES)
        give(b, a)
        a.log.record("A", NO)
        before = views(a.database)
        assert list(file_check.findings(a.database)) == []
        assert file_check.rebuild(a.database) == 4
        assert views(a.database) == before
        assert queries.contested(a.database, "A") == frozenset()


def test_an_unreadable_successor_replaces_nothing_in_whatever_order(pair: Pair) -> None:
    a, _ = pair
    (answered,) = a.log.record("A", YES)
    strange = forged(
        '{"prompt":"Qax","answer":"perhaps"}', "answer.given", "answer:Qax", parents=(answered.id,)
    )
    outcomes = []
    for order in ([*a.events, strange], [strange, *a.events]):
        with Laptop(None, "c") as c:
            c.log.receive(order)
            assert value_of(c, "answer:Qax") == "yes"
            assert_sound(c.database)
            outcomes.append(views(c.database))
    assert outcomes[0] == outcomes[1]


def test_events_before_their_case_and_before_the_framework_count_once_these_arrive(pair: Pair) -> None:
    a, b = pair
    with Laptop(None, "c") as c:
        c.log.record("A", YES, FactSet(fact="borough", to="Camden"))
        c.log.record("B", YES)
        assert queries.counts(c.database) == {}
        c.log.record("B", CaseAdded(sample="branch"))
        give(a, c)
        assert queries.counts(c.database)["Qax"] == Count(yes=2)
        assert_sound(c.database)
        give(c, b)
        assert queries.counts(b.database)["Qax"] == Count(yes=2)
        assert_sound(b.database)


def test_another_framework_is_counted_anew(pair: Pair) -> None:
    a, _ = pair
    a.log.record("A", YES, JudgementMade(key_question="Qb", judgement=Judgement.NO))
    framework = queries.framework(a.database)
    raw = framework.model_dump(by_alias=True)
    raw["domains"][0]["standards"][0]["key_questions"] = raw["domains"][0]["standards"][0]["key_questions"][
        1:
    ]
    a.log.record("", FrameworkChosen.model_validate({"framework": raw}))
    counts = queries.counts(a.database)
    assert "Qax" not in counts
    assert counts["Qb"] == Count(no=1)
    assert_sound(a.database)
    a.log.record("", FrameworkChosen(framework=framework))
    assert queries.counts(a.database)["Qax"] == Count(yes=1)
    assert_sound(a.database)


def test_a_framework_that_another_connection_chose_is_used_at_once(tmp_path: Path) -> None:
    with Laptop(tmp_path / "a.db", "a") as a:
        a.log.record("A", CaseAdded(sample="branch"))
        with Laptop(tmp_path / "a.db", "b") as other:
            other.log.record("", FrameworkChosen(framework=TINY))
        a.log.record("A", YES)
        assert queries.counts(a.database)["Qax"] == Count(yes=1)
        assert_sound(a.database)


def test_another_sample_type_moves_the_case_from_one_count_to_the_other(pair: Pair) -> None:
    a, _ = pair
    a.log.record("A", YES)
    a.log.record("A", CaseAdded(sample="a sample of no framework"))
    assert not any(map(any, queries.counts(a.database).values()))
    assert_sound(a.database)
    a.log.record("A", CaseAdded(sample="branch"))
    assert queries.counts(a.database)["Qax"] == Count(yes=1)
    assert_sound(a.database)


def test_an_answer_is_never_deleted_because_a_case_fact_changed(pair: Pair) -> None:
    a, b = pair
    stock = "stock"
    a.log.record("A", FactSet(fact=stock, to="tools"))
    a.log.record("A", JudgementMade(key_question="La", judgement=Judgement.YES))
    a.log.record("A", AnswerGiven(prompt="Lay", answer=Answer.NO))
    counted = queries.counts(a.database)
    assert (counted["La"], counted["Lay"]) == (Count(yes=1), Count(no=1))
    a.log.record("A", FactSet(fact=stock, to="books"))
    closed = queries.counts(a.database)
    assert (closed["La"], closed["Lay"]) == (Count(out=1), Count(out=1))
    assert value_of(a, "judgement:La") == "yes"
    assert value_of(a, "answer:Lay") == "no"
    a.log.record("A", FactSet(fact=stock, to=None))
    assert queries.counts(a.database)["La"] == Count(open=1)
    a.log.record("A", JudgementMade(key_question="Qb", judgement=Judgement.YES))
    a.log.record("A", FactSet(fact=stock, to="tools"))
    assert {k: queries.counts(a.database)[k] for k in ("La", "Lay")} == {"La": Count(1), "Lay": Count(0, 1)}
    give(a, b)
    assert value_of(b, "answer:Lay") == "no"
    assert_sound(b.database)


def test_the_two_scopes(pair: Pair) -> None:
    a, _ = pair
    a.log.record("A", YES)
    a.log.record("B", CaseAdded(sample="branch"), NO, CaseCompleted())

    def both() -> tuple[Count, Count]:
        return tuple(  # type: ignore[return-value]  # two of them
            queries.counts(a.database, complete_only=only).get("Qax", Count()) for only in (False, True)
        )

    assert both() == (Count(1, 1), Count(0, 1))
    a.log.record("B", YES)  # late work in a complete case
    assert both() == (Count(2, 0), Count(1, 0))
    a.log.record("B", CaseReopened(why="mistake"))
    assert both() == (Count(2, 0), Count())
    a.log.record("A", CaseCompleted())
    assert both() == (Count(2, 0), Count(1, 0))
    assert_sound(a.database)
