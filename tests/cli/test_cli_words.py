"""The program as a whole: help, version, words that it does not know, exit codes, what it loads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from builders.commands import ROOT, asked, environment, refused, run, tiny
from fieldtool import __version__
from fieldtool.cli.main import cli

COMMANDS = ["demo", "ratings", "progress", "case", "verify", "rebuild", "export", "framework", "central"]
COMMANDS += ["new", "passphrase", "recover", "history", "conflicts", "copy", "restore", "backup"]
COMMANDS += ["sync", "reconcile", "invite", "join", "team", "cases", "sample", "assign", "figures", "replace"]
COMMANDS += ["agenda", "laptops", "recovery-keys", "walk", "about"]
COMMANDS += ["answer", "judge", "fact", "note", "reason", "complete", "reopen"]
PAGES = [[], *([command] for command in COMMANDS), *(["framework", sub] for sub in ("list", "show", "check"))]
PAGES += (["central", sub] for sub in ("init", "people", "password"))
AGENDA = ("list", "show", "add", "change", "done", "cancel", "again", "note", "answer", "counts")
PAGES += (["agenda", sub] for sub in AGENDA)
PAGES += (["cases", "list"], ["cases", "import"], ["sample", "size"], ["sample", "draw"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_command_has_help_that_fits_80_columns(page: list[str]) -> None:
    answer = asked(*page, "--help")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert all(len(line) <= 100 for line in lines)
    assert page in ([], ["framework", "list"]) or "Example" in answer.stdout
    assert ":param" not in answer.stdout


def test_the_help_names_every_command_and_how_to_open_a_file() -> None:
    said = asked("--help").stdout
    assert all(f"  {command} " in said for command in COMMANDS)
    assert "--as PERSON" in said
    assert "\n  open " not in said


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"| `fieldtool {command}" in readme for command in COMMANDS)
    assert sorted(name for name, command in cli.commands.items() if not command.hidden) == sorted(COMMANDS)


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str) -> None:
    assert run(option).stdout == f"fieldtool {__version__}\n"


def test_a_word_that_is_no_command() -> None:
    assert refused(run("raitings", "x.db")) == (
        '"raitings" is neither a command nor a file: did you mean `fieldtool ratings`?'
    )
    assert refused(asked("zzz")) == (
        '"zzz" is neither a command nor a file: see `fieldtool --help`, or try `fieldtool demo`.'
    )


def test_a_file_that_is_nearly_there(path: Path) -> None:
    wanted = path.with_name("tinny.db")
    assert refused(asked(wanted)) == f"There is no file {wanted}: did you mean `{path}`?"
    assert "There is no file" in refused(asked(path.parent / "nothing" / "like.it"))


def test_a_command_behind_an_option() -> None:
    assert refused(asked("--as", "INS-01", "demo")).startswith("Name the command first: `fieldtool demo")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["ratings"], "Missing argument 'PATH'. See `fieldtool ratings --help`."),
        (["ratings", "a", "b"], "unexpected extra argument"),
        (["ratings", "a", "--jsn"], "--json"),
        (["case", "a.db"], "REF"),
        (["export", "a.db"], "--to"),
        (["framework", "lst"], "list"),
        (["--frob"], "--frob"),
        (["demo", "x"], "unexpected extra argument"),
    ],
)
def test_bad_use_is_one_sentence(args: list[str], words: str) -> None:
    assert words in refused(run(*args))


def loaded(*args: str | Path) -> set[str]:
    """The packages that a command has loaded by its end."""
    program = (
        "import sys, json, io\n"
        "from fieldtool.cli.main import cli\n"
        "sys.stdout, out = io.StringIO(), sys.stdout\n"
        f"cli.main({[str(arg) for arg in args]!r}, standalone_mode=False)\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=out)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(), check=True
    )
    return set(json.loads(done.stdout))


def test_help_loads_next_to_nothing() -> None:
    heavy = {"pydantic", "sqlite_utils", "sqlcipher3", "textual", "rich", "platformdirs"}
    assert not loaded("--help") & heavy


@pytest.mark.parametrize(
    "args",
    [["ratings"], ["ratings", "--json"], ["progress"], ["case", "B-01"], ["verify"], ["rebuild"]],
    ids=" ".join,
)
def test_no_command_loads_the_screens(path: Path, args: list[str]) -> None:
    found = loaded(args[0], path, *args[1:])
    assert "pydantic" in found
    assert not found & {"textual", "rich", "psycopg"}


def test_export_loads_no_screens(path: Path, tmp_path: Path) -> None:
    assert not loaded("export", path, "--to", tmp_path / "tables") & {"textual", "rich"}


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX shells")
class TestOutput:
    """Where the output goes, things go wrong."""

    def test_a_reader_who_has_enough(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "fieldtool", "framework", "show", "crc_2019"],
            stdout=writing,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (141, b"")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_full_disk(self, path: Path) -> None:
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "fieldtool", "ratings", path],
                stdout=full,
                stderr=subprocess.PIPE,
                env=environment(),
                check=False,
            )
        assert done.returncode == 2
        assert done.stderr == b"The output could not be written: no space left on device.\n"

    def test_an_output_that_cannot_show_a_sign(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "fieldtool", "framework", "show", "crc_2019"],
            capture_output=True,
            env=environment({"PYTHONIOENCODING": "ascii"}),
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"? Crown copyright" in done.stdout


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_what_is_no_utf_8_is_refused_in_a_sentence(path: Path, locale: str) -> None:
    words: list[str | bytes] = [sys.executable, "-m", "fieldtool", "agenda"]
    env = environment({"LC_ALL": locale, "PYTHONIOENCODING": ""})
    added = [*words, "add", str(path), "meeting", "--day", "1/3/2020", "--as", "LEAD-1"]
    done = subprocess.run([*added, "--place", b"caf\xe9"], capture_output=True, env=env, check=False)
    assert done.returncode == 2
    assert b'"caf?" has characters that are not UTF-8: ' in done.stderr
    assert done.stderr.count(b"\n") == 1
    subprocess.run([*added, "--id", "MT-1"], capture_output=True, env=env, check=True)
    noted = [*words, "note", str(path), "MT-1", "--on", "Q", "--as", "LEAD-1"]
    done = subprocess.run(noted, input=b"caf\xe9", capture_output=True, env=env, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith(b"What comes from the standard input is no UTF-8: save it as UTF-8.\n")


@pytest.mark.parametrize("command", [["ratings"], ["progress"], ["replace", "--list"], []])
def test_a_name_that_is_too_long(command: list[str]) -> None:
    assert refused(asked(*command, "x" * 5000)) == f"{'x' * 60}… is too long for the name of a file."


def test_a_real_bug_is_loud(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr("fieldtool.work.inspection.Inspection.standing", lambda *_, **__: 1 // 0)
    answer = CliRunner().invoke(cli, ["ratings", str(path)])
    assert isinstance(answer.exception, ZeroDivisionError)
