"""The sums themselves, from figures of the knowledge; worked examples are in the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bussola.calculators.asking import Values

Figures = Callable[[str], Decimal]
"""The value of a named figure. Raises KeyError when there is none."""
_MONTHS = 12
_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_THIRTEENTHS = Decimal(13) / Decimal(12)
"""The thirteenth month is part of the hourly pay that decides the band."""
_FULL_TIME_HOURS = 24


@dataclass(frozen=True)
class Amount:
    """One line of a result; `key` ends the key of its label, `unit` is as in figures."""

    key: str
    value: Decimal
    unit: str = "EUR"


@dataclass(frozen=True)
class Outcome:
    """The lines, the most wanted first, and cautions that this very case calls for (text keys)."""

    amounts: tuple[Amount, ...]
    cautions: tuple[str, ...] = ()


def light_redemption(values: Values, figures: Figures) -> Outcome:
    """Light redemption of a degree: price, instalments, and what taxes may give back."""
    months = _number(values, "years") * _MONTHS + _number(values, "months")
    if months == 0:
        return Outcome((), ("nothing_to_redeem",))
    yearly, instalments = figures("laurea_agevolato_annuo"), _number(values, "instalments")
    cost = _cents(yearly * months / _MONTHS)
    amounts = [
        Amount("cost", cost),
        Amount("one_year", yearly),
        Amount("instalment", _cents(cost / instalments)),
    ]
    paid_yearly = _cents(cost * min(instalments, Decimal(_MONTHS)) / instalments)
    cautions: list[str] = []
    if values.get("for_whom") == "dependent":
        share = figures("laurea_detrazione_familiari")
        amounts.append(Amount("tax_credit", _cents(paid_yearly * share / _HUNDRED)))
        cautions.append("tax_credit")
    elif values.get("for_whom") == "me" and values.get("tax_rate") is not None:
        rate = _number(values, "tax_rate")
        amounts.append(Amount("tax_saving", _cents(paid_yearly * rate / _HUNDRED)))
        cautions.append("tax_saving")
    else:
        cautions.append("tax_unknown")
    return Outcome(tuple(amounts), tuple(cautions))


def domestic_quarter(values: Values, figures: Figures) -> Outcome:
    """Contributions of a domestic worker for one quarter (INPS and CassaColf)."""
    weekly = _number(values, "hours")
    hours = weekly * _number(values, "weeks")
    amounts: list[Amount] = []
    if weekly > _FULL_TIME_HOURS:
        band = 4
    else:
        actual = _cents(_number(values, "pay") * _THIRTEENTHS)
        amounts.append(Amount("actual_pay", actual))
        band = _band(actual, figures)
    hourly = figures(_contribution_name(band, values))
    contributions = _cents(hours * hourly)
    fund = _cents(hours * figures("domestico_cassacolf"))
    kept = _cents(hours * figures(f"domestico_quota{band}"))
    kept_fund = _cents(hours * figures("domestico_cassacolf_lavoratore"))
    first = (
        Amount("total", contributions + fund),
        Amount("contributions", contributions),
        Amount("fund", fund),
        Amount("worker_share", kept + kept_fund),
        Amount("paid_hours", hours, "hours"),
        Amount("hourly_contribution", hourly),
    )
    return Outcome((*first, *amounts), ("full_time",) if band == 4 else ())


def _band(actual_pay: Decimal, figures: Figures) -> int:
    if actual_pay <= figures("domestico_fascia1_paga"):
        return 1
    return 2 if actual_pay <= figures("domestico_fascia2_paga") else 3


def _contribution_name(band: int, values: Values) -> str:
    """The figure of a band; fixed term costs more, and a relative who lives in pays no CUAF."""
    ending = "_termine" if values.get("fixed_term") == "yes" else ""
    without = "_senza_cuaf" if values.get("relative") == "yes" else ""
    return f"domestico_contributo{band}{ending}{without}"


def occasional_work(values: Values, figures: Figures) -> Outcome:
    """Hours of occasional work: what they cost, what the worker gets, what is left this year."""
    hours = _number(values, "hours")
    if values.get("tool") == "libretto":
        net = _cents(hours * figures("buoni_libretto_netto"))
        cost = _cents(hours * figures("buoni_libretto_titolo"))
        cautions: list[str] = []
    else:
        net, cautions = _presto_net(values, figures)
        cost = _presto_cost(net, figures)
    left = figures("buoni_limite_coppia") - _number(values, "paid_before") - net
    left_hours = figures("buoni_ore_coppia") - _number(values, "hours_before") - hours
    everybody = _number(values, "paid_before") + _number(values, "paid_others") + net
    left_all = figures("buoni_limite_utilizzatore") - everybody
    if min(left, left_hours, left_all) < 0:
        cautions.append("over_the_limit")
    nothing = Decimal(0)
    return Outcome(
        (
            Amount("total_cost", cost),
            Amount("net", net),
            Amount("left_pair", max(left, nothing)),
            Amount("left_hours", max(left_hours, nothing), "hours"),
            Amount("left_user", max(left_all, nothing)),
        ),
        tuple(cautions),
    )


def _presto_net(values: Values, figures: Figures) -> tuple[Decimal, list[str]]:
    """At least the lowest hourly pay, and at least four hours' pay a day."""
    lowest = figures("buoni_presto_netto_ora")
    hourly = lowest if values.get("pay") is None else _number(values, "pay")
    cautions = ["raised_to_minimum"] if hourly < lowest else []
    net = _cents(_number(values, "hours") * max(hourly, lowest))
    daily = figures("buoni_presto_minimo_giorno") * _number(values, "days")
    if daily > net:
        return _cents(daily), [*cautions, "daily_minimum"]
    return net, cautions


def _presto_cost(net: Decimal, figures: Figures) -> Decimal:
    """Pay, contributions and insurance; the management cost is a share of the whole."""
    charges = figures("buoni_presto_contributi") + figures("buoni_presto_inail")
    before_management = _cents(net * charges / _HUNDRED) + net
    return _cents(before_management / (1 - figures("buoni_presto_gestione") / _HUNDRED))


def _number(values: Values, name: str) -> Decimal:
    return Decimal(str(values.get(name) or 0))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


FORMULAS: dict[str, Callable[[Values, Figures], Outcome]] = {
    "riscatto-agevolato": light_redemption,
    "contributi-trimestre": domestic_quarter,
    "ore-occasionali": occasional_work,
}
"""By the id of the calculator."""
