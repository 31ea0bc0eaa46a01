"""Events merged into the central store, against COPY of the same rows into a table with the same key.

Run as a program, it lets a thousand laptops send their days into one server, and says how that goes as it fills:

    .venv/bin/python tests/benchmarks/central.py --laptops 1000 --days 20 --minutes 10
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[number]) for number in (1, 2)]

import psycopg

from benchmarks.figures import Figure, paired
from benchmarks.ground import Ground
from fieldtool.domain.log.events import GENESIS, Event, EventId
from fieldtool.sync.central.central_store import CentralStore
from fieldtool.sync.central.rows import blocks
from fieldtool.sync.central.schema import Administration
from sync.server import Server, running

AIM = 1 / 0.23
LOGIN, PASSWORD = "anna", "of this benchmark"  # a server that is gone at the end
INSPECTION = "0123456789abcdef" * 2
EVENTS, BATCH, DAY = 60_000, 20_000, 600
PROMPTS = [
    f"2.{standard}.{question}.{prompt}" for standard in "12345" for question in "1234" for prompt in "abcd"
]


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Take turns; ours is `CentralStore.send` as a person under the policies, from events to the last commit."""
    del ground  # nothing of it is needed: the server has a folder of its own
    with (
        served(durable=True) as (server, database),
        CentralStore(address(server, database), INSPECTION) as store,
    ):
        batches = [day(f"{number:08x}", 1, BATCH) for number in range(EVENTS // BATCH)]
        admin = server.connect(database)
        admin.execute("CREATE TABLE floor (LIKE fieldtool.event)")
        admin.execute("ALTER TABLE floor ADD PRIMARY KEY (inspection, device, incarnation, seq)")
        store.send([day("warm", 1, 10)])

        def emptied() -> None:
            admin.execute("TRUNCATE fieldtool.event, floor")
            admin.execute("CHECKPOINT")

        def floor_emptied() -> None:
            admin.execute("TRUNCATE floor")

        def copied(parts: Sequence[Sequence[Event]]) -> Callable[[], None]:
            ready = [[as_floor(block) for block in blocks(part)] for part in parts]

            def copy() -> None:
                for part in ready:
                    with admin.cursor().copy("COPY floor FROM STDIN") as copy:
                        for block in part:
                            copy.write(block)

            return copy

        what = f"{EVENTS:,} events into PostgreSQL, by {BATCH:,}"
        yield turns(what, rounds, emptied, lambda: store.send(batches), copied(batches))
        days = [day(f"{number:08x}", 1, DAY) for number in range(10)]
        what = f"{len(days)} days of {DAY} events into PostgreSQL"
        yield turns(what, rounds, emptied, lambda: store.send(days), copied(days))
        emptied()
        store.send(batches)
        what = f"{EVENTS:,} events out of PostgreSQL"
        yield turns(what, rounds, lambda: None, lambda: deque(store.take({}), 0), fetched(admin))
        what = f"{EVENTS:,} events that are there already"
        yield turns(what, rounds, floor_emptied, lambda: store.send(batches), copied(batches))


def turns(
    what: str,
    rounds: int,
    before: Callable[[], object],
    ours: Callable[[], object],
    floor: Callable[[], object],
) -> Figure:
    """Ours and the floor, one after the other, so many times."""
    mine, theirs = [], []
    for turn in range(max(2, rounds // 3) + 1):
        before()
        times = [timed(floor), timed(ours)]
        if turn:
            theirs.append(times[0])
            mine.append(times[1])
    return paired(what, mine, theirs, "ms", AIM if "into" in what else None)


def fetched(admin: psycopg.Connection[Any]) -> Callable[[], object]:
    """The same rows out by COPY."""

    def fetch() -> None:
        with admin.cursor().copy("COPY fieldtool.event TO STDOUT") as copy:
            for _ in copy:
                pass

    return fetch


def timed(work: Callable[[], object]) -> float:
    """How long something takes, in milliseconds."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def as_floor(block: bytes) -> bytes:
    """Rows with the inspection before them, as the floor's table has it."""
    return b"".join(INSPECTION.encode() + b"\t" + line for line in block.splitlines(keepends=True))


def day(device: str, number: int, events: int = DAY, previous: Event | None = None) -> list[Event]:
    """What one laptop records in a day: answers, a fifth of which replace an earlier one."""
    found: list[Event] = []
    digest, seq = (previous.hash, previous.id.seq) if previous else (GENESIS, 0)
    for place in range(events):
        seq += 1
        again = place % 5 == 4
        prompt = PROMPTS[(place - again) % len(PROMPTS)]
        fields = (
            EventId(device, 1, seq),
            (1583139600000 + number * 86_400_000 + place * 20_000) << 16,
            f"2020-03-{number % 28 + 1:02}T09:{place // 60 % 60:02}:{place % 60:02}.000+00:00",
            "INS-04",
            "answer.given",
            f"CS-{seq // len(PROMPTS):04}",
            f"answer:{prompt}",
            f'{{"prompt":"{prompt}","answer":"{"no" if place % 3 == 0 else "yes"}"}}',
            (EventId(device, 1, seq - 1),) if again else (),
        )
        event = Event(*fields, hash=b"")
        digest = event.chained(digest)
        found.append(event._replace(hash=digest))
    return found


@contextmanager
def served(*settings: str, durable: bool) -> Iterator[tuple[Server, str]]:
    """A server with a central store and somebody who may write into one inspection."""
    before = os.environ.get("PGPASSWORD")
    os.environ["PGPASSWORD"] = PASSWORD
    try:
        with running("log_statement=none", *settings, durable=durable) as server:
            database = server.database()
            administration = Administration(server.address(database))
            administration.set_up()
            administration.add(INSPECTION, LOGIN, password=PASSWORD)
            yield server, database
    finally:
        os.environ.pop("PGPASSWORD")
        if before is not None:
            os.environ["PGPASSWORD"] = before


def address(server: Server, database: str) -> str:
    return server.address(database, LOGIN)


# ---------------------------------------------------------------------- a thousand laptops

TEAM = 10
"""Laptops of one inspection."""


def fill(laptops: int, days: int, minutes: float, at_once: int) -> None:
    """Let laptops send day after day, until the time is over, and say how it goes."""
    over = time.monotonic() + 60 * minutes
    ends: dict[int, Event] = {}
    settings = ("shared_buffers=1GB", "max_wal_size=4GB", "max_connections=200")
    with served(*settings, durable=True) as (server, database), ThreadPoolExecutor(at_once) as pool:
        with server.connect(database) as admin:
            for number in range(-(-laptops // TEAM)):
                admin.execute("INSERT INTO fieldtool.person VALUES (%s, %s, true)", (LOGIN, f"{number:032x}"))
        print(
            "day     events   events/s   a laptop's day, ms (median, 95th)   holdings, ms   memory   on disk"
        )

        def send(laptop: int, events: list[Event]) -> tuple[float, float]:
            # As in use: each laptop logs in, asks what is there, and sends.
            with CentralStore(address(server, database), f"{laptop // TEAM:032x}") as store:
                begun = time.perf_counter()
                store.holdings()
                asked = time.perf_counter()
                store.send([events])
                return 1000 * (time.perf_counter() - begun), 1000 * (asked - begun)

        for number in range(1, days + 1):
            spent, times = 0.0, list[tuple[float, float]]()
            for start in range(0, laptops, 50):
                some = range(start, min(laptops, start + 50))
                work = {laptop: day(f"{laptop:08x}", number, DAY, ends.get(laptop)) for laptop in some}
                begun = time.perf_counter()
                times += pool.map(send, work, work.values())
                spent += time.perf_counter() - begun
                ends |= {laptop: events[-1] for laptop, events in work.items()}
            report(server, database, number, laptops, spent, times)
            if time.monotonic() > over:
                break


def report(
    server: Server,
    database: str,
    number: int,
    laptops: int,
    spent: float,
    times: Sequence[tuple[float, float]],
) -> None:
    """A line about one day."""
    whole = sorted(time for time, _ in times)
    asked = median(time for _, time in times)
    with server.connect(database) as admin:
        size = admin.execute("SELECT pg_total_relation_size('fieldtool.event')").fetchone()
    assert size is not None
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{number:3} {laptops * DAY * number:10,} {laptops * DAY / spent:10,.0f}"
        f"{median(whole):20.0f} {whole[int(len(whole) * 0.95)]:8.0f} {asked:20.1f}"
        f"{memory:7.0f} MB {size[0] / 1e6:8,.0f} MB",
        flush=True,
    )


def main() -> None:
    """Fill a server as the command line says."""
    parser = argparse.ArgumentParser(description="A thousand laptops and one central store.")
    parser.add_argument("--laptops", type=int, default=1000)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10, help="no day is begun after so many")
    parser.add_argument("--at-once", type=int, default=9, help="laptops that send at the same moment")
    asked = parser.parse_args()
    fill(asked.laptops, asked.days, asked.minutes, asked.at_once)


if __name__ == "__main__":
    main()
