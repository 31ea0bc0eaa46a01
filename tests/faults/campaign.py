"""The large campaigns: `python tests/faults/campaign.py power|kills|refusals`, with figures and the seed."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

import argparse  # noqa: E402  # ours are found only now
import multiprocessing  # noqa: E402
import os  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterable, Iterator, Sequence  # noqa: E402
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait  # noqa: E402
from functools import partial  # noqa: E402
from itertools import count  # noqa: E402
from random import SystemRandom  # noqa: E402
from typing import TypeVar  # noqa: E402

from faults import kills, power, refusals, sessions  # noqa: E402
from faults.day import KEY  # noqa: E402
from faults.figures import Figures  # noqa: E402

F = TypeVar("F", bound=Figures)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the campaign that was asked for; 1 if anything was lost."""
    asked = _parser().parse_args(argv)
    if asked.seed is None:
        asked.seed = SystemRandom().randrange(1_000_000)
    print(f"{asked.campaign}, {asked.again or f'seed {asked.seed}'}", flush=True)
    found: list[Figures] = list(CAMPAIGNS[asked.campaign](asked))
    lost = [loss for figures in found for loss in figures.losses]
    print(*lost, f"{len(lost)} losses" if lost else "nothing was lost", sep="\n")
    return 1 if lost else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Try what power cuts, kills and failing disks can do.")
    parser.add_argument("campaign", choices=CAMPAIGNS)
    parser.add_argument(
        "--seed", type=int, help="decides what is done and what is lost; else any, and printed"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="programs at a time")
    parser.add_argument("--points", type=int, default=100_000, help="power: how many cuts, at least")
    parser.add_argument("--steps", type=int, default=power.STEPS, help="power: what is done on a day")
    parser.add_argument("--again", metavar="POINT", help="power: this one alone, as a campaign has named it")
    parser.add_argument("--kills", type=int, default=700, help="kills: of programs without a screen")
    parser.add_argument("--sessions", type=int, default=300, help="kills: of sessions in a terminal")
    return parser


def _power(asked: argparse.Namespace) -> Iterator[power.PowerFigures]:
    if asked.again:
        yield _shown(power.try_point(power.Point(*map(int, asked.again.split(":"))), asked.steps))
        return
    days = (partial(power.try_day, power.Point(asked.seed, day, 0), asked.steps) for day in count())
    yield _summed(
        days, power.PowerFigures(), asked.workers, enough=lambda found: found.points >= asked.points
    )


def _kills(asked: argparse.Namespace) -> Iterator[kills.KillFigures | sessions.SessionFigures]:
    without = (
        partial(kills.kill_often, number, asked.seed + place)
        for place, number in enumerate(_shares(asked.kills, kills.ON_ONE_FILE))
    )
    yield _summed(without, kills.KillFigures(), asked.workers)
    with_screen = (
        partial(sessions.kill_sessions, number, asked.seed + place)
        for place, number in enumerate(_shares(asked.sessions, sessions.ON_ONE_FILE))
    )
    yield _summed(with_screen, sessions.SessionFigures(), asked.workers)


def _refusals(asked: argparse.Namespace) -> Iterator[refusals.RefusalFigures]:
    each = (
        partial(refusals.refuse_each, name, key)
        for name in refusals.FAULTS | refusals.UNREADABLE
        for key in (None, KEY)
    )
    yield _summed(each, refusals.RefusalFigures(), asked.workers)


CAMPAIGNS: dict[str, Callable[[argparse.Namespace], Iterable[Figures]]] = {
    "power": _power,
    "kills": _kills,
    "refusals": _refusals,
}


def _shares(number: int, size: int) -> list[int]:
    return [min(size, number - first) for first in range(0, number, size)]


def _summed(
    parts: Iterable[Callable[[], F]],
    total: F,
    workers: int,
    enough: Callable[[F], bool] = lambda _: False,
) -> F:
    """Do the parts in several programs until there is enough, and say how far it is as they end."""
    begun = time.monotonic()
    waiting = iter(parts)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        running: set[Future[F]] = set()
        while True:
            while len(running) < workers and not enough(total) and (part := next(waiting, None)):
                running.add(pool.submit(part))
            if not running:
                break
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for each in ended:
                total.add(each.result())
            _shown(total, time.monotonic() - begun)
    return total


def _shown(found: F, seconds: float = 0) -> F:
    print(f"{seconds:6.0f} s: {found}", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
