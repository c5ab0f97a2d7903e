"""Many small writes, one commit: durable and fast at the same time.

A commit with `synchronous=FULL` costs a disk flush (about 5 ms) whether it holds one message
or sixty. Whoever submits is answered only after the commit that holds his item returned.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bussola.storage.database import Database

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_PER_COMMIT = 64


class GroupCommit(Generic[Item, Result]):
    """Runs `write(session, item)` for each submitted item, as many in a commit as are waiting."""

    def __init__(
        self, database: Database, write: Callable[[AsyncSession, Item], Awaitable[Result]]
    ) -> None:
        self._database, self._write = database, write
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[Any] | None = None

    async def submit(self, item: Item) -> Result:
        """The result for `item`, once it is committed; raises what the commit raised."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            batch = self._waiting[:MOST_PER_COMMIT]
            del self._waiting[:MOST_PER_COMMIT]
            try:
                await self._commit(batch)
            except IntegrityError:
                # Another replica stored one of them first: alone, each sees that and says so.
                for one in batch:
                    await self._commit_or_fail([one])
            except Exception as error:  # noqa: BLE001  every submitter must hear of it
                _fail(batch, error)

    async def _commit_or_fail(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        for _ in range(2):
            try:
                await self._commit(batch)
            except IntegrityError as error:
                failure: Exception = error
            except Exception as error:  # noqa: BLE001  every submitter must hear of it
                failure = error
                break
            else:
                return
        _fail(batch, failure)

    async def _commit(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        async with self._database.write() as session:
            results = [await self._write(session, item) for item, _ in batch]
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)


def _fail(batch: list[tuple[Any, asyncio.Future[Any]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
