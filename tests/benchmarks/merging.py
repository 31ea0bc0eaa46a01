"""Events of colleagues taken into an encrypted inspection, and a day sent and taken through a folder.

Run as a program, it lets one laptop take in very many events, and says what memory that takes as the file fills:

    .venv/bin/python tests/benchmarks/merging.py --events 1200000
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, groupby, islice
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[number]) for number in (1, 2)]

from benchmarks.figures import Figure, paired
from benchmarks.ground import KEY, SAMPLE, SAMPLE_SIZE, Ground, ref_of
from builders.teams import Everybody
from fieldtool.domain.kinds.assessment import AnswerGiven
from fieldtool.domain.kinds.kind import body_text
from fieldtool.domain.log.events import GENESIS, Event, EventId
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import read_events
from fieldtool.store.copies.known_bundles import BundleMemory
from fieldtool.store.file.database import Database
from fieldtool.store.keys.membership import Membership, new_identity
from fieldtool.sync.exchange import exchange
from fieldtool.sync.folder.bundles import make, read
from fieldtool.sync.folder.folder_store import FolderStore
from fieldtool.sync.laptop_store import BATCH, LaptopStore

AIM, FIRST_AIM = 1 / 0.4, 1 / 0.5
EVENTS, DAY, LAPTOPS, TEAM = 40_000, 600, 4, 9
REPORTED = 50 * BATCH
"""After so many events a line is written."""
CONFLICTS = 20
"""Of so many answers, one is to a prompt that somebody else has answered at the same time."""


def measure(ground: Ground, rounds: int) -> Iterator[Figure]:
    """Take turns; ours is from events in memory to the last commit, with heads, tallies and conflicts."""
    ground.inspection(SAMPLE_SIZE)
    batches = [*batched(work(ground, EVENTS), BATCH)]
    ours, floor, before = [], [], _memory()
    for _ in range(max(2, rounds // 5)):
        floor.append(_timed(lambda: _floor(ground.folder / "floor.db", batches)))
        ours.append(_merged(ground, batches))
    yield paired(f"{EVENTS:,} events merged : executemany", ours, floor, "s", AIM)
    yield Figure("memory that the merges took at most, MiB", _memory() - before, 0, 0, "MiB")
    yield from _whole(ground, rounds, [*chain.from_iterable(batches)])
    yield from _days(ground, rounds)


def work(ground: Ground, number: int, name: str = "laptop") -> Iterator[Event]:
    """What some laptops record in their cases: each answer replaces the last one to the same prompt."""
    prompts = [
        prompt.id
        for standard in ground.framework.standards_for(SAMPLE)
        for question in standard.key_questions
        for prompt in question.prompts
    ]
    ends = {f"{name}-{place}": (0, GENESIS) for place in range(LAPTOPS)}
    heads: dict[tuple[str, str, str], EventId] = {}
    for count in range(number):
        place = count // 500 % LAPTOPS
        device = f"{name}-{place}"
        step = count // (500 * LAPTOPS) * 500 + count % 500
        conflict = step % CONFLICTS == 0
        ref = ref_of(
            step // len(prompts) * (1 if conflict else LAPTOPS) % SAMPLE_SIZE + (0 if conflict else place)
        )
        prompt = prompts[step % len(prompts)]
        body = AnswerGiven(prompt=prompt, answer=Answer.YES if step % 3 else Answer.NO)
        seq, previous = ends[device]
        known = heads.get((device, ref, prompt))
        fields = (
            EventId(device, 1, seq + 1),
            (1_700_000_000_000 + count) << 16,
            "2026-03-02T09:00:00.000+00:00",
            "INS-1",
            body.kind,
            ref,
            str(body.slot),
            body_text(body),
            (known,) if known else (),
        )
        event = Event(*fields, hash=b"")
        event = event._replace(hash=event.chained(previous))
        ends[device], heads[device, ref, prompt] = (event.id.seq, event.hash), event.id
        yield event


def batched(events: Iterator[Event], size: int) -> Iterator[Sequence[Event]]:
    """Events in lists of one size."""
    while batch := list(islice(events, size)):
        yield batch


def _merged(ground: Ground, batches: Sequence[Sequence[Event]]) -> float:
    with Database.open(ground.encrypted(SAMPLE_SIZE), KEY) as database:
        store = LaptopStore(database, Log(database, new_device(database), "INS-1"))
        return _timed(lambda: store.send(batches))


def _floor(path: Path, batches: Sequence[Sequence[Event]]) -> None:
    with _created(path) as database:
        _inserted(database, batches)


def _inserted(database: Database, batches: Sequence[Sequence[Event]], statement: str = "INSERT") -> None:
    for batch in batches:
        with database.transaction():
            rows = [
                (*event.id, *event[1:8], " ".join(map(str, event.parents)), event.hash) for event in batch
            ]
            database.connection.executemany(f"{statement} {_INTO}", rows)


def _created(path: Path) -> Database:
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    return Database.create(path, KEY)


def _whole(ground: Ground, rounds: int, recorded: Sequence[Event]) -> Iterator[Figure]:
    """A laptop that has just joined takes in all that there is; one that has it is given all of it again."""
    with Database.open_read_only(ground.inspection(SAMPLE_SIZE)) as database:
        events = sorted([*read_events(database), *recorded], key=lambda event: event.id)
    turns = [_joined(ground, events) for _ in range(max(2, rounds // 5))]
    first_floor, first, again_floor, again = zip(*turns, strict=True)
    number = f"{len(events):,}"
    yield paired(f"{number} first events : executemany", first, first_floor, "s", FIRST_AIM)
    yield paired(f"{number} known ones in bundles : executemany", again, again_floor, "s")


def _joined(ground: Ground, events: Sequence[Event]) -> tuple[float, ...]:
    """How long it takes an empty laptop to take in events, and then to be given them again; each behind its floor."""
    membership = Membership("00" * 32, new_identity(), bytes(range(32)))
    sealed, known = [*_bundles(events, membership)], [*batched(iter(events), BATCH)]
    with _created(ground.folder / "floor.db") as floor, _created(ground.folder / "new.db") as new:
        log = Log(new, new_device(new), "INS-1")
        store = LaptopStore(new, log)
        return (
            _timed(lambda: _inserted(floor, [events])),
            _timed(lambda: log.receive(events)),
            _timed(lambda: _inserted(floor, known, "INSERT OR IGNORE")),
            _timed(lambda: store.send(read(data, membership).events() for data in sealed)),
        )


def _bundles(events: Sequence[Event], membership: Membership) -> Iterator[bytes]:
    """Events in the order of their ids, sealed chain by chain."""
    for _, group in groupby(events, key=lambda event: event.id[:2]):
        before = GENESIS
        for part in batched(group, BATCH):
            yield make(part, before, membership)[1]
            before = part[-1].hash


def _days(ground: Ground, rounds: int) -> Iterator[Figure]:
    """The end of a day: nine laptops, each with its day's events, send and take through one folder."""
    with Database.open_read_only(ground.inspection(SAMPLE_SIZE)) as database:
        events = list(islice(read_events(database), DAY))
    membership = Membership("00" * 32, new_identity(), bytes(range(32)))
    data = make(events, GENESIS, membership)[1]
    sealed = [_timed(lambda: make(events, GENESIS, membership)) * 1000 for _ in range(rounds)]
    opened = [_timed(lambda: read(data, membership).events()) * 1000 for _ in range(rounds)]
    yield paired(f"a day of {DAY} events opened : sealed", opened, sealed, "ms")
    folder = Path(tempfile.mkdtemp(dir=ground.folder))
    days = [work(ground, DAY, f"colleague-{number}") for number in range(TEAM)]
    with ExitStack() as stack:
        laptops = []
        for day in days:
            database = stack.enter_context(Database.open(ground.encrypted(SAMPLE_SIZE), KEY))
            log = Log(database, new_device(database), "INS-1")
            log.receive(day)
            laptops.append((LaptopStore(database, log), database))
        for way in ("sends and takes first", "sends and takes again"):
            took = []
            for store, database in laptops:
                memory = BundleMemory(database, str(folder))
                there = FolderStore(folder, membership, admission=Everybody, memory=memory, has=store.has)
                took.append(_timed(lambda store=store, there=there: exchange(store, there)))  # type: ignore[misc]
            yield Figure(f"of {TEAM} laptops, the slowest {way}", max(took), 2.0, max(took) / 2.0, "s", 1.0)


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---------------------------------------------------------------------- very many events


def fill(number: int) -> None:
    """Let a laptop take in so many events of its colleagues, and say how it goes."""
    with tempfile.TemporaryDirectory(prefix="fieldtool-benchmarks-") as folder:
        ground = Ground(Path(folder))
        path = ground.encrypted(SAMPLE_SIZE)
        with Database.open(path, KEY) as database:
            store = LaptopStore(database, Log(database, new_device(database), "INS-1"))
            batches, taken, here = batched(work(ground, number), BATCH), 0, 1
            print(f"   events   events/s   memory: {_memory():.0f} MiB before the first   on disk")
            while here:
                began = time.perf_counter()
                here = sum(store.send(islice(batches, REPORTED // BATCH)))
                spent, taken = time.perf_counter() - began, taken + here
                size = sum(Path(f"{path}{end}").stat().st_size for end in ("", "-wal")) / 1e6
                if here:
                    print(
                        f"{taken:9,} {here / spent:10,.0f} {_memory():8.0f} MiB {size:28,.0f} MB", flush=True
                    )


def main() -> None:
    """Fill a laptop as the command line says."""
    parser = argparse.ArgumentParser(description="One laptop, and very many events of its colleagues.")
    parser.add_argument("--events", type=int, default=1_200_000)
    fill(parser.parse_args().events)


_INTO = "INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

if __name__ == "__main__":
    main()
