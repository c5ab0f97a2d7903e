"""conversations/queueing.py: who comes first, what is late or forgotten, honest times."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.closed_days import national_holidays, written_days
from bussola.conversations.desk_rules import expected_by
from bussola.conversations.expected_words import expected_words
from bussola.conversations.office_calendar import OfficeCalendar, on_weekdays
from bussola.conversations.queueing import (
    CaseFacts,
    Expectation,
    expected_time,
    forgotten,
    level_state,
    place,
    rank,
    ranked,
)
from bussola.knowledge.figures import italian_date
from bussola.texts import Catalogue

ROME = ZoneInfo("Europe/Rome")
OFFICE = OfficeCalendar(
    dict.fromkeys(range(5), ((time(9), time(13)), (time(14), time(17)))), ROME, national_holidays()
)
DEGREE, HOME = "riscatto_laurea", "lavoro_domestico"


def at(text: str) -> datetime:
    """A moment in Rome, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


NOW = at("2026-11-25T10:00")
"""A Wednesday."""


def office(_: str | None) -> OfficeCalendar:
    """The same hours for every theme."""
    return OFFICE


def case(number: int = 1, opened: str = "2026-11-25T09:30", **facts: Any) -> CaseFacts:
    """A case of two working days; moments as text."""
    facts = {
        name: at(value) if name.endswith(("_at", "_until", "_since")) else value
        for name, value in facts.items()
    }
    opened_at = at(opened)
    due = OFFICE.closing_of(expected_by(opened_at, 2, OFFICE))
    known: dict[str, Any] = {"theme": DEGREE, "state": "waiting", "due": due}
    if "owner_id" in facts:
        known["state"] = "taken"
    return CaseFacts(id=number, opened_at=opened_at, **(known | facts))


def first_reason(one: CaseFacts, now: datetime = NOW) -> str:
    return rank(one, now, OFFICE).reasons[0].removeprefix("desk_priority_")


# Who comes first

IN_ORDER = {
    "emergency": case(1, emergency=True),
    "window": case(2, opened="2026-11-25T09:50", expert_until="2026-11-25T12:59"),
    "broken": case(3, opened="2026-11-20T10:00", owner_id=1),
    "soon": case(4, opened="2026-11-23T09:30", owner_id=1),
    "unowned": case(5, opened="2026-11-23T18:00"),
    "silent": case(
        6, opened="2026-11-16T09:00", owner_id=1, last_staff_at="2026-11-17T10:00",
        last_citizen_at="2026-11-24T09:50",
    ),
    "waiting": case(7),
    "citizen": case(
        8, opened="2026-11-16T09:00", owner_id=1, last_staff_at="2026-11-17T10:00",
        last_citizen_at="2026-11-16T09:00",
    ),
    "closed": case(9, opened="2026-11-16T09:00", state="closed"),
}  # fmt: skip


def now_of_soon() -> datetime:
    """When `soon` and the others are what their names say."""
    return at("2026-11-25T13:30")


@pytest.mark.parametrize("reason", list(IN_ORDER))
def test_each_case_has_its_reason(reason: str) -> None:
    """The first reason is the one the case is placed for."""
    now = now_of_soon() if reason in {"soon", "unowned"} else NOW
    assert first_reason(IN_ORDER[reason], now) == reason


def test_the_order_of_the_queue() -> None:
    """Emergency, window, broken, soon, forgotten, waiting, waiting for the citizen, closed."""
    cases = [replace(found, expert_until=None) if name == "window" else found
             for name, found in IN_ORDER.items()]  # fmt: skip
    cases[1] = replace(cases[1], expert_until=at("2026-11-25T15:00"))
    for seed in range(20):
        mixed = list(cases)
        random.Random(seed).shuffle(mixed)
        found = [first_reason(one, now_of_soon()) for one in ranked(mixed, now_of_soon(), office)]
        assert [each for each in found if each not in {"unowned", "silent"}] == [
            "emergency", "window", "broken", "soon", "waiting", "citizen", "closed",
        ]  # fmt: skip
        assert set(found[4:6]) == {"unowned", "silent"}


def test_all_reasons_are_told() -> None:
    """A case may have several; the weightiest comes first."""
    worst = case(
        opened="2026-11-16T09:00", emergency=True, expert_until="2026-11-25T11:00"
    )  # fmt: skip
    assert rank(worst, NOW, OFFICE).reasons == (
        "desk_priority_emergency", "desk_priority_window", "desk_priority_broken",
        "desk_priority_unowned", "desk_priority_waiting",
    )  # fmt: skip


def test_inside_a_tier_the_oldest_goes_first() -> None:
    """By waiting time; windows by what closes first, levels by what breaks first."""
    young, old = case(1, "2026-11-25T09:40"), case(2, "2026-11-25T09:10")
    assert ranked([young, old], NOW, office) == [old, young]
    later = case(1, expert_until="2026-11-25T12:00")
    sooner = case(2, "2026-11-25T09:50", expert_until="2026-11-25T11:00")
    assert ranked([later, sooner], NOW, office) == [sooner, later]
    slow, quick = case(1, "2026-11-10T10:00"), case(2, "2026-11-16T10:00")
    assert ranked([quick, slow], NOW, office) == [slow, quick]


def test_equal_cases_keep_their_order() -> None:
    """Two cases of one moment are in the order of their numbers, whatever the list."""
    one, two = case(1), case(2)
    assert ranked([two, one], NOW, office) == [one, two]


@pytest.mark.parametrize("until", ["2026-11-25T10:00", "2026-11-25T09:00", "2026-11-25T13:01"])
def test_a_window_closed_or_far_is_no_hurry(until: str) -> None:
    """Only one that closes in the next three hours counts."""
    assert first_reason(case(expert_until=until)) == "waiting"


def test_a_window_does_not_hurry_when_the_citizen_has_the_word() -> None:
    """We have answered: it is their turn."""
    answered = case(
        owner_id=1, last_staff_at="2026-11-25T09:50", last_citizen_at="2026-11-25T09:30",
        expert_until="2026-11-25T11:00",
    )  # fmt: skip
    assert rank(answered, NOW, OFFICE).reasons == ("desk_priority_citizen",)


def test_an_emergency_stays_on_top_after_our_answer() -> None:
    """Until it is closed."""
    answered = case(
        emergency=True, owner_id=1, last_staff_at="2026-11-25T09:50"
    )  # fmt: skip
    assert rank(answered, NOW, OFFICE).reasons == (
        "desk_priority_emergency", "desk_priority_citizen",
    )  # fmt: skip
    assert first_reason(replace(answered, state="closed")) == "closed"


def test_a_held_case_hurries_nobody() -> None:
    """Suspended for insults: no level, not forgotten, not in the way of others."""
    held = case(opened="2026-11-10T09:00", held=True)
    assert first_reason(held) == "held"
    assert level_state(held, NOW, OFFICE) == "ok"
    assert forgotten([held], NOW, office) == []
    assert place(case(2), [held, case(2)]) == 1


times = st.integers(-20 * 24 * 60, 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
maybe = st.none() | times
facts = st.builds(
    CaseFacts,
    id=st.integers(1, 10**6), theme=st.sampled_from([None, DEGREE, HOME]),
    state=st.sampled_from(["waiting", "taken", "closed"]), opened_at=times, due=times,
    owner_id=st.none() | st.integers(1, 3), last_citizen_at=maybe, unanswered_since=maybe,
    last_staff_at=maybe, expert_until=maybe, emergency=st.booleans(), held=st.booleans(),
    labels=st.just(()), warn_hours=st.sampled_from([0.0, 4.0, 16.0]),
)  # fmt: skip


@given(st.lists(facts, max_size=12, unique_by=lambda one: one.id), st.randoms())
def test_the_queue_is_one_order(cases: list[CaseFacts], shuffling: random.Random) -> None:
    """Whatever the facts, all cases are there, each with a reason, in the same order each time."""
    order = ranked(cases, NOW, office)
    assert sorted(one.id for one in order) == sorted(one.id for one in cases)
    assert all(rank(one, NOW, OFFICE).reasons for one in cases)
    mixed = list(cases)
    shuffling.shuffle(mixed)
    assert ranked(mixed, NOW, office) == order


@given(st.lists(facts, max_size=12, unique_by=lambda one: one.id))
def test_an_open_emergency_is_never_below(cases: list[CaseFacts]) -> None:
    """No other open case stands above one."""
    order = [one for one in ranked(cases, NOW, office) if one.state != "closed"]
    flags = [one.emergency for one in order]
    assert flags == sorted(flags, reverse=True)


@given(facts, st.integers(0, 14 * 24 * 60))
def test_waiting_never_lowers_a_case(one: CaseFacts, minutes: int) -> None:
    """Time alone lets a case climb, never sink; a window that has closed is the one exception."""
    one = replace(one, expert_until=None)
    before, after = (
        rank(one, moment, OFFICE) for moment in (NOW, NOW + timedelta(minutes=minutes))
    )
    assert after.tier <= before.tier


# Levels, and what is forgotten


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-11-23T10:00", "ok"),
        ("2026-11-25T11:59", "ok"),
        ("2026-11-25T12:00", "warning"),  # four working hours: lunch is none
        ("2026-11-25T16:59", "warning"),
        ("2026-11-25T17:00", "broken"),
        ("2026-12-25T10:00", "broken"),
    ],
)
def test_the_level_warns_before_it_breaks(now: str, state: str) -> None:
    """Opened on Monday: due at the closing of Wednesday."""
    assert level_state(case(opened="2026-11-23T10:00"), at(now), OFFICE) == state


def test_warnings_count_working_hours() -> None:
    """Due on Monday evening with a day of warning: Friday evening warns, not Sunday alone."""
    one = case(opened="2026-11-26T10:00", warn_hours=8)
    assert level_state(one, at("2026-11-27T15:59"), OFFICE) == "ok"
    assert level_state(one, at("2026-11-27T16:00"), OFFICE) == "warning"
    assert level_state(one, at("2026-11-29T03:00"), OFFICE) == "warning"


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-27T16:59", "2026-12-01T17:00"),  # Friday, the last minute
        ("2026-11-27T17:00", "2026-12-02T17:00"),
        ("2026-12-24T10:00", "2026-12-29T17:00"),
        ("2026-12-24T18:00", "2026-12-30T17:00"),
        ("2026-11-29T03:00", "2026-12-02T17:00"),  # Sunday at three
    ],
)
def test_levels_over_weekends_and_holidays(opened: str, due: str) -> None:
    """Broken at the closing of the promised day, not a minute before."""
    one = case(opened=opened)
    assert level_state(one, at(due) - timedelta(minutes=1), OFFICE) == "warning"
    assert level_state(one, at(due), OFFICE) == "broken"


def test_the_first_answer_ends_the_level() -> None:
    """Afterwards there is none to break; a case opened again has one again."""
    one = case(opened="2026-11-16T10:00", owner_id=1, last_staff_at="2026-11-17T10:00")
    assert level_state(one, NOW, OFFICE) == "ok"
    again = case(opened="2026-11-20T10:00", owner_id=1, last_staff_at="2026-11-17T10:00")
    assert level_state(again, NOW, OFFICE) == "broken"
    assert level_state(case("9", state="closed"), NOW, OFFICE) == "ok"  # type: ignore[arg-type]


def test_nobodys_case_is_announced_at_half_of_its_level() -> None:
    """Monday at ten to Wednesday evening is 1200 minutes: after 600 of them."""
    one = case(opened="2026-11-23T10:00")
    half = OFFICE.add_working_minutes(one.opened_at, 600)
    assert forgotten([one], half, office) == []
    after = OFFICE.add_working_minutes(one.opened_at, 601)
    assert forgotten([one], after, office) == [one]


def test_a_silent_case_is_announced_after_a_working_day() -> None:
    """The weekend does not count."""
    one = case(
        opened="2026-11-16T10:00", owner_id=1, last_staff_at="2026-11-17T10:00",
        last_citizen_at="2026-11-20T16:00",
    )  # fmt: skip
    assert forgotten([one], at("2026-11-23T16:00"), office) == []
    assert forgotten([one], at("2026-11-23T16:01"), office) == [one]


def test_a_case_taken_and_never_answered_is_announced() -> None:
    """To take a case is not to answer it."""
    assert forgotten([case(opened="2026-11-24T09:00", owner_id=1)], NOW, office) != []


def test_to_write_again_does_not_start_the_wait_again() -> None:
    """Who asks every morning has waited since the first time."""
    one = case(
        opened="2026-11-16T10:00", owner_id=1, last_staff_at="2026-11-17T10:00",
        unanswered_since="2026-11-20T09:00", last_citizen_at="2026-11-25T09:00",
    )  # fmt: skip
    assert forgotten([one], NOW, office) == [one]


def test_what_is_forgotten_is_told_longest_first() -> None:
    """And only that: cases closed, fresh, or waiting for the citizen are not."""
    cases = [case(3, "2026-11-20T10:00"), case(2, "2026-11-17T10:00"), IN_ORDER["citizen"],
             IN_ORDER["closed"], IN_ORDER["waiting"]]  # fmt: skip
    assert [one.id for one in forgotten(cases, NOW, office)] == [2, 3]


def test_each_theme_has_its_own_hours() -> None:
    """A theme that works one afternoon a week is not late on Wednesday morning."""
    slow = OfficeCalendar({4: ((time(14), time(17)),)}, ROME, national_holidays())
    one = case(opened="2026-11-24T09:00", owner_id=1)
    assert forgotten([one], NOW, office) == [one]
    assert forgotten([one], NOW, lambda theme: slow if theme == DEGREE else OFFICE) == []


@given(facts, st.integers(0, 14 * 24 * 60))
def test_what_is_forgotten_stays_so(one: CaseFacts, minutes: int) -> None:
    """Time alone does not make anybody remember."""
    if forgotten([one], NOW, office):
        assert forgotten([one], NOW + timedelta(minutes=minutes), office)


# Places and times


def test_the_place_counts_those_of_the_same_experts() -> None:
    """Other themes, taken cases and those waiting for the citizen are not in the way."""
    queue = [case(1), case(2, theme=HOME), case(3, owner_id=1), case(4, theme=None), case(5)]
    assert place(queue[0], queue) == 1
    assert place(queue[4], queue) == 3
    assert place(queue[1], queue) == 1
    assert place(queue[3], queue) == 3
    assert place(case(9), queue) == 4


RECENT = [30.0] * 7 + [100.0, 200.0, 900.0]
"""Eight of ten within 100 minutes."""


def expectation(
    one: CaseFacts,
    now: datetime | None = None,
    closings: list[float] = RECENT,
    experts: int = 1,
    queue: list[CaseFacts] | None = None,
) -> Expectation:
    return expected_time(one, queue or [one], closings, experts, OFFICE, now or one.opened_at)


def test_the_measure_is_what_eight_of_ten_took() -> None:
    """The 80th percentile, in working time from the opening."""
    found = expectation(case(opened="2026-11-25T09:30"))
    assert (found.by, found.basis) == (at("2026-11-25T11:10"), "measured")
    assert not found.closed_days


def test_the_place_stretches_the_measure() -> None:
    """Six to go for two experts: three times as long."""
    one = case(9, opened="2026-11-25T09:30")
    queue = [*(case(number) for number in range(1, 6)), one]
    assert expectation(one, experts=2, queue=queue).by == at("2026-11-25T15:30")
    assert expectation(one, experts=12, queue=queue).by == at("2026-11-25T11:10")


@pytest.mark.parametrize(("closings", "experts"), [(RECENT[:9], 1), ([], 1), (RECENT, 0)])
def test_too_little_to_measure(closings: list[float], experts: int) -> None:
    """Fewer than ten recent cases, or nobody there: the service level."""
    one = case(opened="2026-11-25T09:30")
    found = expectation(one, closings=closings, experts=experts)
    assert (found.by, found.basis, found.late) == (one.due, "service level", False)


@pytest.mark.parametrize(
    ("opened", "by"),
    [
        ("2026-11-27T16:59", "2026-11-30T09:14"),  # fifteen minutes, one of them on Friday
        ("2026-11-27T17:00", "2026-11-30T09:15"),
        ("2026-11-29T03:00", "2026-11-30T09:15"),  # Sunday at three
        ("2026-12-24T18:00", "2026-12-28T09:15"),
        ("2026-11-25T10:00", "2026-11-25T10:15"),
    ],
)
def test_never_before_somebody_can_have_read_it(opened: str, by: str) -> None:
    """However quick the desk was: fifteen working minutes from the next opening."""
    assert expectation(case(opened=opened), closings=[1.0] * 20).by == at(by)


@pytest.mark.parametrize(
    ("opened", "by", "closed"),
    [
        ("2025-12-24T16:30", "2025-12-29T10:10",
         [(date(2025, 12, 25), "Natale"), (date(2025, 12, 26), "Santo Stefano")]),
        ("2026-12-24T16:30", "2026-12-28T10:10", [(date(2026, 12, 25), "Natale")]),
        ("2026-12-25T10:00", "2026-12-28T10:40", [(date(2026, 12, 25), "Natale")]),
        ("2027-03-26T16:30", "2027-03-30T10:10", [(date(2027, 3, 29), "Lunedì dell'Angelo")]),
        ("2026-11-27T16:30", "2026-11-30T10:10", []),
    ],
)  # fmt: skip
def test_holidays_on_the_way_are_told(
    opened: str, by: str, closed: list[tuple[date, str]]
) -> None:  # fmt: skip
    """They put the answer off, and the citizen is told which days and why."""
    found = expectation(case(opened=opened))
    assert (found.by, found.closed_days) == (at(by), closed)


def test_a_measure_that_was_too_short_is_not_repeated() -> None:
    """Nobody reads "in a quarter of an hour" again and again: first the level, then excuses."""
    one = case(opened="2026-11-23T09:30")
    assert expectation(one, at("2026-11-23T11:00")).basis == "measured"
    missed = expectation(one, at("2026-11-23T11:10"))
    assert (missed.by, missed.basis, missed.late) == (one.due, "service level", False)
    broken = expectation(one, at("2026-11-26T10:00"))
    assert (broken.by, broken.late) == (at("2026-11-27T17:00"), True)


def test_an_honest_time_may_come_after_the_level() -> None:
    """When the queue is long, the truth is told and not the level."""
    one = case(99, opened="2026-11-25T09:30")
    queue = [*(case(number) for number in range(1, 40)), one]
    found = expectation(one, queue=queue)
    assert found.basis == "measured"
    assert found.by > one.due


whole = st.lists(st.floats(0, 5000), max_size=40)


@given(times, st.integers(0, 20 * 24 * 60), whole, st.integers(0, 5), st.integers(0, 30))
def test_an_expected_time_can_be_kept(
    opened: datetime, later: int, closings: list[float], experts: int, before: int
) -> None:
    """At least fifteen working minutes from now, in office hours, on a day that is worked."""
    due = OFFICE.closing_of(expected_by(opened, 2, OFFICE))
    one = replace(case(99), opened_at=opened, due=due)
    queue = [*(case(number) for number in range(before)), one]
    now = opened + timedelta(minutes=later)
    found = expectation(one, now, closings, experts, queue)
    assert OFFICE.working_minutes_between(now, found.by) >= 15
    assert OFFICE.is_open(found.by - timedelta(microseconds=1))
    assert found.late is (found.basis == "service level" and now >= one.due)
    assert all(day < found.by.astimezone(ROME).date() for day, _ in found.closed_days)


@given(times, whole.filter(lambda some: len(some) >= 10), st.integers(1, 5), st.integers(0, 30))
def test_a_longer_queue_is_never_quicker(
    opened: datetime, closings: list[float], experts: int, before: int
) -> None:
    """One more before me, or one expert less, does not bring the answer forward."""
    one = replace(case(99), opened_at=opened)
    queue = [*(case(number) for number in range(before + 1)), one]
    found = expectation(one, None, closings, experts, queue).by
    assert expectation(one, None, closings, experts, queue[1:]).by <= found
    assert expectation(one, None, closings, experts + 1, queue).by <= found


def test_the_theme_decides_the_hours() -> None:
    """On a theme worked on Saturdays the answer comes on a Saturday."""
    saturday = OfficeCalendar(
        {**on_weekdays(time(9), time(17)), 5: ((time(9), time(12)),)}, ROME, national_holidays()
    )
    one = case(opened="2026-11-27T16:30")
    found = expected_time(one, [one], RECENT, 1, saturday, one.opened_at)
    assert found.by == at("2026-11-28T10:10")


# What citizens read


def words(texts: Catalogue, found: Expectation, number: int = 1) -> str:
    return expected_words(found, number, texts, ROME, italian_date, written_days)


def test_the_citizen_reads_the_holidays(texts: Catalogue) -> None:
    """The date, the place and the days closed with their reasons."""
    said = words(texts, expectation(case(opened="2025-12-24T16:30")))
    assert "29 dicembre 2025" in said
    assert "prima in coda" in said
    assert "chiuso il 25 e il 26 dicembre (Natale, Santo Stefano)." in said


def test_the_citizen_reads_what_the_time_rests_on(texts: Catalogue) -> None:
    """Measured, the level, or late with excuses; the date is the one in Rome."""
    one = case(opened="2026-11-25T09:30")
    assert "tempi delle ultime richieste" in words(texts, expectation(one))
    level = words(texts, expectation(one, closings=[]), 7)
    assert "27 novembre 2026" in level
    assert "numero 7" in level
    assert "ultime richieste" not in level
    assert "ritardo" in words(texts, expectation(one, at("2026-11-30T10:00")))
    night = Expectation(datetime(2026, 11, 25, 23, 30, tzinfo=UTC), "measured", [])
    assert "26 novembre 2026" in words(texts, night)


def test_every_reason_has_its_text(texts: Catalogue) -> None:
    """Each name that a priority may give is in the catalogue."""
    for one in [*IN_ORDER.values(), case(held=True)]:
        for reason in rank(one, now_of_soon(), OFFICE).reasons:
            assert texts.say(reason)
