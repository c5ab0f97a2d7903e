"""Entries, signposts and figures as rows of text, and rows as what the models read.

Every cell is text. A thing with many parts (an entry's variants, a figure's values) has a sheet of
its own, with the owner's id in the first column; rows keep their order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from bussola.knowledge.entry import Entry, Signpost
from bussola.knowledge.figures import Figure
from bussola.knowledge.loading import Knowledge

Row = dict[str, str]
Book = dict[str, list[Row]]
Raw = dict[str, Any]
Items = dict[str, dict[str, tuple[str, Raw]]]
"""By section (`entries`, `signposts`, `figures`): id -> (file, what the model reads)."""
_YES, _NO = "sì", "no"
_ITALIAN_NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")

COLUMNS: dict[str, tuple[str, ...]] = {
    "voci": (
        "id", "file", "domanda", "risposta", "dettagli", "passi", "collegate", "fatti",
        "vale dal", "vale fino al", "controllata il", "se ne occupa", "prossima revisione",
        "chiedi prima", "passa all'esperto",
    ),
    "varianti": ("voce", "variante"),
    "collegamenti": ("di", "etichetta", "indirizzo"),
    "fonti": ("voce", "titolo", "data", "indirizzo"),
    "traduzioni": (
        "voce", "lingua", "stato", "domanda", "risposta", "dettagli", "passi", "varianti",
    ),
    "cartelli": ("id", "file", "tipo", "titolo", "testo", "fatti", "tecnico"),
    "esempi": ("cartello", "esempio"),
    "cifre": (
        "nome", "file", "etichetta", "unità", "fonte", "data della fonte",
        "indirizzo della fonte", "fatti", "grado",
    ),
    "valori": ("cifra", "vale dal", "vale fino al", "valore"),
}  # fmt: skip
"""Sheets and their columns, in order; the names are what curators read."""


def as_rows(knowledge: Knowledge) -> Book:
    """All entries, signposts and figures. Figures' values are written with a point."""
    book: Book = {name: [] for name in COLUMNS}
    for entry in knowledge.entries.values():
        _entry_rows(entry, knowledge.places[entry.id].file, book)
    for post in knowledge.signposts.values():
        _signpost_rows(post, knowledge.places[post.id].file, book)
    for name, figure in knowledge.figures.items():
        _figure_rows(name, figure, knowledge.places[name].file, book)
    return book


def _add(book: Book, sheet: str, *cells: object) -> None:
    texts = ("" if cell is None else str(cell) for cell in cells)
    book[sheet].append(dict(zip(COLUMNS[sheet], texts, strict=True)))


def _entry_rows(entry: Entry, file: str, book: Book) -> None:
    _add(
        book, "voci", entry.id, file, entry.question, entry.answer, entry.details,
        "\n".join(entry.steps), ", ".join(entry.related), ", ".join(entry.facts),
        entry.valid.from_, entry.valid.until, entry.review.on, entry.review.owner,
        entry.review.next, entry.ask_first, _YES if entry.escalate else _NO,
    )  # fmt: skip
    for variant in entry.variants:
        _add(book, "varianti", entry.id, variant)
    for link in entry.links:
        _add(book, "collegamenti", entry.id, link.label, link.url)
    for source in entry.sources:
        _add(book, "fonti", entry.id, source.title, source.date, source.url)
    for language, words in entry.translations.items():
        _add(
            book, "traduzioni", entry.id, language, words.status, words.question, words.answer,
            words.details, "\n".join(words.steps), "\n".join(words.variants),
        )  # fmt: skip


def _signpost_rows(post: Signpost, file: str, book: Book) -> None:
    technical = _YES if post.technical else _NO
    facts = ", ".join(post.facts)
    _add(book, "cartelli", post.id, file, post.kind, post.title, post.text, facts, technical)
    for example in post.examples:
        _add(book, "esempi", post.id, example)
    for link in post.links:
        _add(book, "collegamenti", post.id, link.label, link.url)


def _figure_rows(name: str, figure: Figure, file: str, book: Book) -> None:
    source = figure.source
    _add(
        book, "cifre", name, file, figure.label, figure.unit, source.title, source.date,
        source.url, ", ".join(figure.facts), figure.confidence,
    )  # fmt: skip
    for value in figure.values:
        _add(book, "valori", name, value.from_, value.until, value.value)


def as_items(book: Book) -> Items:
    """What the rows say, for the models to validate."""
    parts = {name: _by_owner(book.get(name, [])) for name in COLUMNS}
    return {
        "entries": {
            row["id"]: (row["file"], _entry(row, parts)) for row in _named(book, "voci", "id")
        },
        "signposts": {
            row["id"]: (row["file"], _signpost(row, parts))
            for row in _named(book, "cartelli", "id")
        },
        "figures": {
            row["nome"]: (row["file"], _figure(row, parts)) for row in _named(book, "cifre", "nome")
        },
    }


OWNERS = {"varianti": ("voci",), "fonti": ("voci",), "traduzioni": ("voci",),
          "collegamenti": ("voci", "cartelli"), "esempi": ("cartelli",), "valori": ("cifre",)}  # fmt: skip
"""Sheets whose rows belong to a row of another sheet, named in their first column."""


def misfits(book: Book) -> list[str]:
    """Rows that belong to nobody, and ids or languages that stand twice, in plain Italian."""
    found: list[str] = []
    ids = {sheet: [_first(row) for row in book.get(sheet, [])] for sheet in COLUMNS}
    for sheet in ("voci", "cartelli", "cifre"):
        doubled = [identity for identity, n in Counter(ids[sheet]).items() if n > 1]
        found += [
            f"foglio «{sheet}»: {identity or 'riga senza nome'} è due volte" for identity in doubled
        ]
    for sheet, owners in OWNERS.items():
        known = {identity for owner in owners for identity in ids[owner]}
        unknown = dict.fromkeys(i for i in ids[sheet] if i not in known)
        found += [
            f"foglio «{sheet}»: «{identity}» non è in {' né in '.join(owners)}"
            for identity in unknown
        ]
    languages = Counter((row["voce"], row["lingua"]) for row in book.get("traduzioni", []))
    found += [
        f"{entry}: lingua {language} due volte"
        for (entry, language), n in languages.items()
        if n > 1
    ]
    return found


def completed(book: Book, now: Book) -> Book:
    """`book` with the sheets it lacks taken from `now`: what is not there is not touched."""
    return {name: book.get(name, now[name]) for name in COLUMNS}


def _first(row: Row) -> str:
    return next(iter(row.values()), "")


def _named(book: Book, sheet: str, key: str) -> Iterable[Row]:
    return (row for row in book.get(sheet, []) if row[key])


def _by_owner(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows of a sheet by their first column."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[_first(row)].append(row)
    return found


def _listed(cell: str, separator: str = ",") -> list[str]:
    return [part.strip() for part in cell.split(separator) if part.strip()]


def _links(rows: list[Row]) -> list[Raw]:
    return [{"label": row["etichetta"], "url": row["indirizzo"]} for row in rows]


def _period(row: Row) -> Raw:
    return _without_blanks({"from": row["vale dal"], "until": row["vale fino al"]})


def _without_blanks(raw: Raw) -> Raw:
    return {key: value for key, value in raw.items() if value not in ("", None)}


def _entry(row: Row, parts: dict[str, dict[str, list[Row]]]) -> Raw:
    mine = {name: rows.get(row["id"], []) for name, rows in parts.items()}
    return {
        "id": row["id"],
        "question": row["domanda"],
        "variants": [item["variante"] for item in mine["varianti"]],
        "answer": row["risposta"],
        "details": row["dettagli"] or None,
        "steps": _listed(row["passi"], "\n"),
        "links": _links(mine["collegamenti"]),
        "sources": [
            _without_blanks(
                {"title": item["titolo"], "date": item["data"], "url": item["indirizzo"]}
            )
            for item in mine["fonti"]
        ],
        "facts": _listed(row["fatti"]),
        "valid": _period(row),
        "review": {
            "on": row["controllata il"],
            "owner": row["se ne occupa"],
            "next": row["prossima revisione"],
        },
        "related": _listed(row["collegate"]),
        "ask_first": row["chiedi prima"] or None,
        "escalate": _yes(row["passa all'esperto"]),
        "translations": {item["lingua"]: _translation(item) for item in mine["traduzioni"]},
    }


def _translation(row: Row) -> Raw:
    words = {
        "question": row["domanda"],
        "answer": row["risposta"],
        "details": row["dettagli"],
        "steps": _listed(row["passi"], "\n"),
        "variants": _listed(row["varianti"], "\n"),
        "status": row["stato"],
    }
    return {key: value for key, value in words.items() if value not in ("", [])}


def _yes(cell: str) -> bool | str:
    """True or False; anything else is left to be refused with its place."""
    word = cell.strip().lower()
    if word in {_YES, "si", "true", "x"}:
        return True
    return False if word in {_NO, "", "false"} else cell


def _signpost(row: Row, parts: dict[str, dict[str, list[Row]]]) -> Raw:
    return {
        "id": row["id"],
        "kind": row["tipo"],
        "title": row["titolo"],
        "examples": [item["esempio"] for item in parts["esempi"].get(row["id"], [])],
        "text": row["testo"],
        "links": _links(parts["collegamenti"].get(row["id"], [])),
        "facts": _listed(row["fatti"]),
        "technical": _yes(row["tecnico"]),
    }


def _figure(row: Row, parts: dict[str, dict[str, list[Row]]]) -> Raw:
    source = {
        "title": row["fonte"],
        "url": row["indirizzo della fonte"],
        "date": row["data della fonte"],
    }
    return {
        "label": row["etichetta"],
        "unit": row["unità"],
        "source": _without_blanks(source),
        "facts": _listed(row["fatti"]),
        "confidence": row["grado"],
        "values": [
            {**_period(item), "value": _value(item["valore"], row["unità"])}
            for item in parts["valori"].get(row["nome"], [])
        ],
    }


def _value(cell: str, unit: str) -> str | float:
    """A number for units that are numbers; what is no plain number is left to be refused.

    "1.500" may be fifteen hundred or one and a half: the model refuses it as text.
    """
    if unit in {"text", "date"}:
        return cell
    if _ITALIAN_NUMBER.fullmatch(cell):
        return float(cell.replace(".", "").replace(",", "."))
    if _PLAIN_NUMBER.fullmatch(cell) and not _AMBIGUOUS.fullmatch(cell):
        return float(cell)
    return f"«{cell}»"
