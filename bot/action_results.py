"""Checks what the action server answers against Rasa's schema, with the schema compiled once.

Rasa 3.6 checks the schema itself anew at every action: that was half of the time of a turn. The
check of the answer is the same, and so is the error.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """True, or raises ValidationError, as the method it stands in for."""
    error = next(iter(_validator().iter_errors(result)), None)
    if error is None:
        return True
    raise ValidationError(f"{error.message}. The action server's answer has the wrong shape")


def compile_once() -> None:
    """Make every remote action check its result this way."""
    RemoteAction._validate_action_result = validate_action_result  # noqa: SLF001
