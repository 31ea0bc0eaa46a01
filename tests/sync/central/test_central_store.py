"""The central store: what is sent is kept and given back as it was, and what does not fit is refused."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.chains import after, all_of, chain, holdings_of, in_batches
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.store.chain.receiving import Received
from fieldtool.sync.central import rows, schema
from fieldtool.sync.central.central_store import CentralStore
from fieldtool.sync.central.schema import Administration, inspection_key
from fieldtool.sync.event_store import Held, Store, SyncError
from sync.centre import OURS, Centre
from sync.server import Server

A, B = ChainId("laptop-a", 1), ChainId("laptop-b", 1)


# ---------------------------------------------------------------------- out and back


def test_an_empty_store(centre: Centre) -> None:
    store: Store = centre.store()
    assert store.name == "the central store"
    assert store.holdings() == {}
    assert all_of(store.take({})) == []
    assert store.send([]) == (0, 0)


def test_what_was_sent_comes_back_as_it_was(centre: Centre) -> None:
    events = chain("laptop-a", 7) + chain("laptop-b", 3) + chain("laptop-b", 2, incarnation=2)
    assert centre.store("anna").send([events]) == Received(12, 0)
    assert centre.store("ben").holdings() == holdings_of(events)
    assert centre.events("ben") == events


def test_what_is_known_is_not_given_again(centre: Centre) -> None:
    store = centre.store()
    mine, others = chain("laptop-a", 5), chain("laptop-b", 5)
    store.send([mine, others])
    known = holdings_of([*mine, *others[:3]])
    assert all_of(store.take(known)) == others[3:]
    # Who has more than the store is given nothing of it.
    assert all_of(store.take({A: Held(99, bytes(32)), B: Held(5, others[-1].hash)})) == []


def test_sending_twice_is_sending_once(centre: Centre) -> None:
    store, events = centre.store(), chain(number=6)
    assert store.send([events[:4]]) == Received(4, 0)
    assert store.send([events[:4]]) == Received(0, 4)
    assert store.send([events]) == Received(2, 4)
    assert store.send([[], events[2:5], events[5:]]) == Received(0, 4)
    assert store.misfits == {}
    assert centre.events() == events


def test_events_in_any_order_in_a_batch_and_twice(centre: Centre) -> None:
    events = chain(number=6)
    batch = [*reversed(events), *events[2:4]]
    assert centre.store().send([batch]) == Received(6, 2)
    assert centre.events() == events


def test_a_page_after_the_other(centre: Centre) -> None:
    """More events than are taken at a time, and a batch of 20,000."""
    events = chain(number=20_000) + chain("laptop-b", 1)
    store = centre.store()
    assert store.send([events]) == Received(20_001, 0)
    batches = list(store.take({}))
    assert len(batches) > 2
    assert all_of(batches) == events


def test_inspections_do_not_mix(centre: Centre) -> None:
    ours, theirs = chain("laptop-a", 3), chain("laptop-a", 2, text='{"prompt":"Qax","answer":"no"}')
    centre.store("anna").send([ours])
    centre.store("zoe", "fedcba98-7654-3210-fedc-ba9876543210").send([theirs])
    assert centre.events("anna") == ours
    assert centre.events("zoe", "fedcba9876543210" * 4) == theirs


def test_an_id_is_half_a_hash_or_a_uuid() -> None:
    key = inspection_key(OURS)
    assert str(key) == "01234567-89ab-cdef-0123-456789abcdef"
    assert inspection_key(str(key)) == inspection_key(OURS[:32]) == key
    for wrong in ("", "hiow", OURS[:30], "zz" * 16):
        with pytest.raises(SyncError, match="is not the id of an inspection"):
            inspection_key(wrong)


# ---------------------------------------------------------------------- byte for byte

TEXTS = st.text(max_size=20) | st.text(st.sampled_from('\0\x10p0\\\t\n\r"{},. é\U0001f600'), max_size=8)
IDS = st.builds(EventId, TEXTS, st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_text_comes_back_byte_for_byte(centre: Centre, data: st.DataObject) -> None:
    """Unknown kinds, bodies that are no JSON, U+0000, what COPY and arrays give a meaning to."""
    device = ChainId(data.draw(TEXTS), data.draw(st.integers(0, 2**63 - 1)))
    events: list[Event] = []
    for _ in range(data.draw(st.integers(1, 3))):
        wall, actor, kind, subject, slot, text = (data.draw(TEXTS) for _ in range(6))
        event = after(
            events[-1] if events else None,
            device,
            at=data.draw(st.integers(-(2**63), 2**63 - 1)),
            wall=wall,
            actor=actor,
            kind=kind,
            subject=subject,
            slot=slot,
            text=text,
            parents=tuple(data.draw(st.lists(IDS, max_size=3))),
        )
        events.append(event)
    inspection = uuid4().hex
    Administration(centre.address()).add(inspection, "anna")
    with CentralStore(centre.address("anna"), inspection) as store:
        store.send([events])
        assert store.misfits == {}
        assert store.holdings() == holdings_of(events)
        assert all_of(store.take({})) == events
        assert store.send([events]) == Received(0, len(events))


def test_half_a_sign_is_refused_and_not_stumbled_over(centre: Centre) -> None:
    event = after(None)._replace(text="\ud800")
    store = centre.store()
    assert store.send([[event]]) == Received(0, 0)
    assert store.misfits == {A: event.id}


def test_a_number_that_is_too_large(centre: Centre) -> None:
    event = after(None, at=2**63)
    with pytest.raises(SyncError, match="a number that is too large"):
        centre.store().send([[event]])


# ---------------------------------------------------------------------- what does not fit

Spoilt = Iterable[tuple[str, list[Event], EventId, int]]


def spoilt() -> Spoilt:
    """How, a chain of six whose first three the store has, the event to be named, how many are kept."""
    events = chain(number=6)
    other = chain(number=6, text='{"prompt":"Qax","answer":"no"}')
    yield "a gap", events[4:], events[4].id, 3
    yield "a gap within", [*events[:4], *events[5:]], events[5].id, 4
    yield "another one of the middle", [events[1], *other[2:4]], other[2].id, 3
    yield "what follows another one", other[3:], other[3].id, 3
    yield "an altered text", [*events[3:5], events[5]._replace(text="{}")], events[5].id, 5
    yield "an altered hash", [events[3]._replace(hash=bytes(32))], events[3].id, 3
    yield "two of one number", [*events[3:5], other[4]], events[4].id, 5


@pytest.mark.parametrize(("how", "sent", "named", "kept"), list(spoilt()), ids=lambda value: str(value)[:40])
def test_what_does_not_fit_is_refused_and_named_and_blocks_nobody(
    centre: Centre, how: str, sent: list[Event], named: EventId, kept: int
) -> None:
    events, others = chain(number=6), chain("laptop-b", 4)
    store = centre.store()
    store.send([events[:3]])
    received = store.send([[*sent, *others[:2]], sent, others[2:]])
    assert store.misfits == {A: named}, how
    assert received.new == kept - 3 + 4
    assert centre.events("ben") == [*events[:kept], *others]
    # Another time, without the mistake, the rest is sent.
    assert centre.store("ben").send([events]) == Received(6 - kept, kept)


def test_a_batch_is_kept_whole_or_not_at_all(centre: Centre) -> None:
    """The server refuses the last event of a large batch."""
    with centre.sql() as admin:
        admin.execute("ALTER TABLE fieldtool.event ADD CONSTRAINT odd CHECK (seq < 3000)")
    store, events = centre.store(), chain(number=3000)
    with pytest.raises(SyncError, match="could not be used"):
        store.send([events[:10], events[10:]])
    assert centre.events() == events[:10]
    with centre.sql() as admin:
        admin.execute("ALTER TABLE fieldtool.event DROP CONSTRAINT odd")
    assert store.send([events]) == Received(2990, 10)  # the connection can still be used


# ---------------------------------------------------------------------- several at once


def test_laptops_that_send_the_same_and_their_own_at_once(centre: Centre) -> None:
    """Each carries the chains of all three, in another order and in other batches."""
    chains = [chain(f"laptop-{name}", 600) for name in "abc"]
    stores = [centre.store(login) for login in ("anna", "ben", "anna")]
    start = threading.Barrier(3)
    received: list[Received] = []
    failed: list[Exception] = []

    def send(number: int) -> None:
        turned = [*chains[number:], *chains[:number]]
        batches = [part for events in turned for part in in_batches(events, 50 + 20 * number)]
        start.wait(30)
        try:
            received.append(stores[number].send(batches))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert [sum(count) for count in received] == [1800] * 3
    assert sum(count.new for count in received) == 1800
    assert centre.events() == all_of(chains)


def test_two_that_send_other_events_of_one_number_at_once(centre: Centre) -> None:
    """The second waits for the first to commit, and is then kept as another branch."""
    events, other = chain(number=3), chain(number=3, text='{"prompt":"Qax","answer":"no"}')
    with centre.sql("ben") as ben, ben.transaction():
        ben.execute(rows.BEGIN.replace("BEGIN;", "").encode())
        with ben.cursor().copy(rows.COPY) as copy:
            for block in rows.blocks(other):
                copy.write(block)
        ben.execute(rows.INSERT, {"inspection": inspection_key(OURS)})
        store = centre.store("anna")
        found: list[Received] = []
        thread = threading.Thread(target=lambda: found.append(store.send([events])))
        thread.start()
        with centre.sql() as admin:
            while not admin.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                assert thread.is_alive()
    thread.join(30)
    assert found == [Received(3, 0)]
    assert store.misfits == {}
    assert centre.events() == other
    assert centre.events(has=lambda *_: False) == other + events


def test_what_is_committed_late_is_not_skipped(centre: Centre) -> None:
    """A number across all events would have gone past it."""
    late, early = chain("laptop-a", 4), chain("laptop-b", 4)
    with centre.sql("ben") as ben:
        with ben.transaction():
            ben.execute(rows.BEGIN.replace("BEGIN;", "").encode())
            with ben.cursor().copy(rows.COPY) as copy:
                for block in rows.blocks(late):
                    copy.write(block)
            ben.execute(rows.INSERT, {"inspection": inspection_key(OURS)})
            store = centre.store("anna")
            store.send([early])
            seen = all_of(store.take({}))
            assert seen == early
        assert all_of(store.take(holdings_of(seen))) == late


# ---------------------------------------------------------------------- the server's own work


def plan(centre: Centre, query: str, **values: object) -> str:
    """How the server runs a query for anna, and what it reads for it."""
    with centre.sql("anna") as anna:
        rows = anna.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) {query}".encode(),
            {"inspection": inspection_key(OURS), **values},
        )
        return "\n".join(row[0] for row in rows)


def test_what_the_store_has_is_told_without_reading_the_events(centre: Centre) -> None:
    store = centre.store()
    store.send(chain(f"laptop-{number:02}", 1500) for number in range(6))
    with centre.sql() as admin:
        admin.execute("VACUUM ANALYZE fieldtool.event")
        pages = admin.execute("SELECT relpages FROM pg_class WHERE relname = 'event'").fetchone()
    assert pages is not None
    assert pages[0] > 200
    said = plan(centre, rows.ENDS)
    assert "Seq Scan on event" not in said
    read = int(said.split("shared hit=")[1].split()[0])  # of the whole plan; the cache has all of it
    assert read < 100, said
    chain_of = {"device": "laptop-03", "incarnation": 1, "after": 1400, "last": 1500, "page": 50}
    said = plan(centre, rows.EVENTS, **chain_of)
    assert "Index Scan using event_pkey" in said
    assert int(said.split("shared hit=")[1].split()[0]) < 20, said


# ---------------------------------------------------------------------- set up


@pytest.fixture
def database(server: Server) -> Iterable[str]:
    name = server.database()
    yield name
    server.drop(name)


def test_setting_up_twice_changes_nothing(centre: Centre) -> None:
    events = chain(number=3)
    centre.store().send([events])
    administration = Administration(centre.address())
    before = described(centre)
    assert administration.set_up() is False
    assert described(centre) == before
    assert centre.events("ben") == events
    assert administration.people(OURS) == [("anna", True), ("ben", True), ("rita", False)]


def described(centre: Centre) -> list[tuple[object, ...]]:
    """The tables, views, rights and policies of the schema."""
    with centre.sql() as admin:
        return [
            *admin.execute(
                "SELECT relname, relkind, relacl::text, relrowsecurity, relforcerowsecurity FROM pg_class "
                "WHERE relnamespace = 'fieldtool'::regnamespace ORDER BY 1"
            ),
            *admin.execute(
                "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
            ),
        ]


def test_a_database_that_is_no_central_store(server: Server, database: str) -> None:
    with CentralStore(server.address(database), OURS) as store, pytest.raises(SyncError) as refusal:
        store.holdings()
    assert "is not a central store yet: its administrator runs `fieldtool central init`" in str(refusal.value)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (0, "is older than this fieldtool"),
        (schema.VERSION - 1, "is older than this fieldtool"),
        (schema.VERSION + 1, "by a newer fieldtool"),
    ],
)
def test_a_store_of_another_version(centre: Centre, version: int, said: str) -> None:
    with centre.sql() as admin:
        admin.execute("UPDATE fieldtool.about SET version = %s", (version,))
    for use in (centre.store().holdings, lambda: centre.store().send([chain()]), centre.events):
        with pytest.raises(SyncError, match=said):
            use()
    administration = Administration(centre.address())
    if version < schema.VERSION:
        assert administration.set_up() is False
        assert centre.store().holdings() == {}
    else:
        with pytest.raises(SyncError, match=said):
            administration.set_up()


def test_a_database_of_another_encoding(server: Server) -> None:
    with server.connect() as admin:
        admin.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    try:
        with pytest.raises(SyncError, match="must keep its texts as UTF8"):
            Administration(server.address("latin")).set_up()
    finally:
        server.drop("latin")
