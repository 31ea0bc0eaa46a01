"""Small real inspections, and the program run on them as people run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner, Result

from builders.cases import CRC, TINY
from fieldtool.cli.main import cli
from fieldtool.domain.kinds.assessment import FactSet
from fieldtool.domain.kinds.inspection import (
    FrameworkChosen,
    InspectionOpened,
    PersonJoined,
    StandardLeftUnrated,
)
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer, Case, Judgement, Slot
from fieldtool.domain.method.framework import Framework
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import events_after, read_ends
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

ROOT = Path(__file__).parent.parent.parent
YES, NO = Answer.YES, Answer.NO

ANSI_BOMB = "\x1b[2Jgone\x07 and\n\ta second line \u202etxet"


@contextmanager
def begun(path: Path, framework: Framework) -> Iterator[tuple[Log, Inspection]]:
    """A new inspection with its team: the lead's log, and the inspection as INS-01 works in it."""
    with Database.create(path) as database:
        log = Log(database, ChainId("lead-1", 1), "LEAD-1")
        log.record(
            "",
            InspectionOpened(provider="Provider", title="Trial"),
            FrameworkChosen(framework=framework),
            PersonJoined(person="INS-01", name="Ines One", role="inspector"),
            PersonJoined(person="LEAD-1", name="Lea Dee", role="lead_inspector"),
        )
        yield log, Inspection(InspectionFile(database), "INS-01")


def tiny(path: Path) -> Path:
    """Four cases of the made-up instrument: two complete, one begun, one untouched that nobody holds."""
    with begun(path, TINY) as (log, inspection):
        for ref, borough, stock in (
            ("B-01", "Avon", "books"),
            ("B-02", "=1+1", "tools"),
            ("B-03", "Avon", "records"),
        ):
            facts = (FactSet(fact="borough", to=borough), FactSet(fact="stock", to=stock))
            log.record(ref, CaseAdded(sample="branch"), CaseAssigned(person="INS-01"), *facts)
        log.record("B-04", CaseAdded(sample="branch"))
        case = _judged(inspection, inspection.case("B-01"), {"Qax": YES}, {"Qa": YES, "Qb": YES})
        inspection.complete(case)
        case = inspection.case("B-02")
        answers = {"Qax": NO, "Lax": YES, "Lay": Answer.NOT_RELEVANT}
        case = _judged(inspection, case, answers, {"Qa": NO, "Qb": YES, "La": YES})
        case = inspection.write_text(case, Slot.parse("note:Qax"), '=HYPERLINK("x") | <b>')
        case = inspection.write_text(case, Slot.parse("note:"), "-a case note")
        case = inspection.write_text(case, Slot.parse("reason:Qa"), "@a reason")
        inspection.complete(case)
        case = _judged(inspection, inspection.case("B-03"), {}, {"Qa": YES})
        case = inspection.write_text(case, Slot.parse("note:Qa"), ANSI_BOMB)
        inspection.keep_text(case, Slot.parse("note:Qb"), "half a thou")
    return path


def _judged(
    inspection: Inspection, case: Case, answers: Mapping[str, Answer], judgements: Mapping[str, Answer]
) -> Case:
    for prompt, answer in answers.items():
        case = inspection.answer(case, prompt, answer)
    for question, answer in judgements.items():
        case = inspection.judge(case, question, Judgement(answer.value))
    return case


def supervision(path: Path) -> Path:
    """Two cases of the shipped instrument, one of low risk, and a standard left unrated."""
    with begun(path, CRC) as (log, inspection):
        log.record("", StandardLeftUnrated(standard="1.1", why="fieldwork was cut short"))
        for ref, risk in (("CS-1", "low"), ("CS-2", "high")):
            log.record(
                ref,
                CaseAdded(sample="case_supervision"),
                CaseAssigned(person="INS-01"),
                FactSet(fact="rosh_inspector", to="high"),
            )
            case = inspection.judge(inspection.case(ref), "2.2.3", Judgement.YES)
            inspection.set_fact(case, "rosh_inspector", risk)
    return path


def elsewhere(path: Path, person: str, device: str, *deeds: tuple[str, Body]) -> None:
    """Let somebody record on a laptop of their own, who knows nothing of what was recorded here since `apart`."""
    other = path.with_name(f"{device}.db")
    with Database.open(other) as database, Database.open(path) as here:
        log = Log(database, ChainId(device, 1), person)
        for ref, body in deeds:
            log.record(ref, body)
        end = read_ends(database)[log.device]
        Log(here, ChainId("lead-1", 1), "LEAD-1").receive(events_after(database, log.device, 0, end.seq))


def apart(path: Path, *devices: str) -> None:
    """Copy an inspection for laptops that record in it from here on."""
    for device in devices:
        shutil.copy(path, path.with_name(f"{device}.db"))


def at_home(path: Path) -> Path:
    """The same inspection as one that this laptop knows for its own, so that no command says otherwise."""
    answer = asked("team", path, "add", "LEAD-1", "Lea Dee", "lead_inspector", "--as", "LEAD-1")
    assert answer.exit_code == 0, answer.stderr
    return path


def asked(*args: str | Path) -> Result:
    """The program's answer, run within this process."""
    return CliRunner().invoke(cli, [str(arg) for arg in args])


# Permission bits do not hold root back. Without these two capabilities they do: CAP_DAC_OVERRIDE and
# CAP_DAC_READ_SEARCH, dropped by prctl's PR_CAPBSET_DROP for the program that is then begun.
HELD_BACK = """
import ctypes, os, sys
if os.geteuid() == 0 and any(ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) for capability in (1, 2)):
    sys.exit("capabilities cannot be dropped here")
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def run(
    *args: str | Path, env: Mapping[str, str] | None = None, held_back: bool = False
) -> subprocess.CompletedProcess[str]:
    """The program's answer, run as a program of its own without a terminal.

    Args:
        held_back: whether permission bits hold for it even if root runs the tests.
    """
    starter = ["-c", HELD_BACK] if held_back else []
    return subprocess.run(
        [sys.executable, *starter, "-m", "fieldtool", *map(str, args)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=environment(env),
        check=False,
    )


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables with which a child finds the package, from wherever it is started."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(extra or {})}


def refused(answer: Result | subprocess.CompletedProcess[str]) -> str:
    """The one sentence with which the program refused."""
    code = answer.exit_code if isinstance(answer, Result) else answer.returncode
    assert code == 2, (code, answer.stdout, answer.stderr)
    assert answer.stdout == ""
    lines = answer.stderr.splitlines()
    assert len(lines) == 1, answer.stderr
    assert lines[0].endswith((".", "?", "`")), lines[0]
    return str(lines[0])
