"""Reads and writes the rows as an Excel workbook or as a folder of CSV files.

A cell that a spreadsheet would run as a formula gets an apostrophe before it, and loses it again
when it is read; a real formula is refused, because its text is not what the curator sees.
"""

from __future__ import annotations

import csv
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bussola.curating.rows import COLUMNS, Book, Row

MAX_FILE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {"domanda": 45, "risposta": 70, "dettagli": 60, "passi": 50, "variante": 80,
           "esempio": 80, "testo": 70, "id": 30, "voce": 30, "titolo": 50}  # fmt: skip
_USUAL_WIDTH = 22
_NO_WORKBOOK = "il file non è una cartella di lavoro Excel (.xlsx)"
_NO_SHEETS = "non c'è nessuno dei fogli attesi"


class UnreadableBook(ValueError):
    """The file is not one of ours; the message says where and why, in Italian."""


def safe(text: str) -> str:
    """`text` as a cell that no spreadsheet runs; `plain` undoes it."""
    risky = text.startswith(_RUNS) or (text.startswith("'") and text.lstrip("'").startswith(_RUNS))
    return f"'{text}" if risky else text


def plain(cell: str) -> str:
    """The text that `safe` wrote."""
    if cell.startswith("'") and cell.lstrip("'").startswith(_RUNS):
        return cell[1:]
    return cell


def write_xlsx(book: Book, file: Path) -> None:
    """One worksheet a sheet, with a frozen head."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, columns in COLUMNS.items():
        sheet = workbook.create_sheet(name)
        sheet.append(list(columns))
        for row in book[name]:
            sheet.append([safe(row[column]) for column in columns])
        sheet.freeze_panes = "B2"
        for number, column in enumerate(columns, 1):
            letter = get_column_letter(number)
            sheet.column_dimensions[letter].width = _WIDTHS.get(column, _USUAL_WIDTH)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for line in sheet.iter_rows(min_row=2):
            for cell in line:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.number_format = "@"
    workbook.save(file)


def read_xlsx(file: Path) -> Book:
    """The rows of a workbook. Raises UnreadableBook."""
    _refuse_oversize(file)
    try:
        with file.open("rb") as raw:
            workbook = load_workbook(raw)
    except Exception as error:
        raise UnreadableBook(_NO_WORKBOOK) from error
    book: Book = {}
    for sheet in workbook.worksheets:
        name = sheet.title.strip().lower()
        if name in COLUMNS:
            book[name] = _table(
                name, [[_text(cell, name) for cell in row] for row in sheet.iter_rows()]
            )
    if not book:
        raise UnreadableBook(_NO_SHEETS)
    return book


def _refuse_oversize(file: Path) -> None:
    """A small archive can unpack to gigabytes: its own directory says how much."""
    if not file.is_file():
        raise UnreadableBook(f"il file {file.name} non c'è")
    try:
        unpacked = sum(item.file_size for item in zipfile.ZipFile(file).infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableBook(_NO_WORKBOOK) from error
    if file.stat().st_size > MAX_FILE_BYTES or unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableBook("il file è troppo grande")


def _text(cell: Any, sheet: str) -> str:
    """A cell as text; spreadsheets turn dates and whole numbers into values of their own."""
    value = cell.value
    if cell.data_type == "f":
        raise UnreadableBook(f"foglio «{sheet}», casella {cell.coordinate}: c'è una formula")
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, int | float) and "%" in cell.number_format:
        place = f"foglio «{sheet}», casella {cell.coordinate}"
        raise UnreadableBook(f"{place}: è una percentuale di Excel, scrivila come numero (19)")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return plain(str(value).replace("\r\n", "\n"))


def write_csv(book: Book, folder: Path) -> None:
    """One file a sheet, in UTF-8 with the mark that Excel wants, separated by semicolons."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out, delimiter=";")
            writer.writerow(columns)
            writer.writerows([safe(row[column]) for column in columns] for row in book[name])


def read_csv(folder: Path) -> Book:
    """The rows of a folder of CSV files. Raises UnreadableBook."""
    book: Book = {}
    for name in COLUMNS:
        file = folder / f"{name}.csv"
        if not file.is_file():
            continue
        if file.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableBook(f"{file.name} è troppo grande")
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                cells = [[plain(c) for c in row] for row in csv.reader(lines, delimiter=";")]
        except (UnicodeDecodeError, csv.Error) as error:
            raise UnreadableBook(f"{file.name} non è un CSV in UTF-8") from error
        book[name] = _table(name, cells)
    if not book:
        raise UnreadableBook(_NO_SHEETS)
    return book


def _table(name: str, cells: list[list[str]]) -> list[Row]:
    """Rows by the names in the first line; order of columns is free, extra ones are left out."""
    head = [cell.strip().lower() for cell in cells[0]] if cells else []
    missing = [column for column in COLUMNS[name] if column not in head]
    if missing:
        raise UnreadableBook(f"foglio «{name}»: mancano le colonne {', '.join(missing)}")
    position = {column: head.index(column) for column in COLUMNS[name]}
    rows = [
        {column: row[at] if at < len(row) else "" for column, at in position.items()}
        for row in cells[1:]
        if any(row)
    ]
    owner = COLUMNS[name][0]
    return [{**row, owner: row[owner].strip()} for row in rows]
