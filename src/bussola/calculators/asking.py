"""Asks the fields of a calculator one by one; the values so far are all its memory."""

from __future__ import annotations

from dataclasses import dataclass

from bussola.calculators.reading import Problem, Unreadable, Value, missing_problem, read_value
from bussola.knowledge.companions import Calculator, CalculatorField

Values = dict[str, Value]


@dataclass(frozen=True)
class Step:
    """Where a calculation stands: `field` is asked next, None when nothing is missing."""

    values: Values
    field: CalculatorField | None
    problem: Problem | None = None


def begin(calculator: Calculator, values: Values | None = None) -> Step:
    """The first question that `values` leave open."""
    known = sound(calculator, values or {})
    return Step(known, next_field(calculator, known))


def advance(calculator: Calculator, values: Values, asked: str, text: str) -> Step:
    """Take `text` as the answer to the field `asked`; what does not fit is asked again."""
    values = sound(calculator, values)
    field = next((f for f in calculator.fields if f.name == asked), None)
    if field is None:
        return Step(values, next_field(calculator, values))
    try:
        values = {**values, field.name: read_value(field, text)}
    except Unreadable as wrong:
        return Step(values, field, wrong.problem)
    return Step(values, next_field(calculator, values))


def sound(calculator: Calculator, values: Values) -> Values:
    """Only what the fields allow: values travel through other programs and are not trusted."""
    kept: Values = {}
    for field in calculator.fields:
        value = values.get(field.name)
        if field.name in values and wanted(field, kept) and _allowed(field, value):
            kept[field.name] = value
    return kept


def _allowed(field: CalculatorField, value: Value) -> bool:
    if value is None:
        return field.optional
    if field.kind == "choice":
        return value in {choice.value for choice in field.choices}
    if isinstance(value, str | bool) or field.min is None or field.max is None:
        return False
    return field.min <= value <= field.max and (field.kind == "decimal" or value == int(value))


def next_field(calculator: Calculator, values: Values) -> CalculatorField | None:
    """The first field that is wanted and has no value yet."""
    return next((f for f in calculator.fields if f.name not in values and wanted(f, values)), None)


def wanted(field: CalculatorField, values: Values) -> bool:
    """Whether the answers so far make this field matter."""
    if any(values.get(name) not in allowed for name, allowed in field.when.items()):
        return False
    if field.up_to is None:
        return True
    name, limit = field.up_to
    value = values.get(name)
    return isinstance(value, float | int) and value <= limit


def answered(calculator: Calculator, typed: dict[str, str]) -> tuple[Values, dict[str, Problem]]:
    """All fields of a page at once: the values, and a problem for each field that has one."""
    values: Values = {}
    problems: dict[str, Problem] = {}
    for field in calculator.fields:
        if not wanted(field, values):
            continue
        text = typed.get(field.name, "").strip()
        values[field.name] = None
        if not text:
            if not field.optional:
                problems[field.name] = missing_problem(field)
            continue
        try:
            values[field.name] = read_value(field, text)
        except Unreadable as wrong:
            problems[field.name] = wrong.problem
    return values, problems
