"""`fieldtool framework`: list, show, check."""

from __future__ import annotations

from pathlib import Path

from builders.cases import TINY_FILE
from builders.commands import asked, refused
from fieldtool.frameworks.loader import load


def test_list() -> None:
    answer = asked("framework", "list")
    assert answer.exit_code == 0
    assert f"crc_2019  {load('crc_2019').title}" in answer.stdout.splitlines()


def test_show_has_all_of_the_wording() -> None:
    answer = asked("framework", "show", "crc_2019")
    framework = load("crc_2019")
    assert answer.exit_code == 0
    assert framework.licence in answer.stdout
    for question in framework.key_questions_by_id.values():
        assert f"  {question.id} {question.wording}" in answer.stdout
    for prompt in framework.prompts_by_id.values():
        assert f"    {prompt.id} {prompt.wording}" in answer.stdout
    assert "  women: Women (Case supervision) (only where Gender is Female)\n" in answer.stdout


def test_show_a_file_and_its_conditions() -> None:
    said = asked("framework", "show", TINY_FILE).stdout
    assert (
        "  La Is more than books lent well? (only where Stock is Books and records or Tools to borrow)"
        in said
    )
    assert "    Lay Are the saws sharp? (only where Stock is Tools to borrow)" in said
    assert "  Fair       34 to 89 per cent  4 points" in said


def test_show_what_is_not_there() -> None:
    assert refused(asked("framework", "show", "crc_2091")).startswith('No framework is called "crc_2091"')


def test_check_a_good_file() -> None:
    answer = asked("framework", "check", TINY_FILE)
    assert answer.exit_code == 0
    assert answer.stdout == (
        "Visits to public libraries: 2 standards, 4 key questions and 4 prompts; nothing is wrong with it.\n"
    )


def test_check_a_file_with_faults_names_each(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    text = TINY_FILE.read_text(encoding="utf-8")
    file.write_text(
        text.replace('list_fact = "borough"', 'list_fact = "burough"').replace("to = 89", "to = 88"),
        encoding="utf-8",
    )
    answer = asked("framework", "check", file)
    assert (answer.exit_code, answer.stderr) == (1, "")
    findings = answer.stdout.splitlines()
    assert len(findings) == 2
    assert any("burough" in finding and "borough" in finding for finding in findings)
    assert all(finding.startswith("mine.toml") for finding in findings)


def test_check_what_is_no_toml_is_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("id = ", encoding="utf-8")
    answer = asked("framework", "check", file)
    assert answer.exit_code == 1
    assert len(answer.stdout.splitlines()) == 1


def test_check_nothing(tmp_path: Path) -> None:
    assert "is not there" in refused(asked("framework", "check", tmp_path / "none.toml"))
    assert "is a folder" in refused(asked("framework", "check", tmp_path))


def test_no_subcommand_is_one_sentence() -> None:
    assert refused(asked("framework")) == "Missing command. See `cli framework --help`."
