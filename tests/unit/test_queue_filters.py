"""desk/queue_filters.py: tabs, themes, labels and words, all of them in the address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bussola.conversations.ports import Case
from bussola.conversations.queueing import CaseFacts
from bussola.desk.queue_filters import Filters, labels, read_filters, tabs, theme_title, themes
from bussola.desk.standing import Standing

ME = 7
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 12, tzinfo=UTC)
TITLES: dict[str | None, str] = {"lavoro_domestico": "Lavoro domestico", "buoni": "Buoni lavoro"}


def standing(number: int, **told: Any) -> Standing:
    """A case of the queue; `answered` means that it is the citizen's turn."""
    answered = told.pop("answered", False)
    case = Case(
        id=number, code=f"K7QM-2XWD-000{number}", conversation_id=f"c{number}", channel="webchat",
        theme="lavoro_domestico", reason="asked", question="", nearest=(), state="waiting",
        owner_id=None, owner_name=None, opened_at=NOON, expected_by=date(2026, 11, 25),
    )  # fmt: skip
    case = replace(case, **told)
    facts = CaseFacts(
        case.id, case.theme, case.state, NOON, NOON, last_staff_at=LATER if answered else None,
        held=case.held,
    )  # fmt: skip
    return Standing(case, facts, None, "desk_priority_waiting", late=False)


CASES = [
    standing(1, question="Quante ferie ha la colf? È così?", labels=("caso raro",)),
    standing(2, question="I voucher", theme="buoni"),
    standing(3, state="taken", owner_id=ME, owner_name="Anna Verdi", theme=None),
    standing(4, state="taken", owner_id=8, owner_name="Bruno Neri", answered=True),
    standing(5, state="taken", owner_id=8, owner_name="Bruno Neri", held=True),
]


def ids(chosen: Filters) -> list[int]:
    return [each.case.id for each in chosen.of(CASES, ME)]


@pytest.mark.parametrize(
    ("view", "found"),
    [("mie", [3]), ("da-prendere", [1, 2]), ("in-attesa", [4]), ("tutte", [1, 2, 3, 4, 5])],
)
def test_each_tab_has_its_cases(view: str, found: list[int]) -> None:
    """A thread held for insults waits for nobody's words, and stays in "all"."""
    assert ids(Filters(view)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"tema": "buoni"}, [2]),
        ({"tema": "da-assegnare"}, [3]),
        ({"tema": "non-esiste"}, []),
        ({"etichetta": "caso raro"}, [1]),
        ({"vista": "mie", "tema": "buoni"}, []),
        ({"cerca": "FERIE colf"}, [1]),
        ({"cerca": "e cosi"}, [1]),
        ({"cerca": "neri"}, [4, 5]),
        ({"cerca": "k7qm 2xwd ooo2"}, [2]),
        ({"cerca": "K7QM-2XWD-0003"}, [3]),
        ({"cerca": "ferie voucher"}, []),
        ({"cerca": "   "}, [1, 2, 3, 4, 5]),
        ({"vista": "<script>"}, [1, 2, 3, 4, 5]),
    ],
)
def test_filters_are_read_from_the_address(query: dict[str, str], found: list[int]) -> None:
    """As typed: capitals, accents and blanks do not matter; what is unknown finds nothing."""
    assert ids(read_filters(query)) == found


def test_an_address_says_what_was_chosen_and_nothing_else() -> None:
    """It comes back as it was, with signs that an address must escape."""
    assert Filters().href == "/desk"
    chosen = Filters("mie", "buoni", "caso raro", "a&b=c")
    assert chosen.href == "/desk?vista=mie&tema=buoni&etichetta=caso+raro&cerca=a%26b%3Dc"
    assert chosen.open == Filters("mie")
    assert chosen.narrowed
    assert not chosen.open.narrowed


def test_counts_are_those_behind_each_link() -> None:
    """Within the other filters; the current one is marked."""
    chosen = Filters(theme="lavoro_domestico")
    assert [(t.title, t.count) for t in tabs(chosen, CASES, ME)] == [
        ("Le mie", 0), ("Da prendere", 1), ("In attesa del cittadino", 1), ("Tutte", 3),
    ]  # fmt: skip
    listed = themes(chosen, CASES, ME, TITLES)
    assert [(t.title, t.count, t.current) for t in listed] == [
        ("Tutti", 5, False), ("Buoni lavoro", 1, False), ("Da assegnare", 1, False),
        ("Lavoro domestico", 3, True),
    ]  # fmt: skip
    assert [(t.title, t.count) for t in labels(chosen, CASES, ME)] == [
        ("Tutte", 3), ("caso raro", 1)
    ]  # fmt: skip


def test_a_filter_that_finds_nothing_can_still_be_taken_away() -> None:
    """A theme or a label of an old address stays in the list, with none behind it."""
    gone = Filters(theme="vecchio", label="andata")
    assert ("vecchio", 0, True) in [
        (t.title, t.count, t.current) for t in themes(gone, CASES, ME, TITLES)
    ]
    assert [t.title for t in labels(gone, CASES, ME)] == ["Tutte", "andata", "caso raro"]
    assert labels(Filters(), CASES[1:], ME) == []
    assert theme_title("da-assegnare", TITLES) == "Da assegnare"
