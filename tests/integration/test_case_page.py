"""The page of a case over HTTP: the real application, two experts and a citizen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestClient

from bussola.conversations.ports import Case
from bussola.storage.models import CaseRow, StaffRow
from bussola.web.keys import CASE_STORE, DESK_SETTINGS, DESK_STORE, STAFF
from bussola.web.sign_in import hash_password

from .conftest import PASSWORD

GOOD = "Buongiorno, gli anni di studio contano se il titolo è riconosciuto. Cordiali saluti"
RUDE = "Buongiorno, Lei è uno stronzo. Cordiali saluti"
HINT = "Buongiorno, le garantisco che va bene. Cordiali saluti"
FENCE = re.compile(r'name="fence" value="(\d+)"')
BOX = re.compile(r'<textarea id="reply".*?>(.*?)</textarea>', re.DOTALL)


class Browser:
    """A signed-in person's browser, without a window."""

    def __init__(self, session: ClientSession, login: str) -> None:
        self._session, self._login, self.csrf = session, login, ""

    async def sign_in(self, home: str = "/desk/commenti") -> None:
        form = {"login": self._login, "password": PASSWORD}
        async with self._session.post("/accesso", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        found = re.search(r'name="csrf" value="([^"]+)"', await self.text(home))
        assert found
        self.csrf = found.group(1)

    async def text(self, path: str) -> str:
        async with self._session.get(path) as answer:
            assert answer.status == 200, path
            return unescape(await answer.text())

    async def press(self, path: str, *pairs: tuple[str, str], **fields: str) -> tuple[int, str]:
        """The status of a form, and the page that it leads to."""
        data = [("csrf", self.csrf), *pairs, *fields.items()]
        async with self._session.post(path, data=data) as answer:
            return answer.status, unescape(await answer.text())

    async def reply(self, path: str, text: str, fence: str = "") -> tuple[int, str]:
        """Send `text` under the fence that the page shows now, or an older one."""
        found = FENCE.search(await self.text(path))
        fence = fence or (found.group(1) if found else "0")
        return await self.press(
            f"{path}/reply", text=text, client_id=str(abs(hash(text))), fence=fence
        )


class Citizen:
    """Somebody with a question, at the chat of the site."""

    def __init__(self, client: TestClient, number: int) -> None:
        self._client, self._number, self._sent = client, number, 0
        self._url, self._headers = "", {"": ""}

    async def asks(self) -> str:
        """Ask for a person; the page of the case at the desk."""
        body = await (await self._client.post("/api/v1/conversations")).json()
        self._url = f"/api/v1/conversations/{body['conversation_id']}"
        self._headers = {"Authorization": f"Bearer {body['token']}"}
        for button in ("0:person", None):
            events = await self.events()
            await self._send(button=button or events[-1]["buttons"][0]["id"])
            wait = {"after": str(events[-1]["id"] + 1), "wait": "10"}
            await self._client.get(f"{self._url}/events", params=wait, headers=self._headers)
        cases = await self._client.app[CASE_STORE].queue(None)  # type: ignore[index]
        (case,) = [c for c in cases if c.conversation_id == body["conversation_id"]]
        return f"/desk/case/{case.id}"

    async def says(self, text: str) -> None:
        await self._send(text=text)

    async def _send(self, **message: str) -> None:
        self._sent += 1
        sent = {"client_id": f"citizen-{self._number}-{self._sent:03}", **message}
        answer = await self._client.post(f"{self._url}/messages", json=sent, headers=self._headers)
        assert answer.status == 202

    async def events(self) -> list[dict[str, str]]:
        answer = await self._client.get(f"{self._url}/events", headers=self._headers)
        events: list[dict[str, str]] = (await answer.json())["events"]
        return events

    async def reads(self) -> str:
        return "\n".join(event["text"] for event in await self.events())


@pytest.fixture
async def anna(client: TestClient) -> AsyncIterator[Browser]:
    """Anna Verdi, an expert for every theme."""
    async for browser in signed_in(client, "anna", "Anna Verdi"):
        yield browser


@pytest.fixture
async def bruno(client: TestClient) -> AsyncIterator[Browser]:
    """Bruno Neri, another."""
    async for browser in signed_in(client, "bruno", "Bruno Neri"):
        yield browser


async def signed_in(client: TestClient, login: str, name: str) -> AsyncIterator[Browser]:
    staff = client.app[STAFF]  # type: ignore[index]
    await staff.add(login, name, "expert", hash_password(PASSWORD), None)
    jar = CookieJar(unsafe=True)
    async with ClientSession(base_url=client.make_url("/"), cookie_jar=jar) as session:
        browser = Browser(session, login)
        await browser.sign_in()
        yield browser


@pytest.fixture
def citizen(client: TestClient) -> Citizen:
    return Citizen(client, 1)


@pytest.fixture
async def path(citizen: Citizen, anna: Browser) -> str:
    """The page of a case that Anna took."""
    path = await citizen.asks()
    status, _ = await anna.press(f"{path}/take")
    assert status == 200
    return path


async def case_at(client: TestClient, path: str) -> Case:
    case = await client.app[CASE_STORE].case(int(path.rpartition("/")[2]))  # type: ignore[index]
    assert case is not None
    return case


def box(page: str) -> str:
    found = BOX.search(page)
    assert found
    return found.group(1).strip()


async def change(client: TestClient, path: str, **values: object) -> None:
    """Change the row of a case as time would."""
    database = client.app[CASE_STORE]._database  # type: ignore[index]
    async with database.write() as session:
        row = await session.get(CaseRow, int(path.rpartition("/")[2]))
        for name, value in values.items():
            setattr(row, name, value)


# Words


async def test_a_reply_under_an_old_fence_does_not_leave_and_stays(
    anna: Browser, citizen: Citizen, path: str
) -> None:
    """Given back and taken again meanwhile: an old page is told so, and keeps its text."""
    found = FENCE.search(await anna.text(path))
    assert found
    await anna.press(f"{path}/release")
    await anna.press(f"{path}/take")
    status, page = await anna.reply(path, GOOD, found.group(1))
    assert status == 409
    assert "passata di mano" in page
    assert box(page) == GOOD
    assert GOOD not in await citizen.reads()
    assert (await anna.reply(path, GOOD))[0] == 200
    assert GOOD in await citizen.reads()


@pytest.mark.parametrize("fence", ["-1", "x", "99999999999999999999", "²"])
async def test_a_fence_that_is_none_is_refused(anna: Browser, path: str, fence: str) -> None:
    """A broken form sends nothing."""
    status, _ = await anna.press(f"{path}/reply", text=GOOD, client_id="x", fence=fence)
    assert status == 409


async def test_who_lost_the_case_still_sees_what_they_wrote(
    anna: Browser, bruno: Browser, citizen: Citizen, path: str
) -> None:
    """Without a box to send it from."""
    await anna.press(f"{path}/release")
    await bruno.press(f"{path}/take")
    status, page = await anna.reply(path, GOOD)
    assert status == 409
    assert "Quello che avevi scritto, non inviato" in page
    assert GOOD in page
    assert 'id="reply"' not in page
    assert GOOD not in await citizen.reads()


async def test_what_is_typed_is_read_and_kept(anna: Browser, path: str) -> None:
    """Stops first and in words; nothing when all is well; the draft is there on return."""
    status, shown = await anna.press(f"{path}/check", text=f"{HINT}\nstronzo")
    assert status == 200
    assert "Prima di inviare" in shown
    assert shown.index("Ferma l'invio") < shown.index("Consiglio")
    assert "«stronzo»" in shown
    assert "«le garantisco»" in shown
    _, shown = await anna.press(f"{path}/check", text=GOOD)
    assert not shown.strip()
    assert box(await anna.text(path)) == GOOD
    _, shown = await anna.press(f"{path}/check", text=" ")
    assert not shown.strip()
    assert box(await anna.text(path)) == ""
    _, shown = await anna.press(f"{path}/check", text="a" * 2001)
    assert "troppo lungo" in shown


async def test_a_check_that_comes_after_the_reply_brings_nothing_back(
    anna: Browser, path: str
) -> None:
    """What was sent is no draft, whoever comes first."""
    await anna.reply(path, GOOD)
    await anna.press(f"{path}/check", text=GOOD)
    assert box(await anna.text(path)) == ""


async def test_a_check_says_that_the_case_is_lost(anna: Browser, bruno: Browser, path: str) -> None:
    """While typing, not only when sending."""
    await anna.press(f"{path}/release")
    await bruno.press(f"{path}/take")
    assert "non è più tua" in (await anna.press(f"{path}/check", text=GOOD))[1]


# A second pair of eyes


async def stopped_and_asked(anna: Browser, path: str) -> None:
    status, page = await anna.reply(path, RUDE)
    assert status == 422
    assert "Prima di inviare" in page
    assert "Chiedi a un collega di leggerla" in page
    assert box(page) == RUDE
    found = FENCE.search(page)
    assert found
    await anna.press(f"{path}/review", text=RUDE, fence=found.group(1))


async def review_path(browser: Browser) -> str:
    found = re.search(
        r'action="(/desk/revisioni/\d+)/rimanda"', await browser.text("/desk/revisioni")
    )
    assert found
    return found.group(1)


async def test_a_stopped_reply_leaves_after_a_second_look(
    anna: Browser, bruno: Browser, citizen: Citizen, path: str
) -> None:
    """The author waits and cannot decide; a colleague lets it go in the author's name."""
    await stopped_and_asked(anna, path)
    page = await anna.text(path)
    assert "aspetta che un collega la legga" in page
    assert 'href="/desk/revisioni"' in page
    assert box(page) == ""
    assert "È tua: deve leggerla un'altra persona" in await anna.text("/desk/revisioni")
    decided = await review_path(bruno)
    assert (await anna.press(f"{decided}/invia"))[0] == 409
    assert (await anna.press(f"{decided}/rimanda", word="sì"))[0] == 409
    assert RUDE not in await citizen.reads()
    page = await bruno.text("/desk/revisioni")
    assert "Va bene, invia a nome di Anna Verdi" in page
    assert "un insulto" in page
    status, page = await bruno.press(f"{decided}/invia")
    assert status == 200
    assert "è partita" in page
    assert "Nessuna risposta aspetta" in page
    assert RUDE in await citizen.reads()
    assert (await bruno.press(f"{decided}/invia"))[0] == 409
    assert "aspetta che un collega" not in await anna.text(path)


async def test_a_stopped_reply_comes_back_with_a_word(
    anna: Browser, bruno: Browser, path: str
) -> None:
    """The text is in the box again, to be corrected; the word goes once a reply is sent."""
    await stopped_and_asked(anna, path)
    decided = await review_path(bruno)
    assert (await bruno.press(f"{decided}/rimanda", word=" "))[0] == 422
    status, _ = await bruno.press(f"{decided}/rimanda", word="Respira, poi togli l'insulto")
    assert status == 200
    page = await anna.text(path)
    assert "Respira, poi togli l'insulto" in page
    assert box(page) == RUDE
    assert "Respira" in await anna.text(f"{path}/review")
    await anna.reply(path, GOOD)
    assert "ti ha rimandato la risposta" not in await anna.text(path)


async def test_a_reply_of_who_lost_the_case_is_not_let_go(
    anna: Browser, bruno: Browser, citizen: Citizen, path: str
) -> None:
    """It still waits, so that it can be given back."""
    await stopped_and_asked(anna, path)
    await anna.press(f"{path}/release")
    decided = await review_path(bruno)
    status, page = await bruno.press(f"{decided}/invia")
    assert status == 409
    assert "non segue più" in page
    assert RUDE not in await citizen.reads()
    assert (await bruno.press(f"{decided}/rimanda", word="non è più tua"))[0] == 200


# Who is here


async def test_colleagues_see_each_other(
    anna: Browser, bruno: Browser, client: TestClient, path: str
) -> None:
    """Open, typing, and nothing to swap when nothing changed; the owner's lease is renewed."""
    await change(client, path, lease_until=1.0)
    await bruno.press(f"{path}/presence")
    _, shown = await anna.press(f"{path}/presence")
    words = "Anche Bruno Neri ha aperto questa richiesta."
    assert words in shown
    assert (await anna.press(f"{path}/presence", shown=words))[0] == 204
    await bruno.press(f"{path}/check", text="x")
    _, shown = await anna.press(f"{path}/presence", shown=words)
    assert "e sta scrivendo" in shown
    lease = (await case_at(client, path)).lease_until
    assert lease is not None
    assert lease.timestamp() > 1.0
    assert "Anche Anna Verdi" in await bruno.text(path)


async def test_a_colleague_steps_in_for_a_silent_owner(
    bruno: Browser, client: TestClient, path: str
) -> None:
    """Only once the lease ran out."""
    assert "Subentra" not in await bruno.text(path)
    status, page = await bruno.press(f"{path}/take")
    assert status == 409
    assert "un attimo prima" in page
    await change(client, path, lease_until=1.0)
    assert "Subentra" in await bruno.text(path)
    assert (await bruno.press(f"{path}/take"))[0] == 200
    assert (await case_at(client, path)).owner_name == "Bruno Neri"


async def test_nobody_is_given_more_than_they_can_carry(
    anna: Browser, client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kind refusal; the case waits for somebody else."""
    second = await Citizen(client, 2).asks()
    office = client.app[DESK_SETTINGS]._file.office  # type: ignore[index]
    tight = office.model_copy(update={"most_open_cases": 1})
    monkeypatch.setitem(client.app[DESK_SETTINGS]._file.__dict__, "office", tight)  # type: ignore[index]
    status, page = await anna.press(f"{second}/take")
    assert status == 409
    assert "qui il massimo è 1" in page
    assert (await case_at(client, second)).state == "waiting"
    await anna.press(f"{path}/release")
    assert (await anna.press(f"{second}/take"))[0] == 200


# Around the case


async def test_notes_and_labels_are_for_staff(
    anna: Browser, bruno: Browser, citizen: Citizen, client: TestClient, path: str
) -> None:
    """Anybody who sees the case may add them; the citizen sees none."""
    assert (await bruno.press(f"{path}/note", text="L'ho già sentita ieri"))[0] == 200
    status, page = await bruno.press(f"{path}/note", text=" ")
    assert status == 422
    assert "Scrivi qualcosa" in page
    ticked = (("label", "caso raro"), ("label", "da verificare"), ("label", "inventata"))
    await bruno.press(f"{path}/labels", *ticked)
    assert (await case_at(client, path)).labels == ("da verificare", "caso raro")
    page = await anna.text(path)
    assert "L'ho già sentita ieri" in page
    assert "Bruno Neri ha messo le etichette: da verificare, caso raro" in page
    assert "Anna Verdi l'ha presa in carico" in page
    assert 'value="caso raro" checked' in page
    await anna.press(f"{path}/labels")
    assert (await case_at(client, path)).labels == ()
    assert "sentita" not in await citizen.reads()


async def test_a_case_is_passed_to_a_colleague_with_a_reason(
    anna: Browser, bruno: Browser, client: TestClient, path: str
) -> None:
    """Disabled people are not offered; without a reason it stays."""
    staff = client.app[STAFF]  # type: ignore[index]
    gone = await staff.add("gino", "Gino Gialli", "expert", "x", None)
    async with client.app[CASE_STORE]._database.write() as session:  # type: ignore[index]
        (await session.get(StaffRow, gone.id)).disabled = True
    page = await anna.text(path)
    assert "Gino Gialli" not in page
    found = re.search(r'value="(collega:\d+)">Bruno Neri', page)
    assert found
    to = found.group(1)
    assert (await anna.press(f"{path}/transfer", to=f"collega:{gone.id}", reason="x"))[0] == 409
    assert (await anna.press(f"{path}/transfer", to=to, reason=" "))[0] == 409
    assert (await bruno.press(f"{path}/transfer", to="tema:buoni_lavoro", reason="x"))[0] == 409
    assert (await anna.press(f"{path}/transfer", to=to, reason="conosce i titoli esteri"))[0] == 200
    assert (await case_at(client, path)).owner_name == "Bruno Neri"
    assert "l'ha passata a Bruno Neri: conosce i titoli esteri" in await bruno.text(path)


async def test_a_case_is_passed_to_a_theme(anna: Browser, client: TestClient, path: str) -> None:
    """Back in the queue, under that theme; a theme that is none is refused."""
    assert (await anna.press(f"{path}/transfer", to="tema:niente", reason="x"))[0] == 409
    assert (await anna.press(f"{path}/transfer", to="tema:buoni_lavoro", reason="x"))[0] == 200
    case = await case_at(client, path)
    assert (case.state, case.theme) == ("waiting", "buoni_lavoro")


async def test_two_cases_become_one(
    anna: Browser, bruno: Browser, client: TestClient, path: str
) -> None:
    """Only with another open case of the same expert; a merged one is not opened again."""
    second = await Citizen(client, 2).asks()
    into = (await case_at(client, second)).code
    assert (await anna.press(f"{path}/merge", into=into))[0] == 409
    await anna.press(f"{second}/take")
    assert f'<option value="{into}">' in await anna.text(path)
    assert (await bruno.press(f"{path}/merge", into=into))[0] == 409
    assert (await anna.press(f"{path}/merge", into=into))[0] == 200
    merged = await case_at(client, path)
    assert (merged.state, merged.merged_into) == ("closed", (await case_at(client, second)).id)
    assert "Riapri" not in await anna.text(path)
    assert (await anna.press(f"{path}/reopen"))[0] == 409


@pytest.mark.parametrize("outcome", ["reusable", "variant", "one_off", "", "altro"])
async def test_closing_asks_one_thing(
    anna: Browser, client: TestClient, path: str, outcome: str
) -> None:
    """Whether the answer can be used again; a closed case can be opened again."""
    assert "La risposta si può riusare?" in await anna.text(path)
    assert (await anna.press(f"{path}/close", outcome=outcome))[0] == 200
    case = await case_at(client, path)
    assert case.state == "closed"
    assert case.outcome == (outcome if outcome in {"reusable", "variant", "one_off"} else None)
    assert "Questa richiesta è chiusa." in await anna.text(path)
    assert (await anna.press(f"{path}/reopen"))[0] == 200
    case = await case_at(client, path)
    assert (case.state, case.reopened, case.outcome) == ("taken", 1, None)


async def test_a_pause_passes_everything_on(
    anna: Browser, bruno: Browser, client: TestClient, path: str
) -> None:
    """To who is at work, without a reason."""
    assert "Nessuno ti chiederà perché" in await anna.text(path)
    assert (await anna.press("/desk/pausa"))[0] == 200
    assert (await case_at(client, path)).owner_name == "Bruno Neri"
    assert bruno.csrf


async def test_with_nobody_at_work_a_pause_goes_to_the_queue(
    anna: Browser, client: TestClient, path: str
) -> None:
    """The expert of the fixtures never signed in: no case is put on an empty chair."""
    assert (await anna.press("/desk/pausa"))[0] == 200
    assert (await case_at(client, path)).state == "waiting"


async def test_a_thread_of_insults_is_summed_up_first_and_can_be_suspended(
    anna: Browser, bruno: Browser, citizen: Citizen, client: TestClient, path: str
) -> None:
    """Two insults are shown as they are; from three on nobody reads them without wanting to."""
    for number in range(3):
        assert "contiene insulti" not in await anna.text(path)
        await citizen.says(f"stronzo {number}")
    page = await anna.text(path)
    assert "<summary>Mostra la conversazione: contiene insulti</summary>" in page
    assert "3 con insulti" in page
    assert page.count("b-blurred") == 3
    assert (await bruno.press(f"{path}/hold", held="1"))[0] == 409
    await anna.press(f"{path}/hold", held="1")
    assert (await case_at(client, path)).held
    assert "Agli insulti però non rispondiamo" in await citizen.reads()
    assert "Riprendi" in await anna.text(path)
    await anna.press(f"{path}/hold", held="0")
    assert not (await case_at(client, path)).held


# Doors


ACTS = ("take", "release", "close", "transfer", "merge", "reopen", "hold", "note", "labels",
        "presence", "check", "reply", "review")  # fmt: skip


async def test_each_act_wants_an_expert_and_a_token(
    anna: Browser, client: TestClient, path: str
) -> None:
    """No token, a curator, and an expert of another theme are all kept out."""
    token, anna.csrf = anna.csrf, "x"
    doors = [f"{path}/{act}" for act in ACTS]
    doors += ["/desk/pausa", "/desk/revisioni/1/invia", "/desk/revisioni/1/rimanda"]
    for door in doors:
        assert (await anna.press(door))[0] == 403, door
    anna.csrf = token
    await client.post("/accesso", data={"login": "curator", "password": PASSWORD})
    for door in doors:
        assert (await client.post(door)).status == 403, door
    assert (await case_at(client, path)).state == "taken"


async def test_a_case_of_another_theme_is_not_there(client: TestClient, path: str) -> None:
    """Neither its page, nor its acts, nor its replies that wait."""
    await change(client, path, theme="buoni_lavoro")
    case = await case_at(client, path)
    store = client.app[DESK_STORE]  # type: ignore[index]
    assert case.owner_id is not None
    review = await store.ask_review(case.id, case.owner_id, RUDE, ("insult",))
    staff = client.app[STAFF]  # type: ignore[index]
    await staff.add("lia", "Lia", "expert", hash_password(PASSWORD), ["riscatto_laurea"])
    jar = CookieJar(unsafe=True)
    async with ClientSession(base_url=client.make_url("/"), cookie_jar=jar) as session:
        lia = Browser(session, "lia")
        await lia.sign_in()
        for act in ACTS:
            assert (await lia.press(f"{path}/{act}"))[0] == 404, act
        assert RUDE not in await lia.text("/desk/revisioni")
        assert (await lia.press(f"/desk/revisioni/{review}/invia"))[0] == 409
