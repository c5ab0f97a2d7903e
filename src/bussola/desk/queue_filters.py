"""Which cases of the queue are looked at: a tab, a theme, a label, words. All of it in the URL."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from bussola.conversations.desk_rules import tidy_case_code
from bussola.desk.standing import Standing

ALL = "tutte"
MINE = "mie"
NO_THEME = "da-assegnare"
_LONGEST = 80
_LEAST_OF_CODE = 4
"""Characters of a code below which half the queue would be found."""

Test = Callable[[Standing, int], bool]
"""Of a case and the id of who looks."""

VIEWS: dict[str, tuple[str, str, Test]] = {
    MINE: (
        "Le mie", "Non hai richieste aperte: puoi prenderne una da «Da prendere».",
        lambda each, me: each.case.state == "taken" and each.case.owner_id == me,
    ),
    "da-prendere": (
        "Da prendere", "Nessuna richiesta da prendere: hanno già tutte un esperto.",
        lambda each, _: each.case.state == "waiting",
    ),
    "in-attesa": (
        "In attesa del cittadino", "Nessuna richiesta aspetta le parole di un cittadino.",
        lambda each, _: each.facts.waits_since is None and not each.case.held,
    ),
    ALL: ("Tutte", "Nessuna richiesta aperta.", lambda _each, _me: True),
}  # fmt: skip
"""By name in the URL: the title, what is said when empty, what belongs to it."""


@dataclass(frozen=True)
class Choice:
    """A link to a narrower or wider queue, with how many cases are behind it."""

    title: str
    href: str
    count: int
    current: bool


@dataclass(frozen=True)
class Filters:
    """What was chosen; "" chooses nothing."""

    view: str = ALL
    theme: str = ""
    label: str = ""
    words: str = ""

    @property
    def narrowed(self) -> bool:
        """Something beside the tab leaves cases out."""
        return bool(self.theme or self.label or self.words)

    @property
    def href(self) -> str:
        """The address of this queue, short where nothing is chosen."""
        return f"/desk{self.query}"

    @property
    def query(self) -> str:
        """The part of the address from "?" on; "" when nothing is chosen."""
        said = {"vista": "" if self.view == ALL else self.view, "tema": self.theme,
                "etichetta": self.label, "cerca": self.words}  # fmt: skip
        chosen = {name: value for name, value in said.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    @property
    def open(self) -> Filters:
        """The same tab with nothing left out."""
        return Filters(self.view)

    def of(self, cases: Sequence[Standing], me: int) -> list[Standing]:
        """The cases that are left, in the same order."""
        belongs = VIEWS[self.view][2]
        return [
            each
            for each in cases
            if belongs(each, me)
            and self.theme in ("", each.case.theme or NO_THEME)
            and (not self.label or self.label in each.case.labels)
            and _found(self.words, each)
        ]


def read_filters(query: Mapping[str, str]) -> Filters:
    """What a URL chooses; a tab that does not exist is all."""
    view = query.get("vista", ALL)
    theme, label, words = (query.get(name, "").strip()[:_LONGEST]
                           for name in ("tema", "etichetta", "cerca"))  # fmt: skip
    return Filters(view if view in VIEWS else ALL, theme, label, words)


def tabs(chosen: Filters, cases: Sequence[Standing], me: int) -> list[Choice]:
    """Every tab, counted within the other filters."""
    return [
        _choice(title, replace(chosen, view=view), chosen, cases, me)
        for view, (title, *_) in VIEWS.items()
    ]


def themes(
    chosen: Filters, cases: Sequence[Standing], me: int, labels: Mapping[str | None, str]
) -> list[Choice]:
    """Every theme that a case has, and "all", counted within the other filters."""
    there = {each.case.theme or NO_THEME for each in cases} | {chosen.theme} - {""}
    named = sorted((theme_title(theme, labels), theme) for theme in there)
    return [
        _choice(title, replace(chosen, theme=theme), chosen, cases, me)
        for title, theme in [("Tutti", ""), *named]
    ]


def labels(chosen: Filters, cases: Sequence[Standing], me: int) -> list[Choice]:
    """Every label that a case bears, and "all"; nothing when no case bears one."""
    there = {label for each in cases for label in each.case.labels} | {chosen.label} - {""}
    return [
        _choice(label or "Tutte", replace(chosen, label=label), chosen, cases, me)
        for label in (["", *sorted(there)] if there else [])
    ]


def theme_title(theme: str, titles: Mapping[str | None, str]) -> str:
    """What the desk calls a theme of a URL."""
    return titles.get(theme, "Da assegnare" if theme == NO_THEME else theme)


def _choice(
    title: str, to: Filters, chosen: Filters, cases: Sequence[Standing], me: int
) -> Choice:  # fmt: skip
    return Choice(title, to.href, len(to.of(cases, me)), to == chosen)


def _found(words: str, each: Standing) -> bool:
    """True when every word is in the code, the question or the name of the expert."""
    case = each.case
    code = tidy_case_code(words)
    if len(code) >= _LEAST_OF_CODE and code in case.code:
        return True
    owner = case.owner_name if case.state == "taken" else ""
    place = _plain(f"{case.code} {case.question} {owner or ''}")
    return all(word in place for word in _plain(words).split())


def _plain(text: str) -> str:
    """Without accents and capitals: people search as they type."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
