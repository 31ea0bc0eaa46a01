"""`fieldtool sync`, `reconcile`, `invite` and `join`, as people and scripts run them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from builders.cases import TINY_FILE
from builders.commands import asked, refused, tiny
from builders.laptops import held
from fieldtool.domain.method.case import Answer
from fieldtool.settings import state_folder
from fieldtool.store.chain.reading import device_of, read_events
from fieldtool.store.copies.rollback_guard import RollbackGuard
from fieldtool.store.file.database import Database, key_file_of
from fieldtool.store.file.local import set_local
from fieldtool.store.keys import key_file
from fieldtool.store.views import case_lines
from fieldtool.work.inspection import Inspection
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


def invited(lea: Path, monkeypatch: pytest.MonkeyPatch, person: str = "INS-01") -> Path:
    """The file of somebody who has joined."""
    file, path = lea.with_name(f"{person}.invitation"), lea.with_name(f"{person}.db")
    code = re.search(r"Code:  (\S+)", asked("invite", lea, "--for", person, "--to", file).stdout)
    assert code is not None
    monkeypatch.setenv("FIELDTOOL_INVITATION_CODE", code[1])
    answer = asked("join", file, path)
    assert answer.exit_code == 0, answer.stderr
    return path


def answered(path: Path, ref: str, prompt: str = "Qax") -> None:
    key = key_file.unlock(path, PASSPHRASE) if key_file_of(path).exists() else None
    with InspectionFile.open(path, to_write=True, key=key) as inspection_file:
        inspection = Inspection(inspection_file, "INS-01")
        inspection.answer(inspection.case(ref), prompt, Answer.NO)


def test_sent_taken_and_said_so(lea: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = invited(lea, monkeypatch)
    answer = asked("sync", lea, stick)
    assert answer.exit_code == 0, answer.stderr
    assert re.fullmatch(
        rf"{stick}: \d+ entries sent, 0 taken\.\nEverything that is on this laptop is there\.\n",
        answer.stdout,
    )
    answered(anna, "B-03")
    assert asked("sync", anna, stick).exit_code == 0
    answer = asked("sync", lea)  # where it was sent last
    # The new laptop's word that it joined, the answer and its receipt, in a session that is signed; and then ours.
    assert answer.stdout.startswith(f"{stick}: 4 entries sent, 7 taken.\n")
    assert "Qax" in asked("case", lea, "B-03").stdout
    again = asked("sync", lea, "--json")
    assert again.exit_code == 0
    said = json.loads(again.stdout)
    assert (said["sent"], said["taken"], said["complete"]) == (0, 0, True)
    assert said["place"] == str(stick)


def test_joining_makes_an_encrypted_file_of_its_own(lea: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = invited(lea, monkeypatch)
    assert key_file_of(anna).exists()
    assert asked("verify", anna).exit_code == 0
    assert "B-01" in asked("progress", anna).stdout or asked("progress", anna).exit_code == 0


def test_a_bundle_that_is_damaged_is_named_once(
    lea: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = invited(lea, monkeypatch)
    asked("sync", lea, stick)
    (stick / "photo.age").write_bytes(b"JFIF")
    assert "Set aside: photo.age is not a bundle" in asked("sync", anna, stick).stdout
    answer = asked("sync", anna)
    assert answer.exit_code == 0
    assert "Set aside before: 1 file; `fieldtool reconcile` names them." in answer.stdout
    answer = asked("reconcile", anna)
    assert answer.exit_code == 1
    assert "Cannot be used: photo.age is not a bundle: it is another kind of file." in answer.stdout


def test_all_agree_or_each_difference_is_a_line(
    lea: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = invited(lea, monkeypatch)
    for path in (lea, anna, lea, anna, lea):
        asked("sync", path, stick)
    answer = asked("reconcile", lea)
    assert answer.exit_code == 0, answer.stdout
    assert answer.stdout == f"This laptop, {stick} and the other laptops agree.\n"
    answered(anna, "B-03")
    answer = asked("reconcile", anna)
    assert answer.exit_code == 1
    assert re.fullmatch(
        rf"{stick} lacks entry \d+ of device \w+\.1 \(INS-01\), recorded \d{{4}}-.*\.\n", answer.stdout
    )
    said = json.loads(asked("reconcile", anna, stick, "--json").stdout)
    assert said["agree"] is False
    assert [(each["where"], each["who"]) for each in said["differences"]] == [(str(stick), "INS-01")]


def test_a_copied_file_that_went_on_is_named(lea: Path, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked("sync", lea, stick)
    other = shutil.copy(lea, lea.with_name("other.db"))
    # On another laptop, which cannot know of this one.
    monkeypatch.setenv("XDG_STATE_HOME", str(lea.with_name("elsewhere")))
    answer = asked("sync", other, stick)
    assert answer.exit_code == 0
    assert "comes from another laptop" in answer.stderr


def test_a_place_must_be_named_once(lea: Path) -> None:
    assert "Say where to" in refused(asked("sync", lea))
    assert "Say where to" in refused(asked("reconcile", lea))


def test_a_folder_that_is_not_there(lea: Path, stick: Path) -> None:
    assert "is not there: plug in the stick" in refused(asked("sync", lea, stick / "nowhere"))


def test_nothing_to_compare_yet(lea: Path, stick: Path) -> None:
    assert "Nothing was sent from this laptop yet" in refused(asked("reconcile", lea, stick))


def test_who_works_here_must_be_known(tmp_path: Path, stick: Path) -> None:
    path = tiny(tmp_path / "tiny.db")
    assert "say --as PERSON, one of INS-01, LEAD-1" in refused(asked("sync", path, stick))
    assert asked("sync", path, stick, "--as", "LEAD-1").exit_code == 0


def test_a_copy_without_an_invitation_is_sent_away(lea: Path, stick: Path, tmp_path: Path) -> None:
    asked("sync", lea, stick)
    stranger = tiny(tmp_path / "stranger.db")
    asked("sync", stranger, stick, "--as", "INS-01")
    answer = asked("sync", lea)
    assert answer.exit_code == 0
    assert "0 taken" in answer.stdout


def test_inviting_refuses_what_cannot_be(lea: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.invitation"
    assert "X-1 is not on the team" in refused(asked("invite", lea, "--for", "X-1", "--to", file))
    assert not file.exists()
    file.write_bytes(b"mine")
    assert "exists already" in refused(asked("invite", lea, "--for", "INS-01", "--to", file))
    assert file.read_bytes() == b"mine"
    assert "could not be written" in refused(
        asked("invite", lea, "--for", "INS-01", "--to", tmp_path / "nowhere" / "x")
    )


def test_joining_refuses_what_cannot_be(lea: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, path = tmp_path / "x.invitation", tmp_path / "new.db"
    asked("invite", lea, "--for", "INS-01", "--to", file)
    assert "Put the code of the invitation into" in refused(asked("join", file, path))
    monkeypatch.setenv("FIELDTOOL_INVITATION_CODE", "0000-0000-0000")
    assert "does not open this invitation" in refused(asked("join", file, path))
    assert "exists already" in refused(asked("join", file, lea))
    assert "no folder" in refused(asked("join", file, tmp_path / "nowhere" / "new.db"))
    assert "cannot be read" in refused(asked("join", tmp_path / "nothing", path))
    assert "not an invitation" in refused(asked("join", TINY_FILE, path))
    assert not path.exists()
    assert not key_file_of(path).exists()


def test_nothing_of_a_code_or_passphrase_is_said_again(lea: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = lea.with_name("x.invitation")
    code = re.search(r"Code:  (\S+)", asked("invite", lea, "--for", "INS-01", "--to", file).stdout)
    assert code is not None
    monkeypatch.setenv("FIELDTOOL_INVITATION_CODE", code[1])
    answer = asked("join", file, lea.with_name("anna.db"))
    assert code[1] not in answer.output
    assert PASSPHRASE not in answer.output


def behind(path: Path) -> bool:
    with Database.open_read_only(path) as database:
        return case_lines.views_behind(database)


def test_what_an_upgrade_left_behind_is_caught_up_before_it_is_sent(lea: Path, stick: Path) -> None:
    with Database.open(lea) as database:
        set_local(database, "views", "behind")
    assert behind(lea)
    assert asked("sync", lea, stick).exit_code == 0
    assert not behind(lea)


def test_what_is_sent_is_signed(lea: Path, stick: Path) -> None:
    assert asked("sync", lea, stick).exit_code == 0
    with Database.open_read_only(lea) as database:
        device = device_of(database)
        assert [each for each in read_events(database) if each.id[:2] == device][-1].kind == "chain.signed"
    # The signature went with it.
    assert asked("reconcile", lea).exit_code == 0
    assert json.loads(asked("sync", lea, "--json").stdout)["sent"] == 0


def test_comparing_keeps_other_programs_out(lea: Path, stick: Path) -> None:
    assert asked("sync", lea, stick).exit_code == 0
    with held(lea):
        assert "open in another window" in refused(asked("reconcile", lea))
