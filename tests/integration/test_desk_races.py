"""Two experts and one case, again and again, on both databases: one owner each."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, update

from bussola.conversations.events import Draft
from bussola.storage.case_store import LEASE_SECONDS, CaseStore
from bussola.storage.database import Database
from bussola.storage.models import CaseHistoryRow, CaseRow, ConversationRow, EventRow
from bussola.storage.staff_store import StaffStore

from .conftest import Clock

RACES = 1000
AT_ONCE = 50
TAKEN = (Draft("system", "taken", "preso"),)
FREE = (Draft("system", "released", "in coda"),)
WORDS = Draft("expert", "expert", "salve")


@pytest.fixture
async def bruno_id(database: Database, clock: Clock) -> int:
    return (await StaffStore(database, clock).add("bruno", "Bruno", "expert", "x", None)).id


async def waiting_cases(database: Database, many: int) -> list[int]:
    """So many conversations, each with a case that nobody took; the ids of the cases."""
    now = datetime.now(UTC)
    async with database.write() as session:
        session.add_all(
            ConversationRow(id=f"c{i}", channel="webchat", created_at=now, updated_at=now)
            for i in range(many)
        )
        await session.flush()
        rows = [
            CaseRow(code=f"AAAA-BBBB-{i:04}", conversation_id=f"c{i}", reason="asked",
                    question="?", opened_at=now, expected_by=date(2026, 11, 25))
            for i in range(many)
        ]  # fmt: skip
        session.add_all(rows)
        await session.flush()
        return [row.id for row in rows]


async def case_waiting(database: Database) -> int:
    (case_id,) = await waiting_cases(database, 1)
    return case_id


async def lease_ends(database: Database, case_id: int, at: float) -> None:
    async with database.write() as session:
        await session.execute(update(CaseRow).where(CaseRow.id == case_id).values(lease_until=at))


async def fence_of(cases: CaseStore, case_id: int) -> int:
    case = await cases.case(case_id)
    assert case is not None
    return case.fence


async def test_a_thousand_races_have_one_owner_each(
    database: Database, cases: CaseStore, expert_id: int, bruno_id: int
) -> None:
    """One taker is told yes, the other no; the citizen reads it once; the fence rises once."""
    turns, won = random.Random(6), {}

    async def race(case_id: int) -> None:
        takers = turns.sample((expert_id, bruno_id), 2)
        told = await asyncio.gather(*(cases.take(case_id, each, TAKEN) for each in takers))
        assert sorted(told) == [False, True]
        won[case_id] = takers[told.index(True)]

    ids = await waiting_cases(database, RACES)
    for start in range(0, RACES, AT_ONCE):
        await asyncio.gather(*map(race, ids[start : start + AT_ONCE]))
    async with database.read() as session:
        rows = (await session.scalars(select(CaseRow))).all()
        events = await session.scalar(select(func.count()).select_from(EventRow))
        takes = await session.scalar(select(func.count()).select_from(CaseHistoryRow))
    assert {row.id: row.owner_id for row in rows} == won
    assert {(row.state, row.fence) for row in rows} == {("taken", 1)}
    assert (events, takes) == (RACES, RACES)


async def test_a_stale_fence_is_refused(
    database: Database, cases: CaseStore, expert_id: int, bruno_id: int
) -> None:
    """Words under the number of before do not reach the citizen, whoever has the case."""
    case_id = await case_waiting(database)
    await cases.take(case_id, expert_id, TAKEN)
    old = await fence_of(cases, case_id)
    await cases.release(case_id, expert_id, FREE)
    assert await cases.say(case_id, expert_id, "d-1", WORDS, old) is None
    await cases.take(case_id, bruno_id, TAKEN)
    assert await cases.say(case_id, expert_id, "d-2", WORDS, old) is None
    assert await cases.say(case_id, bruno_id, "d-3", WORDS, old) is None
    assert await cases.say(case_id, bruno_id, "d-4", WORDS, await fence_of(cases, case_id))


async def test_an_owner_who_comes_back_does_not_send_what_was_written_before(
    database: Database, cases: CaseStore, expert_id: int, bruno_id: int
) -> None:
    """A-B-A: Anna has the case again, but Bruno answered in between."""
    case_id = await case_waiting(database)
    await cases.take(case_id, expert_id, TAKEN)
    old = await fence_of(cases, case_id)
    await lease_ends(database, case_id, 1.0)
    assert await cases.take(case_id, bruno_id, TAKEN)
    assert await cases.say(case_id, bruno_id, "d-1", WORDS, await fence_of(cases, case_id))
    await cases.release(case_id, bruno_id, FREE)
    assert await cases.take(case_id, expert_id, TAKEN)
    assert await cases.say(case_id, expert_id, "d-2", WORDS, old) is None
    assert await fence_of(cases, case_id) == old + 3


async def test_only_a_lease_that_ran_out_is_taken_over(
    database: Database, cases: CaseStore, expert_id: int, bruno_id: int
) -> None:
    """Not one that runs, not one that the open page or a reply renewed; never one's own."""
    case_id = await case_waiting(database)
    await cases.take(case_id, expert_id, TAKEN)
    assert not await cases.take(case_id, bruno_id, TAKEN)
    await lease_ends(database, case_id, 1.0)
    assert not await cases.take(case_id, expert_id, TAKEN)
    await cases.keep_lease(case_id, expert_id)
    assert not await cases.take(case_id, bruno_id, TAKEN)
    await lease_ends(database, case_id, 1.0)
    assert await cases.say(case_id, expert_id, "d-1", WORDS)
    assert not await cases.take(case_id, bruno_id, TAKEN)
    await lease_ends(database, case_id, 1.0)
    await cases.keep_lease(case_id, bruno_id)
    assert await cases.take(case_id, bruno_id, TAKEN)
    case = await cases.case(case_id)
    assert case is not None
    assert case.owner_id == bruno_id
    assert case.lease_until is not None
    assert abs(case.lease_until.timestamp() - time.time() - LEASE_SECONDS) < 60


async def test_a_silent_case_is_taken_over_by_one(
    database: Database, cases: CaseStore, clock: Clock, expert_id: int, bruno_id: int
) -> None:
    """Fifty colleagues step in at the same moment; the silent owner's late reply is refused."""
    carla = (await StaffStore(database, clock).add("carla", "Carla", "expert", "x", None)).id
    case_id = await case_waiting(database)
    await cases.take(case_id, expert_id, TAKEN)
    old = await fence_of(cases, case_id)
    await lease_ends(database, case_id, 1.0)
    takers = [bruno_id, carla] * 25
    told = await asyncio.gather(*(cases.take(case_id, each, TAKEN) for each in takers))
    assert sum(told) == 1
    assert await cases.say(case_id, expert_id, "d-1", WORDS, old) is None


async def test_a_reply_and_a_take_over_at_once_leave_one_truth(
    database: Database, cases: CaseStore, expert_id: int, bruno_id: int
) -> None:
    """Either the reply went first and the case stayed, or it did not go at all."""
    for i, case_id in enumerate(await waiting_cases(database, 50)):
        await cases.take(case_id, expert_id, TAKEN)
        await lease_ends(database, case_id, 1.0)
        said, taken = await asyncio.gather(
            cases.say(case_id, expert_id, f"d-{i}", WORDS, 1), cases.take(case_id, bruno_id, TAKEN)
        )
        assert (said is None) is taken
