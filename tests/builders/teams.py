"""Laptops that share an inspection, and the folder where they meet."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from builders.cases import TINY
from builders.laptops import Watch, views
from fieldtool.domain.kinds.assessment import AnswerGiven, NoteWritten
from fieldtool.domain.kinds.inspection import FrameworkChosen, InspectionOpened, PersonJoined
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.laptops import LaptopInvited, LaptopJoined
from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import read_events
from fieldtool.store.copies.known_bundles import BundleFile, BundleMemory
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import set_local
from fieldtool.store.keys.membership import Membership, keep, membership_of, take_part
from fieldtool.sync.event_store import Has
from fieldtool.sync.exchange import Exchanged, exchange
from fieldtool.sync.folder.admission import Admission
from fieldtool.sync.folder.folder_store import FolderStore
from fieldtool.sync.laptop_store import LaptopStore
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead.lead import Lead

PEOPLE = ("lea", "anna", "ben")


class Everybody(Admission):
    """Admits whoever can seal for the inspection."""

    def __init__(self) -> None:
        """Nobody is asked."""

    def why_not(self, file: BundleFile) -> str:
        del file
        return ""

    def goes_first(self, device: str) -> bool:
        del device
        return False


class Forgetful(BundleMemory):
    """Remembers nothing: every file is opened anew."""

    def __init__(self) -> None:
        """Nowhere."""

    def read(self) -> dict[str, BundleFile]:
        return {}

    def keep(self, files: Iterable[BundleFile]) -> None:
        del files


def any_folder(path: Path, membership: Membership, has: Has | None = None) -> FolderStore:
    """A folder as whoever has the keys sees it who knows nobody and remembers nothing."""
    return FolderStore(path, membership, admission=Everybody, memory=Forgetful(), has=has)


class Laptop(AbstractContextManager["Laptop"]):
    """An installation with its file, its device and whoever works there."""

    def __init__(self, name: str, path: Path | None = None, key: bytes | None = None) -> None:
        self.name = name
        self.database = Database.in_memory() if path is None else Database.create(path, key)
        self.log = Log(self.database, new_device(self.database, f"d-{name}"), name, Watch())

    def __exit__(self, *_: object) -> None:
        self.database.close()

    @property
    def membership(self) -> Membership:
        found = membership_of(self.database)
        assert found is not None
        return found

    @property
    def device(self) -> ChainId:
        return self.log.device

    @property
    def events(self) -> list[Event]:
        return list(read_events(self.database))

    @property
    def own(self) -> list[Event]:
        return [event for event in self.events if event.id[:2] == self.device]

    @property
    def views(self) -> dict[str, set[tuple[Any, ...]]]:
        return views(self.database)

    def store(self, *, receipts: bool = False) -> LaptopStore:
        return LaptopStore(self.database, self.log, receipts=receipts)

    def folder(self, path: Path, *, forgetful: bool = False) -> FolderStore:
        return FolderStore(
            path,
            self.membership,
            admission=lambda: Admission(self.database),
            memory=Forgetful() if forgetful else BundleMemory(self.database, str(path)),
            has=self.store().has,
        )

    @property
    def lead(self) -> Lead:
        """What whoever works there may do as a lead inspector."""
        return Lead(Inspection(InspectionFile(self.database), self.name, Watch()))

    def exchange(self, path: Path) -> Exchanged:
        return exchange(self.store(), self.folder(path))

    def answer(self, ref: str = "A", answer: Answer = Answer.YES, prompt: str = "Qax") -> Event:
        return self.record(AnswerGiven(prompt=prompt, answer=answer), ref)

    def note(self, text: str, ref: str = "A") -> Event:
        return self.record(NoteWritten(item="", text=text), ref)

    def record(self, body: Body, ref: str = "A") -> Event:
        return self.log.record(ref, body)[-1]


def lead(path: Path | None = None, key: bytes | None = None) -> Laptop:
    """The laptop on which an inspection of two cases is set up, and its sharing begun."""
    laptop = Laptop("lea", path, key)
    laptop.log.record(
        "",
        InspectionOpened(provider="Provider", title="Trial"),
        FrameworkChosen(framework=TINY),
        PersonJoined(person="lea", name="Lea", role="lead_inspector"),
        PersonJoined(person="anna", name="Anna", role="inspector"),
        PersonJoined(person="ben", name="Ben", role="inspector"),
    )
    for ref in ("A", "B"):
        laptop.log.record(ref, CaseAdded(sample="branch"))
    take_part(laptop.database, laptop.log)
    return laptop


def invited(
    host: Laptop, name: str, path: Path | None = None, key: bytes | None = None, person: str = ""
) -> Laptop:
    """A laptop that has joined, as by an invitation, with everything that its host had.

    Args:
        person: whose it is; else, of whom it has the name.
    """
    theirs = host.membership.of_another()
    host.log.record("", LaptopInvited(key=theirs.key, person=person or name))
    laptop = Laptop(name, path, key)
    laptop.log.receive(host.events)
    with laptop.database.transaction():
        keep(laptop.database, theirs)
        laptop.log.record_within("", LaptopJoined(device=laptop.device.id, key=theirs.key))
    set_local(laptop.database, "person", name)
    return laptop


def files(folder: Path) -> list[Path]:
    """The bundles in a folder, by name."""
    return sorted(folder.glob("*.age"))
