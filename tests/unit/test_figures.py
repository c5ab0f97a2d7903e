"""knowledge/figures.py: amounts and dates that change, each with its period."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bussola.knowledge.figures import (
    Figure,
    italian_date,
    italian_number,
    references,
    render,
)
from bussola.knowledge.loading import Knowledge

SOURCE = {"title": "Circolare INPS n. 14/2026", "date": date(2026, 2, 9)}
IN_2026 = date(2026, 11, 22)
NEW_YEAR = date(2027, 1, 1)


def figure(unit: str, *values: dict[str, Any]) -> Figure:
    """A figure of that unit with those values."""
    return Figure.model_validate(
        {"label": "Prova", "unit": unit, "source": SOURCE, "facts": ["prova/R1"],
         "confidence": "A", "values": list(values)}
    )  # fmt: skip


def of_year(year: int, value: float | str | date) -> dict[str, Any]:
    """A value for one whole year."""
    return {"from": date(year, 1, 1), "until": date(year, 12, 31), "value": value}


COST = figure("EUR", of_year(2025, 6123.15), of_year(2026, 6206.64))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (6206.64, "6.206,64"), (1000, "1.000"), (0, "0"), (33.0, "33"), (0.5, "0,50"),
        (1234567.891, "1.234.567,89"), (-12.3, "-12,30"), (999.999, "1.000,00"),
    ],
)  # fmt: skip
def test_numbers_are_italian(value: float, written: str) -> None:
    """Points for thousands, a comma and two digits for the rest."""
    assert italian_number(value) == written


@given(st.integers(-(10**12), 10**12))
def test_italian_numbers_read_back(value: int) -> None:
    """A whole number is read back from its Italian form."""
    assert int(italian_number(value).replace(".", "")) == value


@pytest.mark.parametrize(
    ("day", "written"),
    [(date(2026, 2, 9), "9 febbraio 2026"), (date(2027, 1, 1), "1º gennaio 2027")],
)
def test_dates_are_italian(day: date, written: str) -> None:
    """Days are written out; the first of a month is 1º."""
    assert italian_date(day) == written


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        ("EUR", 6206.64, "6.206,64 euro"), ("percent", 33, "33%"), ("hours", 1, "1 ora"),
        ("hours", 40, "40 ore"), ("months", 6, "6 mesi"), ("years", 1, "1 anno"),
        ("number", 120, "120"), ("text", "tre rate", "tre rate"),
        ("date", date(2026, 12, 31), "31 dicembre 2026"),
    ],
)  # fmt: skip
def test_units_are_written(unit: str, value: float | str | date, written: str) -> None:
    """Each unit has its own way to be written."""
    own = figure(unit, of_year(2026, value))
    assert own.written(own.values[0]) == written


def test_a_figure_takes_its_place() -> None:
    """A named figure is replaced by its value of the day, and its year by the year."""
    text = "Nel {{ costo.anno }} costa {{costo}} l'anno."
    rendered = render(text, {"costo": COST}, IN_2026)
    assert rendered.text == "Nel 2026 costa 6.206,64 euro l'anno."
    assert rendered.stale == ()


def test_each_year_has_its_value() -> None:
    """On another day the value of that day is used."""
    assert render("{{ costo }}", {"costo": COST}, date(2025, 6, 1)).text == "6.123,15 euro"


def test_both_ends_are_included() -> None:
    """A value holds on its first and on its last day."""
    first, last = COST.on(date(2026, 1, 1)), COST.on(date(2026, 12, 31))
    assert first is not None
    assert first is last


def test_an_expired_figure_is_said_as_of_its_year() -> None:
    """On 1 January 2027 a value of 2026 is given with its year, and named as stale."""
    rendered = render("Nel {{ costo.anno }}: {{ costo }}", {"costo": COST}, NEW_YEAR)
    assert rendered.text == "Nel 2026: 6.206,64 euro (valore del 2026)"
    assert rendered.stale == ("costo",)


def test_an_open_value_does_not_expire() -> None:
    """A value without an end holds for ever."""
    rate = figure("percent", {"from": date(2019, 1, 1), "value": 33})
    assert render("{{ a }}", {"a": rate}, date(2040, 1, 1)).stale == ()


def test_a_figure_of_the_future_cannot_be_said() -> None:
    """A figure with no value yet is an error, never an invented number."""
    later = figure("EUR", of_year(2030, 1))
    with pytest.raises(ValueError, match="dopo"):
        render("{{ dopo }}", {"dopo": later}, IN_2026)


def test_an_undefined_figure_is_an_error() -> None:
    """A name nobody defined is an error."""
    with pytest.raises(KeyError):
        render("{{ altro }}", {}, IN_2026)


@pytest.mark.parametrize(
    "values",
    [
        (of_year(2026, 1), of_year(2026, 2)),
        (of_year(2026, 1), {"from": date(2026, 12, 31), "value": 2}),
        ({"from": date(2025, 1, 1), "value": 1}, of_year(2026, 2)),
        (of_year(2026, 2), {"from": date(2025, 1, 1), "until": date(2026, 1, 1), "value": 1}),
    ],
)
def test_overlapping_periods_are_refused(values: tuple[dict[str, Any], ...]) -> None:
    """Two values on the same day are refused, in whatever order they are written."""
    with pytest.raises(ValidationError, match="two values hold on the same day"):
        figure("EUR", *values)


def test_a_gap_between_periods_is_stale() -> None:
    """In a gap the last value before it is given, as of its year."""
    gap = figure("EUR", of_year(2024, 10), of_year(2028, 20))
    assert render("{{ a }}", {"a": gap}, IN_2026).text == "10 euro (valore del 2024)"


def test_references_are_found_once() -> None:
    """The figures of several texts are named in order, without repeats."""
    assert references("{{ a }} {{b.anno}}", None, "{{ a }} {{ c }}") == ["a", "b", "c"]


@given(st.text(st.characters(exclude_characters="{}")))
def test_text_without_figures_stays(text: str) -> None:
    """A text without figures is rendered as it is."""
    assert render(text, {}, IN_2026).text == text


def test_a_period_ends_after_it_begins() -> None:
    """A period that ends before it begins is refused."""
    with pytest.raises(ValidationError):
        figure("EUR", {"from": date(2026, 12, 31), "until": date(2026, 1, 1), "value": 1})


def test_a_date_is_read_as_a_date(shipped: Knowledge) -> None:
    """The file holds it as text; a citizen reads a day and a month."""
    figure = shipped.figures["domestico_prossima_scadenza"]
    assert figure.written(figure.values[0]) == "11 gennaio 2027"


@pytest.mark.parametrize(("unit", "value"), [("EUR", "tanto"), ("text", 3), ("date", 20.5)])
def test_a_value_must_fit_its_unit(unit: str, value: object) -> None:
    """A word where an amount is expected would be shown as an amount."""
    with pytest.raises(ValidationError, match="a value does not fit the unit"):
        Figure.model_validate(
            {
                "label": "Prova", "unit": unit, "facts": ["prova/R1"], "confidence": "A",
                "source": {"title": "Una legge", "date": "2026-01-01"},
                "values": [{"from": "2026-01-01", "value": value}],
            }
        )  # fmt: skip
