"""What a disk can hold after a power cut: everything that was flushed, and any part of what was not.

The model is harsher than most disks. Of the writes to a file since its last flush each 512-byte sector may
have arrived or not, in any order; its size may be old or new, and what lies in between may be anything.
A file made or deleted since its folder was last flushed may be there or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random

from faults.layer import Kind, Operation

SECTOR = 512
"""Bytes that a disk writes all or nothing."""


class Content:
    """The bytes of one file: those that are safe, and what has been asked of it since."""

    def __init__(self, safe: bytes = b"") -> None:
        self.safe = bytearray(safe)
        self.pending: list[Operation] = []

    def sync(self) -> None:
        """Make safe all that was asked."""
        for operation in self.pending:
            _apply(self.safe, operation)
        self.pending.clear()

    def after_cut(self, random: Random) -> bytes:
        """What could be left of it."""
        left = bytearray(self.safe)
        if not self.pending:
            return bytes(left)
        for operation in random.choice(_LOSSES)(self.pending, random):
            _apply(left, operation, random)
        return bytes(_resized(left, self, random))


class Disk:
    """The files of a folder, as far as they are safe.

    Args:
        files: what is there to begin with, and safe.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self._safe = {name: Content(content) for name, content in (files or {}).items()}
        self._names: dict[str, Content] = dict(self._safe)
        self._pending: dict[str, list[Content | None]] = {}

    def do(self, operation: Operation) -> None:
        """Take in what was asked of the disk."""
        name = operation.file
        match operation.kind:
            case Kind.CREATE:
                self._names[name] = Content()
                self._pending.setdefault(name, []).append(self._names[name])
            case Kind.DELETE:
                del self._names[name]
                self._pending.setdefault(name, []).append(None)
            case Kind.SYNC_FOLDER:
                self._safe = dict(self._names)
                self._pending.clear()
            case Kind.SYNC:
                self._names[name].sync()
            case _:
                self._names[name].pending.append(operation)

    def after_cut(self, random: Random) -> dict[str, bytes]:
        """The files that could be there if the power went now."""
        left = dict(self._safe)
        for name, states in self._pending.items():
            found = random.choice([self._safe.get(name), *states, states[-1]])
            if found is None:
                left.pop(name, None)
            else:
                left[name] = found
        return {name: content.after_cut(random) for name, content in left.items()}

    @property
    def unsafe(self) -> bool:
        """Whether anything would be open if the power went now."""
        return bool(self._pending) or any(content.pending for content in self._names.values())


def _apply(content: bytearray, operation: Operation, random: Random | None = None) -> None:
    start, end = operation.offset, operation.offset + len(operation.data)
    if operation.kind is Kind.TRUNCATE:
        del content[start:]
    if len(content) < start:
        content.extend(_filling(start - len(content), random))
    if operation.kind is Kind.WRITE:
        content[start:end] = operation.data


def _filling(size: int, random: Random | None) -> bytes:
    """What stands in a part of a file that was never written: nothing, or what the disk had there before."""
    if random is None or random.random() < 0.5:
        return bytes(size)
    return random.randbytes(size)


def _resized(left: bytearray, content: Content, random: Random) -> bytearray:
    """The size of a file is flushed apart from its bytes: it may be ahead of them or behind."""
    newest = len(content.safe)
    for operation in content.pending:
        end = operation.offset + len(operation.data)
        newest = operation.offset if operation.kind is Kind.TRUNCATE else max(newest, end)
    size = random.choice([len(left), len(left), len(content.safe), newest])
    if size > len(left):
        left.extend(_filling(size - len(left), random))
    del left[size:]
    return left


# ---------------------------------------------------------------------- what may be lost of some writes

_Loss = Callable[[Sequence[Operation], Random], Iterable[Operation]]


def _all(_pending: Sequence[Operation], _: Random) -> Iterable[Operation]:
    return ()


def _none(pending: Sequence[Operation], _: Random) -> Iterable[Operation]:
    return pending


def _the_last_ones(pending: Sequence[Operation], random: Random) -> Iterator[Operation]:
    """In order up to some point, where one is torn."""
    count = random.randrange(len(pending))
    yield from pending[:count]
    sectors = list(_sectors(pending[count]))
    yield from sectors[: random.randrange(len(sectors) + 1)]


def _some(pending: Sequence[Operation], random: Random) -> Iterable[Operation]:
    share = random.choice((0.1, 0.5, 0.9))
    return [operation for operation in pending if random.random() < share]


def _some_sectors(pending: Sequence[Operation], random: Random) -> Iterable[Operation]:
    return _some([sector for operation in pending for sector in _sectors(operation)], random)


def _one_sector(pending: Sequence[Operation], random: Random) -> Iterable[Operation]:
    sectors = [sector for operation in pending for sector in _sectors(operation)]
    del sectors[random.randrange(len(sectors))]
    return sectors


def _all_but_the_latest(pending: Sequence[Operation], _: Random) -> Iterable[Operation]:
    """Backwards: what was asked for last arrived first, and nothing else."""
    return pending[-1:]


def _any_order(pending: Sequence[Operation], random: Random) -> Iterable[Operation]:
    """Of two writes to one place, the earlier may arrive later: the one that was asked for last is lost."""
    mixed = list(pending)
    random.shuffle(mixed)
    return mixed[: random.randrange(1, len(mixed) + 1)]


_LOSSES: tuple[_Loss, ...] = (
    _all,
    _none,
    _the_last_ones,
    _the_last_ones,
    _some,
    _some_sectors,
    _one_sector,
    _all_but_the_latest,
    _any_order,
)


def _sectors(operation: Operation) -> Iterator[Operation]:
    """The parts of a write that arrive each for itself."""
    if operation.kind is not Kind.WRITE:
        yield operation
        return
    start, data = operation.offset, operation.data
    first = SECTOR - start % SECTOR
    places = [0, *range(first, len(data), SECTOR)]
    for place, end in zip(places, [*places[1:], len(data)], strict=True):
        yield Operation(Kind.WRITE, operation.file, start + place, data[place:end])
