"""Curated phrases, found in a text however it is spelt; what is found keeps its place.

The notation of curators, word by word:

- `le|ti|vi` is any of these words;
- `scemo/a/i/e` is a word whose last letter changes;
- `vergogn*` is a word with any ending;
- `(gia)` may be missing;
- `...` is up to three words of any kind, in the same sentence;
- `è` is the verb, also written `e'`; accents make no difference elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LOOK_ALIKES = str.maketrans("’‘`´ʼаеёіїорсухкмтвнαειοκνρτυχ", "'''''aeeiiopcyxkmtbhaeioknptux")
_MOST_IN_A_ROW = 2
"""No Italian word has three equal letters in a row: what is beyond two is only emphasis."""
_ACCENTS = {"\u0300", "\u0301"}

# What may stand for a letter in a word that hides; an asterisk may stand for any.
_DISGUISES = {
    "a": "4@", "b": "8", "e": "3€è", "g": "9", "i": "1!|", "l": "1|", "o": "0", "s": "5$",
    "t": "7+", "z": "2",
}  # fmt: skip
_INSIDE = r"[^\w\s]{0,2}"
_APART = r"[\W_]{1,3}"
_SHORTEST_APART = 4
"""Shorter words written one letter at a time are lists: a) b) c)."""

_JOIN = r"(?:\.\.|[^\w.!?\n]|_|\n(?!\s*\n))++"
_GAP = rf"(?:{_JOIN}[^\W_]+){{0,3}}"
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"


@dataclass(frozen=True)
class Folded:
    """A text as phrases are compared: lower case, no accents, Latin letters, no long runs.

    `origins[i]` is where the character `i` stood in the text, as [start, end) in code points.
    """

    text: str
    origins: tuple[tuple[int, int], ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text of a span that is not empty."""
        return self.origins[start][0], self.origins[end - 1][1]


def fold(text: str) -> Folded:
    """`text` ready for a search; a lonely `è` keeps its accent, because it is a verb."""
    letters: list[str] = []
    origins: list[tuple[int, int]] = []
    accented: list[int] = []
    for at, character in enumerate(text):
        for part in _parts(character):
            if unicodedata.combining(part) or letters[-_MOST_IN_A_ROW:] == [part] * _MOST_IN_A_ROW:
                if part in _ACCENTS and letters and letters[-1] == "e":
                    accented.append(len(letters) - 1)
                if letters:
                    origins[-1] = origins[-1][0], at + 1
            else:
                letters.append(part)
                origins.append((at, at + 1))
    for at in accented:
        if not any(neighbour.isalnum() for neighbour in letters[max(0, at - 1) : at + 2 : 2]):
            letters[at] = "è"
    return Folded("".join(letters), tuple(origins))


def _parts(character: str) -> Iterator[str]:
    """The plain characters that one stands for; none when it is invisible."""
    plain = unicodedata.normalize("NFKD", character.lower().translate(_LOOK_ALIKES))
    for part in plain.casefold().translate(_LOOK_ALIKES):
        if unicodedata.category(part) != "Cf":
            yield part


@dataclass(frozen=True)
class Phrase:
    """One line of a curator's list, compiled."""

    written: str
    pattern: re.Pattern[str]

    def spans(self, folded: Folded) -> Iterator[tuple[int, int]]:
        """Where it stands in the text, as [start, end) in code points."""
        for match in self.pattern.finditer(folded.text):
            found = match.group()
            # Numbers and rows of asterisks are no words, whatever they look like.
            if not found.startswith("*") and sum(c.isalpha() for c in found) >= 2:
                yield folded.origin(*match.span())


def spans(phrases: Iterable[Phrase], folded: Folded) -> list[tuple[int, int]]:
    """Where any of the phrases stands, in the order of the text; they may overlap."""
    found = {span for phrase in phrases for span in phrase.spans(folded)}
    return sorted(found, key=lambda span: (span[0], -span[1]))


def apart(found: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Of sorted spans that overlap, only the one that starts first."""
    last = 0
    for start, end in found:
        if start >= last:
            yield start, end
            last = end


def phrase(written: str, disguised: bool = False) -> Phrase:
    """Compile a curator's line; raises ValueError when it begins or ends with what may be missing.

    With `disguised`, words are found also with digits for letters (`1diota`), letters one by
    one (`i d i o t a`), punctuation or asterisks inside (`id.iota`, `idi*ta`), letters repeated.
    """
    tokens = written.replace("'", " ").replace("’", " ").replace("%", " ").split()
    made, glue = "", ""
    for token in tokens:
        if token == "...":  # noqa: S105  a gap, not a secret
            glue = _GAP + _JOIN
        elif token.startswith("("):
            made += f"{glue}(?:{_word(token.strip('()'), disguised)}{_JOIN})?"
            glue = ""
        else:
            made += glue + _word(token, disguised)
            glue = _JOIN
    if glue != _JOIN or tokens[0] == "...":
        raise ValueError(f"«{written}»: deve cominciare e finire con una parola")
    return Phrase(written, re.compile(_START + made + _END))


def _word(token: str, disguised: bool) -> str:
    """A token of the notation as a regular expression."""
    return f"(?:{'|'.join(_spelt(form, disguised) for form in _forms(token))})"


def _forms(token: str) -> list[str]:
    """`le|ti` and `scemo/a/i` as whole words."""
    forms: list[str] = []
    for alternative in token.split("|"):
        first, *endings = alternative.split("/")
        forms += [first, *(first[:-1] + ending for ending in endings)]
    if not all(form.strip("*") for form in forms):
        raise ValueError(f"«{token}»: manca una parola")
    return forms


def _spelt(word: str, disguised: bool) -> str:
    if word.endswith("*"):
        return f"(?:{_spelt(word[:-1], disguised)})[^\\W_]*"
    letters = fold(word).text
    if letters == "e":
        return "[eè]"
    if letters == "è":
        return "(?:è|e')"
    if not disguised:
        return re.escape(letters)
    classes = [f"[{c}{_DISGUISES[c]}]" if c in _DISGUISES else re.escape(c) for c in letters]
    together = _INSIDE.join(f"(?:{c}{{1,3}}|\\*)" for c in classes)
    if len(letters) < _SHORTEST_APART:
        return together
    return f"{together}|{_APART.join(classes)}"
