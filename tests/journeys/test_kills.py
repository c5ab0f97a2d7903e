"""kill -9 of each part between a message and its answer: answered once, after the restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bussola.citizen_client import CitizenClient
from bussola.stack import Stack

QUESTION = "quante ferie ha la colf"


@pytest.fixture
async def citizen(stack: Stack) -> AsyncIterator[CitizenClient]:
    async with aiohttp.ClientSession() as session:
        token = stack.settings.knowledge_token
        yield await CitizenClient(session, stack.url, token).start()


async def replies_to(citizen: CitizenClient, event_id: int) -> list[str]:
    """Kinds of all replies to a message, once no more can come."""
    for _ in range(240):
        replies = [e for e in await citizen.events(after=0) if e["in_reply_to"] == event_id]
        if replies:
            # Long enough for a second worker, had there been one, to answer too.
            await asyncio.sleep(3)
            replies = [e for e in await citizen.events(after=0) if e["in_reply_to"] == event_id]
            return [e["kind"] for e in replies]
        await asyncio.sleep(0.5)
    return []


async def test_rasa_is_killed_with_the_message_in_its_hands(
    stack: Stack, citizen: CitizenClient
) -> None:
    """Rasa keeps nothing of a turn it did not finish; the gateway asks again."""
    stack.freeze("rasa")
    accepted = await citizen.post(text=QUESTION)
    await asyncio.sleep(0.5)
    stack.kill("rasa")
    stack.start("rasa")
    assert await replies_to(citizen, accepted["event_id"]) == ["answer"]


async def test_the_action_server_is_killed_with_the_message_in_its_hands(
    stack: Stack, citizen: CitizenClient
) -> None:
    """An action that failed is an error to our channel, never an empty answer."""
    stack.freeze("actions")
    accepted = await citizen.post(text=QUESTION)
    await asyncio.sleep(0.5)
    stack.kill("actions")
    stack.start("actions")
    assert await replies_to(citizen, accepted["event_id"]) == ["answer"]


async def test_the_gateway_is_killed_after_it_acknowledged(
    stack: Stack, citizen: CitizenClient
) -> None:
    """What was acknowledged is on disk, and is answered by the next process."""
    stack.freeze("rasa")
    accepted = await citizen.post(text=QUESTION)
    stack.kill("web")
    stack.thaw("rasa")
    stack.start("web")
    await stack.ready()
    assert await replies_to(citizen, accepted["event_id"]) == ["answer"]


async def test_without_rasa_the_citizen_hears_so_and_reaches_a_person(stack: Stack) -> None:
    """A hand-off works also when the bot is down."""
    impatient = Stack(
        stack.settings, BUSSOLA_BOT_SECONDS="2", BUSSOLA_RASA_URL="http://127.0.0.1:9"
    )
    impatient.start("web")
    try:
        async with aiohttp.ClientSession() as session:
            token = impatient.settings.knowledge_token
            for _ in range(200):
                try:
                    citizen = await CitizenClient(session, impatient.url, token).start()
                    break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.3)
            turn = await citizen.say("quanto costa riscattare la laurea?")
            assert turn.kind == "unavailable"
            button = next(b for b in turn.events[-1]["buttons"] if b["action"] == "open_case")
            opened = await citizen.press(button["id"])
            assert opened.events[-1]["data"]["case_code"]
    finally:
        impatient.stop()


def test_no_log_holds_what_citizens_wrote(stack: Stack) -> None:
    """Not Rasa's, not the action server's, not ours."""
    for part in ("rasa", "actions", "web"):
        assert "ferie ha la colf" not in stack.log(part)
