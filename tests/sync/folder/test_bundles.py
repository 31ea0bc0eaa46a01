"""Bundles: made, opened by us and by ordinary tools, and refused when anything about them is not right."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey, VerifyKey

from builders.teams import Laptop, lead
from fieldtool.domain.log.events import GENESIS, Event
from fieldtool.store.chain.event_lines import as_json, line_of, packed
from fieldtool.store.keys.membership import Membership, new_identity
from fieldtool.sync.event_store import SyncError
from fieldtool.sync.folder import bundles
from fieldtool.sync.folder.bundles import BadBundle, Header, make, name_of, parse_name, read


@pytest.fixture(scope="module")
def laptop() -> Iterator[Laptop]:
    with lead() as laptop:
        for number in range(20):
            laptop.note(f"note {number} \N{EM DASH} 例\n", "A")
        yield laptop


def bundle(laptop: Laptop, first: int = 1, last: int | None = None) -> tuple[Header, bytes]:
    events = laptop.own
    before = GENESIS if first == 1 else events[first - 2].hash
    return make(events[first - 1 : last], before, laptop.membership)


def forged(laptop: Laptop, values: dict[str, object] | None = None, body: bytes | None = None) -> bytes:
    """A bundle of the laptop with something else in it, signed all the same."""
    header, data = bundle(laptop)
    line, _, old = opened(laptop.membership, data)
    said = json.loads(line) | (values or {})
    if body is not None:
        said["sha256"] = hashlib.sha256(body).hexdigest()
    del header
    return sealed(laptop.membership, as_json(said), old if body is None else body)


def sealed(membership: Membership, line: bytes, body: bytes, secret: bytes | None = None) -> bytes:
    signature = SigningKey(secret or membership.secret).sign(b"fieldtool bundle 1\n" + line).signature.hex()
    recipient = pyrage.x25519.Identity.from_str(membership.identity).to_public()
    return bytes(pyrage.encrypt(b"\n".join([line, signature.encode(), body]), [recipient]))


def opened(membership: Membership, data: bytes) -> tuple[bytes, bytes, bytes]:
    """The three parts of a bundle, as docs/bundles.md describes them, by no code of ours."""
    plain = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(membership.identity)])
    line, signature, body = plain.split(b"\n", 2)
    return line, signature, body


# ---------------------------------------------------------------------- made and opened


@given(st.data())
def test_any_range_comes_back_as_it_was(laptop: Laptop, data: st.DataObject) -> None:
    events = laptop.own
    first = data.draw(st.integers(1, len(events)))
    last = data.draw(st.integers(first, len(events)))
    header, sealed = bundle(laptop, first, last)
    found = read(sealed, laptop.membership)
    assert found.header == header
    assert found.events() == events[first - 1 : last]
    assert bundles.follows(found.events(), header.before) is None
    assert found.id == bundles.id_of(header)


def test_it_opens_with_ordinary_tools(laptop: Laptop) -> None:
    _, data = bundle(laptop)
    line, signature, body = opened(laptop.membership, data)
    header = json.loads(line)
    VerifyKey(bytes.fromhex(header["signer"])).verify(
        b"fieldtool bundle 1\n" + line, bytes.fromhex(signature.decode())
    )
    assert header["format"] == "fieldtool bundle"
    assert header["sha256"] == hashlib.sha256(body).hexdigest()
    text = zstd.decompress(body)
    assert len(text) == header["size"]
    lines = text.decode("utf-8").splitlines()
    assert len(lines) == header["count"] == header["to"] - header["from"] + 1
    previous = bytes.fromhex(header["before"])
    for seq, told in enumerate(lines, header["from"]):
        *fields, digest = json.loads(told)
        assert fields[:3] == [header["device"], header["incarnation"], seq]
        hashed = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        previous = hashlib.sha256(previous + hashed).digest()
        assert digest == previous.hex()
    assert previous.hex() == header["last"]


def test_a_recovery_key_opens_it_too(laptop: Laptop) -> None:
    office = new_identity()
    public = str(pyrage.x25519.Identity.from_str(office).to_public())
    _, data = make(laptop.own, GENESIS, laptop.membership._replace(recovery=(public,)))
    assert read(data, laptop.membership._replace(identity=office)).events() == laptop.own


@pytest.mark.parametrize("device", ["3f9a12cc", "Lea's laptop", "a.b-1", "例", "..", "CON"])
def test_the_name_tells_what_is_in_it(laptop: Laptop, device: str) -> None:
    header, data = bundle(laptop)
    header = header._replace(device=device)
    name = name_of(header, data)
    found = parse_name(name)
    assert found is not None
    assert found[1:5] == (device, 1, 1, header.last)
    assert found.digest == hashlib.sha256(data).hexdigest()[:16]
    assert header.inspection.startswith(found.inspection)
    assert name.isascii()
    assert not set(name) & set('<>:"/\\|?* ')


@pytest.mark.parametrize("name", ["", "x.age", "0123abcd.d.1.1-2.age", "notes.txt"])
def test_other_names_tell_nothing(name: str) -> None:
    assert parse_name(name) is None


def test_the_same_events_are_never_sealed_the_same_way(laptop: Laptop) -> None:
    one, other = bundle(laptop), bundle(laptop)
    assert one[0] == other[0]
    assert one[1] != other[1]


# ---------------------------------------------------------------------- refused


@given(st.floats(0, 0.9999), st.integers(0, 7))
def test_one_bit_anywhere_makes_it_unusable(laptop: Laptop, share: float, bit: int) -> None:
    _, sealed = bundle(laptop)
    place = int(len(sealed) * share)
    altered = sealed[:place] + bytes([sealed[place] ^ 1 << bit]) + sealed[place + 1 :]
    with pytest.raises(BadBundle):
        read(altered, laptop.membership).events()


@given(st.floats(0, 0.9999))
def test_one_that_is_not_all_there_is_unusable(laptop: Laptop, share: float) -> None:
    _, sealed = bundle(laptop)
    with pytest.raises(BadBundle):
        read(sealed[: int(len(sealed) * share)], laptop.membership).events()


def test_more_at_its_end_makes_it_unusable(laptop: Laptop) -> None:
    _, sealed = bundle(laptop)
    with pytest.raises(BadBundle):
        read(sealed + b"more", laptop.membership)


def test_a_wrong_key_opens_nothing(laptop: Laptop) -> None:
    _, data = bundle(laptop)
    with pytest.raises(BadBundle, match="was not sealed for this inspection"):
        read(data, laptop.membership._replace(identity=new_identity()))


@pytest.mark.parametrize("data", [b"", b"<!DOCTYPE html><html>Wi-Fi login</html>", b"age", b"\0" * 5000])
def test_another_kind_of_file_is_named_as_such(laptop: Laptop, data: bytes) -> None:
    with pytest.raises(BadBundle):
        read(data, laptop.membership)


def test_a_newer_version_is_refused_politely(laptop: Laptop) -> None:
    with pytest.raises(BadBundle, match=r"newer fieldtool \(format 2\): update this one"):
        read(forged(laptop, {"version": 2}), laptop.membership)


def test_another_inspection_is_named_as_such(laptop: Laptop) -> None:
    with pytest.raises(BadBundle, match="belongs to another inspection"):
        read(forged(laptop, {"inspection": "00" * 32}), laptop.membership)


def test_a_signature_of_somebody_else_is_not_right(laptop: Laptop) -> None:
    line, _, body = opened(laptop.membership, bundle(laptop)[1])
    with pytest.raises(BadBundle, match="its signature is not right"):
        read(sealed(laptop.membership, line, body, secret=b"\1" * 32), laptop.membership)


@pytest.mark.parametrize(
    "values",
    [
        {"format": "something else"},
        {"version": "1"},
        {"version": 0},
        {"from": 0},
        {"from": 3, "to": 2, "count": 0},
        {"count": 1},
        {"to": 10**9, "count": 10**9},
        {"before": "ab"},
        {"before": "no hexadecimal"},
        {"device": None},
        {"incarnation": True},
        {"incarnation": -1},
        {"signer": "ab"},
        {"signer": "zz"},
        {"size": 1 << 40},
        {"size": 3},
        {"size": -1},
    ],
    ids=str,
)
def test_a_header_that_says_something_impossible_is_refused(
    laptop: Laptop, values: dict[str, object]
) -> None:
    with pytest.raises(BadBundle):
        read(forged(laptop, values), laptop.membership).events()


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b'"fieldtool bundle"', b"{" * 3000, b"[" * 100_000, b"\xff"]
)
def test_a_header_that_is_none_is_refused(laptop: Laptop, line: bytes) -> None:
    with pytest.raises(BadBundle):
        read(sealed(laptop.membership, line, b""), laptop.membership)


def other_bodies(events: list[Event]) -> dict[str, bytes]:
    lines = [line_of(event) for event in events]
    return {
        "not compressed": b"\n".join(lines),
        "one less": packed(lines[:-1]),
        "in another order": packed([*lines[1:], lines[0]]),
        "of another device": packed([line.replace(b'"d-lea"', b'"d-ben"', 1) for line in lines]),
        "no events": packed([b"{}"] * len(lines)),
        "no JSON": packed([b"x"] * len(lines)),
        "another last": packed([*lines[:-1], line_of(events[-1]._replace(hash=bytes(32)))]),
    }


@pytest.mark.parametrize(
    "what",
    [
        "not compressed",
        "one less",
        "in another order",
        "of another device",
        "no events",
        "no JSON",
        "another last",
    ],
)
def test_a_body_that_is_not_what_the_header_says_is_refused(laptop: Laptop, what: str) -> None:
    body = other_bodies(laptop.own)[what]
    with pytest.raises(BadBundle, match="does not hold"):
        read(forged(laptop, {"size": 1 << 20}, body), laptop.membership).events()


def test_a_bomb_is_refused_and_takes_no_memory(laptop: Laptop) -> None:
    packer = zstd.ZstdCompressor()
    block = bytes(1 << 20)
    body = b"".join(packer.compress(block) for _ in range(1 << 10)) + packer.flush()
    assert len(body) < 40_000
    data = forged(laptop, {"size": 1 << 20}, body)
    tracemalloc.start()
    try:
        with pytest.raises(BadBundle, match="holds more than"):
            read(data, laptop.membership).events()
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_too_large_a_file_is_not_even_opened(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "LARGEST_FILE", 100)
    with pytest.raises(BadBundle, match="larger than any"):
        read(bundle(laptop)[1], laptop.membership)


def test_events_too_large_for_a_bundle_are_named(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "LARGEST_TEXT", 1000)
    with pytest.raises(SyncError, match=r"Event d-lea\.1\.1 and those after it"):
        bundle(laptop)


def test_the_documentation_has_every_field(laptop: Laptop) -> None:
    text = (Path(__file__).parents[3] / "docs" / "bundles.md").read_text(encoding="utf-8")
    line, _, _ = opened(laptop.membership, bundle(laptop)[1])
    assert all(f"`{name}`" in text for name in json.loads(line))
