"""The queue of the desk over HTTP, what citizens read of it, and the figures behind both."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient

from bussola.conversations.queueing import MIN_RECENT
from bussola.storage.database import Database
from bussola.storage.desk_figures import DeskFigures
from bussola.storage.staff_store import StaffStore
from bussola.web.keys import SETTINGS, STAFF

from .conftest import Clock
from .desk_cases import add_case, database_of
from .test_desk_and_messenger import Desk

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)
THEME = "lavoro_domestico"


@pytest.fixture
async def cases(client: TestClient) -> AsyncIterator[Database]:
    """The database of the running application."""
    async with database_of(client.app[SETTINGS].database_url) as database:  # type: ignore[index]
        yield database


@pytest.fixture
async def desk(client: TestClient) -> Desk:
    desk = Desk(client)
    await desk.sign_in()
    return desk


async def me(client: TestClient) -> int:
    found = await client.app[STAFF].by_login("expert")  # type: ignore[index]
    assert found
    return found.id


def title_of(page: str) -> str:
    found = re.search(r"<title>(.+?) – Bussola</title>", page)
    assert found
    return found.group(1)


def order(page: str, *codes: str) -> list[str]:
    """The codes in the order of the table."""
    table = page[page.index("<table") :]
    return sorted((code for code in codes if code in table), key=table.index)


# The queue


async def test_an_empty_queue_says_so(desk: Desk) -> None:
    """In every tab, with its own words."""
    for view, words in (("tutte", "Nessuna richiesta aperta"), ("mie", "Non hai richieste"),
                        ("da-prendere", "Nessuna richiesta da prendere"),
                        ("in-attesa", "Nessuna richiesta aspetta"), ("x", "richiesta aperta"),
                        ("tutte&cerca=zzz", "Nessuna richiesta con questi filtri")):  # fmt: skip
        assert words in await desk.text(f"/desk?vista={view}")
    assert title_of(await desk.text("/desk")) == "Richieste"


async def test_the_queue_says_why_each_case_is_there(desk: Desk, cases: Database) -> None:
    """An emergency before the oldest one; the reason stands beside the case."""
    later = await add_case(cases, MINUTE, question="Prima io")
    urgent = await add_case(cases, timedelta(), emergency=True)
    shown = await desk.text("/desk")
    assert order(shown, later.code, urgent.code) == [urgent.code, later.code]
    assert "<strong>Emergenza</strong>" in shown
    assert "<strong>Aspetta un esperto</strong>" in shown


async def test_nothing_is_forgotten(desk: Desk, cases: Database) -> None:
    """On top of "all", in the title of both pages; no filter hides it from the title."""
    late = await add_case(cases, 2 * WEEK, question="Aspetto da giorni")
    for path in ("/desk", "/desk/queue"):
        shown = await desk.text(path)
        assert title_of(shown) == "Richieste (1 da non dimenticare)"
        band = shown[shown.index("Da non dimenticare") : shown.index("<table")]
        assert late.code in band
        assert f'href="/desk/case/{late.id}"' in band
        assert "<strong>in ritardo</strong>" in shown
    mine = await desk.text("/desk?vista=mie")
    assert title_of(mine) == "Richieste (1 da non dimenticare)"
    assert late.code not in mine


async def test_filters_and_their_counts(
    desk: Desk, cases: Database, client: TestClient
) -> None:  # fmt: skip
    """What is filtered is said, and one link takes it away; the page that refreshes keeps it."""
    anna = await me(client)
    now = datetime.now(UTC)
    mine = await add_case(cases, MINUTE, state="taken", owner_id=anna, question="La <b>mia</b>",
                          said=(("expert", "Ecco.", now),))  # fmt: skip
    other = await add_case(cases, MINUTE, theme=THEME, labels=["caso raro"], question="Ferie, è?")
    shown = await desk.text("/desk?vista=mie")
    assert mine.code in shown
    assert other.code not in shown
    assert mine.code in await desk.text("/desk?vista=in-attesa")
    shown = await desk.text(f"/desk?tema={THEME}&etichetta=caso+raro&cerca=ferie+e")
    assert order(shown, mine.code, other.code) == [other.code]
    assert "Vedi 1 di 2 richieste aperte: tema «" in shown
    assert "etichetta «caso raro», ricerca «ferie e»." in shown
    assert '<a href="/desk">Togli i filtri</a>' in shown
    assert f'hx-get="/desk/queue?tema={THEME}&etichetta=caso+raro&cerca=ferie+e"' in shown
    assert order(await desk.text("/desk/queue?cerca=expert"), mine.code, other.code) == [mine.code]


async def test_what_is_searched_is_shown_as_it_is(client: TestClient, desk: Desk) -> None:
    """No sign of a search or of a label becomes HTML."""
    del desk
    query = {"cerca": '"><script>x</script>', "etichetta": "<i>"}
    text = await (await client.get("/desk", params=query)).text()
    assert "<script>x" not in text
    assert "<i>" not in text


async def test_closed_cases_are_under_mine(
    desk: Desk, cases: Database, client: TestClient
) -> None:  # fmt: skip
    """Not in the queue."""
    now = datetime.now(UTC)
    case = await add_case(cases, WEEK, state="closed", owner_id=await me(client), closed_at=now)
    assert case.code in await desk.text("/desk?vista=mie")
    assert case.code not in await desk.text("/desk")


# The citizen's page


async def test_a_citizen_reads_the_place_and_the_day(client: TestClient, cases: Database) -> None:
    """With the moment it was worked out; without figures the level of the service stands."""
    first = await add_case(cases, 2 * MINUTE)
    second = await add_case(cases, MINUTE)
    shown = await (await client.get(f"/pratica/{first.code}")).text()
    assert "La tua richiesta è la prima in coda." in shown
    assert re.search(r"Calcolato \w+ \d+º? \w+ alle \d\d:\d\d\.", shown)
    shown = await (await client.get(f"/pratica/{second.code}")).text()
    assert "in coda al posto numero 2" in shown
    assert "È una previsione, non una promessa." in shown
    assert "ultime richieste" not in shown


async def test_figures_speak_once_there_are_enough(client: TestClient, cases: Database) -> None:
    """Ten first answers of the last weeks on the theme, and an expert who is there."""
    now = datetime.now(UTC)
    for _ in range(MIN_RECENT):
        await add_case(cases, WEEK, theme=THEME, state="closed", first_reply_at=now - WEEK / 2)
    case = await add_case(cases, MINUTE, theme=THEME)
    shown = await (await client.get(f"/pratica/{case.code}")).text()
    assert "dai tempi delle ultime richieste" in shown


async def test_a_late_case_gets_excuses(client: TestClient, cases: Database) -> None:
    """And a new day, and no need to write again."""
    case = await add_case(cases, 3 * WEEK)
    shown = await (await client.get(f"/pratica/{case.code}")).text()
    assert "Siamo in ritardo con la tua richiesta" in shown


async def test_who_is_answered_reads_no_forecast(client: TestClient, cases: Database) -> None:
    """A taken case keeps the day without a place; an answered or closed one says only its state."""
    now, anna = datetime.now(UTC), await me(client)
    taken = await add_case(cases, MINUTE, state="taken", owner_id=anna)
    shown = await (await client.get(f"/pratica/{taken.code}")).text()
    assert "Data prevista per la risposta" in shown
    assert "in coda" not in shown
    answered = await add_case(cases, MINUTE, state="taken", said=(("expert", "Ecco.", now),))
    closed = await add_case(cases, MINUTE, state="closed")
    held = await add_case(cases, MINUTE, held=True)
    for case in (answered, closed, held):
        assert "<small>Calcolato" not in await (await client.get(f"/pratica/{case.code}")).text()


# The figures


async def test_first_answers_are_those_of_the_theme_and_the_time(database: Database) -> None:
    """Cases without a theme are a group of their own; unanswered ones say nothing."""
    now, figures = datetime.now(UTC), DeskFigures(database)
    for theme, answered in ((THEME, now), (THEME, now - 2 * WEEK), (THEME, None), (None, now)):
        await add_case(database, 3 * WEEK, theme=theme, first_reply_at=answered)
    found = await figures.first_answers(THEME, now - WEEK)
    assert [answered for _, answered in found] == [now]
    assert len(await figures.first_answers(THEME, now - 4 * WEEK)) == 2
    assert len(await figures.first_answers(None, now - WEEK)) == 1


async def test_experts_on_a_theme_are_counted(database: Database, clock: Clock) -> None:
    """Those of every theme too; curators and other themes not."""
    staff, figures = StaffStore(database, clock), DeskFigures(database)
    for login, role, themes in (("a", "expert", None), ("b", "expert", [THEME]),
                                ("c", "expert", ["altro"]), ("d", "curator", None)):  # fmt: skip
        await staff.add(login, login, role, "x", themes)
    assert await figures.experts_on(THEME) == 2
    assert await figures.experts_on(None) == 3


async def test_who_writes_again_waits_since_their_first_words(database: Database) -> None:
    """After the last words of an expert; without any the case is not there."""
    now = datetime.now(UTC)
    asked = now - timedelta(hours=2)
    said = (("expert", "Ecco.", now - timedelta(hours=3)), ("citizen", "E se?", asked),
            ("citizen", "Allora?", now))  # fmt: skip
    case = await add_case(database, WEEK, said)
    await add_case(database, WEEK, (("citizen", "C'è nessuno?", now),))
    await add_case(database, WEEK, (("citizen", "Io?", asked), ("expert", "Sì.", now)))
    assert await DeskFigures(database).unanswered_since() == {case.id: asked}
