"""The Graph API's refusals: codes, subcodes and HTTP statuses; the words are our own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Literal, get_args

Fault = Literal[
    "429", "500", "timeout_before", "timeout_after",
    "190", "613", "4", "2", "1200", "551", "1893063",
]  # fmt: skip
FAULTS: tuple[str, ...] = get_args(Fault)
OUTSIDE_WINDOW = 2018278
NOT_PERMITTED = 2018065
NO_SUCH_PERSON = 2018001
EMPTY_MESSAGE = 2018034
UNAVAILABLE = 1545041
PAGE_RESTRICTED = 1893063


class GraphError(Exception):
    """A refusal in the platform's shape. `status` is the HTTP status that goes with it."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        kind: str = "OAuthException",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.subcode = subcode
        self.status = status
        self.kind = kind

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self}",
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": "A" + secrets.token_urlsafe(16),
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.code in {2, 1200}:
            error["is_transient"] = True
        return {"error": error}


def invalid(what: str, subcode: int | None = None) -> GraphError:
    """Code 100: the call itself is wrong."""
    return GraphError(100, what, subcode=subcode)


def outside_window() -> GraphError:
    return GraphError(10, "Message sent outside of the allowed window", subcode=OUTSIDE_WINDOW)


def unavailable() -> GraphError:
    return GraphError(551, "This person is not available right now", subcode=UNAVAILABLE)


def wrong_token() -> GraphError:
    return GraphError(190, "Error validating access token", status=401)


def too_many_calls() -> GraphError:
    return GraphError(613, "Calls to this API have exceeded the rate limit")


def ordered(fault: str) -> GraphError:
    """The refusal that a test asked for. "429" and "4" are the app's limit, "613" the Page's."""
    return _ORDERED[fault]()


_LIMIT = "Application request limit reached"
_RETRY = "Temporary failure, please retry"
_ORDERED: dict[str, Callable[[], GraphError]] = {
    "429": lambda: GraphError(4, _LIMIT, status=429),
    "4": lambda: GraphError(4, _LIMIT),
    "613": too_many_calls,
    "190": wrong_token,
    "551": unavailable,
    "1893063": lambda: GraphError(10, "This Page is restricted", subcode=PAGE_RESTRICTED),
    "2": lambda: GraphError(2, _RETRY, status=500),
    "1200": lambda: GraphError(1200, _RETRY, status=500),
}
