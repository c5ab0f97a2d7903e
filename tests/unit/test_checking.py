"""knowledge/checking.py: what the form of a file cannot show; and the shipped knowledge."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from curated import ENTRIES, SHEET, TODAY, Folder

from bussola.knowledge.checking import Shelf, check
from bussola.knowledge.loading import Knowledge

HARD = (
    "La determinazione amministrativamente competente presuppone preliminarmente "
    "l'individuazione dell'inquadramento previdenziale conseguentemente applicabile."
)
ANSWER = "    answer: Costa {{ costo }}. Paghi una volta sola.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("{{ costo }}", "{{ prezzo }}", "cifre non definite in figures.yml: prezzo"),
        ("una volta sola", "500 euro", "cifra scritta nel testo: «500 euro» va in figures.yml"),
        ("una volta sola", "il 33%", "cifra scritta nel testo: «33%»"),
        ("una volta sola", "12,5 per cento", "cifra scritta nel testo: «12,5 per cento»"),
        ("non cambia", "è di 1.000 €, non cambia", "cifra scritta nel testo: «1.000 €»"),
        ("    steps: []", "    steps: [Paga 20 euro]", "cifra scritta nel testo: «20 euro»"),
        ("una volta sola", "poco. " * 110, "la risposta ha 6"),
        ("una volta sola", HARD, "minimo 50: frasi più corte"),
        ("    facts: [prova/R1]", "    facts: [prova/R9]", "il fatto prova/R9 non esiste"),
        ("    facts: [prova/R1]", "    facts: [prova/R2]", "fatto da verificare (prova/R2)"),
        ("    related: []", "    related: [non-esiste]", "voce collegata inesistente: non-esiste"),
        (
            'INPS, url: "https://www.inps.it/"', 'INPS, url: "https://inps.it.example.com/"',
            "il sito non è istituzionale: https://inps.it.example.com/",
        ),
        (
            '2026, url: "https://www.inps.it/"', '2026, url: "https://notinps.it/"',
            "il sito non è istituzionale: https://notinps.it/",
        ),
    ],
)  # fmt: skip
def test_a_mistake_of_content_is_said(folder: Folder, old: str, new: str, sentence: str) -> None:
    """Each mistake of content is one error, on the line where its entry begins."""
    folder.spoil(SHEET, old, new)
    (problem,) = folder.problems()
    assert sentence in problem.message
    assert (problem.file, problem.line, problem.severity) == (SHEET, 2, "error")


@pytest.mark.parametrize("amount", ["€ 500", "euro 500,00", "€500"])
def test_an_amount_after_its_unit_is_said(folder: Folder, amount: str) -> None:
    """An amount written after its unit is a bare amount too."""
    folder.spoil(SHEET, "una volta sola", amount)
    assert any("cifra scritta nel testo" in p.message for p in folder.problems())


def test_a_weak_fact_with_caution_passes(folder: Folder) -> None:
    """An answer on a fact to be verified passes when it says so."""
    folder.spoil(SHEET, "    facts: [prova/R1]", "    facts: [prova/R2]")
    folder.spoil(SHEET, "una volta sola", "una volta sola, ma verifica con l'INPS")
    assert folder.problems() == []


def test_a_figure_of_the_future_is_said(folder: Folder) -> None:
    """An answer with a figure that has no value yet cannot be published."""
    folder.spoil("figures.yml", "from: 2026-01-01, until: 2026-12-31", "from: 2030-01-01")
    errors = [p.message for p in folder.problems() if p.severity == "error"]
    assert errors == ["la cifra costo non ha ancora un valore"]


def test_a_figure_of_the_future_in_the_details_is_said(folder: Folder) -> None:
    """Details with a figure that has no value yet cannot be published either."""
    folder.spoil("figures.yml", "from: 2026-01-01, until: 2026-12-31", "from: 2030-01-01")
    folder.spoil(SHEET, "Costa {{ costo }}.", "Costa poco.")
    folder.spoil(SHEET, "    details: Il costo", "    details: Il costo {{ costo }}")
    assert [p for p in folder.problems() if p.severity == "error"] != []


def test_a_signpost_names_no_figure(folder: Folder) -> None:
    """A signpost's text is not rendered, so it may name no figure."""
    folder.spoil("signposts.yml", "non parlo.", "costa {{ costo }}.")
    assert folder.problems() != []


def test_a_repeated_question_is_said(folder: Folder) -> None:
    """The same question under two entries is an error that names the first."""
    second = ENTRIES.replace("prova-costo", "prova-zeta").replace("Quanto costa?", "E allora?")
    for number, line in enumerate(second.splitlines()):
        if line.startswith("      - ") and "{" not in line and "qual è" not in line:
            second = second.replace(line, f"      - domanda numero {number} {chr(97 + number) * 9}")
    folder.write("prova/zeta.yml", second.replace("qual è la cifra", "Qual e' la CIFRA?"))
    (problem,) = [p for p in folder.problems() if "è già una domanda" in p.message]
    assert problem.where == "prova-zeta"
    assert problem.message.endswith("è già una domanda di prova-costo")


def test_a_question_of_a_signpost_counts_too(folder: Folder) -> None:
    """A question that is an example of a signpost cannot also be a variant."""
    folder.spoil("signposts.yml", "che ore sono", "quanto pago")
    assert any("«quanto pago» è già una domanda" in p.message for p in folder.problems())


def test_nearly_the_same_question_is_a_warning(folder: Folder) -> None:
    """A question that differs by a letter from another entry's is a warning."""
    folder.spoil("signposts.yml", "che ore sono", "tariffa di ogg")
    (problem,) = folder.problems()
    assert problem.severity == "warning"
    assert "è quasi uguale a «tariffa di oggi» di" in problem.message


def test_an_entry_outside_a_theme_is_said(folder: Folder) -> None:
    """A folder that no theme names is an error."""
    (folder.faq / SHEET).unlink()
    folder.write("altro/costo.yml", ENTRIES)
    (problem,) = folder.problems()
    assert problem.message == "la cartella «altro» non è un tema di themes.yml"


def test_a_signpost_links_institutions_only(folder: Folder) -> None:
    """A signpost's link to a site that is not institutional is an error."""
    folder.spoil("signposts.yml", "links: []", 'links: [{label: Blog, url: "https://blog.it/"}]')
    (problem,) = folder.problems()
    assert problem.message == "il sito non è istituzionale: https://blog.it/"


def test_the_new_year_brings_warnings_not_errors(folder: Folder) -> None:
    """On 1 January 2027 what expired is a warning: the site goes on, the curator knows."""
    problems = folder.problems(date(2027, 2, 1))
    assert {p.severity for p in problems} == {"warning"}
    assert {p.message for p in problems} == {
        "nessun valore valido oggi: la cifra è scaduta",
        "revisione scaduta il 31/01/2027",
        "la voce non è valida oggi",
    }


# Topics and facts.


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("topics.yml", "prova/1", "prova/9", "prova/9 non è un argomento né un fatto"),
        ("topics.yml", "prova-costo", "prova-altro", "prova/1: voce inesistente: prova-altro"),
        ("not-covered.yml", "prova/2", "prova/R1", "argomento senza voce e senza motivo: prova/2"),
        ("not-covered.yml", "prova/2", "prova/1", "identificativo già usato in"),
        ("not-covered.yml", "prova/R4", "prova/R9", "prova/R9 non è un argomento né un fatto"),
    ],
)
def test_the_list_of_topics_is_kept_honest(
    folder: Folder, file: str, old: str, new: str, sentence: str
) -> None:
    """Every topic of the sheets is answered or excused, once; nothing else is."""
    folder.spoil(file, old, new)
    assert any(sentence in p.message and p.severity == "error" for p in folder.problems())


def test_a_fact_that_nothing_uses_is_listed(folder: Folder) -> None:
    """An unused fact is a warning, with its grade."""
    folder.spoil("not-covered.yml", "  - {id: prova/R3, why: Gradi diversi.}\n", "")
    (problem,) = folder.problems()
    assert problem.severity == "warning"
    assert "prova/R3 (grado N)" in problem.message


def test_a_variant_that_repeats_a_test_question_is_said(folder: Folder, tmp_path: Path) -> None:
    """Nearly the same words count, and the test question itself is not shown."""
    questions = tmp_path / "test.jsonl"
    questions.write_text('{"text": "Ma qual è la cifra?"}\n', encoding="utf-8")
    (problem,) = check(Shelf(folder.faq, folder.facts, questions), TODAY)
    assert "«qual è la cifra» ripete una domanda della prova" in problem.message
    assert "Ma qual" not in problem.message


# The knowledge as shipped.


def shelf(root: Path) -> Shelf:
    return Shelf(root / "data" / "faq", root / "docs" / "facts", root / "evaluation" / "test.jsonl")


def test_the_shipped_knowledge_has_no_errors(root: Path) -> None:
    """data/faq passes its own check on the day of the release."""
    problems = check(shelf(root), date(2026, 11, 22))
    assert [str(p) for p in problems if p.severity == "error"] == []


def test_the_shipped_knowledge_lives_into_next_year(root: Path) -> None:
    """On 1 January 2027 nothing becomes an error by itself."""
    problems = check(shelf(root), date(2027, 1, 1))
    assert [str(p) for p in problems if p.severity == "error"] == []


def test_the_shipped_knowledge_is_clean(root: Path) -> None:
    """Nor does it warn of anything on the day of the release."""
    assert [str(p) for p in check(shelf(root), date(2026, 11, 22))] == []


LEAST_ENTRIES = {"riscatto_laurea": 60, "buoni_lavoro": 60, "lavoro_domestico": 75, "canali": 25}


def test_the_shipped_knowledge_is_broad_enough(shipped: Knowledge) -> None:
    """Entries by theme, 12 variants each, 30 matters that are answered elsewhere."""
    counts = Counter(shipped.theme_of.values())
    assert {t: counts[t] for t, least in LEAST_ENTRIES.items() if counts[t] < least} == {}
    assert [e.id for e in shipped.entries.values() if len(e.variants) < 12] == []
    assert sum(post.kind == "elsewhere" for post in shipped.signposts.values()) >= 30


@pytest.mark.parametrize("theme", ["riscatto_laurea", "buoni_lavoro", "lavoro_domestico"])
def test_each_theme_has_its_guides(shipped: Knowledge, theme: str) -> None:
    """Five sheets, a quiz of eight questions, a notice, a table and a calculator."""
    assert sum(sheet.theme == theme for sheet in shipped.sheets.values()) >= 5
    assert [len(q.questions) >= 8 for q in shipped.quizzes.values() if q.theme == theme] == [True]
    assert any(notice.theme == theme for notice in shipped.notices.values())
    assert any(shipped.theme_of[t.entries[0]] == theme for t in shipped.tables.values())
    assert any(calculator.theme == theme for calculator in shipped.calculators.values())
