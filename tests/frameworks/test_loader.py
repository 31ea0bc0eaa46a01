"""Loading frameworks: the shipped ones, files of one's own, and what is said of spoilt ones."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.method.framework import AgendaKind
from fieldtool.frameworks import check, shape
from fieldtool.frameworks.entries import Entry
from fieldtool.frameworks.loader import FrameworkError, available, check_file, load, load_file
from frameworks.spoilt import FORM, TINY, Spoilt
from frameworks.spoilt_fit import FIT
from frameworks.spoilt_forms import FORMS
from frameworks.spoilt_shape import SHAPE

HERE = Path(__file__).parent
KINDS = (*SHAPE, *FIT, *FORMS)


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    return tmp_path / "spoilt.toml"


def test_every_shipped_framework_is_good_and_bears_the_name_of_its_file() -> None:
    assert available() == ("crc_2019",)
    for name in available():
        assert load(name).id == name


def test_tiny_loads_and_shares_nothing_with_the_shipped_framework() -> None:
    assert check_file(HERE / "tiny.toml") == ()
    tiny, shipped = load(HERE / "tiny.toml"), load("crc_2019")
    assert tiny.rounding == "exact"
    assert not tiny.standard_of.keys() & shipped.standard_of.keys()
    assert not tiny.facts_by_id.keys() & shipped.facts_by_id.keys()
    assert not {band.id for band in tiny.bands} & {band.id for band in shipped.bands}


def test_a_path_may_be_given_as_text() -> None:
    assert load(str(HERE / "tiny.toml")) == load_file(HERE / "tiny.toml")


def test_a_form_is_asked_at_its_kind_of_item(spoilt: Path) -> None:
    spoilt.write_text(TINY.replace("[[domains]]", f"{FORM}\n[[domains]]", 1), encoding="utf-8")
    assert check_file(spoilt) == ()
    framework = load(spoilt)
    form = framework.form_for(AgendaKind.FOCUS_GROUP)
    assert form is not None
    assert [question.id for question in form.questions] == ["opening", "noise"]
    assert framework.form_questions_by_id["noise"].label("deaf") == "?"
    assert [answer.counts for answer in form.questions[1].answers] == [True, True, False]
    assert framework.form_for(AgendaKind.MEETING) is None
    assert load(HERE / "tiny.toml").forms == ()


@pytest.mark.parametrize("case", KINDS, ids=lambda case: case.name)
def test_spoilt_file(case: Spoilt, spoilt: Path) -> None:
    spoilt.write_text(case.text, encoding="utf-8")
    assert check_file(spoilt) == case.findings
    with pytest.raises(FrameworkError) as caught:
        load(spoilt)
    assert caught.value.findings == case.findings
    assert str(caught.value) == "\n".join(case.findings)


def test_kinds_of_spoiling_are_many_and_every_finding_is_one_sentence() -> None:
    assert len({case.name for case in KINDS}) == len(KINDS) >= 30
    for finding in (finding for case in KINDS for finding in case.findings):
        assert finding.endswith((".", "?"))
        assert ". " not in finding
        assert "\n" not in finding


def test_all_faults_are_reported_at_once(spoilt: Path) -> None:
    text = TINY.replace("score = 4", 'score = "4"')
    text = text.replace("from = 34", "from = 40")
    text = text.replace('{ stock = ["tools"] }', '{ stok = ["tools"] }')
    text = text.replace('wording = "Is it quiet?"', 'wordng = "Is it quiet?"')
    spoilt.write_text(text, encoding="utf-8")
    assert check_file(spoilt) == (
        'spoilt.toml, band fair: "score" is of the wrong type; write a whole number without quotation marks.',
        'spoilt.toml, standard Q, key question Qa: "wording" is missing; add it.',
        'spoilt.toml, standard Q, key question Qa: "wordng" is not a key that fits here; '
        'did you mean "wording"?',
        "spoilt.toml, band fair: it begins at 40 per cent and leaves a hole after band poor, "
        "which ends at 33; let it begin at 34.",
        'spoilt.toml, standard L, key question La, prompt Lay: "applies" names the fact "stok", '
        'which does not exist; did you mean "stock"?',
    )


def test_no_standards(spoilt: Path) -> None:
    head, _, _ = TINY.partition("[[domains]]")
    spoilt.write_text("domains = []\n" + head, encoding="utf-8")
    assert check_file(spoilt) == (
        'spoilt.toml: there is no standard in it; add at least one under "domains".',
    )


def test_no_bands(spoilt: Path) -> None:
    head, rest = TINY.split("[[bands]]", 1)
    _, tail = rest.split("[[samples]]", 1)
    spoilt.write_text(f"{head}bands = []\noverall = []\n[[samples]]{tail}", encoding="utf-8")
    assert check_file(spoilt) == (
        'spoilt.toml: "bands" is empty; add the ratings from the lowest to the highest.',
        'spoilt.toml: "overall" is empty; add the overall ratings from the lowest to the highest.',
    )


def test_counted_standard_without_counted_key_question(spoilt: Path) -> None:
    more = (
        '\n[[domains.standards]]\nid = "M"\ntitle = "More"\nstatement = "More."\n'
        'sample = "branch"\ncounts = false\n'
    )
    spoilt.write_text(TINY + more, encoding="utf-8")
    assert check_file(spoilt) == (
        "spoilt.toml, standard M: it has no key question that is counted over cases; "
        "add one that is not qualitative or set judged_as_a_whole = true.",
    )


def test_a_standard_that_counts_raises_the_highest_total(spoilt: Path) -> None:
    more = (
        '\n[[domains.standards]]\nid = "M"\ntitle = "More"\nstatement = "More."\njudged_as_a_whole = true\n'
        '\n[[domains.standards.key_questions]]\nid = "Ma"\nwording = "Is there more?"\n'
    )
    spoilt.write_text(TINY + more, encoding="utf-8")
    assert check_file(spoilt) == (
        "spoilt.toml, overall band open: it ends at 18, but the standards that count can add up to 27; "
        "let it end there.",
    )
    spoilt.write_text(TINY + more.replace("= true", "= true\ncounts = false"), encoding="utf-8")
    assert check_file(spoilt) == ()


def test_unfinished_file(spoilt: Path) -> None:
    spoilt.write_text(TINY + '\n[[facts]]\nid = "', encoding="utf-8")
    (finding,) = check_file(spoilt)
    assert finding.startswith("spoilt.toml, ")
    assert "this is not TOML" in finding


@pytest.mark.parametrize("value", ["4" * 5000, "[" * 5000 + "]" * 5000], ids=["digits", "nesting"])
def test_what_python_does_not_take(spoilt: Path, value: str) -> None:
    spoilt.write_text(TINY.replace("score = 4", f"score = {value}"), encoding="utf-8")
    assert check_file(spoilt) == (
        "spoilt.toml: a number in it is too long, or its lists are nested too deeply; shorten or flatten it.",
    )


@pytest.mark.parametrize("value", ["inf", "nan", "2020-07-01T10:00:00Z", "{ }", "[]", "true"])
def test_any_toml_value_in_place_of_a_number(spoilt: Path, value: str) -> None:
    spoilt.write_text(TINY.replace("score = 4", f"score = {value}"), encoding="utf-8")
    (finding,) = check_file(spoilt)
    assert finding.startswith("spoilt.toml, band fair: ")


def test_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.toml"
    assert check_file(path) == (f"{path}: there is no such file; check the path.",)


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (finding,) = check_file(tmp_path)
    assert finding.startswith(f"{tmp_path}: the file cannot be read (")


def test_file_in_another_encoding(spoilt: Path) -> None:
    spoilt.write_bytes(TINY.replace("Branch library", "Bücherei").encode("latin-1"))
    line = TINY[: TINY.index("Branch library")].count("\n") + 1
    assert check_file(spoilt) == (
        f"spoilt.toml, line {line}: this is not UTF-8 text; save the file as UTF-8.",
    )


def test_byte_order_mark_and_windows_line_ends_are_welcome(spoilt: Path) -> None:
    spoilt.write_bytes(b"\xef\xbb\xbf" + TINY.replace("\n", "\r\n").encode())
    assert load(spoilt) == load(HERE / "tiny.toml")


def test_unknown_id() -> None:
    with pytest.raises(
        FrameworkError, match=r'^No framework is called "crc_2018"; did you mean "crc_2019"\?$'
    ):
        load("crc_2018")
    with pytest.raises(FrameworkError, match=r"for a file of your own, give its path\.$"):
        load("lighthouses")


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value of a TOML document."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(found for key, child in inner for found in places(child, (*path, key)))]


PLACES = [path for path in places(tomllib.loads(TINY)) if path]
JUNK: st.SearchStrategy[object] = st.sampled_from(
    [None, 0, -1, 7.5, True, "", "Q", "stock", "a b", [], ["stock"], [[]], {}, {"id": 1}]
)


@given(path=st.sampled_from(PLACES), junk=JUNK)
def test_no_value_anywhere_stops_the_check(path: tuple[str | int, ...], junk: object) -> None:
    document: Any = tomllib.loads(TINY)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = junk
    framework, found = shape.read(document)
    sentences = [sentence for _, sentence in (*found, *check.findings(Entry(document)))]
    assert framework is not None or sentences
    assert all(sentence.endswith((".", "?")) for sentence in sentences)
