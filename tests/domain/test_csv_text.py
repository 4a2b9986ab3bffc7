"""CSV that no spreadsheet runs, and that comes back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.csv_text import CsvRow, UnreadableCsv, plain_cell, read_csv, safe_cell, write_csv

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
CELLS = st.text(st.characters(codec="utf-8"), max_size=40) | st.from_regex(r"['\s]*[=+@-].*", fullmatch=True)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=8))
def test_whatever_is_written_reads_back(rows: list[tuple[str, str]]) -> None:
    data = "".join(write_csv(("one", "two"), rows)).encode()
    read = [(row.cells["one"], row.cells["two"]) for row in read_csv(data, ("one", "two"))]
    assert read == [row for row in rows if any(safe_cell(cell).strip() for cell in row)]


@given(st.text(max_size=40))
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    assert not safe_cell(text).lstrip(" ").startswith(DANGEROUS)
    assert plain_cell(safe_cell(text)) == text


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(data: bytes) -> None:
    try:
        sentence = "".join(f"{row.line}." for row in read_csv(data, ("one",))) or "."
    except UnreadableCsv as refused:
        sentence = str(refused)
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("+35315550123", "'+35315550123"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2", "'-2"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("'=1", "''=1"),
        ("＝1", "'＝1"),
        ("'Brien", "'Brien"),
        ("35315550123", "35315550123"),
        ("", ""),
    ],
)
def test_an_apostrophe_says_that_it_is_text(text: str, cell: str) -> None:
    assert safe_cell(text) == cell
    assert plain_cell(cell) == text


def test_a_phone_without_our_apostrophe_is_a_phone_too() -> None:
    [row] = read_csv(b"phone\n+35315550123\n", ("phone",))
    assert row.cells == {"phone": "+35315550123"}


def test_a_mark_other_delimiters_and_further_columns_are_taken() -> None:
    data = "\ufeffName ;CHANNEL;more\r\nゆき;line;x\r\n;;\r\nBo\r\n".encode()
    assert list(read_csv(data, ("channel", "name"))) == [
        CsvRow(2, {"name": "ゆき", "channel": "line", "more": "x"}),
        CsvRow(4, {"name": "Bo", "channel": "", "more": ""}),
    ]


def test_a_row_is_named_by_the_line_on_which_it_begins() -> None:
    data = b'name\n"two\nlines"\nnext\n'
    assert [row.line for row in read_csv(data, ("name",))] == [2, 4]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("name\nçà".encode("latin-1"), "not in UTF-8"),
        ("name\nx".encode("utf-16"), "not in UTF-8"),
        (b"", "no column name"),
        (b"other\nx", "no column name"),
        (b"name,name\nx,y", "twice"),
        (b"name\na,b\n", "Line 2 has 2 cells"),
        (b'name\nfine\n"open', "Line 3 cannot be read"),
        (b'name\n"a"b\n', "Line 2 cannot be read"),
        (b"name\n" + b"x" * 200_000, "Line 2 cannot be read"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_place(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableCsv, match=words):
        list(read_csv(data, ("name",)))


def test_the_text_is_what_other_readers_read() -> None:
    text = "".join(write_csv(("a", "b"), [("x,y", 'say "hi"'), (None, 7)]))
    assert list(csv.reader(io.StringIO(text))) == [["a", "b"], ["x,y", 'say "hi"'], ["", "7"]]
