"""/verifica: anybody checks whether a reply is ours, and whether its words are."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import pytest
from aiohttp.test_utils import TestClient

from bussola.channels.webchat.codec import event_json
from bussola.site.verification import tidy_mark
from bussola.storage.database import Database
from bussola.web.keys import CONVERSATION_STORE, SETTINGS, STAFF

from .desk_cases import add_case, database_of
from .test_desk_and_messenger import Desk

REPLY = "Buongiorno, gli anni all'estero contano con il titolo riconosciuto."
OURS = "È una risposta ufficiale del servizio, data il "
NOT_OURS = "Non l'abbiamo data noi"
SAME = "Il testo è proprio quello"
DIFFERENT = "Il testo è diverso da quello che abbiamo scritto"
WRONG = "R-AAAA-BBBB-CCCC"


@pytest.fixture
async def cases(client: TestClient) -> AsyncIterator[Database]:
    async with database_of(client.app[SETTINGS].database_url) as database:  # type: ignore[index]
        yield database


@pytest.fixture
async def mark(client: TestClient, cases: Database) -> str:
    """The mark under an expert's reply, as the citizen reads it on the case page."""
    anna = await client.app[STAFF].by_login("expert")  # type: ignore[index]
    case = await add_case(cases, timedelta(minutes=1), state="taken", owner_id=anna.id)
    desk = Desk(client)
    await desk.sign_in()
    await desk.press(f"/desk/case/{case.id}/reply", text=REPLY, client_id="one", fence="0")
    shown = await (await client.get(f"/pratica/{case.code}")).text()
    found = re.search(
        r'Risposta ufficiale · codice (\S+) · <a href="/verifica/(\S+)">verifica', shown
    )
    assert found
    assert found.group(1) == found.group(2)
    (event,) = [e for e in await client.app[CONVERSATION_STORE].events(case.conversation_id)  # type: ignore[index]
                if e.author == "expert"]  # fmt: skip
    assert event_json(event)["data"]["official"] == found.group(1)
    return found.group(1)


async def asked(client: TestClient, code: str, text: str = "") -> str:
    """What the page says; always with the same status."""
    if text:
        answer = await client.post("/verifica", data={"code": code, "text": text})
    else:
        answer = await client.get(f"/verifica/{code}")
    assert answer.status == 200
    return unescape(await answer.text())


async def test_a_mark_is_ours_or_it_is_not(client: TestClient, mark: str) -> None:
    """However it is typed, by link or by form."""
    plain = mark.replace("-", "").lower()
    for typed in (mark, plain, plain[1:], mark.replace("-", " "), f" {mark} "):
        answer = await client.post("/verifica", data={"code": typed})
        assert OURS in unescape(await answer.text())
        assert str(answer.url).endswith(f"/verifica/{mark}")
    assert OURS in await asked(client, mark)
    said = await asked(client, WRONG)
    assert NOT_OURS in said
    assert OURS not in said


async def test_the_words_are_compared(client: TestClient, mark: str) -> None:
    """Blanks may change on their way; a word may not. Without a mark of ours nothing is compared."""
    assert SAME in await asked(client, mark, REPLY)
    assert SAME in await asked(client, mark, "  " + REPLY.replace(" ", "\n") + "\n")
    changed = await asked(client, mark, REPLY.replace("contano", "non contano"))
    assert DIFFERENT in changed
    assert SAME not in changed
    said = await asked(client, WRONG, REPLY)
    assert NOT_OURS in said
    assert SAME not in said
    assert DIFFERENT not in said


async def test_pasted_words_stay_nowhere(
    client: TestClient, mark: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not on the page, not in an address, not in the logs."""
    caplog.set_level(logging.DEBUG)
    secret = "parole-di-nessuno"
    answer = await client.post("/verifica", data={"code": mark, "text": secret})
    assert secret not in await answer.text()
    assert secret not in str(answer.url)
    assert secret not in caplog.text


async def test_guessing_marks_is_slowed_down(client: TestClient) -> None:
    """Ten wrong ones from one address, then a pause; case codes are counted apart."""
    statuses = [(await client.get(f"/verifica/R-AAAA-BBBB-{i:04}")).status for i in range(12)]
    assert statuses[:10] == [200] * 10
    assert statuses[10:] == [429] * 2
    answer = await client.post("/verifica", data={"code": WRONG, "text": "x"})
    assert answer.status == 429
    assert (await client.get("/pratica/AAAA-BBBB-CCCC")).status == 404


async def test_odd_codes_are_no_errors(client: TestClient) -> None:
    """Nothing typed becomes HTML or an error page."""
    for typed in ("%3Cscript%3Ex", "x" * 300, "%00", "%C3%A8", "R", "-"):
        answer = await client.get(f"/verifica/{typed}")
        assert answer.status == 200, typed
        assert "<script>x" not in await answer.text()
    answer = await client.post("/verifica", data={"code": "  "})
    assert str(answer.url).endswith("/verifica")


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("r-k7qm-2xwd-9tra", "R-K7QM-2XWD-9TRA"),
        ("K7QM 2XWD 9TRA", "R-K7QM-2XWD-9TRA"),
        ("rk7qm2xwd9tro", "R-K7QM-2XWD-9TR0"),
        ("RRRR-RRRR-RRRR", "R-RRRR-RRRR-RRRR"),
    ],
)
def test_marks_are_tidied(typed: str, tidy: str) -> None:
    """An R that belongs to the letters is not taken for the one in front."""
    assert tidy_mark(typed) == tidy
