"""`fieldtool team … remove`, `laptops` and `recovery-keys`, as a lead and others run them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pyrage import x25519

from builders.commands import asked, refused, tiny
from fieldtool.domain.kinds.laptops import LaptopInvited, LaptopRemoved
from fieldtool.settings import state_folder
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.file.database import Database, key_file_of
from fieldtool.store.keys import key_file
from fieldtool.store.keys.membership import membership_of
from fieldtool.work.inspection_file import InspectionFile

PASSPHRASE = "correct horse battery staple"  # noqa: S105  # of the tests' files alone


@pytest.fixture(autouse=True)
def passphrase(cheap_passphrases: pytest.MonkeyPatch) -> None:
    cheap_passphrases.setenv("FIELDTOOL_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def lea(tmp_path: Path) -> Path:
    path = tiny(tmp_path / "lea.db")
    with InspectionFile.open(path, to_write=True) as inspection_file:
        inspection_file.me = "LEAD-1"
        RollbackGuard(state_folder()).see(inspection_file.database)
    return path


@pytest.fixture
def ines(lea: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of INS-01, who has joined, sent and taken."""
    file, path = lea.with_name("INS-01.invitation"), lea.with_name("INS-01.db")
    code = re.search(r"Code:  (\S+)", done("invite", lea, "--for", "INS-01", "--to", file))
    assert code is not None
    monkeypatch.setenv("FIELDTOOL_INVITATION_CODE", code[1])
    done("join", file, path)
    for each in (lea, path, lea):
        done("sync", each, stick)
    return path


def done(*args: str | Path) -> str:
    answer = asked(*args)
    assert answer.exit_code == 0, answer.stderr
    return answer.stdout


def key_of(path: Path) -> str:
    key = key_file.unlock(path, PASSPHRASE) if key_file_of(path).exists() else None
    with Database.open(path, key) as database:
        membership = membership_of(database)
    assert membership is not None
    return membership.key


def test_laptops_are_listed(lea: Path, ines: Path) -> None:
    hers, own = key_of(ines), key_of(lea)
    title, first, second = done("laptops", lea).splitlines()
    assert title.split() == ["Laptop", "Person", "Joined", "Last", "heard", "of", "Entries"]
    day = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    assert re.fullmatch(rf"{hers[:8]}  INS-01  {day}  {day} +6", first)
    assert re.fullmatch(rf"{own[:8]}  LEAD-1  {day}  {day} +\d+  this laptop", second)
    ours, mine = json.loads(done("laptops", lea, "--json"))
    assert (ours["key"], ours["person"], ours["entries"], ours["this_laptop"]) == (hers, "INS-01", 6, False)
    assert (ours["invited_by"], ours["removed"], ours["why"]) == ("LEAD-1", None, None)
    assert mine["this_laptop"] is True


def test_nothing_is_listed_where_nothing_is_shared(lea: Path) -> None:
    assert done("laptops", lea).startswith("No laptop takes part yet: ")
    assert json.loads(done("laptops", lea, "--json")) == []
    assert "not shared" in refused(asked("laptops", lea, "remove", "INS-01", "--because", "x"))


def test_a_laptop_is_removed_and_told_so(lea: Path, ines: Path, stick: Path) -> None:
    short = key_of(ines)[:8]
    said = done("laptops", lea, "remove", short, "--because", "stolen")
    assert said.startswith(f"Laptop {short} of INS-01 is removed: its 6 entries that are here stay, ")
    assert "fieldtool sync" in said
    assert re.search(rf"{short}  INS-01 .* removed .* by LEAD-1: stolen\n", done("laptops", lea))
    done("sync", lea)
    for _ in range(2):
        assert re.fullmatch(
            r"This laptop was removed from the inspection by LEAD-1 on \S+ \(stolen\), and what is recorded on it "
            r"since counts no more: if that is a mistake, ask for an invitation, .*\.",
            refused(asked("sync", ines, stick)),
        )
    assert "removed from the inspection" in refused(asked("assign", ines, "--back", "B-01"))
    done("sync", lea)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("remove",), "Say which laptop"),
        (("remove", "INS-01"), "Say why the laptop is removed, with --because WORDS."),
        (("remove", "INS-09", "--because", "x"), "There is no laptop INS-09"),
        (("remove", "LEAD-1", "--because", "x"), "let another lead inspector remove it"),
        (
            ("remove", "INS-01", "--because", "x", "--as", "INS-01"),
            "for the lead inspector to do, who is LEAD-1",
        ),
        (("list", "INS-01"), "Say `fieldtool laptops PATH`"),
    ],
)
@pytest.mark.usefixtures("ines")
def test_no_laptop_is_removed_by_mistake(lea: Path, args: tuple[str, ...], words: str) -> None:
    assert words in refused(asked("laptops", lea, *args))
    assert "removed" not in done("laptops", lea)


def test_somebody_leaves_the_team(lea: Path, ines: Path, stick: Path) -> None:
    said = done("team", lea, "remove", "INS-01", "--because", "has left").splitlines()
    assert said[0] == "INS-01 is off the team now; what they did stays."
    assert said[1].startswith(f"Laptop {key_of(ines)[:8]} of INS-01 is removed")
    assert (
        said[3] == "INS-01 still holds 3 cases: B-01, B-02 and B-03. To free them, or give them to somebody:"
    )
    team, gone = done("team", lea, "list").splitlines()
    assert team.startswith("LEAD-1")
    assert re.fullmatch(
        r"INS-01 was removed by LEAD-1 \S+ \S+ \S+ \(has left\), and still holds 3 cases\.", gone
    )
    data = json.loads(done("team", lea, "list", "--json"))
    assert [each["id"] for each in data["team"]] == ["LEAD-1"]
    assert [(each["id"], each["why"], each["cases"]) for each in data["left"]] == [("INS-01", "has left", 3)]
    # As the lines say.
    command = said[5].split()[1:]
    command[command.index("PERSON")] = "LEAD-1"
    assert done(*command) == "LEAD-1 gets 3 cases.\n"
    assert "INS-01 holds no case." in refused(asked("assign", lea, "--of", "INS-01", "--back"))
    done("sync", lea)
    assert "was removed from the inspection by LEAD-1" in refused(asked("sync", ines, stick))
    assert re.fullmatch(
        r"INS-01 was removed from the team by LEAD-1 on \S+ \(has left\): if that is a mistake, ask the lead .*\.",
        refused(asked("sync", ines, stick)),
    )
    done("team", lea, "add", "INS-01", "Ines One", "inspector")
    assert "was removed" not in done("team", lea, "list")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("remove",), "Say whom to remove, by their id"),
        (("remove", "INS-01", "Ines"), "Say whom to remove, by their id"),
        (("remove", "INS-01"), "Say why INS-01 is removed, with --because WORDS."),
        (("remove", "LEAD-1", "--because", "x"), "LEAD-1 is the only lead inspector"),
        (
            ("remove", "INS-01", "--because", "x", "--as", "INS-01"),
            "for the lead inspector to do, who is LEAD-1",
        ),
    ],
)
def test_nobody_leaves_by_mistake(lea: Path, args: tuple[str, ...], words: str) -> None:
    assert words in refused(asked("team", lea, *args))
    assert len(done("team", lea, "list").splitlines()) == 2


def test_only_who_leads_invites(lea: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.invitation"
    answer = asked("invite", lea, "--for", "LEAD-1", "--to", file, "--as", "INS-01")
    assert "for the lead inspector to do, who is LEAD-1" in refused(answer)
    assert not file.exists()


def test_who_said_so_without_being_asked_is_named(lea: Path, ines: Path) -> None:
    # By a program of their own.
    with Database.open(ines, key_file.unlock(ines, PASSPHRASE)) as theirs:
        device = device_of(theirs)
        assert device is not None
        log = Log(theirs, device, "INS-01")
        log.record("", LaptopInvited(key="ab" * 32, person="X-1"))
        log.record("", LaptopRemoved(key="ab" * 32, person="X-1", ends={}, why="why not"))
    done("sync", ines)
    done("sync", lea)
    said = done("laptops", lea).splitlines()
    assert said[-2:] == [
        "abababab was invited by INS-01, who has never been a lead inspector.",
        "abababab was removed by INS-01, who has never been a lead inspector.",
    ]


def test_recovery_keys(lea: Path) -> None:
    key = str(x25519.Identity.generate().to_public())
    assert done("recovery-keys", lea).startswith("There is no recovery key")
    said = done("recovery-keys", lea, "add", "Head office", key)
    assert said.startswith("All bundles are sealed for Head office as well")
    assert re.fullmatch(rf"Head office  {key}  \S+ \S+ by LEAD-1\n", done("recovery-keys", lea))
    (data,) = json.loads(done("recovery-keys", lea, "list", "--json"))
    assert (data["name"], data["key"], data["by"]) == ("Head office", key, "LEAD-1")
    assert "already" in refused(asked("recovery-keys", lea, "add", "Head office", key))
    done("recovery-keys", lea, "end", "Head office")
    assert json.loads(done("recovery-keys", lea, "--json")) == []
    for args, words in (
        (("end", "Head office"), "There is no recovery key Head office"),
        (("add", "x", "age1x"), 'public key of age begins with "age1"'),
        (("add", "x"), "Say `fieldtool recovery-keys PATH`"),
        (("end",), "Say `fieldtool recovery-keys PATH`"),
        (("add", "x", key, "--as", "INS-01"), "for the lead inspector to do"),
    ):
        assert words in refused(asked("recovery-keys", lea, *args))
