"""Comments under the posts of the page: a pointer, a private reply, a moderator; nothing kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bussola.channels.messenger import graph
from bussola.knowledge.service import Match, Matched
from bussola.web.keys import KNOWLEDGE, MODERATION, SETTINGS

from .conftest import Unindexed
from .messenger_page import Page, open_page
from .messenger_talk import advance, on_disk, rows, until

WORDS = "Ma quanto si paga per il riscatto? mandragola"


def found(page: Page, verdict: Any, entry_id: str = "") -> None:
    """What the knowledge makes of every comment from now on."""
    knowledge = page.client.app[KNOWLEDGE]
    assert isinstance(knowledge, Unindexed)
    match = [Match(entry_id, None, "", 0.9)] if entry_id else []
    knowledge.found = Matched(verdict, 0.9, match, None, "it", "1")


def public(page: Page, comment_id: str) -> list[str]:
    """What we wrote in public under a comment."""
    return [one.text for one in page.fake.comments.values()
            if one.author is None and one.parent_id == comment_id]  # fmt: skip


def private(page: Page, name: str) -> list[str]:
    return page.fake.person(name).said_to_them()


async def done(page: Page) -> None:
    """No comment waits for an answer, and nothing is on its way."""
    await page.fake.settled()
    await until(lambda: not rows(page, "SELECT 1 FROM messenger_comments WHERE state = 'answer'"))
    await page.fake.settled()


@pytest.mark.messenger(22, 37)
async def test_a_question_gets_a_pointer_and_one_private_reply(page: Page) -> None:
    """In public no affair is answered; in private the machine says what it is, and where to read."""
    found(page, "answer", "laurea-che-cose")
    comment_id = page.fake.comment("Bruno", WORDS)
    await done(page)
    (pointer,) = public(page, comment_id)
    assert "in privato" in pointer
    assert "non scrivere qui dati personali" in pointer
    (reply,) = private(page, "Bruno")
    assert "assistente automatico" in reply
    assert f"{page.client.app[SETTINGS].public_url}/domande/laurea-che-cose" in reply
    assert page.bot.asked == []
    assert rows(page, "SELECT 1 FROM conversations") == []
    assert not await on_disk(page, "mandragola")
    assert page.fake.refused == []


@pytest.mark.messenger(22)
async def test_an_unclear_question_is_invited_to_write(page: Page) -> None:
    """When no entry is sure the private reply only opens the conversation."""
    found(page, "personal_case")
    page.fake.comment("Bruno", "A che punto è la mia domanda?")
    await done(page)
    (reply,) = private(page, "Bruno")
    assert "scrivimi qui la tua domanda" in reply
    assert "/domande/" not in reply


@pytest.mark.messenger(8)
async def test_a_comment_that_comes_again_is_answered_once(page: Page) -> None:
    """The same change again, in another call too: one pointer and one private reply."""
    found(page, "ask_which", "laurea-che-cose")
    page.fake.duplicate_next()
    comment_id = page.fake.comment("Bruno", WORDS)
    await done(page)
    delivered = page.fake.queue.last
    page.fake.redeliver_last()
    await done(page)
    assert delivered is not None
    assert len(public(page, comment_id)) == len(private(page, "Bruno")) == 1


@pytest.mark.messenger(38)
@pytest.mark.parametrize(
    ("text", "verdict"),
    [("che bella giornata", "off_topic"), ("boh", "dont_know"), ("stronzi", "answer"),
     ("👍", "dont_know"), ("", "answer"), ("x" * 5000, "answer")],
)  # fmt: skip
async def test_what_is_no_question_is_left_alone(page: Page, text: str, verdict: str) -> None:
    """Small talk, insults, pictures and endless texts get nothing, in public or in private."""
    found(page, verdict)
    comment_id = page.fake.comment("Bruno", text)
    await page.fake.settled()
    assert rows(page, "SELECT state FROM messenger_comments") == [("ignored",)]
    assert public(page, comment_id) == private(page, "Bruno") == []


@pytest.mark.messenger(11)
async def test_our_own_comments_are_not_answered(page: Page) -> None:
    """The pointer comes back as a comment of the page: nothing is said to it."""
    found(page, "answer", "laurea-che-cose")
    page.fake.comment("Bruno", WORDS)
    await done(page)
    assert len(page.fake.comments) == 2
    assert len(rows(page, "SELECT 1 FROM messenger_comments")) == 1


@pytest.mark.messenger(16)
async def test_personal_data_in_public_go_to_a_moderator(page: Page) -> None:
    """Not answered, the words not kept: kinds and a place to look; hidden when a person says so."""
    found(page, "answer", "laurea-che-cose")
    comment_id = page.fake.comment("Bruno", "Sono RSSMRA85T10A562S, a che punto è?")
    await page.fake.settled()
    moderation = page.client.app[MODERATION]
    (remark,) = await moderation.to_moderate()
    assert (remark.comment_id, remark.post_id) == (comment_id, f"{page.channel.page_id}_1001")
    assert remark.kinds
    assert not await on_disk(page, "RSSMRA85T10A562S")
    assert public(page, comment_id) == private(page, "Bruno") == []
    assert not page.fake.comments[comment_id].hidden
    assert await moderation.hide(comment_id)
    assert page.fake.comments[comment_id].hidden
    assert await moderation.to_moderate() == []


@pytest.mark.messenger(33)
async def test_a_moderator_may_leave_it_and_hears_of_a_failure(page: Page) -> None:
    """Left alone it stays; a comment that cannot be hidden stays in the list."""
    first = page.fake.comment("Bruno", "IBAN IT60X0542811101000000123456")
    second = page.fake.comment("Dora", "IBAN IT60X0542811101000000123456")
    await page.fake.settled()
    moderation = page.client.app[MODERATION]
    await moderation.leave(first)
    page.fake.comments[second].removed = True
    assert not await moderation.hide(second)
    assert [one.comment_id for one in await moderation.to_moderate()] == [second]
    assert not page.fake.comments[first].hidden
    page.fake.remove_comment(second)
    await page.fake.settled()
    assert await moderation.to_moderate() == []


@pytest.mark.messenger(33)
async def test_a_busy_platform_is_waited_for(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """The private reply was refused for now: it comes later, and the pointer is not repeated."""
    monkeypatch.setattr(graph, "_RATE_SECONDS", 0.05)
    found(page, "answer", "laurea-che-cose")
    page.fake.fail_next(2, "613")
    comment_id = page.fake.comment("Bruno", WORDS)
    await done(page)
    assert len(public(page, comment_id)) == len(private(page, "Bruno")) == 1


@pytest.mark.messenger(34)
@pytest.mark.parametrize("fault", ["timeout_after", "timeout_before", "500"])
async def test_a_reply_of_unknown_outcome_is_not_repeated(page: Page, fault: Any) -> None:
    """Comments have no echo that could tell: at most once, whatever happened."""
    found(page, "answer", "laurea-che-cose")
    page.fake.fail_next(1, fault)
    comment_id = page.fake.comment("Bruno", WORDS)
    await done(page)
    assert len(public(page, comment_id)) == 1
    assert len(private(page, "Bruno")) == (1 if fault == "timeout_after" else 0)


@pytest.mark.messenger(33)
async def test_a_stopped_channel_keeps_comments(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is refused: the comment waits, and nothing of it is lost."""
    found(page, "answer", "laurea-che-cose")
    page.fake.fail_next(1, "190")
    page.fake.comment("Bruno", WORDS)
    query = "SELECT state, pointer_sent, private_sent, attempts FROM messenger_comments"
    await until(lambda: rows(page, query) == [("answer", 1, 0, 1)])
    assert private(page, "Bruno") == []


@pytest.mark.messenger(7)
async def test_a_comment_that_breaks_the_search_stops_nothing(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is left and logged without its words; a refused batch would come again for ever."""

    def broken(*_asked: Any) -> Matched:
        raise ZeroDivisionError(WORDS)

    monkeypatch.setattr(page.client.app[KNOWLEDGE], "match", broken)
    page.fake.batch(2)
    page.fake.comment("Bruno", WORDS)
    page.fake.say(page.anna, "Quanto costa?")
    await page.hears("Fonte")
    assert {one.status for one in page.fake.deliveries} == {200}
    assert rows(page, "SELECT state FROM messenger_comments") == [("ignored",)]
    assert "mandragola" not in caplog.text


@pytest.mark.messenger(10)
async def test_comments_can_be_left_to_others(
    folder: Path, content: Unindexed, quick: None
) -> None:
    """With the setting off a comment is acknowledged, and nothing is done or written down."""
    async with open_page(folder, content, comments=False) as page:
        found(page, "answer", "laurea-che-cose")
        comment_id = page.fake.comment("Bruno", WORDS)
        await page.fake.settled()
        assert rows(page, "SELECT 1 FROM messenger_comments") == []
        assert public(page, comment_id) == private(page, "Bruno") == []


@pytest.mark.messenger(22)
async def test_an_old_comment_gets_no_private_reply(page: Page) -> None:
    """It reaches us after more than seven days: the platform would refuse, so we do not try."""
    found(page, "answer", "laurea-che-cose")
    page.fake.hold()
    page.fake.comment("Bruno", WORDS)
    page.fake.advance(days=8)
    await advance(page)
    page.fake.release()
    await done(page)
    assert private(page, "Bruno") == []
    assert page.fake.refused == []
