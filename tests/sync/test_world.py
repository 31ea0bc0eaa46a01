"""The simulated world: whatever happens to laptops, sticks and clocks, the model agrees and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fieldtool.domain.log import heads
from fieldtool.domain.log.events import Event
from fieldtool.domain.log.heads import Replaced
from fieldtool.store.chain import conflicts
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.receiving import Received
from fieldtool.store.copies.known_bundles import BundleFile
from fieldtool.store.views import projection
from fieldtool.store.views.counts import Counts
from fieldtool.sync.central.schema import Administration
from fieldtool.sync.event_store import Holdings
from fieldtool.sync.folder import bundle_files, bundles
from fieldtool.sync.folder.bundle_files import BundleFolder
from fieldtool.sync.folder.bundles import Header
from fieldtool.sync.folder.folder_store import FolderStore
from fieldtool.sync.laptop_store import LaptopStore
from sync.campaign import KINDS, history, reduced, tell
from sync.centre import PASSWORD, Centre
from sync.field import Deed, ServerLike
from sync.world import World

FOUND_BEFORE = (2, 27, 86, 105, 287, 308, 363, 810, 2100)
"""Histories that once went otherwise than the model says, here or in the code."""


@pytest.mark.parametrize("seed", FOUND_BEFORE)
def test_histories_that_once_went_wrong(seed: int) -> None:
    tell(seed, history(seed, rare=False))


@pytest.mark.parametrize("seed", [900_243, 901_793])
def test_histories_with_removals_that_once_went_wrong(seed: int) -> None:
    tell(seed, history(seed))


def test_a_branch_is_never_taken_for_the_other() -> None:
    tell(3690, history(3690, rare=False))


@pytest.mark.parametrize("seed", range(500_000, 500_012))
def test_made_up_histories(seed: int) -> None:
    tell(seed, history(seed))


def test_in_some_histories_laptops_are_removed_and_forked_chains_decided_about() -> None:
    told = sum((tell(seed, history(seed)) for seed in range(500_040, 500_140, 20)), Counter[str]())
    for what in ("removed", "refused to record", "beyond a removal", "decided"):
        assert told[what], f"other histories are needed: in none of these there is any of {what}"


def test_a_history_happens_the_same_way_again() -> None:
    first, second = tell(4, history(4)), tell(4, history(4))
    assert first == second


class Machine(RuleBasedStateMachine):
    """Histories of hypothesis's choosing, which it shortens where they go wrong."""

    world: World | None = None

    @initialize(dice=st.integers(0, 23))
    def begin(self, dice: int) -> None:
        self.world = World(dice)

    @rule(kind=st.sampled_from(KINDS), dice=st.integers(0, 2**32))
    def happens(self, kind: str, dice: int) -> None:
        assert self.world is not None
        self.world.step(Deed(kind, dice))

    @rule(dice=st.integers(0, 2**32))
    def somebody_records(self, dice: int) -> None:
        self.happens("record", dice)

    @rule(dice=st.integers(0, 2**32))
    def somebody_meets_others(self, dice: int) -> None:
        self.happens("folder", dice)

    @invariant()
    def nothing_is_lost(self) -> None:
        if self.world is not None:
            self.world.check(thoroughly=False)

    def teardown(self) -> None:
        if self.world is not None:
            with self.world:
                self.world.finish()


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=settings().max_examples // 2, stateful_step_count=15)


# ---------------------------------------------------------------------- with a server


class OnServer(ServerLike):
    """The central store of a test."""

    def __init__(self, centre: Centre) -> None:
        self.address = centre.address("anna")
        self._administration = Administration(centre.address())
        self._sql = centre.sql()
        self._number = 0

    def title(self) -> str:
        self._number += 1
        return f"Inspection {self._number}"

    def admit(self, inspection: str) -> None:
        self._administration.add(inspection, "anna", password=PASSWORD)

    def digests(self, inspection: str) -> Iterator[bytes]:
        found = self._sql.execute(
            "SELECT hash FROM fieldtool.event WHERE inspection = %(of)s "
            "UNION ALL SELECT hash FROM fieldtool.event_fork WHERE inspection = %(of)s",
            {"of": inspection[:32]},
        )
        return (row[0] for row in found)


def test_histories_with_a_server(centre: Centre) -> None:
    server = OnServer(centre)
    for seed in range(600_001, 600_006):
        tell(seed, history(seed, server=True), server)


def test_branches_come_to_everybody_by_the_server_alone(centre: Centre) -> None:
    """Whole old disks are put back; in the end, all meet at the server, and everybody has every branch."""
    server = OnServer(centre)
    forked = 0
    for seed in (600_030, 600_040, 600_210, 600_240):
        with World(seed, server) as world:
            for deed in history(seed, server=True, rare=False):
                world.step(deed)
            for laptop in world.laptops * 2:
                exchanged = world._synchronise(laptop, None, receipts=False)
                assert exchanged is not None
                assert exchanged.complete
            everything = world._on_server()
            for laptop in world.laptops:
                world.look(laptop)
                assert laptop.known | laptop.aside == everything, f"history {seed}, {laptop.name}"
            forked += bool(world.model.forked)
    assert forked, "other histories are needed: in none of these a chain goes two ways any more"


# ---------------------------------------------------------------------- it can fail


def ignoring_parents(patch: pytest.MonkeyPatch) -> None:
    """Heads that are never replaced."""
    patch.setattr(heads, "replaces", lambda *_: False)


def replacing_all(patch: pytest.MonkeyPatch) -> None:
    """The last one wins: what two people wrote without knowing of each other is one value."""
    patch.setattr(heads, "replaces", lambda at, _parents, _other, other_at: other_at < at)


def dropping_a_batch(patch: pytest.MonkeyPatch) -> None:
    """A laptop says that it has taken what it has not."""
    receive, number = Log.receive, 0

    def sometimes(self: Log, events: Iterable[Event], *, over_gaps: bool = False) -> Received:
        nonlocal number
        number += 1
        if number % 7 == 0:
            return Received(len(list(events)), 0)
        return receive(self, events, over_gaps=over_gaps)

    patch.setattr(Log, "receive", sometimes)


def claiming_too_much(patch: pytest.MonkeyPatch) -> None:
    """A folder that is believed to have whatever a name in it says."""
    patch.setattr(FolderStore, "_refused", lambda *_: False)
    patch.setattr(BundleFolder, "put", _unwritten)


def showing_the_earliest(patch: pytest.MonkeyPatch) -> None:
    """Of two values, the one that was written first is shown."""
    patch.setattr(heads, "_order", lambda head: -head.at)


def forgetting_to_count(patch: pytest.MonkeyPatch) -> None:
    """Tallies that miss a fact."""
    patch.setattr(Counts, "_count_anew", lambda *_: None)


def holding_back_own(patch: pytest.MonkeyPatch) -> None:
    """A laptop that never sends the last event of a chain."""
    holdings = LaptopStore.holdings

    def fewer(self: LaptopStore) -> Holdings:
        found = holdings(self)
        device = self._log.device
        return {each: held for each, held in found.items() if each != device or held.seq % 5}

    patch.setattr(LaptopStore, "holdings", fewer)


def counting_the_removed(patch: pytest.MonkeyPatch) -> None:
    """What a removed laptop recorded too late counts."""
    patch.setattr(projection, "is_beyond", lambda *_: False)


def letting_the_removed_replace(patch: pytest.MonkeyPatch) -> None:
    """What a removed laptop replaced too late does not stand again."""
    patch.setattr(Replaced, "by", classmethod(lambda cls, events, _=None: _all_of(cls, events)))


def _all_of(cls: type[Replaced], events: Iterable[Event]) -> Replaced:
    found = cls()
    for event in events:
        found._note(event)
    return found


def deciding_without_saying_so(patch: pytest.MonkeyPatch) -> None:
    """What was decided about a forked chain is asked again."""
    patch.setattr(conflicts, "_decided", lambda *_: False)


def _unwritten(folder: BundleFolder, header: Header, data: bytes) -> BundleFile:
    del folder
    file = BundleFile(bundles.name_of(header, data), len(data), 0)
    return bundle_files._noted(file, header, bundles.id_of(header))


@pytest.mark.parametrize(
    "spoil",
    [
        ignoring_parents,
        replacing_all,
        dropping_a_batch,
        claiming_too_much,
        showing_the_earliest,
        forgetting_to_count,
        holding_back_own,
        counting_the_removed,
        letting_the_removed_replace,
    ],
)
def test_what_is_spoilt_is_noticed(
    spoil: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(0, [])  # so that the beginning is there, as it should be
    spoil(monkeypatch)
    assert any(_fails(seed, history(seed)) for seed in range(24_000, 24_000 + 24 * 40, 24))


def test_a_decision_that_is_not_kept_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    deciding_without_saying_so(monkeypatch)
    assert any(_fails(seed, history(seed)) for seed in range(500_040, 500_140, 20))


def test_a_history_that_goes_wrong_is_made_short(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(0, [])
    forgetting_to_count(monkeypatch)
    deeds = next(history(seed) for seed in range(24_000, 25_000, 24) if _fails(seed, history(seed)))
    assert len(reduced(0, deeds)) < len(deeds) / 2


def _fails(seed: int, deeds: list[Deed]) -> bool:
    try:
        tell(seed, deeds)
    except AssertionError:
        return True
    return False
