"""Where a text raises its voice: capitals in a row or everywhere, and rows of exclamation marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Span = tuple[int, int]
WHOLE: Span = (0, 0)
"""The whole text and no place in it."""
MOST_CAPITALS = 0.4
FEWEST_LETTERS = 20
"""Below this the share of capitals says nothing."""
CAPITALS_IN_A_ROW = 3
MOST_EXCLAMATIONS = 2

_TOKEN = re.compile(r"[^\W_]+")
_EXCLAMATIONS = re.compile(r"!(?:[\s?]*!){2,}")
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_VOWEL = re.compile(r"[AEIOUÀÈÉÌÒÙ]")


def raised(text: str, acronyms: frozenset[str]) -> list[Span]:
    """The places, as [start, end) in code points, or WHOLE; `acronyms` are in capitals."""
    return [*_capitals(text, acronyms), *_exclamations(text)]


def _capitals(text: str, acronyms: frozenset[str]) -> list[Span]:
    """Runs of words in capitals, or the whole text when there is none but capitals prevail."""
    spoken = [token for token in _TOKEN.finditer(text) if _spoken(token.group(), acronyms)]
    letters = "".join(token.group() for token in spoken)
    prevail = len(letters) >= FEWEST_LETTERS and (
        sum(c.isupper() for c in letters) > MOST_CAPITALS * len(letters)
    )
    runs = [(run[0][0], run[-1][1]) for run in _runs(spoken) if len(run) >= CAPITALS_IN_A_ROW]
    return runs or ([WHOLE] if prevail else [])


def _runs(spoken: Iterable[re.Match[str]]) -> Iterator[list[Span]]:
    """Words in capitals in a row; a lonely letter counts only between two of them."""
    run: list[Span] = []
    lonely: list[Span] = []
    for token in spoken:
        if not token.group().isupper():
            yield run
            run, lonely = [], []
        elif len(token.group()) > 1:
            run += [*lonely, token.span()]
            lonely = []
        elif run:
            lonely.append(token.span())
    yield run


def _spoken(word: str, acronyms: frozenset[str]) -> bool:
    """Not so an acronym, which often has no vowel, a Roman number, or what holds digits."""
    if not word.isalpha() or word.upper() in acronyms:
        return False
    if len(word) == 1 or not word.isupper():
        return True
    return bool(_VOWEL.search(word)) and not _ROMAN.fullmatch(word)


def _exclamations(text: str) -> list[Span]:
    rows = [match.span() for match in _EXCLAMATIONS.finditer(text)]
    return rows or ([WHOLE] if text.count("!") > MOST_EXCLAMATIONS else [])
