"""The round trip through a spreadsheet: nothing lost, comments kept, nothing run, nothing half."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from curated import ENTRIES, SHEET, TODAY, Folder
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bussola.curating.importing import Report, take_in
from bussola.curating.rows import COLUMNS, Book, as_items, as_rows
from bussola.curating.workbook import (
    UnreadableBook,
    plain,
    read_csv,
    read_xlsx,
    safe,
    write_csv,
    write_xlsx,
)
from bussola.knowledge.checking import Shelf
from bussola.knowledge.entry import Entry, Signpost
from bussola.knowledge.figures import Figure
from bussola.knowledge.loading import Knowledge, load

COMMENTED = ENTRIES.replace(
    "      - quanto pago\n", "      - quanto pago   # come lo dicono in molti\n"
).replace("    links:\n", "    # solo siti istituzionali\n    links:\n")
WAYS = {"xlsx": (write_xlsx, read_xlsx), "csv": (write_csv, read_csv)}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.write(SHEET, COMMENTED)
    return folder


def bytes_of(folder: Folder) -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in sorted(folder.faq.rglob("*.yml"))}


def book_of(folder: Folder) -> Book:
    return as_rows(load(folder.faq))


def import_(folder: Folder, book: Book, write: bool = True) -> Report:
    return take_in(book, Shelf(folder.faq, folder.facts), TODAY, write)


@pytest.mark.parametrize("way", WAYS)
def test_the_shipped_knowledge_comes_back_whole(
    way: str, shipped: Knowledge, tmp_path: Path
) -> None:
    """Out to a file and back, every entry, signpost and figure is what it was."""
    write, read = WAYS[way]
    write(as_rows(shipped), tmp_path / "out")
    items = as_items(read(tmp_path / "out"))
    entries = {i: Entry.model_validate(raw) for i, (_, raw) in items["entries"].items()}
    assert entries == shipped.entries
    posts = {i: Signpost.model_validate(raw) for i, (_, raw) in items["signposts"].items()}
    figures = {i: Figure.model_validate(raw) for i, (_, raw) in items["figures"].items()}
    assert posts == shipped.signposts
    assert figures == shipped.figures


@pytest.mark.parametrize("way", WAYS)
def test_an_unchanged_book_changes_no_byte(way: str, folder: Folder, tmp_path: Path) -> None:
    write, read = WAYS[way]
    before = bytes_of(folder)
    write(book_of(folder), tmp_path / "out")
    report = import_(folder, read(tmp_path / "out"))
    assert list(report.lines()) == ["Nessun cambiamento."]
    assert bytes_of(folder) == before


def test_a_change_keeps_comments_and_the_rest(folder: Folder) -> None:
    """One cell changes one line: comments, order and the other files stay."""
    book = book_of(folder)
    book["voci"][0]["dettagli"] = "Il costo è uguale per tutti."
    report = import_(folder, book)
    text = (folder.faq / SHEET).read_text(encoding="utf-8")
    assert report.changed == ["prova-costo: details"]
    assert "# come lo dicono in molti" in text
    assert "# solo siti istituzionali" in text
    changed = set(text.splitlines()) ^ set(COMMENTED.splitlines())
    assert changed == {
        "    details: Il costo è uguale per tutti.",
        "    details: Il costo non cambia con il reddito.",
    }


def test_variants_are_changed_line_by_line(folder: Folder) -> None:
    """A new variant in the middle and a removed one touch no other line."""
    book = book_of(folder)
    book["varianti"] = [row for row in book["varianti"] if row["variante"] != "è gratis o no"]
    book["varianti"].insert(1, {"voce": "prova-costo", "variante": "quanto viene: dimmi tu"})
    assert import_(folder, book).changed == ["prova-costo: variants (1 in meno)"]
    text = (folder.faq / SHEET).read_text(encoding="utf-8")
    assert "- quanto pago   # come lo dicono in molti" in text
    entry = load(folder.faq).entries["prova-costo"]
    assert entry.variants[:2] == ["quanto pago", "quanto viene: dimmi tu"]
    assert "è gratis o no" not in entry.variants


def test_a_figure_of_the_next_year_is_taken_in(folder: Folder) -> None:
    """A new row of values, with the comma that curators type."""
    book = book_of(folder)
    book["valori"].append(
        {"cifra": "costo", "vale dal": "2027-01-01", "vale fino al": "", "valore": "6.300,50"}
    )
    assert import_(folder, book).changed == ["costo: values"]
    figure = load(folder.faq).figures["costo"]
    value = figure.on(date(2027, 5, 1))
    assert value is not None
    assert figure.written(value) == "6.300,50 euro"


def new_entry(book: Book, file: str) -> None:
    row = {**book["voci"][0], "id": "prova-nuova", "file": file, "domanda": "È gratis?"}
    book["voci"].append(row)
    book["fonti"].append({**book["fonti"][0], "voce": "prova-nuova"})
    for number in range(8):
        book["varianti"].append(
            {"voce": "prova-nuova", "variante": f"una domanda {number} diversa"}
        )


def test_a_new_entry_is_added(folder: Folder) -> None:
    book = book_of(folder)
    new_entry(book, "prova/nuove.yml")
    assert import_(folder, book).added == ["prova-nuova"]
    assert load(folder.faq).entries["prova-nuova"].question == "È gratis?"
    assert [p for p in folder.problems() if p.severity == "error"] == []


@pytest.mark.parametrize(
    "file", ["../fuori.yml", "/tmp/fuori.yml", "prova/x.py", "nessuno/x.yml", ""]
)
def test_nothing_is_written_outside_the_folder(folder: Folder, file: str) -> None:
    before = bytes_of(folder)
    book = book_of(folder)
    new_entry(book, file)
    assert any("la colonna file non va bene" in p for p in import_(folder, book).problems)
    assert bytes_of(folder) == before


def test_what_is_not_in_the_book_stays(folder: Folder) -> None:
    """A row deleted by mistake deletes no answer: it is only reported."""
    book = book_of(folder)
    new_entry(book, "prova/nuove.yml")
    import_(folder, book)
    book["voci"] = book["voci"][:1]
    report = import_(folder, book)
    assert report.absent == ["prova-nuova"]
    assert "prova-nuova" in load(folder.faq).entries


@pytest.mark.parametrize(
    ("sheet", "column", "value", "sentence"),
    [
        ("voci", "risposta", "Costa 500 euro.", "cifra scritta nel testo: «500 euro»"),
        ("voci", "vale dal", "ieri", "data non valida"),
        ("voci", "fatti", "prova/R9", "il fatto prova/R9 non esiste"),
        ("voci", "passa all'esperto", "forse", "scrivi true oppure false"),
        ("fonti", "indirizzo", "http://www.inps.it/", "il collegamento deve iniziare con https"),
        ("valori", "valore", "tanto", "un valore non va bene per questa unità"),
        ("valori", "valore", "10.000", "un valore non va bene per questa unità"),
        ("valori", "valore", "nan", "un valore non va bene per questa unità"),
        ("valori", "cifra", "costi", "foglio «valori»: «costi» non è in cifre"),
        ("varianti", "voce", "prova-cost", "foglio «varianti»: «prova-cost» non è in voci"),
    ],
)
def test_an_invalid_book_is_refused_whole(
    folder: Folder, sheet: str, column: str, value: str, sentence: str
) -> None:
    """The report says what to mend, and not a byte is written: not even of the sound changes."""
    before = bytes_of(folder)
    book = book_of(folder)
    book["cartelli"][0]["testo"] = "Un testo nuovo e buono."
    book[sheet][0][column] = value
    report = import_(folder, book)
    assert any(sentence in problem for problem in report.problems)
    assert list(report.lines())[-1] == "Non ho scritto nulla: correggi e riprova."
    assert bytes_of(folder) == before


@pytest.mark.parametrize("sheet", ["traduzioni", "collegamenti", "varianti", "voci", "cifre"])
def test_a_sheet_that_is_not_there_is_not_touched(folder: Folder, sheet: str) -> None:
    """A curator may send back only what was changed."""
    before = bytes_of(folder)
    book = book_of(folder)
    del book[sheet]
    assert list(import_(folder, book).lines()) == ["Nessun cambiamento."]
    assert bytes_of(folder) == before


def test_an_id_that_stands_twice_is_refused(folder: Folder) -> None:
    """Which of the two rows counts would be a guess."""
    book = book_of(folder)
    book["voci"].append({**book["voci"][0], "risposta": "Altro."})
    assert "foglio «voci»: prova-costo è due volte" in import_(folder, book).problems


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    details: Il costo", "    # per chi ha fretta\n    details: Il costo"),
        ("    answer: Costa", "    # una frase sola\n    answer: Costa"),
        ("    sources:\n", "    # atti\n    sources:\n"),
        ("      - tariffa di oggi\n", "      # le ultime\n      - tariffa di oggi\n"),
    ],
)
def test_no_comment_is_ever_lost(folder: Folder, old: str, new: str) -> None:
    """Whatever is changed around it, a comment is kept, or the import is refused whole."""
    folder.spoil(SHEET, old, new)
    comment = new.strip().splitlines()[0]
    for change in ("dettagli", "varianti", "collegamenti"):
        book = book_of(folder)
        if change == "varianti":
            book["varianti"][-1]["variante"] = "quanto si paga adesso"
            book["varianti"].append({"voce": "prova-costo", "variante": "e quanto viene"})
        elif change == "collegamenti":
            book["collegamenti"][0]["etichetta"] = "Il sito"
        else:
            book["voci"][0]["dettagli"] = f"Cambia {change}."
        before = bytes_of(folder)
        report = import_(folder, book)
        text = (folder.faq / SHEET).read_text(encoding="utf-8")
        assert comment in text
        if report.problems:
            assert bytes_of(folder) == before
            assert any("si perderebbe il commento" in problem for problem in report.problems)


def test_a_percentage_of_excel_is_refused(folder: Folder, tmp_path: Path) -> None:
    """19% arrives as 0.19: better to ask."""
    file = tmp_path / "book.xlsx"

    def as_percentage(book: Workbook) -> None:
        book["valori"]["D2"] = 0.19
        book["valori"]["D2"].number_format = "0%"

    changed_workbook(folder, file, as_percentage)
    with pytest.raises(UnreadableBook, match="casella D2: è una percentuale di Excel"):
        read_xlsx(file)


def test_a_workbook_of_something_else_is_said(tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    Workbook().save(file)
    with pytest.raises(UnreadableBook, match="nessuno dei fogli attesi"):
        read_xlsx(file)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableBook, match=r"manca\.xlsx non c'è"):
        read_xlsx(tmp_path / "manca.xlsx")


def test_trying_writes_nothing(folder: Folder) -> None:
    before = bytes_of(folder)
    book = book_of(folder)
    book["voci"][0]["dettagli"] = "Altro."
    assert import_(folder, book, write=False).changed == ["prova-costo: details"]
    assert bytes_of(folder) == before


# Formulas and strange files


@pytest.mark.parametrize(
    "text", ["=1+1", "+39 06", "-5", "@SUM(A1)", "\tx", "'=1+1", "''-x", "'ciao"]
)
def test_a_formula_is_made_harmless_and_comes_back(text: str) -> None:
    assert not safe(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain(safe(text)) == text


@given(st.text(max_size=30))
def test_any_text_comes_back(text: str) -> None:
    assert plain(safe(text)) == text


def test_no_cell_of_an_export_is_a_formula(folder: Folder, tmp_path: Path) -> None:
    book = book_of(folder)
    book["varianti"][0]["variante"] = '=HYPERLINK("https://example.com")'
    write_xlsx(book, tmp_path / "out.xlsx")
    cells = [
        cell
        for sheet in load_workbook(tmp_path / "out.xlsx").worksheets
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    write_csv(book, tmp_path / "csv")
    with (tmp_path / "csv" / "varianti.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert list(csv.reader(lines, delimiter=";"))[1][1].startswith("'=")


def changed_workbook(folder: Folder, file: Path, change: Callable[[Workbook], None]) -> None:
    write_xlsx(book_of(folder), file)
    workbook = load_workbook(file)
    change(workbook)
    workbook.save(file)


def test_a_real_formula_is_refused_with_its_place(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    changed_workbook(folder, file, lambda book: book["voci"].__setitem__("C2", "=A1"))
    with pytest.raises(UnreadableBook, match="foglio «voci», casella C2: c'è una formula"):
        read_xlsx(file)


def test_dates_that_excel_made_its_own_are_read(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    changed_workbook(folder, file, lambda book: book["voci"].__setitem__("I2", date(2026, 1, 1)))
    assert read_xlsx(file)["voci"][0]["vale dal"] == "2026-01-01"


def test_columns_may_move_and_grow(folder: Folder, tmp_path: Path) -> None:
    """A curator's own column is left out; the order is free."""
    file = tmp_path / "book.xlsx"
    changed_workbook(folder, file, lambda book: book["varianti"].insert_cols(1))
    assert read_xlsx(file)["varianti"][0]["variante"] == "quanto pago"


def test_a_missing_column_is_named(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "book.xlsx"
    changed_workbook(folder, file, lambda book: book["voci"].delete_cols(4))
    with pytest.raises(UnreadableBook, match="foglio «voci»: mancano le colonne risposta"):
        read_xlsx(file)


@pytest.mark.parametrize("content", [b"", b"ciao", b"PK\x03\x04"])
def test_what_is_no_workbook_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "book.xlsx"
    file.write_bytes(content)
    with pytest.raises(UnreadableBook, match="non è una cartella di lavoro Excel"):
        read_xlsx(file)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """A small archive that would unpack to more than the limit is not opened."""
    file = tmp_path / "book.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 210_000_000)
    with pytest.raises(UnreadableBook, match="troppo grande"):
        read_xlsx(file)


def test_a_folder_without_sheets_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableBook, match="nessuno dei fogli attesi"):
        read_csv(tmp_path)


def test_every_column_has_a_plain_name() -> None:
    assert all(column == column.lower() for columns in COLUMNS.values() for column in columns)
