"""Plain text as a citizen types it: the few operations that several rooms need."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]+", re.UNICODE)


def one_line(text: str) -> str:
    """NFC, with every run of blanks as one space."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def without_accents(text: str) -> str:
    """``perché`` as ``perche``."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def folded(text: str) -> str:
    """A key to compare texts by: lower case, no accents, no punctuation."""
    return _NOT_WORD.sub(" ", without_accents(text).lower()).strip()
