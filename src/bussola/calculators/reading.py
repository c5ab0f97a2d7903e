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
_LARGEST_IN_WORDS, _MOST_THOUSANDS = 1000, 50
_NUMBER = re.compile(r"(?<![\d.,])-?\d{1,3}(?:\.\d{3})+(?:,\d+)?|-?\d+(?:[.,]\d+)?")
_AND_A_HALF = re.compile(r"(\d+)(?: ?½|(?: [a-z]+)? e mezz[oa]\b)")
_AND_CENTS = re.compile(r"(?<!tra )(?<!fra )\b(\d+)(?: ?(?:euro|€))? e (\d{2})(?!\d)")
_ABOUT_SO_MANY = re.compile(r"\b(?:\w+ina|paio|po|qualche|alcun[ei]|tant[ei]|poch[ei])\b")
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
        raise Unreadable(missing_problem(field))
    return _choice(field, words) if field.kind == "choice" else _number(field, text)


def missing_problem(field: CalculatorField) -> Problem:
    """What is wrong with no answer at all."""
    return "not_a_choice" if field.kind == "choice" else "needed"


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
    """The one number in `text`, as Italians write it. Raises Unreadable.

    "Una decina" is no number: the program must not make one of it.
    """
    plain = without_accents(text).lower().replace("'", " ")
    digits = _LETTERS.sub(lambda m: _in_words().get(m.group(), m.group()), plain)
    digits = _AND_CENTS.sub(r"\1,\2", _AND_A_HALF.sub(r"\1,5", digits))
    found = [_as_float(match) for match in _NUMBER.findall(digits)]
    if not found and re.search(r"\bun[ao]?\b", digits) and not _ABOUT_SO_MANY.search(digits):
        found = [1.5 if re.search(r"\be mezz[oa]\b", digits) else 1.0]
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
def _in_words() -> dict[str, str]:
    """Italian number words, without accents, to digits; "uno" is left to be an article."""
    numbers = [*range(_LARGEST_IN_WORDS + 1), *(n * 1000 for n in range(2, _MOST_THOUSANDS + 1))]
    words = {without_accents(num2words(n, lang="it")): str(n) for n in numbers if n != 1}
    return words | {"nessuno": "0", "nessuna": "0", "niente": "0"}
