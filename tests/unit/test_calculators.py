"""The calculators: worked examples of the facts, readings of what people type, kind refusals."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.calculators.asking import advance, answered, begin, next_field, sound
from bussola.calculators.formulas import FORMULAS
from bussola.calculators.reading import Unreadable, one_number, read_value
from bussola.calculators.working_out import WorkedOut, work_out
from bussola.knowledge.companions import Calculator, CalculatorField
from bussola.knowledge.loading import Knowledge

TODAY = date(2026, 11, 22)


def worked(
    shipped: Knowledge, calculator: str, day: date = TODAY, **values: float | str | None
) -> WorkedOut:
    return work_out(shipped.calculators[calculator], values, shipped.figures, day)


def amounts(result: WorkedOut) -> dict[str, Decimal]:
    return {amount.key: amount.value for amount in result.amounts}


def quarter(shipped: Knowledge, **values: float | str | None) -> dict[str, Decimal]:
    usual = {"hours": 10, "weeks": 13, "pay": 8, "fixed_term": "no", "relative": "no"}
    return amounts(worked(shipped, "contributi-trimestre", **{**usual, **values}))


def redemption(shipped: Knowledge, **values: float | str | None) -> WorkedOut:
    usual = {"years": 3, "months": 0, "instalments": 120, "for_whom": "other"}
    return worked(shipped, "riscatto-agevolato", **{**usual, **values})


def hours_of_work(shipped: Knowledge, **values: float | str | None) -> WorkedOut:
    usual = {"tool": "libretto", "hours": 10, "paid_before": 0, "hours_before": 0, "paid_others": 0}
    return worked(shipped, "ore-occasionali", **{**usual, **values})


# Worked examples of docs/facts


def test_ten_hours_a_week(shipped: Knowledge) -> None:
    """lavoro-domestico/CO6: 10 hours at 8 euro, 13 weeks, open-ended."""
    found = quarter(shipped)
    assert found["actual_pay"] == Decimal("8.67")
    assert found["contributions"] == Decimal("221.00")
    assert found["fund"] == Decimal("7.80")
    assert found["worker_share"] == Decimal("55.90") + Decimal("2.60")


def test_thirty_hours_a_week(shipped: Knowledge) -> None:
    """lavoro-domestico/CO6: above 24 hours the rate is flat, whatever the pay."""
    found = quarter(shipped, hours=30, pay=None)
    assert found["contributions"] == Decimal("483.60")
    assert found["fund"] == Decimal("23.40")
    assert "actual_pay" not in found


@pytest.mark.parametrize(
    ("values", "hourly"),
    [
        ({}, "1.70"), ({"relative": "yes"}, "1.71"),
        ({"fixed_term": "yes"}, "1.82"), ({"fixed_term": "yes", "relative": "yes"}, "1.83"),
        ({"pay": 9}, "1.92"), ({"pay": 9, "relative": "yes"}, "1.93"),
        ({"pay": 9, "fixed_term": "yes"}, "2.05"), ({"pay": 12}, "2.34"),
        ({"pay": 12, "fixed_term": "yes", "relative": "yes"}, "2.51"),
        ({"hours": 25, "fixed_term": "yes"}, "1.32"), ({"hours": 24}, "1.70"),
        ({"hours": 25, "relative": "yes"}, "1.25"),
    ],
)  # fmt: skip
def test_every_band(shipped: Knowledge, values: dict[str, float | str | None], hourly: str) -> None:
    """lavoro-domestico/CO1: the 2026 table, with and without CUAF, open-ended and fixed term."""
    assert quarter(shipped, **values)["hourly_contribution"] == Decimal(hourly)


def test_the_limit_of_a_band_belongs_to_it(shipped: Knowledge) -> None:
    """8.87 euro with the thirteenth share is 9.61: still the first band; 8.88 is not."""
    assert quarter(shipped, pay=8.87)["hourly_contribution"] == Decimal("1.70")
    assert quarter(shipped, pay=8.88)["hourly_contribution"] == Decimal("1.92")


@pytest.mark.parametrize(
    ("years", "cost", "instalment"), [(3, "18619.92", "155.17"), (5, "31033.20", "258.61")]
)
def test_light_redemption(shipped: Knowledge, years: int, cost: str, instalment: str) -> None:
    """riscatto-laurea/R37: three and five years in 2026, in 120 instalments."""
    found = amounts(redemption(shipped, years=years))
    assert (found["cost"], found["instalment"]) == (Decimal(cost), Decimal(instalment))


def test_months_are_twelfths(shipped: Knowledge) -> None:
    found = amounts(redemption(shipped, years=0, months=6, instalments=1))
    assert found["cost"] == found["instalment"] == Decimal("3103.32")


def test_the_effect_on_taxes_is_for_the_first_year(shipped: Knowledge) -> None:
    """A tenth is paid in the first of ten years; with one instalment, all of it."""
    spread = amounts(redemption(shipped, for_whom="me", tax_rate=35))
    at_once = amounts(redemption(shipped, for_whom="me", tax_rate=35, instalments=1))
    assert spread["tax_saving"] == Decimal("651.70")
    assert at_once["tax_saving"] == Decimal("6516.97")


def test_a_dependent_who_never_worked_gives_a_tax_credit(shipped: Knowledge) -> None:
    """riscatto-laurea/R56: 19 per cent for whoever pays."""
    found = redemption(shipped, for_whom="dependent", instalments=1)
    assert amounts(found)["tax_credit"] == Decimal("3537.78")
    assert "tax_credit" in found.cautions


def test_without_a_rate_no_saving_is_promised(shipped: Knowledge) -> None:
    found = redemption(shipped, for_whom="me", tax_rate=None)
    assert "tax_saving" not in amounts(found)
    assert "tax_unknown" in found.cautions


def test_libretto_hours(shipped: Knowledge) -> None:
    """buoni-lavoro/L4, G5, G6: 10 euro an hour, 8 for the worker, limits counted net."""
    found = amounts(hours_of_work(shipped, paid_before=400, hours_before=50, paid_others=1000))
    assert found["total_cost"] == Decimal("100.00")
    assert found["net"] == Decimal("80.00")
    assert found["left_pair"] == Decimal("2020.00")
    assert found["left_hours"] == Decimal(220)
    assert found["left_user"] == Decimal("8520.00")


def test_one_hour_of_presto(shipped: Knowledge) -> None:
    """buoni-lavoro/P2 and P3: 12.41 an hour at the minimum, four hours a day at least."""
    day = amounts(hours_of_work(shipped, tool="presto", hours=4, days=1))
    assert day["net"] == Decimal("36.00")
    assert day["total_cost"] == Decimal("49.64")
    hundred = amounts(hours_of_work(shipped, tool="presto", hours=100, days=20))
    assert hundred["total_cost"] == Decimal("1240.91")


def test_a_short_day_of_presto_is_paid_four_hours(shipped: Knowledge) -> None:
    found = hours_of_work(shipped, tool="presto", hours=2, days=1)
    assert amounts(found)["net"] == Decimal("36.00")
    assert "daily_minimum" in found.cautions


def test_a_pay_below_the_minimum_is_raised_and_said(shipped: Knowledge) -> None:
    found = hours_of_work(shipped, tool="presto", hours=10, days=1, pay=7)
    assert amounts(found)["net"] == Decimal("90.00")
    assert "raised_to_minimum" in found.cautions


@pytest.mark.parametrize(
    "values",
    [{"hours": 300}, {"hours": 20, "hours_before": 270}, {"paid_before": 2450},
     {"hours": 10, "paid_others": 9950}],
)  # fmt: skip
def test_going_over_a_limit_is_said(shipped: Knowledge, values: dict[str, float]) -> None:
    """Nothing negative is left, and a person is suggested."""
    found = hours_of_work(shipped, **values)
    assert "over_the_limit" in found.cautions
    assert min(amounts(found).values()) >= 0


# Evidence and the new year


def test_a_result_names_its_sources_and_year(shipped: Knowledge) -> None:
    found = redemption(shipped)
    assert [source.title for source in found.sources] == ["Circolare INPS n. 14/2026"]
    assert (found.year, found.stale) == (2026, False)


def test_in_the_new_year_the_values_are_said_to_be_old(shipped: Knowledge) -> None:
    """On 1 January 2027 the values of 2026 are used as such, never as those of 2027."""
    found = worked(shipped, "riscatto-agevolato", date(2027, 1, 1), years=1, instalments=1)
    assert (found.year, found.stale) == (2026, True)


def test_every_formula_has_words_and_every_words_a_formula(shipped: Knowledge) -> None:
    assert set(FORMULAS) == set(shipped.calculators)


# Reading what people type


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4", 4), ("4 anni", 4), ("quattro", 4), ("circa 10 ore", 10), ("8,50", 8.5), ("8.50 €", 8.5),
        ("8 e 50", 8.5), ("10 ore e mezza", 10.5), ("10 e mezza", 10.5),
        ("due ore e mezza", 2.5), ("un'ora e mezza", 1.5), ("10½", 10.5), ("tre anni e mezzo", 3.5),
        ("8 euro e cinquanta", 8.5), ("duemila", 2000), ("un'ora", 1), ("tra 8 euro", 8), ("1.500", 1500),
        ("1.500,75 euro", 1500.75), ("centoventi", 120), ("VENTITRÉ", 23), ("nessuna", 0),
        ("-3", -3), ("ne faccio una", 1), ("0", 0),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, number: float) -> None:
    assert one_number(text) == number


@pytest.mark.parametrize(
    ("text", "problem"),
    [("boh non saprei", "not_a_number"), ("", "not_a_number"), ("tra 8 e 10", "one_number"),
     ("una decina", "not_a_number"), ("una ventina di ore", "not_a_number"),
     ("un po'", "not_a_number"), ("un paio d'ore", "not_a_number"),
     ("100000000000000000000", None), ("1e5", "one_number")],
)  # fmt: skip
def test_what_is_no_single_number(text: str, problem: str | None) -> None:
    if problem is None:
        assert one_number(text) > 1e19
        return
    with pytest.raises(Unreadable) as refused:
        one_number(text)
    assert refused.value.problem == problem


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed, the answer is a value within the limits, or refused; nothing else is raised."""
    field = CalculatorField(
        name="hours", kind="decimal", label="Ore", question="Quante?", min=0.5, max=54
    )
    with suppress(Unreadable):
        value = read_value(field, text)
        assert isinstance(value, float)
        assert 0.5 <= value <= 54


@pytest.mark.parametrize(
    ("calculator", "field", "text", "problem"),
    [
        ("riscatto-agevolato", "years", "11", "too_big"),
        ("riscatto-agevolato", "years", "-1", "too_small"),
        ("riscatto-agevolato", "years", "3,5", "not_whole"),
        ("riscatto-agevolato", "years", "non lo so", "needed"),
        ("riscatto-agevolato", "for_whom", "il gatto", "not_a_choice"),
        ("contributi-trimestre", "hours", "200", "too_big"),
        ("contributi-trimestre", "fixed_term", "forse", "not_a_choice"),
    ],
)
def test_nonsense_is_refused_and_asked_again(
    shipped: Knowledge, calculator: str, field: str, text: str, problem: str
) -> None:
    """The field stays open and the values so far are kept."""
    card = shipped.calculators[calculator]
    step = advance(card, {}, field, text)
    assert step.field is not None
    assert (step.field.name, step.problem, step.values) == (field, problem, {})


@pytest.mark.parametrize(
    ("text", "value"),
    [("per me", "me"), ("Per me", "me"), ("è per mio figlio", "dependent"), ("io", "me")],
)
def test_a_choice_in_other_words(shipped: Knowledge, text: str, value: str) -> None:
    step = advance(shipped.calculators["riscatto-agevolato"], {}, "for_whom", text)
    if text == "è per mio figlio":
        # "mio" and "figlio" fit two choices: asked again rather than guessed.
        assert step.problem == "not_a_choice"
    else:
        assert step.values == {"for_whom": value}


# Asking


def test_only_wanted_fields_are_asked(shipped: Knowledge) -> None:
    """Above 24 hours the pay decides nothing, so it is not asked."""
    card = shipped.calculators["contributi-trimestre"]
    many, few = {"hours": 30.0, "weeks": 13.0}, {"hours": 10.0, "weeks": 13.0}
    assert _name(next_field(card, many)) == "fixed_term"
    assert _name(next_field(card, few)) == "pay"


def _name(field: CalculatorField | None) -> str | None:
    return field.name if field else None


def test_values_from_outside_are_not_trusted(shipped: Knowledge) -> None:
    """Unknown names, impossible numbers and unwanted fields are dropped."""
    card = shipped.calculators["contributi-trimestre"]
    sent = {"hours": 30.0, "weeks": 99.0, "pay": 8.0, "fixed_term": "maybe", "x": 1.0}
    assert sound(card, sent) == {"hours": 30.0}


def test_a_calculation_can_go_on_from_its_values(shipped: Knowledge) -> None:
    """All the memory is in the values: whoever restarts asks for what is missing."""
    step = begin(shipped.calculators["contributi-trimestre"], {"hours": 10.0, "weeks": 13.0})
    assert _name(step.field) == "pay"


def test_a_page_reads_all_fields_at_once(shipped: Knowledge) -> None:
    card = shipped.calculators["riscatto-agevolato"]
    typed = {"years": "3", "months": "0", "instalments": "mille", "for_whom": "Per me"}
    values, problems = answered(card, typed)
    assert problems == {"instalments": "too_big"}
    assert values["tax_rate"] is None


def complete(card: Calculator) -> dict[str, float | str | None]:
    """The lowest allowed answer to everything."""
    step = begin(card)
    while step.field is not None:
        first = step.field.choices[0].label if step.field.choices else f"{step.field.min:g}"
        step = advance(card, step.values, step.field.name, first.replace(".", ","))
        assert step.problem is None
    return step.values


def test_every_calculator_can_be_walked_through(shipped: Knowledge) -> None:
    for card in shipped.calculators.values():
        found = work_out(card, complete(card), shipped.figures, TODAY)
        assert found.amounts or found.cautions
