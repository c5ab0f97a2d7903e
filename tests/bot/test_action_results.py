"""bot/action_results.py: Rasa's check of the action server's answers, with its schema compiled once."""

from __future__ import annotations

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

import bot.gateway_channel  # noqa: F401  loading the channel puts the check in place
from bot.action_results import validate_action_result


@pytest.mark.parametrize(
    "result",
    [
        {"events": [], "responses": [{"custom": {"type": "answer"}}]},
        {"events": [{"event": "slot", "name": "given", "value": None}], "responses": []},
    ],
)
def test_a_good_result_passes(result: dict[str, object]) -> None:
    """What our actions answer is accepted by the check that Rasa calls."""
    action = RemoteAction("action_ask_knowledge", None)
    assert action._validate_action_result(result) is True


@pytest.mark.parametrize("result", [{"events": "none"}, {"responses": ["text"]}, []])
def test_a_wrong_shape_is_an_error(result: object) -> None:
    """As before: Rasa must not act on an answer that is none."""
    action = RemoteAction("action_ask_knowledge", None)
    with pytest.raises(ValidationError):
        action._validate_action_result(result)


def test_the_channel_puts_it_in_place() -> None:
    """Otherwise half of each turn is spent on checking a schema that never changes."""
    assert RemoteAction._validate_action_result is validate_action_result
