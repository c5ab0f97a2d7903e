"""Who has a case, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from bussola.conversations.events import Draft
from bussola.conversations.message import Refused
from bussola.storage.case_store import CaseStore
from bussola.storage.conversation_store import ConversationStore
from bussola.storage.database import Database
from bussola.storage.staff_store import StaffStore

from .test_conversation_store import open_case

TAKEN = (Draft("system", "taken", "preso"),)


@pytest.fixture
async def second_expert(database: Database, clock: object) -> int:
    staff = StaffStore(database, clock)  # type: ignore[arg-type]
    return (await staff.add("bruno", "Bruno", "expert", "x", None)).id


async def test_of_many_experts_exactly_one_takes_a_case(
    store: ConversationStore, cases: CaseStore, expert_id: int, second_expert: int
) -> None:
    """A hundred races for one case: one owner, one event."""
    case_id = await open_case(store, cases)
    takers = [expert_id, second_expert] * 50
    won = await asyncio.gather(*(cases.take(case_id, e, TAKEN) for e in takers))
    assert sum(won) == 1
    case = await cases.case(case_id)
    assert case is not None
    assert case.owner_id == takers[won.index(True)]
    assert [e.kind for e in await store.events("c")].count("taken") == 1


async def test_only_the_owner_may_write_give_back_and_close(
    store: ConversationStore, cases: CaseStore, expert_id: int, second_expert: int
) -> None:
    """A colleague's words do not reach the citizen."""
    case_id = await open_case(store, cases)
    await cases.take(case_id, expert_id, TAKEN)
    words = Draft("expert", "expert", "salve")
    assert not await cases.say(case_id, second_expert, "d-1", words)
    assert not await cases.close(case_id, second_expert, ())
    assert not await cases.release(case_id, second_expert, ())
    assert await cases.say(case_id, expert_id, "d-1", words)


async def test_a_reply_sent_twice_is_stored_once(
    store: ConversationStore, cases: CaseStore, expert_id: int
) -> None:
    """The form's id makes a double click harmless."""
    case_id = await open_case(store, cases)
    await cases.take(case_id, expert_id, TAKEN)
    words = Draft("expert", "expert", "salve")
    await asyncio.gather(*(cases.say(case_id, expert_id, "d-1", words) for _ in range(10)))
    assert [e.kind for e in await store.events("c")].count("expert") == 1


async def test_the_word_passes_with_the_case(
    store: ConversationStore, cases: CaseStore, expert_id: int
) -> None:
    """Taken: the desk speaks. Released: the citizen's words go to the case. Closed: the bot."""
    case_id = await open_case(store, cases)
    await cases.take(case_id, expert_id, TAKEN)
    taken = await store.conversation("c")
    await cases.release(case_id, expert_id, ())
    released = await store.conversation("c")
    await cases.take(case_id, expert_id, TAKEN)
    await cases.close(case_id, expert_id, ())
    closed = await store.conversation("c")
    assert taken is not None
    assert released is not None
    assert closed is not None
    assert (taken.speaker, taken.case_state) == ("desk", "taken")
    assert (released.speaker, released.case_state, released.case_follows) == (
        "bot",
        "waiting",
        True,
    )
    assert (closed.speaker, closed.case_state, closed.case_follows) == ("bot", None, False)


async def test_an_expert_sees_only_cases_of_their_themes_and_of_none(
    store: ConversationStore, cases: CaseStore
) -> None:
    """A case without a theme is for whoever is free."""
    await open_case(store, cases)
    assert len(await cases.queue(("buoni_lavoro",))) == 1
    assert len(await cases.queue(None)) == 1


async def test_first_reply_time_is_kept(
    store: ConversationStore, cases: CaseStore, expert_id: int
) -> None:
    """The second reply does not move it."""
    case_id = await open_case(store, cases)
    await cases.take(case_id, expert_id, TAKEN)
    await cases.say(case_id, expert_id, "d-1", Draft("expert", "expert", "uno"))
    first = await cases.case(case_id)
    await cases.say(case_id, expert_id, "d-2", Draft("expert", "expert", "due"))
    second = await cases.case(case_id)
    assert first is not None
    assert second is not None
    assert first.first_reply_at is not None
    assert first.first_reply_at == second.first_reply_at


async def test_another_text_under_a_known_id_is_a_conflict(
    store: ConversationStore, cases: CaseStore, expert_id: int
) -> None:
    """A page gone stale cannot swallow the second reply."""
    case_id = await open_case(store, cases)
    await cases.take(case_id, expert_id, TAKEN)
    await cases.say(case_id, expert_id, "d-1", Draft("expert", "expert", "uno"))
    with pytest.raises(Refused, match="conflict"):
        await cases.say(case_id, expert_id, "d-1", Draft("expert", "expert", "due"))


async def test_the_mark_of_change_moves_only_with_a_change(
    store: ConversationStore, cases: CaseStore
) -> None:
    """A desk that watches is not told to look for nothing."""
    before = await cases.changed_at()
    assert await cases.changed_at() == before
    await open_case(store, cases)
    assert await cases.changed_at() != before
