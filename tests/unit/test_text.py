"""text.py: the few operations on plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.text import folded, one_line, without_accents


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Perché?", "perche"),
        ("  L'ULTIMA,  però! ", "l ultima pero"),
        ("città-stato", "citta stato"),
        ("12.500,00 €", "12 500 00"),
        ("…", ""),
        ("", ""),
    ],
)
def test_folded_is_a_key_to_compare_by(text: str, key: str) -> None:
    """Case, accents and punctuation do not count."""
    assert folded(text) == key


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """A key is its own key."""
    assert folded(folded(text)) == folded(text)


def test_accents_are_taken_off() -> None:
    """Accented letters, composed or not, lose their accent."""
    assert without_accents("è e\u0300 ñ ü") == "e e n u"


def test_one_line_joins_lines() -> None:
    """Every run of blanks is one space, and the ends are bare."""
    assert one_line(" a\n\n b\t\u00a0c ") == "a b c"


@given(st.text())
def test_one_line_has_no_line_break(text: str) -> None:
    """Whatever comes in, one line comes out."""
    assert len(one_line(text).splitlines()) <= 1
