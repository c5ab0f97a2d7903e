"""Reads what a person typed in a field: a number in words or digits, or one of the choices."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from num2words import num2words

from bussola.knowledge.companions import CalculatorField
from bussola.text import folded, without_accents

Value = float | str | None
"""A number, the value of a choice, or None for "I do not know" where that is an answer."""
_LARGEST_IN_WORDS = 1000
_NUMBER = re.compile(r"(?<![\d.,])-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d+(?:[.,]\d+)?")
_AND_CENTS = re.compile(r"(?<!tra )(?<!fra )\b(\d+) e (\d{2})(?!\d)")
_AND_A_HALF = re.compile(r"(\d+) e (?:mezz[oa]|½)")
_LETTERS = re.compile(r"[a-z]+")
_UNKNOWN = re.compile(
    r"(?:boh|mah|non (?:lo )?so|nn (?:lo )?so|non saprei|salta|non ricordo|nessuna idea)\b.*"
)


Problem = Literal[
    "not_a_number", "one_number", "not_whole", "too_small", "too_big", "not_a_choice", "needed"
]


class Unreadable(ValueError):
    """The answer does not fit the field; `problem` ends the key of a text, `calc_problem_...`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


def read_value(field: CalculatorField, text: str) -> Value:
    """The value of `text` for `field`. Raises Unreadable."""
    words = folded(text)
    if _UNKNOWN.fullmatch(words):
        if field.optional:
            return None
        raise Unreadable("needed")
    return _choice(field, words) if field.kind == "choice" else _number(field, text)


def _choice(field: CalculatorField, words: str) -> str:
    for choice in field.choices:
        if words in {folded(choice.label), *map(folded, choice.words)}:
            return choice.value
    said = set(words.split())
    fitting = [c for c in field.choices if said & {w for w in map(folded, c.words) if " " not in w}]
    if len(fitting) == 1:
        return fitting[0].value
    raise Unreadable("not_a_choice")


def _number(field: CalculatorField, text: str) -> float:
    number = one_number(text)
    if field.kind == "whole" and not number.is_integer():
        raise Unreadable("not_whole")
    if field.min is not None and number < field.min:
        raise Unreadable("too_small")
    if field.max is not None and number > field.max:
        raise Unreadable("too_big")
    return number


def one_number(text: str) -> float:
    """The one number in `text`, as Italians write it. Raises Unreadable."""
    plain = _AND_CENTS.sub(r"\1,\2", _AND_A_HALF.sub(r"\1,5", without_accents(text).lower()))
    found = [_as_float(match) for match in _NUMBER.findall(plain)]
    if not found:
        found = [_in_words()[word] for word in _LETTERS.findall(plain) if word in _in_words()]
    if not found:
        raise Unreadable("not_a_number")
    if len(found) > 1:
        raise Unreadable("one_number")
    return found[0]


def _as_float(written: str) -> float:
    """``1.500`` is fifteen hundred, ``8.50`` eight and a half."""
    if "," in written or re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+", written):
        written = written.replace(".", "").replace(",", ".")
    return float(written)


@cache
def _in_words() -> dict[str, float]:
    """Numbers from nought to a thousand as Italian words, without accents."""
    words = {
        without_accents(num2words(n, lang="it")): float(n) for n in range(_LARGEST_IN_WORDS + 1)
    }
    return words | {"nessuno": 0.0, "nessuna": 0.0, "niente": 0.0, "una": 1.0, "un": 1.0}
