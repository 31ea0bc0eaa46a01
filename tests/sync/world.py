"""A simulated world: laptops, a stick, a shared drive, perhaps a server, and all that happens to them in the field.

A history is a list of steps, each a kind and a number from which its details follow, so that any part of a
history is a history too. After every step the world is compared with the model, which knows nothing of the code.
"""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

from builders.cases import TINY
from builders.laptops import forged
from fieldtool.domain.kinds.inspection import FrameworkChosen, InspectionOpened, PersonJoined
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.log.events import ChainId, EventId
from fieldtool.store.audit import file_check
from fieldtool.store.chain import conflicts
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import event_of
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.keys.membership import take_part
from fieldtool.sync import joining
from fieldtool.sync.exchange import exchange
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import removals
from fieldtool.work.lead.lead import Lead
from sync.field import PEOPLE, Deed, File, Laptop, ServerLike, copied, made_up, opened, setting
from sync.files import MOST_LAPTOPS, Files
from sync.meeting import Meeting
from sync.model import Model

BEGINNINGS = 24
"""How many worlds there are to begin with."""
UNREADABLE = (
    ("rating.moderated", "{}", "moderation:Q"),
    ("answer.given", '{"prompt":"Qax","answer":"perhaps"}', "answer:Qax"),
    ("answer.given", '{"prompt":"Qax","answer":"no"}', "answer:Qay"),
)
LATER = "zed"
"""The device of a later version, whose events nobody here can read."""


class World(AbstractContextManager["World"], Meeting, Files):
    """Laptops and the places where they meet.

    Args:
        dice: decides what there is at the beginning.
        server: how a server of PostgreSQL is reached, if there is one.
        anew: whether the beginning is made anew, and not as it was kept.
    """

    def __init__(self, dice: int, server: ServerLike | None = None, *, anew: bool = False) -> None:
        self._stack = ExitStack()
        shared = Path("/dev/shm")  # noqa: S108  # where flushing costs nothing
        home = Path(tempfile.mkdtemp(prefix="fieldtool-", dir=shared if shared.is_dir() else None))
        self._stack.callback(shutil.rmtree, home, ignore_errors=True)
        super().__init__(dice, server, home)
        if anew or server is not None:
            self._begin()
        else:
            self._begin_as_before(dice % BEGINNINGS)

    def __exit__(self, *_: object) -> None:
        for laptop in self.laptops:
            laptop.database.close()
        for image in self.images:
            image.connection.close()
        self._stack.close()

    # ------------------------------------------------------------------ steps

    def step(self, deed: Deed) -> None:
        """Let one thing happen, and compare."""
        self.random = Random(deed.dice)
        self._secrets = Random(deed.dice + 1)
        with self._seeded():
            touched = self.deeds()[deed.kind]()
        self.check(*touched, thoroughly=self.random.random() < 0.1)

    def deeds(self) -> dict[str, Callable[[], list[Laptop]]]:
        """Everything that can happen."""
        return {
            "record": self.record,
            "undo": self.undo,
            "settle": self.settle,
            "later": self.later_version,
            "folder": self.meet,
            "server": self.meet_server,
            "direct": self.meet_directly,
            "pulled": self.pulled,
            "cut short": self.cut_short,
            "handed over": self.handed_over,
            "files": self.files,
            "image": self.image,
            "put back": self.put_back,
            "another laptop": self.another_laptop,
            "whole disk": self.whole_disk,
            "invite": self.invite,
            "clock": self.clock,
            "restart": self.restart,
            "rebuild": self.rebuild,
            "remove": self.remove,
            "two ways": self.two_ways,
            "decide": self.decide,
        }

    def record(self) -> list[Laptop]:
        laptop = self._laptop()
        if self.is_removed(laptop):
            return self._try_in_vain(laptop)
        bodies = [made_up(self.random) for _ in range(self.random.choice((1, 1, 1, 1, 3)))]
        self._record(laptop, self._ref(laptop), *bodies)
        return [laptop]

    def undo(self) -> list[Laptop]:
        laptop = self._laptop()
        if self.is_removed(laptop):
            return self._try_in_vain(laptop)
        ref = self._ref(laptop)
        self.look(laptop)
        chain = laptop.chain
        undone = 0
        for by, bit in self.undone.items():
            undone |= bit if by & laptop.known else 0
        expected = self.model.undoable(chain, ref, laptop.known, undone)
        taken = laptop.log.undo(ref)
        found = None if taken is None else tuple(taken.event.id)
        if self.knows_forks(laptop):
            assert found is None or found[:2] == chain
        else:
            assert found == (expected and expected.id), f"{found} was taken back instead of {expected}"
        self.look(laptop, acknowledged=True)
        if expected is not None and taken is not None and found == expected.id:
            self.undone[self.model.events[-1].bit] = expected.bit
            before = self.model.shown(expected.place, expected.knew)
            assert taken.now == before, f"{expected.id}: {taken.now} instead of {before}"
        return [laptop]

    def settle(self) -> list[Laptop]:
        """Somebody decides a conflict: for one of the values, or for a third."""
        laptop = self._laptop()
        rows = laptop.database.rows(
            "SELECT subject, slot FROM head WHERE subject <> '' GROUP BY subject, slot HAVING count(*) > 1"
        )
        if not rows or self.is_removed(laptop):
            return self.record()
        subject, slot = self.random.choice(rows)
        values = laptop.database.rows(
            "SELECT value FROM head WHERE subject = ? AND slot = ?", (subject, slot)
        )
        (value,) = self.random.choice(values)
        self._record(laptop, subject, setting(slot, value))
        heads = laptop.database.rows("SELECT value FROM head WHERE subject = ? AND slot = ?", (subject, slot))
        assert heads == [(value,)], f"{slot} of {subject} is not settled: {heads}"
        self.counts["settled"] += 1
        return [laptop]

    def later_version(self) -> list[Laptop]:
        """A laptop with a later version hands somebody what only that version can read."""
        laptop = self._laptop()
        kind, text, slot = self.random.choice(UNREADABLE)
        heads = laptop.database.rows(
            "SELECT device, incarnation, seq FROM head WHERE subject = 'A' AND slot = ?", (slot,)
        )
        parents = tuple(EventId(*row) for row in heads) if self.random.random() < 0.5 else ()
        last = event_of(self.later[-1]) if self.later else None
        event = forged(text, kind, slot, LATER, last, parents)
        row = (*event.id, *event[1:8], " ".join(map(str, parents)), event.hash)
        self.model.write(row, last.hash if last else bytes(32), None, laptop.known, readable=False)
        self.later.append(row)
        laptop.log.receive(map(event_of, self.later))
        self.look(laptop)
        self.must |= self.model.by_digest[event.hash].bit
        return [laptop]

    def invite(self) -> list[Laptop]:
        if len(self.laptops) >= MOST_LAPTOPS:
            return self.meet()
        host = self._laptop()
        if self.is_removed(host):
            return self._try_in_vain(host)
        return [host, self._join(host, self.random.choice(PEOPLE))]

    def remove(self) -> list[Laptop]:
        """Somebody takes another's laptop off the roster."""
        laptop = self._laptop()
        if self.is_removed(laptop):
            return self._try_in_vain(laptop)
        inspection = Inspection(InspectionFile(laptop.database), laptop.person, laptop.clock)
        inspection.__dict__["_log"] = laptop.log  # as in the app, where one log is all that writes
        lead = Lead(inspection)
        others = [each for each in removals.known_laptops(lead) if not each.removed and not each.here]
        if not others:
            return self.meet()
        removals.propose_laptop(lead, self.random.choice(others).key, "stolen").carry_out()
        self.look(laptop, acknowledged=True)
        assert not self.is_removed(laptop)
        self.counts["removed"] += 1
        return [laptop]

    def two_ways(self) -> list[Laptop]:
        """Two work in copies of one file without knowing of each other, and a third laptop hears of both."""
        laptop, other = self._laptop(), self._laptop()
        if self.is_removed(laptop) or laptop is other:
            return self._try_in_vain(laptop) if self.is_removed(laptop) else self.record()
        laptop.remember()
        image = self._image_of(laptop)
        self._record(laptop, "A", *(made_up(self.random) for _ in range(self.random.randrange(1, 4))))
        exchange(other.store(receipts=False), laptop.store())
        self.look(other)
        self._put_back_whole(image, laptop)
        image.connection.close()
        self._record(laptop, "A", *(made_up(self.random) for _ in range(self.random.randrange(1, 4))))
        exchange(other.store(receipts=False), laptop.store())
        self.look(other)
        return [laptop, other]

    def decide(self) -> list[Laptop]:
        """Somebody decides about an event of a forked chain: says it once more, or leaves it."""
        choices = [
            laptop for laptop in self.laptops if not self.is_removed(laptop) and self.undecided(laptop)
        ]
        if not choices:
            return self.record()
        laptop = self.random.choice(choices)
        forked = self.random.choice(conflicts.forked_events(laptop.database))
        taken = self.random.random() < 0.6
        self.look(laptop)
        conflicts.decide(laptop.database, laptop.log, forked, taken=taken)
        self.look(laptop, acknowledged=True)
        if taken:
            heads = laptop.database.rows(
                "SELECT value FROM head WHERE subject = ? AND slot = ?", (forked.ref, str(forked.slot))
            )
            assert heads == [(forked.side.value,)], f"{forked} was not taken: {heads}"
        assert forked.digest not in [event.digest.hex() for event in self.undecided(laptop)]
        self.counts["decided"] += 1
        return [laptop]

    def clock(self) -> list[Laptop]:
        days = self.random.choice((0.01, 0.1, 1, 30, 365, 3650))
        self._laptop().clock.jump(self.random.choice((-1, 1)) * days * self.random.random())
        return []

    def restart(self) -> list[Laptop]:
        laptop = self._laptop()
        if self.random.random() < 0.6:
            with suppress(StoreError if self.is_removed(laptop) else ZeroDivisionError):
                laptop.stop()
        laptop.start()
        self.look(laptop, acknowledged=True)
        return [laptop]

    def rebuild(self) -> list[Laptop]:
        laptop = self._laptop()
        file_check.rebuild(laptop.database)
        return [laptop]

    # ------------------------------------------------------------------ within

    def _begin_as_before(self, number: int) -> None:
        """Begin as an earlier world of the same number did: making it anew takes as long as all the rest."""
        if number not in _beginnings:
            with World(number, anew=True) as other:
                _beginnings[number] = Beginning.of(other)
        kept = _beginnings[number]
        self._times = 1000
        for name, data in kept.bundles.items():
            (self.folders[0].path / name).write_bytes(data)
        self.folders[0].files.update(kept.files)
        self.model = copy.deepcopy(kept.model)
        self.must, self.inspection = kept.must, kept.inspection
        for name, connection, guard, known, wall, steady in kept.laptops:
            state = self._state()
            (state / "witness").mkdir()
            for file, data in guard.items():
                (state / "witness" / file).write_bytes(data)
            laptop = Laptop(name, name, opened(connection), state)
            laptop.known, laptop.clock.wall, laptop.clock.steady = known, wall, steady
            self.laptops.append(laptop)
        with self._seeded():
            for laptop in self.laptops:
                laptop.start()

    def _begin(self) -> None:
        with self._seeded():
            self._set_up()
        self.check(*self.laptops, thoroughly=True)

    def _set_up(self) -> None:
        state = self._state()
        laptop = Laptop("lea", "lea", Database.in_memory(), state)
        laptop.start()
        self.laptops.append(laptop)
        title = self.server.title() if self.server is not None else "Trial"
        # All may invite others.
        team = [PersonJoined(person=name, name=name.title(), role="lead_inspector") for name in PEOPLE[1:]]
        self._record(
            laptop,
            "",
            InspectionOpened(provider="Provider", title=title),
            FrameworkChosen(framework=TINY),
            PersonJoined(person="lea", name="Lea", role="lead_inspector"),
            *team,
        )
        for ref in ("A", "B"):
            self._record(laptop, ref, CaseAdded(sample="branch"))
        membership = take_part(laptop.database, laptop.log)
        self.look(laptop, acknowledged=True)
        self.inspection = membership.inspection
        if self.server is not None:
            self.server.admit(self.inspection)
        for name in PEOPLE[1 : self.random.randrange(2, 5)]:
            self._join(laptop, name)
        for _ in range(2):
            for each in self.laptops:
                self._synchronise(each, self.folders[0])

    def _join(self, host: Laptop, person: str) -> Laptop:
        """A laptop joins by an invitation; its code is cheap to check in this world."""
        cheap = mock.patch.multiple(joining, OPERATIONS=1, MEMORY=8192)
        laptop = Laptop(person, person, Database.in_memory(), self._state())

        def log(database: Database, device: ChainId, actor: str) -> Log:
            return Log(database, device, actor, laptop.clock)

        with cheap, mock.patch.object(joining, "Log", log):
            code, data = joining.invite(host.database, host.log, person)
            self.look(host, acknowledged=True)
            host.remember()
            laptop.log = joining.join(laptop.database, joining.open_invitation(data, code))
        laptop.known = host.known
        self.look(laptop, acknowledged=True)
        laptop.remember()
        laptop.start()
        self.laptops.append(laptop)
        return laptop

    def _try_in_vain(self, laptop: Laptop) -> list[Laptop]:
        """Somebody tries to record something on a laptop that knows that it was removed."""
        before = laptop.known
        try:
            laptop.log.record(self.random.choice("AB"), made_up(self.random))
        except StoreError as error:
            self._refused(laptop, error)
        assert laptop.known == before, "what was recorded on a removed laptop was kept"
        return [laptop]

    def _record(self, laptop: Laptop, subject: str, *bodies: Body) -> None:
        self.look(laptop)
        wrote = [*laptop.log.record(subject, *bodies)]
        self.look(laptop, acknowledged=True)
        assert len(wrote) == len(bodies)
        for event, body in zip(wrote, bodies, strict=True):
            known = self.model.by_digest[event.hash]
            assert (known.place, known.value) == ((subject, str(body.slot)), body.value)

    def _ref(self, laptop: Laptop) -> str:
        if self.random.random() < 0.03:
            ref = self.random.choice("CD")
            self._record(laptop, ref, CaseAdded(sample="branch"))
            return ref
        return self.random.choice("AB")


class Beginning(NamedTuple):
    """What a world has begun with, kept for others."""

    bundles: dict[str, bytes]
    files: dict[str, File]
    model: Model
    must: int
    inspection: str
    laptops: list[tuple[str, Any, dict[str, bytes], int, datetime, float]]

    @classmethod
    def of(cls, world: World) -> Beginning:
        """Keep what a world has begun with."""
        return cls(
            {path.name: path.read_bytes() for path in world.folders[0].path.iterdir()},
            dict(world.folders[0].files),
            copy.deepcopy(world.model),
            world.must,
            world.inspection,
            [
                (
                    laptop.name,
                    copied(laptop.database.connection),
                    {path.name: path.read_bytes() for path in (laptop.state / "witness").iterdir()},
                    laptop.known,
                    laptop.clock.wall,
                    laptop.clock.steady,
                )
                for laptop in world.laptops
            ],
        )


_beginnings: dict[int, Beginning] = {}
