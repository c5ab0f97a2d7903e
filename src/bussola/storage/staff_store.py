"""People of the body and their signed-in browsers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from bussola.conversations.ports import Clock
from bussola.storage.database import Database
from bussola.storage.models import SignInRow, StaffRow

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Staff:
    """A person who may sign in; `themes` None means every theme."""

    id: int
    login: str
    name: str
    role: str
    themes: tuple[str, ...] | None
    password_hash: str


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, with the token that unsafe requests must repeat."""

    staff: Staff
    csrf: str


class StaffStore:
    """Staff over SQLAlchemy. Cookies are stored as SHA-256 only."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def add(
        self, login: str, name: str, role: str, password_hash: str, themes: list[str] | None
    ) -> Staff:
        """Raises ValueError when the login is taken."""
        async with self._database.write() as session:
            if await session.scalar(select(StaffRow.id).where(StaffRow.login == login)):
                raise ValueError(login)
            row = StaffRow(
                login=login, name=name, role=role, password_hash=password_hash, themes=themes,
                disabled=False, created_at=self._clock.now(),
            )  # fmt: skip
            session.add(row)
            await session.flush()
            return _staff(row)

    async def by_login(self, login: str) -> Staff | None:
        async with self._database.read() as session:
            row = await session.scalar(
                select(StaffRow).where(StaffRow.login == login, StaffRow.disabled.is_(False))
            )
            return _staff(row) if row else None

    async def count(self, role: str) -> int:
        async with self._database.read() as session:
            query = select(func.count()).where(StaffRow.role == role)
            return int(await session.scalar(query) or 0)

    async def sign_in(self, staff_id: int, token: str, csrf: str) -> None:
        now = self._clock.now()
        async with self._database.write() as session:
            session.add(
                SignInRow(token_hash=_hash(token), staff_id=staff_id, csrf=csrf,
                          created_at=now, seen_at=now)
            )  # fmt: skip

    async def signed_in(self, token: str, active: bool = True) -> SignedIn | None:
        """Who holds `token`, unless it is too old, idle too long, or the person is disabled.

        A page that refreshes itself is not `active`: it must not keep an absent person in.
        """
        now = self._clock.now()
        async with self._database.read() as session:
            found = (
                await session.execute(
                    select(SignInRow, StaffRow)
                    .join(StaffRow, StaffRow.id == SignInRow.staff_id)
                    .where(SignInRow.token_hash == _hash(token), StaffRow.disabled.is_(False))
                )
            ).first()
        if found is None:
            return None
        sign_in, staff = found
        if now - sign_in.created_at > LONGEST or now - sign_in.seen_at > IDLE:
            await self.sign_out(token)
            return None
        if active and now - sign_in.seen_at > timedelta(minutes=1):
            async with self._database.write() as session:
                row = await session.get(SignInRow, sign_in.token_hash)
                if row is not None:
                    row.seen_at = now
        return SignedIn(_staff(staff), sign_in.csrf)

    async def sign_out(self, token: str) -> None:
        async with self._database.write() as session:
            await session.execute(delete(SignInRow).where(SignInRow.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _staff(row: StaffRow) -> Staff:
    themes = tuple(row.themes) if row.themes is not None else None
    return Staff(row.id, row.login, row.name, row.role, themes, row.password_hash)
