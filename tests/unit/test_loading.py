"""knowledge/loading.py: each mistake of form gets an Italian sentence and the right line."""

from __future__ import annotations

from pathlib import Path

import pytest
from curated import ENTRIES, SHEET, Folder

from bussola.knowledge.loading import KnowledgeError, load, read

OUR_SITE = "      - {label: Sito dell'INPS, url: "


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_the_folder_is_sound(folder: Folder) -> None:
    """The folder that the tests spoil has nothing wrong."""
    assert folder.problems() == []
    knowledge = load(folder.faq)
    assert knowledge.theme_of == {"prova-costo": "prova"}
    assert knowledge.places["prova-costo"] == (SHEET, 2)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    details:", "    detials:", "detials: campo sconosciuto (errore di battitura?)"),
        ("    valid: {from: 2026-01-01,", "    valid: {form: 2026-01-01,", "campo sconosciuto"),
        ("on: 2026-11-01", "on: 22/11/2026", "data non valida: scrivila come 2026-11-22"),
        ("on: 2026-11-01", "on: domani", "data non valida"),
        (f'{OUR_SITE}"https:', f'{OUR_SITE}"http:', "il collegamento deve iniziare con https"),
        ("    steps: []", "    steps: uno", "qui serve un elenco, una riga per elemento"),
        ("    related: []", "    related: [Prova Costo]", "formato non valido: usa lettere minu"),
        ("    facts: [prova/R1]", "    facts: []", "servono almeno 1 elementi, qui sono 0"),
        ("    facts: [prova/R1]", "    facts: [R1]", "formato non valido"),
        ("    steps: []", "    escalate: forse", "scrivi true oppure false"),
        ("    question: Quanto costa?", "    question: 2026", "qui serve un testo"),
        ("    question: Quanto costa?", "    question: '?'", "il testo è troppo corto"),
        ("      - quanto pago\n", f"      - {'a' * 500}\n", "troppo lungo (massimo 400 caratteri)"),
    ],
)
def test_a_mistake_in_a_field_has_its_line(
    folder: Folder, old: str, new: str, sentence: str
) -> None:
    """A wrong field is named on its own line, in a sentence a curator understands."""
    line = folder.spoil(SHEET, old, new)
    problems = folder.problems()
    assert [(p.file, p.line, p.severity, p.where) for p in problems if sentence in p.message] == [
        (SHEET, line, "error", "prova-costo")
    ]


@pytest.mark.parametrize("field", ["question", "answer", "review", "facts"])
def test_a_missing_field_has_the_line_of_the_entry(folder: Folder, field: str) -> None:
    """A field that misses is said on the line where its entry begins."""
    (old,) = [
        line for line in ENTRIES.splitlines(keepends=True) if line.startswith(f"    {field}:")
    ]
    folder.spoil(SHEET, old, "")
    (problem,) = folder.problems()
    assert (problem.line, problem.message) == (2, f"{field}: manca il campo obbligatorio")


def test_too_few_variants_are_counted(folder: Folder) -> None:
    """Fewer than eight variants are refused, with how many there are."""
    line = folder.spoil(SHEET, "      - quanto pago\n", "") - 1
    (problem,) = folder.problems()
    assert problem.message == "variants: servono almeno 8 elementi, qui sono 7"
    assert problem.line == line


def test_an_unknown_value_names_the_known_ones(folder: Folder) -> None:
    """A value outside a list of words comes back with that list."""
    line = folder.spoil("figures.yml", "unit: EUR", "unit: dollari")
    (problem,) = [p for p in folder.problems() if p.file == "figures.yml"]
    assert problem.line == line
    assert "sono ammessi: 'EUR', 'percent'" in problem.message


def test_overlapping_values_have_a_sentence(folder: Folder) -> None:
    """Two values on one day are said in Italian, on the figure."""
    folder.spoil(
        "figures.yml", "    values:\n", "    values:\n      - {from: 2026-06-01, value: 1}\n"
    )
    (problem,) = [p for p in folder.problems() if p.file == "figures.yml"]
    assert (problem.line, problem.where) == (2, "costo")
    assert "due valori valgono nello stesso giorno" in problem.message


def test_a_duplicate_id_names_the_first(folder: Folder) -> None:
    """An id used twice, even in two files, is said on the second with the place of the first."""
    folder.write("prova/zeta.yml", "# un'altra scheda\n" + ENTRIES)
    (problem,) = [p for p in folder.problems() if "identificativo" in p.message]
    assert (problem.file, problem.line) == ("prova/zeta.yml", 3)
    assert problem.message == f"identificativo già usato in {SHEET}:2"


def test_an_unknown_section_has_its_line(folder: Folder) -> None:
    """A slip in the name of a section does not hide what is in it."""
    line = folder.spoil(SHEET, "entries:", "entires:")
    assert (SHEET, line, "sezione sconosciuta: «entires»") in [
        (p.file, p.line, p.message) for p in folder.problems()
    ]


@pytest.mark.parametrize(
    ("spoilt", "line"),
    [
        ("entries:\n  - id: x\n   question: y\n", 3),
        ("entries:\n  - question: Nota: due punti\n", 2),
        ("entries:\n  - id: a\n    id: b\n", 3),
        ("entries:\n\t- id: a\n", 2),
        ("entries: [1, 2\n", 2),
    ],
)
def test_broken_yaml_has_its_line(folder: Folder, spoilt: str, line: int) -> None:
    """Broken YAML, doubled keys and tabs included, is said on its line."""
    folder.write(SHEET, spoilt)
    (problem,) = folder.problems()
    assert (problem.file, problem.line) == (SHEET, line)
    assert problem.message == "qui la scrittura YAML non è valida: controlla rientri"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("entries: perché".encode("latin-1"), "il file non è scritto in UTF-8"),
        (b"# " + b"a" * 3_000_000, "il file è troppo grande (massimo 2 MB)"),
        (b"", "il file è vuoto o non è un elenco di campi"),
        (b"- solo\n- un elenco\n", "il file è vuoto o non è un elenco di campi"),
        (b"\x00\x01", "qui la scrittura YAML non è valida: controlla rientri"),
    ],
    ids=["not-utf8", "3-MB", "empty", "list", "binary"],
)
def test_a_file_that_is_none(folder: Folder, content: bytes, sentence: str) -> None:
    """A file that cannot be read as fields is said in one sentence."""
    folder.write(SHEET, content)
    (problem,) = folder.problems()
    assert (problem.file, problem.line, problem.message) == (SHEET, 1, sentence)


def bomb() -> str:
    """A few hundred bytes that would be millions of elements."""
    lines = ['a: &a ["x","x","x","x","x","x","x","x","x"]']
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]")
    return "\n".join(lines)


def test_a_yaml_bomb_is_refused(folder: Folder) -> None:
    """Aliases that would grow without end are counted, never expanded."""
    folder.write(SHEET, bomb())
    (problem,) = folder.problems()
    assert problem.message == "il file contiene troppi elementi"


def test_a_circle_of_aliases_ends(folder: Folder) -> None:
    """An element that contains itself is refused like any other unknown one."""
    folder.write(SHEET, "a: &a [*a, *a]\n")
    assert {problem.file for problem in folder.problems()} == {SHEET}


@pytest.mark.parametrize("value", ["!!python/object/apply:os.mkdir ['{}']", "!!python/name:os.{}"])
def test_yaml_runs_no_code(folder: Folder, tmp_path: Path, value: str) -> None:
    """A tag that would make a Python object makes none."""
    mark = tmp_path / "run"
    folder.spoil(SHEET, "    steps: []", f"    steps: {value.format(mark)}")
    folder.problems()
    assert not mark.exists()


def test_a_tagged_section_is_a_problem(folder: Folder) -> None:
    """A section with a tag is a problem of the file, not of the program."""
    folder.write(SHEET, "entries: !!python/object/apply:os.getcwd ['x']\n")
    assert {problem.file for problem in folder.problems()} == {SHEET}


def test_an_impossible_day_has_its_line(folder: Folder) -> None:
    """The 30th of February is said on its line."""
    line = folder.spoil(SHEET, "on: 2026-11-01", "on: 2026-02-30")
    (problem,) = folder.problems()
    assert (problem.file, problem.line) == (SHEET, line)


def test_deep_nesting_is_refused(folder: Folder) -> None:
    """Brackets without end are a problem of the file, not of the program."""
    folder.write(SHEET, "entries: " + "[" * 400 + "]" * 400)
    assert {problem.file for problem in folder.problems()} == {SHEET}


@pytest.mark.parametrize("content", ["entries: presto\n", "entries:\n"])
def test_a_section_without_items_is_said(folder: Folder, content: str) -> None:
    """A section that holds no list is a mistake, not an empty one."""
    folder.write(SHEET, content)
    assert [problem.file for problem in folder.problems()] == [SHEET]


def test_no_themes_is_an_error(folder: Folder) -> None:
    """A folder without themes is refused."""
    (folder.faq / "themes.yml").unlink()
    assert ("themes.yml", "manca l'elenco dei temi") in [
        (p.file, p.message) for p in folder.problems()
    ]


def test_one_mistake_does_not_hide_another(folder: Folder) -> None:
    """Mistakes in two files are both said, in file and line order."""
    folder.spoil(SHEET, "    details:", "    detials:")
    folder.spoil("signposts.yml", "    title: Altro\n", "")
    assert [problem.file for problem in folder.problems()] == [SHEET, "signposts.yml"]


def test_load_raises_with_every_problem(folder: Folder) -> None:
    """`load` refuses what `read` finds wrong, and its words name file and line."""
    line = folder.spoil(SHEET, "    details:", "    detials:")
    with pytest.raises(KnowledgeError, match=rf"{SHEET}:{line}: ERRORE \[prova-costo\] detials"):
        load(folder.faq)


def test_the_version_changes_with_the_words(folder: Folder) -> None:
    """The version is the same for the same files and another for other words."""
    before = read(folder.faq)[0].version
    assert read(folder.faq)[0].version == before
    folder.spoil(SHEET, "una volta sola", "due volte")
    assert read(folder.faq)[0].version != before
