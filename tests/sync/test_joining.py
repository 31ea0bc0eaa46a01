"""Invitations: what they give, who can open them, and the roster that they write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.laptops import assert_sound
from builders.teams import Laptop, invited, lead
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.local import local
from fieldtool.store.keys.membership import is_vouched_for, membership_of
from fieldtool.store.views.laptops import joined, roster
from fieldtool.sync import joining
from fieldtool.sync.joining import BadInvitation, WrongCode, invite, join, open_invitation


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guesses that cost little."""
    monkeypatch.setattr(joining, "OPERATIONS", 1)
    monkeypatch.setattr(joining, "MEMORY", 1 << 20)


@pytest.fixture
def lea() -> Iterator[Laptop]:
    with lead() as laptop:
        laptop.note("a note \N{EM DASH} 例")
        yield laptop


def test_it_gives_a_laptop_the_inspection(lea: Laptop, tmp_path: Path) -> None:
    code, data = invite(lea.database, lea.log, "anna")
    found = open_invitation(data, code)
    assert (found.person, found.title) == ("anna", "Trial")
    with Database.create(tmp_path / "anna.db") as database:
        log = join(database, found)
        assert log.device.id != lea.device.id
        assert log.actor == local(database, "person") == "anna"
        ours, theirs = membership_of(lea.database), membership_of(database)
        assert ours is not None
        assert theirs is not None
        assert (theirs.inspection, theirs.identity) == (ours.inspection, ours.identity)
        assert theirs.secret != ours.secret
        assert is_vouched_for(theirs.inspection, theirs.key, ours.key, theirs.voucher)
        assert joined(database) == {lea.device.id: ours.key, log.device.id: theirs.key}
        assert {key: laptop.person for key, laptop in roster(database).items()} == {
            ours.key: "lea",
            theirs.key: "anna",
        }
        assert [event for event in read_events(database) if event.id[:2] == lea.device] == lea.own
        assert_sound(database)


def test_two_laptops_with_one_invitation_never_write_the_same_chain(lea: Laptop) -> None:
    code, data = invite(lea.database, lea.log, "anna")
    with Database.in_memory() as one, Database.in_memory() as other:
        assert (
            join(one, open_invitation(data, code)).device != join(other, open_invitation(data, code)).device
        )


def test_the_file_tells_nothing_without_the_code(lea: Laptop) -> None:
    code, data = invite(lea.database, lea.log, "anna")
    for secret in (code, code.replace("-", ""), lea.membership.identity, "anna", "Trial", "a note"):
        assert secret.encode() not in data


def test_a_code_may_be_typed_in_any_way(lea: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.choice", lambda _: "0")
    code, data = invite(lea.database, lea.log, "anna")
    assert code == "0000-0000-0000"
    for typed in ("000000000000", " oooo OOOO 0000 ", "0-0-0-0-0-0-0-0-0-0-0-0"):
        assert open_invitation(data, typed).person == "anna"


@pytest.mark.parametrize("typed", ["", "0000", "0000-0000-0000-0", "UUUU-UUUU-UUUU", "0000-0000-000é"])
def test_what_cannot_be_a_code_is_named_as_such(lea: Laptop, typed: str) -> None:
    _, data = invite(lea.database, lea.log, "anna")
    with pytest.raises(WrongCode, match="12 letters and digits"):
        open_invitation(data, typed)


def test_a_wrong_code_opens_nothing(lea: Laptop) -> None:
    _, data = invite(lea.database, lea.log, "anna")
    with pytest.raises(WrongCode, match="does not open this invitation"):
        open_invitation(data, "0000-0000-0000")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 0.9999), st.integers(0, 7))
def test_an_altered_one_opens_nothing(lea: Laptop, share: float, bit: int) -> None:
    code, data = invite(lea.database, lea.log, "anna")
    place = int(len(data) * share)
    altered = data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]
    for wrong in (altered, data[:place]):
        with pytest.raises(BadInvitation):
            open_invitation(wrong, code)


def test_a_newer_one_is_refused_politely(lea: Laptop) -> None:
    code, data = invite(lea.database, lea.log, "anna")
    first, _, rest = data.partition(b"\n")
    newer = json.dumps(json.loads(first) | {"version": 2}).encode()
    with pytest.raises(BadInvitation, match="newer fieldtool: update this one"):
        open_invitation(newer + b"\n" + rest, code)


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"{}\n", b"PK\3\4", b"x" * 10_000, b'{"format":"fieldtool invitation"}\n']
)
def test_another_kind_of_file_is_named_as_such(data: bytes) -> None:
    with pytest.raises(BadInvitation, match=r"not an invitation|newer"):
        open_invitation(data, "0000-0000-0000")


def test_what_does_not_fit_together_is_not_kept(lea: Laptop) -> None:
    code, data = invite(lea.database, lea.log, "anna")
    found = open_invitation(data, code)
    for lines in ([*found.lines[:-1], b"[]"], found.lines[1:]):
        with Database.in_memory() as database:
            with pytest.raises(StoreError):
                join(database, found._replace(lines=lines))
            assert database.rows("SELECT * FROM event") == []
            assert membership_of(database) is None


def test_only_who_leads_invites(lea: Laptop) -> None:
    with invited(lea, "anna") as anna:
        with pytest.raises(StoreError, match="for the lead inspector to do, who is lea"):
            invite(anna.database, anna.log, "ben")
        assert len(roster(anna.database)) == 2
