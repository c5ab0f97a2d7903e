"""Messenger, what goes out: windows, errors, unknown outcomes, secrets, and the whole web chat."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bussola.bootstrap import create_app
from bussola.channels.messenger import graph, sender
from bussola.channels.messenger.graph import Busy, Graph, warn_if_old
from bussola.channels.messenger.sender import MessengerSender
from bussola.testing.messenger import FakeMessenger, GraphError, Person, calls
from bussola.web.keys import KNOWLEDGE, OUTBOX, SETTINGS

from .conftest import Unindexed
from .messenger_page import Page, open_page
from .messenger_talk import (
    ANSWER,
    MACHINE,
    advance,
    call,
    change,
    channel_of,
    heard,
    post,
    reach,
    rows,
    said,
    says,
    settled,
    thinking,
    undelivered,
    until,
    until_async,
    with_a_case,
)

QUESTION = "Quanto costa la laurea?"
SOURCE = Path(__file__).parents[2] / "src" / "bussola"


class Seen:
    """What the simulator's Graph API was called with."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.headers: list[str] = []
        self.proofs: list[str] = []
        self.bodies: list[dict[str, Any]] = []

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Calls that would have shown the person something."""
        return [body for body in self.bodies if "message" in body]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    found, check = Seen(), calls._check_token

    def look(fake: FakeMessenger, request: web.Request, params: dict[str, Any]) -> None:
        found.urls.append(str(request.url))
        found.headers.append(request.headers.get("Authorization", ""))
        found.proofs.append(str(params.get("appsecret_proof", "")))
        found.bodies.append(dict(params))
        check(fake, request, params)

    monkeypatch.setattr(calls, "_check_token", look)
    return found


@pytest.fixture
def no_echoes(page: Page) -> None:
    """The platform's echoes get lost on their way."""
    page.fake.queue.fields.discard("message_echoes")


def answers(page: Page) -> int:
    return sum("Il riscatto trasforma" in text for text in heard(page))


# Windows


@pytest.mark.messenger(17)
async def test_inside_the_window_everything_is_a_response(page: Page) -> None:
    """Bot and expert, within a day of the person's last act: RESPONSE, and no tag."""
    colleague = await with_a_case(page)
    await colleague.take()
    await advance(page, hours=23)
    await colleague.say("Ecco come si calcola.")
    await page.hears("Ecco come si calcola")
    await colleague.close()
    await page.hears("La richiesta è chiusa")
    assert {(send.messaging_type, send.tag) for send in page.fake.sends} == {("RESPONSE", "")}
    assert len(page.fake.sends) > 6


def attachment(page: Page) -> None:
    page.fake.send_attachment(page.anna, "image")


ACTS: dict[str, Callable[[Page], object]] = {
    "message": lambda page: page.fake.say(page.anna, "eccomi"),
    "attachment": attachment,
    "get started": lambda page: page.fake.get_started(page.anna),
    "menu": lambda page: page.fake.menu(page.anna, "0:menu"),
    "ice breaker": lambda page: page.fake.ice_breaker(page.anna, "0:t0"),
    "quick reply": lambda page: page.fake.tap(page.anna, "2:t0", title="1. Riscatto"),
    "m.me on a thread": lambda page: page.fake.open_ref(page.anna, "volantino"),
    "reaction": lambda page: page.fake.react(page.anna),
    "heard in standby": lambda page: page.fake.standby(page.anna, "Grazie Carla"),
}
NO_ACTS: dict[str, Callable[[Page], object]] = {
    "read": lambda page: page.fake.read(page.anna),
    "edit": lambda page: page.fake.edit(page.anna, "altro"),
    "unsend": lambda page: page.fake.unsend(page.anna),
    "echo of the inbox": lambda page: page.fake.page_inbox_says(page.anna, "Buongiorno"),
    "reaction taken back": lambda page: page.fake.react(page.anna, remove=True),
    "hand-over": lambda page: page.fake.hand_over(page.anna, "pass"),
    "opt-in": lambda page: page.fake.other_event(page.anna, "messaging_optins", {"optin": {}}),
}


async def still_open(page: Page) -> bool:
    found = (await reach(page)).bot_until
    return found is not None and found > datetime.now(UTC)


@pytest.mark.messenger(18)
async def test_the_person_opens_the_window_and_nothing_else_does(page: Page) -> None:
    """Message, button, link, reaction: open. Receipt, echo, edit, opt-in: not."""
    await says(page, QUESTION)
    for name, act in ACTS.items():
        await advance(page, hours=25)
        assert not await still_open(page), name
        act(page)
        await page.fake.settled()
        assert await still_open(page), name
    await says(page, "ancora qui")
    for name, act in NO_ACTS.items():
        await advance(page, hours=25)
        act(page)
        await page.fake.settled()
        assert not await still_open(page), name


@pytest.mark.messenger(18)
async def test_a_click_on_a_link_alone_is_no_thread(page: Page) -> None:
    """Who never wrote and follows a link, reads or opts in has no conversation with us."""
    page.fake.open_ref(page.anna, "volantino")
    page.fake.read(page.anna)
    page.fake.other_event(page.anna, "messaging_optins", {"optin": {"type": "x"}})
    await page.fake.settled()
    assert rows(page, "SELECT 1 FROM conversations") == []
    assert page.fake.sends == []


@pytest.mark.messenger(19)
async def test_the_bot_is_refused_by_us_after_a_day(page: Page, seen: Seen) -> None:
    """It thought for 25 hours: no call is made, and the desk knows why."""
    page.fake.get_started(page.anna)
    await settled(page)
    async with thinking(page):
        page.fake.say(page.anna, QUESTION)
        await until(lambda: page.bot.asked)
        await advance(page, hours=25)
        before = len(seen.messages)
    await settled(page)
    assert len(seen.messages) == before
    assert await undelivered(page) == ["window_closed_for_bot"]
    assert page.fake.refused == []


@pytest.mark.messenger(17, 19)
async def test_an_expert_may_write_for_a_week(page: Page, seen: Seen) -> None:
    """Plain within the day, with the tag for persons after it; automatic notices never with it."""
    colleague = await with_a_case(page)
    await advance(page, hours=25)
    await colleague.take()
    await colleague.say("Dopo un giorno")
    await page.hears("Dopo un giorno")
    await advance(page, days=5, hours=22)
    await colleague.say("Dopo quasi sette")
    await page.hears("Dopo quasi sette")
    await colleague.close()
    await settled(page)
    tagged = [send for send in page.fake.sends if send.tag]
    assert {(send.messaging_type, send.tag) for send in tagged} == {("MESSAGE_TAG", "HUMAN_AGENT")}
    first, second = tagged
    assert "Dopo un giorno" in first.text
    assert "Dopo quasi sette" in second.text
    assert await undelivered(page) == ["window_closed_for_bot"] * 2
    assert page.fake.refused == []
    # She was not told that the case is closed: the first answer says who answers now.
    assert MACHINE in (await says(page, "grazie"))[0]
    assert {(s.messaging_type, s.tag) for s in page.fake.sends[-2:]} == {("RESPONSE", "")}


@pytest.mark.messenger(20)
async def test_after_a_week_nobody_writes(page: Page, seen: Seen) -> None:
    """No call, the reason at the desk; the words stay ours, and a new message opens all again."""
    colleague = await with_a_case(page)
    await colleague.take()
    await settled(page)
    await advance(page, days=7)
    before = len(seen.messages)
    await colleague.say("Troppo tardi")
    await settled(page)
    assert len(seen.messages) == before
    assert await undelivered(page) == ["window_closed"]
    assert [e.text for e in await page.events() if e.kind == "expert"] == ["Troppo tardi"]
    expert_until = (await reach(page)).expert_until
    assert expert_until is not None
    assert expert_until < datetime.now(UTC)
    page.fake.say(page.anna, "sono tornata")
    await settled(page)
    await colleague.say("Bentornata")
    await page.hears("Bentornata")
    assert not any("Troppo tardi" in text for text in heard(page))


@pytest.mark.messenger(19)
async def test_without_approval_a_day_is_all(folder: Path, content: Unindexed, quick: None) -> None:
    """The feature was not granted: an expert's words stay here too, and the desk knows why."""
    async with open_page(folder, content, human_agent=False) as page:
        colleague = await with_a_case(page)
        await colleague.take()
        await settled(page)
        await advance(page, hours=25)
        sent = len(page.fake.sends)
        await colleague.say("Dopo un giorno")
        await settled(page)
        assert await undelivered(page) == ["window_needs_approval"]
        assert len(page.fake.sends) == sent
        assert page.fake.refused == []
        found = await reach(page)
        assert found.expert_until == found.bot_until


@pytest.mark.messenger(19, 33)
async def test_an_approval_that_they_do_not_know_of(page: Page) -> None:
    """Our setting says yes, the platform no: a sentence that an expert can act on."""
    colleague = await with_a_case(page)
    await colleague.take()
    await settled(page)
    page.fake.human_agent = False
    await advance(page, hours=25)
    await colleague.say("Dopo un giorno")
    await settled(page)
    assert await undelivered(page) == ["window_needs_approval"]
    assert [error.code for error in page.fake.refused] == [10]


@pytest.mark.messenger(20, 33)
async def test_their_clock_counts(page: Page) -> None:
    """They say the window is closed: the bot gives up, a person's words go with the tag."""
    colleague = await with_a_case(page)
    await colleague.take()
    await settled(page)
    assert page.anna.last_action is not None
    page.anna.last_action = page.anna.last_action.replace(year=page.anna.last_action.year - 1)
    await colleague.say("Per loro è tardi")
    await settled(page)
    assert await undelivered(page) == ["window_closed"]
    page.anna.last_action = datetime.now(UTC)
    await colleague.say("Adesso no")
    await page.hears("Adesso no")
    assert {error.subcode for error in page.fake.refused} == {2018278}


@pytest.mark.messenger(21)
def test_the_dead_tags_are_nowhere() -> None:
    """Tags that the platform took away stand in no line of ours; one tag is left."""
    files = [path for path in SOURCE.rglob("*.py") if "testing" not in path.parts]
    ours = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert not re.search(r"CONFIRMED_EVENT|POST_PURCHASE|ACCOUNT_UPDATE|NON_PROMOTIONAL", ours)
    assert set(re.findall(r'"MESSAGE_TAG", "(\w+)"', ours)) == {"HUMAN_AGENT"}
    assert re.findall(r'body\["tag"\] = (.+)', ours) == ["may.tag"]


@pytest.mark.messenger(22)
async def test_nobody_is_written_to_first(page: Page, seen: Seen) -> None:
    """A person whom only a colleague wrote to has a thread, and gets not a word from us."""
    page.fake.page_inbox_says(page.anna, "Buongiorno, la disturbo")
    await settled(page)
    assert rows(page, "SELECT last_act_at FROM messenger_threads") == [(None,)]
    await change(
        page, "INSERT INTO outbox (channel, conversation_id, event_id, status, attempts,"
        " next_try_at) VALUES ('messenger', ?, 1, 'pending', 0, 0)", page.conversation_id,
    )  # fmt: skip
    await settled(page)
    assert await undelivered(page) == ["window_closed"]
    assert seen.messages == []


# Errors


@pytest.mark.messenger(32, 33)
@pytest.mark.parametrize("fault", ["613", "4", "429", "2", "1200"])
async def test_a_busy_platform_is_waited_for(
    page: Page, seen: Seen, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    """Refused twice, then taken: each message reaches the person once, in order."""
    monkeypatch.setattr(graph, "_RATE_SECONDS", 0.1)
    monkeypatch.setattr(graph, "_HICCUP_SECONDS", 0.1)
    page.fake.fail_next(2, fault)
    page.bot.on("prima", {"type": "notice", "text_id": "thanks"})
    page.bot.on("seconda", {"type": "notice", "text_id": "goodbye"})
    page.fake.say(page.anna, "prima")
    page.fake.say(page.anna, "seconda")
    await settled(page)
    assert [text[:9] for text in heard(page)] == ["Ciao, son", "Grazie a ", "A presto!"]
    assert len(seen.messages) == 2 + 3
    assert len(page.fake.refused) == 2


@pytest.mark.messenger(32, 33)
async def test_the_wait_is_long_and_can_be_seen(page: Page, seen: Seen) -> None:
    """After "too many calls" a minute or more, not always the same, longer each time."""
    page.fake.fail_next(1, "613")
    page.fake.say(page.anna, QUESTION)
    query = "SELECT next_try_at - strftime('%s', 'now') FROM outbox WHERE attempts = 1"
    await until(lambda: rows(page, query))
    ((seconds,),) = rows(page, query)
    assert 55 < seconds < 80
    await until(lambda: rows(page, "SELECT 1 FROM inbox WHERE status = 'done'"))
    assert len(seen.messages) == 1
    headers = {"Authorization": f"Bearer {page.client.app[SETTINGS].knowledge_token}"}
    answer = await page.client.get("/metrics", headers=headers)
    shown = await answer.text()
    waiting = re.findall(r'bussola_waiting{where="outbox"} (.*)', shown)
    assert waiting == ["2.0"], rows(page, "SELECT * FROM outbox")


@pytest.mark.messenger(32)
async def test_pauses_grow_and_are_not_all_the_same(page: Page) -> None:
    """A crowd that was refused together does not come back together."""
    await says(page, QUESTION)
    parcel = sender.Parcel(1, "messenger", "x", (await page.events())[0], attempts=0)
    ours = MessengerSender.__new__(MessengerSender)
    first = {(await ours._refused(parcel, Busy(613, 60))).seconds for _ in range(9)}  # type: ignore[attr-defined]
    third = await ours._refused(replace(parcel, attempts=2), Busy(613, 60))
    assert len(first) > 1
    assert min(first) >= 60
    assert third.seconds >= 240  # type: ignore[attr-defined]


@pytest.mark.messenger(32)
async def test_a_crowd_stays_below_the_rate(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred texts at once leave spread: never more than half of what is allowed a second."""
    left: list[float] = []

    async def answered(*_call: Any, **_more: Any) -> dict[str, Any]:
        left.append(time.monotonic())
        return {"message_id": f"m_{len(left)}"}

    monkeypatch.setattr(Graph, "call", answered)
    send = channel_of(page).graph.send
    assert len(set(await asyncio.gather(*(send({}) for _ in range(200))))) == 200
    assert all(later - first > 0.9 for first, later in zip(left, left[150:], strict=False))


@pytest.mark.messenger(33)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [("190", "messenger_token_refused"), ("1893063", "messenger_page_restricted")],
)
async def test_a_stop_stops_everything_until_it_works_again(
    page: Page,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: Any,
    reason: str,
) -> None:
    """One call, an alarm, no loop; a try a while later works, and all that waited leaves once."""
    monkeypatch.setattr(sender, "STOPPED_SECONDS", 2.0)
    page.fake.fail_next(1, fault)
    page.fake.say(page.anna, QUESTION)
    await until_async(lambda: problem(page, reason))
    assert f"Messenger is stopped: {reason}" in caplog.text
    bruno = page.fake.person("Bruno")
    page.fake.say(bruno, QUESTION)
    await until(lambda: rows(page, "SELECT count(*) FROM inbox WHERE status = 'done'") == [(2,)])
    assert len(seen.messages) == 1
    await settled(page)
    assert (await reach(page)).problem is None
    for person in (page.anna, bruno):
        assert sum("Il riscatto trasforma" in text for text in heard(page, person)) == 1
    assert len(page.fake.refused) == 1


async def problem(page: Page, reason: str) -> bool:
    return (await reach(page)).problem == reason


@pytest.mark.messenger(33)
async def test_a_person_who_is_gone_is_not_called_again(page: Page, seen: Seen) -> None:
    """551: marked, no retry, nothing more is tried; who writes again is there again."""
    page.fake.get_started(page.anna)
    await settled(page)
    async with thinking(page):
        page.fake.say(page.anna, "prima")
        page.fake.say(page.anna, "seconda")
        await until(lambda: page.bot.asked)
        page.fake.block(page.anna)
        before = len(seen.messages)
    await settled(page)
    assert len(seen.messages) == before + 1
    assert {error.code for error in page.fake.refused} == {551}
    assert (await reach(page)).problem == "person_unavailable"
    assert await undelivered(page) == ["person_unavailable"] * 2
    page.fake.block(page.anna, blocked=False)
    await says(page, QUESTION)
    assert (await reach(page)).problem is None
    assert answers(page) == 1


@pytest.mark.messenger(33)
async def test_a_fault_of_ours_is_said_and_not_repeated(
    page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    """100: each message is tried once, the log says whose fault it is, the desk too."""
    nobody = Person("99999999999999999", "Nessuno")
    assert await post(page, call(page, said(page, QUESTION, "m_1", nobody))) == 200
    await settled(page)
    assert [error.code for error in page.fake.refused] == [100, 100, 100]  # a sign, and two events
    assert caplog.text.count("a fault of ours: 100/2018001") == 2
    reasons = rows(page, "SELECT DISTINCT status, reason, attempts FROM outbox")
    assert reasons == [("failed", "messenger_refused", 0)]


# Unknown outcomes


@pytest.mark.messenger(33, 34)
@pytest.mark.parametrize("fault", ["timeout_before", "500"])
async def test_a_call_without_an_answer_is_repeated_once(
    page: Page, seen: Seen, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    """It was not done: no echo comes, so it is sent again with the same metadata."""
    monkeypatch.setattr(MessengerSender, "echo_seconds", 0.5)
    page.fake.get_started(page.anna)
    await settled(page)
    page.fake.fail_next(1, fault)
    page.bot.on(QUESTION, {"type": "notice", "text_id": "thanks"})
    told = await says(page, QUESTION)
    assert [text[:10] for text in told] == ["Grazie a t"]
    first, second = (body["message"]["metadata"] for body in seen.messages[-2:])
    assert first == second


@pytest.mark.messenger(11, 34)
async def test_an_echo_settles_what_got_no_answer(
    page: Page, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was done and the answer was lost: its echo says so, and nothing is sent again."""
    monkeypatch.setattr(MessengerSender, "echo_seconds", 1.0)
    page.fake.get_started(page.anna)
    await settled(page)
    page.fake.fail_next(1, "timeout_after")
    page.bot.on(QUESTION, {"type": "notice", "text_id": "thanks"})
    before = len(seen.messages)
    told = await says(page, QUESTION)
    assert [text[:10] for text in told] == ["Grazie a t"]
    assert len(seen.messages) == before + 1
    (row,) = rows(page, "SELECT state, message_id FROM messenger_sends ORDER BY event_id DESC")[:1]
    assert row == ("sent", page.fake.sends[-1].mid)


@pytest.mark.messenger(34)
@pytest.mark.parametrize(
    "faults",
    [
        ["timeout_after"] * 5,
        ["timeout_after", "613", "timeout_after", "613", "timeout_after", "timeout_after"],
        ["timeout_after", "2", "timeout_before", "timeout_after"],
    ],
)
async def test_never_three_times(
    page: Page,
    no_echoes: None,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    faults: list[Any],
) -> None:
    """Neither answers nor echoes: twice at most, the same metadata, and the log says so."""
    monkeypatch.setattr(MessengerSender, "echo_seconds", 0.3)
    monkeypatch.setattr(graph, "_RATE_SECONDS", 0.05)
    monkeypatch.setattr(graph, "_HICCUP_SECONDS", 0.05)
    page.fake.get_started(page.anna)
    await settled(page)
    for fault in faults:
        page.fake.fail_next(1, fault)
    page.bot.on(QUESTION, {"type": "notice", "text_id": "thanks"})
    page.fake.say(page.anna, QUESTION)
    await settled(page)
    assert 1 <= sum("Grazie a te" in text for text in heard(page)) <= 2
    assert len({body["message"]["metadata"] for body in seen.messages[1:]}) == 1
    assert "neither an answer nor an echo, twice" in caplog.text
    assert await undelivered(page) == ["messenger_unsure"]
    assert rows(page, "SELECT state FROM messenger_sends ORDER BY event_id DESC")[0] == ("unsure",)
    assert rows(page, "SELECT reason FROM outbox WHERE status = 'failed'") == [
        ("messenger_unsure",)
    ]


@pytest.mark.messenger(34)
async def test_the_parts_of_an_answer_are_sent_once_each(
    page: Page, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second part fails: the first is not sent again."""
    monkeypatch.setattr(graph, "_RATE_SECONDS", 0.1)
    page.fake.get_started(page.anna)
    await settled(page)
    page.fake._faults.extend(["", "613"])
    told = await says(page, QUESTION)
    assert len(told) == 2
    assert "Il riscatto trasforma" in told[0]
    assert told[1].startswith("Si apre fuori")


@pytest.mark.messenger(30)
async def test_signs_are_shown_and_their_failure_loses_nothing(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We show that we are at work; when even that is refused the answer comes all the same."""
    async with thinking(page):
        page.fake.say(page.anna, QUESTION)
        await until(lambda: page.anna.typing_until)
    await settled(page)

    def refuse(*_call: Any) -> Any:
        raise GraphError(10, "no signs today")

    monkeypatch.setattr(page.fake, "_accept_action", refuse)
    page.fake.say(page.anna, QUESTION)
    await settled(page)
    assert answers(page) == 2
    assert [error.code for error in page.fake.refused] == [10]


# Secrets, versions, certificates


@pytest.mark.messenger(36)
async def test_the_token_shows_nowhere(
    page: Page, seen: Seen, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In a header and nowhere else, whatever goes wrong; a proof goes with every call."""
    for name in ("bussola", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    monkeypatch.setattr(graph, "_RATE_SECONDS", 0.05)
    monkeypatch.setattr(sender, "STOPPED_SECONDS", 0.2)
    monkeypatch.setattr(MessengerSender, "echo_seconds", 0.2)
    for fault in ("190", "613", "timeout_before", "500", "2"):
        page.fake.fail_next(1, fault)  # type: ignore[arg-type]
    await says(page, QUESTION)
    hidden = (page.channel.page_token, page.channel.app_secret, page.channel.verify_token)
    shown = [caplog.text, *seen.urls, repr(page.channel), repr(page.client.app[SETTINGS])]
    for secret in hidden:
        assert not any(secret in text for text in shown)
    assert set(seen.headers) == {f"Bearer {page.channel.page_token}"}
    assert len(seen.urls) >= 8
    proof = graph.appsecret_proof(page.channel.page_token, page.channel.app_secret)
    assert set(seen.proofs) == {proof}
    assert QUESTION not in caplog.text
    assert page.anna.psid not in caplog.text


@pytest.mark.messenger(35)
async def test_the_version_is_one_setting(
    folder: Path, content: Unindexed, quick: None, seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    """Every call has it; a start below the oldest living one is warned of."""
    assert not any(warn_if_old(version) for version in ("v21.0", "v22.0", "v26.0", "v30.1"))
    assert all(warn_if_old(version) for version in ("v2.12", "v20.0", "latest", ""))
    async with open_page(folder, content, graph_version="v25.0") as page:
        await says(page, QUESTION)
        assert all("/v25.0/" in url for url in seen.urls)
        here = page.client.app[SETTINGS]
        assert "no longer served" not in caplog.text.split("Bussola is ready")[-1]
        old = replace(here, messenger=replace(page.channel, graph_version="v19.0"))
        caplog.clear()
        app = create_app(old, page.client.app[KNOWLEDGE], page.bot)
        await page.client.close()
        async with TestClient(TestServer(app)):
            assert "Graph API v19.0 is no longer served" in caplog.text


@pytest.mark.messenger(44)
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not one byte of a call reaches a server with a certificate of its own making."""
    certificate = self_signed(tmp_path)
    reached: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        reached.append(request.path)
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=certificate)
    try:
        async with aiohttp.ClientSession() as session:
            url = f"https://localhost:{server.port}"
            calls_of_ours = Graph(session, replace(page.channel, graph_url=url))
            with pytest.raises(Busy):
                await calls_of_ours.send({"recipient": {"id": "1"}, "message": {"text": "x"}})
    finally:
        await server.close()
    assert reached == []


def self_signed(folder: Path) -> ssl.SSLContext:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    line = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]  # fmt: skip
    subprocess.run(line, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.messenger(44)
def test_no_line_turns_certificates_off() -> None:
    """Nowhere in our code is a check of a certificate switched off."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"ssl\s*=|verify_ssl|CERT_NONE|check_hostname|unverified", text), path


# The whole web chat


async def tap(page: Page, label: str) -> str:
    """Tap the button of that label on Anna's screen; the newest bubble when all is quiet."""
    await settled(page)
    for event in reversed(await page.events()):
        for button in event.buttons:
            if button.label.startswith(label):
                page.fake.tap(page.anna, f"{event.id}:{button.id}")
                await settled(page)
                return heard(page)[-1]
    raise LookupError(label)


@pytest.mark.messenger(17, 23, 24, 25, 26, 27, 31, 37, 38, 43)
async def test_everything_the_web_chat_can_do(page: Page) -> None:
    """Theme, question, answer, details, table, sheet, news, quiz, vote, case, expert, back."""
    page.bot.on("quanto costano gli anni?", {**ANSWER, "entry_id": "laurea-costo-agevolato"})
    page.fake.get_started(page.anna)
    assert "rispondo io, una macchina" in await page.hears("assistente automatico")
    assert "ecco le domande più comuni" in await tap(page, "Riscatto della laurea")
    await tap(page, "Che cos'è il riscatto")
    assert answers(page) == 1
    await tap(page, "Più dettagli")
    assert "Ti è stato utile?" in "\n".join(heard(page)[-2:])
    page.fake.say(page.anna, "quanto costano gli anni?")
    await settled(page)
    assert "• " in await tap(page, "Tabella:")
    await says(page, "quanto costano gli anni?")
    assert "/schede/" in "\n".join([await tap(page, "Scheda:"), *heard(page)[-3:]])
    page.fake.menu(page.anna, "0:menu")
    await tap(page, "Riscatto della laurea")
    assert "Domanda 1 di 10" in await tap(page, "Mettiti alla prova")
    right = (await says(page, "b"))[-1]
    assert right.startswith(("Giusto.", "No, la risposta giusta è"))
    assert "Domanda 2 di 10" in await tap(page, "Prossima domanda")
    await tap(page, "Basta così")
    await says(page, "che cos'è il riscatto?")
    assert heard(page)[-1].startswith(("Si apre fuori", "Il riscatto"))
    await tap(page, "Utile")
    assert heard(page)[-1].startswith("Grazie, lo diciamo")
    await to_an_expert_and_back(page)
    await nothing_was_out_of_bounds(page)


async def to_an_expert_and_back(page: Page) -> None:
    """A case from the menu, an expert's words under a name, and the machine again."""
    colleague = await with_a_case(page)
    opened = (await page.hears("Codice della richiesta")).split()
    assert colleague.case.code in " ".join(opened)
    assert any(f"/pratica/{colleague.case.code}" in word for word in opened)
    await colleague.take()
    await page.hears("Da adesso scrive una persona")
    await colleague.say("Si paga a rate.")
    assert (await page.hears("Si paga a rate")).startswith("Carla, esperto:\n\nSi paga a rate.")
    asked = len(page.bot.asked)
    assert await says(page, "grazie Carla") == []
    assert len(page.bot.asked) == asked
    await colleague.close()
    await page.hears("ti risponde di nuovo l'assistente automatico")


async def nothing_was_out_of_bounds(page: Page) -> None:
    """The platform refused nothing, and we used nothing that Europe may lack."""
    await settled(page)
    assert page.fake.refused == []
    assert await undelivered(page) == []
    for send in page.fake.sends:
        assert set(send.message) <= {"text", "attachment", "quick_replies", "metadata"}
        assert not re.search(r"\*\*|\]\(|</?[a-z]+>", send.text)
        template = send.message.get("attachment", {}).get("payload", {"template_type": "button"})
        assert template["template_type"] == "button"
        if "buttons" in template:
            assert all(button["title"].startswith("Apri") for button in template["buttons"])
            assert "fuori da Messenger" in template["text"]
    assert (await page.client.app[OUTBOX].depth())["outbox"] == 0


@pytest.mark.messenger(43)
def test_nothing_depends_on_what_europe_may_lack() -> None:
    """No personas, no labels, no media templates: the words are not in the channel."""
    for path in (SOURCE / "channels" / "messenger").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"persona_id|custom_labels|/labels|\"media\"|one_time_notif", text)
