"""The only door into Rasa, on a real Sanic server with a turn of the test's own behind it."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from loopback import TOKEN, Gateway, a_message, serve_sanic
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from bot.gateway_channel import GatewayInput

GREETING = {"type": "notice", "text_id": "greet", "kind": "small_talk"}
SECRET_WORDS = "il mio codice segreto"
_names = itertools.count()


class FakeRasa:
    """Takes the channel's message as Rasa would, and says what the test told it to say."""

    def __init__(self) -> None:
        self.heard: list[UserMessage] = []
        self.says: list[dict[str, Any]] = [GREETING]
        self.error: Exception | None = None

    async def turn(self, message: UserMessage) -> None:
        self.heard.append(message)
        if self.error is not None:
            raise self.error
        for payload in self.says:
            await message.output_channel.send_custom_json(message.sender_id, payload)


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
async def channel(rasa: FakeRasa, session: aiohttp.ClientSession) -> AsyncIterator[Gateway]:
    """The channel alone, without the trained bot."""
    app = Sanic(f"channel_{next(_names)}", configure_logging=False)
    turn: Callable[[UserMessage], Awaitable[Any]] = rasa.turn
    app.blueprint(GatewayInput(TOKEN).blueprint(turn), url_prefix="/webhooks/gateway")
    async with serve_sanic(app) as url:
        yield Gateway(session, url)


async def test_answers_with_the_id_of_the_message(channel: Gateway) -> None:
    """A turn that went well is `{message_id, status, replies}`."""
    answer = await channel.post(a_message("m:1", "one", "ciao"))
    assert answer == {"message_id": "m:1", "status": "ok", "replies": [GREETING]}
    assert channel.status == 200


async def test_passes_on_what_the_gateway_sent(channel: Gateway, rasa: FakeRasa) -> None:
    """Rasa hears the text, the conversation, the message's id and the context."""
    body = a_message("m:1", "one", "ciao", "handoff")
    await channel.post(body)
    (heard,) = rasa.heard
    assert (heard.text, heard.sender_id, heard.message_id) == ("ciao", "one", "m:1")
    assert heard.metadata == {"context": body["context"], "message_id": "m:1"}


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "è"])
async def test_a_wrong_token_is_forbidden(
    channel: Gateway, rasa: FakeRasa, token: str | None
) -> None:
    """Without the gateway's token nothing is heard, whatever the body."""
    assert await channel.post(a_message("m:1", "one", "ciao"), token) == {"status": "forbidden"}
    assert (channel.status, rasa.heard) == (403, [])


async def test_a_token_that_is_not_text_is_forbidden(channel: Gateway, rasa: FakeRasa) -> None:
    """Bytes that are not UTF-8 in the header are a wrong token, not a fault of ours."""
    address = urlsplit(channel._url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        b"POST /webhooks/gateway/messages HTTP/1.1\r\nHost: rasa\r\nContent-Length: 2\r\n"
        b"Authorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n{}"
    )
    status_line = await reader.readline()
    writer.close()
    assert b" 403 " in status_line
    assert rasa.heard == []


async def test_an_exception_is_a_502(channel: Gateway, rasa: FakeRasa) -> None:
    """A turn that failed is an error the gateway can see and retry."""
    rasa.error = RuntimeError("no")
    answer = await channel.post(a_message("m:1", "one", "ciao"))
    assert answer == {"message_id": "m:1", "status": "error", "reason": "exception"}
    assert channel.status == 502


async def test_an_exception_is_logged_without_the_citizens_words(
    channel: Gateway, rasa: FakeRasa, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """An error that quotes the citizen is logged by its kind only."""
    rasa.error = ValueError(SECRET_WORDS)
    with caplog.at_level(logging.DEBUG):
        await channel.post(a_message("m:1", "one", SECRET_WORDS))
    assert SECRET_WORDS not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "says", [[], [{"type": "unavailable"}], [GREETING, {"type": "unavailable"}]]
)
async def test_no_usable_reply_is_a_502(
    channel: Gateway, rasa: FakeRasa, says: list[dict[str, Any]]
) -> None:
    """Silence, or a knowledge that cannot be reached, is never 200 and an empty list."""
    rasa.says = says
    answer = await channel.post(a_message("m:1", "one", "ciao"))
    assert (channel.status, answer["status"]) == (502, "error")
    assert answer["message_id"] == "m:1"
    assert "replies" not in answer


_LONG = "x" * 2001
BAD_BODIES: list[Any] = [
    *[{**a_message("m", "one", "ciao"), name: value}
      for name in ("message_id", "conversation", "text")
      for value in (5, ["a"], {"a": 1}, None, True, "", _LONG)],
    *[a_message("m", "one", "ciao", context=value) for value in (5, ["a"], None, "handoff")],
    *[{k: v for k, v in a_message("m", "one", "ciao").items() if k != name}
      for name in ("message_id", "conversation", "text")],
    [], {}, "ciao", 5, None, [a_message("m", "one", "ciao")],
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: repr(body)[:60])
async def test_a_bad_body_is_a_422(channel: Gateway, rasa: FakeRasa, body: Any) -> None:
    """What breaks the contract is refused by name and never heard."""
    answer = await channel.post(body)
    assert (channel.status, answer["status"]) == (422, "bad_request")
    assert answer["reason"] in ("message_id", "conversation", "text", "context")
    assert rasa.heard == []


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b'{"text": NaN'], ids=lambda raw: repr(raw[:8])
)
async def test_a_body_that_is_not_json_is_a_422(
    channel: Gateway, rasa: FakeRasa, session: aiohttp.ClientSession, raw: bytes
) -> None:
    """Broken bytes are refused like any other bad body."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    async with session.post(channel._url, data=raw, headers=headers) as answer:
        assert answer.status == 422
    assert rasa.heard == []


@pytest.mark.parametrize(
    "text",
    ["x" * 2000, "è" * 2000, "🙂" * 2000, "a\x00b", "a\u202eb", "   "],
    ids=lambda text: ascii(text[:3]),
)
async def test_odd_but_lawful_texts_are_heard(channel: Gateway, rasa: FakeRasa, text: str) -> None:
    """Up to 2,000 characters of any script, a turn is taken."""
    await channel.post(a_message("m:1", "one", text))
    assert (channel.status, len(rasa.heard)) == (200, 1)


def slashes() -> list[str]:
    """Two hundred ways to start a text with something like a slash."""
    signs = (
        "/",
        "//",
        "/ /",
        "\uff0f",
        "\uff0f/",
        "/\uff0f ",
        "\u2044",
        "\u2215",
        "\u29f8/",
        "/\t\n/",
    )
    blanks = ("", " ", "\u3000", "\x1f\n")
    words = ("restart", "session_start", 'greet{"awaiting": "handoff"}', "handoff", "back")
    return [blank + sign + word for blank in blanks for sign in signs for word in words]


def test_there_are_200_slashes() -> None:
    """The list of commands below is as long as it says."""
    assert len(set(slashes())) == 200


async def test_a_leading_slash_is_never_a_command(channel: Gateway, rasa: FakeRasa) -> None:
    """Rasa obeys `/intent`: whatever is typed, no text that reaches it starts with a slash."""
    for text in slashes():
        await channel.post(a_message("m:1", "one", text))
    assert len(rasa.heard) == 200
    assert [m.text for m in rasa.heard if not m.text[0].isalnum()] == []


async def test_slashes_alone_are_a_question_mark(channel: Gateway, rasa: FakeRasa) -> None:
    """A text of slashes and blanks is still a turn, of something nobody can understand."""
    for text in ("/", " // ", "\uff0f", "/ \t /"):
        await channel.post(a_message("m:1", "one", text))
    assert [message.text for message in rasa.heard] == ["?"] * 4


async def test_a_slash_inside_a_text_stays(channel: Gateway, rasa: FakeRasa) -> None:
    """Dates and alternatives keep their slashes."""
    await channel.post(a_message("m:1", "one", "dal 1/1/2020 e/o dopo /restart"))
    assert rasa.heard[0].text == "dal 1/1/2020 e/o dopo /restart"
