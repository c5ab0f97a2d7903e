"""Words that nobody has ever written here, read as the nearest word that somebody has.

Only for words of four letters or more that no question and no answer holds: one slip is forgiven,
two in a long word; a lost space between two known words is put back. Everything else stays.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bussola.text import without_accents

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_FEWEST, _LONG = 4, 8
_MOST_KEPT = 2_000
_MOST_UNKNOWN = 0.5


class Speller:
    """Knows the words of `texts`; the commoner of two equally near words wins."""

    def __init__(self, texts: list[str]) -> None:
        self._known = Counter(_plain(word) for text in texts for word in _WORD.findall(text))
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in self._known:
            if len(word) >= _FEWEST:
                self._by_length[len(word)].append(word)
        self._nearest = lru_cache(maxsize=_MOST_KEPT)(self._look_up)

    def corrected(self, text: str) -> str:
        """`text` with its unknown words read as known ones where that is plain.

        Where most words are unknown, it is another language or nothing at all, and stays.
        """
        words = [plain for word in _WORD.findall(text) if len(plain := _plain(word)) >= _FEWEST]
        if sum(word not in self._known for word in words) > _MOST_UNKNOWN * len(words):
            return text
        return _WORD.sub(lambda found: self._read(found[0]), text)

    def _read(self, word: str) -> str:
        plain = _plain(word)
        if len(plain) < _FEWEST or plain in self._known:
            return word
        return self._nearest(plain) or word

    def _look_up(self, word: str) -> str | None:
        slips = 2 if len(word) >= _LONG else 1
        near = [
            (slip, -self._known[other], other)
            for length in range(len(word) - slips, len(word) + slips + 1)
            for other, slip, _ in process.extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips,
                limit=5,
            )
        ]  # fmt: skip
        return min(near)[2] if near else self._split(word)

    def _split(self, word: str) -> str | None:
        """Two known words that lost the space between them, the commonest pair."""
        pairs = [
            (min(self._known[left], self._known[right]), f"{left} {right}")
            for at in range(2, len(word) - 2)
            if (left := word[:at]) in self._known and (right := word[at:]) in self._known
            and len(right) >= _FEWEST - 1
        ]  # fmt: skip
        return max(pairs)[1] if pairs else None


def _plain(word: str) -> str:
    return without_accents(word).lower()
