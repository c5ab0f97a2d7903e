"""Amounts, percentages and dates that change in time: one place, each value with its period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bussola.knowledge.entry import (
    FIGURE_REFERENCE,
    FactId,
    Line,
    Source,
    Strict,
    Validity,
)
from bussola.knowledge.languages import ITALIAN, value_of_year, written_in

MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto",
    "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
_PLURAL_UNITS = {
    "hours": ("ora", "ore"),
    "days": ("giorno", "giorni"),
    "weeks": ("settimana", "settimane"),
    "months": ("mese", "mesi"),
    "years": ("anno", "anni"),
}


class FigureValue(Validity):
    """One value and the days it holds."""

    value: Annotated[float, Field(allow_inf_nan=False)] | date | str = Field(
        union_mode="left_to_right"
    )


class Figure(Strict):
    """A named figure; `unit` says how it is written for a citizen."""

    label: Line
    unit: Literal[
        "EUR", "percent", "hours", "days", "weeks", "months", "years", "date", "number", "text"
    ]
    source: Source
    facts: list[FactId] = Field(min_length=1)
    confidence: Literal["A", "B", "C", "N"]
    values: list[FigureValue] = Field(min_length=1)

    @model_validator(mode="after")
    def _periods_do_not_overlap(self) -> Figure:
        ordered = sorted(self.values, key=lambda v: v.from_)
        for earlier, later in pairwise(ordered):
            if earlier.until is None or earlier.until >= later.from_:
                raise ValueError("two values hold on the same day")
        return self

    @model_validator(mode="after")
    def _values_fit_the_unit(self) -> Figure:
        wanted = {"text": str, "date": date}.get(self.unit, float)
        if any(not isinstance(value.value, wanted) for value in self.values):
            raise ValueError("a value does not fit the unit")
        return self

    def on(self, day: date) -> FigureValue | None:
        """The value that holds on `day`, or None."""
        return next((v for v in self.values if v.covers(day)), None)

    def latest_before(self, day: date) -> FigureValue | None:
        """The last value that held before `day`, or None when the figure is all in the future."""
        past = [v for v in self.values if v.from_ <= day]
        return max(past, key=lambda v: v.from_, default=None)

    def written(self, value: FigureValue, language: str = ITALIAN) -> str:
        """The value as a citizen reads it, for instance ``6.206,64 euro``."""
        raw = value.value
        if isinstance(raw, str):
            return raw
        if language != ITALIAN:
            return written_in(language, self.unit, raw)
        return italian_date(raw) if isinstance(raw, date) else in_units(raw, self.unit)


def in_units(value: float, unit: str) -> str:
    """``30`` days as ``30 giorni``; a unit of `Figure` that needs no word gives the number."""
    number = italian_number(value)
    if unit == "EUR":
        return f"{number} euro"
    if unit == "percent":
        return f"{number}%"
    if unit in _PLURAL_UNITS:
        one, many = _PLURAL_UNITS[unit]
        return f"{number} {one if value == 1 else many}"
    return number


def italian_number(value: float) -> str:
    """``6206.64`` as ``6.206,64``; whole numbers without decimals."""
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return text.translate(str.maketrans(",.", ".,"))


def italian_date(day: date) -> str:
    """``2026-02-09`` as ``9 febbraio 2026``; the first of a month is ``1º``."""
    return f"{'1º' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class Rendered:
    """A text with its figures in place; `stale` names the figures with no value today."""

    text: str
    stale: tuple[str, ...] = ()


def render(text: str, figures: dict[str, Figure], day: date, language: str = ITALIAN) -> Rendered:
    """Put each named figure's value of `day` in `text`, as `language` writes it.

    A figure with no value today is written with its last value and its year, said as such.
    Raises KeyError when a figure is not defined, ValueError when it has no value yet.
    """
    stale: list[str] = []

    def value_of(reference: str, part: str | None) -> str:
        figure = figures[reference]
        value = figure.on(day)
        if value is not None:
            return str(day.year) if part == "anno" else figure.written(value, language)
        value = figure.latest_before(day)
        if value is None:
            raise ValueError(reference)
        stale.append(reference)
        year = (value.until or value.from_).year
        return str(year) if part == "anno" else _of_year(figure, value, year, language)

    out = FIGURE_REFERENCE.sub(lambda m: value_of(m.group(1), m.group(2)), text)
    return Rendered(out, tuple(dict.fromkeys(stale)))


def _of_year(figure: Figure, value: FigureValue, year: int, language: str) -> str:
    written = figure.written(value, language)
    if language == ITALIAN:
        return f"{written} (valore del {year})"
    return value_of_year(language, written, year)


def unspeakable(texts: list[str], figures: dict[str, Figure]) -> list[str]:
    """Figures in `texts` whose value is an Italian text: no other language can write them."""
    return [name for name in references(*texts) if figures[name].unit == "text"]


def references(*texts: str | None) -> list[str]:
    """The names of the figures that `texts` use, in order, without repeats."""
    found = (m.group(1) for text in texts if text for m in FIGURE_REFERENCE.finditer(text))
    return list(dict.fromkeys(found))
