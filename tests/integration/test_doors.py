"""Who may do what over HTTP: the real application with a scripted bot."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from aiohttp import WSMsgType
from aiohttp.test_utils import TestClient

from bussola.web.keys import SETTINGS
from bussola.web.permissions import RULES

PASSWORD = "una-password-di-prova"


async def start(client: TestClient) -> tuple[str, dict[str, str]]:
    body = await (await client.post("/api/v1/conversations")).json()
    return body["conversation_id"], {"Authorization": f"Bearer {body['token']}"}


def routes(client: TestClient) -> Iterator[tuple[str, str, str]]:
    """(method, path, audience) of every route, with parameters filled in."""
    for route, audience in client.app[RULES].items():  # type: ignore[index]
        path = route.resource.canonical.replace("{id}", "1").replace("{code}", "x")
        yield route.method, path.replace("{rest}", "x"), audience


async def test_every_route_says_who_may_use_it(client: TestClient) -> None:
    """A route without an audience would be closed; there is none but the static files."""
    declared = set(client.app[RULES])  # type: ignore[index]
    for route in client.app.router.routes():  # type: ignore[union-attr]
        if route.method == "HEAD" or "static" in str(route.resource):
            continue
        assert route in declared, route


async def test_strangers_reach_no_staff_route(client: TestClient) -> None:
    """Each route for staff sends a stranger to the sign-in."""
    for method, path, audience in routes(client):
        if audience in {"staff", "expert", "curator"}:
            answer = await client.request(method, path, allow_redirects=False)
            assert answer.status == 302, path
            assert answer.headers["Location"].startswith("/accesso"), path


async def test_roles_do_not_open_each_others_doors(client: TestClient) -> None:
    """A curator reads no case; an expert edits no entry."""
    for role, target in (("curator", "/desk"), ("expert", "/studio")):
        form = {"login": role, "password": PASSWORD}
        await client.post("/accesso", data=form)
        assert (await client.get(target)).status == 403


async def test_unsafe_requests_of_staff_need_origin_and_token(client: TestClient) -> None:
    """A form on another site can do nothing in an expert's name."""
    await client.post("/accesso", data={"login": "expert", "password": PASSWORD})
    for method, path, audience in routes(client):
        if method == "POST" and audience in {"staff", "expert", "curator"}:
            assert (await client.post(path, allow_redirects=False)).status == 403, path
            foreign = {"Origin": "https://evil.example"}
            assert (await client.post(path, headers=foreign)).status == 403, path


@pytest.mark.parametrize("login", ["expert", "nobody"])
async def test_wrong_passwords_are_counted(client: TestClient, login: str) -> None:
    """After ten tries the door stays shut, with the same words for known and unknown names."""
    statuses = []
    for _ in range(12):
        answer = await client.post("/accesso", data={"login": login, "password": "sbagliata"})
        statuses.append(answer.status)
    assert statuses[:10] == [401] * 10
    assert statuses[10:] == [429] * 2


async def test_a_conversation_opens_only_with_its_own_token(client: TestClient) -> None:
    """Another conversation's token, a forged one and none are all refused."""
    mine, my_key = await start(client)
    _, other_key = await start(client)
    forged = {"Authorization": f"Bearer {mine}.{'A' * 27}"}
    for headers in (other_key, forged, {}, {"Authorization": "Bearer "}):
        assert (
            await client.get(f"/api/v1/conversations/{mine}/events", headers=headers)
        ).status == 403
    assert (await client.get(f"/api/v1/conversations/{mine}/events", headers=my_key)).status == 200


ORIGINS = (
    ("https://comune.example.it", True), ("https://comune.example.it.evil.com", False),
    ("http://comune.example.it", False), ("https://comune.example.it:8443", False),
    ("https://evil.com", False), ("null", False), ("https://COMUNE.example.it", False),
    ("file://", False), ("https://xn--comune.example.it", False),
)  # fmt: skip


@pytest.mark.parametrize(("origin", "allowed"), ORIGINS)
async def test_only_listed_sites_embed_the_chat(
    client: TestClient, origin: str, allowed: bool
) -> None:
    """The list is exact: scheme, host and port."""
    headers = {"Origin": origin}
    started = await client.post("/api/v1/conversations", headers=headers)
    assert (started.status == 201) is allowed
    socket = await client.get("/api/v1/socket", headers=headers)
    assert (socket.status != 403) is allowed


async def test_the_socket_wants_a_signed_hello(client: TestClient) -> None:
    """Anything else is closed with "policy violation"."""
    for hello in ("[]", "{}", '{"token": 5}', '{"token": "x.y", "last_event_id": 0}', "no json"):
        async with client.ws_connect("/api/v1/socket") as socket:
            await socket.send_str(hello)
            message = await socket.receive()
            assert message.type is WSMsgType.CLOSE
            assert message.data == 1008


async def test_bad_frames_get_a_sentence_and_the_socket_lives(client: TestClient) -> None:
    """A broken widget hears what is wrong, in Italian, and may go on."""
    _, key = await start(client)
    async with client.ws_connect("/api/v1/socket") as socket:
        await socket.send_json({"token": key["Authorization"][7:], "last_event_id": 99})
        assert (await socket.receive_json())["type"] == "speaker"
        for frame in ("x", "[]", "{}", json.dumps({"client_id": "short", "text": "ciao"})):
            await socket.send_str(frame)
            answer = await socket.receive_json()
            assert answer["type"] == "refused"
            assert answer["text"]
        await socket.send_json({"client_id": "abcdefgh1", "text": "ciao"})
        assert (await socket.receive_json())["type"] in {"accepted", "event"}


REFUSED = (
    ({"client_id": "abcdefgh1", "text": ""}, 422), ({"client_id": "abcdefgh1", "text": "x" * 2001}, 422),
    ({"client_id": "abcdefgh1", "button": "99:x"}, 422), ({"client_id": "abcdefgh1", "text": 5}, 422),
    ({"client_id": "x", "text": "ciao"}, 422), ({"text": "ciao"}, 422),
    ({"client_id": "abcdefgh1", "text": "ciao", "sender": "other"}, 422),
)  # fmt: skip


@pytest.mark.parametrize(("body", "status"), REFUSED)
async def test_bad_messages_are_refused_with_a_sentence(
    client: TestClient, body: dict[str, object], status: int
) -> None:
    """Nothing is stored, and the citizen is told why."""
    mine, key = await start(client)
    url = f"/api/v1/conversations/{mine}"
    answer = await client.post(f"{url}/messages", json=body, headers=key)
    assert answer.status == status
    assert (await answer.json())["text"]
    events = (await (await client.get(f"{url}/events", headers=key)).json())["events"]
    assert [e["author"] for e in events] == ["bot"]


async def test_a_flood_is_slowed_down_and_nothing_accepted_is_lost(client: TestClient) -> None:
    """Thirty messages in a moment: some are refused, each accepted one is in the history."""
    mine, key = await start(client)
    url = f"/api/v1/conversations/{mine}"
    accepted = 0
    for i in range(30):
        body = {"client_id": f"flood-{i:04}", "text": str(i)}
        accepted += (await client.post(f"{url}/messages", json=body, headers=key)).status == 202
    assert 0 < accepted < 30
    events = (await (await client.get(f"{url}/events", headers=key)).json())["events"]
    assert sum(e["author"] == "citizen" for e in events) == accepted


async def test_knowledge_answers_only_its_client(client: TestClient) -> None:
    """Without the token nobody asks it; with the token a bad question is a 422."""
    assert (await client.post("/knowledge/match", json={"text": "x"})).status == 401
    known = {"Authorization": f"Bearer {client.app[SETTINGS].knowledge_token}"}  # type: ignore[index]
    assert (await client.post("/knowledge/match", json={"txt": "x"}, headers=known)).status == 422
    answer = await client.post("/knowledge/match", json={"text": "ferie"}, headers=known)
    assert answer.status == 200


async def test_guessing_case_codes_is_slowed_down(client: TestClient) -> None:
    """Ten wrong codes from one address, then a pause."""
    statuses = [(await client.get(f"/pratica/AAAA-BBBB-{i:04}")).status for i in range(12)]
    assert statuses[:10] == [404] * 10
    assert statuses[10:] == [429] * 2


async def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    """Pages, errors and the API alike."""
    for path in ("/", "/nope", "/api/v1/openapi.json", "/domande", "/accesso"):
        headers = (await client.get(path)).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert "script-src 'self'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path
