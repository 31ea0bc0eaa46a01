"""The key file: every way in, every way to spoil it, the recovery code, and the waits after wrong passphrases."""

from __future__ import annotations

import json
import os
import random
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import RuntimeError as NaclError

from fieldtool.store.file.database import StoreError, key_file_of
from fieldtool.store.keys import key_file
from fieldtool.store.keys.key_file import (
    KeyFileError,
    WrongPassphrase,
    WrongRecovery,
)
from fieldtool.store.keys.passphrase_throttle import PassphraseThrottle
from fieldtool.store.keys.recovery_code import CODE_BYTES, MistypedCode, as_bytes, as_text
from fieldtool.store.keys.sealing import KEY_BYTES, Cost

CHEAP = Cost(operations=1, memory=8192)
PASSPHRASE = "Grüner Reiher watet"  # noqa: S105  # of this test alone


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "an inspection.db"


@pytest.fixture
def made(path: Path) -> tuple[bytes, str]:
    return key_file.create_key(path, PASSPHRASE, cost=CHEAP)


def identity(folder: Path, name: str = "identity.txt") -> tuple[str, Path]:
    """The public key of a new recovery key, and the file of its secret one, as age-keygen writes it."""
    secret = pyrage.x25519.Identity.generate()
    file = folder / name
    file.write_text(f"# created: today\n# public key: {secret.to_public()}\n{secret}\n")
    return str(secret.to_public()), file


def content(path: Path) -> dict[str, object]:
    found = json.loads(key_file_of(path).read_text())
    assert isinstance(found, dict)
    return found


# ---------------------------------------------------------------------- ways in


def test_every_way_in_gives_the_same_key(path: Path, tmp_path: Path) -> None:
    (first, first_file), (second, second_file) = identity(tmp_path, "one"), identity(tmp_path, "two")
    key, code = key_file.create_key(path, PASSPHRASE, [first, f" {second}\n"], cost=CHEAP)
    assert len(key) == KEY_BYTES
    assert key_file.unlock(path, PASSPHRASE) == key
    assert key_file.unlock_with_code(path, code) == key
    assert key_file.unlock_with_identity(path, first_file) == key
    assert key_file.unlock_with_identity(path, second_file) == key


def test_the_file_is_small_its_owners_alone_and_says_nothing(path: Path, made: tuple[bytes, str]) -> None:
    key, code = made
    file = key_file_of(path)
    assert file == path.with_name("an inspection.db.key")
    data = file.read_bytes()
    assert len(data) < 2048
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
    for secret in (key, key.hex().encode(), PASSPHRASE.encode(), code.encode(), as_bytes(code)):
        assert secret not in data
    assert list(path.parent.iterdir()) == [file]


def test_two_inspections_of_one_passphrase_share_nothing(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    one, two = (
        key_file.create_key(path, PASSPHRASE, cost=CHEAP),
        key_file.create_key(other, PASSPHRASE, cost=CHEAP),
    )
    assert one[0] != two[0]
    assert one[1] != two[1]
    with pytest.raises(WrongRecovery, match="written correctly, but does not open"):
        key_file.unlock_with_code(path, two[1])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_the_same_however_they_are_composed(
    path: Path, made: tuple[bytes, str], form: str
) -> None:
    assert key_file.unlock(path, unicodedata.normalize(form, PASSPHRASE)) == made[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "passphrase", ["x" * 128, "x" * 5000, "漢字" * 64, " leading blank", "\udcff broken"]
)
def test_no_passphrase_is_too_long_or_too_strange(path: Path, passphrase: str) -> None:
    key, _ = key_file.create_key(path, passphrase, cost=CHEAP)
    assert key_file.unlock(path, passphrase) == key
    for other in (passphrase[:-1], passphrase + "x", passphrase.strip() + " "):
        with pytest.raises(WrongPassphrase, match="does not open"):
            key_file.unlock(path, other)


def test_unlocking_costs_a_quarter_of_a_gigabyte_unless_a_test_says_otherwise(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []

    def kdf(size: int, *_: bytes, opslimit: int, memlimit: int) -> bytes:
        asked.append((opslimit, memlimit))
        return bytes(size)

    monkeypatch.setattr("nacl.pwhash.argon2id.kdf", kdf)
    key, _ = key_file.create_key(path, PASSPHRASE)
    key_file.unlock(path, PASSPHRASE)
    key_file.change_passphrase(path, key, "another")
    assert asked == [(3, 256 * 1024 * 1024)] * 3


# ---------------------------------------------------------------------- another passphrase


def test_another_passphrase_keeps_the_key_and_the_ways_of_recovery(path: Path, tmp_path: Path) -> None:
    public, file = identity(tmp_path)
    key, code = key_file.create_key(path, PASSPHRASE, [public], cost=CHEAP)
    before = content(path)
    key_file.change_passphrase(path, key, "another", cost=CHEAP)
    assert key_file.unlock(path, "another") == key
    with pytest.raises(WrongPassphrase):
        key_file.unlock(path, PASSPHRASE)
    assert key_file.unlock_with_code(path, code) == key_file.unlock_with_identity(path, file) == key
    after = content(path)
    assert {name for name in after if after[name] != before[name]} == {"passphrase"}
    if sys.platform != "win32":
        assert key_file_of(path).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("failing", ["open", "fdopen", "fsync"])
def test_a_change_that_fails_has_changed_nothing(
    path: Path, made: tuple[bytes, str], monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    file = key_file_of(path)
    before = file.read_bytes()

    def fails(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, failing, fails)
    with pytest.raises(KeyFileError, match=r"\.key could not be written: no space left on device\.$"):
        key_file.change_passphrase(path, made[0], "another", cost=CHEAP)
    monkeypatch.undo()
    assert file.read_bytes() == before
    assert list(path.parent.iterdir()) == [file]


def test_a_folder_that_cannot_be_flushed_is_no_failure(
    path: Path, made: tuple[bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync
    flushed: list[int] = []

    def once(descriptor: int) -> None:
        if flushed:
            raise OSError(22, "Invalid argument")
        flushed.append(descriptor)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", once)
    key_file.change_passphrase(path, made[0], "another", cost=CHEAP)
    assert key_file.unlock(path, "another") == made[0]


def test_a_key_file_is_never_written_over_by_a_new_one(path: Path, made: tuple[bytes, str]) -> None:
    with pytest.raises(KeyFileError, match="exists already, and may be all that opens an inspection"):
        key_file.create_key(path, "another", cost=CHEAP)
    assert key_file.unlock(path, PASSPHRASE) == made[0]


# ---------------------------------------------------------------------- refusals

Spoil = Callable[[dict[str, object]], object]


def part(found: dict[str, object], name: str) -> dict[str, object]:
    inner = found[name]
    assert isinstance(inner, dict)
    return inner


DAMAGED: list[Spoil] = [
    lambda found: found.update(format="another"),
    lambda found: found.update(version="1"),
    lambda found: found.update(version=True),
    lambda found: found.update(version=0),
    lambda found: found.pop("id"),
    lambda found: found.update(id="c2hvcnQ="),
    lambda found: found.pop("passphrase"),
    lambda found: found.update(passphrase=[]),
    lambda found: part(found, "passphrase").pop("salt"),
    lambda found: part(found, "passphrase").update(salt="*"),
    lambda found: part(found, "passphrase").update(salt=7),
    lambda found: part(found, "passphrase").update(wrapped="c2hvcnQ="),
    lambda found: part(found, "passphrase").update(nonce="ä"),
    lambda found: part(found, "passphrase").update(memory=100 * 1024**3),
    lambda found: part(found, "passphrase").update(memory=1024.5),
    lambda found: part(found, "passphrase").update(memory=-1),
    lambda found: part(found, "passphrase").update(operations=10**9),
    lambda found: part(found, "passphrase").update(operations=0),
]


@pytest.mark.parametrize("spoil", DAMAGED, ids=range(len(DAMAGED)))
def test_a_key_file_that_is_not_as_it_should_be_is_damaged(
    path: Path, made: tuple[bytes, str], spoil: Spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert made

    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("a forged file made the laptop work for it")

    found = content(path)
    spoil(found)
    key_file_of(path).write_text(json.dumps(found))
    monkeypatch.setattr("nacl.pwhash.argon2id.kdf", never)
    with pytest.raises(
        KeyFileError, match=r"^The key file .*\.key is damaged: put it back from your copy of it\.$"
    ):
        key_file.unlock(path, PASSPHRASE)


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 600, b"[]", b"null", b'{"format": 1}', b"\xff\xfe", b"[" * 60_000, b" " * 10**6]
)
def test_other_files_in_its_place(path: Path, data: bytes) -> None:
    key_file_of(path).write_bytes(data)
    for way_in in (
        lambda: key_file.unlock(path, PASSPHRASE),
        lambda: key_file.unlock_with_code(path, as_text(bytes(CODE_BYTES))),
        lambda: key_file.change_passphrase(path, bytes(32), PASSPHRASE, cost=CHEAP),
    ):
        with pytest.raises(KeyFileError, match="is damaged"):
            way_in()
    assert key_file_of(path).read_bytes() == data


def test_cut_short_anywhere_it_is_damaged(path: Path, made: tuple[bytes, str]) -> None:
    assert made
    file = key_file_of(path)
    data = file.read_bytes().strip()
    for length in range(0, len(data), 7):
        file.write_bytes(data[:length])
        with pytest.raises(KeyFileError, match="is damaged"):
            key_file.unlock(path, PASSPHRASE)


def test_a_wrong_passphrase_and_a_changed_wrap_read_alike(path: Path, made: tuple[bytes, str]) -> None:
    assert made
    said = set()
    with pytest.raises(WrongPassphrase) as caught:
        key_file.unlock(path, "wrong")
    said.add(str(caught.value))
    for name in ("wrapped", "nonce", "salt"):
        found = content(path)
        inner = part(found, "passphrase")
        value = str(inner[name])
        inner[name] = ("B" if value[0] == "A" else "A") + value[1:]
        key_file_of(path).write_text(json.dumps(found))
        with pytest.raises(WrongPassphrase) as caught:
            key_file.unlock(path, PASSPHRASE)
        said.add(str(caught.value))
        inner[name] = value
        key_file_of(path).write_text(json.dumps(found))
    assert said == {f"This passphrase does not open {path}."}
    assert key_file.unlock(path, PASSPHRASE) == made[0]


def test_a_wrap_cannot_be_moved_to_another_file(path: Path, made: tuple[bytes, str], tmp_path: Path) -> None:
    assert made
    other = tmp_path / "other.db"
    key_file.create_key(other, "theirs", cost=CHEAP)
    mixed = content(path) | {"passphrase": content(other)["passphrase"]}
    key_file_of(path).write_text(json.dumps(mixed))
    with pytest.raises(WrongPassphrase):
        key_file.unlock(path, "theirs")


def test_a_wrap_cannot_be_moved_to_another_way_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever the two keys that wrap are: even where they were the same, a wrap opens in its own way alone.
    monkeypatch.setattr(key_file, "_code_key", lambda *_: bytes(32))
    monkeypatch.setattr(key_file, "_stretched", lambda *_: bytes(32))
    key, code = key_file.create_key(path, PASSPHRASE, cost=CHEAP)
    assert key_file.unlock(path, PASSPHRASE) == key_file.unlock_with_code(path, code) == key
    was: Any = content(path)
    wrapped = {way: {name: was[way][name] for name in ("nonce", "wrapped")} for way in ("passphrase", "code")}
    swapped = {"passphrase": was["passphrase"] | wrapped["code"], "code": wrapped["passphrase"]}
    key_file_of(path).write_text(json.dumps(was | swapped))
    with pytest.raises(WrongPassphrase):
        key_file.unlock(path, PASSPHRASE)
    with pytest.raises(WrongRecovery):
        key_file.unlock_with_code(path, code)


def test_a_newer_key_file_is_refused(path: Path, made: tuple[bytes, str]) -> None:
    assert made
    key_file_of(path).write_text(json.dumps(content(path) | {"version": 2}))
    with pytest.raises(KeyFileError, match="was written by a newer fieldtool: update this one"):
        key_file.unlock(path, PASSPHRASE)


def test_what_a_later_version_adds_is_kept(path: Path, made: tuple[bytes, str]) -> None:
    key_file_of(path).write_text(json.dumps(content(path) | {"hint": "none"}))
    key_file.change_passphrase(path, made[0], "another", cost=CHEAP)
    assert content(path)["hint"] == "none"


def test_no_key_file(path: Path) -> None:
    with pytest.raises(
        KeyFileError, match=r"^There is no key file .*\.key: put it back beside an inspection"
    ):
        key_file.unlock(path, PASSPHRASE)


def test_a_folder_in_its_place(path: Path) -> None:
    key_file_of(path).mkdir()
    with pytest.raises(KeyFileError, match=r"cannot be read: \S.*\.$"):
        key_file.unlock(path, PASSPHRASE)


def test_too_little_memory_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> bytes:
        raise NaclError("Unexpected failure in key derivation")

    monkeypatch.setattr("nacl.pwhash.argon2id.kdf", full)
    with pytest.raises(StoreError, match=r"not enough memory .* until 256 MiB are free"):
        key_file.create_key(path, PASSPHRASE)
    assert list(path.parent.iterdir()) == []


# ---------------------------------------------------------------------- recovery keys


@pytest.mark.parametrize("recipient", ["age1", "ssh-ed25519 AAAA", "", "AGE-SECRET-KEY-1QQ"])
def test_what_is_no_recovery_key_is_named(path: Path, recipient: str) -> None:
    with pytest.raises(StoreError, match="is not a recovery key: a public key of age begins with"):
        key_file.create_key(path, PASSPHRASE, [recipient], cost=CHEAP)
    assert list(path.parent.iterdir()) == []


def test_other_secret_keys_do_not_open_it(path: Path, tmp_path: Path) -> None:
    (public, _), (_, other) = identity(tmp_path, "one"), identity(tmp_path, "two")
    key_file.create_key(path, PASSPHRASE, [public], cost=CHEAP)
    empty, broken = tmp_path / "empty", tmp_path / "broken"
    empty.write_text("# nothing\n")
    broken.write_text("AGE-SECRET-KEY-1AAAA\n")
    for file, words in (
        (other, "No key in .*two opens"),
        (empty, "holds no secret key of age"),
        (broken, "is damaged"),
        (tmp_path / "nowhere", "cannot be read: no such file"),
        (tmp_path, "cannot be read"),
    ):
        with pytest.raises(StoreError, match=words):
            key_file.unlock_with_identity(path, file)


def test_one_made_without_recovery_keys_says_so(path: Path, made: tuple[bytes, str], tmp_path: Path) -> None:
    assert made
    with pytest.raises(WrongRecovery, match="was made without recovery keys: use its recovery code"):
        key_file.unlock_with_identity(path, identity(tmp_path)[1])


# ---------------------------------------------------------------------- the recovery code

codes = st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES)


@given(codes)
def test_a_code_is_read_as_it_was_printed(code: bytes) -> None:
    text = as_text(code)
    assert len(text) == 9 * 4 + 8
    assert as_bytes(text) == code


@given(codes, st.randoms())
def test_a_code_is_read_however_it_is_typed(code: bytes, dice: random.Random) -> None:
    sloppy = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        dice.choice(sloppy.get(sign, sign + sign.lower())) for sign in as_text(code).replace("-", "")
    )
    spaced = "".join(sign + dice.choice(["", "", " ", "-", " – ", "\t"]) for sign in typed)
    assert as_bytes(f" {spaced}\n") == code


@given(codes, st.integers(0, 35), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_sign_is_noticed(code: bytes, place: int, sign: str) -> None:
    signs = as_text(code).replace("-", "")
    typed = signs[:place] + sign + signs[place + 1 :]
    if typed != signs:
        with pytest.raises(MistypedCode, match="compare it with the paper, character by character"):
            as_bytes(typed)


@pytest.mark.parametrize("typed", ["", "ABCD", "0" * 36 + "0", "U" * 36, "ä" * 36, "\ud800" * 36, "²" * 36])
def test_what_is_no_code(typed: str) -> None:
    with pytest.raises(MistypedCode, match="has 36 letters and digits, in groups of 4"):
        as_bytes(typed)


def test_codes_printed_by_this_version_stay_readable() -> None:
    assert as_text(bytes(range(CODE_BYTES))) == "000G-40R4-0M30-E209-185G-R38E-1W81-24GK-KEGN"


# ---------------------------------------------------------------------- sub-keys


def test_a_derived_key_is_one_of_its_own() -> None:
    key = bytes(range(32))
    made = {
        key_file.derived(key, b"copy"),
        key_file.derived(key, b"backup"),
        key_file.derived(bytes(32), b"copy"),
        key,
    }
    assert len(made) == 4
    assert {len(each) for each in made} == {32}
    # Copies made by this version must open in every later one.
    assert key_file.derived(key, b"copy").hex() == (
        "6d7291763c7922d6e3e25e068f1c15fb03365a2830917e258ed199ada5c3e537"
    )


# ---------------------------------------------------------------------- waits


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_wrong_passphrases_wait_longer_each_time(path: Path, tmp_path: Path) -> None:
    clock, waits = Clock(), []
    for _ in range(12):
        throttle = PassphraseThrottle(
            path, tmp_path / "state", clock
        )  # as if the program had been started again
        waits.append(throttle.wait)
        clock.now += throttle.wait
        assert throttle.wait == 0
        throttle.failed()
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_time_that_passes_counts_and_a_right_one_ends_it(path: Path, tmp_path: Path) -> None:
    clock = Clock()
    throttle = PassphraseThrottle(path, tmp_path, clock)
    for _ in range(6):
        throttle.failed()
    assert throttle.wait == 8
    clock.now += 3
    assert throttle.wait == PassphraseThrottle(path, tmp_path, clock).wait == 5
    throttle.succeeded()
    assert throttle.wait == PassphraseThrottle(path, tmp_path, clock).wait == 0
    assert list(tmp_path.glob("attempts*")) == []


def test_a_clock_set_back_locks_nobody_out(path: Path, tmp_path: Path) -> None:
    clock = Clock()
    throttle = PassphraseThrottle(path, tmp_path, clock)
    for _ in range(4):
        throttle.failed()
    clock.now -= 10_000_000
    assert PassphraseThrottle(path, tmp_path, clock).wait == 2


def test_each_inspection_has_its_own_waits_and_its_path_is_not_told(path: Path, tmp_path: Path) -> None:
    for _ in range(9):
        PassphraseThrottle(path, tmp_path / "state", Clock()).failed()
    assert PassphraseThrottle(path, tmp_path / "state", Clock()).wait == 60
    assert PassphraseThrottle(tmp_path / "other.db", tmp_path / "state", Clock()).wait == 0
    (file,) = (tmp_path / "state").iterdir()
    assert "inspection" not in file.name + file.read_text()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"wrong": "x", "at": 1}',
        b'{"wrong": 1e999, "at": 1}',
        b'{"wrong": -5, "at": 1}',
        b'{"wrong": 9999999999999999999, "at": "nan"}',
        b'{"wrong": 9, "at": null}',
        b"[" * 5000,
    ],
)
def test_a_spoilt_memory_of_them_does_no_harm(path: Path, tmp_path: Path, data: bytes) -> None:
    PassphraseThrottle(path, tmp_path, Clock()).failed()
    (file,) = tmp_path.glob("attempts*")
    file.write_bytes(data)
    throttle = PassphraseThrottle(path, tmp_path, Clock())
    assert 0 <= throttle.wait <= 60
    throttle.failed()
    throttle.succeeded()


def test_where_nothing_can_be_remembered_nobody_is_kept_out(path: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("")
    throttle = PassphraseThrottle(path, nowhere, Clock())
    for _ in range(4):
        throttle.failed()
    assert throttle.wait == 2  # in this run at least
    throttle.succeeded()
    assert PassphraseThrottle(path, nowhere, Clock()).wait == 0
