"""CSV that a spreadsheet opens without running anything in it, and that reads back as it was.

A cell that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line end, perhaps behind blanks
or apostrophes) gets an apostrophe before it, which says "this is text" to Excel, LibreOffice and Google Sheets.
Reading takes exactly these apostrophes away again, so a phone such as +35315550123 comes back unchanged, written by us
or by somebody who knows nothing of this. Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.errors import AppError

_FORMULA = re.compile(r"[\s']*(?:[=+\-@\t\r\n]|[＝＋－＠])")
_DELIMITERS = ",;\t"


class UnreadableCsv(AppError):
    """The file is no CSV. The message says where and why, in a sentence for whoever made it."""


@dataclass(frozen=True)
class CsvRow:
    """A row by its column names, all lower case. `line` is where it begins in the file, counted from 1."""

    line: int
    cells: dict[str, str] = field(repr=False)


def safe_cell(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(cell: str) -> str:
    """What `safe_cell` made this cell of; a cell that it did not make is taken as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180), as they are needed. None is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        yield _taken(buffer)
        writer.writerow(["" if cell is None else safe_cell(str(cell)) for cell in row])
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def read_csv(data: bytes, required: Sequence[str]) -> Iterator[CsvRow]:
    """The rows of a CSV file, with a comma, a semicolon or a tab between the cells; blank ones are left out.

    UTF-8, with or without its mark. Raises UnreadableCsv, also while the rows are read.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableCsv("The file is not in UTF-8. Save it anew as “CSV UTF-8”.") from None
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines = _numbered(reader)
    _, names = next(lines, (1, []))
    columns = [name.strip().lower() for name in names]
    missing = [name for name in required if name not in columns]
    if missing:
        raise UnreadableCsv(f"The first line has no column {', '.join(missing)}. It must name the columns.")
    if len(set(columns)) < len(columns):
        raise UnreadableCsv("The first line names a column twice.")
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            raise UnreadableCsv(f"Line {line} has {len(cells)} cells, but there are {len(columns)} columns.")
        padded = [*cells, *[""] * (len(columns) - len(cells))]
        yield CsvRow(line, dict(zip(columns, map(plain_cell, padded), strict=True)))


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins."""
    while True:
        begins = getattr(reader, "line_num", 0) + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableCsv(
                f"Line {begins} cannot be read: a quotation mark is not closed or not doubled, or a cell is too long."
            ) from None
        yield begins, cells
