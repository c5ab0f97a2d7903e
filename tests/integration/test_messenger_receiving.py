"""Messenger, what comes in: from the platform's bytes through the real door onto the disk."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bussola.channels.messenger import webhook
from bussola.channels.messenger.codec import Happening, happenings
from bussola.channels.messenger.sender import MessengerSender
from bussola.storage.outbox_store import OutboxStore, Parcel
from bussola.testing import FakeBot
from bussola.web.health import REGISTRY
from bussola.web.keys import CONVERSATION_STORE

from .messenger_page import Page
from .messenger_talk import (
    ANSWER,
    WEBHOOK,
    advance,
    after_a_crash,
    call,
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
    signature,
    thinking,
    told,
    until,
)

RECORDED = Path(__file__).parents[1] / "recorded" / "messenger"
QUESTION = "Quanto costa la laurea?"


def refused(why: str) -> float:
    return REGISTRY.get_sample_value("bussola_messenger_refused_total", {"why": why}) or 0.0


# Handshake and signature


@pytest.mark.messenger(1)
async def test_the_challenge_comes_back_bare(page: Page) -> None:
    """With the right token: 200, the challenge alone, plain text."""
    query = {"hub.mode": "subscribe", "hub.challenge": "11582<b>", "hub.verify_token": ""}
    query["hub.verify_token"] = page.channel.verify_token
    answer = await page.client.get(WEBHOOK, params=query)
    assert (answer.status, await answer.text()) == (200, "11582<b>")
    assert answer.content_type == "text/plain"
    assert await page.fake.verify_webhook()


@pytest.mark.messenger(1)
@pytest.mark.parametrize("wrong", [{"hub.verify_token": "x"}, {"hub.mode": "unsubscribe"}, None])
async def test_another_handshake_is_refused(page: Page, wrong: dict[str, str] | None) -> None:
    """A wrong token, a wrong mode, nothing at all: 403, counted, and no challenge."""
    right = {"hub.mode": "subscribe", "hub.challenge": "1158"}
    right["hub.verify_token"] = page.channel.verify_token
    before = refused("handshake")
    answer = await page.client.get(WEBHOOK, params=right | wrong if wrong is not None else {})
    assert answer.status == 403
    assert "1158" not in await answer.text()
    assert refused("handshake") == before + 1


def forged(page: Page, body: bytes) -> dict[str, dict[str, str]]:
    right = signature(page, body)
    other = hashlib.sha256(body).hexdigest()
    return {
        "unsigned": {"X_Nothing": "1"},
        "another secret": {"X_Hub_Signature_256": f"sha256={other}"},
        "sha-1 alone": {"X_Hub_Signature": f"sha1={signature(page, body, hashlib.sha1)}"},
        "sha-1 in its place": {
            "X_Hub_Signature_256": f"sha1={signature(page, body, hashlib.sha1)}"
        },
        "md5": {"X_Hub_Signature_256": f"md5={signature(page, body, hashlib.md5)}"},
        "no name": {"X_Hub_Signature_256": right},
        "cut": {"X_Hub_Signature_256": f"sha256={right[:-1]}"},
        "empty": {"X_Hub_Signature_256": "sha256="},
    }


@pytest.mark.messenger(2)
async def test_what_the_platform_did_not_sign_is_never_read(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """403, counted, not parsed, nothing stored; with the right signature the same call is taken."""
    body = call(page, said(page, QUESTION, "m_1"))
    parsed: list[bytes] = []

    def reading(raw: bytes) -> list[Happening]:
        parsed.append(raw)
        return happenings(raw)

    monkeypatch.setattr(webhook, "happenings", reading)
    for name, headers in forged(page, body).items():
        before = refused("signature")
        assert await post(page, body, **headers) == 403, name
        assert refused("signature") == before + 1, name
    assert parsed == []
    assert rows(page, "SELECT id FROM conversations") == []
    assert await post(page, body) == 200
    assert citizen_texts(page) == [QUESTION]


@pytest.mark.messenger(3)
async def test_the_bytes_are_verified_and_not_their_meaning(page: Page) -> None:
    r"""Escaped \u00e8, \u20ac, an emoji and \/ verify as sent; the same JSON written anew does not."""
    text = "Perchè 200 € e/o niente? 🤔"
    page.fake.say(page.anna, text)
    await settled(page)
    assert text in page.bot.asked
    posted = call(page, said(page, text, "m_again"))
    for part in (rb"\u00e8", rb"\u20ac", rb"\ud83e\udd14"):
        assert part in posted
    anew = json.dumps(json.loads(posted), ensure_ascii=False).encode()
    headers = {"X_Hub_Signature_256": f"sha256={signature(page, posted)}"}
    assert await post(page, anew, **headers) == 403
    assert await post(page, posted, **headers) == 200


# On disk before the answer


@pytest.mark.messenger(4)
async def test_the_platform_does_not_wait_for_the_bot(page: Page) -> None:
    """While the bot thinks about the first question three calls are acknowledged, each on disk."""
    async with thinking(page):
        for text in ("prima", "seconda", "terza"):
            page.fake.say(page.anna, text)
        await page.fake.settled()
        await until(lambda: page.bot.asked)
        assert [one.outcome for one in page.fake.deliveries[-3:]] == ["accepted"] * 3
        assert citizen_texts(page) == ["prima", "seconda", "terza"]
        assert not any("Fonte" in text for text in heard(page))
    await settled(page)
    assert sum("Fonte" in text for text in heard(page)) == 3


@pytest.mark.messenger(4)
async def test_what_was_acknowledged_survives_a_crash(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acknowledged, on disk, and the application gone before it answered: answered once after."""
    monkeypatch.setattr(MessengerSender, "echo_seconds", 0.3)
    async with thinking(page):
        page.fake.say(page.anna, QUESTION)
        await page.fake.settled()
        await until(lambda: page.bot.asked)
        async with after_a_crash(page, FakeBot(lambda *_: [ANSWER])):
            await settled(page)
            assert page.bot.asked == [QUESTION]
            assert sum("Fonte" in text for text in heard(page)) == 1


@pytest.mark.messenger(5)
async def test_what_cannot_be_stored_is_not_acknowledged(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails at the second of three messages: 503; sent again, each is answered once."""
    store = page.client.app[CONVERSATION_STORE]
    accept = store.accept
    failures = iter([False, True])

    async def failing(*incoming: Any) -> Any:
        if next(failures, False):
            raise OSError("disk full")
        return await accept(*incoming)

    monkeypatch.setattr(store, "accept", failing)
    page.fake.batch(3)
    for text in ("prima", "seconda", "terza"):
        page.fake.say(page.anna, text)
    await settled(page)
    statuses = [one.status for one in page.fake.deliveries if one.events == 3]
    assert statuses == [503, 200]
    assert page.bot.asked == ["prima", "seconda", "terza"]
    assert sum("Fonte" in text for text in heard(page)) == 3


@pytest.mark.messenger(5)
async def test_a_signed_call_that_is_no_call_is_not_asked_for_again(page: Page) -> None:
    """What would be the same if it was sent again is counted and acknowledged."""
    before = refused("unreadable")
    for body in (b"", b"\xff\xfe", b"[]", b'{"object":"user"}', b"[" * 100_000):
        assert await post(page, body) == 200
    assert refused("unreadable") == before + 5


# Batches


@pytest.mark.messenger(7)
async def test_a_thousand_persons_in_one_call(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of a thousand events of a thousand persons: one 200, a thousand messages on disk."""

    async def nothing(_self: OutboxStore, _channel: str) -> list[Parcel]:
        return []

    monkeypatch.setattr(OutboxStore, "waiting", nothing)
    monkeypatch.setattr(page.fake.courier, "answer_seconds", 60.0)
    async with thinking(page):
        page.fake.batch(1000)
        for number in range(1000):
            page.fake.say(page.fake.person(f"Persona {number}"), f"domanda {number}")
        await page.fake.settled(60)
        (delivery,) = page.fake.deliveries
        assert (delivery.status, delivery.events) == (200, 1000)
        assert set(citizen_texts(page)) == {f"domanda {number}" for number in range(1000)}
        assert rows(page, "SELECT count(*) FROM messenger_threads") == [(1000,)]


@pytest.mark.messenger(7)
async def test_one_bad_event_stops_no_other(page: Page) -> None:
    """Broken events at the start, in the middle and at the end of a batch, in two entries."""
    bad: list[Any] = [None, 7, [], {"sender": 1}, event(page, {"message": {"mid": 3, "text": []}})]
    first, second = said(page, "prima", "m_1", at=2), said(page, "seconda", "m_2", at=1)
    entries = [
        {"id": page.channel.page_id, "messaging": [*bad, first, *bad]},
        "rotta",
        {"id": page.channel.page_id, "messaging": [*bad, second]},
    ]
    assert await post(page, json.dumps({"object": "page", "entry": entries}).encode()) == 200
    await settled(page)
    assert page.bot.asked == ["prima", "seconda"]


@pytest.mark.messenger(10)
async def test_no_recorded_call_breaks_the_door(page: Page) -> None:
    """Each kind of call, as the platform writes it: 200, and only what a citizen asks is asked."""
    expected = {
        "text": ["Quanto costa riscattare la laurea?"],
        "text_escaped": ["Perchè 200 € e/o niente? 🤔"],
        "image_with_text": ["È giusta questa ricevuta?"],
        "quick_reply": ["Sì, è questa"],
        "batch": ["primo", "secondo", "terzo"],
    }
    for number, path in enumerate(sorted(RECORDED.glob("*.json")), 100):
        page.bot.asked.clear()
        assert await post(page, recorded_today(page, path, number)) == 200, path.stem
        await until(lambda: not rows(page, "SELECT 1 FROM inbox WHERE status = 'pending'"))
        assert sorted(page.bot.asked) == sorted(expected.get(path.stem, [])), path.stem


def recorded_today(page: Page, path: Path, number: int) -> bytes:
    """A recorded call as our page would get it now, from persons that no other file knows."""
    body = path.read_bytes().replace(b"104200000000042", page.channel.page_id.encode())
    body = body.replace(b"990000000000007", page.channel.app_id.encode())
    body = body.replace(b'"7310000000000', f'"7310000000{number}'.encode())
    shift = int(page.fake.now().timestamp() * 1000) - 1_795_339_900_000
    return re.sub(rb"\b17953\d{8}\b", lambda found: str(int(found[0]) + shift).encode(), body)


# The same again


@pytest.mark.messenger(8)
async def test_a_message_that_comes_again_is_answered_once(page: Page) -> None:
    """In the same batch, in another, at the same moment, and a day and a half later."""
    one = said(page, QUESTION, "m_1")
    assert await post(page, call(page, one, one)) == 200
    assert await post(page, call(page, said(page, "Altro", "m_2"), one)) == 200
    many = [post(page, call(page, one, said(page, "Altro", "m_2"))) for _ in range(8)]
    assert await asyncio.gather(*many) == [200] * 8
    await settled(page)
    await advance(page, hours=36)
    assert await post(page, call(page, one)) == 200
    await settled(page)
    assert citizen_texts(page) == [QUESTION, "Altro"]
    assert page.bot.asked == [QUESTION, "Altro"]
    assert rows(page, "SELECT count(*) FROM inbox") == [(2,)]


@pytest.mark.messenger(8)
async def test_calls_whose_answer_was_lost_are_harmless(page: Page) -> None:
    """The platform did not get our 200, or simply sends twice: one answer."""
    page.fake.lose_next_response()
    page.fake.say(page.anna, "prima")
    await settled(page)
    page.fake.duplicate_next()
    page.fake.courier.parallel = 2
    page.fake.say(page.anna, "seconda")
    await settled(page)
    assert page.bot.asked == ["prima", "seconda"]
    assert sum("Fonte" in text for text in heard(page)) == 2


@pytest.mark.messenger(8)
async def test_a_press_has_a_key_of_its_own(page: Page) -> None:
    """A button pressed once and sent twice opens one menu; pressed twice, two."""
    press = {"postback": {"title": "Temi", "payload": "0:menu"}}
    once, later = event(page, press, at=5000), event(page, press)
    for body in (call(page, once), call(page, once, once), call(page, later)):
        assert await post(page, body) == 200
    page.fake.say(page.anna, "eccomi")  # the simulator must know that she writes
    await settled(page)
    keys = rows(page, "SELECT client_id FROM events WHERE author = 'citizen' ORDER BY id")
    assert len(keys) == 3
    assert all(re.fullmatch(r"[em]-[0-9a-f]{40}", key) for (key,) in keys)
    assert citizen_texts(page) == ["Temi", "Temi", "eccomi"]


@pytest.mark.messenger(8)
async def test_another_page_is_not_ours(page: Page) -> None:
    """The same message id under another page's name is not a message to us."""
    assert await post(page, call(page, said(page, QUESTION, "m_1"), page_id="9")) == 200
    assert rows(page, "SELECT 1 FROM conversations") == []
    assert await post(page, call(page, said(page, QUESTION, "m_1"))) == 200
    assert citizen_texts(page) == [QUESTION]


# Order


@pytest.mark.messenger(9)
async def test_time_makes_the_order(page: Page) -> None:
    """The rows of a batch stand in any order; they are read in the order of their time."""
    batch = [said(page, text, f"m_{text}", at=at) for text, at in
             (("terza", 1), ("prima", 300), ("seconda", 20))]  # fmt: skip
    assert await post(page, call(page, *batch)) == 200
    await settled(page)
    assert page.bot.asked == ["prima", "seconda", "terza"]


@pytest.mark.messenger(9)
async def test_what_comes_late_changes_nothing_that_was_answered(page: Page) -> None:
    """An earlier message that arrives after an answer gets its own; the rest stands as it was."""
    page.fake.say(page.anna, QUESTION)
    await settled(page)
    before, window = await page.events(), (await reach(page)).bot_until
    assert (
        await post(page, call(page, said(page, "Prima di quella", "m_late", at=3_600_000))) == 200
    )
    await settled(page)
    after = await page.events()
    assert after[: len(before)] == before
    assert page.bot.asked == [QUESTION, "Prima di quella"]
    now = (await reach(page)).bot_until
    assert now is not None
    assert window is not None
    assert abs(now - window) < timedelta(seconds=1)


@pytest.mark.messenger(9)
async def test_a_replay_of_last_week_is_not_answered(page: Page) -> None:
    """Nothing could be sent any more: it is acknowledged and left."""
    week = 8 * 24 * 3_600_000
    assert await post(page, call(page, said(page, QUESTION, "m_old", at=week))) == 200
    assert rows(page, "SELECT 1 FROM conversations") == []


# What is no text


@pytest.mark.messenger(13)
async def test_only_text_is_read_and_said_once_in_a_row(page: Page) -> None:
    """Sticker, picture, recording, place and file: one polite word, again after a text."""
    page.fake.say(page.anna, QUESTION)
    await settled(page)
    before = len(heard(page))
    for kind in ("sticker", "image", "audio", "location", "file", "video"):
        page.fake.send_attachment(page.anna, kind)
    await settled(page)
    assert [text[:24] for text in heard(page)[before:]] == ["Leggo solo testo scritto"]
    assert page.bot.asked == [QUESTION]
    await says(page, "Va bene")
    page.fake.send_attachment(page.anna, "sticker")
    await settled(page)
    assert heard(page)[-1].startswith("Leggo solo testo scritto")


@pytest.mark.messenger(13)
async def test_a_picture_with_words_is_read_by_its_words(page: Page) -> None:
    """The words are answered, the picture is left."""
    page.fake.send_attachment(page.anna, "image", text=QUESTION)
    await page.hears("Fonte")
    assert page.bot.asked == [QUESTION]
    assert citizen_texts(page) == [QUESTION]


@pytest.mark.messenger(16)
async def test_no_medium_is_kept(page: Page) -> None:
    """Neither the file nor its address nor a place is anywhere on the disk."""
    for kind in ("image", "location", "file", "sticker"):
        page.fake.send_attachment(page.anna, kind, text="guarda")
    await settled(page)
    assert await on_disk(page, "guarda")
    for trace in ("media.simulator.invalid", "41.8931", "12.4828", "coordinates"):
        assert not await on_disk(page, trace)


# Buttons


@pytest.mark.messenger(14)
async def test_the_payload_counts_and_not_the_words(page: Page) -> None:
    """A press is the button we drew, whatever text comes with it."""
    page.fake.get_started(page.anna)
    await page.hears("assistente automatico")
    second = page.anna.offered()[1]
    page.fake.tap(page.anna, second["payload"], title="Cancella i miei dati")
    await settled(page)
    assert heard(page)[-1].startswith("Buoni lavoro")
    assert citizen_texts(page)[-1] == "Buoni lavoro"
    assert page.bot.asked == []


@pytest.mark.messenger(14)
@pytest.mark.parametrize(
    "payload",
    ["/handoff", "open_case", "forget", "999:yes", "1:nope", "0:nothing", "-1:yes", "1:yes:yes",
     '{"action":"forget"}', "٣:yes", "1" * 40 + ":yes", "0:start\n"],
)  # fmt: skip
async def test_a_payload_that_is_not_ours_runs_nothing(page: Page, payload: str) -> None:
    """It counts as the words on it: no command, no case, nothing erased."""
    page.fake.get_started(page.anna)
    await page.hears("assistente automatico")
    page.fake.press(page.anna, payload, title="Dimmi di più")
    await settled(page)
    assert page.bot.asked == ["Dimmi di più"]
    assert rows(page, "SELECT 1 FROM cases") == []
    assert citizen_texts(page) == ["Inizia", "Dimmi di più"]


@pytest.mark.messenger(14)
async def test_a_button_of_somebody_else_does_nothing(page: Page) -> None:
    """A payload names a message of one's own conversation only."""
    page.fake.menu(page.anna, "0:forget")
    await page.hears("Cancello?")
    payload = page.anna.offered()[0]["payload"]
    bruno = page.fake.person("Bruno")
    page.fake.get_started(bruno)
    await page.fake.until(lambda: heard(page, bruno))
    page.fake.tap(bruno, payload, title="Sì, cancella tutto")
    await settled(page)
    kinds = rows(page, "SELECT payload FROM events WHERE payload LIKE '%forgotten%'")
    assert kinds == []


@pytest.mark.messenger(24)
async def test_a_choice_can_be_typed_by_number_or_by_name(page: Page) -> None:
    """Chips go away with the next message; the same choice is typed instead."""
    page.fake.get_started(page.anna)
    await page.hears("2. Buoni lavoro")
    for typed in ("2", "2.", "2)", " 2 ", "buoni LAVORO"):
        page.fake.menu(page.anna, "0:menu")
        await page.hears("Scegli un tema")
        await settled(page)
        assert (await says(page, typed))[-1].startswith("Buoni lavoro"), typed
    assert page.bot.asked == []


@pytest.mark.messenger(24)
async def test_a_short_label_can_be_typed(page: Page) -> None:
    """Where labels fit on the chips nothing is numbered, and a number is only a number."""
    page.fake.menu(page.anna, "0:forget")
    await page.hears("Cancello?")
    await settled(page)
    assert (await says(page, "no grazie"))[-1].startswith("Va bene")
    assert page.bot.asked == []


# Words that change, or are too many


@pytest.mark.messenger(10)
async def test_a_text_that_is_too_long_is_answered_kindly(page: Page) -> None:
    """It is not kept; the citizen hears why, once, and the next message is answered."""
    page.fake.say(page.anna, "parola " * 600)
    await settled(page)
    assert heard(page)[-1].startswith("Il messaggio è troppo lungo")
    page.fake.redeliver_last()
    await settled(page)
    assert sum("troppo lungo" in text for text in heard(page)) == 1
    assert not await on_disk(page, "parola parola")
    assert any("Fonte" in text for text in await says(page, QUESTION))


@pytest.mark.messenger(10)
async def test_a_text_that_says_nothing_is_answered_too(page: Page) -> None:
    """Blanks and a lone slash cannot be kept; the citizen hears that text is read."""
    page.fake.say(page.anna, " /  ")
    await settled(page)
    assert heard(page)[-1].startswith("Leggo solo testo scritto")


@pytest.mark.messenger(15)
async def test_an_edit_before_the_answer_is_what_is_answered(page: Page) -> None:
    """The bot hears the words as they are when it listens; the row stays the same."""
    async with thinking(page):
        page.fake.say(page.anna, "prima")
        await until(lambda: page.bot.asked)
        mid = page.fake.say(page.anna, "Quanto csta?")
        page.fake.edit(page.anna, "Quanto costa?", mid)
        await page.fake.settled()
        await until(lambda: "Quanto costa?" in citizen_texts(page))
    await settled(page)
    assert page.bot.asked == ["prima", "Quanto costa?"]
    assert citizen_texts(page) == ["prima", "Quanto costa?"]


@pytest.mark.messenger(15)
async def test_an_edit_after_the_answer_is_an_update_and_no_question(page: Page) -> None:
    """The desk reads the new words and that they are new; nothing is answered again."""
    mid = page.fake.say(page.anna, "Il mio codice è qui")
    await page.hears("Fonte")
    page.fake.edit(page.anna, "Il mio IBAN è IT60X0542811101000000123456", mid)
    await settled(page)
    mine = await told(page, "citizen")
    assert mine.data["edited"] is True
    assert "IT60X" not in mine.text
    assert len(citizen_texts(page)) == len(page.bot.asked) == 1
    assert not await on_disk(page, "IT60X0542811101000000123456")


@pytest.mark.messenger(15)
async def test_what_was_taken_back_is_erased(page: Page) -> None:
    """The same message id, deleted: no new row, no answer, and the words leave the disk."""
    page.bot.on("La parola segreta è mandragola", {"type": "menu"})
    mid = page.fake.say(page.anna, "La parola segreta è mandragola")
    await settled(page)
    assert await on_disk(page, "mandragola")
    asked = len(page.bot.asked)
    page.fake.unsend(page.anna, mid)
    await settled(page)
    mine = await told(page, "citizen")
    assert (mine.text, mine.data["deleted"]) == ("", True)
    assert len(page.bot.asked) == asked
    assert not await on_disk(page, "mandragola")


@pytest.mark.messenger(15)
async def test_the_traces_of_an_unsent_question_go_too(page: Page) -> None:
    """The question stands in the context and in what was said of it: those are erased with it."""
    page.bot.on("La parola segreta è mandragola", {"type": "dont_know"})
    mid = page.fake.say(page.anna, "La parola segreta è mandragola")
    await page.hears("Non lo so")
    await settled(page)
    page.fake.unsend(page.anna, mid)
    await settled(page)
    assert not await on_disk(page, "mandragola")


@pytest.mark.messenger(15)
async def test_what_is_taken_back_before_the_answer_is_not_asked(page: Page) -> None:
    """The bot was still busy: an empty message is no question."""
    async with thinking(page):
        page.fake.say(page.anna, "prima")
        await until(lambda: page.bot.asked)
        mid = page.fake.say(page.anna, "seconda")
        page.fake.unsend(page.anna, mid)
        await page.fake.settled()
        await until(lambda: "" in citizen_texts(page))
    await settled(page)
    assert page.bot.asked == ["prima"]


# Other kinds


@pytest.mark.messenger(10)
async def test_signs_of_life_ask_nothing(page: Page) -> None:
    """Reactions, receipts, referrals, opt-ins and what nobody knows yet: taken, not answered."""
    page.fake.say(page.anna, QUESTION)
    await settled(page)
    before = heard(page)
    page.fake.react(page.anna)
    page.fake.react(page.anna, remove=True)
    page.fake.read(page.anna)
    page.fake.open_ref(page.anna, "volantino")
    page.fake.other_event(page.anna, "messaging_optins", {"optin": {"type": "x", "payload": "y"}})
    linking = {"account_linking": {"status": "linked", "authorization_code": "segretissimo"}}
    page.fake.other_event(page.anna, "messaging_account_linking", linking)
    page.fake.other_event(page.anna, "messages", {"hologram": {"mid": "m_h", "text": "ciao"}})
    await settled(page)
    assert heard(page) == before
    assert {one.status for one in page.fake.deliveries} == {200}
    assert not await on_disk(page, "segretissimo")


@pytest.mark.messenger(40)
async def test_a_person_is_an_id_of_the_page_and_nothing_more(page: Page) -> None:
    """The id stands in one place only; the conversation's id does not hold it, no name is known."""
    await says(page, QUESTION)
    assert page.anna.psid not in page.conversation_id
    assert rows(page, "SELECT person_id FROM messenger_threads") == [(page.anna.psid,)]
    tables = [name for (name,) in rows(page, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in set(tables) - {"messenger_threads"}:
        assert page.anna.psid not in str(rows(page, f"SELECT * FROM {table}"))
    assert not await on_disk(page, "Anna")
    assert page.fake.refused == []  # a look at her profile would have been refused with 230
