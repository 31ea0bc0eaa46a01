"""`fieldtool new`, `passphrase` and `recover`, and every other command on an encrypted inspection."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from click.testing import Result

from builders.cases import TINY_FILE
from builders.commands import asked, environment, refused, run
from fieldtool.cli import passphrase_prompt
from fieldtool.store.file.database import Database, key_file_of
from fieldtool.store.keys import key_file
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.new_inspection import UNENCRYPTED

pytestmark = pytest.mark.usefixtures("cheap_passphrases")

PASSPHRASE, ANOTHER = "tall grey heron wades", "nine copper kettles sing"
FACTS = ("--provider", "Hampshire", "--title", "Trial", "--id", "INS-01", "--name", "Ines One")
CODE = re.compile(r"^Recovery code:  (\S+)$", re.MULTILINE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "inspections"
    folder.mkdir()
    return folder / "hiow.db"


@pytest.fixture
def code(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An encrypted inspection at `path`, whose passphrase is in no variable; its recovery code."""
    return made(path, monkeypatch)


def made(path: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> str:
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    answer = asked("new", path, *FACTS, *more)
    assert answer.exit_code == 0, answer.output
    monkeypatch.delenv("FIELDTOOL_PASSPHRASE")
    found = CODE.search(answer.stdout)
    assert found is not None
    return found[1]


def files(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir()}


# ---------------------------------------------------------------------- new


def test_a_new_inspection_is_encrypted_and_set_up(path: Path, code: str) -> None:
    assert {path.name, f"{path.name}.key"} <= files(path)
    assert not path.read_bytes().startswith(b"SQLite")
    key = key_file.unlock(path, PASSPHRASE)
    assert key_file.unlock_with_code(path, code) == key
    with InspectionFile.open(path, to_write=True, key=key) as file:
        assert (file.heading.provider, file.heading.title) == ("Hampshire", "Trial")
        assert [tuple(person) for person in file.people] == [("INS-01", "Ines One", "lead_inspector")]
        assert file.me == "INS-01"
        inspection = Inspection(file, file.me)
        assert inspection.framework.id == "crc_2019"
        assert inspection.fieldwork == (None, None)
        assert list(inspection.findings()) == []


def test_what_it_says(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    said = asked("new", path, *FACTS).stdout
    assert said.count(CODE.search(said)[1]) == 1  # type: ignore[index]  # it is there
    assert "Strength 4 of 4: strong, found in centuries" in said
    assert f"fieldtool recover {path}" in said
    assert "shown only this once" in said
    assert f"Keep {path.name}.key beside the file" in said
    assert PASSPHRASE not in said


def test_all_that_can_be_said_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = ("--role", "Local assessor", "--fieldwork-from", "2/3/2026", "--fieldwork-to", "2026-03-20")
    framework = TINY_FILE
    made(path, monkeypatch, *more, "--framework", str(framework))
    with InspectionFile.open(path, to_write=False, key=key_file.unlock(path, PASSPHRASE)) as file:
        assert file.people[0].role == "local_assessor"
        assert [str(day) for day in Inspection(file).fieldwork] == ["2026-03-02", "2026-03-20"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (("--provider", " "), "Provider that is inspected: something must be said here."),
        (("--id", "two words"), "Your id in it: an id is one word of up to 40 characters, no spaces."),
        (("--id", "x" * 41), "Your id in it: an id is one word of up to 40 characters, no spaces."),
        (("--role", "boss"), "there are lead_inspector, inspector and local_assessor."),
        (("--framework", "crc"), 'No framework is called "crc"'),
        (("--fieldwork-from", "2 March"), '"2 March" is not a valid date: write it as 23/03/2026.'),
        (
            ("--fieldwork-from", "2026-03-02", "--fieldwork-to", "2026-03-01"),
            "Fieldwork cannot end on 01/03/2026, before it begins on 02/03/2026.",
        ),
        (("--recovery-recipient", "age1nonsense"), '"age1nonsense" is not a recovery key'),
        (("--no-passphrase",), f'Nothing was made: --no-passphrase needs --confirm "{UNENCRYPTED}".'),
        (("--no-passphrase", "--confirm", "yes"), "Nothing was made"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    path: Path, monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    answer = asked("new", path, *FACTS, *said)
    assert answer.exit_code == 2
    assert sentence in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert files(path) == set()


@pytest.mark.parametrize(
    ("passphrase", "why"),
    [
        ("brief", "has 8 characters or more"),
        ("password1", "too easy"),
        ("Hampshire1", "too easy"),
        ("é" * 40, "too easy"),
    ],
)
def test_a_weak_passphrase_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str, why: str
) -> None:
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", passphrase)
    said = refused(asked("new", path, *FACTS))
    assert said.startswith("FIELDTOOL_PASSPHRASE: This is ")
    assert why in said
    assert passphrase not in said
    assert files(path) == set()


def test_a_long_passphrase_counts_to_its_last_sign(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = " ".join(["tall grey heron wades"] * 40)
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", long)
    assert asked("new", path, *FACTS).exit_code == 0
    assert asked("progress", path).exit_code == 0
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", long[:-1])
    assert "does not open" in refused(asked("progress", path))


def test_a_script_is_told_what_is_missing(path: Path) -> None:
    assert refused(asked("new", path, "--title", "Trial")) == (
        "A new inspection needs --provider, --id and --name, or a terminal to be asked on."
    )
    assert refused(asked("new", path, *FACTS)) == (
        "Put the new passphrase into FIELDTOOL_PASSPHRASE, or ask from a terminal."
    )


def test_what_is_there_already_is_left_alone(path: Path, code: str) -> None:
    assert code
    before = {name: (path.parent / name).read_bytes() for name in files(path)}
    assert "exists already" in refused(asked("new", path, *FACTS))
    assert {name: (path.parent / name).read_bytes() for name in files(path)} == before
    assert "There is no folder" in refused(asked("new", path / "x" / "y.db", *FACTS))


def test_a_key_file_without_its_inspection_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    key_file_of(path).write_text("precious")
    said = refused_after(asked("new", path, *FACTS))
    assert "exists already, and may be all that opens an inspection" in said
    assert files(path) == {f"{path.name}.key"}
    assert key_file_of(path).read_text() == "precious"


def refused_after(answer: Result) -> str:
    """The last sentence of a command that refused after it had said something."""
    assert answer.exit_code == 2
    return str(answer.stderr.splitlines()[-1])


FAILING = [
    ("fieldtool.store.file.database.Database.create", OSError(5, "Input/output error")),
    ("fieldtool.work.new_inspection.record_facts", OSError(5, "Input/output error")),
    ("fieldtool.work.new_inspection.record_facts", KeyboardInterrupt()),
    ("fieldtool.cli.passphrases._ready", SystemExit(143)),
]


@pytest.mark.parametrize(("place", "error"), FAILING, ids=range(len(FAILING)))
def test_what_fails_half_way_leaves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, place: str, error: BaseException
) -> None:
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)

    def fails(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(place, fails)
        assert asked("new", path, *FACTS).exit_code != 0
    assert files(path) == set()
    assert asked("new", path, *FACTS).exit_code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_code_that_cannot_be_shown_leaves_no_inspection(path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fieldtool", "new", path, *FACTS],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment({"FIELDTOOL_PASSPHRASE": PASSPHRASE}),
            check=False,
        )
    assert done.returncode == 2
    assert "could not be written" in done.stderr
    assert files(path) == set()


def test_without_a_passphrase_only_by_saying_so(path: Path) -> None:
    answer = asked("new", path, *FACTS, "--no-passphrase", "--confirm", f"{UNENCRYPTED.capitalize()}.")
    assert answer.exit_code == 0
    assert "It is not encrypted" in answer.stdout
    assert CODE.search(answer.stdout) is None
    assert not key_file_of(path).exists()
    with Database.open(path) as database:
        assert not database.encrypted
    assert asked("progress", path).exit_code == 0
    assert "is not encrypted: it has no passphrase" in refused(asked("passphrase", path))
    assert "is not encrypted: it has no passphrase" in refused(asked("recover", path))


# ---------------------------------------------------------------------- reading

READING: list[Callable[[Path], tuple[str | Path, ...]]] = [
    lambda path: ("ratings", path),
    lambda path: ("progress", path, "--json"),
    lambda path: ("verify", path),
    lambda path: ("rebuild", path),
    lambda path: ("export", path, "--to", path.parent / "tables"),
]

every_reader = pytest.mark.parametrize(
    "command", READING, ids=["ratings", "progress", "verify", "rebuild", "export"]
)


@every_reader
def test_commands_take_the_passphrase_from_a_script(
    path: Path, code: str, monkeypatch: pytest.MonkeyPatch, command: Callable[[Path], tuple[str | Path, ...]]
) -> None:
    assert code
    said = refused(asked(*command(path)))
    assert (
        said == f"{path} is encrypted: put its passphrase into FIELDTOOL_PASSPHRASE, or ask from a terminal."
    )
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", "wrong")
    assert refused(asked(*command(path))) == f"This passphrase does not open {path}."
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    answer = asked(*command(path))
    assert (answer.exit_code, answer.stderr) == (0, "")


def test_a_program_of_its_own_needs_no_terminal(path: Path, code: str) -> None:
    assert code
    done = run("verify", path, env={"FIELDTOOL_PASSPHRASE": PASSPHRASE})
    assert done.returncode == 0, done.stderr
    assert "3 events in 1 chain" in done.stdout
    assert "FIELDTOOL_PASSPHRASE" in refused(run("verify", path))


def test_wrong_passphrases_wait_longer_and_starting_again_does_not_help(
    path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code
    slept: list[float] = []
    monkeypatch.setattr(passphrase_prompt, "sleep", slept.append)
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", "wrong")
    for _ in range(6):
        assert "does not open" in refused_after(asked("progress", path))
    assert [round(wait) for wait in slept] == [1, 2, 4]
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    assert asked("progress", path).exit_code == 0
    assert round(slept[-1]) == 8
    assert asked("progress", path).exit_code == 0
    assert len(slept) == 4


def test_what_is_wrong_with_the_file_is_said_before_anybody_is_asked(path: Path, code: str) -> None:
    assert code
    data = path.read_bytes()
    path.write_bytes(b"")
    assert "is damaged (it is cut short)" in refused(asked("ratings", path))
    path.unlink()
    assert "There is no file" in refused(asked("ratings", path))
    path.write_bytes(data)
    key_file_of(path).unlink()
    assert f"put its key file {key_file_of(path)} back beside it" in refused(asked("ratings", path))


def test_a_damaged_key_file_is_one_sentence(path: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    key_file_of(path).write_text("{")
    assert refused(asked("ratings", path)) == (
        f"The key file {key_file_of(path)} is damaged: put it back from your copy of it."
    )


def test_the_key_file_of_another_inspection_opens_nothing(
    path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code
    other = path.with_name("other.db")
    made(other, monkeypatch)
    key_file_of(other).replace(key_file_of(path))
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("FIELDTOOL_NEW_PASSPHRASE", ANOTHER)
    for command in ("ratings", "passphrase"):
        assert "its key file is of another one" in refused(asked(command, path))
    assert key_file.unlock(path, PASSPHRASE)  # not written over


# ---------------------------------------------------------------------- another passphrase


def test_the_passphrase_is_changed(path: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_file.unlock(path, PASSPHRASE)
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)
    assert "Put the new passphrase into FIELDTOOL_NEW_PASSPHRASE" in refused(asked("passphrase", path))
    monkeypatch.setenv("FIELDTOOL_NEW_PASSPHRASE", "password")
    assert "too easy" in refused(asked("passphrase", path))
    monkeypatch.setenv("FIELDTOOL_NEW_PASSPHRASE", ANOTHER)
    answer = asked("passphrase", path)
    assert answer.exit_code == 0
    assert "opens with the new passphrase from now on" in answer.stdout
    assert key_file.unlock(path, ANOTHER) == key_file.unlock_with_code(path, code) == key
    assert "does not open" in refused(asked("ratings", path))


def test_a_wrong_passphrase_changes_nothing(path: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code
    before = key_file_of(path).read_bytes()
    monkeypatch.setenv("FIELDTOOL_PASSPHRASE", "wrong")
    monkeypatch.setenv("FIELDTOOL_NEW_PASSPHRASE", ANOTHER)
    assert "does not open" in refused(asked("passphrase", path))
    assert key_file_of(path).read_bytes() == before


def test_recovered_by_the_code(path: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDTOOL_NEW_PASSPHRASE", ANOTHER)
    assert "Put the recovery code into FIELDTOOL_RECOVERY_CODE" in refused(asked("recover", path))
    monkeypatch.setenv("FIELDTOOL_RECOVERY_CODE", code[:-1])
    assert "This is mistyped" in refused(asked("recover", path))
    other = path.with_name("other.db")
    monkeypatch.setenv("FIELDTOOL_RECOVERY_CODE", made(other, monkeypatch))
    assert "is written correctly, but does not open" in refused(asked("recover", path))
    monkeypatch.setenv("FIELDTOOL_RECOVERY_CODE", code.lower().replace("-", " "))
    assert asked("recover", path).exit_code == 0
    assert key_file.unlock(path, ANOTHER) == key_file.unlock_with_code(path, code)


def test_recovered_by_a_recovery_key(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = pyrage.x25519.Identity.generate()
    identity = tmp_path / "identity.txt"
    identity.write_text(f"# a comment\n{secret}\n")
    made(path, monkeypatch, "--recovery-recipient", str(secret.to_public()))
    monkeypatch.setenv("FIELDTOOL_NEW_PASSPHRASE", ANOTHER)
    assert asked("recover", path, "--identity", identity).exit_code == 0
    assert key_file.unlock(path, ANOTHER)
    identity.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    assert "No key in" in refused(asked("recover", path, "--identity", identity))


# ---------------------------------------------------------------------- at a terminal


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_at_a_terminal_everything_is_asked_and_nothing_secret_is_shown(path: Path) -> None:
    from journeys.terminal import Terminal

    def start(*args: str | Path) -> Terminal:
        argv = [sys.executable, "-m", "fieldtool", *args]
        return Terminal(argv, columns=110, rows=40, env=environment())

    with start("new", path) as terminal:
        for question, answer in (
            ("Provider", "Hampshire"),
            ("Title", "Trial"),
            ("Framework [crc_2019]:", ""),
            ("Your id in it, as INS-04:", "two words"),
            ("no spaces.", "INS-01"),
            ("Your name:", "Ines One"),
            ("[lead_inspector]:", "inspector"),
            ("First day of fieldwork, as 23/03/2026, if known:", ""),
            ("Last day of fieldwork, if known:", ""),
            ("New passphrase:", "Hampshire1"),
            (re.compile(r"too easy(.|\n)*New passphrase:"), PASSPHRASE),
            ("once more:", "another"),
            (re.compile(r"not the same: begin again(.|\n)*New passphrase:"), PASSPHRASE),
        ):
            terminal.wait_for(question)
            terminal.type(f"{answer}\r")
        terminal.wait_for(re.compile(r"Strength(.|\n)*Strength(.|\n)*once more:"))
        terminal.type(f"{PASSPHRASE}\r")
        assert terminal.wait_exit() == 0
        screen = terminal.screen()
        code = CODE.search(screen)
        assert code is not None
        assert PASSPHRASE not in screen
    with start("ratings", path) as terminal:
        terminal.wait_for(f"Passphrase of {path.name}:")
        terminal.type("wrong\r")
        assert terminal.wait_exit() == 2
        assert "does not open" in terminal.screen()
    with start("recover", path) as terminal:
        terminal.wait_for("Recovery code, from the paper:")
        terminal.type("1234\r")
        terminal.wait_for(re.compile(r"mistyped(.|\n)*Recovery code"))
        terminal.type(f"{code[1].lower()}\r")
        terminal.wait_for("New passphrase:")
        terminal.type(f"{ANOTHER}\r")
        terminal.wait_for("once more:")
        terminal.type(f"{ANOTHER}\r")
        assert terminal.wait_exit() == 0
    with start("progress", path) as terminal:
        terminal.wait_for("Passphrase of")
        terminal.press("ctrl+c")
        assert terminal.wait_exit() == 130
    with start("progress", path) as terminal:
        terminal.wait_for("Passphrase of")
        terminal.press("ctrl+d")
        assert terminal.wait_exit() == 2
        assert "The input ended before the answer: nothing was done." in terminal.screen()
    with start("progress", path) as terminal:
        terminal.wait_for("Passphrase of")
        terminal.type(f"{ANOTHER}\r")
        assert terminal.wait_exit() == 0
        assert "0 cases" in terminal.screen()
