"""Kills of the program as a person has it before them: what the screen showed as saved is in the file."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from builders.cases import CRC
from builders.inspections import PASSPHRASE, Planned, make
from faults.day import scratch
from faults.figures import Figures
from fieldtool.domain.method.framework import KeyQuestion
from fieldtool.store.audit import file_check
from fieldtool.store.keys import key_file
from fieldtool.store.keys.sealing import Cost
from fieldtool.store.views import queries
from fieldtool.work.inspection_file import InspectionFile
from journeys.program import PROGRAM, open_case
from journeys.terminal import Terminal

ON_ONE_FILE = 25
"""Sessions, each on a case of its own, before another file is begun."""

LONGEST = 4.0
"""Seconds from the first screen to the kill, at most."""

SHOWN_FOR = 0.5
"""Seconds that a text may be on the screen before it is in the file."""

SAMPLE = "case_supervision"
QUESTIONS = [
    question
    for standard in CRC.standards_for(SAMPLE)
    for question in standard.key_questions
    if question.prompts and not question.qualitative
]
PROMPTS = [prompt for question in QUESTIONS for prompt in question.prompts]
MARKS = {"Y": "yes", "N": "no", "-": "not_relevant"}
KEYS = {"y": "Y", "n": "N", "x": "-"}
WRITING = "Back to the questions"


@dataclass
class SessionFigures(Figures):
    """What came of some sessions."""

    kills: int = 0
    answers: int = 0
    """Marks that were on the screen."""
    writing: int = 0
    """Kills that came while a text was being written."""
    texts: int = 0
    """Texts that had been left."""
    behind: list[float] = field(default_factory=list)
    """Of each such kill, for how many seconds a word had been on the screen that is not in the file."""

    def __str__(self) -> str:
        return f"{super().__str__()}, a text at most {max(self.behind, default=0):.2f} s behind"


class Watched(Terminal):
    """A terminal that remembers when the words that are typed by number came on the screen."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self.words: list[tuple[float, int]] = []
        super().__init__(*args, **more)

    def _feed(self, text: str) -> None:
        super()._feed(text)
        numbers = re.findall(r"\bw(\d{4})\b", self._text())
        if numbers and (not self.words or int(numbers[-1]) > self.words[-1][1]):
            self.words.append((time.monotonic(), int(numbers[-1])))


class Session:
    """One session with a case: what its screen has shown as saved until it was killed."""

    def __init__(
        self, path: Path, ref: str, seed: str, key: bytes | None = None, longest: float = LONGEST
    ) -> None:
        self._path = path
        self._longest = longest
        self.key = key
        self._ref = ref
        self._random = Random(seed)
        self._typed: list[int] = []
        self.shown: dict[str, str] = {}
        """What was on the screen as saved, by the text of its slot."""
        self.being_written = ""
        """The slot whose text was open at the moment of the kill."""
        self.words: list[tuple[float, int]] = []
        self.killed_at = 0.0

    def run(self) -> None:
        """Work on the case at full speed until killed at a random moment."""
        program, home = [*PROGRAM, self._path, "--as", "INS-01"], _home(self._path.parent)
        with Watched(program, columns=150, rows=50, env=home) as terminal:
            if self.key is not None:
                terminal.wait_for("is locked", timeout=30)
                terminal.type(PASSPHRASE)
                terminal.press("enter")
            terminal.wait_for("Reference", timeout=30)
            timer = threading.Timer(self._random.random() * self._longest, self._kill, [terminal])
            timer.start()
            try:
                open_case(terminal, self._ref)
                terminal.press("right")
                for question in QUESTIONS:
                    self._answer(terminal, question)
                    self._write(terminal, question)
                    self._judge(terminal, question)
            except (AssertionError, OSError) as error:
                if isinstance(error, AssertionError) and "the program has ended" not in str(error):
                    raise
            finally:
                timer.join()
            code = terminal.wait_exit()
            assert code == -signal.SIGKILL, f"ended with {code}\n{terminal.screen()}"
            self.shown |= dict(_marks(terminal.screen()))
            self.words = terminal.words

    def _kill(self, terminal: Terminal) -> None:
        self.killed_at = time.monotonic()
        terminal.kill()

    def _answer(self, terminal: Terminal, question: KeyQuestion) -> None:
        terminal.wait_for(re.compile(rf"│ {re.escape(question.id)} "))
        keys = self._random.choices("yynnx", k=len(question.prompts))
        terminal.type("".join(keys))
        for key, prompt in zip(keys, question.prompts, strict=True):
            terminal.wait_for(f"[{KEYS[key]}] {_beginning(prompt.id, prompt.wording)}")
            self.shown[f"answer:{prompt.id}"] = MARKS[KEYS[key]]

    def _write(self, terminal: Terminal, question: KeyQuestion) -> None:
        """Write a note of numbered words on the key question."""
        terminal.press("m")
        terminal.wait_for(WRITING)
        self._write_text(terminal, f"note:{question.id}")

    def _judge(self, terminal: Terminal, question: KeyQuestion) -> None:
        key = self._random.choice("YN")
        terminal.press(key)
        terminal.wait_for(
            re.compile(rf"\[{key}\] Judgement|{WRITING}|│ (?!{re.escape(question.id)})\d\.\d\.\d ")
        )
        self.shown[f"judgement:{question.id}"] = MARKS[key]
        if WRITING in terminal.screen():
            self._write_text(terminal, f"reason:{question.id}")

    def _write_text(self, terminal: Terminal, slot: str) -> None:
        self.being_written = slot
        text = ""
        for _ in range(self._random.randint(1, 40)):
            self._typed.append(len(self._typed) + 1)
            word = f"w{self._typed[-1]:04} "
            text += word
            terminal.type(word)
            if self._random.random() < 0.1:
                terminal.wait_for(word.strip())
        terminal.wait_for(text.split()[-1])
        terminal.press("escape")
        terminal.wait_gone(WRITING)
        self.being_written = ""
        self.shown[slot] = text.strip()

    def complaints(self, found: dict[str, str]) -> Iterator[str]:
        """What is missing from a file that says this of the case."""
        for slot, value in self.shown.items():
            if found.get(slot) != value:
                yield f"{self._ref}: {slot} was shown as {value!r} and is {found.get(slot)!r}"

    def behind(self, found: dict[str, str]) -> float:
        """For how many seconds a word was on the screen that the file does not have."""
        kept = {int(word) for text in found.values() for word in re.findall(r"\bw(\d{4})\b", text)}
        lost = [at for at, word in self.words if word not in kept]
        return max(0.0, self.killed_at - lost[0]) if lost else 0.0


def kill_sessions(kills: int, seed: int, longest: float = LONGEST) -> SessionFigures:
    """Kill sessions on one file after another, each after some seconds."""
    figures = SessionFigures()
    with scratch() as folder:
        for first in range(0, kills, ON_ONE_FILE):
            path = folder / f"{first}.db"
            refs = [f"CS-{number}" for number in range(100, 100 + min(ON_ONE_FILE, kills - first))]
            key = None
            if (seed + first // ON_ONE_FILE) % 2:
                key, _ = key_file.create_key(path, PASSPHRASE, cost=Cost(operations=1, memory=8192))
            make(path, CRC, [Planned(ref, SAMPLE, facts={"ldu": "North"}) for ref in refs], key=key)
            sessions: dict[str, Session] = {}
            for ref in refs:
                sessions[ref] = Session(path, ref, f"{seed}:{first}:{ref}", key, longest)
                _kill(path, sessions, ref, figures)
    return figures


def _kill(path: Path, sessions: dict[str, Session], ref: str, figures: SessionFigures) -> None:
    session = sessions[ref]
    try:
        session.run()
        complaints = list(_examine(path, sessions, ref, figures))
    except Exception as error:  # whatever it is, it belongs to this kill
        complaints = [f"{ref}: {type(error).__name__}: {error}"]
    figures.kills += 1
    figures.answers += sum(slot.startswith("answer:") for slot in session.shown)
    figures.texts += sum(slot.startswith(("note:", "reason:")) for slot in session.shown)
    figures.writing += bool(session.being_written)
    figures.losses += complaints


def _examine(path: Path, sessions: dict[str, Session], latest: str, figures: SessionFigures) -> Iterator[str]:
    """Whatever any session on this file has shown as saved is in it, and the file is sound."""
    with InspectionFile.open(path, to_write=True, key=sessions[latest].key) as file:
        yield from file_check.findings(file.database)
        incarnations = file.database.rows("SELECT DISTINCT device, incarnation FROM event ORDER BY 1")
        if len(incarnations) > 2:  # the lead's, and that of this laptop
            yield f"{latest}: the program took the file for one that was put back: {incarnations}"
        for ref, session in sessions.items():
            case = queries.case(file.database, ref)
            assert case is not None
            found = {str(slot): value for slot, value in case.values.items()}
            drafts = "SELECT slot, text FROM draft WHERE subject = ?"
            found |= {slot: text.strip() for slot, text in file.database.rows(drafts, (ref,))}
            yield from session.complaints(found)
            if ref == latest:
                behind = session.behind(found)
                if session.being_written:
                    figures.behind.append(behind)
                if behind > SHOWN_FOR:
                    yield f"{ref}: a text was on the screen for {behind:.2f} s and is not in the file"
                # What was being written is part of the file from now on.
                session.shown |= {slot: text for slot, text in found.items() if slot == session.being_written}


def _home(folder: Path) -> dict[str, str]:
    """A home of its own for the program that is killed."""
    places = {"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state"}
    return {"HOME": str(folder), **{name: str(folder / place) for name, place in places.items()}}


def _beginning(id: str, wording: str) -> str:
    return f"{id.rpartition('.')[2]} {' '.join(wording.split()[:8])}"


def _marks(screen: str) -> Iterator[tuple[str, str]]:
    """The answers on a screen; told by their wording, because a screen may be half drawn."""
    beginnings = {prompt.id: _beginning(prompt.id, prompt.wording) for prompt in PROMPTS}
    known = Counter(beginnings.values())
    for prompt in PROMPTS:
        mark = re.search(rf"\[([YN-])\] {re.escape(beginnings[prompt.id])}", screen)
        if mark and known[beginnings[prompt.id]] == 1:
            yield f"answer:{prompt.id}", MARKS[mark.group(1)]
