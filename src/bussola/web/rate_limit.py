"""Flood protection: moving windows in memory, per conversation and per address."""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class RateLimiter:
    """Says no when a key went over one of its `limits`."""

    def __init__(self, *limits: RateLimitItem) -> None:
        self._limits = limits
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def exhausted(self, key: str) -> bool:
        """True when the next `allow` would say no; counts nothing."""
        return not all(self._windows.test(limit, key) for limit in self._limits)

    def allow(self, key: str) -> bool:
        return all(self._windows.hit(limit, key) for limit in self._limits)


class FloodGuard:
    """The Limiter port: twenty messages in ten seconds a conversation, a hundred an address.

    Taps count too, and a calculator or a quiz is many quick taps.
    """

    def __init__(self) -> None:
        self._conversations = RateLimiter(RateLimitItemPerSecond(20, 10))
        self._addresses = RateLimiter(RateLimitItemPerSecond(100, 10))

    def allow(self, conversation_id: str, address: str) -> bool:
        return self._conversations.allow(conversation_id) and self._addresses.allow(address)


def for_starts() -> RateLimiter:
    """New conversations from one address; a school or an office shares one."""
    return RateLimiter(RateLimitItemPerMinute(60))


def for_guesses() -> RateLimiter:
    """Passwords and case codes: ten tries in five minutes from one address."""
    return RateLimiter(RateLimitItemPerMinute(10, 5))
