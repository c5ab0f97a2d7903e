"""A calculation is a form of Rasa whose memory is the gateway's."""

from __future__ import annotations

from typing import Any

import pytest
from loopback import FakeKnowledge, Gateway, a_message, recorded
from rasa.core.agent import Agent

from bot.conversation_context import looks_like_an_answer

STEP = recorded("calculate_answer")
DONE = {**STEP, "values": {"hours": 10.0, "weeks": 13.0}, "field": None}


def ask(step: dict[str, Any]) -> dict[str, Any]:
    return {"type": "calculation_ask", **step}


def context(field: str | None, **values: float) -> dict[str, Any]:
    """What the gateway sends while a calculation waits for an answer."""
    calculation = {"calculator": STEP["calculator"], "values": values, "field": field}
    return {
        "theme": None, "previous_entry": None, "awaiting": "calculation", "language": "it",
        "calculation": calculation,
    }  # fmt: skip


async def start(gateway: Gateway, knowledge: FakeKnowledge, conversation: str) -> None:
    knowledge.steps.append({**STEP, "values": {}, "field": "hours"})
    (reply,) = await gateway.say(
        "I contributi di colf", conversation=conversation, context=context(None)
    )
    assert reply == ask({**STEP, "values": {}, "field": "hours"})


async def test_a_calculation_is_asked_step_by_step(
    gateway: Gateway, knowledge: FakeKnowledge
) -> None:
    """The form asks what our side names, passes each answer on, and ends with the result."""
    await start(gateway, knowledge, "steps")
    knowledge.steps = [STEP, DONE]
    (second,) = await gateway.say("dieci ore", conversation="steps", context=context("hours"))
    assert second == ask(STEP)
    assert knowledge.calculations[-1] == recorded("calculate_request")
    (last,) = await gateway.say("13", conversation="steps", context=context("weeks", hours=10.0))
    assert last == {
        "type": "calculation", "calculator": STEP["calculator"], "values": DONE["values"],
    }  # fmt: skip


async def test_a_refused_answer_is_asked_again(gateway: Gateway, knowledge: FakeKnowledge) -> None:
    await start(gateway, knowledge, "refused")
    refused = {**STEP, "values": {}, "field": "hours", "problem": "too_big"}
    knowledge.steps = [refused]
    (reply,) = await gateway.say("900", conversation="refused", context=context("hours"))
    assert reply == ask(refused)


async def test_a_restarted_rasa_goes_on(gateway: Gateway, knowledge: FakeKnowledge) -> None:
    """A number for a form that this Rasa never saw is taken, and nothing is asked twice."""
    knowledge.steps = [STEP]
    (reply,) = await gateway.say("dieci ore", conversation="unseen", context=context("hours"))
    assert reply == ask(STEP)
    assert knowledge.calculations == [recorded("calculate_request")]


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("basta", {"type": "calculation_stopped"}),
        ("lascia stare", {"type": "calculation_stopped"}),
        ("voglio parlare con una persona", {"type": "offer_handoff", "reason": "asked"}),
        ("menu", {"type": "menu"}),
        ("fammi un quiz", {"type": "quiz"}),
        ("fammi un calcolo", {"type": "calculators"}),
        ("arrivederci", {"type": "notice", "text_id": "goodbye", "kind": "small_talk"}),
        ("non mi hai aiutato", {"type": "offer_handoff", "reason": "complaint"}),
    ],
)
async def test_a_calculation_can_be_left(
    gateway: Gateway, knowledge: FakeKnowledge, text: str, reply: dict[str, str]
) -> None:
    """Words that mean something else end the form: nothing is asked after them."""
    conversation = f"left {text}"
    await start(gateway, knowledge, conversation)
    assert await gateway.say(text, conversation=conversation, context=context("hours")) == [reply]


@pytest.mark.parametrize(
    "text", ["no, non è mio parente", "va bene?", "no?", "no guarda non lo è", "la seconda", "sì"]
)
async def test_yes_and_no_are_answers_and_come_once(
    gateway: Gateway, knowledge: FakeKnowledge, text: str
) -> None:
    """However long the sentence around them: one message, one reply, one call."""
    conversation = f"yes {text}"
    await start(gateway, knowledge, conversation)
    knowledge.steps = [STEP]
    assert await gateway.say(text, conversation=conversation, context=context("hours")) == [
        ask(STEP)
    ]
    assert len(knowledge.calculations) == 2


async def test_a_pressed_choice_is_an_answer_whatever_it_says(
    gateway: Gateway, knowledge: FakeKnowledge
) -> None:
    """Its words may be as long as a question."""
    await start(gateway, knowledge, "pressed")
    knowledge.steps = [STEP]
    pressed = context("hours")
    pressed["calculation"]["pressed"] = True
    (reply,) = await gateway.say(
        "Per un familiare a carico che non ha mai lavorato", conversation="pressed", context=pressed
    )
    assert reply == ask(STEP)


async def test_a_question_in_the_middle_is_answered(
    gateway: Gateway, knowledge: FakeKnowledge
) -> None:
    await start(gateway, knowledge, "question")
    (reply,) = await gateway.say(
        "quanto costa riscattare un anno di laurea?", conversation="question",
        context=context("hours"),
    )  # fmt: skip
    assert reply["type"] == "answer"


async def test_small_talk_in_the_middle_keeps_the_question(
    gateway: Gateway, knowledge: FakeKnowledge
) -> None:
    """An insult is answered calmly, and the form asks again."""
    await start(gateway, knowledge, "calm")
    knowledge.steps = [{**STEP, "values": {}, "field": "hours"}]
    replies = await gateway.say("vaffanculo", conversation="calm", context=context("hours"))
    assert [reply["type"] for reply in replies] == ["abuse", "calculation_ask"]


@pytest.mark.parametrize("field", [None, "hours"])
async def test_without_our_side_it_is_a_502(
    gateway: Gateway, knowledge: FakeKnowledge, field: str | None
) -> None:
    """The gateway keeps the answer and sends it again: then it is taken."""
    knowledge.mood = 500
    conversation = f"down {field}"
    body = {**a_message(gateway.next_id(), conversation, "dieci ore"), "context": context(field)}
    await gateway.post(body)
    assert gateway.status == 502
    knowledge.mood, knowledge.steps = "well", [STEP]
    answer = await gateway.post(body)
    assert (gateway.status, answer["replies"]) == (200, [ask(STEP)])


async def test_a_form_is_over_when_the_gateway_says_so(
    gateway: Gateway, knowledge: FakeKnowledge, agent: Agent
) -> None:
    """Another conversation name, another form: what was left there disturbs nobody."""
    await start(gateway, knowledge, "abandoned")
    assert await gateway.say("menu", conversation="ordinary") == [{"type": "menu"}]
    tracker = await agent.tracker_store.retrieve_full_tracker("ordinary")
    assert tracker is not None
    assert tracker.active_loop is None


@pytest.mark.parametrize("text", ["fammi un calcolo", "calcolatore", "voglio calcolare"])
async def test_asking_for_a_sum_shows_the_calculators(gateway: Gateway, text: str) -> None:
    assert await gateway.say(text) == [{"type": "calculators"}]


@pytest.mark.parametrize("text", ["fammi un quiz", "quiz", "mettimi alla prova"])
async def test_asking_for_a_quiz(gateway: Gateway, text: str) -> None:
    assert await gateway.say(text) == [{"type": "quiz"}]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("10", True), ("dieci", True), ("circa 10 ore a settimana, a volte 12", True), ("no", True),
        ("per mio figlio", True), ("non lo so", True), ("quanto costa?", False), ("10?", False),
        ("vorrei sapere se la badante ha le ferie", False),
    ],
)  # fmt: skip
def test_what_looks_like_an_answer(text: str, answer: bool) -> None:
    assert looks_like_an_answer(text) is answer
