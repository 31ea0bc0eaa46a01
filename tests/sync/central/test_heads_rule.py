"""The heads rule stands once: where it is broken on purpose, all that rest on it notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pytest

from builders.chains import after
from builders.laptops import Laptop, Watch
from builders.teams import invited, lead
from fieldtool.domain.kinds.assessment import AnswerGiven
from fieldtool.domain.log import heads
from fieldtool.domain.log.events import ChainId, EventId
from fieldtool.domain.log.heads import Replaced
from fieldtool.domain.log.history import changes
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.conflicts import conflicts
from fieldtool.store.views.laptops import beyond_removal
from fieldtool.store.views.projection import Projection
from fieldtool.work.lead import removals
from sync.central.test_views import assert_heads
from sync.centre import Centre

YES, NO = (AnswerGiven(prompt="Qax", answer=answer) for answer in (Answer.YES, Answer.NO))


def saving() -> None:
    """What one says oneself takes the place of what one knew of, and of nothing that is later."""
    with Laptop(None, "a") as laptop:
        laptop.set_up("A")
        laptop.log.record("A", YES)
        (no,) = laptop.log.record("A", NO)
        assert laptop.values("A")["answer:Qax"] == "no"
        projection = Projection(laptop.database)
        with laptop.database.transaction():
            early = no._replace(id=EventId("f", 1, 1), parents=(no.id,), at=no.at - 1)
            projection.record(early, "yes", projection.heads("A", "answer:Qax"))
        assert laptop.values("A")["answer:Qax"] == "no"
        with laptop.database.transaction():
            late = no._replace(id=EventId("f", 1, 2), parents=(early.id,), at=no.at + 1)
            projection.record(late, "yes", projection.heads("A", "answer:Qax"))
        assert len(projection.heads("A", "answer:Qax")) == 2


def merging(centre: Centre | None = None, more: Sequence[AnswerGiven] = ()) -> None:
    """What two said without knowing of each other stands side by side, and an earlier event replaces no later one."""
    with Laptop(None, "a") as a, Laptop(None, "b", Watch(step=60)) as b, Laptop(None, "c") as c:
        a.set_up("A")
        b.log.receive(a.events)
        a.log.record("A", YES, *more)
        b.log.record("A", NO)
        theirs = [event for event in b.events if event.id.device == "b"]
        forked = [after(None, ChainId("f", 1), subject="A", at=theirs[0].at - 1, parents=(theirs[0].id,))]
        c.log.receive([*a.events, *theirs, *forked])
        if centre is not None:
            assert_heads(centre, c)
            return
        assert [len(conflict.sides) for conflict in conflicts(c.database)] == [3]


def merging_many() -> None:
    """The same in a case of so many events that it is read and written as a whole."""
    merging(more=[AnswerGiven(prompt="Qay", answer=Answer.YES)] * 25)


def history() -> None:
    """The history says of each answer whether it stands, as the case does."""
    with Laptop(None, "a") as a:
        a.set_up("A")
        (yes,) = a.log.record("A", YES)
        first = after(None, ChainId("f", 1), subject="A", at=yes.at - 1, parents=(yes.id,))
        beside = after(None, ChainId("g", 1), subject="A", at=yes.at + 1, parents=(EventId("h", 1, 1),))
        told = [change for change in changes([*a.events, first, beside]) if change.slot.item == "Qax"]
        assert [change.stands for change in told] == [True, True, True]
        assert [change.shown for change in told] == [False, False, True]


def after_a_removal(centre: Centre | None = None) -> None:
    """What a laptop says after it was removed counts nowhere, and what it replaced stands again."""
    with lead() as lea, invited(lea, "anna") as anna:
        lea.answer(answer=Answer.YES)
        anna.log.receive(lea.events)
        lea.log.receive(anna.events)
        removals.propose_laptop(lea.lead, anna.membership.key, "lost").carry_out()
        anna.answer(answer=Answer.NO)
        lea.log.receive(anna.events)
        if centre is not None:
            assert_heads(centre, lea)
            return
        about = [event for event in lea.events if event.subject == "A"]
        told = [
            (change.value, change.shown)
            for change in changes(about, beyond_removal(lea.database))
            if change.slot.item == "Qax"
        ]
        assert told == [("yes", True), ("no", False)]


def case_after_a_removal() -> None:
    with lead() as lea, invited(lea, "anna") as anna:
        lea.answer(answer=Answer.YES)
        anna.log.receive(lea.events)
        lea.log.receive(anna.events)
        removals.propose_laptop(lea.lead, anna.membership.key, "lost").carry_out()
        anna.answer(answer=Answer.NO)
        lea.log.receive(anna.events)
        assert lea.database.rows("SELECT value FROM head WHERE slot = 'answer:Qax'") == [("yes",)]
        assert conflicts(lea.database) == ()


def without_guard(patch: pytest.MonkeyPatch) -> None:
    """An event replaces whatever it names."""
    patch.setattr(heads, "replaces", lambda _at, parents, other, _other_at: other in parents)


def latest_wins(patch: pytest.MonkeyPatch) -> None:
    """The latest by the clock replaces all that is older."""
    patch.setattr(heads, "replaces", lambda at, _parents, _other, other_at: other_at < at)


def without_removals(patch: pytest.MonkeyPatch) -> None:
    """What a removed laptop replaced too late does not stand again."""
    by = Replaced.by.__func__  # type: ignore[attr-defined]  # the function of a class method
    patch.setattr(Replaced, "by", classmethod(lambda cls, events, _=None: by(cls, events)))


USERS = (saving, merging, merging_many, history, after_a_removal, case_after_a_removal)


@pytest.mark.parametrize("user", USERS)
def test_the_rule_holds(user: Callable[[], None]) -> None:
    user()


@pytest.mark.parametrize("user", [merging, after_a_removal])
def test_the_central_store_says_the_same(user: Callable[[Centre], None], centre: Centre) -> None:
    user(centre)


@pytest.mark.parametrize(
    ("broken", "noticing"),
    [
        (without_guard, (saving, merging, merging_many, history)),
        (latest_wins, (saving, merging, merging_many, history)),
        (without_removals, (after_a_removal, case_after_a_removal)),
    ],
)
def test_a_broken_rule_is_noticed(
    broken: Callable[[pytest.MonkeyPatch], None],
    noticing: Iterable[Callable[[], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken(monkeypatch)
    for user in noticing:
        with pytest.raises(AssertionError):
            user()


@pytest.mark.parametrize(
    ("broken", "noticing"),
    [(without_guard, merging), (latest_wins, merging), (without_removals, after_a_removal)],
)
def test_a_broken_rule_is_noticed_at_the_central_store(
    broken: Callable[[pytest.MonkeyPatch], None],
    noticing: Callable[[Centre], None],
    centre: Centre,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        noticing(centre)
