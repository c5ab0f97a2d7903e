"""The simulator's own time: the real one, moved forward by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovableClock:
    """Runs at the speed of the real clock; `advance` jumps forward, never back."""

    def __init__(self) -> None:
        self.offset = timedelta()
        self._last_stamp = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """ValueError for a jump back: what happened would then lie in the future."""
        jump = timedelta(days=days, hours=hours, minutes=minutes)
        if jump < timedelta():
            raise ValueError("the clock moves forward only")
        self.offset += jump

    def stamp(self) -> int:
        """Milliseconds since 1970, each later than the one before: no two events share one."""
        self._last_stamp = max(int(self.now().timestamp() * 1000), self._last_stamp + 1)
        return self._last_stamp
