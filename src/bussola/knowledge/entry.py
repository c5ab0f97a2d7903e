"""What a curator writes: an entry (one FAQ), a signpost (what is not answered here), a theme."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

MAX_ANSWER_CHARACTERS = 600
MIN_VARIANTS = 8

KebabId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
SnakeId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=60)]
FactId = Annotated[str, StringConstraints(pattern=r"^[a-z-]+/[A-Z]+\d+[a-z]?$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=400)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=4000)]


class Strict(BaseModel):
    """Unknown fields are refused: a typing slip in a key must never hide a field."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Link(Strict):
    """A link a citizen may follow; only https."""

    label: Line
    url: str

    @field_validator("url")
    @classmethod
    def _https_only(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname or parts.username:
            raise ValueError("the link must start with https:// and name a site")
        return value


class Source(Strict):
    """The act or institutional page an answer rests on, with its own date."""

    title: Line
    date: date
    url: str | None = None

    @field_validator("url")
    @classmethod
    def _https_only(cls, value: str | None) -> str | None:
        return None if value is None else Link(label="source", url=value).url


class Validity(Strict):
    """Days on which a statement holds, both included; no `until` means open."""

    from_: date = Field(alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.from_:
            raise ValueError("the period ends before it begins")
        return self

    def covers(self, day: date) -> bool:
        return self.from_ <= day and (self.until is None or day <= self.until)


class Review(Strict):
    """Who answers for the entry, when it was last read and when it is due again."""

    on: date
    owner: Line
    next: date


class Translation(Strict):
    """A version in another language; only approved ones are shown.

    `question` and `variants` help to find the entry whatever the status is.
    """

    question: Line
    variants: list[Line] = []
    answer: Prose
    details: Prose | None = None
    steps: list[Line] = []
    status: Literal["draft", "approved"] = "draft"


class Entry(Strict):
    """One curated answer; `answer`, `details` and `steps` may name figures as `{{ name }}`."""

    id: KebabId
    question: Line
    variants: list[Line] = Field(min_length=MIN_VARIANTS)
    answer: Prose
    details: Prose | None = None
    steps: list[Line] = []
    links: list[Link] = []
    sources: list[Source] = Field(min_length=1)
    facts: list[FactId] = Field(min_length=1)
    valid: Validity
    review: Review
    related: list[KebabId] = []
    ask_first: Line | None = None
    escalate: bool = False
    translations: dict[str, Translation] = {}

    @property
    def questions(self) -> list[str]:
        """The question and its variants, in that order."""
        return [self.question, *self.variants]

    @property
    def foreign_questions(self) -> list[str]:
        """The same in the languages of the translations."""
        return [q for t in self.translations.values() for q in (t.question, *t.variants)]


class Signpost(Strict):
    """A matter that is not answered here, and where to go for it.

    `personal_case`: somebody's own file ("a che punto è la mia domanda").
    `elsewhere`: another INPS matter.  `out_of_scope`: anything else, near misses included.
    `expert`: our subject, but too particular for a general answer.
    """

    id: KebabId
    kind: Literal["personal_case", "elsewhere", "out_of_scope", "expert"]
    title: Line
    examples: list[Line] = Field(min_length=4)
    text: Prose
    links: list[Link] = []
    facts: list[FactId] = []
    technical: bool = False
    """True when an expert of a theme may help with the general side of it."""


class Theme(Strict):
    """A themed service; `answers_as` names its questions when the citizen is asked to choose."""

    id: SnakeId
    label: Line
    description: Line
    audience: Line
    words: list[Line] = Field(min_length=1)
    start_with: list[KebabId] = []
    """Entries to show first, on the home page and in the menu."""
    hidden: bool = False
    """A hidden theme answers questions but is not offered in menus (for instance, channels)."""


FIGURE_REFERENCE = re.compile(r"\{\{\s*([a-z0-9_]+)(?:\.(anno))?\s*\}\}")
