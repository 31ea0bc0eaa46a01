"""Events of colleagues taken into an encrypted inspection, and a day sent and taken through a folder."""

from __future__ import annotations

import gc
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from benchmarks.figures import Figure, paired
from benchmarks.ground import KEY, SAMPLE, SAMPLE_SIZE, Ground, ref_of
from fieldtool.domain.case import Answer
from fieldtool.domain.events import GENESIS, AnswerGiven, Event, EventId, body_text, chained
from fieldtool.store.database import Database
from fieldtool.store.log import Log, new_device, read_events
from fieldtool.store.sharing import Membership, new_identity
from fieldtool.sync.bundles import make, read
from fieldtool.sync.exchange import exchange
from fieldtool.sync.folder import FolderStore
from fieldtool.sync.laptop import BATCH, LaptopStore
from fieldtool.sync.places import FileMemory

AIM = 1 / 0.4
EVENTS, DAY, LAPTOPS, TEAM = 40_000, 600, 4, 9
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
        event = Event(*fields, hash=chained(previous, *fields))
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
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    with Database.create(path, KEY) as database:
        for batch in batches:
            with database.transaction():
                rows = [
                    (*event.id, *event[1:8], " ".join(map(str, event.parents)), event.hash) for event in batch
                ]
                database.connection.executemany(_INSERT, rows)


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
                memory = FileMemory(database, str(folder))
                there = FolderStore(folder, membership, memory=memory, has=store.has)
                took.append(_timed(lambda store=store, there=there: exchange(store, there)))  # type: ignore[misc]
            yield Figure(f"of {TEAM} laptops, the slowest {way}", max(took), 2.0, max(took) / 2.0, "s", 1.0)


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


_INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
