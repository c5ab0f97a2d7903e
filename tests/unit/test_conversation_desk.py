"""From the bot to an expert and back: who has the word, and what both sides see."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bussola.conversations.conversation import Context
from bussola.conversations.message import Message, Refused
from bussola.testing import ConversationTester, FakeBot

PERSON = {"type": "offer_handoff", "reason": "asked"}


async def with_case(t: ConversationTester) -> None:
    """Bring the conversation to a waiting case."""
    await t.citizen_says("domanda difficile")
    await t.citizen_presses(t.text("button_expert_other"))
    assert t.bot_said("handoff")


async def test_the_case_code_opens_the_case(t: ConversationTester) -> None:
    """The code the citizen reads finds the case."""
    await with_case(t)
    case = await t.cases.case_by_code(t.said[-1].data["case_code"])
    assert case is not None
    assert case.conversation_id == t.id


async def test_messages_while_waiting_are_added(t: ConversationTester, bot: FakeBot) -> None:
    """What a citizen writes while waiting is added to the case, and the bot is not asked."""
    await with_case(t)
    await t.citizen_says("aggiungo che lavoro part-time")
    assert t.bot_said("added_to_case")
    assert bot.asked == ["domanda difficile"]


async def test_the_bot_can_be_asked_while_waiting(t: ConversationTester, bot: FakeBot) -> None:
    """After the button for it, questions go to the bot again and the case stays open."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    await with_case(t)
    await t.citizen_says("aggiungo una cosa")
    await t.citizen_presses(t.text("button_ask_bot"))
    await t.citizen_says("quanto pago")
    assert t.bot_said("answer")
    assert (await t.open_case()).state == "waiting"


async def test_one_open_case_per_citizen(t: ConversationTester, bot: FakeBot) -> None:
    """Asking for a person again names the open case instead of opening another."""
    bot.on("voglio una persona", PERSON)
    await with_case(t)
    code = (await t.open_case()).code
    await t.citizen_says("aggiungo una cosa")
    await t.citizen_presses(t.text("button_ask_bot"))
    await t.citizen_says("voglio una persona")
    assert t.bot_said("handoff_open")
    assert t.said[-1].data["case_code"] == code
    assert (await t.open_case()).code == code


async def test_an_old_yes_button_opens_no_second_case(t: ConversationTester) -> None:
    """Pressing the same "yes" twice leaves one case."""
    await with_case(t)
    await t.citizen_presses(t.text("button_expert_other"))
    assert t.bot_said("handoff_open")
    assert len(await t.cases.queue(None)) == 1


async def test_after_closing_another_case_may_be_opened(t: ConversationTester) -> None:
    """Once closed, a new hand-off opens a new case with a new code."""
    await with_case(t)
    first = (await t.open_case()).code
    await t.expert_takes()
    await t.expert_closes()
    await with_case(t)
    assert (await t.open_case()).code != first


async def test_the_citizen_sees_who_took_the_case(t: ConversationTester) -> None:
    """Taking a case tells the citizen that a person, by name, writes from now on."""
    await with_case(t)
    assert await t.expert_takes("Anna")
    assert t.bot_said("taken", "Anna")
    assert (await t.conversation()).speaker == "desk"


async def test_of_two_experts_one_takes(t: ConversationTester) -> None:
    """When two experts take at once exactly one gets the case, and it is announced once."""
    await with_case(t)
    case = await t.open_case()
    anna, bruno = await t.expert("Anna"), await t.expert("Bruno")
    took = await asyncio.gather(t.desk.take(case, anna), t.desk.take(case, bruno))
    await t.look()
    assert sorted(took) == [False, True]
    assert [event.kind for event in t.said] == ["taken"]


async def test_the_bot_is_silent_while_an_expert_owns(t: ConversationTester, bot: FakeBot) -> None:
    """While an expert has the word nothing of the bot reaches the citizen, insults included."""
    await with_case(t)
    await t.expert_takes()
    for text in ("quanto pago?", "cretino", "voglio una persona"):
        await t.citizen_says(text)
        assert t.silent
    assert bot.asked == ["domanda difficile"]


async def test_an_expert_reply_reaches_the_citizen(t: ConversationTester) -> None:
    """An expert's words arrive as a person's, under the person's name."""
    await with_case(t)
    await t.expert_takes("Anna")
    assert await t.expert_says("Buongiorno, ecco la regola.", "Anna")
    (event,) = t.said
    assert (event.author, event.text, event.data["name"]) == (
        "expert", "Buongiorno, ecco la regola.", "Anna",
    )  # fmt: skip
    assert (await t.open_case()).first_reply_at == t.clock.now()


async def test_an_expert_reply_is_sent_once(t: ConversationTester) -> None:
    """The same reply sent twice under one id is said once, and both times succeeds."""
    await with_case(t)
    await t.expert_takes()
    assert await t.expert_says("Ecco.", client_id="desk-7")
    assert await t.expert_says("Ecco.", client_id="desk-7")
    assert [e.text for e in await t.transcript() if e.author == "expert"] == ["Ecco."]


async def test_only_the_owner_may_reply(t: ConversationTester) -> None:
    """A colleague cannot write, release or close a case that is not theirs."""
    await with_case(t)
    await t.expert_takes("Anna")
    assert not await t.expert_says("Anch'io", "Bruno")
    assert not await t.expert_releases("Bruno")
    assert not await t.expert_closes("Bruno")
    assert t.said == []


async def test_nobody_replies_before_taking(t: ConversationTester) -> None:
    """A waiting case takes no reply: first it is taken."""
    await with_case(t)
    assert not await t.expert_says("Ecco.")


async def test_an_empty_reply_is_refused(t: ConversationTester) -> None:
    """An expert's empty words are refused as a citizen's are."""
    await with_case(t)
    await t.expert_takes()
    with pytest.raises(Refused, match="empty"):
        await t.expert_says("  ")


async def test_release_puts_the_case_back(t: ConversationTester) -> None:
    """A released case waits again, the citizen is told, and a colleague may take it."""
    await with_case(t)
    await t.expert_takes("Anna")
    assert await t.expert_releases("Anna")
    assert t.bot_said("released", t.text("case_released"))
    await t.citizen_says("ci siete?")
    assert t.bot_said("added_to_case")
    assert await t.expert_takes("Bruno")


async def test_after_closing_the_bot_says_it_is_a_machine(
    t: ConversationTester, bot: FakeBot
) -> None:
    """Closing gives the word back to the bot, which says that it is a machine."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    await with_case(t)
    await t.expert_takes()
    assert await t.expert_closes()
    assert t.bot_said("closed", "una macchina")
    await t.citizen_says("quanto pago")
    assert t.bot_said("answer")


async def test_a_closed_case_takes_no_more_words(t: ConversationTester) -> None:
    """After closing even the owner cannot write in the case."""
    await with_case(t)
    await t.expert_takes()
    case, anna = await t.open_case(), await t.expert("Anna")
    await t.expert_closes()
    assert await t.desk.say(case, anna, "desk-9", "ancora una cosa") == "not_yours"


def taking(t: ConversationTester) -> Callable[[Message, Context], Awaitable[list[dict[str, Any]]]]:
    """A bot so slow that an expert takes the case while it thinks."""

    async def slow(_message: Message, _context: Context) -> list[dict[str, Any]]:
        await t.expert_takes()
        return [{"type": "answer", "entry_id": "costo"}]

    return slow


async def test_a_late_answer_is_dropped(t: ConversationTester, bot: FakeBot) -> None:
    """An answer that comes after the takeover is not sent; the desk alone sees it as not sent."""
    await with_case(t)
    await t.citizen_says("aggiungo una cosa")
    await t.citizen_presses(t.text("button_ask_bot"))
    bot.run(taking(t))
    await t.citizen_says("e quanto costa?")
    assert t.turns == ["dropped"]
    assert not any(event.kind == "answer" for event in await t.transcript())
    (unsent,) = [e for e in await t.transcript(for_desk=True) if e.kind == "not_sent"]
    assert unsent.hidden
    assert unsent.data == {"kind": "answer"}
    parcels = await t.outbox.waiting("webchat")
    assert unsent.id not in [parcel.event.id for parcel in parcels]


async def test_an_expert_sees_only_their_themes(t: ConversationTester) -> None:
    """A case of another theme is neither in an expert's queue nor opened by its number."""
    await t.citizen_says("domanda difficile")
    await t.citizen_presses(t.text("button_expert_on", theme="Lavoro domestico"))
    case = await t.open_case()
    laurea = await t.expert("Anna", ("riscatto_laurea",))
    casa = await t.expert("Bruno", ("lavoro_domestico",))
    assert await t.desk.queue(laurea) == []
    assert await t.desk.case(case.id, laurea) is None
    assert [one.id for one in await t.desk.queue(casa)] == [case.id]


async def test_a_case_without_theme_is_everybodys(t: ConversationTester) -> None:
    """A case whose theme is unknown is in every expert's queue."""
    await with_case(t)
    laurea = await t.expert("Anna", ("riscatto_laurea",))
    assert len(await t.desk.queue(laurea)) == 1


async def test_every_act_rings_the_desk_and_the_citizen(t: ConversationTester) -> None:
    """Each act of an expert rings for the desk, the outbox and the conversation."""
    await with_case(t)
    t.bell.rung.clear()
    await t.expert_takes()
    assert t.bell.rung == ["desk", "outbox", t.id]
