"""knowledge/entry.py: what an entry, a link and a period may be."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from bussola.knowledge.entry import FIGURE_REFERENCE, Link, Source, Theme, Validity


@pytest.mark.parametrize(
    "url",
    [
        "http://www.inps.it/", "ftp://inps.it", "javascript:alert(1)", "data:text/html,x",
        "//inps.it/", "inps.it", "https://", "https:///pagina", "https://inps.it@example.com/",
        "https://utente:chiave@inps.it/", "",
    ],
)  # fmt: skip
def test_a_link_that_is_not_https_is_refused(url: str) -> None:
    """Only https addresses that name a site, without a user, are links."""
    with pytest.raises(ValidationError):
        Link(label="Sito", url=url)


def test_an_https_link_is_kept() -> None:
    """An https address is kept as written."""
    url = "https://www.normattiva.it/uri-res/N2Ls?urn:nir:stato:decreto.legislativo:1997-04-30;184"
    assert Link(label="Norma", url=url).url == url


def test_a_source_may_have_no_link() -> None:
    """An act can be named without an address, never with a bad one."""
    assert Source(title="Legge 1", date=date(2026, 1, 1)).url is None
    with pytest.raises(ValidationError):
        Source(title="Legge 1", date=date(2026, 1, 1), url="http://inps.it/")


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_period_includes_both_ends(day: date, covered: bool) -> None:
    """A period holds on its first and last day."""
    period = Validity.model_validate({"from": date(2026, 1, 1), "until": date(2026, 12, 31)})
    assert period.covers(day) is covered


def test_an_open_period_has_no_end() -> None:
    """A period without an end holds for ever."""
    assert Validity.model_validate({"from": date(2026, 1, 1)}).covers(date(2999, 1, 1))


@pytest.mark.parametrize("theme_id", ["Riscatto", "riscatto-laurea", "riscatto laurea", "", "_a"])
def test_a_theme_id_is_snake_case(theme_id: str) -> None:
    """A theme's id names a folder: lower case and underscores."""
    with pytest.raises(ValidationError):
        Theme(id=theme_id, label="Tema", description="Uno", audience="Tutti", words=["uno"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ costo }}", ("costo", "")), ("{{costo.anno}}", ("costo", "anno")),
        ("{{ Costo }}", None), ("{ costo }", None), ("{{ costo.mese }}", None),
        ("{{ 7*7 + x }}", None),
    ],
)  # fmt: skip
def test_a_reference_is_a_name(text: str, found: tuple[str, str] | None) -> None:
    """Only a figure's name, perhaps with its year, is a reference; no expression is."""
    match = FIGURE_REFERENCE.search(text)
    assert (match and (match.group(1), match.group(2) or "")) == found
