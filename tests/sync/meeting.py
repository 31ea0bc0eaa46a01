"""How laptops of the simulated world meet: at a stick, a drive or a server, directly, or cut short half way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from unittest import mock

from builders.laptops import views
from fieldtool import files
from fieldtool.domain.log.events import Event
from fieldtool.store.audit import file_check
from fieldtool.store.chain.reading import event_of
from fieldtool.store.file.database import StoreError
from fieldtool.store.file.driver import dbapi2
from fieldtool.sync.event_store import SyncError
from fieldtool.sync.exchange import Exchanged, Step, exchange
from fieldtool.sync.folder import bundle_files
from fieldtool.sync.laptop_store import LaptopStore
from fieldtool.sync.places import synchronise
from sync.comparing import Comparing
from sync.field import BUNDLE, File, Folder, Laptop, Plug, made_up
from sync.model import Chain

REFUSED = "This laptop was removed from the inspection"
UNINVITED = "This laptop was invited by one that had been removed"
FOUND = ("kept but has no effect", "has written two different events", "came too late")
"""What may be found in a sound file at the end."""

NOT_HERE = ("that others have replaced", "The last events of this very laptop")
"""What may be found as well where a chain has gone two ways, or what a removed laptop sent was not taken."""


class Meeting(Comparing):
    """The deeds in which events go from one to another, and the last rounds in which all do."""

    def meet(self) -> list[Laptop]:
        laptop = self._laptop()
        self._synchronise(laptop, self._folder())
        return [laptop]

    def meet_server(self) -> list[Laptop]:
        if self.server is None:
            return self.meet()
        laptop = self._laptop()
        self._synchronise(laptop, None)
        return [laptop]

    def meet_directly(self) -> list[Laptop]:
        here, there = self._laptop(), self._laptop()
        if here is there:
            return [here]
        before = here.known | there.known
        there.remember()
        exchanged = None
        try:
            exchanged = exchange(here.store(), there.store(), lambda _: here.remember())
        except StoreError as error:
            self._refused(here, error)
        self.look(here, receipts=True)
        self.look(there)
        if not self.whole_disks:
            assert not before & ~here.known, "something was not taken"
        if exchanged is not None and exchanged.complete:
            lacks = here.known & ~there.known
            assert not lacks, f"said to be complete, and lacks {self.model.told(lacks)}"
        elif exchanged is not None:
            assert self.whole_disks, exchanged
        return [here, there]

    def pulled(self) -> list[Laptop]:
        """The plug is pulled, or the stick, somewhere in an exchange."""
        laptop, left = self._laptop(), self.random.randrange(1, 12)

        def progress(step: Step) -> None:
            nonlocal left
            del step
            left -= 1
            if left <= 0:
                raise Plug

        writes = self.random.randrange(0, 3)

        def write(path: Path, data: bytes, **_: int) -> None:
            nonlocal writes
            writes -= 1
            if writes < 0:
                whole = self.random.random() < 0.5
                # What a pulled plug leaves behind is not tidied up by anybody.
                half = path.with_name(f"{path.name}.half.part")
                half.write_bytes(data[: self.random.randrange(len(data))])
                raise Plug if whole else OSError(5, "Input/output error")
            path.write_bytes(data)

        place = None if self.server and self.random.random() < 0.3 else self._folder()
        with suppress(Plug), ExitStack() as stack:
            if self.random.random() < 0.5:
                stack.enter_context(
                    mock.patch.object(bundle_files, "files", mock.Mock(wraps=files, write_new=write))
                )
            self._synchronise(laptop, place, progress, whole=False)
        self._after_a_stop(laptop)
        return [laptop]

    def cut_short(self) -> list[Laptop]:
        """The disk gives up somewhere in an exchange, or in the recording of an answer."""
        laptop, left = self._laptop(), self.random.randrange(1, 400)
        self.look(laptop)

        def handler() -> int:
            nonlocal left
            left -= 1
            return int(left <= 0)

        laptop.database.connection.set_progress_handler(handler, 25)
        try:
            if self.random.random() < 0.5:
                ref = self.random.choice("AB")
                laptop.log.record(ref, made_up(self.random))
                laptop.database.connection.set_progress_handler(None, 25)
                self.look(laptop, acknowledged=True)
            else:
                self._synchronise(laptop, self._folder(), whole=False)
        except (StoreError, dbapi2.Error):
            self.counts["disk gave up"] += 1
        finally:
            laptop.database.connection.set_progress_handler(None, 25)
        self._after_a_stop(laptop)
        return [laptop]

    def handed_over(self) -> list[Laptop]:
        """Events come in any order that keeps each chain's, some twice, some not at all."""
        here, there = self._laptop(), self._laptop()
        there.remember()
        chains: dict[Chain, list[Event]] = {}
        for row in there.rows():
            chains.setdefault(row[:2], []).append(event_of(row))
        left = [chain[: self.random.randrange(len(chain) + 1)] for chain in chains.values()]
        order: list[Event] = []
        while left := [chain for chain in left if chain]:
            chain = self.random.choice(left)
            number = self.random.randrange(1, 8)
            order += chain[:number]
            del chain[:number]
            if self.random.random() < 0.2:
                order.append(self.random.choice(order))
        middle = self.random.randrange(len(order) + 1)
        with suppress(StoreError if self.whole_disks else ZeroDivisionError):
            here.log.receive(order[:middle])
            here.log.receive(order[middle:])
        self.look(here)
        return [here]

    # ------------------------------------------------------------------ the end

    def finish(self) -> None:
        """Let all meet once more, and compare everything with everything."""
        with self._seeded():
            self._last_rounds()
        self.check(*self.laptops, thoroughly=True)
        self._compare_alike()
        staying = self.staying
        if not staying:
            self.counts["all were removed"] += 1
            return
        first = staying[0]
        said = list(file_check.findings(first.database))
        not_taken = self.model.forked or self.counts["removed"]
        expected = FOUND + (NOT_HERE if not_taken else ())
        assert all(any(phrase in line for phrase in expected) for line in said), said
        if self.model.forked:
            self._compare_forks()
            return
        kept = self._with_removed()
        self._accept_waiting(first.known | kept)
        lost = self.must & ~first.known & ~kept
        assert not lost, f"lost: {self.model.told(lost)}"
        for laptop in staying:
            assert laptop.known == first.known
        if self.server is not None:
            assert self._on_server() == first.known

    def _compare_alike(self) -> None:
        """Laptops that know the same show the same."""
        shown: dict[int, tuple[Laptop, dict[str, set[tuple[Any, ...]]]]] = {}
        for laptop in self.laptops:
            now = views(laptop.database)
            other, before = shown.setdefault(laptop.known, (laptop, now))
            assert before == now, f"{other.name} and {laptop.name} know the same and show different things"

    def _last_rounds(self) -> None:
        place = None if self.server is not None and self.random.random() < 0.5 else self._folder()
        places = [*self.folders, *([None] if self.server is not None else [])]
        first = (self.staying or self.laptops)[0]
        visits = [(other, self._synchronise(first, other, whole=False)) for other in places]
        # But for the first time without receipts, each of which would be news to all others.
        rounds = 4 if self.counts["removed"] else 3
        results = [
            (laptop, self._synchronise(laptop, place, receipts=number == 0))
            for number in range(rounds)
            for laptop in self.laptops
        ]
        waiting = [other for other, result in visits if result is not None and result.waiting]
        if waiting:
            # Told that something there waits for what was missing, people go there once more.
            for other in waiting:
                self._synchronise(first, other, whole=False, receipts=False)
            results += [
                (laptop, self._synchronise(laptop, place, receipts=False)) for laptop in self.laptops * 2
            ]
        if not self._all_equal():
            # Whoever is not on anybody's roster any more, as its host's disk was lost, is heard directly.
            self.counts["not by the folder alone"] += 1
            for laptop in [laptop for laptop in self.laptops if laptop is not first] * 2:
                exchange(first.store(receipts=False), laptop.store(receipts=False))
            for laptop in self.laptops:
                self.look(laptop)
            results.clear()
        if None in places:
            self._synchronise((self.staying or self.laptops)[0], None, receipts=False)
        if not self.model.forked:
            last = [result for laptop, result in results[-len(self.laptops) :] if laptop in self.staying]
            assert all(result is None or result.complete for result in last), last

    def _all_equal(self) -> bool:
        return len({laptop.known for laptop in self.staying}) < 2

    def _compare_forks(self) -> None:
        """Chains that have gone two ways: all the others are everywhere, and no branch is gone."""
        self.counts["forked"] += 1
        everywhere = -1
        for laptop in self.staying:
            everywhere &= laptop.known
        kept = self._with_removed()
        for event in self.model.of(self._anywhere() & ~everywhere & ~kept):
            assert event.id[:2] in self.model.forked, f"{event.id} is not everywhere"

    def _with_removed(self) -> int:
        """What removed laptops have, or have put into folders: from them, nobody accepts it."""
        staying, found = {laptop.chain[0] for laptop in self.staying}, 0
        for laptop in self.laptops:
            found |= 0 if laptop.chain[0] in staying else laptop.known | laptop.aside
        for folder in self.folders:
            for file in folder.files.values():
                found |= 0 if file.by in staying else file.events
        return found

    # ------------------------------------------------------------------ within

    def _synchronise(
        self,
        laptop: Laptop,
        place: Folder | None,
        progress: Callable[[Step], None] | None = None,
        *,
        whole: bool = True,
        receipts: bool = True,
    ) -> Exchanged | None:
        self.look(laptop)
        before = laptop.known
        address = str(place.path) if place is not None else self.server.address if self.server else ""
        exchanged = None

        def remembering(step: Step) -> None:
            if step.sending and not step.done:
                laptop.remember()
            if progress is not None:
                progress(step)

        with ExitStack() as stack:
            if not receipts:
                stack.enter_context(mock.patch.object(LaptopStore, "give_receipt", _nothing))
            try:
                exchanged = synchronise(laptop.database, laptop.log, address, remembering, clock=laptop.clock)
            except SyncError:
                assert not whole
            except StoreError as error:
                self._refused(laptop, error)
            finally:
                laptop.database.connection.set_progress_handler(None, 25)
                self.look(laptop, acknowledged=exchanged is not None)
                if place is not None:
                    self._note_new_files(place, laptop)
        if exchanged is None:
            return None
        self.counts["exchanges"] += 1
        # Whose files count no more was not known yet when it was asked what is there.
        heard = any(event.kind == "laptop.removed" for event in self.model.of(laptop.known & ~before))
        return self._believed(exchanged, laptop, place, whole=whole and not heard)

    def _believed(
        self, exchanged: Exchanged, laptop: Laptop, place: Folder | None, *, whole: bool
    ) -> Exchanged:
        """Compare what was said of a place with what is there."""
        there = self._accepted(place, laptop) if place is not None else self._on_server()
        if exchanged.complete:
            lacks = laptop.known & ~there
            assert not lacks, f"said to be there: {self.model.told(lacks)}"
        elif whole:
            gone = self.is_removed(laptop) or laptop.chain[0] in self.model.uninvited(laptop.known)
            assert self.whole_disks or gone, exchanged
        return exchanged

    def _accepted(self, folder: Folder, laptop: Laptop) -> int:
        """The events in files that a laptop accepts: of removed laptops, what they wrote before."""
        removed, found = self.model.limits(laptop.known), 0
        uninvited = self.model.uninvited(laptop.known)
        theirs = 0
        for event in self.model.of(self.known_to_any & ~self.model.beyond(laptop.known)):
            theirs |= event.bit if event.id[0] in removed else 0
        for file in folder.files.values():
            if (
                file.good
                and file.by not in uninvited
                and (file.by not in removed or not file.events & ~theirs)
            ):
                found |= file.events
        return found

    def _refused(self, laptop: Laptop, error: StoreError) -> None:
        """Accept that a laptop that knows of its removal can record nothing more; any other error goes on."""
        laptop.database.connection.set_progress_handler(None, 25)
        self.look(laptop)
        if UNINVITED in str(error):
            assert laptop.chain[0] in self.model.uninvited(laptop.known), (
                f"{laptop.name} was invited: {error}"
            )
        elif REFUSED in str(error):
            assert self.is_removed(laptop), f"{laptop.name} was not removed: {error}"
        else:
            raise error
        self.counts["refused to record"] += 1

    def _note_new_files(self, folder: Folder, laptop: Laptop) -> None:
        """What a laptop has written into a folder, as the names say."""
        ids = {row[:3]: row[11] for row in laptop.rows()}
        for path in folder.path.iterdir():
            found = BUNDLE.fullmatch(path.name)
            if path.name in folder.files or found is None:
                continue
            device, incarnation, first, last = found[1], *map(int, found.groups()[1:])
            digests = (ids[device, incarnation, seq] for seq in range(first, last + 1))
            folder.files[path.name] = File(self.model.set_of(digests), by=laptop.chain[0])

    def _after_a_stop(self, laptop: Laptop) -> None:
        if laptop.database.connection.in_transaction:
            # What stopped it has stopped the taking back as well; closing the file does that.
            laptop.database.connection.execute("ROLLBACK")
            laptop.start()
        self.look(laptop)
        if self.random.random() < 0.5:
            laptop.start()


def _nothing(*_: object) -> None:
    """Give no receipt."""
