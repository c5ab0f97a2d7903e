"""What may be wrong with a text that citizens read, whoever wrote it: entry, sheet or notice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from bussola.knowledge.entry import Review
from bussola.knowledge.figures import Figure, references, render
from bussola.readability import gulpease

Finding = tuple[Literal["error", "warning"], str]
MIN_GULPEASE = 50
_BARE_AMOUNT = re.compile(
    r"\d[\d.]*(?:,\d+)?\s?(?:euro|€|%|per cento)|(?:\beuro|€)\s?\d[\d.]*(?:,\d+)?", re.IGNORECASE
)
_BARE_DURATION = re.compile(
    r"\b\d[\d.,]*\s+(?:giorn[oi]|or[ae]\b(?! su 24)|mes[ei]\b|ann[oi]\b|settiman[ae])",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\besempi", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_INSTITUTIONS = (
    "inps.it", "inail.it", "normattiva.it", "gazzettaufficiale.it", "gov.it", "1522.eu",
    "interno.gov.it", "europa.eu", "cassacolf.it",
)  # fmt: skip
_PUBLISHABLE = {"A", "B"}
_CAUTION = re.compile(r"verific|controlla|chiedi|conferm", re.IGNORECASE)


def unknown_facts(cited: list[str], facts: dict[str, str]) -> list[Finding]:
    """Facts that no sheet of `docs/facts` holds."""
    return [
        ("error", f"il fatto {fact} non esiste in docs/facts")
        for fact in cited
        if fact not in facts
    ]


def foreign_sites(urls: Iterable[str | None]) -> list[Finding]:
    """Links that leave the institutions; None is a source without an address."""
    return [
        ("error", f"il sito non è istituzionale: {url}")
        for url in urls
        if url and not _institutional(url)
    ]


def _institutional(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return any(host == site or host.endswith("." + site) for site in _INSTITUTIONS)


def missing(what: str, names: Iterable[str], known: Iterable[str]) -> list[Finding]:
    """Names that nothing has."""
    there = set(known)
    return [("error", f"{what} inesistente: {name}") for name in names if name not in there]


def overdue(review: Review, today: date) -> list[Finding]:
    """A review that should have been made by now."""
    if review.next > today:
        return []
    return [("warning", f"revisione scaduta il {review.next:%d/%m/%Y}")]


def bare_amounts(texts: list[str]) -> list[Finding]:
    """Amounts, percentages and durations written in a text instead of named.

    The numbers of a sentence that says "esempio" are arithmetic: they may stand.
    """
    bare = [match.group() for text in texts if (match := _BARE_AMOUNT.search(text))]
    for text in texts:
        told = [s for s in _SENTENCE.split(text) if not _EXAMPLE.search(s)]
        bare += [match.group() for s in told if (match := _BARE_DURATION.search(s))]
    return [("error", f"cifra scritta nel testo: «{b}» va in figures.yml") for b in bare]


def careless(cited: list[str], texts: list[str], facts: dict[str, str]) -> list[Finding]:
    """A weak fact may be used only when the text says that it must be checked."""
    weak = [fact for fact in cited if facts.get(fact, "A") not in _PUBLISHABLE]
    if not weak or any(_CAUTION.search(text) for text in texts):
        return []
    return [("error", f"fatto da verificare ({', '.join(weak)}): la risposta deve dirlo")]


def unwritable(texts: list[str], figures: dict[str, Figure], today: date) -> list[Finding]:
    """Figures that are not defined, or have no value yet."""
    unknown = [name for name in references(*texts) if name not in figures]
    if unknown:
        return [("error", f"cifre non definite in figures.yml: {', '.join(unknown)}")]
    try:
        for text in texts:
            render(text, figures, today)
    except ValueError as error:
        return [("error", f"la cifra {error} non ha ancora un valore")]
    return []


def hard_to_read(text: str) -> list[Finding]:
    """Gulpease below the floor."""
    score = gulpease(text)
    if score >= MIN_GULPEASE:
        return []
    return [("error", f"leggibilità {score:.0f}, minimo {MIN_GULPEASE}: frasi più corte")]
