"""Tells many histories of the simulated world: `python tests/sync/campaign.py --histories 10000 --seed 1`."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path
from random import Random
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from fieldtool.store.views import projection  # noqa: E402
from sync.field import Deed, ServerLike  # noqa: E402  # found only now
from sync.world import World  # noqa: E402

WEIGHTS = {
    "record": 24,
    "undo": 4,
    "settle": 5,
    "later": 1,
    "folder": 16,
    "server": 4,
    "direct": 5,
    "pulled": 6,
    "cut short": 4,
    "handed over": 5,
    "files": 10,
    "image": 4,
    "put back": 3,
    "another laptop": 1,
    "invite": 1,
    "clock": 4,
    "restart": 3,
    "rebuild": 1,
}

RARE = {"remove": (0, 0, 1, 1, 2)}
"""How often what happens once or twice in an inspection may happen."""

RARE_WITH_DISKS = {**RARE, "two ways": (0, 1, 1, 2), "decide": (1, 2, 4)}

KINDS = sorted({*WEIGHTS, *RARE_WITH_DISKS, "whole disk"})


def history(seed: int, *, server: bool = False, rare: bool = True) -> list[Deed]:
    """The history of a number; of every tenth, disks are put back whole.

    Args:
        rare: whether what is rare is put in between all else.
    """
    dice = Random(seed)
    disks = seed % 10 == 0
    weights = {**WEIGHTS, "whole disk": 3 if disks else 0}
    if server:
        weights["server"] *= 4
    kinds = dice.choices(list(weights), list(weights.values()), k=dice.randrange(5, 60))
    deeds = [Deed(kind, dice.getrandbits(48)) for kind in kinds]
    if rare:
        for kind, often in (RARE_WITH_DISKS if disks else RARE).items():
            for _ in range(dice.choice(often)):
                earliest = len(deeds) // 2 if kind == "decide" else 0
                deeds.insert(dice.randrange(earliest, len(deeds) + 1), Deed(kind, dice.getrandbits(48)))
    return deeds


def tell(seed: int, deeds: Sequence[Deed], server: ServerLike | None = None) -> Counter[str]:
    """Let a history happen; raises where the world is not as the model says."""
    # Of every second history, whatever comes together is merged together, however little it is.
    few = 0 if seed % 2 else projection.FEW
    with mock.patch.object(projection, "FEW", few), World(seed, server) as world:
        for deed in deeds:
            world.step(deed)
        world.finish()
        world.counts["steps"] = len(deeds)
        world.counts["events"] = len(world.model.events)
        return world.counts


def failure(seed: int, deeds: Sequence[Deed]) -> str:
    """What goes wrong in a history; empty if nothing does."""
    try:
        tell(seed, deeds)
    except Exception:
        return traceback.format_exc()
    return ""


def reduced(seed: int, deeds: list[Deed]) -> list[Deed]:
    """The shortest part of a history found that still goes wrong."""
    size = max(1, len(deeds) // 2)
    while True:
        start = 0
        while start < len(deeds):
            less = deeds[:start] + deeds[start + size :]
            if failure(seed, less):
                deeds = less
            else:
                start += size
        if size == 1:
            return deeds
        size //= 2


def _told(seed: int) -> tuple[int, str, Counter[str]]:
    try:
        return seed, "", tell(seed, history(seed))
    except Exception:
        return seed, traceback.format_exc(), Counter()


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="the number of the first history")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args(argv)
    seeds = range(asked.seed, asked.seed + asked.histories)
    print(f"histories {seeds[0]} to {seeds[-1]}", flush=True)
    failed, total, start = 0, Counter[str](), time.monotonic()
    for number, (seed, why, counts) in enumerate(_all(seeds, asked.processes), 1):
        total += counts
        if why:
            failed += 1
            print(f"history {seed} fails; tell it again by --seed {seed} --histories 1\n{why}", flush=True)
            if asked.histories == 1:
                for deed in reduced(seed, history(seed)):
                    print(f"    {deed}")
                print(failure(seed, reduced(seed, history(seed))))
        if number % 500 == 0 or number == len(seeds):
            print(f"{number:,} told, {failed} failed, {time.monotonic() - start:.0f} s", flush=True)
    print(", ".join(f"{what}: {count:,}" for what, count in sorted(total.items())))
    return min(failed, 1)


def _all(seeds: range, processes: int) -> Iterator[tuple[int, str, Counter[str]]]:
    if processes == 1 or len(seeds) == 1:
        yield from map(_told, seeds)
        return
    with Pool(processes) as pool:
        yield from pool.imap_unordered(_told, seeds, chunksize=10)


if __name__ == "__main__":
    sys.exit(main())
