"""Forked chains in the central store: every branch is kept and passed on, whoever sends it, in whatever order."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from builders.chains import after, all_of, chain, holdings_of, in_batches
from builders.teams import Laptop, invited, lead
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.store.audit import file_check
from fieldtool.store.chain.conflicts import decide, forked_events
from fieldtool.store.chain.receiving import Received
from fieldtool.sync.central.central_store import CentralStore
from fieldtool.sync.central.schema import VERSION, Administration
from fieldtool.sync.differences import reconcile
from fieldtool.sync.event_store import Branch, Branching, Has, Held, Holdings, Part, SyncError
from fieldtool.sync.exchange import exchange
from sync.central.test_central_store import described
from sync.central.test_faults import SEEDS
from sync.centre import OURS, Centre
from sync.proxy import Proxy
from sync.test_exchange import Team, twin_of

Meet = Callable[..., None]
OLD_SCHEMA = Path(__file__).parents[2] / "fixtures" / "central_1.sql"
A = ChainId("laptop-a", 1)


def forked(at: int, number: int, who: str = "INS-02", from_: Sequence[Event] = ()) -> list[Event]:
    """A branch that leaves a chain of laptop-a behind an event, with so many events of its own."""
    events = [*(from_ or chain(number=at))[:at]]
    for _ in range(number):
        events.append(after(events[-1] if events else None, A, actor=who))
    return events[at:]


def having(events: Sequence[Event]) -> Has:
    """What a laptop says that has these."""
    hashes = {event.hash for event in events}
    return lambda _, digest: digest in hashes


def nothing(id: EventId, digest: bytes) -> bool:
    del id, digest
    return False


def branch_of(events: Sequence[Event]) -> Branch:
    first, last = events[0], events[-1]
    return Branch(ChainId(*first.id[:2]), first.hash, first.id.seq, Held(last.id.seq, last.hash))


# ---------------------------------------------------------------------- both are kept


@pytest.mark.parametrize("at", [0, 1, 3])
@pytest.mark.parametrize("number", [1, 2, 6])
def test_the_second_branch_is_kept_beside_the_first(centre: Centre, at: int, number: int) -> None:
    """Whether it is shorter or longer than the other, and whether it leaves it at the beginning or at the end."""
    first, second = chain(number=4), forked(at, number)
    others = chain("laptop-b", 3)
    store = centre.store("anna")
    assert store.send([first]) == Received(4, 0)
    assert store.send([[*second, *others]]) == Received(number + 3, 0)
    assert store.misfits == {}
    assert store.holdings() == holdings_of([*first, *others])
    assert store.branches() == [branch_of(second)]
    # Both for whoever says what they have; without that, the one that counts.
    assert centre.events("ben", has=nothing) == [*first, *others, *second]
    assert centre.events("ben") == [*first, *others]
    for batch in (second, first, [*second, *others]):
        assert store.send([batch]) == Received(0, len(batch))
    assert centre.events("ben", has=nothing) == [*first, *others, *second]


def test_a_branch_goes_on_and_has_branches_itself(centre: Centre) -> None:
    first, second = chain(number=4), forked(2, 9)
    store = centre.store()
    store.send([first, second[:3]])
    assert store.send([second[3:6]]) == Received(3, 0)
    third = [after(second[4], actor="INS-03")]
    third.append(after(third[0], actor="INS-03"))
    assert store.send([third]) == Received(2, 0)
    assert store.send([second[6:], [after(first[-1])]]) == Received(4, 0)
    assert store.branches() == [branch_of(second), branch_of(third)]
    assert store.holdings()[A].seq == 5
    assert centre.events(has=nothing) == [*first, after(first[-1]), *second, *third]


def test_in_one_batch_as_a_laptop_that_has_both_sends_it(centre: Centre) -> None:
    first, second = chain(number=4), forked(2, 2)
    batch = sorted([*first, *second], key=lambda event: event.id)
    assert centre.store().send([batch]) == Received(6, 0)
    assert {event.hash for event in centre.events(has=nothing)} == {event.hash for event in batch}


def test_what_belongs_to_no_branch_is_refused(centre: Centre) -> None:
    first, second = chain(number=4), forked(2, 4)
    store = centre.store()
    store.send([first, second[:2]])
    altered = second[2]._replace(text="{}")
    for sent, named in (
        (second[3:], second[3].id),  # what it follows is not there
        ([altered], altered.id),
        ([second[1]._replace(actor="mallory")], second[1].id),
        ([second[2]._replace(hash=bytes(32))], second[2].id),
    ):
        assert store.send([sent]) == Received(0, 0)
        assert store.misfits == {A: named}
    assert store.send([[second[2], altered]]) == Received(1, 0)
    assert store.misfits == {A: altered.id}
    assert centre.events(has=nothing) == [*first, *second[:3]]


def test_what_it_has_is_told_in_whatever_branch(centre: Centre) -> None:
    first, second = chain(number=4), forked(2, 4)
    store: Branching = centre.store()
    assert isinstance(store, Branching)
    store.send([first, second[:2]])
    asked = [(event.id, event.hash) for event in (*first, *second)]
    assert store.has(asked) == {event.hash for event in (*first, *second[:2])}
    assert store.has([(first[0].id, bytes(32))]) == store.has([]) == frozenset()


# ---------------------------------------------------------------------- any tree, in any order


@st.composite
def trees(draw: st.DrawFn) -> list[Event]:
    """Events of one or two laptops, each of which follows any earlier one, or none."""
    events: list[Event] = []
    for number in range(draw(st.integers(1, 14))):
        name = draw(st.sampled_from("aab"))
        ends = [event for event in events if event.id.device == f"laptop-{name}"]
        end = draw(st.none() | st.sampled_from(ends[-3:])) if ends else None
        events.append(after(end, ChainId(f"laptop-{name}", 1), actor=f"INS-{number}"))
    return events


def path_to(event: Event, by_hash: dict[bytes, Event]) -> list[Event]:
    """An event and all that it follows, the first one first."""
    before = next(
        (each for each in by_hash.values() if each.id.seq == event.id.seq - 1 and _follows(event, each)), None
    )
    return [*(path_to(before, by_hash) if before else ()), event]


def _follows(event: Event, each: Event) -> bool:
    return each.id[:2] == event.id[:2] and event.hash == event.chained(each.hash)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
@given(data=st.data())
def test_any_tree_is_kept_and_given_as_far_as_it_is_not_known(centre: Centre, data: st.DataObject) -> None:
    events = data.draw(trees())
    by_hash = {event.hash: event for event in events}
    inspection = uuid4().hex
    Administration(centre.address()).add(inspection, "anna")
    with CentralStore(centre.address("anna"), inspection) as store:
        # Whole ways from the first event on, as laptops send them; some twice, in batches of any size.
        for event in [*data.draw(st.permutations(events)), *events[:2]]:
            way = path_to(event, by_hash)
            assert sum(store.send(in_batches(way, data.draw(st.integers(1, 4))))) == len(way)
            assert store.misfits == {}
        assert store.has([(event.id, event.hash) for event in events]) == by_hash.keys()
        ends = holdings_of(all_of(store.take({})))
        assert store.holdings() == ends
        for branch in store.branches():
            assert by_hash[branch.name].id.seq == branch.first
            assert by_hash[branch.end.hash].id.seq == branch.end.seq
    # Somebody has some whole ways: what they are given is the rest, each event behind the one that it follows.
    ways = [path_to(event, by_hash) for event in data.draw(st.lists(st.sampled_from(events)))]
    mine = [event for way in ways for event in way]
    there = {event.hash for event in mine}
    known = holdings_of(ways[0] if ways else ())
    with CentralStore(centre.address("anna"), inspection, has=having(mine)) as store:
        parts = [(part.first, part.last) for part in store.news(known)]
        given_ = all_of(store.take(known))
    assert sum(last - first + 1 for first, last in parts) == len(given_)
    assert len({event.hash for event in given_}) == len(given_)
    assert {event.hash for event in given_} == by_hash.keys() - there
    for event in given_:
        assert {each.hash for each in path_to(event, by_hash)[:-1]} <= there
        there.add(event.hash)


def test_only_what_is_new_of_a_long_branch_is_read(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = chain(number=400), forked(100, 300)
    store = centre.store("anna")
    store.send([first, second])
    read: list[int] = []
    page = CentralStore._page

    def counting(self: CentralStore, part: Part) -> list[Event]:
        found = page(self, part)
        read.append(len(found))
        return found

    monkeypatch.setattr(CentralStore, "_page", counting)
    # A laptop that counts the second branch, and has the first but for its last two events.
    mine = [*first[:100], *second[:-3]]
    ben = centre.store("ben", has=having([*mine, *first[:-2]]))
    assert all_of(ben.take(holdings_of(mine))) == [*first[-2:], *second[-3:]]
    assert sum(read) < 40
    read.clear()
    ben = centre.store("ben", has=having([*first, *second]))
    assert all_of(ben.take(holdings_of([*first[:100], *second]))) == []
    assert read == []


# ---------------------------------------------------------------------- several at once, and cut


def test_branches_that_are_sent_at_once(centre: Centre) -> None:
    """Each of four sends its own branch and another's, some events at a time."""
    ways = [[*chain(number=20), *forked(20, 60 + number, f"INS-{number}")] for number in range(4)]
    stores = [centre.store(login) for login in ("anna", "ben", "anna", "ben")]
    start = threading.Barrier(4)
    failed: list[object] = []

    def send(number: int) -> None:
        start.wait(30)
        try:
            for way in (ways[number], ways[number - 1]):
                stores[number].send(in_batches(way, 7 + number))
                failed.extend(stores[number].misfits.items())
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    kept = centre.events(has=nothing)
    assert len(kept) == 20 + 60 + 61 + 62 + 63
    assert {event.hash for event in kept} == {event.hash for way in ways for event in way}


def test_sending_a_branch_is_cut_anywhere_and_goes_on_where_it_was(centre: Centre) -> None:
    first, second = chain(number=40), forked(10, 50)
    batches = [list(batch) for batch in in_batches(second, 9)]
    with Proxy(centre.server.socket / ".s.PGSQL.5432") as proxy:
        address = proxy.address(centre.database)
        cut = 0
        with CentralStore(address, OURS) as store:
            store.send([first])
            store.send(batches)
            whole = proxy.passed
        for seed in range(SEEDS // 2):
            dice = random.Random(seed)  # noqa: S311  # which byte
            inspection = f"{seed:032x}"
            with centre.sql() as admin:
                admin.execute("INSERT INTO fieldtool.person VALUES ('anna', %s, true)", (inspection,))
            centre.store(inspection=inspection).send([first])
            with CentralStore(address, inspection, has=having(first)) as store:
                for _ in range(2):
                    proxy.left = dice.randint(1, whole)
                    try:
                        store.send(batches)
                    except SyncError:
                        cut += 1
                    proxy.left = None
                    kept = all_of(store.take(holdings_of(first)))
                    assert kept == second[: len(kept)], f"seed {seed}"
                    assert len(kept) % 9 in {0, 50 % 9}, f"seed {seed}"
                assert store.send(batches) == Received(50 - len(kept), len(kept)), f"seed {seed}"
                assert all_of(store.take(holdings_of(first))) == second, f"seed {seed}"
                assert store.holdings() == holdings_of(first)
        assert cut >= SEEDS / 4


def test_taking_branches_is_cut_and_what_came_is_good(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fieldtool.sync.central.central_store.PAGE", 9)
    first, second = chain(number=40), forked(10, 50)
    centre.store().send([first, second])
    with Proxy(centre.server.socket / ".s.PGSQL.5432") as proxy:
        address = proxy.address(centre.database)
        got: list[Event] = []
        cut = 0
        dice = random.Random(7)  # noqa: S311  # which byte
        while len(got) < 90:
            mine = [event for event in got if event in first]
            with CentralStore(address, OURS, has=having(got)) as store:
                proxy.left = dice.randint(4_000, 16_000)
                try:
                    for batch in store.take(holdings_of(mine)):
                        got.extend(batch)
                except SyncError:
                    cut += 1
            assert got == [*first, *second][: len(got)]
        assert cut > 1


# ---------------------------------------------------------------------- an older store


def test_a_store_of_the_first_version_is_upgraded_and_keeps_everything(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are those that the first version made, with its events and people in them."""
    name = centre.server.database()
    events = chain(number=3)
    with Centre(centre.server, name) as old, old.sql() as admin:
        admin.execute(OLD_SCHEMA.read_bytes())
        admin.execute("INSERT INTO fieldtool.about VALUES (1)")
        admin.execute(
            "INSERT INTO fieldtool.person VALUES ('anna', %s, true), ('rita', %s, false)", (OURS[:32],) * 2
        )
        with monkeypatch.context() as before:
            before.setattr("fieldtool.sync.central.schema.VERSION", 1)
            assert old.store().send([events]).new == 3
        with pytest.raises(SyncError, match="is older than this fieldtool"):
            old.store().holdings()
        administration = Administration(old.address())
        for _ in range(2):
            assert administration.set_up() is False
            assert admin.execute("SELECT version FROM fieldtool.about").fetchall() == [(VERSION,)]
        assert described(old) == described(centre)
        assert administration.people(OURS) == [("anna", True), ("rita", False)]
        assert old.events("rita") == events
        old.store().send([forked(1, 2)])
        assert old.events("rita", has=nothing) == [*events, *forked(1, 2)]
    centre.server.drop(name)


# ---------------------------------------------------------------------- laptops that only have this


@pytest.fixture
def team() -> Iterator[Team]:
    with ExitStack() as stack:
        lea = stack.enter_context(lead())
        anna, ben = (stack.enter_context(invited(lea, name)) for name in ("anna", "ben"))
        yield lea, anna, ben


@pytest.fixture
def meet(centre: Centre) -> Meet:
    """Laptops send and take at the central store, one after the other, until all have everything."""

    def meet(*laptops: Laptop, times: int = 1) -> None:
        for turn in range(times + 1):
            for laptop in laptops:
                # The last time without receipts, each of which would be news to all others.
                here = laptop.store(receipts=turn < times)
                exchanged = exchange(here, centre.store(has=here.has))
                assert (exchanged.failures, exchanged.lacking, exchanged.complete) == ((), (), True)

    return meet


def everything(laptop: Laptop) -> set[bytes]:
    """The events of a laptop, with those beside its log."""
    return {event.hash for event in (*laptop.events, *laptop.store().beside())}


def assert_equal(*laptops: Laptop) -> None:
    """The same events in the log and beside it, and the same views."""
    first, *others = laptops
    for laptop in others:
        assert laptop.events == first.events
        assert list(laptop.store().beside()) == list(first.store().beside())
        assert laptop.views == first.views
    for laptop in laptops:
        said = list(file_check.findings(laptop.database))
        assert all("has written two different events" in line for line in said), said


@pytest.mark.parametrize("more", [(1, 1), (1, 3), (3, 1)], ids=str)
def test_both_branches_come_to_everybody_by_the_server_alone(
    team: Team, centre: Centre, meet: Meet, more: tuple[int, int]
) -> None:
    lea, anna, ben = team
    with twin_of(anna) as twin:
        start = len(anna.own)
        for laptop, number in zip((anna, twin), more, strict=True):
            for count in range(number):
                laptop.note(f"{count} of {'anna' if laptop is anna else 'the twin'}")
        meet(anna)
        exchanged = exchange(twin.store(), centre.store(has=twin.store().has))
        # Nothing is refused; it is said that the chain has gone two ways, and that all of it is there.
        assert (exchanged.failures, exchanged.lacking, exchanged.complete) == ((), (), True)
        assert exchanged.went.new == more[1]
        (fork,) = exchanged.forks
        assert (fork.device, fork.first, fork.who) == (anna.device, start + 1, "anna")
        meet(lea, ben, anna, twin)
        assert_equal(lea, anna, ben)
        assert everything(twin) == everything(anna)
        assert len(centre.events(has=nothing)) == len(everything(anna))
        said = {event.side.value for event in forked_events(lea.database)}
        assert said == {f"{number} of the twin" for number in range(more[1])}
        # They go on, each in their branch.
        twin.note("later, of the twin")
        anna.note("later, of anna")
        meet(twin, anna, lea, ben)
        assert_equal(lea, anna, ben)
        assert everything(twin) == everything(lea)
        # Who joins only now has the same.
        with invited(lea, "cleo") as cleo:
            meet(lea, cleo, anna, ben, twin)
            assert_equal(lea, anna, ben, cleo)
            for laptop in (lea, anna, ben, cleo, twin):
                again = exchange(laptop.store(), centre.store(has=laptop.store().has))
                assert (again.came, again.went) == (Received(0, 0), Received(0, 0))


def test_who_has_taken_the_other_branch_first(team: Team, centre: Centre, meet: Meet, tmp_path: Path) -> None:
    """Ben has it from a stick: he counts the one, the server the other, and both have both."""
    lea, anna, ben = team
    with twin_of(anna) as twin:
        anna.note("the one")
        twin.note("the other")
        twin.exchange(tmp_path)
        ben.exchange(tmp_path)
        meet(anna, ben, lea)
        assert_equal(lea, anna)
        assert everything(ben) == everything(lea)
        assert [each.side.value for each in forked_events(ben.database)] == ["the one"]
        assert [each.side.value for each in forked_events(lea.database)] == ["the other"]
        # The twin's disk breaks now: what it wrote is there all the same.
    (fork,) = exchange(ben.store(), centre.store(has=ben.store().has)).forks
    assert fork.device == anna.device


def test_a_person_s_choice_comes_to_everybody(team: Team, meet: Meet) -> None:
    lea, anna, ben = team
    with twin_of(anna) as twin:
        anna.note("the one")
        twin.note("the other")
        meet(anna, twin, lea)
        (forked_event,) = forked_events(lea.database)
        decide(lea.database, lea.log, forked_event, taken=True)
        meet(lea, anna, ben, twin, times=2)
        assert_equal(lea, anna, ben)
        assert everything(twin) == everything(lea)
        for laptop in (lea, anna, ben):
            assert forked_events(laptop.database) == ()
        for laptop in (lea, anna, ben, twin):
            shown = laptop.database.rows("SELECT value FROM head WHERE slot = 'note:' AND shown")
            assert shown == [("the other",)]


def test_what_analysts_count_is_what_the_laptops_count(team: Team, centre: Centre, meet: Meet) -> None:
    lea, anna, _ = team
    with twin_of(anna) as twin:
        anna.answer("A")
        twin.note("the other")
        twin.note("the other", "B")
        meet(anna, twin, lea)
    ours = lea.database.rows("SELECT subject, slot, device, incarnation, seq FROM head WHERE subject <> ''")
    with centre.sql("anna") as sql:
        heads = sql.execute("SELECT subject, slot, device, incarnation, seq FROM fieldtool.heads").fetchall()
        assert {row for row in heads if row[0]} == {*ours}
        assert sql.execute("SELECT count(*) FROM fieldtool.notes").fetchone() == (0,)
        cases = sql.execute(
            "SELECT ref, answers, texts, conflicts FROM fieldtool.cases ORDER BY 1"
        ).fetchall()
        assert cases == [("A", 1, 0, 0), ("B", 0, 0, 0)]


def test_reconciling_names_what_is_lacking_of_a_branch(team: Team, centre: Centre, meet: Meet) -> None:
    lea, anna, ben = team

    def compared(laptop: Laptop) -> list[tuple[int, int, str]]:
        found = reconcile(laptop.store(), centre.store(has=laptop.store().has))
        return sorted((each.first, each.last, each.where) for each in found if each.device == anna.device)

    meet(lea, anna, ben)
    with twin_of(anna) as twin:
        start = len(anna.own)
        first, last = start + 1, start + 2
        anna.note("one of anna")
        twin.note("one of the twin")
        twin.note("two of the twin")
        exchange(anna.store(), centre.store())
        both = (first, last, "")
        assert compared(twin) == [(first, first, "this laptop"), both, (first, last, "the central store")]
        for laptop in (twin, lea):
            if laptop is lea:
                assert compared(lea) == [(first, first, "this laptop"), both, (first, last, "this laptop")]
            exchange(laptop.store(), centre.store(has=laptop.store().has))
            # Who has what is beyond question; that there are two is told until the end of time.
            assert [each for each in compared(laptop) if each[2]] == []
            assert compared(laptop)[0][0] == first
        with centre.sql() as admin:
            admin.execute("DELETE FROM fieldtool.event_fork WHERE seq = %s", (last,))
        # Of the branch that counts here, and of the one beside the log.
        for laptop in (twin, lea):
            assert [each for each in compared(laptop) if each[2]] == [(last, last, "the central store")]
        exchanged = exchange(lea.store(), Deaf(centre.store()))
        assert not exchanged.complete
        assert [(each.first, each.last) for each in exchanged.lacking] == [(last, last)]
        assert exchange(lea.store(), centre.store()).complete
        assert [each for each in compared(twin) if each[2]] == []


class Deaf:
    """A central store that keeps nothing, and says so."""

    name = "the central store"

    def __init__(self, store: CentralStore) -> None:
        self.holdings: Callable[[], Holdings] = store.holdings
        self.branches, self.news, self.has, self.take = store.branches, store.news, store.has, store.take
        self.misfits: dict[ChainId, EventId] = {}

    def send(self, batches: Iterable[Sequence[Event]]) -> Received:
        return Received(0, len(all_of(batches)))


def test_another_inspection_has_branches_of_its_own(centre: Centre) -> None:
    first, second = chain(number=3), forked(1, 2)
    centre.store("anna").send([first, second])
    zoe = centre.store("zoe", "fedcba9876543210" * 4, has=nothing)
    assert zoe.branches() == []
    assert zoe.send([first]) == Received(3, 0)
    assert zoe.has([(event.id, event.hash) for event in second]) == frozenset()
    assert all_of(zoe.take({})) == first
    stranger = centre.store("zoe", OURS, has=nothing)
    for use in (lambda: all_of(stranger.take({})), lambda: stranger.send([second])):
        with pytest.raises(SyncError, match="zoe does not belong to this inspection"):
            use()
    assert stranger.branches() == []
    assert stranger.has([(event.id, event.hash) for event in second]) == frozenset()


def test_what_somebody_has_put_there_by_sql_is_named_and_kept_apart(
    team: Team, centre: Centre, meet: Meet
) -> None:
    """Rows of one's own inspection that continue no chain, in the table of branches."""
    lea, anna, ben = team
    ben.note("three", "B")
    meet(anna, ben)
    with centre.sql("anna") as sql:
        sql.execute(
            "INSERT INTO fieldtool.event_fork SELECT inspection, sha256('x'), device, incarnation, seq, at, wall, "
            "'mallory', kind, subject, slot, body, parents, sha256('x') FROM fieldtool.event "
            "WHERE device = %s AND seq = 1",
            (anna.device.id,),
        )
    exchanged = exchange(lea.store(), centre.store(has=lea.store().has))
    assert [f"{anna.device.id}.1.1 from the central store" in said for said in exchanged.failures] == [True]
    assert lea.store().holdings()[ben.device].seq == len(ben.own)
    assert [*lea.store().beside()] == []
