"""The action against a real local server that answers well, badly, late or not at all."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from loopback import FakeKnowledge, a_tracker, recorded, replies_of

from actions import knowledge_client
from actions.ask_knowledge import AskKnowledge

WORDS = "Quanto costa a Mario Rossi RSSMRA80A01H501U?"
UNAVAILABLE = [{"type": "unavailable"}]


async def asked(text: str = WORDS, context: Any = None) -> list[dict[str, Any]]:
    return await replies_of(AskKnowledge(), a_tracker(text, context))


async def test_passes_the_verdict_on(knowledge: FakeKnowledge) -> None:
    """An answer of knowledge becomes one payload that names the entry."""
    (reply,) = await asked()
    assert (reply["type"], reply["entry_id"]) == ("answer", "laurea-costo-agevolato")


async def test_asks_with_the_words_and_the_context(knowledge: FakeKnowledge) -> None:
    """Knowledge hears the text and what was talked about, and nothing else."""
    context = {"theme": "a", "previous_entry": "b", "awaiting": "feedback", "language": "en"}
    await asked("e quanto costa?", context)
    assert knowledge.questions == [
        {"text": "e quanto costa?", "theme": "a", "previous_entry": "b", "language": "en"}
    ]


async def test_a_wrong_token_is_unavailable(
    knowledge: FakeKnowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 401 is nothing a citizen can help: the gateway retries."""
    monkeypatch.setenv("BUSSOLA_KNOWLEDGE_TOKEN", "wrong")
    assert await asked() == UNAVAILABLE


@pytest.mark.parametrize("mood", [401, 403, 404, 422, 500, 503, "garbage", "html", "half body"])
async def test_a_bad_answer_is_unavailable(knowledge: FakeKnowledge, mood: int | str) -> None:
    """Whatever is not a verdict is said as `unavailable`, and nothing is raised."""
    knowledge.mood = mood
    assert await asked() == UNAVAILABLE


async def test_a_hanging_knowledge_is_unavailable(
    knowledge: FakeKnowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The action gives up by itself, long before the gateway does."""
    monkeypatch.setattr(knowledge_client, "TIMEOUT_SECONDS", 0.05)
    knowledge.mood = "hang"
    assert await asked() == UNAVAILABLE


async def test_no_knowledge_is_unavailable(
    knowledge: FakeKnowledge, monkeypatch: pytest.MonkeyPatch, closed_url: str
) -> None:
    """A refused connection is an answer like any other."""
    monkeypatch.setenv("BUSSOLA_KNOWLEDGE_URL", closed_url)
    assert await asked() == UNAVAILABLE


async def test_no_settings_is_unavailable(
    knowledge: FakeKnowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An action server started without its settings says so too, instead of raising."""
    monkeypatch.delenv("BUSSOLA_KNOWLEDGE_URL")
    assert await asked() == UNAVAILABLE


@pytest.mark.parametrize(
    "body",
    [None, [], "ciao", 5, {}, {"verdict": "answer"}, {**recorded("knowledge_answer"), "matches": []},
     {**recorded("knowledge_answer"), "matches": [None]},
     {**recorded("knowledge_ask_which"), "matches": [{"entry_id": "a"}]}],
    ids=lambda body: repr(body)[:50],
)  # fmt: skip
async def test_json_of_another_shape_is_unavailable(knowledge: FakeKnowledge, body: Any) -> None:
    """A 200 that is not a verdict is no better than a 500."""
    knowledge.body = body
    assert await asked() == UNAVAILABLE


@pytest.mark.parametrize("context", [None, {}, {"theme": None}])
async def test_works_without_a_context(knowledge: FakeKnowledge, context: Any) -> None:
    """The first message of a conversation has nothing before it."""
    assert (await asked(context=context))[0]["type"] == "answer"


@pytest.mark.parametrize("mood", ["well", 500, "garbage", "half body"])
async def test_logs_nothing_of_the_citizens_words(
    knowledge: FakeKnowledge, mood: int | str, caplog: pytest.LogCaptureFixture
) -> None:
    """At any level, no log record quotes the citizen."""
    knowledge.mood = mood
    with caplog.at_level(logging.DEBUG):
        await asked()
    assert all(part not in caplog.text for part in ("Mario", "Rossi", "RSSMRA80A01H501U", WORDS))
