"""What citizens read about the time their case takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from bussola.conversations.ports import Texts
from bussola.conversations.queueing import Expectation


def expected_words(
    expected: Expectation,
    place: int | None,
    texts: Texts,
    zone: ZoneInfo,
    written_date: Callable[[date], str],
    written_days: Callable[[Sequence[tuple[date, str]]], str],
) -> str:
    """One paragraph: the date and what it rests on, the place in the queue, the days closed.

    `place` is None once an expert took the case.
    It says a date without an hour: an hour would promise more than the measure knows.
    `written_days` names days and why the office is closed on them ("il 25 dicembre (Natale)").
    """
    by = written_date(expected.by.astimezone(zone).date())
    if expected.late:
        said = [texts.say("desk_expected_late", by=by)]
    elif expected.basis == "measured":
        said = [texts.say("desk_expected_measured", by=by)]
    else:
        said = [texts.say("desk_expected_level", by=by)]
    if place == 1:
        said.append(texts.say("desk_expected_first"))
    elif place is not None:
        said.append(texts.say("desk_expected_place", number=place))
    if expected.closed_days:
        said.append(texts.say("desk_expected_closed", text=written_days(expected.closed_days)))
    return " ".join(said)
