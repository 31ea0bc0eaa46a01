"""What commands say as JSON: every key, its place, its type and its value, and a page that tells all of them."""

from __future__ import annotations

import json
import os
import re
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import click
import pytest

from builders.commands import ROOT, apart, asked, at_home, elsewhere, supervision, tiny
from builders.populations import SAMPLE, leading, population
from fieldtool.cli.main import cli
from fieldtool.domain.kinds.assessment import AnswerGiven, NoteWritten
from fieldtool.domain.kinds.devices import ClockJumped
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import events_after, read_ends
from fieldtool.store.file.database import Database
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import draws, list_import

GOLDEN = Path(__file__).with_name("json_of_commands.json")
"""What they say, by what was typed; written anew where FIELDTOOL_GOLDEN is 1."""

TYPED = """
ratings @sample.db
ratings @small.db
conflicts @sample.db
conflicts @small.db
verify @sample.db
verify @small.db
progress @sample.db
progress @small.db
history @sample.db CS-003 2.1.1
history @small.db B-03
history @small.db B-02 Qax
agenda list @sample.db
agenda counts @sample.db
agenda counts @small.db
assign @sample.db --list
assign @small.db --list
assign @drawn.db --by-day --dry-run --as LEAD-1
team @sample.db list
team @small.db add LOC-1 Lou local_assessor --office Avon --as LEAD-1
team @small.db add OUT-1 Out inspector --as LEAD-1
team @small.db remove OUT-1 --because left --as LEAD-1
team @small.db list
sample size --population 1217
sample size --population 1217 --size 148 --confidence 95.5
sample draw @listed.db --size 20 --seed 7 --as LEAD-1
sample draw @listed.db --size 24 --seed 7 --explain --again more --as LEAD-1
figures @sample.db
figures @small.db
figures @small.db previous @figures.csv --dry-run
figures @small.db comparison @figures.csv --title Others --as LEAD-1
figures @small.db
ratings @small.db
cases import @talk.db @cases.csv --sample case_supervision --dry-run
replace @drawn.db X0097 --criterion no_file --because lost --dry-run --as LEAD-1
replace @drawn.db X0097 --criterion no_file --because lost --without-reserve --as LEAD-1
replace @drawn.db --list
laptops @talk.db
sync @talk.db @stick --as LEAD-1
laptops @talk.db
reconcile @talk.db @stick
reconcile @talk.db @other
recovery-keys @talk.db add Office age1x8xlj2hhu3famrjr0qxuflvw3g6gtyfq6vz8g92lqjeusumvyvvsdr3339 --as LEAD-1
recovery-keys @talk.db list
"""
"""What is typed, one after the other; behind an @ stands a file."""

MANY = 8
"""Of more than so many things in a list or a mapping, the first two and the last are kept."""

VOLATILE = {
    r"\d{4}-\d\d-\d\dT[\d:.]+([+-]\d\d:\d\d)?": "MOMENT",
    r"\b20(?!20)\d\d-\d\d-\d\d": "DAY",
    r"\b[0-9a-f]{64}\b": "HEX",
    r"\b[0-9a-f]{8}\b": "DEVICE",
    r"(of these devices is signed: ).*": r"\1DEVICES",
}
"""What is another one at each run."""

LIST = """CRN;Sex;Sentence Type;RoSH;Start Date;Terminated;Cluster;LDU;Responsible Officer
X1;M;Licence;RLRH;01/02/2019;N;East;Havant;RO-1
X2;F;Licence;RLRH;01/02/2019;Y;East;Havant;RO-1
X2;F;Licence;RLRH;01/02/2019;Y;East;Havant;RO-1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small inspections, among them one with conflicts, a fork and a clock that jumped; and two lists."""
    shutil.copy(ROOT / "sample_db" / "hiow_2020.db", tmp_path / "sample.db")
    for name in ("listed.db", "drawn.db"):
        with leading(tmp_path / name) as lead:
            list_import.propose(lead, SAMPLE, population(120)).carry_out()
            if name == "drawn.db":
                draws.propose(lead, SAMPLE, 24, buffer=20, seed=5).carry_out()
        at_home(tmp_path / name)
    small = tiny(tmp_path / "small.db")
    apart(small, "d1", "d2", "copy")
    yes, no = (AnswerGiven(prompt="Qax", answer=answer) for answer in (Answer.YES, Answer.NO))
    elsewhere(small, "INS-01", "d1", ("B-03", yes), ("B-03", NoteWritten(item="Qax", text="seen\nthere")))
    elsewhere(small, "LEAD-1", "d2", ("B-03", no))
    with Database.open(small) as here, Database.open(small.with_name("copy.db")) as copy:
        twin = ChainId("lead-1", 1)
        for database, body in ((here, yes), (copy, no)):
            Log(database, twin, "INS-01").record("B-02", body)
        end = read_ends(copy)[twin].seq
        Log(here, ChainId("other", 1), "LEAD-1").receive(events_after(copy, twin, end - 1, end))
        jump = ClockJumped(
            device="d1",
            incarnation=1,
            expected="2020-03-02T10:00:00.000+00:00",
            found="2020-03-02T12:00:00.000+00:00",
            noticed="within a session",
            steady=60.0,
        )
        Log(here, ChainId("d1", 1), "INS-01").record("", jump)
    at_home(small)
    with InspectionFile.open(at_home(supervision(tmp_path / "talk.db")), to_write=True) as file:
        file.me = "LEAD-1"
    (tmp_path / "stick").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "figures.csv").write_text("id;n;N;per cent\nQa;9;10;\nQb;1;4;25%\nLa;;;\n;;;\nQuiet;;;\n")
    (tmp_path / "cases.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def plain(value: object, folder: Path) -> object:
    """The same without what is another at each run, and with a few of many things."""
    match value:
        case dict():
            pairs = [*value.items()]
            pairs = pairs if len(pairs) <= 3 * MANY else [*pairs[:2], pairs[-1]]
            lot = {"incarnation": "LOT"} if value.get("incarnation", 0) > 9 else {}
            return {key: plain(each, folder) for key, each in pairs} | lot
        case list():
            kept = value if len(value) <= MANY else [*value[:2], f"... {len(value)} in all", value[-1]]
            return [plain(each, folder) for each in kept]
        case str():
            value = value.replace(str(folder), "FOLDER")
            for pattern, name in VOLATILE.items():
                value = re.sub(pattern, name, value)
    return value


def test_every_key_with_its_value(folder: Path) -> None:
    said = {}
    for place, typed in enumerate(TYPED.strip().splitlines()):
        words = [str(folder / word[1:]) if word.startswith("@") else word for word in typed.split()]
        answer = asked(*words, "--json")
        assert isinstance(answer.exception, SystemExit | None), (typed, answer.exception)
        assert answer.exit_code in (0, 1), (typed, answer.stderr)
        if answer.stdout.startswith(("{", "[")):
            value = json.loads(answer.stdout)
            assert answer.stdout == json.dumps(value, indent=2) + "\n"
            if typed == "progress @small.db":
                del value["days"]  # whether today is one of them depends on the day of the week
            said[f"{place} {typed}"] = plain(value, folder)
    lines = ",\n".join(f"{json.dumps(typed)}: {json.dumps(value)}" for typed, value in said.items())
    told = "{\n" + lines + "\n}\n"
    if os.environ.get("FIELDTOOL_GOLDEN") == "1":
        GOLDEN.write_text(told, encoding="utf-8")
    assert told.splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


def json_pages() -> ModuleType:
    spec = spec_from_file_location("json_pages", ROOT / "docs" / "json_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    pages = json_pages()
    assert pages.page() == pages.PAGE.read_text(encoding="utf-8"), "run `python docs/json_pages.py`"


def test_the_page_tells_every_command_with_json() -> None:
    told = {" ".join(re.findall(r"\b[a-z][\w-]*", words)) + " " for words in json_pages().commands()}
    commands = with_json(cli)
    assert len(commands) > 15
    assert [
        words for words in commands if not any(one.startswith(f"fieldtool {words} ") for one in told)
    ] == []


def with_json(command: click.Command, *before: str) -> set[str]:
    """The commands that can say JSON, in the words by which they are called."""
    if isinstance(command, click.Group):
        return {words for name, sub in command.commands.items() for words in with_json(sub, *before, name)}
    return {" ".join(before)} if any(param.name == "as_json" for param in command.params) else set()
