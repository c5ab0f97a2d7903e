"""Reads `data/faq`; every problem comes back with its file and line, in plain Italian."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bussola.knowledge.companions import (
    Calculator,
    NotCovered,
    Notice,
    Quiz,
    Sheet,
    Table,
    Topic,
)
from bussola.knowledge.entry import Entry, Signpost, Theme
from bussola.knowledge.figures import Figure

MAX_FILE_BYTES = 2_000_000
MAX_NODES = 50_000


class Problem(NamedTuple):
    """Something a curator should mend; `error` stops publication, `warning` does not."""

    file: str
    line: int
    severity: Literal["error", "warning"]
    message: str
    where: str = ""

    def __str__(self) -> str:
        kind = "ERRORE" if self.severity == "error" else "avviso"
        subject = f" [{self.where}]" if self.where else ""
        return f"{self.file}:{self.line}: {kind}{subject} {self.message}"


class Place(NamedTuple):
    """Where something is written: file (relative to the knowledge folder) and line."""

    file: str
    line: int


@dataclass
class Knowledge:
    """All that curators wrote, as read from one folder. Ids are unique over all files."""

    themes: dict[str, Theme] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    theme_of: dict[str, str] = field(default_factory=dict)
    signposts: dict[str, Signpost] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    quizzes: dict[str, Quiz] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    calculators: dict[str, Calculator] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    not_covered: dict[str, NotCovered] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    version: str = ""
    """First 12 hex digits of the SHA-256 of all files: travels with each answer."""


class KnowledgeError(ValueError):
    """The knowledge folder cannot be used; `problems` says why, line by line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


_PLAIN = {
    "missing": "manca il campo obbligatorio",
    "extra_forbidden": "campo sconosciuto (errore di battitura?)",
    "string_too_short": "il testo è troppo corto",
    "string_too_long": "il testo è troppo lungo (massimo {max_length} caratteri)",
    "string_pattern_mismatch": "formato non valido: usa lettere minuscole, numeri e trattini",
    "too_short": "servono almeno {min_length} elementi, qui sono {actual_length}",
    "list_type": "qui serve un elenco, una riga per elemento con un trattino davanti",
    "string_type": "qui serve un testo (mettilo tra virgolette se contiene due punti)",
    "date_from_datetime_parsing": "data non valida: scrivila come 2026-11-22",
    "date_parsing": "data non valida: scrivila come 2026-11-22",
    "date_type": "data non valida: scrivila come 2026-11-22",
    "literal_error": "valore non ammesso; sono ammessi: {expected}",
    "bool_parsing": "scrivi true oppure false",
}
_OUR_ERRORS = {
    "the link must start with https:// and name a site": "il collegamento deve iniziare con https",
    "the period ends before it begins": "la fine viene prima dell'inizio",
    "two values hold on the same day": "due valori valgono nello stesso giorno",
    "a value does not fit the unit": "un valore non va bene per questa unità (serve un numero?)",
    "a row has more or fewer cells than the head": "una riga ha più o meno caselle delle colonne",
    "the right option is not among the options": "right è più grande del numero di opzioni",
    "a notice needs its last day": "un avviso deve avere l'ultimo giorno (valid.until)",
    "a choice needs at least two values": "una scelta deve avere almeno due valori (choices)",
    "a number needs its lowest and highest value": "un numero deve avere min e max, in ordine",
}


def load(folder: Path) -> Knowledge:
    """Read the folder; raise KnowledgeError when anything is wrong."""
    knowledge, problems = read(folder)
    if problems:
        raise KnowledgeError(problems)
    return knowledge


def read(folder: Path) -> tuple[Knowledge, list[Problem]]:
    """Read the folder and collect every problem of form; never raises for bad content."""
    knowledge, problems = Knowledge(), list[Problem]()
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        name = path.relative_to(folder).as_posix()
        raw = path.read_bytes()
        digest.update(name.encode() + b"\0" + raw)
        document = _parse(raw, name, problems)
        if document is not None:
            _take(document, name, knowledge, problems)
    if not knowledge.themes:
        problems.append(Problem("themes.yml", 1, "error", "manca l'elenco dei temi"))
    knowledge.version = digest.hexdigest()[:12]
    return knowledge, problems


def _parse(raw: bytes, name: str, problems: list[Problem]) -> Any | None:
    """The document of a file, or None after saying what is wrong with its form."""
    line, document = 1, None
    try:
        document = _reader().load(raw.decode("utf-8")) if len(raw) <= MAX_FILE_BYTES else None
        message = _wrong_form(raw, document)
    except UnicodeDecodeError:
        message = "il file non è scritto in UTF-8"
    except RecursionError:
        message = "il file ha troppi livelli uno dentro l'altro"
    except (MarkedYAMLError, YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        message = "qui la scrittura YAML non è valida: controlla rientri"
    if message:
        problems.append(Problem(name, line, "error", message))
        return None
    return document


def _wrong_form(raw: bytes, document: Any) -> str:
    if len(raw) > MAX_FILE_BYTES:
        return "il file è troppo grande (massimo 2 MB)"
    if not isinstance(document, dict):
        return "il file è vuoto o non è un elenco di campi"
    if sum(1 for _ in _nodes(document)) > MAX_NODES:
        return "il file contiene troppi elementi"
    return ""


class _TextDates(RoundTripConstructor):
    """Dates stay text: pydantic reads them, and an impossible day keeps its line."""


_TextDates.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


def _reader() -> YAML:
    reader = YAML(typ="rt")
    reader.Constructor = _TextDates
    return reader


def _nodes(value: Any) -> Iterator[None]:
    """Walk lazily: the caller stops counting, so an alias bomb is never expanded in memory."""
    stack, count = [value], 0
    while stack and count <= MAX_NODES:
        item = stack.pop()
        count += 1
        yield None
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


_KINDS: dict[str, type[BaseModel]] = {
    "themes": Theme,
    "entries": Entry,
    "signposts": Signpost,
    "figures": Figure,
    "tables": Table,
    "sheets": Sheet,
    "quizzes": Quiz,
    "notices": Notice,
    "calculators": Calculator,
    "topics": Topic,
    "not_covered": NotCovered,
}
"""A top-level key of a file, which is also the field of `Knowledge` that takes its items."""


def _take(document: Any, name: str, knowledge: Knowledge, problems: list[Problem]) -> None:
    for key, items in document.items():
        if key not in _KINDS:
            line = _key_line(document, key)
            problems.append(Problem(name, line, "error", f"sezione sconosciuta: «{key}»"))
            continue
        model = _KINDS[key]
        if not isinstance(items, dict | list):
            line = _key_line(document, key)
            message = f"la sezione «{key}» deve essere un elenco, e qui è vuota o è un testo"
            problems.append(Problem(name, line, "error", message))
            continue
        for identity, raw, line in _items(items):
            value = _validated(model, raw, name, line, identity, problems)
            if value is not None:
                known_as = identity or value.id  # type: ignore[attr-defined]
                _add(knowledge, key, known_as, value, Place(name, line), problems)


def _key_line(mapping: Any, key: Any) -> int:
    """The line of a key; 1 when the reader kept none (a tagged section)."""
    try:
        return int(mapping.lc.key(key)[0]) + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _item_line(sequence: Any, position: int) -> int:
    """The line of an item; 1 when the reader kept none."""
    try:
        return int(sequence.lc.item(position)[0]) + 1
    except (AttributeError, KeyError, TypeError):
        return 1


def _items(items: Any) -> Iterator[tuple[str, Any, int]]:
    """Each item of a section with its id (when it is the key) and its line."""
    if isinstance(items, dict):
        for identity, raw in items.items():
            yield str(identity), raw, _key_line(items, identity)
    elif isinstance(items, list):
        for position, raw in enumerate(items):
            yield "", raw, _item_line(items, position)


def _validated(
    model: type[BaseModel], raw: Any, name: str, line: int, identity: str, problems: list[Problem]
) -> BaseModel | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        subject = identity or (str(raw.get("id", "")) if isinstance(raw, dict) else "")
        for item in error.errors():
            at = ".".join(str(step) for step in item["loc"])
            problems.append(
                Problem(name, _line_of(raw, item["loc"], line), "error",
                        f"{at}: {in_plain_words(dict(item))}", subject)
            )  # fmt: skip
        return None


def in_plain_words(error: dict[str, Any]) -> str:
    """A pydantic error as a curator reads it."""
    context = error.get("ctx") or {}
    if error["type"] == "value_error":
        return _OUR_ERRORS.get(str(context.get("error")), "valore non valido")
    template = _PLAIN.get(error["type"], "valore non valido")
    return template.format_map({k: str(v) for k, v in context.items()} | {"": ""})


def _line_of(raw: Any, location: tuple[int | str, ...], line: int) -> int:
    """The line of the field that `location` points at, or of the nearest parent."""
    for step in location:
        try:
            if isinstance(raw, dict):
                line = raw.lc.key(step)[0] + 1  # type: ignore[attr-defined]
            elif isinstance(raw, list):
                line = raw.lc.item(step)[0] + 1  # type: ignore[attr-defined]
            raw = raw[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def _add(
    knowledge: Knowledge, target: str, identity: str, value: Any, place: Place,
    problems: list[Problem],
) -> None:  # fmt: skip
    if identity in knowledge.places:
        first = knowledge.places[identity]
        problems.append(
            Problem(place.file, place.line, "error",
                    f"identificativo già usato in {first.file}:{first.line}", identity)
        )  # fmt: skip
        return
    getattr(knowledge, target)[identity] = value
    knowledge.places[identity] = place
    if target == "entries":
        knowledge.theme_of[identity] = Path(place.file).parts[0]
