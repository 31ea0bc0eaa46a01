"""Who belongs to an inspection: who may say so, what becomes of what was removed, and which recovery keys count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyrage import x25519

from builders.laptops import assert_sound
from builders.teams import Laptop, invited, lead
from fieldtool.domain.kinds.inspection import InspectionOpened, PersonJoined
from fieldtool.domain.kinds.laptops import RecoveryKeyNamed
from fieldtool.domain.kinds.sample import CaseAssigned
from fieldtool.store.file.database import StoreError
from fieldtool.store.keys import team
from fieldtool.store.keys.membership import membership_of
from fieldtool.store.views.laptops import limits, roster
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead import removals, setting_up


@pytest.fixture
def lea(tmp_path: Path) -> Iterator[Laptop]:
    with lead(tmp_path / "lea.db") as laptop:
        yield laptop


@pytest.fixture
def anna(lea: Laptop) -> Iterator[Laptop]:
    """Anna's laptop, of which the lead has all."""
    with invited(lea, "anna") as laptop:
        laptop.note("hers")
        lea.log.receive(laptop.own)
        yield laptop


def recipient() -> str:
    return str(x25519.Identity.generate().to_public())


# ---------------------------------------------------------------------- laptops


def test_what_is_known_of_laptops(lea: Laptop, anna: Laptop) -> None:
    anna.store(receipts=True).give_receipt()
    lea.log.receive(anna.own)
    hers, own = removals.known_laptops(lea.lead)
    assert (own.person, own.here, own.key) == ("lea", True, lea.membership.key)
    assert (hers.person, hers.here, hers.invited_by) == ("anna", False, "lea")
    assert hers.key.startswith(hers.short)
    walls = {event.kind: event.wall for event in anna.own}
    assert (hers.joined, hers.heard, hers.events) == (walls["laptop.joined"], walls["receipt.given"], 3)
    assert (hers.removed, hers.removed_by, hers.why) == ("", "", "")
    removals.propose_laptop(lea.lead, hers.short, "stolen").carry_out()
    hers = removals.laptop_named(lea.lead, "anna")
    assert (hers.removed, hers.removed_by, hers.why) == (lea.own[-1].wall, "lea", "stolen")
    assert (hers.events, hers.heard) == (3, walls["receipt.given"])


def test_a_laptop_is_named_by_its_key_or_its_person(lea: Laptop, anna: Laptop) -> None:
    key = anna.membership.key
    for named in (key, key[:4], key[:9].upper(), "anna"):
        assert removals.laptop_named(lea.lead, named).key == key
    for named in (key[:3], "nobody", "", "ben"):
        with pytest.raises(InspectionError, match="no laptop"):
            removals.laptop_named(lea.lead, named)
    with invited(lea, "second", person="anna") as second:
        with pytest.raises(InspectionError, match="say which, by the beginning of its key"):
            removals.laptop_named(lea.lead, "anna")
        removals.propose_laptop(lea.lead, key, "broken").carry_out()
        assert removals.laptop_named(lea.lead, "anna").key == second.membership.key


def test_a_removed_laptop_counts_as_far_as_it_was_known(lea: Laptop, anna: Laptop) -> None:
    removals.propose_laptop(lea.lead, "anna", "  stolen\nfrom a car ").carry_out()
    known = roster(lea.database)[anna.membership.key]
    assert (known.removed, known.why, known.ends) == (True, "stolen from a car", {anna.device: 2})
    assert limits(lea.database) == {anna.device.id: {anna.device: 2}}
    with pytest.raises(InspectionError, match=r"was removed before, by lea \(stolen from a car\)"):
        removals.propose_laptop(lea.lead, "anna", "again").carry_out()
    assert_sound(lea.database)


def test_removing_somebody_removes_all_their_laptops(lea: Laptop, anna: Laptop) -> None:
    lea.record(CaseAssigned(person="anna"))
    with invited(lea, "second", person="anna") as second, invited(lea, "ben") as ben:
        lea.log.receive([*second.own, *ben.own])
        departed = removals.propose_person(lea.lead, "anna", "left the team").carry_out()
        known = roster(lea.database)
        assert {laptop.key for laptop in departed.laptops} == {anna.membership.key, second.membership.key}
        for laptop, seq in ((anna, 2), (second, 1)):
            its = known[laptop.membership.key]
            assert (its.removed, its.why, its.ends) == (True, "left the team", {laptop.device: seq})
        assert not known[ben.membership.key].removed
    assert departed.cases == ("A",)
    assert "anna" not in lea.lead.team
    assert team.left(lea.database)["anna"][:2] == ("left the team", "lea")
    setting_up.propose_person(lea.lead, "anna", "Anna", "inspector").carry_out()
    assert team.left(lea.database) == {}
    assert_sound(lea.database)


def test_nobody_removes_the_laptop_they_work_on(lea: Laptop) -> None:
    setting_up.propose_person(lea.lead, "anna", "Anna", "lead_inspector").carry_out()
    before = len(lea.events)
    acts: tuple[Callable[[], object], ...] = (
        lambda: removals.propose_laptop(lea.lead, "lea", "stolen"),
        lambda: removals.propose_person(lea.lead, "lea", "left"),
    )
    for remove in acts:
        with pytest.raises(InspectionError, match="let another lead inspector remove it, on their own"):
            remove()
    assert len(lea.events) == before


def test_the_last_lead_stays(lea: Laptop, anna: Laptop) -> None:
    with pytest.raises(InspectionError, match="lea is the only lead inspector: add another one first"):
        removals.propose_person(lea.lead, "lea", "left").carry_out()
    setting_up.propose_person(lea.lead, "anna", "Anna", "lead_inspector").carry_out()
    anna.log.receive(lea.own)
    removals.propose_person(anna.lead, "lea", "left").carry_out()
    assert list(anna.lead.team) == ["anna", "ben"]


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("why", ["", " \n"])
def test_a_removal_names_its_reason(lea: Laptop, why: str) -> None:
    with pytest.raises(InspectionError, match="Say why the laptop is removed, with --because WORDS"):
        removals.propose_laptop(lea.lead, "anna", why).carry_out()
    with pytest.raises(InspectionError, match="Say why anna is removed, with --because WORDS"):
        removals.propose_person(lea.lead, "anna", why).carry_out()
    with pytest.raises(InspectionError, match="zoe is not on the team"):
        removals.propose_person(lea.lead, "zoe", "who?").carry_out()
    assert limits(lea.database) == {}


# ---------------------------------------------------------------------- who may


def test_only_who_leads_may(lea: Laptop, anna: Laptop) -> None:
    before = len(anna.events)
    acts: tuple[Callable[[], object], ...] = (
        lambda: removals.propose_laptop(anna.lead, "lea", "why not"),
        lambda: removals.propose_person(anna.lead, "ben", "why not"),
        lambda: removals.propose_recovery_key(anna.lead, "hers", recipient()),
        lambda: removals.propose_recovery_key(anna.lead, "hers", None),
    )
    for do in acts:
        with pytest.raises(InspectionError, match="for the lead inspector to do, who is lea"):
            do()
    assert len(anna.events) == before
    assert lea.lead.why_not == ""


def test_where_nobody_leads_who_set_it_up_may(tmp_path: Path) -> None:
    with Laptop("lea", tmp_path / "lea.db") as lea:
        assert team.why_not_lead(lea.database, "anyone") == ""
        people = [PersonJoined(person=id, name=id, role="inspector") for id in ("lea", "anna")]
        lea.log.record("", InspectionOpened(provider="P", title="T"), *people)
        assert team.why_not_lead(lea.database, "lea") == ""
        assert "for lea to do, who set the inspection up" in team.why_not_lead(lea.database, "anna")
        with pytest.raises(InspectionError, match="has set the inspection up"):
            removals.propose_person(lea.lead, "lea", "left").carry_out()


def test_who_looks_only_may_nothing(lea: Laptop) -> None:
    lead = lea.lead
    lead.inspection.file.why_read_only = "opened to look only"
    assert lead.why_not == "Nothing can be recorded here: opened to look only."


def test_who_has_ever_led_depends_on_no_order(lea: Laptop, anna: Laptop, tmp_path: Path) -> None:
    setting_up.propose_person(lea.lead, "anna", "Anna", "lead_inspector").carry_out()
    anna.log.receive(lea.own)
    anna.record(PersonJoined(person="ben", name="Ben", role="lead_inspector"), "")
    anna.record(PersonJoined(person="ben", name="Ben", role="inspector"), "")
    with Laptop("zoe", tmp_path / "zoe.db") as zoe:
        # Nobody who might has made either of them one.
        zoe.record(PersonJoined(person="zoe", name="Zoe", role="lead_inspector"), "")
        zoe.record(PersonJoined(person="yan", name="Yan", role="lead_inspector"), "")
        for first, last in ((lea, anna), (anna, lea)):
            with Laptop("new", tmp_path / f"{first.name}-first.db") as new:
                for each in (zoe, first, last):
                    new.log.receive(each.own)
                assert team.ever_led(new.database) == {"lea", "anna", "ben"}


# ---------------------------------------------------------------------- recovery keys


def test_recovery_keys_are_named_and_ended(lea: Laptop) -> None:
    key, other = recipient(), recipient()
    removals.propose_recovery_key(lea.lead, " Head   office ", f" {key}\n").carry_out()
    removals.propose_recovery_key(lea.lead, "Archive", other).carry_out()
    assert [(known.name, known.recipient, known.by) for known in team.recovery_keys(lea.lead.database)] == [
        ("Archive", other, "lea"),
        ("Head office", key, "lea"),
    ]
    assert lea.membership.recovery == tuple(sorted((key, other)))
    with pytest.raises(InspectionError, match="a recovery key Archive already"):
        removals.propose_recovery_key(lea.lead, "Archive", key).carry_out()
    removals.propose_recovery_key(lea.lead, "Head office", None).carry_out()
    assert lea.membership.recovery == (other,)
    with pytest.raises(InspectionError, match="no recovery key Head office: there are Archive"):
        removals.propose_recovery_key(lea.lead, "Head office", None).carry_out()
    removals.propose_recovery_key(lea.lead, "Head office", key).carry_out()
    assert len(lea.membership.recovery) == 2


@pytest.mark.parametrize("text", ["", "age1x", "AGE-SECRET-KEY-1QQQ", "ssh-ed25519 AAAA"])
def test_what_is_no_recovery_key_is_refused(lea: Laptop, text: str) -> None:
    with pytest.raises(StoreError, match='public key of age begins with "age1"'):
        removals.propose_recovery_key(lea.lead, "x", text).carry_out()
    with pytest.raises(InspectionError, match="needs a name"):
        removals.propose_recovery_key(lea.lead, " ", recipient()).carry_out()
    assert team.recovery_keys(lea.lead.database) == ()


def test_what_others_say_of_recovery_keys_counts_not(lea: Laptop, anna: Laptop) -> None:
    key = recipient()
    removals.propose_recovery_key(lea.lead, "office", key).carry_out()
    anna.log.receive(lea.own)
    # By a program of their own: another's key beside it, instead of it, one that is none, and its end.
    for said in (
        RecoveryKeyNamed(name="mine", recipient=recipient()),
        RecoveryKeyNamed(name="office", recipient=recipient()),
        RecoveryKeyNamed(name="bad", recipient="age1x"),
        RecoveryKeyNamed(name="office", recipient=None),
    ):
        anna.record(said, "")
        lea.log.receive(anna.own)
        for laptop in (lea, anna):
            found = membership_of(laptop.database)
            assert found is not None
            assert found.recovery == (key,)
    removals.propose_recovery_key(lea.lead, "office", None).carry_out()
    assert lea.membership.recovery == ()


def test_a_recovery_key_that_is_none_keeps_nobody_from_sending(lea: Laptop, tmp_path: Path) -> None:
    lea.record(RecoveryKeyNamed(name="bad", recipient="age1x"), "")
    assert lea.membership.recovery == ()
    assert lea.exchange(tmp_path).complete
