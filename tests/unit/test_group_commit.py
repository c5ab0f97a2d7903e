"""storage/group_commit.py: many small writes, one commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bussola.storage.database import Database
from bussola.storage.group_commit import MOST_PER_COMMIT, GroupCommit

Write = Callable[[AsyncSession, int], Awaitable[int]]


class CountingDatabase(Database):
    """Counts the transactions that were begun to write."""

    commits = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        async with super().write() as session:
            yield session
        self.commits += 1


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[CountingDatabase]:
    own = CountingDatabase(f"sqlite:///{tmp_path / 'group.db'}")
    async with Database.write(own) as session:
        await session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    own.commits = 0
    yield own
    await own.close()


async def insert(session: AsyncSession, number: int) -> int:
    await session.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number})
    return number * 10


async def stored(database: Database) -> list[int]:
    async with database.read() as session:
        return list(await session.scalars(text("SELECT n FROM numbers ORDER BY n")))


async def submit_all(group: GroupCommit[int, int], *numbers: int) -> list[Any]:
    return await asyncio.gather(*map(group.submit, numbers), return_exceptions=True)


async def test_each_gets_their_own_result(database: CountingDatabase) -> None:
    """Whoever submits gets the result for what was submitted."""
    assert await submit_all(GroupCommit(database, insert), 3, 1, 2) == [30, 10, 20]


async def test_many_share_few_commits(database: CountingDatabase) -> None:
    """Two hundred writes at once take as few commits as the size of a group allows."""
    await submit_all(GroupCommit(database, insert), *range(200))
    assert await stored(database) == list(range(200))
    assert database.commits == -(-200 // MOST_PER_COMMIT)


async def test_the_answer_comes_after_the_commit(database: CountingDatabase) -> None:
    """When `submit` returns, another connection sees the row."""
    group = GroupCommit(database, insert)
    for number in range(3):
        await group.submit(number)
        assert number in await stored(database)


async def test_who_comes_later_is_written_too(database: CountingDatabase) -> None:
    """What is submitted while a commit is under way goes with the next one."""
    group = GroupCommit(database, insert)
    first = asyncio.create_task(group.submit(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await asyncio.gather(first, group.submit(2)) == [10, 20]


async def test_a_repeat_does_not_fail_its_neighbours(database: CountingDatabase) -> None:
    """One that breaks a constraint fails alone; the others of its group are stored."""
    group = GroupCommit(database, insert)
    await group.submit(2)
    one, two, three = await submit_all(group, 1, 2, 3)
    assert (one, three) == (10, 30)
    assert isinstance(two, IntegrityError)
    assert await stored(database) == [1, 2, 3]


async def test_a_failed_commit_is_told_to_all(database: CountingDatabase) -> None:
    """When the disk fails nobody is told that it went well, and nothing is stored."""

    async def broken(session: AsyncSession, number: int) -> int:
        await insert(session, number)
        if number == 3:
            raise OSError("disk full")
        return number

    answers = await submit_all(GroupCommit(database, broken), 1, 2, 3)
    assert [type(answer) for answer in answers] == [OSError] * 3
    assert await stored(database) == []


async def test_after_a_failure_it_goes_on(database: CountingDatabase) -> None:
    """A commit that failed does not stop the next one."""
    failures = iter([OSError("disk full")])

    async def once_broken(session: AsyncSession, number: int) -> int:
        for failure in failures:
            raise failure
        return await insert(session, number)

    group = GroupCommit(database, once_broken)
    with pytest.raises(OSError, match="disk full"):
        await group.submit(1)
    assert await group.submit(1) == 10


async def test_who_stops_waiting_disturbs_nobody(database: CountingDatabase) -> None:
    """A submitter that gives up does not spoil the group of the others."""
    group = GroupCommit(database, insert)
    gone = asyncio.create_task(group.submit(1))
    stays = asyncio.create_task(group.submit(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 20
    assert await stored(database) == [1, 2]


async def test_every_connection_is_durable(database: CountingDatabase) -> None:
    """Readers and the writer run with WAL, synchronous=FULL and foreign keys."""
    for transaction in (database.write, database.read):
        async with transaction() as session:
            found = [
                await session.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            ]
        assert found == ["wal", 2, 1, 1]
