"""Insults, danger, and personal data: what happens before the bot is asked."""

from __future__ import annotations

import pytest

from bussola.conversations.message import Refused
from bussola.testing import ConversationTester, FakeBot

DANGER = "mio marito mi picchia"
PERSON = {"type": "offer_handoff", "reason": "asked"}
# Planted data: each in the form a citizen would write it.
CANARIES = (
    "RSSMRA85M01H501Q",
    "IT60X0542811101000000123456",
    "4111111111111111",
    "3391234567",
    "canarino.rossi@example.it",
)


async def test_the_first_insult_gets_a_calm_answer(t: ConversationTester, bot: FakeBot) -> None:
    """The first insult is answered calmly, and the bot is not asked."""
    await t.citizen_says("sei un cretino")
    assert t.bot_said("abuse", t.text("abuse_first"))
    assert bot.asked == []


async def test_the_next_insults_meet_a_boundary(t: ConversationTester) -> None:
    """From the second insult on the answer is a boundary."""
    await t.citizen_says("cretino")
    for insult in ("stronzo", "idiota"):
        await t.citizen_says(insult)
        assert t.bot_said("abuse", t.text("abuse_boundary"))


async def test_an_answer_does_not_wipe_insults(t: ConversationTester, bot: FakeBot) -> None:
    """An answer between two insults does not make the second one the first again."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    await t.citizen_says("cretino")
    await t.citizen_says("quanto pago")
    await t.citizen_says("cretino")
    assert t.bot_said("abuse", t.text("abuse_boundary"))


async def test_the_menu_does_not_wipe_insults(t: ConversationTester) -> None:
    """A theme chosen between two insults does not make the second one the first again."""
    await t.citizen_says("cretino")
    await t.citizen_presses("Lavoro domestico")
    await t.citizen_says("cretino")
    assert t.bot_said("abuse", t.text("abuse_boundary"))


async def test_an_insult_the_bot_hears_counts_too(t: ConversationTester, bot: FakeBot) -> None:
    """An insult that only the bot understands gets the same two answers."""
    bot.run(lambda *_: [{"type": "abuse"}])
    await t.citizen_says("fate schifo")
    assert t.bot_said("abuse", t.text("abuse_first"))
    await t.citizen_says("fate proprio schifo")
    assert t.bot_said("abuse", t.text("abuse_boundary"))


async def test_a_rude_question_is_still_a_question(t: ConversationTester, bot: FakeBot) -> None:
    """An insult with a question around it goes to the bot."""
    question = "quanto costa riscattare la laurea a questi buffoni dell'ufficio"
    bot.on(question, {"type": "answer", "entry_id": "costo"})
    await t.citizen_says(question)
    assert t.bot_said("answer")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (DANGER, "1522"),
        ("non ce la faccio, voglio morire", "112"),
        ("la signora mi ha preso il passaporto", "800 290 290"),
    ],
)
async def test_danger_gets_the_public_number(
    t: ConversationTester, bot: FakeBot, text: str, number: str
) -> None:
    """Words of danger get the right public number at once, without asking the bot."""
    await t.citizen_says(text)
    assert t.bot_said("emergency", number)
    assert bot.asked == []


async def test_danger_comes_before_insults(t: ConversationTester) -> None:
    """A message with danger and an insult is about the danger."""
    await t.citizen_says("quel bastardo mi picchia")
    assert t.bot_said("emergency")
    assert not t.bot_said("abuse")


async def test_danger_is_heard_while_an_expert_has_the_word(
    t: ConversationTester, bot: FakeBot
) -> None:
    """The emergency text comes at once even while an expert owns the conversation."""
    await t.citizen_says("domanda difficile")
    await t.citizen_presses(t.text("button_expert_other"))
    await t.expert_takes()
    await t.citizen_says(DANGER)
    assert t.bot_said("emergency")


async def test_danger_is_heard_while_a_case_waits(t: ConversationTester) -> None:
    """The emergency text comes at once also while messages are added to a case."""
    await t.citizen_says("domanda difficile")
    await t.citizen_presses(t.text("button_expert_other"))
    await t.citizen_says(DANGER)
    assert t.bot_said("emergency")


async def test_a_person_can_be_asked_for_at_any_time(t: ConversationTester, bot: FakeBot) -> None:
    """Asking for a person works at the start, inside a choice, and after an answer."""
    bot.on("voglio una persona", PERSON)
    bot.on("costo o rate", {"type": "ask_which", "options": ["costo", "rate"]})
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    for before in (None, "costo o rate", "quanto pago"):
        if before:
            await t.citizen_says(before)
        await t.citizen_says("voglio una persona")
        assert t.bot_said("offer_handoff", t.text("offer"))


async def test_a_person_asked_for_first_is_told_what_to_write(
    t: ConversationTester, bot: FakeBot
) -> None:
    """A case without a question asks for the question."""
    bot.on("voglio una persona", PERSON)
    await t.citizen_says("voglio una persona")
    await t.citizen_presses(t.text("button_expert_other"))
    assert t.bot_said("handoff", t.text("case_write_question"))


async def test_masking_is_told_once(t: ConversationTester, bot: FakeBot) -> None:
    """The citizen hears once which kinds of data were taken out, before the answer."""
    bot.run(lambda *_: [{"type": "answer", "entry_id": "costo"}])
    await t.citizen_says("sono canarino.rossi@example.it, tel 3391234567")
    assert [event.kind for event in t.said] == ["citizen", "masked", "answer"]
    assert "e-mail, telefono" in t.said[1].text
    await t.citizen_says("quanto pago")
    assert not t.bot_said("masked")


async def test_masked_data_never_reach_the_bot(t: ConversationTester, bot: FakeBot) -> None:
    """The bot reads the masked text."""
    await t.citizen_says("chiamami al 3391234567")
    assert bot.asked == ["chiamami al [telefono]"]


async def test_planted_data_are_never_on_disk(t: ConversationTester) -> None:
    """No planted datum is in the bytes of the database or its log, at any stage of a case."""
    for canary in CANARIES:
        await t.citizen_says(f"i miei dati: {canary}")
    await t.citizen_presses(t.text("button_expert_other"))
    for canary in CANARIES:
        await t.citizen_says(f"aggiungo {canary}")
    await t.expert_takes()
    for number, canary in enumerate(CANARIES):
        await t.citizen_says(f"e poi {canary}")
        assert not await t.expert_says(f"ho letto {canary}", client_id=f"desk-{number}")
        case, anna = await t.open_case(), await t.expert("Anna")
        await t.book.save_draft(case.id, anna.id, f"ho letto {canary}")
        assert await t.desk.ask_review(case, anna, f"ho letto {canary}")
    on_disk = t.bytes_on_disk()
    assert b"[codice fiscale]" in on_disk
    assert [canary for canary in CANARIES if canary.encode() in on_disk] == []


async def test_masking_is_told_while_an_expert_has_the_word(t: ConversationTester) -> None:
    """The citizen hears of masking also when the bot is silent."""
    await t.citizen_says("domanda difficile")
    await t.citizen_presses(t.text("button_expert_other"))
    await t.expert_takes()
    await t.citizen_says("chiamami al 3391234567")
    assert [event.kind for event in t.said] == ["citizen", "masked"]


async def test_masking_is_told_without_a_bot(t: ConversationTester, bot: FakeBot) -> None:
    """The citizen hears of masking also when the bot cannot be reached."""
    bot.fail(9)
    await t.citizen_sends("chiamami al 3391234567")
    t.clock.move(60)
    await t.settle()
    assert t.bot_said("unavailable")
    assert t.bot_said("masked")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), (" \n\u200b ", "empty"), ("///", "empty"), ("a" * 2001, "too_long")],
)
async def test_refused_texts_are_not_stored(t: ConversationTester, text: str, reason: str) -> None:
    """What the door refuses leaves no trace in the conversation."""
    with pytest.raises(Refused) as refused:
        await t.citizen_says(text)
    assert refused.value.reason == reason
    assert len(await t.transcript()) == 1


async def test_a_typed_command_is_only_text(t: ConversationTester, bot: FakeBot) -> None:
    """A leading slash never reaches the bot."""
    await t.citizen_says("/restart")
    assert bot.asked == ["restart"]
