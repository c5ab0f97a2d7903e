"""Tables, sheets, quizzes and notices: what may be wrong with them, and what they look like."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from curated import TODAY, Folder

from bussola.knowledge.guide import CuratedGuide
from bussola.knowledge.loading import Knowledge, load
from bussola.texts import Catalogue

NEW_YEAR = date(2027, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).with_companions()


@pytest.fixture
def texts(root: Path) -> Catalogue:
    return Catalogue(root / "data" / "texts" / "it.yml")


def guide(folder: Folder, texts: Catalogue, today: date = TODAY) -> CuratedGuide:
    knowledge = load(folder.faq)
    return CuratedGuide(lambda: knowledge, lambda: today, texts, "https://bussola.example")


def test_sound_companions_have_no_problems(folder: Folder) -> None:
    assert folder.problems() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("tables.yml", "[Niente, gratis]", "[Niente]", "una riga ha più o meno caselle"),
        ("tables.yml", "gratis", "20 euro", "cifra scritta nel testo: «20 euro»"),
        ("tables.yml", "{{ costo }}", "{{ prezzo }}", "cifre non definite in figures.yml: prezzo"),
        ("tables.yml", "entries: [prova-costo]", "entries: [altro]", "voce inesistente: altro"),
        ("tables.yml", "[prova/R1]", "[prova/R2]", "fatto da verificare (prova/R2)"),
        ("sheets/prova.yml", "theme: prova", "theme: altro", "tema inesistente: altro"),
        ("sheets/prova.yml", "table: tabella-costi", "table: altra", "tabella inesistente: altra"),
        ("sheets/prova.yml", "in banca", "in banca il 5%", "cifra scritta nel testo: «5%»"),
        (
            "sheets/prova.yml", "table: tabella-costi", "calculator: conti",
            "calcolatore inesistente: conti",
        ),
        (
            "sheets/prova.yml", "https://www.inps.it/", "https://example.com/",
            "il sito non è istituzionale",
        ),
        ("sheets/prova.yml", "I costi in tre passi.", "Costa 500 euro.", "«500 euro»"),
        ("sheets/prova.yml", "Quanto si spende", "Costa {{ costo }}", "non si possono nominare cifre"),
        ("notices.yml", ", until: 2026-12-31", "", "un avviso deve avere l'ultimo giorno"),
        ("notices.yml", "entry: prova-costo", "entry: altro", "voce inesistente: altro"),
        ("notices.yml", "[prova/R1]", "[prova/R9]", "il fatto prova/R9 non esiste"),
        ("quizzes/prova.yml", "theme: prova", "theme: altro", "tema inesistente: altro"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_its_file(
    folder: Folder, file: str, old: str, new: str, sentence: str
) -> None:
    """A slip in a companion is an error with its file, in plain Italian."""
    folder.spoil(file, old, new)
    (problem,) = [p for p in folder.problems() if p.severity == "error" and p.file == file]
    assert sentence in problem.message


def test_a_quiz_with_a_wrong_position_is_refused(folder: Folder) -> None:
    text = (folder.faq / "quizzes/prova.yml").read_text(encoding="utf-8")
    folder.write("quizzes/prova.yml", text.replace("right: 2", "right: 4", 1))
    (problem,) = folder.problems()
    assert "right è più grande del numero di opzioni" in problem.message


def test_a_table_is_text_too(folder: Folder, texts: Catalogue) -> None:
    """Channels without tables read a line a cell; the web gets cells."""
    view = guide(folder, texts).table("tabella-costi")
    assert view is not None
    assert "Un anno\n  Costo: 6.206,64 euro" in view.text
    assert view.data["table"]["rows"][0] == ["Un anno", "6.206,64 euro"]
    assert view.data["sources"][0]["date"] == "9 febbraio 2026"


def test_what_belongs_to_an_answer_is_offered(folder: Folder, texts: Catalogue) -> None:
    kinds = [(kind, identity) for kind, identity, _ in guide(folder, texts).offers("prova-costo")]
    assert kinds == [("table", "tabella-costi"), ("sheet", "scheda-costi")]


def test_in_the_new_year_nothing_expired_is_current(folder: Folder, texts: Catalogue) -> None:
    """With a clock at 1 January 2027 a value carries its year, and a warning goes first."""
    now = guide(folder, texts, NEW_YEAR)
    table, sheet = now.table("tabella-costi"), now.sheet("scheda-costi")
    assert table is not None
    assert sheet is not None
    assert table.text.startswith(texts.say("stale"))
    assert table.data["table"]["rows"][0][1] == "6.206,64 euro (valore del 2026)"
    assert sheet.text.startswith(texts.say("stale"))


def test_a_notice_goes_by_itself(folder: Folder, texts: Catalogue) -> None:
    """It is there on its last day and gone on the next, also for an old button."""
    last_day, day_after = date(2026, 12, 31), NEW_YEAR
    assert guide(folder, texts, last_day).notices("prova") == [("avviso-costi", "Nuovi costi")]
    assert guide(folder, texts, day_after).notices("prova") == []
    assert guide(folder, texts, day_after).notice("avviso-costi") is None


def test_what_is_not_there_is_none(folder: Folder, texts: Catalogue) -> None:
    """A button can be older than the content: nothing raises."""
    now = guide(folder, texts)
    assert now.table("x") is None
    assert now.sheet("x") is None
    assert now.quiz("x", 1) is None
    assert now.quiz("quiz-costi", 9) is None
    assert now.ask("x", "y", None) is None
    assert now.result("x", {}) is None


def test_every_shipped_companion_can_be_shown(shipped: Knowledge, texts: Catalogue) -> None:
    """Today and on 1 January 2027, no table, sheet, quiz or notice fails to be written."""
    for today in (TODAY, NEW_YEAR):
        now = CuratedGuide(lambda: shipped, lambda day=today: day, texts)
        assert all(now.table(i) for i in shipped.tables)
        assert all(now.sheet(i) for i in shipped.sheets)
        for quiz in shipped.quizzes.values():
            assert all(now.quiz(quiz.id, n + 1) for n in range(len(quiz.questions)))
        assert all(now.notice_text(n) for n in now.current_notices())


def test_the_right_option_of_a_quiz_moves_about(shipped: Knowledge) -> None:
    """A citizen cannot guess by position."""
    for quiz in shipped.quizzes.values():
        assert len({question.right for question in quiz.questions}) > 1


def test_a_sheet_keeps_the_promise_of_its_title(shipped: Knowledge) -> None:
    """ "In 7 passi" means seven numbered steps."""
    promised = [
        (int(found.group(1)), sheet)
        for sheet in shipped.sheets.values()
        if (found := re.search(r"in (\d+) passi", sheet.title))
    ]
    assert len(promised) >= 3
    for number, sheet in promised:
        assert sum(part.step for part in sheet.parts) == number, sheet.id
