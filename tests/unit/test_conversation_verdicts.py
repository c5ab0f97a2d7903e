"""What a citizen reads for each verdict of the bot."""

from __future__ import annotations

from bussola.testing import ConversationTester, FakeBot

WHICH = {
    "type": "ask_which",
    "options": ["costo", "rate"],
    "further": ["tempi", "ferie", "permessi"],
}
CHOICE = {"type": "choice"}
NONE = {"type": "none_of_these"}


async def test_the_first_words_are_the_disclosure(t: ConversationTester) -> None:
    """The first event of a conversation says that this is a machine and not a counter."""
    first = (await t.transcript())[0]
    assert (first.author, first.kind) == ("bot", "welcome")
    assert "una macchina, non una persona" in first.text
    assert "Non sono uno sportello virtuale" in first.text


async def test_an_answer_is_the_curated_text(t: ConversationTester, bot: FakeBot) -> None:
    """An answer carries the curated text and the id of its entry."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo", "probability": 0.9})
    await t.citizen_says("quanto pago")
    assert t.bot_said("answer", "Risposta curata su «Quanto costa?»")
    assert t.said[-1].data["entry_id"] == "costo"
    assert t.said[-1].data["probability"] == 0.9


async def test_details_come_by_button(t: ConversationTester, bot: FakeBot) -> None:
    """The button for more details brings the details of that entry, without asking the bot."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    await t.citizen_says("quanto pago")
    await t.citizen_presses(t.text("button_details"))
    assert t.bot_said("details", "In dettaglio.")
    assert bot.asked == ["quanto pago"]


async def test_details_of_an_entry_without_them_offer_a_person(
    t: ConversationTester, bot: FakeBot
) -> None:
    """Asking for more where there is no more says so and offers an expert."""
    bot.on("a rate?", {"type": "answer", "entry_id": "rate"})
    bot.on("dimmi di più", {"type": "details"})
    await t.citizen_says("a rate?")
    await t.citizen_says("dimmi di più")
    assert t.bot_said("offer_handoff", t.text("no_more_details"))


async def test_a_hard_entry_offers_an_expert_at_once(t: ConversationTester, bot: FakeBot) -> None:
    """An entry marked `escalate` has the expert's button under its answer."""
    bot.on("caso raro", {"type": "answer", "entry_id": "difficile"})
    await t.citizen_says("caso raro")
    await t.citizen_presses(t.text("button_expert"))
    assert t.bot_said("offer_handoff", t.text("offer"))


async def test_an_unknown_entry_is_not_an_answer(t: ConversationTester, bot: FakeBot) -> None:
    """An entry that is gone becomes an honest "I do not know"."""
    bot.on("vecchia", {"type": "answer", "entry_id": "tolta"})
    await t.citizen_says("vecchia")
    assert t.bot_said("dont_know")


async def test_ask_which_offers_the_options_and_none(t: ConversationTester, bot: FakeBot) -> None:
    """A question back shows its options as buttons, and "none of these" last."""
    bot.on("costo o rate", WHICH)
    await t.citizen_says("costo o rate")
    assert t.bot_said("ask_which")
    assert t.labels == ["Quanto costa?", "Si paga a rate?", t.text("button_none")]


async def test_an_option_is_chosen_by_button(t: ConversationTester, bot: FakeBot) -> None:
    """Pressing an option answers it; the bot is not asked again."""
    bot.on("costo o rate", WHICH)
    await t.citizen_says("costo o rate")
    await t.citizen_presses("Si paga a rate?")
    assert t.bot_said("answer", "Si paga a rate?")
    assert len(bot.asked) == 1


async def test_an_option_is_chosen_by_ordinal(t: ConversationTester, bot: FakeBot) -> None:
    """Typing "la seconda" answers the second option."""
    bot.on("costo o rate", WHICH)
    bot.on("la seconda", CHOICE)
    await t.citizen_says("costo o rate")
    await t.citizen_says("la seconda")
    assert t.bot_said("answer", "Si paga a rate?")


async def test_an_ordinal_out_of_range_asks_to_pick_one(
    t: ConversationTester, bot: FakeBot
) -> None:
    """Typing "la terza" of two options asks to pick one, and the choice stays open."""
    bot.on("costo o rate", WHICH)
    bot.on("la terza", CHOICE)
    bot.on("la prima", CHOICE)
    await t.citizen_says("costo o rate")
    await t.citizen_says("la terza")
    assert t.bot_said("small_talk", t.text("pick_one"))
    await t.citizen_says("la prima")
    assert t.bot_said("answer", "Quanto costa?")


async def test_none_of_these_shows_the_next_two_then_a_person(
    t: ConversationTester, bot: FakeBot
) -> None:
    """ "None of these" goes to the next two, the last one, and then to a person."""
    bot.on("costo o rate", WHICH)
    bot.on("nessuna di queste", NONE)
    await t.citizen_says("costo o rate")
    await t.citizen_presses(t.text("button_none"))
    assert t.labels[:-1] == ["Quanto tempo ci vuole?", "Quante ferie?"]
    await t.citizen_says("nessuna di queste")
    assert t.labels[:-1] == ["Quanti permessi?"]
    await t.citizen_says("nessuna di queste")
    assert t.bot_said("dont_know")
    assert t.text("button_no") in t.labels


async def test_the_expert_sees_what_was_offered(t: ConversationTester, bot: FakeBot) -> None:
    """A case opened after "none of these" carries the question and the entries nearest to it."""
    bot.on("costo o rate", {"type": "ask_which", "options": ["costo", "rate"]})
    await t.citizen_says("costo o rate")
    await t.citizen_presses(t.text("button_none"))
    await t.citizen_presses(t.text("button_expert_other"))
    case = await t.open_case()
    assert (case.question, case.nearest) == ("costo o rate", ("costo", "rate"))


async def test_options_of_an_earlier_question_are_forgotten(
    t: ConversationTester, bot: FakeBot
) -> None:
    """ "None of these" after another question does not bring back the options of the one before."""
    bot.on("costo o rate", WHICH)
    bot.on("nessuna di queste", NONE)
    await t.citizen_says("costo o rate")
    await t.citizen_says("tutt'altro")
    await t.citizen_says("nessuna di queste")
    assert t.bot_said("dont_know")


async def test_a_personal_case_starts_with_what_we_are_not(
    t: ConversationTester, bot: FakeBot
) -> None:
    """A question on somebody's own file always starts with the not-a-counter text."""
    bot.on("la mia domanda?", {"type": "personal_case", "signpost_id": "stato"})
    await t.citizen_says("la mia domanda?")
    (said,) = [event for event in t.said if event.kind == "personal_case"]
    assert said.text.startswith(t.text("not_a_counter"))
    assert said.text.endswith("Entra in MyINPS.")


async def test_a_technical_personal_case_offers_the_rules(
    t: ConversationTester, bot: FakeBot
) -> None:
    """From a personal case an expert can be asked how the matter works."""
    bot.on("la mia domanda?", {"type": "personal_case", "signpost_id": "stato"})
    await t.citizen_says("la mia domanda?")
    await t.citizen_presses(t.text("button_expert_rules"))
    assert t.bot_said("offer_handoff")


async def test_a_matter_for_an_expert_is_said_and_offered(
    t: ConversationTester, bot: FakeBot
) -> None:
    """Too particular for a curated answer: no answer is given, and "yes" opens a case."""
    bot.on("e il fondo volo?", {"type": "expert", "signpost_id": "raro"})
    await t.citizen_says("e il fondo volo?")
    assert t.bot_said("offer_handoff", "Serve un esperto. Posso chiederglielo.")
    await t.citizen_presses(t.text("button_expert_on", theme="Riscatto della laurea"))
    case = await t.open_case()
    assert (case.reason, case.question) == ("technical", "e il fondo volo?")


async def test_two_questions_get_two_answers(t: ConversationTester, bot: FakeBot) -> None:
    """When both are sure, both are answered, and what follows is about the second."""
    second = {"entry_id": "ferie", "sure": True}
    bot.on("costo e ferie", {"type": "answer", "entry_id": "costo", "second": second})
    await t.citizen_says("costo e ferie")
    answers = [event.data["entry_id"] for event in t.said if event.kind == "answer"]
    assert answers == ["costo", "ferie"]
    bot.on("e poi", {"type": "details"})
    await t.citizen_says("e poi")
    assert bot.contexts[-1].previous_entry == "ferie"


async def test_an_unsure_second_answer_is_only_offered(t: ConversationTester, bot: FakeBot) -> None:
    """One answer and a button: nothing is said in a sure tone that is not sure."""
    second = {"entry_id": "ferie", "sure": False}
    bot.on("costo e ferie", {"type": "answer", "entry_id": "costo", "second": second})
    await t.citizen_says("costo e ferie")
    assert t.bot_said("notice", t.text("second_question"))
    assert t.labels[-1] == "Quante ferie?"
    await t.citizen_presses("Quante ferie?")
    assert t.said[-1].data["entry_id"] == "ferie"


async def test_a_second_entry_that_is_gone_is_no_harm(t: ConversationTester, bot: FakeBot) -> None:
    """Content may change between the choice and the words: the first answer stands alone."""
    second = {"entry_id": "sparita", "sure": True}
    bot.on("costo e boh", {"type": "answer", "entry_id": "costo", "second": second})
    await t.citizen_says("costo e boh")
    assert [event.kind for event in t.said if event.author == "bot"][-1] == "answer"


async def test_off_topic_says_so_and_shows_the_themes(t: ConversationTester, bot: FakeBot) -> None:
    """What is out of scope gets its signpost and the themes as buttons."""
    bot.on("che tempo fa", {"type": "off_topic", "signpost_id": "meteo"})
    await t.citizen_says("che tempo fa")
    assert t.bot_said("off_topic", "Non parlo del tempo.")
    assert t.labels == ["Riscatto della laurea", "Lavoro domestico"]


async def test_dont_know_then_yes_opens_a_case(t: ConversationTester, bot: FakeBot) -> None:
    """ "I do not know", then a button that says yes to a theme, opens a case of that theme."""
    await t.citizen_says("una cosa strana")
    assert t.bot_said("dont_know")
    await t.citizen_presses(t.text("button_expert_on", theme="Lavoro domestico"))
    assert t.bot_said("handoff")
    case = await t.open_case()
    assert (case.theme, case.reason, case.question) == (
        "lavoro_domestico", "dont_know", "una cosa strana",
    )  # fmt: skip


async def test_dont_know_then_a_typed_yes_opens_a_case(t: ConversationTester, bot: FakeBot) -> None:
    """A typed yes that the bot understands opens the case as the button does."""
    bot.on("sì grazie", {"type": "handoff", "reason": "asked"})
    await t.citizen_says("una cosa strana")
    await t.citizen_says("sì grazie")
    assert t.bot_said("handoff", "25 novembre 2026")
    assert (await t.open_case()).reason == "dont_know"


async def test_a_known_theme_is_not_asked_again(t: ConversationTester, bot: FakeBot) -> None:
    """When the theme is known, yes is one button."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    await t.citizen_says("quanto pago")
    await t.citizen_says("una cosa strana")
    assert t.labels == [t.text("button_expert_yes"), t.text("button_no")]


async def test_no_opens_nothing(t: ConversationTester, bot: FakeBot) -> None:
    """Declining the offer opens no case and says so."""
    await t.citizen_says("una cosa strana")
    await t.citizen_presses(t.text("button_no"))
    assert t.bot_said("notice", t.text("declined"))
    assert await t.cases.queue(None) == []


async def test_not_useful_offers_a_person_and_keeps_the_vote(
    t: ConversationTester, bot: FakeBot
) -> None:
    """A "not useful" is kept for the curators, hidden from the citizen, and offers an expert."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    await t.citizen_says("quanto pago")
    await t.citizen_presses(t.text("button_not_useful"))
    assert t.bot_said("offer_handoff")
    assert not t.bot_said("feedback")
    votes = [e for e in await t.transcript(for_desk=True) if e.kind == "feedback"]
    assert [vote.data for vote in votes] == [{"entry_id": "costo", "useful": False}]


async def test_two_payloads_are_both_said(t: ConversationTester, bot: FakeBot) -> None:
    """A turn with two replies says both, in order, under numbers without gaps."""
    bot.on(
        "ciao, quanto?",
        {"type": "notice", "text_id": "greet"},
        {"type": "answer", "entry_id": "costo"},
    )
    await t.citizen_says("ciao, quanto?")
    assert [event.kind for event in t.said] == ["citizen", "notice", "answer"]
    assert [event.id for event in await t.transcript()] == [1, 2, 3, 4]


async def test_the_bot_hears_the_context(t: ConversationTester, bot: FakeBot) -> None:
    """The theme and entry of the last answer travel with the next question."""
    bot.on("quanto pago", {"type": "answer", "entry_id": "costo"})
    await t.citizen_says("quanto pago")
    await t.citizen_says("e per due anni?")
    assert bot.contexts[-1].for_bot() == {
        "theme": "riscatto_laurea", "previous_entry": "costo", "awaiting": "feedback",
        "language": "it",
    }  # fmt: skip
