"""Runs a formula on the figures of a day, and remembers which figures it read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bussola.calculators.asking import Values, sound
from bussola.calculators.formulas import FORMULAS, Amount
from bussola.knowledge.companions import Calculator
from bussola.knowledge.entry import Source
from bussola.knowledge.figures import Figure, in_units


@dataclass(frozen=True)
class WorkedOut:
    """A result with its evidence. `stale` is true when a figure has no value for the day:
    the last one was used, which holds for `year`."""

    amounts: tuple[Amount, ...]
    cautions: tuple[str, ...]
    sources: tuple[Source, ...]
    year: int
    stale: bool


class _Ledger:
    """Hands out figures and keeps the list of what was read."""

    def __init__(self, figures: dict[str, Figure], day: date) -> None:
        self._figures, self._day = figures, day
        self.read: dict[str, Figure] = {}
        self.year, self.stale = day.year, False

    def __call__(self, name: str) -> Decimal:
        figure = self._figures[name]
        self.read[name] = figure
        value = figure.on(self._day)
        if value is None:
            value = figure.latest_before(self._day)
            if value is None:
                raise KeyError(name)
            self.stale = True
            self.year = min(self.year, (value.until or value.from_).year)
        return Decimal(str(value.value))


def work_out(
    calculator: Calculator, values: Values, figures: dict[str, Figure], day: date
) -> WorkedOut:
    """The result for `values` with the figures of `day`. Raises KeyError for a missing figure."""
    ledger = _Ledger(figures, day)
    outcome = FORMULAS[calculator.id](sound(calculator, values), ledger)
    sources = {figure.source.title: figure.source for figure in ledger.read.values()}
    return WorkedOut(
        outcome.amounts, outcome.cautions, tuple(sources.values()), ledger.year, ledger.stale
    )


def written(amount: Amount) -> str:
    """``221`` euro as ``221,00 euro``: sums are shown with their cents."""
    if amount.unit == "EUR":
        return f"{amount.value:,.2f} euro".translate(str.maketrans(",.", ".,"))
    return in_units(float(amount.value), amount.unit)
