"""What curators write around the entries: tables, sheets, quizzes, notices, calculators' words."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bussola.knowledge.entry import (
    FactId,
    KebabId,
    Line,
    Link,
    Prose,
    Review,
    SnakeId,
    Source,
    Strict,
    Validity,
)

Cell = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z-]+/\d+$")]
FEWEST_CHOICES = 2


class Table(Strict):
    """Figures side by side; a cell may name figures as `{{ name }}`. The first column is the head
    of its row. `entries` are the answers under which it is offered."""

    id: KebabId
    title: Line
    columns: list[Cell] = Field(min_length=2, max_length=6)
    rows: list[list[Cell]] = Field(min_length=1, max_length=40)
    note: Line | None = None
    entries: list[KebabId] = Field(min_length=1)
    sources: list[Source] = Field(min_length=1)
    facts: list[FactId] = Field(min_length=1)
    valid: Validity
    review: Review

    @model_validator(mode="after")
    def _rows_are_as_wide_as_the_head(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row has more or fewer cells than the head")
        return self


class SheetPart(Strict):
    """One step of a sheet: a few sentences, and what to read for the rest."""

    title: Line
    text: Prose
    step: bool = True
    """False for what stands beside the numbered steps ("Se hai un dubbio")."""
    entries: list[KebabId] = []
    table: KebabId | None = None
    calculator: KebabId | None = None


class Sheet(Strict):
    """A one-page guide (*scheda tematica*) that joins entries."""

    id: KebabId
    theme: SnakeId
    title: Line
    summary: Line
    parts: list[SheetPart] = Field(min_length=3, max_length=9)
    facts: list[FactId] = Field(min_length=1)
    sources: list[Source] = Field(min_length=1)
    valid: Validity
    review: Review

    @property
    def entries(self) -> list[str]:
        """The entries it joins, in order, without repeats."""
        return list(dict.fromkeys(i for part in self.parts for i in part.entries))


class QuizQuestion(Strict):
    """A question with two to four options; `right` counts from 1."""

    question: Line
    options: list[Line] = Field(min_length=2, max_length=4)
    right: int = Field(ge=1)
    explanation: Prose
    entry: KebabId

    @model_validator(mode="after")
    def _right_is_an_option(self) -> Self:
        if self.right > len(self.options):
            raise ValueError("the right option is not among the options")
        return self


class Quiz(Strict):
    """Questions drawn from the entries of one theme; nobody's score is kept."""

    id: KebabId
    theme: SnakeId
    title: Line
    summary: Line
    questions: list[QuizQuestion] = Field(min_length=8, max_length=20)
    review: Review


class NoticePeriod(Validity):
    """A notice must end: news that never ends is no news."""

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.until is None:
            raise ValueError("a notice needs its last day")
        return self


class Notice(Strict):
    """Dated news of a theme; shown from the first to the last day, then gone by itself."""

    id: KebabId
    theme: SnakeId
    title: Line
    text: Prose
    entry: KebabId | None = None
    links: list[Link] = []
    sources: list[Source] = Field(min_length=1)
    facts: list[FactId] = Field(min_length=1)
    valid: NoticePeriod
    review: Review


class Choice(Strict):
    """One allowed value of a field, with the words a citizen reads and types."""

    value: SnakeId
    label: Line
    words: list[Line] = []


class CalculatorField(Strict):
    """Something a calculator asks; numbers have both ends, so that nonsense is refused kindly."""

    name: SnakeId
    kind: Literal["whole", "decimal", "choice"]
    question: Line
    label: Line
    hint: Line | None = None
    min: float | None = None
    max: float | None = None
    unit: Cell | None = None
    choices: list[Choice] = []
    when: dict[SnakeId, list[str]] = {}
    """Asked only when each named field has one of these values."""
    up_to: tuple[SnakeId, float] | None = None
    """Asked only when that field is not above this number."""
    only_if: Line | None = None
    """On the page, where all fields are seen at once: when it matters."""
    optional: bool = False
    """True when "non lo so" is an answer."""

    @model_validator(mode="after")
    def _says_what_it_takes(self) -> Self:
        if self.kind == "choice":
            if len(self.choices) < FEWEST_CHOICES:
                raise ValueError("a choice needs at least two values")
        elif self.min is None or self.max is None or self.min >= self.max:
            raise ValueError("a number needs its lowest and highest value")
        return self


class Calculator(Strict):
    """The words and limits of a calculator; `id` also names its formula in `bussola.calculators`."""

    id: KebabId
    theme: SnakeId
    title: Line
    summary: Line
    fields: list[CalculatorField] = Field(min_length=1)
    notes: list[Line] = []
    entries: list[KebabId] = Field(min_length=1)
    """The answers under which it is offered."""
    facts: list[FactId] = Field(min_length=1)
    review: Review


class Topic(Strict):
    """A topic of the list at the end of a fact sheet (``sheet/number``) and who answers it."""

    id: TopicId
    entries: list[KebabId] = Field(min_length=1)


class NotCovered(Strict):
    """A topic or a fact that no entry states, and why."""

    id: str = Field(pattern=r"^[a-z-]+/[A-Z]*\d+[a-z]?$")
    why: Line
