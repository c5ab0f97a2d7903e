"""One suite on both databases: accept, claim, finish."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from bussola.conversations.conversation import Context, NewCase
from bussola.conversations.events import Action, Button, Draft
from bussola.conversations.message import Refused
from bussola.conversations.ports import Outcome
from bussola.storage.case_store import CaseStore
from bussola.storage.conversation_store import ConversationStore
from bussola.storage.database import Database
from bussola.storage.outbox_store import OutboxStore
from bussola.workers import deliver_once

WELCOME = (Draft("bot", "welcome", "ciao"),)
ANSWER = Outcome((Draft("bot", "answer", "risposta"),), Context(theme="t"))


async def test_a_message_is_stored_once_for_its_client_id(store: ConversationStore) -> None:
    """A hundred copies sent at once make one event."""
    await store.start("c", "webchat", WELCOME)
    copies = [store.accept("c", "one-and-same", "ciao", None, ()) for _ in range(100)]
    accepted = await asyncio.gather(*copies)
    assert sum(not a.repeated for a in accepted) == 1
    assert {a.event_id for a in accepted} == {2}


async def test_the_same_id_with_another_text_is_a_conflict(store: ConversationStore) -> None:
    """A client id is bound to its text."""
    await store.start("c", "webchat", WELCOME)
    await store.accept("c", "id-1", "prima", None, ())
    with pytest.raises(Refused, match="conflict"):
        await store.accept("c", "id-1", "dopo", None, ())


async def test_an_unknown_conversation_is_refused(store: ConversationStore) -> None:
    """Nothing is stored for a conversation that was never started."""
    with pytest.raises(Refused, match="unknown_conversation"):
        await store.accept("nobody", "id-1", "ciao", None, ())


async def test_events_are_numbered_without_gaps(store: ConversationStore) -> None:
    """Fifty messages at once get fifty numbers in a row."""
    await store.start("c", "webchat", WELCOME)
    await asyncio.gather(*(store.accept("c", f"m-{i}", str(i), None, ()) for i in range(50)))
    assert [e.id for e in await store.events("c")] == list(range(1, 52))


async def test_messages_of_a_conversation_are_claimed_in_order_one_at_a_time(
    store: ConversationStore,
) -> None:
    """The second message is not claimed before the first is finished."""
    await store.start("c", "webchat", WELCOME)
    for i in range(3):
        await store.accept("c", f"m-{i}", str(i), None, ())
    seen = []
    for _ in range(3):
        lease = await store.claim()
        assert lease is not None
        assert await store.claim() is None
        seen.append(lease.message.text)
        assert await store.finish(lease, ANSWER) == "answered"
    assert seen == ["0", "1", "2"]
    assert await store.claim() is None


async def test_eight_workers_never_share_a_message(store: ConversationStore) -> None:
    """Two hundred messages of twenty conversations, eight workers: each answered once, in order."""
    for c in range(20):
        await store.start(f"c{c}", "webchat", WELCOME)
    await asyncio.gather(
        *(store.accept(f"c{c}", f"m-{i}", str(i), None, ()) for i in range(10) for c in range(20))
    )
    taken: list[tuple[str, str]] = []

    async def work() -> None:
        while (lease := await store.claim()) is not None:
            taken.append((lease.conversation.id, lease.message.text))
            await asyncio.sleep(0)
            assert await store.finish(lease, ANSWER) == "answered"

    while len(taken) < 200:
        await asyncio.gather(*(work() for _ in range(8)))
    for c in range(20):
        assert [text for who, text in taken if who == f"c{c}"] == [str(i) for i in range(10)]


async def test_a_finished_turn_cannot_be_finished_again(store: ConversationStore) -> None:
    """A second answer to the same message is not stored."""
    await store.start("c", "webchat", WELCOME)
    await store.accept("c", "m-1", "ciao", None, ())
    lease = await store.claim()
    assert lease is not None
    assert await store.finish(lease, ANSWER) == "answered"
    assert await store.finish(lease, ANSWER) == "lost_lease"
    assert len(await store.events("c")) == 3


async def test_a_stale_worker_loses_to_the_one_that_took_over(store: ConversationStore) -> None:
    """After a restart freed the leases, the old worker's answer is not stored."""
    await store.start("c", "webchat", WELCOME)
    await store.accept("c", "m-1", "ciao", None, ())
    old = await store.claim()
    await store.release_all()
    new = await store.claim()
    assert old is not None
    assert new is not None
    assert new.message.attempts == 2
    assert await store.finish(old, ANSWER) == "lost_lease"
    assert await store.finish(new, ANSWER) == "answered"


async def test_a_postponed_message_waits_and_blocks_only_its_own_conversation(
    store: ConversationStore,
) -> None:
    """Another conversation is answered meanwhile."""
    for c in ("a", "b"):
        await store.start(c, "webchat", WELCOME)
        await store.accept(c, "m-1", c, None, ())
    first = await store.claim()
    assert first is not None
    await store.postpone(first, 60)
    second = await store.claim()
    assert second is not None
    assert second.conversation.id != first.conversation.id
    assert await store.finish(second, ANSWER) == "answered"
    assert await store.claim() is None


async def test_an_answer_after_a_takeover_is_kept_for_the_desk_only(
    store: ConversationStore, cases: CaseStore, expert_id: int
) -> None:
    """What the bot said too late is hidden from the citizen and shown as not sent."""
    case_id = await open_case(store, cases)
    await store.accept("c", "m-2", "altro", None, ())
    lease = await store.claim()
    assert lease is not None
    assert await cases.take(case_id, expert_id, (Draft("system", "taken", "preso"),))
    assert await store.finish(lease, ANSWER) == "dropped"
    assert [e.kind for e in await store.events("c")][-1] == "taken"
    assert (await store.events("c", for_desk=True))[-1].kind == "not_sent"


async def test_buttons_and_data_come_back_as_they_were(store: ConversationStore) -> None:
    """An event survives the trip to the disk."""
    button = Button("b1", "Sì", Action("entry", "voce"), quiet=True)
    draft = Draft("bot", "answer", "però 🙂", {"sources": [{"title": "L. 104/1992"}]}, (button,))
    await store.start("c", "webchat", (draft,))
    event = (await store.events("c"))[0]
    assert (event.text, event.data, event.buttons) == (draft.text, draft.data, (button,))


async def test_everything_a_citizen_may_read_enters_the_outbox_once(
    store: ConversationStore, outbox: OutboxStore
) -> None:
    """Hidden events are not delivered; delivered ones are not delivered again."""
    sent: list[int] = []

    class Sender:
        async def send(self, parcel: object) -> None:
            sent.append(parcel.event.id)  # type: ignore[attr-defined]

    await store.start("c", "webchat", (*WELCOME, Draft("system", "vote", "", hidden=True)))
    assert await deliver_once(outbox, "webchat", Sender())
    assert not await deliver_once(outbox, "webchat", Sender())
    assert sent == [1]


async def test_a_failing_channel_keeps_order_and_loses_nothing(
    store: ConversationStore, outbox: OutboxStore, database: Database
) -> None:
    """After a failure the rest of the conversation waits behind it."""
    sent: list[int] = []

    class Failing:
        broken = True

        async def send(self, parcel: object) -> None:
            if self.broken:
                raise OSError
            sent.append(parcel.event.id)  # type: ignore[attr-defined]

    sender = Failing()
    await store.start("c", "webchat", (*WELCOME, *WELCOME))
    await deliver_once(outbox, "webchat", sender)
    sender.broken = False
    async with database.write() as session:
        await session.execute(text("UPDATE outbox SET next_try_at = 0"))
    await deliver_once(outbox, "webchat", sender)
    assert sent == [1, 2]


async def test_sqlite_is_durable_on_every_connection(database: Database) -> None:
    """WAL and synchronous=FULL, for readers and the writer alike."""
    if not database.is_sqlite:
        pytest.skip("a matter of SQLite")
    for transaction in (database.read, database.write):
        async with transaction() as session:
            assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert await session.scalar(text("PRAGMA synchronous")) == 2


async def open_case(store: ConversationStore, cases: CaseStore) -> int:
    """A conversation `c` with a waiting case; returns its id."""
    await store.start("c", "webchat", WELCOME)
    await store.accept("c", "m-1", "ciao", None, ())
    lease = await store.claim()
    assert lease is not None
    new = NewCase("AAAA-BBBB-CCCC", None, "asked", "ciao", ("x",))
    await store.finish(lease, Outcome((), Context(), new_case=new, case_follows=True))
    case = await cases.case_by_code("AAAA-BBBB-CCCC")
    assert case is not None
    return case.id
