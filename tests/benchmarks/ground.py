"""The inspections that are measured on: of any number of cases, each event chained as in use, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cached_property
from itertools import count
from pathlib import Path

from fieldtool.domain.kinds.assessment import AnswerGiven, CaseCompleted, FactSet, JudgementMade
from fieldtool.domain.kinds.inspection import FrameworkChosen, InspectionOpened, PersonJoined
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.method.case import Answer, Judgement
from fieldtool.domain.method.framework import Framework
from fieldtool.frameworks.loader import load
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.file.database import Database

PERSON = "INS-1"
SAMPLE = "case_supervision"
SAMPLE_SIZE = 150
LAST_FACTS = {
    "hub": "East",
    "ldu": "Havant",
    "officer": "RO-1",
    "disposal": "post_release",
    "rosh_inspector": "high",
}
KEY = bytes(range(32))
A_REF = "CS-0"
"""How every reference begins."""
FLOOR_APP = Path(__file__).with_name("floor_app.py")


def ref_of(number: int) -> str:
    """The reference of a case, from 0."""
    return f"CS-{number + 1:06}"


def untouched(number: int) -> int:
    """The place of a case of which only the facts are known, in an inspection of the size of a sample."""
    return 3 * number + 2


class Ground:
    """A folder with the inspections in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._copies = count(1)
        (folder / "home").mkdir(exist_ok=True)

    @cached_property
    def framework(self) -> Framework:
        """The instrument of all of them."""
        return load("crc_2019")

    def inspection(self, cases: int) -> Path:
        """A copy to write in, of an inspection with so many cases, all of them PERSON's."""
        whole = self.folder / f"cases_{cases}.db"
        if not whole.exists():
            self._make(whole, cases)
        copy = self.folder / f"copy_{next(self._copies)}.db"
        for end in ("", "-wal", "-shm"):
            Path(f"{copy}{end}").unlink(missing_ok=True)
        shutil.copyfile(whole, copy)
        return copy

    def encrypted(self, cases: int, key: bytes = KEY) -> Path:
        """A copy to write in that is encrypted, and otherwise the same."""
        plain = self.inspection(cases)
        path = plain.with_suffix(".encrypted.db")
        path.unlink(missing_ok=True)
        with Database.open(plain) as database:
            run = database.connection.execute
            run(f"ATTACH ? AS other KEY \"x'{key.hex()}'\"", (str(path),))
            run("SELECT sqlcipher_export('other')")
            for name in ("application_id", "user_version"):
                run(f"PRAGMA other.{name} = {run(f'PRAGMA {name}').fetchone()[0]}")
        return path

    def ours(self, path: Path) -> list[str | Path]:
        """How an inspection is opened, behind the interpreter."""
        return ["-m", "fieldtool", path, "--as", PERSON]

    def floor(self, path: Path | None = None) -> list[str | Path]:
        """How the smallest app is started, behind the interpreter."""
        return [FLOOR_APP, *([path] if path else [])]

    def _make(self, path: Path, cases: int) -> None:
        unfinished = path.with_suffix(".unfinished")
        for end in ("", "-wal", "-shm"):  # of a run that was ended
            Path(f"{unfinished}{end}").unlink(missing_ok=True)
        with Database.create(unfinished) as database:
            log = Log(database, new_device(database), PERSON)
            with database.transaction():
                log.record_within("", InspectionOpened(provider="A provider", title="An inspection"))
                log.record_within("", PersonJoined(person=PERSON, name="An inspector", role="inspector"))
                for number in range(cases):
                    log.record_within(ref_of(number), *self._events(number, whole=cases <= SAMPLE_SIZE))
                # The instrument comes last: until it is there nothing counts, and then all is counted once.
                log.record_within("", FrameworkChosen(framework=self.framework))
            database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        unfinished.rename(path)

    def _events(self, number: int, *, whole: bool) -> Iterator[Body]:
        yield CaseAdded(sample=SAMPLE)
        yield CaseAssigned(person=PERSON)
        if not whole:
            yield FactSet(fact="hub", to="East")
            yield AnswerGiven(prompt="2.1.1.a", answer=Answer.YES if number % 3 else Answer.NO)
            return
        for fact in self.framework.facts_for(SAMPLE):
            choices = fact.choices
            yield FactSet(fact=fact.id, to=LAST_FACTS.get(fact.id) or choices[number % len(choices)].id)
        done = number % 3
        if done == untouched(0):
            return
        for question in [
            q for standard in self.framework.standards_for(SAMPLE) for q in standard.key_questions
        ]:
            for place, prompt in enumerate(question.prompts):
                yield AnswerGiven(
                    prompt=prompt.id, answer=Answer.NO if (number + place) % 5 == 0 else Answer.YES
                )
            yield JudgementMade(key_question=question.id, judgement=Judgement.YES)
            if done:
                return
        yield CaseCompleted()
