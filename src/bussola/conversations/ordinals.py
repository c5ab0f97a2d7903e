"""Positions as citizens type them: "2", "b", "la seconda", "l'ultima"."""

from __future__ import annotations

from bussola.text import folded

_ORDINAL_WORDS = ("1 prima primo uno sopra", "2 seconda secondo due", "3 terza terzo tre",
                  "4 quarta quarto quattro")  # fmt: skip
_LETTERS = "abcd"
_ORDINALS: dict[str, int] = {
    word: position for position, words in enumerate(_ORDINAL_WORDS) for word in words.split()
}
_LAST = {"ultima", "ultimo", "sotto"}


def position_of(text: str, of: int) -> int | None:
    """The position, from 0, among `of` things in a row; None when the text names none of them."""
    words = folded(text).split()
    if len(words) == 1 and len(words[0]) == 1 and words[0] in _LETTERS:
        words = [str(_LETTERS.index(words[0]) + 1)]
    for word in words:
        if word in _LAST and of:
            return of - 1
        position = _ORDINALS.get(word)
        if position is not None and position < of:
            return position
    return None
