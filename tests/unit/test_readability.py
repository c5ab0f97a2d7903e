"""readability.py: the Gulpease index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.readability import gulpease


def test_the_formula_is_gulpease() -> None:
    """89 + (300 sentences - 10 letters) / words: two sentences, ten words, fifty letters."""
    assert gulpease("Abcde abcde abcde abcde abcde. Abcde abcde abcde abcde abcde.") == 99.0


def test_one_long_sentence_is_harder() -> None:
    """The same words in one sentence are harder than in two."""
    short = "La domanda si presenta online. La risposta arriva dopo qualche mese di attesa."
    assert gulpease(short.replace(". La", " e la")) < gulpease(short)


@pytest.mark.parametrize("text", ["", "   ", "...", "—"])
def test_nothing_to_read_is_easy(text: str) -> None:
    """A text without words counts as 100."""
    assert gulpease(text) == 100.0


@pytest.mark.parametrize("text", ["Vale 12.500,00 euro", "Dal 3.5 in poi"])
def test_points_in_numbers_end_nothing(text: str) -> None:
    """A point inside a number is not the end of a sentence."""
    assert gulpease(text) == gulpease(text + ".")


@given(st.text())
def test_the_index_stays_in_its_range(text: str) -> None:
    """Whatever the text, the index is from 0 to 100."""
    assert 0 <= gulpease(text) <= 100
