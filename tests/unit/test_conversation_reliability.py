"""Once, in order, and never lost: what the stores and the service promise."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bussola.conversations.conversation import Context
from bussola.conversations.message import Incoming, Message, Refused
from bussola.testing import ConversationTester, FakeBot


class PoisonError(Exception):
    """What a broken turn raises."""


def poisoned(message: Message, _context: Context) -> list[dict[str, Any]]:
    if message.text == "veleno":
        raise PoisonError
    return [{"type": "answer", "entry_id": "costo"}]


class Refusing:
    """A limiter that has had enough."""

    def allow(self, conversation_id: str, address: str) -> bool:
        return False


async def test_an_unavailable_bot_is_asked_again(t: ConversationTester, bot: FakeBot) -> None:
    """A bot that fails twice answers at the third attempt, and the citizen sees one answer."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    bot.fail(2)
    await t.citizen_says("quanto pago")
    assert t.turns == ["postponed"]
    assert t.silent
    await t.retry()
    await t.retry()
    assert [event.kind for event in t.said] == ["answer"]
    assert len(bot.asked) == 3


async def unreachable(t: ConversationTester, bot: FakeBot, text: str = "quanto pago") -> None:
    """Ask a bot that cannot be reached for longer than patience lasts."""
    bot.fail(99)
    await t.citizen_sends(text)
    t.clock.move(60)
    await t.settle()


async def test_after_its_patience_the_service_is_honest(
    t: ConversationTester, bot: FakeBot
) -> None:
    """When the bot stays away the citizen is told, and offered a person."""
    await unreachable(t, bot)
    assert t.bot_said("unavailable", t.text("unavailable"))
    assert await t.inbox() == {"done": 1}


async def test_a_typed_yes_opens_the_case_without_a_bot(
    t: ConversationTester, bot: FakeBot
) -> None:
    """A typed "sì" opens the case while the bot is away, with the question of before."""
    await unreachable(t, bot)
    await unreachable(t, bot, "sì")
    assert t.bot_said("handoff")
    case = await t.open_case()
    assert (case.reason, case.question) == ("bot_unavailable", "quanto pago")


async def test_the_yes_button_needs_no_bot(t: ConversationTester, bot: FakeBot) -> None:
    """The button opens the case while the bot is away."""
    await unreachable(t, bot)
    await t.citizen_presses(t.text("button_expert_other"))
    assert t.bot_said("handoff")


async def test_poison_is_set_aside_after_five_attempts(t: ConversationTester, bot: FakeBot) -> None:
    """A message that breaks its turn five times is set aside, with an honest word."""
    bot.run(poisoned)
    await t.citizen_sends("veleno")
    with pytest.raises(PoisonError):
        await t.settle()
    for _ in range(3):
        with pytest.raises(PoisonError):
            await t.retry()
    assert await t.inbox() == {"pending": 1}
    await t.retry()
    assert await t.inbox() == {"dead": 1}
    assert t.bot_said("unavailable")
    assert len(bot.asked) == 5


async def test_poison_does_not_block_what_follows(t: ConversationTester, bot: FakeBot) -> None:
    """After a poison message was set aside the next one of its conversation is answered."""
    bot.run(poisoned)
    await t.citizen_sends("veleno")
    await t.citizen_sends("quanto pago")
    for _ in range(4):
        with pytest.raises(PoisonError):
            await t.retry()
    await t.retry()
    assert await t.inbox() == {"dead": 1, "done": 1}
    assert t.bot_said("answer")


async def test_poison_does_not_block_others(t: ConversationTester, bot: FakeBot) -> None:
    """While one conversation has to wait, another is answered."""
    bot.run(poisoned)
    await t.citizen_sends("veleno")
    with pytest.raises(PoisonError):
        await t.settle()
    await t.service.start("conversation-2", "webchat")
    await t.service.receive(Incoming("conversation-2", "client-9999", "quanto pago"), None)
    await t.settle()
    assert (await t.store.events("conversation-2"))[-1].kind == "answer"


async def test_the_same_message_counts_once(t: ConversationTester, bot: FakeBot) -> None:
    """The same id with the same text is the same message, answered once."""
    first = await t.citizen_says("quanto pago", "client-same")
    again = await t.citizen_says("quanto pago", "client-same")
    assert (again.event_id, again.repeated) == (first.event_id, True)
    assert bot.asked == ["quanto pago"]


async def test_fifty_copies_at_once_are_one(t: ConversationTester, bot: FakeBot) -> None:
    """Fifty copies sent at once are one message and one answer."""
    accepted = await asyncio.gather(*(t.citizen_sends("ciao", "client-same") for _ in range(50)))
    await t.settle()
    assert len({one.event_id for one in accepted}) == 1
    assert sum(not one.repeated for one in accepted) == 1
    assert bot.asked == ["ciao"]


async def test_the_same_id_with_other_words_is_a_conflict(t: ConversationTester) -> None:
    """The same id with another text is refused, and the first text stays."""
    await t.citizen_says("quanto pago", "client-same")
    with pytest.raises(Refused, match="conflict"):
        await t.citizen_says("tutt'altro", "client-same")
    assert [e.text for e in await t.transcript() if e.author == "citizen"] == ["quanto pago"]


async def test_masked_copies_are_the_same_message(t: ConversationTester) -> None:
    """A retry of a text with personal data is recognised although the data are not stored."""
    await t.citizen_says("chiamami al 3391234567", "client-same")
    assert (await t.citizen_says("chiamami al 3391234567", "client-same")).repeated


async def test_order_is_kept(t: ConversationTester, bot: FakeBot) -> None:
    """Messages stored in a burst are answered in the order of the sender, each once."""
    words = [f"domanda {number}" for number in range(12)]
    for word in words:
        await t.citizen_sends(word)
    await t.settle()
    assert bot.asked == words
    answers = [e.in_reply_to for e in await t.transcript() if e.in_reply_to]
    assert answers == sorted(answers)


async def test_order_is_kept_over_a_failure(t: ConversationTester, bot: FakeBot) -> None:
    """While the first message waits for another attempt the second does not overtake it."""
    bot.fail(1)
    await t.citizen_sends("prima")
    await t.citizen_sends("seconda")
    await t.settle()
    assert bot.asked == ["prima"]
    await t.retry()
    assert bot.asked == ["prima", "prima", "seconda"]


async def test_two_workers_share_no_message(t: ConversationTester, bot: FakeBot) -> None:
    """Four workers at once answer each message of a conversation once, in order."""
    words = [f"domanda {number}" for number in range(8)]
    for word in words:
        await t.citizen_sends(word)
    while any(await asyncio.gather(*(t.service.answer_next() for _ in range(4)))):
        pass
    assert bot.asked == words


async def test_a_lease_taken_over_commits_nothing(t: ConversationTester) -> None:
    """An outcome of a worker whose lease was freed meanwhile is thrown away."""

    async def freed(_message: Message, _context: Context) -> list[dict[str, Any]]:
        await t.store.release_all()
        return [{"type": "answer", "entry_id": "costo"}]

    slow = FakeBot(freed)
    t.service._bot = slow
    await t.citizen_sends("quanto pago")
    assert await t.service.answer_next() == "lost_lease"
    assert await t.inbox() == {"pending": 1}


async def test_messages_survive_a_restart(
    t: ConversationTester, root: Path, database_folder: Path
) -> None:
    """What was accepted before a restart is answered after it."""
    await t.citizen_sends("quanto pago")
    bot = FakeBot()
    async with ConversationTester.open(
        database_folder, root, bot=bot, conversation_id="conversation-2"
    ) as after:
        await after.settle()
    assert bot.asked == ["quanto pago"]


async def test_flooding_is_refused_at_the_door(database_folder: Path, root: Path) -> None:
    """A message over the limit is refused by name and not stored."""
    async with ConversationTester.open(database_folder, root, limiter=Refusing()) as t:
        with pytest.raises(Refused, match="too_fast"):
            await t.citizen_says("ciao")
        assert await t.inbox() == {}


async def test_an_unknown_conversation_is_refused(t: ConversationTester) -> None:
    """A message to a conversation that does not exist is refused by name."""
    with pytest.raises(Refused, match="unknown_conversation"):
        await t.service.receive(Incoming("nobody", "client-0001", "ciao"), None)


@pytest.mark.parametrize("button", ["", "1", "x:t0", "1:zz", "99:t0", "1:", ":t0", "-1:t0"])
async def test_an_unknown_button_is_refused(t: ConversationTester, button: str) -> None:
    """A button we did not draw is refused by name."""
    with pytest.raises(Refused, match="unknown_button"):
        await t.press(button)


@pytest.mark.parametrize("button", ["²:t0", "9" * 30 + ":t0"])
async def test_a_button_with_odd_digits_is_refused(t: ConversationTester, button: str) -> None:
    """A button whose number is none is refused by name too."""
    with pytest.raises(Refused, match="unknown_button"):
        await t.press(button)


async def test_a_button_says_our_label(t: ConversationTester) -> None:
    """The words stored for a pressed button are ours, whatever text came with it."""
    incoming = Incoming(t.id, "client-0001", "3391234567 testo mio", "1:t0")
    await t.service.receive(incoming, None)
    await t.settle()
    assert t.said[0].text == "Riscatto della laurea"


async def test_accepting_rings_for_the_workers(t: ConversationTester) -> None:
    """A stored message rings for the inbox and for the conversation's other windows."""
    t.bell.rung.clear()
    await t.citizen_sends("ciao")
    assert t.bell.rung == ["inbox", t.id]
