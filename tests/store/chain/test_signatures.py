"""Signatures: made at the end of a session, and only they notice a chain that was made anew after an alteration."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from builders.laptops import Laptop, Watch, assert_sound
from builders.tampering import tamper
from fieldtool.domain.kinds.devices import ChainSigned, DeviceJoined
from fieldtool.domain.kinds.inspection import InspectionOpened
from fieldtool.domain.log.events import Event
from fieldtool.domain.log.findings import Finding
from fieldtool.domain.method.case import Answer, Case
from fieldtool.store.audit import file_check
from fieldtool.store.chain import signatures
from fieldtool.store.chain.log import new_device
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.store.file.local import set_local
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile


class Work:
    """Anna's sessions in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = Watch()

    def steady(self) -> float:
        return self.clock.at.timestamp()

    def session(self, *answers: tuple[str, Answer], sign: bool = True) -> None:
        with InspectionFile.open(self.path, to_write=True) as file:
            inspection = Inspection(file, "anna", self.clock, self.steady)
            case: Case = inspection.case("A")
            for prompt, answer in answers:
                case = inspection.answer(case, prompt, answer)
            if sign:
                inspection.sign_off()

    @property
    def events(self) -> list[Event]:
        with Database.open_read_only(self.path) as database:
            return [event for event in read_events(database) if event.id.device == "anna"]

    def said(self, *about: str) -> list[Finding]:
        with Database.open_read_only(self.path) as database:
            return [each for each in file_check.examine(database, self.clock) if each.about in about]

    def grave(self) -> list[Finding]:
        return [each for each in self.said("chain", "gap", "signature", "view", "unreadable") if each.grave]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    path = tmp_path / "a.db"
    with Laptop(path, "lead") as laptop:
        laptop.log.record("", InspectionOpened(provider="P", title="T"))
        laptop.set_up("A")
        new_device(laptop.database, "anna")
    return Work(path)


YES, NO = Answer.YES, Answer.NO
ANSWERS = (("Qax", YES), ("Qay", NO))


def test_a_session_is_begun_ended_and_signed(work: Work) -> None:
    work.session(*ANSWERS)
    events = work.events
    assert [event.kind for event in events] == [
        "device.joined",
        "session.began",
        "answer.given",
        "answer.given",
        "session.ended",
        "chain.signed",
    ]
    joined, signed = events[0].body, events[-1].body
    assert isinstance(joined, DeviceJoined)
    assert isinstance(signed, ChainSigned)
    assert (signed.device, signed.incarnation, signed.seq) == ("anna", 1, 5)
    assert signed.hash == events[4].hash.hex()
    assert signatures.is_right(signed, joined.public_key)
    assert joined.person == "anna"
    with Database.open_read_only(work.path) as database:
        opening = next(event for event in read_events(database) if event.kind == "inspection.opened")
        assert signed.inspection == opening.hash.hex()
        assert_sound(Laptop(work.path, "x").database)
    # What the lead recorded before there were sessions is not signed, which is said and not held against it.
    assert work.grave() == []
    assert [each.what for each in work.said("not signed")] == ["No event of this device is signed: lead.1."]


def test_nothing_new_is_not_signed_again(work: Work) -> None:
    work.session(sign=True)  # who has recorded nothing has nothing to sign
    assert work.events == []
    work.session(*ANSWERS)
    before = work.events
    work.session()
    assert work.events == before


def test_the_next_session_signs_what_one_that_was_killed_has_left(work: Work) -> None:
    work.session(*ANSWERS, sign=False)
    assert [each.what for each in work.said("not signed")] == [
        "No event of these devices is signed: anna.1, lead.1."
    ]
    work.session()
    assert work.events[-1].kind == "chain.signed"
    assert [each.what for each in work.said("not signed")] == ["No event of this device is signed: lead.1."]
    work.session(("Qax", NO), sign=False)
    assert [each.what for each in work.said("not signed")][1:] == [
        "The last 2 events of device anna.1 are not signed yet."
    ]
    assert work.grave() == []


def test_what_is_recorded_after_a_signature_begins_another_session(work: Work) -> None:
    with InspectionFile.open(work.path, to_write=True) as file:
        inspection = Inspection(file, "anna", work.clock, work.steady)
        case = inspection.answer(inspection.case("A"), "Qax", YES)
        inspection.sign_off()
        inspection.answer(case, "Qax", NO)
        inspection.sign_off()
        inspection.sign_off()
    kinds = [event.kind for event in work.events]
    assert kinds.count("device.joined") == 1
    assert kinds[2:] == ["answer.given", "session.ended", "chain.signed", "session.began", *kinds[2:5]]
    assert work.grave() == []


def test_without_a_session_nothing_is_signed(work: Work) -> None:
    with InspectionFile.open(work.path, to_write=True) as file:
        inspection = Inspection(file, "anna", work.clock)
        inspection.answer(inspection.case("A"), "Qax", YES)
        inspection.sign_off()
    assert [event.kind for event in work.events] == ["answer.given"]


def test_who_only_looks_signs_nothing(work: Work) -> None:
    work.session(*ANSWERS, sign=False)
    before = work.events
    with InspectionFile.open(work.path, to_write=False) as file:
        Inspection(file, "anna", work.clock, lambda: 0.0).sign_off()
    assert work.events == before


def test_another_device_or_incarnation_makes_a_key_of_its_own(work: Work) -> None:
    work.session(*ANSWERS)
    with Database.open(work.path) as database:
        secret = signatures.secret_of(database, "anna", 1)
        assert secret is not None
        assert signatures.secret_of(database, "anna", 2) is None
        set_local(database, "incarnation", "2")
    work.session(("Qax", NO))
    second = [event for event in work.events if event.id.incarnation == 2]
    joined, signed = second[0].body, second[-1].body
    assert isinstance(joined, DeviceJoined)
    assert isinstance(signed, ChainSigned)
    assert joined.public_key != signatures.public_key(secret)
    assert signatures.is_right(signed, joined.public_key)
    assert work.grave() == []


def test_a_lost_key_is_replaced_and_remarked_on(work: Work) -> None:
    work.session(*ANSWERS)
    with Database.open(work.path) as database:
        database.connection.execute("DELETE FROM local WHERE name = 'signing_key'")
    work.session(("Qax", NO))
    assert work.grave() == []
    assert [each.what for each in work.said("signature")] == [
        "Device anna.1 has announced another key than before, with event anna.1.7."
    ]


def test_the_secret_is_in_no_event(work: Work) -> None:
    work.session(*ANSWERS)
    with Database.open(work.path) as database:
        secret = signatures.secret_of(database, "anna", 1)
    assert secret is not None
    assert all(secret.hex() not in event.text for event in work.events)


# ---------------------------------------------------------------------- what only a signature notices


def forge(path: Path, change: Callable[[Event], Event], *, sign_anew: bool = False) -> None:
    """Alter the chain of anna, and make every hash behind the alteration anew."""
    with Database.open_read_only(path) as database:
        events = [event for event in read_events(database) if event.id.device == "anna"]
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER event_is_never_changed")
    previous = bytes(32)
    hashes: dict[int, str] = {}
    for event in map(change, events):
        body = event.body
        if sign_anew and isinstance(body, ChainSigned):
            # Whoever has no key can but name the new hash above the old signature.
            body = body.model_copy(update={"hash": hashes[body.seq]})
            event = event._replace(text=body.model_dump_json(exclude={"kind"}))  # noqa: PLW2901
        previous = event.chained(previous)
        hashes[event.id.seq] = previous.hex()
        connection.execute(
            "UPDATE event SET actor = ?, body = ?, hash = ? WHERE device = 'anna' AND seq = ?",
            (event.actor, event.text, previous, event.id.seq),
        )
    connection.commit()
    connection.close()


def other_answer(event: Event) -> Event:
    return event._replace(text=event.text.replace('"answer":"no"', '"answer":"yes"'))


@pytest.mark.parametrize("sign_anew", [False, True])
def test_a_chain_forged_onward_is_noticed_by_its_signature_alone(work: Work, sign_anew: bool) -> None:
    work.session(*ANSWERS)
    work.session(("Qax", NO))
    forge(work.path, other_answer, sign_anew=sign_anew)
    with Database.open(work.path) as database:
        file_check.rebuild(database)
    found = work.grave()
    assert {each.about for each in found} == {"signature"}
    assert len(found) == 2  # the sessions before and after, for the later one hangs on the earlier
    first = found[0]
    assert first.what.startswith(
        "The signature anna.1.6 of anna does not fit what it covers, anna.1.1 to anna.1.5: "
    )
    assert [event.id for event in first.events] == [f"anna.1.{seq}" for seq in range(1, 6)]
    assert first.number == 5
    assert ("not made with the key" in first.what) is sign_anew


def test_a_key_put_in_place_of_the_announced_one_does_not_help(work: Work) -> None:
    work.session(*ANSWERS)
    forge(
        work.path,
        lambda event: event._replace(
            text=event.text.replace(f'"public_key":"{_key(event)}"', f'"public_key":"{"ab" * 32}"')
        ),
    )
    assert [each.about for each in work.grave() if each.about == "signature"] == ["signature"]


def _key(event: Event) -> str:
    return event.body.public_key if isinstance(event.body, DeviceJoined) else "none"


def test_a_signature_without_a_key_or_of_another_inspection_is_none(work: Work) -> None:
    work.session(*ANSWERS)
    last = work.events[-2]
    secret = bytes(range(32))
    with Laptop(work.path, "anna", work.clock) as laptop:
        alien = signatures.signed(secret, "00" * 32, last.id, last.hash)
        laptop.log.record("", alien)
        unknown = Laptop(work.path, "ben", work.clock)
        (event,) = unknown.log.record(
            "", signatures.signed(secret, "", last.id._replace(device="ben"), last.hash)
        )
        assert event.id == ("ben", 1, 1)
        unknown.database.close()
    whats = [each.what for each in work.grave()]
    assert len(whats) == 2
    assert "it was not made with the key of this device" in whats[0]
    assert "this device has put no key on record to check it with" in whats[1]


def test_a_right_signature_of_another_inspection_is_none(work: Work) -> None:
    work.session(*ANSWERS)
    last = work.events[-1]
    with Laptop(work.path, "anna", work.clock) as laptop:
        secret = signatures.secret_of(laptop.database, "anna", 1)
        assert secret is not None
        laptop.log.record("", signatures.signed(secret, "00" * 32, last.id, last.hash))
    assert [each.what.rpartition(": ")[2] for each in work.grave()] == ["it was made in another inspection."]


def test_nobody_speaks_for_another_device(work: Work) -> None:
    work.session(*ANSWERS)
    with Laptop(work.path, "ben", work.clock) as laptop:
        laptop.log.record(
            "",
            DeviceJoined(device="anna", incarnation=1, public_key="ab" * 32, person="ben", version="1"),
        )
    assert [each.what for each in work.grave()] == [
        "Event ben.1.1 speaks for the device anna.1, which did not write it."
    ]


def test_a_signature_over_events_that_are_gone_says_so(work: Work) -> None:
    work.session(*ANSWERS)
    tamper(work.path, "DELETE FROM event WHERE device = 'anna' AND seq = 5")
    said = {each.about: each.what for each in work.grave()}
    assert said["gap"].startswith("Event anna.1.5 is missing")
    assert said["signature"].endswith("event anna.1.5, with which it ends, is not here.")


def test_what_is_no_key_or_no_signature_is_simply_wrong() -> None:
    body = ChainSigned(device="a", incarnation=1, seq=1, hash="", inspection="", signature="not hexadecimal")
    assert not signatures.is_right(body, "ab" * 32)
    assert not signatures.is_right(body.model_copy(update={"signature": "ab"}), "ab" * 32)
    assert not signatures.is_right(body.model_copy(update={"signature": "ab" * 64}), "short")
