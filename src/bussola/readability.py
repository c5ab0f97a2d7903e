"""Gulpease: the readability index made for Italian (GULP, Università La Sapienza, 1988)."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*", re.UNICODE)
_SENTENCE_END = re.compile(r"[.!?;:]+(?=\s|$)")


def gulpease(text: str) -> float:
    """The index of `text`, 0 (hard) to 100 (easy); an empty text counts as 100.

    `89 + (300 * sentences - 10 * letters) / words`. Fifty is the floor for people
    who finished lower secondary school. A colon or a semicolon ends a clause that can
    be read alone, so it counts as a sentence end.
    """
    words = _WORD.findall(text)
    if not words:
        return 100.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    letters = sum(len(word) for word in words)
    return max(0.0, min(100.0, 89 + (300 * sentences - 10 * letters) / len(words)))
