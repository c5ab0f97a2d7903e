"""The desk beside a page on Messenger: until when, what did not arrive, and comments in public."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import cast

import pytest
from aiohttp.test_utils import TestClient

from bussola.conversations.events import Event
from bussola.conversations.ports import Later, Reach, Undeliverable
from bussola.knowledge.service import KnowledgeService
from bussola.storage.outbox_store import OutboxStore, Parcel
from bussola.web.bell import Bell
from bussola.web.keys import CASE_STORE, MODERATION, REACHES, SETTINGS, STAFF
from bussola.web.sign_in import hash_password
from bussola.workers import deliver_once

from .conftest import PASSWORD
from .messenger_page import Page, open_page
from .messenger_talk import advance, settled, until_async

CODICE = "RSSMRA85T10A562S"
REPLY = "Gli anni all'estero contano con il titolo riconosciuto."


class Desk:
    """A signed-in expert's browser, without a window."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self._csrf = ""

    async def sign_in(self, role: str = "expert") -> None:
        form = {"login": role, "password": PASSWORD}
        answer = await self._client.post("/accesso", data=form, allow_redirects=False)
        assert answer.status == 303
        found = re.search(r'name="csrf" value="([^"]+)"', await self.text("/desk"))
        assert found
        self._csrf = found.group(1)

    async def text(self, path: str) -> str:
        """A page as it is read: entities and tags undone, but for the head."""
        answer = await self._client.get(path)
        assert answer.status == 200, path
        return unescape(await answer.text())

    async def press(self, path: str, **fields: str) -> tuple[int, str]:
        """The status of a form, and the page that it leads to."""
        fields["csrf"] = self._csrf
        answer = await self._client.post(path, data=fields)
        return answer.status, unescape(await answer.text())

    async def shows(self, path: str, words: str) -> str:
        """Wait until a page has the words; the page."""
        seen = ""

        async def there() -> bool:
            nonlocal seen
            seen = await self.text(path)
            return words in seen

        try:
            await until_async(there)
        except TimeoutError:
            pytest.fail(f"no «{words}» in {seen[-3000:]}")
        return seen


@pytest.fixture
async def page(
    folder: Path, knowledge: KnowledgeService, quick: None, request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    """Knowledge with an index: the page of a case looks for near answers."""
    async with open_page(folder, knowledge, **getattr(request, "param", {})) as page:
        yield page


@pytest.fixture
async def desk(page: Page) -> Desk:
    await page.client.app[STAFF].add("expert", "Elena", "expert", hash_password(PASSWORD), None)
    desk = Desk(page.client)
    await desk.sign_in()
    return desk


async def case_of(page: Page, desk: Desk, taken: bool = True) -> str:
    """The page of a case of Anna's, asked for from the menu."""
    page.fake.say(page.anna, "Ho studiato in Svizzera")
    await page.hears("Fonte")
    page.fake.menu(page.anna, "0:person")
    await page.hears("Procedo?")
    page.fake.tap(page.anna, page.anna.offered()[0]["payload"])
    await page.hears("Codice della richiesta")
    (case,) = await page.client.app[CASE_STORE].queue(None)
    path = f"/desk/case/{case.id}"
    if taken:
        await desk.press(f"{path}/take")
    await settled(page)
    return path


async def reply(desk: Desk, path: str, text: str = REPLY) -> None:
    status, _ = await desk.press(f"{path}/reply", text=text, client_id=str(hash(text)))
    assert status == 200


# Until when


@pytest.mark.messenger(20)
async def test_the_desk_says_until_when_it_may_answer(page: Page, desk: Desk) -> None:
    """A sentence on the case, a short form in the queue, both in the office's zone."""
    path = await case_of(page, desk)
    reach = await page.client.app[REACHES]["messenger"](page.conversation_id)
    assert reach.expert_until is not None
    ends = reach.expert_until.astimezone(page.client.app[SETTINGS].zone)
    sentence = re.search(r"Messenger: puoi rispondere fino a (.+?)\.<", await desk.text(path))
    assert sentence
    assert re.fullmatch(rf"\w+ {ends.day}º? \w+ alle {ends:%H:%M}", sentence.group(1))
    assert re.search(
        rf"Messenger: entro \w{{3}} {ends.day}, {ends:%H:%M}", await desk.text("/desk")
    )
    assert "Mancano meno di 3 ore" not in await desk.text(f"{path}/reach")


@pytest.mark.messenger(20)
async def test_the_last_three_hours_are_a_warning(page: Page, desk: Desk) -> None:
    """On the case and in the queue."""
    path = await case_of(page, desk)
    await advance(page, days=6, hours=22)
    warned = await desk.shows(f"{path}/reach", "Mancano meno di 3 ore.")
    assert "b-alert" in warned
    assert "meno di 3 ore" in await desk.text("/desk/queue")


@pytest.mark.messenger(20)
async def test_after_seven_days_the_desk_offers_another_way(page: Page, desk: Desk) -> None:
    """Why, the page by code, the official phone; what is written anyway is kept and marked."""
    path = await case_of(page, desk)
    (case,) = await page.client.app[CASE_STORE].queue(None)
    await advance(page, days=7, hours=1)
    closed = await desk.shows(path, "più di 7 giorni")
    assert f'href="/pratica/{case.code}"' in closed
    assert "803 164" in closed
    assert "La tua risposta" in closed
    assert "non riceve" in await desk.text("/desk/queue")
    before = page.anna.said_to_them()
    await reply(desk, path)
    told = await desk.shows(f"{path}/thread", "Non consegnato: La persona non scrive da più di 7")
    assert REPLY in told
    assert page.anna.said_to_them() == before
    assert REPLY in await desk.text(f"/pratica/{case.code}")


@pytest.mark.messenger(19, 20)
@pytest.mark.parametrize("page", [{"human_agent": False}], indirect=True)
async def test_without_approval_a_day_is_all(page: Page, desk: Desk) -> None:
    """The desk says that the page is not approved, not that a week is over."""
    path = await case_of(page, desk)
    await advance(page, hours=25)
    assert "7 giorni" not in await desk.shows(f"{path}/reach", "non è autorizzata")
    await reply(desk, path)
    await desk.shows(f"{path}/thread", "Non consegnato: La persona non scrive da più di 24 ore")


@pytest.mark.messenger(19)
async def test_what_is_automatic_is_marked_after_a_day(page: Page, desk: Desk) -> None:
    """An expert's words arrive after 25 hours; the notice of the closing does not, and says so."""
    path = await case_of(page, desk)
    await advance(page, hours=25)
    await reply(desk, path)
    await page.hears("Gli anni all'estero")
    await desk.press(f"{path}/close")
    shown = await desk.shows(path, "Non consegnato: Avviso automatico")
    assert shown.count("Non consegnato") == 1
    assert "puoi rispondere fino" not in shown


@pytest.mark.messenger(20, 33)
async def test_a_person_who_blocked_the_page_is_said_to_be_gone(page: Page, desk: Desk) -> None:
    """Under the message, and for the case from then on."""
    path = await case_of(page, desk)
    page.fake.block(page.anna)
    await reply(desk, path)
    await desk.shows(f"{path}/thread", "Non consegnato: La persona non è più raggiungibile")
    await desk.shows(f"{path}/reach", "ha bloccato la pagina")


async def test_cases_whose_channel_closes_soon_come_first(page: Page, desk: Desk) -> None:
    """The newer case is on top in the last three hours, and says why; before, the older one is."""
    await case_of(page, desk, taken=False)
    bruno = page.fake.person("Bruno")
    page.fake.say(bruno, "Un altro caso")
    await settled(page)
    page.fake.menu(bruno, "0:person")
    await page.fake.until(bruno.offered)
    page.fake.tap(bruno, bruno.offered()[0]["payload"])
    await settled(page)
    older, newer = await page.client.app[CASE_STORE].queue(None)

    async def reach(conversation_id: str) -> Reach:
        hours = left if conversation_id == newer.conversation_id else 30
        return Reach(expert_until=datetime.now(UTC) + timedelta(hours=hours))

    page.client.app[REACHES]["messenger"] = reach
    left = 2
    text = await desk.text("/desk")
    assert "Messenger si chiude alle" in text
    assert text.index(newer.code) < text.index(older.code)
    left = 4
    text = await desk.text("/desk")
    assert text.index(older.code) < text.index(newer.code)


async def test_a_web_case_has_no_deadline_of_its_channel(client: TestClient) -> None:
    """Where a channel has no limits the desk says nothing about them."""
    body = await (await client.post("/api/v1/conversations")).json()
    url = f"/api/v1/conversations/{body['conversation_id']}"
    headers = {"Authorization": f"Bearer {body['token']}"}
    for number, button in enumerate(("0:person", None)):
        events = (await (await client.get(f"{url}/events", headers=headers)).json())["events"]
        pressed = button or events[-1]["buttons"][0]["id"]
        sent = {"client_id": f"press-{number}00", "button": pressed}
        assert (await client.post(f"{url}/messages", json=sent, headers=headers)).status == 202
        wait = {"after": events[-1]["id"] + 1, "wait": 10}
        await client.get(f"{url}/events", params=wait, headers=headers)
    desk = Desk(client)
    await desk.sign_in()
    (case,) = await client.app[CASE_STORE].queue(None)  # type: ignore[index]
    shown = await desk.text(f"/desk/case/{case.id}")
    assert "Chat sul sito" in shown
    assert "puoi rispondere fino" not in shown
    assert "Chat sul sito:" not in await desk.text("/desk/queue")


# What became of the words


@pytest.mark.messenger(11, 12, 15)
async def test_the_thread_says_what_happened_elsewhere(page: Page, desk: Desk) -> None:
    """Edited, taken back, written from the page's inbox, written to another app."""
    path = await case_of(page, desk)
    edited = page.fake.say(page.anna, "prima parola")
    unsent = page.fake.say(page.anna, "da togliere")
    await settled(page)
    page.fake.edit(page.anna, "seconda parola", edited)
    page.fake.unsend(page.anna, unsent)
    page.fake.page_inbox_says(page.anna, "scrivo dalla posta")
    page.fake.standby(page.anna, "scrivo a un altro")
    await settled(page)
    shown = await desk.shows(f"{path}/thread", "scrivo a un altro")
    assert "seconda parola <em>(modificato)</em>" in shown
    assert "prima parola" not in shown
    assert "(cancellato)" in shown
    assert "da togliere" not in shown
    assert "Una persona dalla Pagina" in shown
    assert "Cittadino – scritto ad altri" in shown


@pytest.mark.messenger(41)
async def test_what_the_citizen_erased_is_gone_from_the_desk(page: Page, desk: Desk) -> None:
    """The case stays as a closed one without words."""
    path = await case_of(page, desk)
    page.fake.say(page.anna, "cancella i miei dati")
    await page.hears("Cancello?")
    page.fake.tap(page.anna, page.anna.offered()[0]["payload"])
    await page.hears("Fatto:")
    shown = await desk.shows(path, "(cancellato dal cittadino)")
    assert "Svizzera" not in shown
    assert "Questa richiesta è chiusa." in shown
    assert "puoi rispondere" not in shown


async def test_the_desk_hears_of_what_was_given_up() -> None:
    """A bell rings for a message that will never arrive, not for one that comes later."""
    event = Event(1, "expert", "expert", "x", {}, (), False, datetime.now(UTC), None)

    class Outbox:
        async def waiting(self, _: str) -> list[Parcel]:
            return [Parcel(1, "messenger", "m1", event, 0)]

        async def failed(self, *_: object) -> None: ...

        async def postpone(self, *_: object) -> None: ...

    class Sender:
        def __init__(self, error: Exception) -> None:
            self._error = error

        async def send(self, _: Parcel) -> None:
            raise self._error

    bell, outbox = Bell(), cast("OutboxStore", Outbox())
    with bell.listening("desk") as ear:
        await deliver_once(outbox, "messenger", Sender(Later(1)), bell)
        assert not await ear.wait(0.01)
        await deliver_once(outbox, "messenger", Sender(Undeliverable("window_closed")), bell)
        assert await ear.wait(0.01)


# Comments


COMMENTS = "/desk/commenti"
CHOSEN = re.compile(r'name="comment_id" value="([^"]+)"')


async def commented(page: Page, desk: Desk) -> str:
    """The id of a comment with personal data that the desk shows."""
    comment_id = page.fake.comment("Carlo", f"Il mio codice è {CODICE}, quando pagate Giannutri?")
    await desk.shows(COMMENTS, comment_id)
    return comment_id


async def test_a_comment_with_personal_data_is_shown_without_its_words(
    page: Page, desk: Desk
) -> None:
    """When, which kinds, a link that opens apart; a number at the desk."""
    assert "Nessun commento aspetta" in await desk.text(COMMENTS)
    page.fake.comment("Dario", "Quanto costa la laurea?")
    comment_id = await commented(page, desk)
    shown = await desk.text(COMMENTS)
    assert CHOSEN.findall(shown) == [comment_id] * 2
    assert "codice fiscale" in shown
    assert (
        f'<a href="https://www.facebook.com/{comment_id}" target="_blank" rel="noopener">' in shown
    )
    assert "non conserva le parole" in shown
    assert CODICE not in shown
    assert "Giannutri" not in shown
    link = r'<a href="/desk/commenti">[^<]+</a> <span class="b-count">1</span>'
    assert re.search(link, await desk.text("/desk/queue"))


async def test_a_comment_is_hidden_by_a_moderator(page: Page, desk: Desk) -> None:
    """On the platform, and gone from the list; a colleague who comes second is told."""
    comment_id = await commented(page, desk)
    status, shown = await desk.press(f"{COMMENTS}/nascondi", comment_id=comment_id)
    assert status == 200
    assert "Commento nascosto" in shown
    assert "Nessun commento aspetta" in shown
    assert page.fake.comments[comment_id].hidden
    for act in ("nascondi", "lascia"):
        status, shown = await desk.press(f"{COMMENTS}/{act}", comment_id=comment_id)
        assert status == 409
        assert "un collega ha già deciso" in shown


async def test_a_comment_is_left_by_a_moderator(page: Page, desk: Desk) -> None:
    """It stays in public, and leaves the list."""
    comment_id = await commented(page, desk)
    status, shown = await desk.press(f"{COMMENTS}/lascia", comment_id=comment_id)
    assert status == 200
    assert "Il commento resta com'è" in shown
    assert "Nessun commento aspetta" in shown
    assert not page.fake.comments[comment_id].hidden


async def test_a_comment_that_the_platform_does_not_hide_stays_in_the_list(
    page: Page, desk: Desk
) -> None:
    """The moderator reads so, and can try again."""
    comment_id = await commented(page, desk)
    page.fake.comments[comment_id].removed = True
    status, shown = await desk.press(f"{COMMENTS}/nascondi", comment_id=comment_id)
    assert status == 409
    assert "Facebook non ha nascosto il commento" in shown
    assert comment_id in shown


async def test_only_comments_of_the_list_can_be_hidden(page: Page, desk: Desk) -> None:
    """The id of a form becomes part of a call: any other is refused before it."""
    other = page.fake.comment("Dario", "Quanto costa la laurea?")
    await settled(page)
    for comment_id in (other, "me/messages", "", "../x"):
        status, _ = await desk.press(f"{COMMENTS}/nascondi", comment_id=comment_id)
        assert status == 409
    assert not page.fake.comments[other].hidden


@pytest.mark.parametrize("page", [{"comments": False}], indirect=True)
async def test_comments_that_are_off_are_said_to_be_off(page: Page, desk: Desk) -> None:
    """The channel runs, but nobody looks at comments."""
    assert MODERATION in page.client.app
    assert "non sono controllati" in await desk.text(COMMENTS)
    assert "Nessun commento aspetta" not in await desk.text(COMMENTS)
    assert COMMENTS not in await desk.text("/desk")


async def test_without_the_channel_comments_are_not_watched(client: TestClient) -> None:
    """The page says so, no form can be sent, and a curator does not enter."""
    assert MODERATION not in client.app  # type: ignore[operator]
    desk = Desk(client)
    await desk.sign_in()
    assert "non sono controllati" in await desk.text(COMMENTS)
    status, _ = await desk.press(f"{COMMENTS}/nascondi", comment_id="1_2")
    assert status == 409
    await client.post(
        "/accesso", data={"login": "curator", "password": PASSWORD}, allow_redirects=False
    )
    assert (await client.get(COMMENTS)).status == 403


# What citizens read about the channel


async def test_the_case_page_names_the_way_back(page: Page, desk: Desk) -> None:
    """Who asked on Messenger is not sent to the chat of a browser."""
    await case_of(page, desk)
    (case,) = await page.client.app[CASE_STORE].queue(None)
    shown = await desk.text(f"/pratica/{case.code}")
    assert "su Messenger, dove hai fatto la domanda" in shown
    assert "stesso browser" not in shown


async def test_the_pages_say_how_messenger_keeps_and_erases(page: Page, client: TestClient) -> None:
    """Privacy for everybody; how it works names the channel where it is on."""
    privacy = unescape(await (await client.get("/privacy")).text())
    assert "Meta, che ne tiene una copia" in privacy
    assert "cancella i miei dati" in privacy
    for where, named in ((page.client, True), (client, False)):
        how = await (await where.get("/come-funziona")).text()
        assert ("pagina su Messenger" in how) is named
