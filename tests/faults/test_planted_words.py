"""Words planted in an encrypted inspection, and a search for them through every byte that a day leaves on the disk.

Whatever a later command writes beside an inspection has its place here: see "a place for".
"""

from __future__ import annotations

import base64
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.commands import asked, environment
from fieldtool.domain.kinds.assessment import FactSet
from fieldtool.domain.kinds.inspection import PersonJoined
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.method.case import Slot
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of
from fieldtool.store.file.database import Database
from fieldtool.store.keys import key_file
from fieldtool.store.keys.sealing import Cost
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

ME = "INS-01"
REF = "QUOKKAREF-77"
PASSPHRASE, ANOTHER = "wobblequay tall heron sings", "nine grumblefinch kettles"

PLANTED = {
    "the provider": "Zanzibarshire",
    "the title": "Plumblewick",
    "a name": "Ottoline",
    "a colleague": "Bartholomaios",
    "a case": "QUOKKAREF",
    "a fact": "Snickersgill",
    "a note": "Marmaladesque",
    "a note on the case": "Tintinnabulate",
    "a long note": "Floccinauci",
    "a reason": "Kerfuffleworthy",
    "a draft": "Lollygagging",
    "a note typed in the app": "gobbledygook",
    "what a killed program was writing": "Brouhahaton",
    "what a crashed program was reading": "Snickersgill",
    "the passphrase": "wobblequay",
    "the passphrase after it": "grumblefinch",
}
TYPED = PLANTED["a note typed in the app"]


class World:
    """All folders that the program may write in on its own account, and the folder of the inspection."""

    def __init__(self, home: Path, work: Path) -> None:
        self.home = home
        self.temporary = home / "tmp"
        self.temporary.mkdir()
        self.work = work
        self.path = work / "inspection.db"
        self.secrets: dict[str, bytes] = {}

    def found(self) -> list[str]:
        """Where something can be read that should not be, and what."""
        return [
            f"{what} in {file.relative_to(file.parents[1])}"
            for folder in (self.home, self.work)
            for file in folder.rglob("*")
            if file.is_file()
            for what in self._read_in(file)
        ]

    def _read_in(self, file: Path) -> Iterator[str]:
        data = file.name.encode() + b"\n" + file.read_bytes()
        lowered = data.lower()
        for what, word in PLANTED.items():
            small = word.lower()
            encoded = [small.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
            if any(each in lowered for each in (*encoded, word.encode().hex().encode())):
                yield what
        for what, secret in self.secrets.items():
            forms = (secret, secret.hex().encode(), base64.b64encode(secret).rstrip(b"="))
            if any(each in data or each.upper() in data for each in forms):
                yield what

    def run(self, *args: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """The program's answer, started in the folder of the inspection."""
        return subprocess.run(
            [sys.executable, "-m", "fieldtool", *map(str, args)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            cwd=self.work,
            env=environment(self.variables | {"FIELDTOOL_PASSPHRASE": PASSPHRASE} | variables),
            check=False,
        )

    def run_python(self, lines: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """What comes of a program of some lines, started in the same way and allowed to dump its memory."""
        allowed = """
            import resource
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        """
        return subprocess.run(
            [sys.executable, "-c", textwrap.dedent(allowed) + textwrap.dedent(lines)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            cwd=self.work,
            env=environment(self.variables | {"FIELDTOOL_PASSPHRASE": PASSPHRASE} | variables),
            check=False,
        )

    @property
    def variables(self) -> dict[str, str]:
        return {"TMPDIR": str(self.temporary), "TEMP": str(self.temporary), "TMP": str(self.temporary)}


@pytest.fixture
def world(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    work = tmp_path / "work"
    work.mkdir()
    made = World(home, work)
    for name, value in made.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tempfile, "tempdir", None)
    return made


def set_up(world: World) -> None:
    facts = ("--provider", PLANTED["the provider"], "--title", PLANTED["the title"], "--id", ME)
    with pytest.MonkeyPatch.context() as patch:
        # What a guess costs is tested elsewhere; here every program would take half a second longer.
        patch.setattr(key_file, "COST", Cost(operations=1, memory=8192))
        patch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
        done = asked("new", world.path, *facts, "--name", PLANTED["a name"])
    assert done.exit_code == 0, done.output
    (code,) = [line.split()[-1] for line in done.stdout.splitlines() if line.startswith("Recovery code:")]
    key = key_file.unlock(world.path, PASSPHRASE)
    world.secrets = {"the key": key, "the recovery code": code.encode(), "its first group": code[:9].encode()}


def a_day_of_work(inspection: Inspection) -> None:
    """Everything in which a person writes words."""
    database = inspection.file.database
    device = device_of(database)
    assert device is not None
    log = Log(database, device, ME)
    log.record("", PersonJoined(person="INS-02", name=PLANTED["a colleague"], role="inspector"))
    log.record(REF, CaseAdded(sample="case_supervision"), CaseAssigned(person=ME))
    for fact in ("hub", "ldu", "officer"):
        log.record(REF, FactSet(fact=fact, to=PLANTED["a fact"]))
    case = inspection.case(REF)
    case = inspection.write_text(case, Slot.parse("note:2.1.1.a"), PLANTED["a note"])
    case = inspection.write_text(case, Slot.parse("note:"), PLANTED["a note on the case"])
    case = inspection.write_text(case, Slot.parse("note:2.1.1.b"), f"{PLANTED['a long note']} " * 5000)
    case = inspection.write_text(case, Slot.parse("reason:2.1.1"), PLANTED["a reason"])
    inspection.undo(case)
    inspection.write_text(case, Slot.parse("reason:2.1.1"), PLANTED["a reason"])
    inspection.keep_text(case, Slot.parse("note:2.1.2"), PLANTED["a draft"])


def test_the_search_finds_what_is_not_encrypted(world: World) -> None:
    with Database.create(world.path) as database:
        inspection_file = InspectionFile(database)
        from fieldtool.domain.kinds.inspection import FrameworkChosen, InspectionOpened
        from fieldtool.frameworks.loader import load

        opened = InspectionOpened(provider=PLANTED["the provider"], title=PLANTED["the title"])
        joined = PersonJoined(person=ME, name=PLANTED["a name"], role="inspector")
        Inspection(inspection_file, ME).record(opened, FrameworkChosen(framework=load("crc_2019")), joined)
        a_day_of_work(Inspection(inspection_file, ME))
        found = {line.partition(" in ")[0] for line in world.found()}
    never_there = {"what a killed program was writing", "a note typed in the app"}
    never_there |= {"the passphrase", "the passphrase after it"}
    assert found == PLANTED.keys() - never_there
    (world.temporary / "one").write_text(PASSPHRASE, encoding="utf-16")
    assert "the passphrase in tmp/one" in world.found()


def test_nothing_can_be_read_after_a_day_of_work(world: World, tmp_path: Path) -> None:
    set_up(world)
    assert world.found() == []
    with InspectionFile.open(world.path, to_write=True, key=world.secrets["the key"]) as inspection_file:
        a_day_of_work(Inspection(inspection_file, ME))
        assert Path(f"{world.path}-wal").stat().st_size > 100_000
        assert world.found() == []  # while the file is open, the log of SQLite beside it
        for command in (("ratings",), ("progress", "--json"), ("verify",), ("case", REF)):
            done = world.run(command[0], world.path, *command[1:])
            assert done.returncode == 0, done.stderr
        assert world.found() == []
    assert world.run("rebuild", world.path).returncode == 0
    done = world.run("passphrase", world.path, FIELDTOOL_NEW_PASSPHRASE=ANOTHER)
    assert done.returncode == 0, done.stderr
    assert world.run("ratings", world.path).returncode == 2  # a wrong passphrase, remembered
    # An export is made to be read; it shows that the words are there to be found.
    tables = tmp_path / "tables"
    done = world.run("export", world.path, "--to", tables, "--with-notes", FIELDTOOL_PASSPHRASE=ANOTHER)
    assert done.returncode == 0, done.stderr
    assert PLANTED["a note"] in (tables / "answers.csv").read_text(encoding="utf-8-sig")
    assert world.found() == []
    stick, back = world.work / "stick", world.work / "back.db"
    stick.mkdir()
    for aside in (
        ("backup", world.path, world.work / "friday.db"),
        ("copy", world.path, "--to", stick),
        ("restore", stick, "--to", back),
    ):
        done = world.run(*aside, FIELDTOOL_PASSPHRASE=ANOTHER)
        assert done.returncode == 0, done.stderr
        assert world.found() == []
    assert PLANTED["a note"] in world.run("case", back, REF, FIELDTOOL_PASSPHRASE=ANOTHER).stdout
    # A place for the sealed bundles that are sent to colleagues.
    assert world.found() == []
    assert PLANTED["a note"] in world.run("case", world.path, REF, FIELDTOOL_PASSPHRASE=ANOTHER).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_nothing_can_be_read_after_a_session_in_the_app(world: World) -> None:
    from journeys.terminal import Terminal

    set_up(world)
    with InspectionFile.open(world.path, to_write=True, key=world.secrets["the key"]) as inspection_file:
        a_day_of_work(Inspection(inspection_file, ME))

    def start() -> Terminal:
        terminal = Terminal(
            [sys.executable, "-m", "fieldtool", world.path], env=environment(), cwd=world.work
        )
        terminal.wait_for("is locked")
        terminal.type(f"{PASSPHRASE}\r")
        terminal.wait_for(REF)
        return terminal

    with start() as terminal:
        terminal.press("enter")
        terminal.wait_for("across the sample")
        terminal.press("m")
        terminal.wait_for("Note on")
        terminal.type(TYPED)
        terminal.wait_for(TYPED)
        assert world.found() == []
        terminal.press("escape")
        terminal.wait_gone("Note on")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
    assert world.found() == []
    with start() as terminal:  # and killed in the midst of a sentence
        terminal.press("enter")
        terminal.wait_for("across the sample")
        terminal.press("m")
        terminal.wait_for("Note on")
        terminal.type(TYPED)
        terminal.wait_for(TYPED)
        terminal.kill(signal.SIGKILL)
        assert terminal.wait_exit() == -signal.SIGKILL
    assert world.found() == []


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from fieldtool.work.inspection_file import InspectionFile
    from fieldtool.store.keys import key_file
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("inspection.db")
    file = InspectionFile.open(path, to_write=True, key=key_file.unlock(path, os.environ["FIELDTOOL_PASSPHRASE"]))
    run = file.database.connection.execute
    run("PRAGMA cache_size = 10")  # so that what does not fit is written before the end
    run("BEGIN IMMEDIATE")
    for number in range(3000):
        run("INSERT INTO local VALUES (?, ?)", (f"{number}", os.environ["WORD"] * 20))
    run("SELECT value FROM local ORDER BY value || name").fetchall()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_nothing_can_be_read_after_a_kill_in_the_midst_of_a_large_transaction(world: World) -> None:
    set_up(world)
    word = PLANTED["what a killed program was writing"]
    done = world.run_python(KILLED, WORD=word)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert Path(f"{world.path}-wal").stat().st_size > 500_000
    assert world.found() == []
    assert world.run("verify", world.path).returncode == 0


CRASHED = """
    import os, sys
    import fieldtool.cli.ratings
    def crash(inspection, *rest):
        words = str([*inspection.cases()]) + os.environ["FIELDTOOL_PASSPHRASE"]
        {crash}
    fieldtool.cli.ratings._lines = crash
    from fieldtool.cli.main import main
    sys.argv = ["fieldtool", "ratings", "inspection.db"]
    main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
@pytest.mark.parametrize("crash", ["os.abort()", "raise RuntimeError(words)"])
def test_a_crash_leaves_nothing_of_the_memory_on_the_disk(world: World, crash: str) -> None:
    set_up(world)
    with InspectionFile.open(world.path, to_write=True, key=world.secrets["the key"]) as inspection_file:
        a_day_of_work(Inspection(inspection_file, ME))
    done = world.run_python(CRASHED.format(crash=crash))
    assert done.returncode in (-signal.SIGABRT, 1), done.stderr
    assert world.found() == []
    said = "import resource, fieldtool.cli.main as m; m._leave_nothing_behind()"
    done = world.run_python(f"{said}; print(resource.getrlimit(resource.RLIMIT_CORE))")
    assert done.stdout == "(0, 0)\n"


# ---------------------------------------------------------------------- what an export leaves

STOPPED = """
    import os, signal, sys
    import fieldtool.files as files
    write, written = files.write_new, []
    def stop(path, data):
        write(path, data)
        written.append(path)
        if len(written) == 5:
            {stop}
    files.write_new = stop
    from fieldtool.cli.main import main
    sys.argv = ["fieldtool", "export", "inspection.db", "--to", "tables", "--with-notes"]
    main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
@pytest.mark.parametrize(
    ("stop", "code"),
    [
        ("raise OSError(28, 'No space left on device')", 2),
        ("os.kill(os.getpid(), signal.SIGTERM)", 128 + signal.SIGTERM),
        ("os.kill(os.getpid(), signal.SIGHUP)", 128 + signal.SIGHUP),
        ("os.kill(os.getpid(), signal.SIGINT)", 130),
    ],
)
def test_an_export_that_does_not_end_well_leaves_no_table(world: World, stop: str, code: int) -> None:
    set_up(world)
    with InspectionFile.open(world.path, to_write=True, key=world.secrets["the key"]) as inspection_file:
        a_day_of_work(Inspection(inspection_file, ME))
    done = world.run_python(STOPPED.format(stop=stop))
    assert done.returncode == code, done.stderr
    assert [*(world.work / "tables").iterdir()] == []
    assert world.found() == []


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_an_export_is_its_owners_alone(world: World) -> None:
    set_up(world)
    done = world.run("export", world.path, "--to", "tables")
    assert done.returncode == 0, done.stderr
    modes = {file.name: file.stat().st_mode & 0o777 for file in (world.work / "tables").iterdir()}
    assert set(modes.values()) == {0o600}, modes
    shutil.rmtree(world.work / "tables")
    assert world.found() == []
