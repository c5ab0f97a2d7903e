"""A worse-typed copy of a question, always the same one: what thumbs and correctors do to it."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import replace

from bussola.evaluating.gold import Gold
from bussola.text import without_accents

_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHORT = {"che": "ke", "non": "nn", "per": "x", "perché": "xke", "comunque": "cmq", "anche": "anke",
          "con": "cn", "sono": "sn", "quando": "qnd", "chi": "ki", "più": "+"}  # fmt: skip
_CORRECTED = {"badante": "badate", "colf": "golf", "riscatto": "riscatti", "laurea": "aurea",
              "libretto": "libretti", "contributi": "contributo", "ferie": "serie", "rate": "rete",
              "orario": "oratorio", "busta": "basta", "assunzione": "assunzioni"}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_SLIPS_A_LETTER = 0.025
_SHORTENED, _CORRECTED_SHARE, _SPACE_LOST = 0.6, 0.25, 0.02


def noised(gold: Gold) -> Gold:
    """The same question typed on a phone in a hurry."""
    seed = int(hashlib.sha256(gold.text.encode()).hexdigest()[:12], 16)
    return replace(gold, text=_typed(gold.text, random.Random(seed)))  # noqa: S311


def _typed(text: str, chance: random.Random) -> str:
    def word(found: re.Match[str]) -> str:
        said = found[0].lower()
        if said in _SHORT and chance.random() < _SHORTENED:
            return _SHORT[said]
        if said in _CORRECTED and chance.random() < _CORRECTED_SHARE:
            return _CORRECTED[said]
        return "".join(_slipped(letter, chance) for letter in said)

    typed = without_accents(_WORD.sub(word, text)).replace("'", "")
    typed = re.sub(r"[?!.,;:]+(?=\s|$)", "", typed)
    return "".join(c for c in typed if c != " " or chance.random() >= _SPACE_LOST)


def _slipped(letter: str, chance: random.Random) -> str:
    """Mostly the letter itself; else its neighbour on the keyboard, twice, or nothing."""
    if chance.random() >= _SLIPS_A_LETTER:
        return letter
    for row in _KEYS:
        place = row.find(letter)
        if place >= 0:
            near = row[max(0, place - 1) : place + 2].replace(letter, "")
            return str(chance.choice([*near, letter * 2, ""]))
    return letter
