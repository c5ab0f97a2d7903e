"""Messenger and people: who has the word, what is said of the machine, and being forgotten."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bussola.bootstrap import SystemClock
from bussola.knowledge.figures import italian_date
from bussola.testing.messenger import PAGE_INBOX
from bussola.testing.messenger.signing import signed_request
from bussola.web.keys import CASE_STORE, SETTINGS

from .messenger_page import Page
from .messenger_talk import (
    MACHINE,
    advance,
    call,
    change,
    citizen_texts,
    event,
    heard,
    on_disk,
    post,
    reach,
    rows,
    said,
    says,
    settled,
    thinking,
    told,
    undelivered,
    until,
    with_a_case,
)

QUESTION = "Quanto costa la laurea?"
HOURS = 3600.0
DELETION, DEAUTHORIZE = "/webhooks/messenger/deletion", "/webhooks/messenger/deauthorize"


def silent_for(page: Page) -> float:
    """Seconds from now until the bot has the word again."""
    ((until_when,),) = rows(page, "SELECT muted_until FROM conversations")
    return float(until_when) - time.time()


async def end_of_silence(page: Page) -> None:
    await change(page, "UPDATE conversations SET muted_until = ?", time.time() - 1)


# A person writes from the page


@pytest.mark.messenger(11, 37)
@pytest.mark.parametrize("app_id", [PAGE_INBOX, 777, None])
async def test_a_person_who_writes_from_the_page_silences_the_bot(
    page: Page, app_id: int | None
) -> None:
    """From the inbox or any other app: silent for the set hours, and then a machine that says so."""
    await says(page, QUESTION)
    asked = len(page.bot.asked)
    echo: dict[str, Any] = {"mid": "m_human", "is_echo": True, "text": "Buongiorno, sono Carla"}
    if app_id:
        echo["app_id"] = app_id
    sides = {"sender": {"id": page.channel.page_id}, "recipient": {"id": page.anna.psid}}
    assert await post(page, call(page, event(page, {"message": echo}) | sides)) == 200
    assert 11.9 * HOURS < silent_for(page) <= 12 * HOURS
    assert (await told(page, "page_inbox")).text == "Buongiorno, sono Carla"
    assert await says(page, "grazie Carla") == []
    assert len(page.bot.asked) == asked
    assert citizen_texts(page)[-1] == "grazie Carla"
    await end_of_silence(page)
    first, *rest = await says(page, QUESTION)
    assert MACHINE in first
    assert any("Fonte" in text for text in rest)
    assert not any(MACHINE in text for text in await says(page, QUESTION))


@pytest.mark.messenger(11)
async def test_a_late_echo_silences_for_what_is_left(page: Page) -> None:
    """It was written five hours ago: seven hours are left; the same echo again adds none."""
    await says(page, QUESTION)
    echo = {"mid": "m_human", "is_echo": True, "app_id": PAGE_INBOX, "text": "Eccomi"}
    sides = {"sender": {"id": page.channel.page_id}, "recipient": {"id": page.anna.psid}}
    late = event(page, {"message": echo}, at=5 * 3_600_000) | sides
    assert await post(page, call(page, late)) == 200
    assert 6.9 * HOURS < silent_for(page) <= 7 * HOURS
    await end_of_silence(page)
    assert await post(page, call(page, late)) == 200
    assert silent_for(page) < 0


@pytest.mark.messenger(11)
async def test_the_bot_does_not_talk_over_a_person(page: Page) -> None:
    """It was thinking when a person wrote: what it found is not sent, and the desk can read it."""
    await says(page, "ciao")
    async with thinking(page):
        page.fake.say(page.anna, QUESTION)
        await until(lambda: QUESTION in page.bot.asked)
        page.fake.page_inbox_says(page.anna, "Le rispondo io")
        await page.fake.settled()
        before = len(page.fake.sends)
    await settled(page)
    assert len(page.fake.sends) == before
    assert (await told(page, "not_sent")).hidden


@pytest.mark.messenger(11)
async def test_our_own_echo_is_nobody(page: Page) -> None:
    """An echo of our app is a proof of delivery: not answered, not shown, nobody silent."""
    await says(page, QUESTION)
    await settled(page)
    kinds = [one.kind for one in await page.events()]
    assert kinds.count("citizen") == 1
    assert "page_inbox" not in kinds
    assert silent_for(page) < 0
    sent = dict(rows(page, "SELECT message_id, state FROM messenger_sends"))
    assert sent == {send.mid: "sent" for send in page.fake.sends}


@pytest.mark.messenger(11)
async def test_an_echoed_file_is_no_message_of_a_citizen(page: Page) -> None:
    """A colleague sent a picture: the bot does not talk to the page."""
    echo = {"mid": "m_file", "is_echo": True, "app_id": PAGE_INBOX,
            "attachments": [{"type": "image", "payload": {"url": "https://x.invalid/1"}}]}  # fmt: skip
    sides = {"sender": {"id": page.channel.page_id}, "recipient": {"id": page.anna.psid}}
    assert await post(page, call(page, event(page, {"message": echo}) | sides)) == 200
    await settled(page)
    assert citizen_texts(page) == []
    assert page.fake.sends == []


# Standby and hand-over


@pytest.mark.messenger(12, 39)
async def test_standby_is_read_and_never_answered(page: Page) -> None:
    """Texts and buttons while another app has the word: at the desk, to nobody else."""
    await says(page, QUESTION)
    before, asked = heard(page), len(page.bot.asked)
    page.fake.standby(page.anna, "Il mio IBAN è IT60X0542811101000000123456")
    page.fake.standby(page.anna, "Parla con una persona", postback=True)
    await settled(page)
    assert heard(page) == before
    assert len(page.bot.asked) == asked
    overheard = [one for one in await page.events() if one.kind == "standby"]
    assert [one.author for one in overheard] == ["citizen", "citizen"]
    assert "IT60X" not in overheard[0].text
    assert rows(page, "SELECT 1 FROM cases") == []


@pytest.mark.messenger(37, 39)
async def test_another_app_takes_the_word_and_gives_it_back(page: Page) -> None:
    """Silent however long it takes; after the pass the first answer says who answers."""
    await says(page, QUESTION)
    page.fake.hand_over(page.anna, "take")
    await page.fake.settled()
    assert silent_for(page) > 365 * 24 * HOURS
    assert await says(page, "ci siete?") == []
    page.fake.hand_over(page.anna, "request")
    await page.fake.settled()
    assert await says(page, "e adesso?") == []
    page.fake.hand_over(page.anna, "pass")
    await page.fake.settled()
    assert MACHINE in (await says(page, QUESTION))[0]


@pytest.mark.messenger(39)
@pytest.mark.parametrize(
    ("act", "owner", "silent"),
    [
        ("pass_thread_control", "ours", False),
        ("pass_thread_control", "inbox", True),
        ("take_thread_control", "inbox", True),
        ("take_thread_control", "ours", False),
    ],
)
async def test_who_has_the_word_is_who_is_named(
    page: Page, act: str, owner: str, silent: bool
) -> None:
    """A pass to another app is no pass to us, and what we took is ours."""
    await says(page, QUESTION)
    app_id = page.channel.app_id if owner == "ours" else str(PAGE_INBOX)
    moved = event(page, {act: {"new_owner_app_id": app_id, "metadata": ""}})
    assert await post(page, call(page, moved)) == 200
    assert (await says(page, QUESTION) == []) is silent


@pytest.mark.messenger(39)
async def test_our_own_desk_needs_no_hand_over(page: Page) -> None:
    """From the bot to an expert and back without one call of thread control."""
    colleague = await with_a_case(page)
    await colleague.take()
    await colleague.say("Eccomi")
    await page.hears("Eccomi")
    await colleague.close()
    await page.hears("La richiesta è chiusa")
    assert page.fake.refused == []


@pytest.mark.messenger(14, 38)
async def test_a_number_for_a_person_is_not_a_choice_of_the_bot(page: Page) -> None:
    """ "Quanti anni?" asks the expert, "2" answers: it is no button of the menu of before."""
    colleague = await with_a_case(page)
    page.fake.menu(page.anna, "0:menu")
    await page.hears("2. Buoni lavoro")
    await colleague.take()
    await colleague.say("Quanti anni di laurea?")
    await page.hears("Quanti anni")
    await settled(page)
    assert await says(page, "2") == []
    assert citizen_texts(page)[-1] == "2"


@pytest.mark.messenger(11)
async def test_a_number_for_the_inbox_is_not_a_choice_of_the_bot(page: Page) -> None:
    page.fake.get_started(page.anna)
    await page.hears("2. Buoni lavoro")
    await settled(page)
    page.fake.page_inbox_says(page.anna, "Quanti anni di laurea?")
    await page.fake.settled()
    assert await says(page, "2") == []
    assert citizen_texts(page)[-1] == "2"


# What is said of the machine, and the way to a person


BEGINNINGS: dict[str, Callable[[Page], object]] = {
    "get started": lambda page: page.fake.get_started(page.anna),
    "through a link": lambda page: page.fake.get_started(page.anna, ref="volantino"),
    "ice breaker": lambda page: page.fake.ice_breaker(page.anna, "0:t0"),
    "ice breaker, a person": lambda page: page.fake.ice_breaker(page.anna, "0:person"),
    "menu": lambda page: page.fake.menu(page.anna, "0:menu"),
    "text": lambda page: page.fake.say(page.anna, QUESTION),
    "sticker": lambda page: page.fake.send_attachment(page.anna, "sticker"),
}


@pytest.mark.messenger(28, 29, 37)
@pytest.mark.parametrize("name", BEGINNINGS)
async def test_however_it_begins_the_machine_says_so_first(page: Page, name: str) -> None:
    """The first bubble says: automatic, and no counter; once."""
    BEGINNINGS[name](page)
    await settled(page)
    assert "assistente automatico: rispondo io, una macchina" in heard(page)[0]
    assert "Non sono uno sportello virtuale" in heard(page)[0]
    assert sum("rispondo io, una macchina" in text for text in heard(page)) == 1


@pytest.mark.messenger(37)
async def test_after_a_long_pause_it_is_said_again(page: Page) -> None:
    """Half a day of silence: the first answer begins with it, the second does not."""
    await says(page, QUESTION)
    assert not any(MACHINE in text for text in await says(page, QUESTION))
    old = (datetime.now(UTC) - timedelta(hours=12, minutes=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    await change(page, "UPDATE conversations SET updated_at = ?", old)
    first, *rest = await says(page, QUESTION)
    assert MACHINE in first
    assert rest
    assert not any(MACHINE in text for text in await says(page, QUESTION))


@pytest.mark.messenger(37)
async def test_when_the_expert_is_done_it_is_said_again(page: Page) -> None:
    """The closing words name the machine, before any answer of it."""
    colleague = await with_a_case(page)
    await colleague.take()
    await colleague.close()
    text = await page.hears("La richiesta è chiusa")
    assert "assistente automatico, che è una macchina" in text


@pytest.mark.messenger(38)
async def test_a_person_is_never_far(page: Page) -> None:
    """From the menu, by a word, after "I do not know" and after insults: a way to a person."""
    page.bot.on("operatore", {"type": "offer_handoff", "reason": "asked"})
    page.bot.on("boh", {"type": "dont_know"})
    ways: dict[str, Callable[[], object]] = {
        "menu": lambda: page.fake.menu(page.anna, "0:person"),
        "word": lambda: page.fake.say(page.anna, "operatore"),
        "dont_know": lambda: page.fake.say(page.anna, "boh"),
    }
    for name, way in ways.items():
        way()
        await settled(page)
        titles = [str(reply["title"]) for reply in page.anna.offered()]
        assert any("Sì, " in title for title in titles), name
    page.fake.tap(page.anna, page.anna.offered()[0]["payload"])
    assert "Codice della richiesta" in await page.hears("Ho passato la tua domanda")
    assert len(rows(page, "SELECT 1 FROM cases")) == 1


# Being forgotten


async def forget(page: Page) -> None:
    """Anna asks to be forgotten, and confirms."""
    page.fake.say(page.anna, "Per favore cancella i miei dati")
    await page.hears("Cancello?")
    await settled(page)
    page.fake.tap(page.anna, page.anna.offered()[0]["payload"])


PLANTED = ("mandragola", "belladonna", "camomilla", "zafferano")


async def with_planted_words(page: Page) -> None:
    """Anna's words, an expert's, a colleague's from the page, and Anna's case."""
    page.bot.on("mandragola, che cos'è?", {"type": "dont_know"})
    colleague = await with_a_case(page)
    await says(page, "la belladonna")
    await colleague.take()
    await colleague.say("Si usa la camomilla")
    await page.hears("camomilla")
    await colleague.close()
    await page.hears("La richiesta è chiusa")
    await says(page, "mandragola, che cos'è?")
    page.fake.page_inbox_says(page.anna, "Provi lo zafferano")
    await settled(page)
    await end_of_silence(page)


@pytest.mark.messenger(41)
async def test_who_asks_to_be_forgotten_is_forgotten(page: Page) -> None:
    """After a yes no word, no id of the person and none of a message is left in the file's bytes."""
    await with_planted_words(page)
    traces = [*PLANTED, page.anna.psid, page.fake.sends[-1].mid]
    for trace in traces:
        assert await on_disk(page, trace), trace
    await forget(page)
    await page.hears("ho cancellato tutto")
    await settled(page)
    for trace in traces:
        assert not await on_disk(page, trace), trace
    assert (
        rows(page, "SELECT 1 FROM messenger_threads UNION ALL SELECT 1 FROM messenger_sends") == []
    )
    assert rows(page, "SELECT state, question FROM cases") == [("closed", "")]


@pytest.mark.messenger(41)
async def test_a_no_erases_nothing(page: Page) -> None:
    """Asking is not yet doing."""
    await says(page, "mandragola")
    page.fake.menu(page.anna, "0:forget")
    await page.hears("Cancello?")
    await settled(page)
    assert (await says(page, "no, grazie"))[-1].startswith("Va bene")
    assert await on_disk(page, "mandragola")
    assert len(rows(page, "SELECT 1 FROM messenger_threads")) == 1


@pytest.mark.messenger(37, 41)
async def test_who_was_forgotten_may_begin_anew(page: Page) -> None:
    """A later message is answered, as one of a stranger: nothing of before is known."""
    await says(page, QUESTION)
    await forget(page)
    await page.hears("ho cancellato tutto")
    await settled(page)
    told_now = await says(page, "Una domanda nuova")
    assert any("Fonte" in text for text in told_now)
    assert page.bot.contexts[-1].question == ""
    assert page.bot.contexts[-1].previous_entry is None
    assert citizen_texts(page)[-1] == "Una domanda nuova"


@pytest.mark.messenger(8, 41)
async def test_an_old_message_that_comes_again_brings_nobody_back(page: Page) -> None:
    """The platform repeats what it sent before: no word and no id returns, nothing is answered."""
    old = said(page, "la mandragola", "m_old")
    assert await post(page, call(page, old)) == 200
    page.fake.say(page.anna, QUESTION)
    await settled(page)
    await forget(page)
    await page.hears("ho cancellato tutto")
    await settled(page)
    before = len(heard(page))
    assert await post(page, call(page, old)) == 200
    await settled(page)
    assert len(heard(page)) == before
    assert rows(page, "SELECT 1 FROM messenger_threads") == []
    assert not await on_disk(page, "mandragola")


@pytest.mark.messenger(33, 41)
async def test_who_cannot_be_told_is_forgotten_all_the_same(page: Page) -> None:
    """The person confirms and blocks the page at once: the id goes, told or not."""
    await says(page, QUESTION)
    page.fake.say(page.anna, "cancella i miei dati")
    await page.hears("Cancello?")
    await settled(page)
    page.fake.hold()
    page.fake.tap(page.anna, page.anna.offered()[0]["payload"])
    page.fake.block(page.anna)
    page.fake.release()
    await settled(page)
    assert await undelivered(page) == ["person_unavailable"]
    assert rows(page, "SELECT 1 FROM messenger_threads") == []
    assert not await on_disk(page, page.anna.psid)


# What the platform asks


async def ask_deletion(page: Page, signed: str) -> tuple[int, Any]:
    answer = await page.client.post(DELETION, data={"signed_request": signed})
    text = await answer.text()
    return answer.status, json.loads(text) if answer.status == 200 else text


@pytest.mark.messenger(41)
async def test_the_deletion_callback_says_exactly_two_things(page: Page) -> None:
    """`url` and `confirmation_code`; behind them a page that needs no sign-in and helps on."""
    status, told_them = await ask_deletion(page, page.fake.signed_request("1029384756"))
    assert status == 200
    assert set(told_them) == {"url", "confirmation_code"}
    code = told_them["confirmation_code"]
    public = page.client.app[SETTINGS].public_url
    assert told_them["url"] == f"{public}/cancellazione/{code}"
    assert re.fullmatch(r"[A-Za-z0-9_-]{10,40}", code)
    shown = await page.client.get(f"/cancellazione/{code}")
    text = await shown.text()
    assert shown.status == 200
    assert code in text
    assert "cancella i miei dati" in text
    assert (
        italian_date(SystemClock().now().astimezone(page.client.app[SETTINGS].zone).date()) in text
    )
    assert (await page.client.get("/cancellazione/unaltrocodice")).status == 404
    assert not await on_disk(page, "1029384756")


@pytest.mark.messenger(41)
async def test_requests_that_the_platform_did_not_sign_are_refused(page: Page) -> None:
    """Another secret, another payload under a true signature, another algorithm, nothing."""
    true = page.fake.signed_request("1")
    mark, _, payload = true.partition(".")
    other = signed_request({"user_id": "2"}, page.channel.app_secret).partition(".")[2]
    none = signed_request({"user_id": "1", "algorithm": "none"}, page.channel.app_secret)
    wrong = ["", "x", f"{mark}.{other}", f".{payload}", none,
             signed_request({"user_id": "1"}, "another secret")]  # fmt: skip
    for signed in wrong:
        assert (await ask_deletion(page, signed))[0] == 403, signed
        answer = await page.client.post(DEAUTHORIZE, data={"signed_request": signed})
        assert answer.status == 403, signed
    assert rows(page, "SELECT 1 FROM erasures") == []
    assert (await reach(page)).problem != "messenger_deauthorised"


@pytest.mark.messenger(41)
async def test_who_takes_the_app_off_marks_the_channel(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    """The desk sees it and the log says it; when a call works again, the mark goes."""
    await says(page, QUESTION)
    assert (await reach(page)).problem is None
    data = {"signed_request": page.fake.signed_request("1")}
    assert (await page.client.post(DEAUTHORIZE, data=data)).status == 200
    assert (await reach(page)).problem == "messenger_deauthorised"
    assert "the app was taken off the page" in caplog.text
    await says(page, QUESTION)
    assert (await reach(page)).problem is None


@pytest.mark.messenger(20, 38)
async def test_the_case_page_has_what_messenger_refused(page: Page) -> None:
    """After a week an expert's words are still read with the code of the case."""
    colleague = await with_a_case(page)
    await colleague.take()
    await settled(page)
    await advance(page, days=8)
    await colleague.say("La risposta è quaranta")
    await settled(page)
    assert await undelivered(page) == ["window_closed"]
    case = await page.client.app[CASE_STORE].case_by_code(colleague.case.code)
    assert case is not None
    answer = await page.client.get(f"/pratica/{colleague.case.code}")
    assert "La risposta è quaranta" in await answer.text()
