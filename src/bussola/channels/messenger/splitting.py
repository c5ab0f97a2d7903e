"""Text cut to what one Messenger message holds: never inside a link, never inside a character."""

from __future__ import annotations

from itertools import accumulate

import regex

TEXT_LIMIT = 1900
"""Units in one text. Meta says 2,000 and not of what: the margin pays for the doubt."""
_CLUSTER = regex.compile(r"\X")
_URL = regex.compile(r"https?://\S+")
_SENTENCE_END = ".!?…"
_CLOSING = "»”’\")]'"
_NO_BREAK = "\u00a0\u2007\u202f"
_HARD, _SPACE, _SENTENCE, _PARAGRAPH = range(4)
_ENOUGH = 3
"""A good place to cut is taken when it leaves at least one part in so many filled."""


def units(text: str) -> int:
    """UTF-16 code units: never fewer than the code points, so the stricter of the two."""
    return len(text) + sum(character > "\uffff" for character in text)


def shortened(text: str, most: int, whole_words: bool = False) -> str:
    """`text` within `most` units, with an ellipsis when something had to go."""
    if units(text) <= most:
        return text
    kept = ""
    for cluster in _CLUSTER.findall(text):
        if units(kept + cluster) > most - 1:
            break
        kept += cluster
    if whole_words and " " in kept and not text[len(kept)].isspace():
        kept = kept.rpartition(" ")[0]
    return f"{kept.rstrip()}…"


def parts(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """`text` in parts of at most `limit` units, in order, numbered "(1/3) " when there are more.

    Cut at ends of paragraphs, else of sentences or lines, else at spaces. Only blanks at the cuts
    go; a character or a link that is longer than a part is cut all the same.
    """
    if units(text) <= limit:
        return [text.strip()]
    digits = 1
    while len(found := _Cutter(text, limit - 2 * digits - len("(/) ")).pieces()) >= 10**digits:
        digits += 1
    return [f"({number}/{len(found)}) {piece}" for number, piece in enumerate(found, 1)]


class _Cutter:
    """Cuts one text: `atoms` are what is never cut, `ranks` how good a cut before each is."""

    def __init__(self, text: str, room: int) -> None:
        self.atoms = _atoms(text, room)
        self.ranks = [_rank(self.atoms, place) for place in range(len(self.atoms))]
        self.sizes = [0, *accumulate(map(units, self.atoms))]
        self.room = room

    def pieces(self) -> list[str]:
        found, start = [], self._after_blanks(0)
        while start < len(self.atoms):
            end = self._cut(start)
            found.append("".join(self.atoms[start:end]).rstrip())
            start = self._after_blanks(end)
        return found

    def _after_blanks(self, place: int) -> int:
        while place < len(self.atoms) and _blank(self.atoms[place]):
            place += 1
        return place

    def _size(self, start: int, end: int) -> int:
        return self.sizes[end] - self.sizes[start]

    def _cut(self, start: int) -> int:
        """Where the piece that begins at `start` ends."""
        end = start
        while end < len(self.atoms) and self._size(start, end + 1) <= self.room:
            end += 1
        if end == len(self.atoms):
            return end
        for rank in (_PARAGRAPH, _SENTENCE, _SPACE):
            for place in range(end, start, -1):
                filled = self._size(start, place) * _ENOUGH >= self.room
                if self.ranks[place] >= rank and (filled or rank == _SPACE):
                    return place
        return end


def _atoms(text: str, room: int) -> list[str]:
    """Characters as people see them, and whole links; pieces of those that exceed `room`."""
    inside: set[int] = set()
    for link in _URL.finditer(text):
        if units(link.group()) <= room:
            inside.update(range(link.start() + 1, link.end()))
    atoms: list[str] = []
    begun = 0
    for cluster in _CLUSTER.finditer(text):
        if cluster.end() in inside:
            continue
        atom, begun = text[begun : cluster.end()], cluster.end()
        atoms += [atom] if units(atom) <= room else list(atom)
    return atoms


def _blank(atom: str) -> bool:
    return atom.isspace() and atom not in _NO_BREAK


def _rank(atoms: list[str], place: int) -> int:
    """How good a cut before the atom at `place` is."""
    if not place or not _blank(atoms[place]) or _blank(atoms[place - 1]):
        return _HARD
    after = place
    while after < len(atoms) and _blank(atoms[after]):
        after += 1
    lines = "".join(atoms[place:after]).count("\n")
    if lines:
        return _PARAGRAPH if lines > 1 else _SENTENCE
    ended = (
        "".join(atoms[max(0, place - 3) : place]).rstrip(_CLOSING).endswith(tuple(_SENTENCE_END))
    )
    # "n. 14" and "art. 2" end no sentence.
    begins = after < len(atoms) and not (atoms[after][0].islower() or atoms[after][0].isdigit())
    return _SENTENCE if ended and begins else _SPACE
