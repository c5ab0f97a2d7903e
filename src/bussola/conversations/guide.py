"""What the bot can show beside answers, and the port it comes through: all curated, all dated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Titled = tuple[str, str]
"""An id and its title."""
OfferKind = Literal["table", "calculate", "sheet"]


@dataclass(frozen=True)
class TableView:
    """A table as plain text, and as `data` for channels that can draw one."""

    text: str
    data: dict[str, Any]


@dataclass(frozen=True)
class SheetView:
    """A sheet in a nutshell; `entries` are (entry id, question) pairs."""

    text: str
    entries: tuple[Titled, ...]
    data: dict[str, Any]


@dataclass(frozen=True)
class QuizView:
    """One question of a quiz; `number` counts from 1, `right` is a position in `options`."""

    quiz_id: str
    number: int
    of: int
    text: str
    options: tuple[str, ...]
    right: int
    explanation: str
    entry: Titled


@dataclass(frozen=True)
class NewsView:
    """A notice that holds today."""

    id: str
    title: str
    text: str
    entry: Titled | None
    data: dict[str, Any]


@dataclass(frozen=True)
class AskView:
    """The words of one field of a calculator; `choices` are what buttons say."""

    text: str
    choices: tuple[str, ...]
    optional: bool
    problem: str


@dataclass(frozen=True)
class ResultView:
    """The result of a calculator in words, with its figures and sources as `data`."""

    text: str
    data: dict[str, Any]


class Guide(Protocol):
    """Tables, sheets, quizzes, notices and calculators as they stand today.

    Everything that is asked for by id may be gone: a button can be older than the content.
    """

    def offers(self, entry_id: str) -> list[tuple[OfferKind, str, str]]:
        """What belongs under an answer: kind, id and title."""
        ...

    def table(self, table_id: str) -> TableView | None: ...

    def sheets(self, theme: str) -> list[Titled]: ...

    def sheet(self, sheet_id: str) -> SheetView | None: ...

    def quizzes(self, theme: str | None) -> list[Titled]: ...

    def quiz(self, quiz_id: str, number: int) -> QuizView | None: ...

    def notices(self, theme: str) -> list[Titled]: ...

    def notice(self, notice_id: str) -> NewsView | None: ...

    def calculators(self, theme: str | None) -> list[Titled]: ...

    def ask(self, calculator_id: str, field: str, problem: str | None) -> AskView | None: ...

    def result(self, calculator_id: str, values: dict[str, Any]) -> ResultView | None: ...
