"""Conversations around answers: tables, sheets, notices, quizzes, calculators, other languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from curated import Folder

from bussola.conversations.guide_replies import typed_option
from bussola.conversations.ports import Shown
from bussola.knowledge.loading import Knowledge, load
from bussola.testing import ConversationTester, FakeBot, SmallAnswers

pytestmark = pytest.mark.usefixtures("t")
STEP = {"calculator": "contributi-trimestre", "problem": None}


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def knowledge(tmp_path: Path, shipped: Knowledge) -> Knowledge:
    """The small folder with its companions, and the calculators as shipped."""
    small = load(Folder(tmp_path / "knowledge").with_companions().faq)
    small.calculators, small.figures = shipped.calculators, {**shipped.figures, **small.figures}
    return small


@pytest.fixture
def answers() -> SmallAnswers:
    """One entry of the small folder, one in two languages."""
    answers = SmallAnswers()
    question = "Quanto costa?"
    answers.shown["prova-costo"] = Shown(
        "prova-costo", "prova", question, "Costa poco.", "", (), False, {}
    )
    return answers


@pytest.fixture
async def t(
    tmp_path: Path, root: Path, bot: FakeBot, answers: SmallAnswers, knowledge: Knowledge
) -> AsyncIterator[ConversationTester]:
    async with ConversationTester.open(
        tmp_path, root, bot=bot, answers=answers, knowledge=knowledge
    ) as tester:
        yield tester


def costs(bot: FakeBot, **more: object) -> None:
    bot.on("quanto costa", {"type": "answer", "entry_id": "prova-costo", **more})


async def test_an_answer_offers_what_belongs_to_it(t: ConversationTester, bot: FakeBot) -> None:
    """Its table, its sheet and, the first time, the notices of the theme."""
    costs(bot)
    await t.citizen_says("quanto costa")
    assert {"Tabella: I costi", "Scheda: Quanto si spende", "Avviso: Nuovi costi"} <= set(t.labels)


async def test_a_notice_is_offered_once(t: ConversationTester, bot: FakeBot) -> None:
    """The second answer on the theme does not repeat it."""
    costs(bot)
    await t.citizen_says("quanto costa")
    await t.citizen_says("quanto costa")
    assert "Avviso: Nuovi costi" not in t.labels


async def test_a_notice_is_read_with_its_source(t: ConversationTester, bot: FakeBot) -> None:
    costs(bot)
    await t.citizen_says("quanto costa")
    await t.citizen_presses("Avviso: Nuovi costi")
    assert t.bot_said("news", "Adesso costa 6.206,64 euro")
    assert t.said[-1].data["sources"][0]["title"] == "Circolare n. 1/2026"
    assert "Leggi: Quanto costa?" in t.labels


async def test_a_table_travels_as_text_and_as_cells(t: ConversationTester, bot: FakeBot) -> None:
    """The words are for channels without tables."""
    costs(bot)
    await t.citizen_says("quanto costa")
    await t.citizen_presses("Tabella: I costi")
    assert t.bot_said("table", "Un anno\n  Costo: 6.206,64 euro")
    assert t.said[-1].data["table"]["columns"] == ["Che cosa", "Costo"]


async def test_a_sheet_leads_to_its_answers(t: ConversationTester, bot: FakeBot) -> None:
    costs(bot)
    await t.citizen_says("quanto costa")
    await t.citizen_presses("Scheda: Quanto si spende")
    assert t.bot_said("sheet", "1. Il costo\n2. Il pagamento\n3. Dopo")
    assert t.said[-1].data["links"][0]["url"].endswith("/schede/scheda-costi")
    assert t.labels == ["Quanto costa?"]


# Quiz


async def start_quiz(t: ConversationTester, bot: FakeBot) -> None:
    bot.on("fammi un quiz", {"type": "quiz"})
    await t.citizen_says("fammi un quiz")


async def test_a_quiz_asks_and_explains(t: ConversationTester, bot: FakeBot) -> None:
    """Right or wrong, the reason and the entry follow, then the next question."""
    await start_quiz(t, bot)
    assert t.bot_said("quiz", "Domanda 1 di 8. Quanto costa?")
    await t.citizen_presses("niente")
    assert t.bot_said("quiz_answer", "No, la risposta giusta è: 6.206,64 euro. Costa")
    assert t.labels == ["Prossima domanda", "Leggi: Quanto costa?"]
    await t.citizen_presses("Prossima domanda")
    await t.citizen_presses("6.206,64 euro")
    assert t.bot_said("quiz_answer", "Giusto.")


@pytest.mark.parametrize("typed", ["b", "2", "la seconda", "6.206,64 euro"])
async def test_a_quiz_answer_can_be_typed(t: ConversationTester, bot: FakeBot, typed: str) -> None:
    """A letter, a place or the words of an option answer; the bot is not asked."""
    await start_quiz(t, bot)
    await t.citizen_says(typed)
    assert t.bot_said("quiz_answer", "Giusto.")
    assert typed not in bot.asked


async def test_a_question_in_the_middle_of_a_quiz_is_a_question(
    t: ConversationTester, bot: FakeBot
) -> None:
    costs(bot)
    await start_quiz(t, bot)
    await t.citizen_says("quanto costa")
    assert t.bot_said("answer")


async def test_the_last_question_ends_without_a_score(t: ConversationTester, bot: FakeBot) -> None:
    """Nothing counts right answers: not the words, not the context, not the buttons."""
    await start_quiz(t, bot)
    for _ in range(7):
        await t.citizen_says("b")
        await t.citizen_presses("Prossima domanda")
    await t.citizen_says("b")
    assert t.bot_said("quiz_answer", t.text("quiz_end"))
    assert t.labels == ["Leggi: Quanto costa?"]
    assert (await t.conversation()).context.quiz == ""


@pytest.mark.parametrize(
    ("text", "position"),
    [("c", 2), ("la terza", 2), ("Due, credo", 1), ("d", None), ("prima lavoravo in nero", None),
     ("boh", None), ("tre mesi", 2)],
)  # fmt: skip
def test_a_typed_option(text: str, position: int | None) -> None:
    assert typed_option(text, ("un mese", "due mesi", "tre mesi")) == position


# Calculators


def asks(field: str, **values: object) -> dict[str, object]:
    return {"type": "calculation_ask", "field": field, "values": values, **STEP}


async def start_calculation(t: ConversationTester, bot: FakeBot) -> None:
    title = "I contributi di colf, badanti e baby-sitter"
    bot.on("fammi un calcolo", {"type": "calculators"})
    bot.on(title, asks("hours"))
    await t.citizen_says("fammi un calcolo")
    await t.citizen_presses(title)


async def test_a_calculation_asks_one_thing_at_a_time(t: ConversationTester, bot: FakeBot) -> None:
    """The bot gets the values so far with each message: it keeps nothing itself."""
    await start_calculation(t, bot)
    assert t.bot_said("calculation_ask", "Quante ore a settimana")
    bot.on("dieci", asks("weeks", hours=10.0))
    await t.citizen_says("dieci")
    assert t.bot_said("calculation_ask", "Quante settimane")
    bot.on("13", asks("pay", hours=10.0, weeks=13.0))
    await t.citizen_says("13")
    assert bot.contexts[-1].for_bot()["calculation"] == {
        "calculator": "contributi-trimestre", "field": "weeks", "values": {"hours": 10.0},
    }  # fmt: skip


async def test_a_refused_answer_says_why(t: ConversationTester, bot: FakeBot) -> None:
    """Kindly, with the limits, and the question again."""
    await start_calculation(t, bot)
    bot.on("200", {**asks("hours"), "problem": "too_big"})
    await t.citizen_says("200")
    assert t.bot_said("calculation_ask", "Il massimo è 54")
    assert t.bot_said("calculation_ask", "Quante ore a settimana")


async def test_a_result_has_figures_year_and_sources(t: ConversationTester, bot: FakeBot) -> None:
    """It says it is indicative and for nobody's own file; the numbers are not kept."""
    await start_calculation(t, bot)
    values = {"hours": 10.0, "weeks": 13.0, "pay": 8.0, "fixed_term": "no", "relative": "no"}
    calculator = STEP["calculator"]
    bot.on("no", {"type": "calculation", "calculator": calculator, "values": values})
    await t.citizen_says("no")
    assert t.bot_said("calculation", "Contributi INPS: 221,00 euro")
    assert t.bot_said("calculation", "calcolo indicativo con i valori del 2026")
    assert t.bot_said("calculation", "Non vale per la tua pratica")
    titles = [source["title"] for source in t.said[-1].data["sources"]]
    assert "Circolare INPS n. 9 del 3 febbraio 2026" in titles
    assert (await t.conversation()).context.calculation == {}


async def test_a_choice_is_pressed_as_if_typed(t: ConversationTester, bot: FakeBot) -> None:
    """A button of a calculator speaks to the bot in the words on it."""
    await start_calculation(t, bot)
    bot.on("8", asks("fixed_term", hours=10.0, weeks=13.0, pay=8.0))
    await t.citizen_says("8")
    assert t.labels == ["Sì", "No", "Lascia stare"]
    bot.on("No", asks("relative", hours=10.0, weeks=13.0, pay=8.0, fixed_term="no"))
    await t.citizen_presses("No")
    assert t.bot_said("calculation_ask", "coniuge")


async def test_a_choice_is_marked_as_pressed(t: ConversationTester, bot: FakeBot) -> None:
    """A long label is no question: the bot is told that it was a button."""
    await start_calculation(t, bot)
    bot.on("8", asks("fixed_term", hours=10.0, weeks=13.0, pay=8.0))
    await t.citizen_says("8")
    bot.on("Sì", asks("relative", hours=10.0, weeks=13.0, pay=8.0, fixed_term="yes"))
    await t.citizen_presses("Sì")
    assert bot.contexts[-1].for_bot()["calculation"]["pressed"] is True
    assert "pressed" not in (await t.conversation()).context.calculation


async def test_a_double_tap_answers_once(t: ConversationTester, bot: FakeBot) -> None:
    """The second press of the same "No" does not answer the next question."""
    await start_calculation(t, bot)
    bot.on("8", asks("fixed_term", hours=10.0, weeks=13.0, pay=8.0))
    await t.citizen_says("8")
    event = (await t.transcript())[-1]
    no = next(b.id for b in event.buttons if b.label == "No")
    bot.on("No", asks("relative", hours=10.0, weeks=13.0, pay=8.0, fixed_term="no"))
    await t.press(f"{event.id}:{no}")
    asked = len(bot.asked)
    await t.press(f"{event.id}:{no}")
    assert len(bot.asked) == asked
    assert t.bot_said("calculation_ask", "coniuge")


async def test_an_old_choice_does_nothing_elsewhere(t: ConversationTester, bot: FakeBot) -> None:
    """A "Sì" of an ended calculation opens no case while a person is offered."""
    await start_calculation(t, bot)
    bot.on("8", asks("fixed_term", hours=10.0, weeks=13.0, pay=8.0))
    await t.citizen_says("8")
    event = (await t.transcript())[-1]
    bot.on("operatore", {"type": "offer_handoff", "reason": "asked"})
    await t.citizen_says("operatore")
    await t.press(f"{event.id}:{event.buttons[0].id}")
    assert t.bot_said("notice", t.text("gone"))
    assert (await t.conversation()).context.awaiting == "handoff"


async def test_a_calculator_that_was_taken_away_is_gone(
    t: ConversationTester, bot: FakeBot, knowledge: Knowledge
) -> None:
    """Said at once, not after half a minute of trying."""
    await start_calculation(t, bot)
    knowledge.calculators = {}
    await t.citizen_says("dieci")
    assert t.bot_said("notice", t.text("gone"))
    assert (await t.conversation()).context.awaiting == "nothing"


async def test_a_turn_never_says_the_same_twice(t: ConversationTester, bot: FakeBot) -> None:
    bot.on("ciao", *[{"type": "notice", "text_id": "greet", "kind": "small_talk"}] * 5)
    await t.citizen_says("ciao")
    assert sum(event.text == t.text("greet") for event in t.said) == 1


async def test_leaving_a_calculation_needs_no_bot(t: ConversationTester, bot: FakeBot) -> None:
    await start_calculation(t, bot)
    bot.fail(times=9)
    await t.citizen_presses("Lascia stare")
    assert t.bot_said("notice", t.text("calc_stopped"))
    assert (await t.conversation()).context.awaiting == "nothing"


async def test_a_calculation_waits_for_a_bot_that_restarts(
    t: ConversationTester, bot: FakeBot
) -> None:
    """The number that was typed meanwhile is answered, once."""
    await start_calculation(t, bot)
    bot.on("dieci", asks("weeks", hours=10.0))
    bot.fail(times=1)
    await t.citizen_says("dieci")
    assert t.silent
    await t.retry()
    assert t.bot_said("calculation_ask", "Quante settimane")


# Other languages


async def test_italian_text_is_introduced_in_the_citizens_language(
    t: ConversationTester, bot: FakeBot
) -> None:
    """No approved translation: said in that language, with the official contact."""
    costs(bot, language="uk")
    await t.citizen_says("quanto costa")
    assert t.bot_said("answer", t.text("untranslated_uk"))
    assert "803 164" in t.text("untranslated_uk")
    assert t.bot_said("answer", "Costa poco.")


async def test_a_fixed_text_is_introduced_too(t: ConversationTester, bot: FakeBot) -> None:
    bot.on("wat", {"type": "dont_know", "language": "en"})
    await t.citizen_says("wat")
    assert t.bot_said("dont_know", t.text("foreign_dont_know_en"))
    assert t.bot_said("dont_know", t.text("dont_know"))


async def test_the_language_is_forgotten_with_the_next_italian_question(
    t: ConversationTester, bot: FakeBot
) -> None:
    costs(bot, language="en")
    await t.citizen_says("quanto costa")
    costs(bot, language="it")
    await t.citizen_says("quanto costa")
    assert t.bot_said("answer", "Costa poco.")
    assert not t.bot_said("answer", t.text("untranslated_en"))


async def test_an_approved_translation_is_said_as_it_is(
    t: ConversationTester, bot: FakeBot, answers: SmallAnswers
) -> None:
    answers.shown["prova-costo"] = Shown(
        "prova-costo", "prova", "Price?", "It is cheap.", "", (), False, {}, language="en"
    )
    costs(bot, language="en")
    await t.citizen_says("quanto costa")
    assert [event.text for event in t.said if event.kind == "answer"] == ["It is cheap."]
