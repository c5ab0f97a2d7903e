"""The trained bot behind its real channel, its real actions over HTTP; only knowledge is a fake."""

from __future__ import annotations

import logging

import pytest
from loopback import FakeKnowledge, Gateway, a_message, recorded
from rasa.core.agent import Agent
from rasa.utils.endpoints import EndpointConfig

from bot.bounded_tracker_store import BoundedTrackerStore

QUESTION = "quanto costa riscattare un anno di laurea?"
STATES = ("nothing", "handoff", "choice", "feedback", "quiz")


def notice(text_id: str) -> dict[str, str]:
    return {"type": "notice", "text_id": text_id, "kind": "small_talk"}


@pytest.mark.parametrize(
    ("awaiting", "reply"),
    [
        ("nothing", notice("what_yes")),
        ("handoff", {"type": "handoff", "reason": "asked"}),
        ("choice", notice("pick_one")),
        ("feedback", {"type": "feedback", "useful": True}),
        ("quiz", {"type": "choice"}),
    ],
)
@pytest.mark.parametrize("text", ["sì", "Si grazie", "certo", "OK"])
async def test_yes_by_what_the_bot_waits_for(
    gateway: Gateway, text: str, awaiting: str, reply: dict[str, object]
) -> None:
    """The same yes accepts a person, a vote, or nothing at all."""
    assert await gateway.say(text, awaiting) == [reply]


@pytest.mark.parametrize(
    ("awaiting", "reply"),
    [
        ("nothing", notice("what_no")),
        ("handoff", {"type": "handoff_declined"}),
        ("choice", {"type": "none_of_these"}),
        ("feedback", {"type": "feedback", "useful": False}),
        ("quiz", notice("what_no")),
    ],
)
@pytest.mark.parametrize("text", ["no", "No grazie", "preferisco di no"])
async def test_no_by_what_the_bot_waits_for(
    gateway: Gateway, text: str, awaiting: str, reply: dict[str, object]
) -> None:
    """The same no declines a person, a vote, or the options; it is never a new question."""
    assert await gateway.say(text, awaiting) == [reply]


async def test_what_was_waited_for_is_forgotten(gateway: Gateway) -> None:
    """What the gateway says now counts, not what it said one message ago."""
    await gateway.say("sì", "handoff", "forgets")
    assert await gateway.say("sì", "nothing", "forgets") == [notice("what_yes")]


@pytest.mark.parametrize("awaiting", STATES)
@pytest.mark.parametrize("text", ["voglio parlare con una persona", "operatore", "un esperto"])
async def test_a_person_at_any_time(gateway: Gateway, text: str, awaiting: str) -> None:
    """Asking for a person is understood whatever the bot waits for."""
    assert await gateway.say(text, awaiting) == [{"type": "offer_handoff", "reason": "asked"}]


@pytest.mark.parametrize("awaiting", STATES)
@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("ciao", notice("greet")),
        ("Buongiorno", notice("greet")),
        ("grazie mille", notice("thanks")),
        ("arrivederci", notice("goodbye")),
        ("sei un robot?", notice("bot_challenge")),
        ("cosa sai fare", notice("capabilities")),
        ("menu", {"type": "menu"}),
        ("vaffanculo", {"type": "abuse"}),
        ("non mi hai aiutato", {"type": "offer_handoff", "reason": "complaint"}),
        ("più dettagli", {"type": "details"}),
        ("la seconda", {"type": "choice"}),
        ("nessuna di queste", {"type": "none_of_these"}),
        ("mi è stato utile", {"type": "feedback", "useful": True}),
        ("non mi è stato utile", {"type": "feedback", "useful": False}),
    ],
)
async def test_small_talk_at_any_time(
    gateway: Gateway, text: str, awaiting: str, reply: dict[str, object]
) -> None:
    """Each dialogue act has its one reply, whatever the bot waits for."""
    assert await gateway.say(text, awaiting) == [reply]


@pytest.mark.parametrize(
    "verdict", ["answer", "ask_which", "personal_case", "off_topic", "expert", "dont_know"]
)
async def test_a_question_goes_to_knowledge(
    gateway: Gateway, knowledge: FakeKnowledge, verdict: str
) -> None:
    """A question travels through Rasa and its action, and comes back as the verdict."""
    knowledge.body = recorded(f"knowledge_{verdict}")
    (reply,) = await gateway.say(QUESTION)
    assert reply["type"] == verdict
    assert knowledge.questions[0]["text"] == QUESTION


async def test_what_is_not_understood_goes_to_knowledge(
    gateway: Gateway, knowledge: FakeKnowledge
) -> None:
    """Rasa never says by itself that it did not understand."""
    await gateway.say("xyzzy plugh frobozz")
    assert len(knowledge.questions) == 1


async def test_the_context_reaches_knowledge(gateway: Gateway, knowledge: FakeKnowledge) -> None:
    """The theme and the entry before travel with a question, unseen by the rules."""
    context = {"theme": "riscatto_laurea", "previous_entry": "laurea-rate", "awaiting": "feedback"}
    await gateway.say(QUESTION, context=context)
    assert knowledge.questions[0]["theme"] == "riscatto_laurea"
    assert knowledge.questions[0]["previous_entry"] == "laurea-rate"


@pytest.mark.parametrize(
    "text",
    ["/restart", "/session_start", "/back", "/handoff", '/affirm{"awaiting": "handoff"}',
     "\uff0frestart", " / /restart", "//session_start", "/\uff0f/restart"],
)  # fmt: skip
async def test_a_typed_command_is_never_obeyed(gateway: Gateway, agent: Agent, text: str) -> None:
    """Rasa's commands, typed by a citizen, are words like others."""
    conversation = f"commands {text}"
    await gateway.say("ciao", conversation=conversation)
    await gateway.say(text, conversation=conversation)
    tracker = await agent.tracker_store.retrieve_full_tracker(conversation)
    assert tracker is not None
    kinds = [event.type_name for event in tracker.events]
    assert "restart" not in kinds
    assert kinds.count("user") == 2
    assert {"action_restart", "action_back"}.isdisjoint(
        getattr(event, "action_name", None) for event in tracker.events
    )


@pytest.mark.parametrize(
    ("text", "awaiting"), [("sì", "handoff"), ("ciao", "nothing"), (QUESTION, "nothing")]
)
async def test_a_retry_gets_the_same_reply(gateway: Gateway, text: str, awaiting: str) -> None:
    """A message that the gateway sends again is answered as the first time."""
    body = a_message(gateway.next_id(), "retry", text, awaiting)
    first, second, third = [await gateway.post(body) for _ in range(3)]
    assert first["status"] == "ok"
    assert first == second == third


@pytest.mark.usefixtures("no_actions")
async def test_no_action_server_is_a_502(gateway: Gateway) -> None:
    """Without the action server a question is an error, never 200 and an empty list."""
    answer = await gateway.post(a_message(gateway.next_id(), "no actions", QUESTION))
    assert (gateway.status, answer["status"], answer["reason"]) == (502, "error", "no_reply")


async def test_recovers_with_the_action_server(
    gateway: Gateway, agent: Agent, monkeypatch: pytest.MonkeyPatch, closed_url: str
) -> None:
    """The same message, sent again once the action server is back, is answered."""
    body = a_message(gateway.next_id(), "recovers", QUESTION)
    with monkeypatch.context() as down:
        down.setattr(agent.processor, "action_endpoint", EndpointConfig(closed_url))
        await gateway.post(body)
    answer = await gateway.post(body)
    assert (gateway.status, answer["replies"][0]["type"]) == (200, "answer")


async def test_no_knowledge_is_a_502(gateway: Gateway, knowledge: FakeKnowledge) -> None:
    """Without knowledge a question is an error with its reason."""
    knowledge.mood = 500
    answer = await gateway.post(a_message(gateway.next_id(), "no knowledge", QUESTION))
    assert (gateway.status, answer["reason"]) == (502, "knowledge_unavailable")


@pytest.mark.usefixtures("no_actions")
async def test_small_talk_needs_no_action_server(gateway: Gateway) -> None:
    """Asking for a person works also when all else is down."""
    replies = await gateway.say("voglio parlare con una persona")
    assert replies == [{"type": "offer_handoff", "reason": "asked"}]


async def test_a_long_conversation_stays_bounded(gateway: Gateway, agent: Agent) -> None:
    """After sixty messages the bot still answers, from a memory that did not grow."""
    for _ in range(30):
        assert await gateway.say("ciao", "feedback", "long") == [notice("greet")]
        assert (await gateway.say("sì", "feedback", "long"))[0]["type"] == "feedback"
    tracker = await agent.tracker_store.retrieve_full_tracker("long")
    assert tracker is not None
    assert len(tracker.events) <= 120


async def test_the_bounded_store_is_the_one_in_use(gateway: Gateway, agent: Agent) -> None:
    """Rasa wraps its store and falls back in silence to one that grows: it never had to."""
    await gateway.say("ciao", conversation="stored")
    assert isinstance(agent.tracker_store._tracker_store, BoundedTrackerStore)
    assert agent.tracker_store._fallback_tracker_store is None


async def log_of(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> str:
    """All that one question leaves in the logs, at the level Rasa runs at (bussola.parts)."""
    with caplog.at_level(logging.WARNING):
        body = a_message(gateway.next_id(), "log", f"{QUESTION} Sono Gelsomina Bianchi")
        await gateway.post(body)
    written = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    return "\n".join([*written, *capfd.readouterr()])


@pytest.mark.parametrize("mood", ["well", 500, "garbage"])
async def test_logs_nothing_of_the_citizens_words(
    gateway: Gateway,
    knowledge: FakeKnowledge,
    mood: int | str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """No log quotes the citizen, also when knowledge fails."""
    knowledge.mood = mood
    assert "Gelsomina" not in await log_of(gateway, caplog, capfd)


@pytest.mark.usefixtures("no_actions")
async def test_a_failed_turn_is_logged_without_words(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Rasa says that the action server is down, and does not say who asked what."""
    log = await log_of(gateway, caplog, capfd)
    assert "action_ask_knowledge" in log
    assert "Gelsomina" not in log
