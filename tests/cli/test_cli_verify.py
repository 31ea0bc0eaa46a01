"""`fieldtool verify` and `fieldtool rebuild`."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from builders.commands import asked, tiny
from builders.tampering import tamper


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def test_a_sound_file(path: Path) -> None:
    answer = asked("verify", path)
    assert answer.exit_code == 0
    said = answer.stdout.splitlines()
    assert said[0].endswith(" events in 2 chains, unaltered and without a gap; all views as the log says.")
    connection = sqlite3.connect(path)
    (events,) = connection.execute("SELECT count(*) FROM event").fetchone()
    (device,) = connection.execute("SELECT value FROM local WHERE name = 'device'").fetchone()
    connection.close()
    assert said[0].startswith(f"{events} events ")
    signed = f"No event of these devices is signed: {', '.join(sorted([f'{device}.1', 'lead-1.1']))}."
    assert said[1:] == [
        "",
        "2 remarks:",
        "",
        f"1. {signed}",
        "   What to do: Nothing, where they worked with a version before signatures, or have not ended a session yet.",
        "",
        "2. A text of INS-01 is not in the log yet: note Qb of B-03.",
        "   What to do: Open the inspection as INS-01: it is recorded then. If it is open there now, nothing.",
    ]


def test_the_same_for_other_programs(path: Path) -> None:
    found = json.loads(asked("verify", path, "--json").stdout)
    assert (found["sound"], found["chains"], found["findings"]) == (True, 2, [])
    assert [each["about"] for each in found["remarks"]] == ["not signed", "draft"]
    tamper(path, """UPDATE event SET body = replace(body, 'yes', 'no') WHERE device = 'lead-1' AND seq = 5""")
    answer = asked("verify", path, "--json")
    assert answer.exit_code == 0  # nothing of it was replaced
    tamper(path, """UPDATE event SET actor = 'INS-01' WHERE device = 'lead-1' AND seq = 5""")
    answer = asked("verify", path, "--json")
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert not found["sound"]
    (finding,) = found["findings"]
    assert finding["what"] == "Event lead-1.1.5 is not as it was written, or the one before it is not."
    assert finding["number_of_events"] == 1
    (event,) = finding["events"]
    assert {name: event[name] for name in ("id", "actor", "kind", "subject", "slot")} == {
        "id": "lead-1.1.5",
        "actor": "INS-01",
        "kind": "case.added",
        "subject": "B-01",
        "slot": "sample:",
    }


def test_a_finding_names_its_events_and_what_to_do(path: Path) -> None:
    tamper(path, "DELETE FROM event WHERE device = 'lead-1' AND seq = 6")
    answer = asked("verify", path)
    assert answer.exit_code == 1
    said = answer.stdout.splitlines()
    assert said[0].endswith(" events in 2 chains.")
    place = said.index("1. Event lead-1.1.6 is missing: removed, or never arrived here.")
    assert said[2].endswith(" findings:")
    assert re.fullmatch(r"   lead-1\.1\.5  \S+ \S+ \S+  LEAD-1  case\.added  B-01 sample", said[place + 1])
    assert re.fullmatch(
        r"   lead-1\.1\.7  \S+ \S+ \S+  LEAD-1  fact\.set    B-01 fact borough", said[place + 2]
    )
    assert said[place + 3].startswith("   What to do: Take in what the laptop that wrote them has sent")
    # The gap is remarked on again by what the missing event had replaced and what the views say of it.
    assert any("differs from the log" in line for line in said[place + 4 :])


def test_a_damaged_file_is_described_as_far_as_it_can_be_read(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-4096 * 3 : -4096] = b"\xa5" * 8192
    path.write_bytes(data)
    answer = asked("verify", path)
    assert answer.exit_code in {1, 2}
    assert "damaged" in answer.stdout + answer.stderr
    assert answer.exception is None or isinstance(answer.exception, SystemExit)


def test_a_view_that_was_meddled_with_is_found_and_rebuilt(path: Path) -> None:
    before = asked("ratings", path).stdout
    connection = sqlite3.connect(path)
    connection.execute("UPDATE tally SET yes = yes + 1 WHERE item = 'Qa'")
    connection.execute("DELETE FROM case_line WHERE ref = 'B-03'")
    connection.commit()
    connection.close()
    answer = asked("verify", path)
    assert answer.exit_code == 1
    lines = answer.stdout.splitlines()
    assert lines[2] == "2 findings:"
    assert [line for line in lines if "differs from the log" in line] == [
        "1. The view case_line differs from the log in 1 row, about case B-03.",
        "2. The view tally differs from the log in 4 rows, about item Qa.",
    ]
    assert sum("Run `fieldtool rebuild`" in line for line in lines) == 2
    assert all(len(line) < 300 for line in lines)
    rebuilt = asked("rebuild", path)
    assert rebuilt.exit_code == 0
    assert rebuilt.stdout.startswith("All views were made anew from ")
    assert asked("verify", path).exit_code == 0
    assert asked("ratings", path).stdout == before
