"""desk/deadlines.py and desk/thread.py: until when an expert can write, and what the desk reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bussola.conversations.events import Author, Event
from bussola.conversations.ports import Reach
from bussola.desk.deadlines import Deadline, deadline, why_not
from bussola.desk.thread import Line, thread_lines
from bussola.texts import Catalogue
from bussola.web.templates import brief, spoken

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2026, 11, 28, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def within(hours: float, bot_hours: float = -1) -> Reach:
    """An expert may write for so many hours more."""
    return Reach(NOW + timedelta(hours=bot_hours), NOW + timedelta(hours=hours))


def test_a_channel_without_limits_says_nothing() -> None:
    """None in a reach is for ever."""
    assert deadline(Reach(), NOW) is None


@pytest.mark.messenger(20)
@pytest.mark.parametrize(
    ("hours", "urgent"), [(2.9, True), (3.1, False), (23.9, False), (24.1, False)]
)
def test_a_deadline_is_urgent_for_three_hours(hours: float, urgent: bool) -> None:
    """A warning for the last three hours, in which the case also climbs in the queue."""
    found = deadline(within(hours), NOW)
    assert found == Deadline(NOW + timedelta(hours=hours), None, urgent)


@pytest.mark.messenger(19, 20)
def test_a_closed_window_says_which_one() -> None:
    """After seven days nobody may write; after one nobody where a person's week is not approved."""
    assert deadline(within(0, -144), NOW) == Deadline(None, "window_closed")
    assert deadline(within(-0.1, -0.1), NOW) == Deadline(None, "window_needs_approval")


def test_a_problem_goes_before_the_time() -> None:
    """While nothing can be sent the hour does not matter."""
    reach = Reach(NOW + DAY, NOW + DAY, "messenger_token_refused")
    assert deadline(reach, NOW) == Deadline(None, "messenger_token_refused")


def test_near_times_are_said_as_people_say_them() -> None:
    """Day and hour of the office, not of Greenwich."""
    assert spoken(NOW + DAY, ROME) == "domenica 29 novembre alle 10:15"
    assert brief(NOW + DAY, ROME) == "dom 29, 10:15"
    assert spoken(NOW + 3 * DAY, ROME) == "martedì 1º dicembre alle 10:15"
    assert spoken(datetime(2026, 11, 28, 23, 30, tzinfo=UTC), ROME).startswith("domenica 29")


def test_an_unknown_reason_still_gets_a_sentence(texts: Catalogue) -> None:
    """A channel may give a reason that the catalogue does not know."""
    assert why_not("window_closed", texts) == texts.say("not_delivered_window_closed")
    assert why_not("", texts) == why_not("altro", texts) == texts.say("not_delivered")


def line_of(texts: Catalogue, author: Author, kind: str, text: str, **data: Any) -> Line | None:
    """The line of one event that was delivered."""
    event = Event(1, author, kind, text, data, (), False, NOW, None)
    lines = thread_lines([event], {}, texts)
    return lines[0] if lines else None


@pytest.mark.messenger(11, 12, 15)
@pytest.mark.parametrize(
    ("author", "kind", "text", "data", "shown"),
    [
        ("citizen", "citizen", "ciao", {}, ("Cittadino", "ciao", "")),
        ("citizen", "citizen", "ciao", {"edited": True}, ("Cittadino", "ciao", "(modificato)")),
        ("citizen", "citizen", "", {"deleted": True, "edited": True},
         ("Cittadino", "(cancellato)", "")),
        ("citizen", "standby", "ciao", {}, ("Cittadino – scritto ad altri", "ciao", "")),
        ("expert", "expert", "ecco", {"name": "Anna"}, ("Esperto (Anna)", "ecco", "")),
        ("expert", "page_inbox", "ecco", {"name": ""}, ("Una persona dalla Pagina", "ecco", "")),
        ("expert", "page_inbox", "", {"name": ""},
         ("Una persona dalla Pagina", "(un allegato, che qui non si vede)", "")),
        ("expert", "erased", "", {"deleted": True}, ("Esperto", "(cancellato dal cittadino)", "")),
        ("bot", "not_sent", "ecco", {},
         ("Assistente automatico – non inviato: un esperto aveva già la parola", "ecco", "")),
    ],
)  # fmt: skip
def test_each_line_says_who_wrote_and_what_became_of_it(
    texts: Catalogue, author: Author, kind: str, text: str, data: dict[str, Any],
    shown: tuple[str, str, str],
) -> None:  # fmt: skip
    """Names, and the marks of what was edited, taken back, erased or written elsewhere."""
    line = line_of(texts, author, kind, text, **data)
    assert line is not None
    assert (line.author, line.words, line.note) == shown


def test_what_has_no_words_is_no_line(texts: Catalogue) -> None:
    """A hand-over of the thread is nothing to read."""
    assert line_of(texts, "system", "handover", "") is None


@pytest.mark.messenger(20)
def test_what_was_not_delivered_says_why(texts: Catalogue) -> None:
    """Under its own event only."""
    events = [Event(i, "expert", "expert", "x", {}, (), False, NOW, None) for i in (1, 2)]
    first, second = thread_lines(events, {2: "person_unavailable"}, texts)
    assert first.not_delivered == ""
    assert "bloccato la pagina" in second.not_delivered
