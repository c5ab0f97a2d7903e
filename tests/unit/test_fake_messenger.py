"""The simulated Messenger Platform is as strict as the real one; every claim over real sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bussola.testing.messenger import PAGE_INBOX, FakeMessenger, Person
from bussola.testing.messenger.people import scoped_id

SECRET, TOKEN, PAGE = "app-secret", "page-token", "111222333444555"


@dataclass
class Webhook:
    """The other side: keeps raw bodies, answers the next of `statuses`, else 200."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    slow: float = 0.0

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.slow)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def greet(self, request: web.Request) -> web.Response:
        right = request.query["hub.verify_token"] == "verify"
        return web.Response(
            text=request.query["hub.challenge"] if right else "", status=200 if right else 403
        )

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """Those of `messaging`, in the order in which they came."""
        entries = [entry for body in self.bodies for entry in json.loads(body)["entry"]]
        events = [event for entry in entries for event in entry.get("messaging", [])]
        return [event for event in events if kind in event or not kind]


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    hook = Webhook()
    app = web.Application()
    app.add_routes([web.post("/hook", hook.take), web.get("/hook", hook.greet)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


@pytest.fixture
async def fake(webhook: Webhook) -> AsyncIterator[FakeMessenger]:
    one = FakeMessenger("99887766", SECRET, PAGE, TOKEN, "verify", webhook.url)
    one.queue.pauses = (0.0, 0.01)
    async with one.serving():
        yield one


@pytest.fixture
def anna(fake: FakeMessenger) -> Person:
    """A citizen who has just written."""
    person = fake.person("Anna")
    fake.say(person, "buongiorno")
    return person


async def call(
    fake: FakeMessenger, path: str, body: Any = None, method: str = "POST", **options: Any
) -> tuple[int, dict[str, Any]]:
    """Status and JSON of a Graph call with the right token."""
    headers = {"Authorization": f"Bearer {options.pop('token', TOKEN)}"}
    url = f"{fake.url}/{options.pop('version', 'v26.0')}/{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, json=body, headers=headers, **options) as answer,
    ):
        return answer.status, await answer.json()


async def send(
    fake: FakeMessenger, person: Person | dict[str, str], message: Any = "ciao", **more: Any
) -> tuple[int, dict[str, Any]]:
    recipient = {"id": person.psid} if isinstance(person, Person) else person
    content = {"text": message} if isinstance(message, str) else message
    body = {"recipient": recipient, "messaging_type": "RESPONSE", "message": content, **more}
    return await call(fake, "me/messages", body)


def code(answer: tuple[int, dict[str, Any]]) -> tuple[int, int | None]:
    return answer[1]["error"]["code"], answer[1]["error"].get("error_subcode")


# What leaves for the webhook


async def test_both_signatures_are_over_the_raw_bytes(fake, webhook, anna):
    """SHA-256 and SHA-1 with the app secret, checked here from scratch."""
    await fake.settled()
    body, headers = webhook.bodies[0], webhook.headers[0]
    for header, name in (("X-Hub-Signature-256", "sha256"), ("X-Hub-Signature", "sha1")):
        mark = hmac.new(SECRET.encode(), body, name).hexdigest()
        assert headers[header] == f"{name}={mark}"


async def test_the_body_is_escaped_as_the_platform_does(fake, webhook):
    """Accents in lower-case hex, an emoji as a pair, slashes with a backslash, ASCII only."""
    fake.say(fake.person("Bo"), "è € 😀 a/b")
    await fake.settled()
    assert rb"\u00e8 \u20ac \ud83d\ude00 a\/b" in webhook.bodies[0]
    assert webhook.bodies[0].isascii()
    assert webhook.events()[0]["message"]["text"] == "è € 😀 a/b"


async def test_an_event_names_page_person_and_milliseconds(fake, webhook, anna):
    """The documented envelope, and a PSID of 16 or 17 digits that another Page does not share."""
    await fake.settled()
    content = json.loads(webhook.bodies[0])
    event = content["entry"][0]["messaging"][0]
    assert content["object"] == "page"
    assert content["entry"][0]["id"] == PAGE
    assert event["sender"] == {"id": anna.psid}
    assert event["recipient"] == {"id": PAGE}
    assert abs(event["timestamp"] - fake.now().timestamp() * 1000) < 60_000
    assert anna.psid.isdigit()
    assert len(anna.psid) in {16, 17}
    assert anna.psid != scoped_id("another page", "Anna")


async def test_the_webhook_is_verified_with_the_token(fake):
    """The GET is right only with the token that was agreed."""
    assert await fake.verify_webhook()
    assert not await fake.verify_webhook("another")


@pytest.mark.parametrize("statuses", [[500], [403, 503, 404]])
async def test_all_but_a_200_is_sent_again(fake, webhook, statuses):
    """The same bytes until a 200, and the log tells each status."""
    webhook.statuses = list(statuses)
    fake.say(fake.person("Bo"), "ci siete?")
    await fake.settled()
    assert len(webhook.bodies) == len(statuses) + 1
    assert len(set(webhook.bodies)) == 1
    assert [one.status for one in fake.deliveries] == [*statuses, 200]
    assert all(one.ms > 0 for one in fake.deliveries)


async def test_a_slow_webhook_has_failed(fake, webhook):
    """No answer in time counts as no answer."""
    webhook.slow, fake.courier.answer_seconds = 0.2, 0.05
    fake.say(fake.person("Bo"), "ci siete?")
    await fake.until(lambda: fake.deliveries)
    webhook.slow = 0.0
    await fake.settled()
    assert [fake.deliveries[0].outcome, fake.deliveries[-1].outcome] == ["timeout", "accepted"]


async def test_a_lost_answer_brings_the_same_message_twice(fake, webhook):
    """The webhook has answered, the platform does not know."""
    fake.lose_next_response()
    fake.say(fake.person("Bo"), "una volta")
    await fake.settled()
    mids = [event["message"]["mid"] for event in webhook.events("message")]
    assert len(mids) == 2
    assert len(set(mids)) == 1
    assert [one.outcome for one in fake.deliveries] == ["lost", "accepted"]


async def test_duplicates_and_redeliveries_are_the_same_bytes(fake, webhook):
    """Ordered by the test, although the webhook said 200."""
    fake.duplicate_next()
    fake.say(fake.person("Bo"), "due volte")
    await fake.settled()
    fake.redeliver_last()
    await fake.settled()
    assert len(webhook.bodies) == 3
    assert len(set(webhook.bodies)) == 1


async def test_held_events_can_leave_in_another_order(fake, webhook):
    """All arrive, but not by their timestamps."""
    bo = fake.person("Bo")
    fake.hold()
    for number in range(6):
        fake.say(bo, str(number))
    assert not webhook.bodies
    fake.shuffle()
    fake.release()
    await fake.settled()
    stamps = [event["timestamp"] for event in webhook.events()]
    assert len(stamps) == 6
    assert stamps != sorted(stamps)


async def test_many_events_travel_in_one_post(fake, webhook):
    """Two people and a standby: three events, two entries, one POST; 1000 at most."""
    fake.batch(3)
    fake.say(fake.person("Anna"), "uno")
    fake.say(fake.person("Bo"), "due")
    fake.standby(fake.person("Bo"), "tre")
    await fake.settled()
    assert len(webhook.bodies) == 1
    entries = json.loads(webhook.bodies[0])["entry"]
    assert [len(one.get("messaging", [])) for one in entries] == [2, 0]
    assert entries[1]["standby"][0]["message"]["text"] == "tre"
    with pytest.raises(ValueError, match="1000"):
        fake.batch(1001)


async def test_an_hour_of_failures_unsubscribes_the_app(fake, webhook):
    """By the simulator's clock; later events are lost until the app subscribes again."""
    bo = fake.person("Bo")
    fake.queue.pauses = (0.0, 60.0)
    webhook.statuses = [500] * 9
    fake.say(bo, "persa")
    await fake.until(lambda: len(webhook.bodies) == 2)
    fake.advance(hours=1)
    await fake.settled()
    assert fake.deliveries[-1].outcome == "given_up"
    assert (await call(fake, f"{PAGE}/subscribed_apps", method="GET"))[1] == {"data": []}
    webhook.statuses = []
    fake.say(bo, "persa anche questa")
    fields = {"subscribed_fields": "messages,messaging_postbacks"}
    assert (await call(fake, f"{PAGE}/subscribed_apps", fields))[0] == 200
    fake.say(bo, "di nuovo")
    await fake.settled()
    assert webhook.events()[-1]["message"]["text"] == "di nuovo"
    assert len(fake.queue.unheard) == 1


async def test_an_event_is_given_up_after_36_hours(fake, webhook):
    """One event fails for ever while others pass: the app stays, the event goes."""
    bo = fake.person("Bo")
    fake.queue.pauses = (3600.0,)
    webhook.statuses = [500]
    fake.say(bo, "sfortunata")
    await fake.until(lambda: fake.deliveries)
    fake.hold()
    fake.advance(hours=37)
    fake.say(bo, "fortunata")
    fake.queue.waiting.reverse()
    webhook.statuses = [200, 500]
    fake.release()
    await fake.settled()
    assert [one.outcome for one in fake.deliveries] == ["refused", "accepted", "given_up"]
    assert fake.queue.subscribed


# What people do


async def test_buttons_and_quick_replies_arrive_with_their_payload(fake, webhook, anna):
    """A tap is a message, a press is a postback; quick replies go, buttons stay."""
    choice = {"content_type": "text", "title": "Sì", "payload": "7:yes"}
    button = {"type": "postback", "title": "Apri", "payload": "7:open"}
    template = {"template_type": "button", "text": "Vuoi?", "buttons": [button]}
    await send(fake, anna, {"attachment": {"type": "template", "payload": template}})
    await send(fake, anna, {"text": "Va bene?", "quick_replies": [choice]})
    fake.tap(anna, "7:yes")
    with pytest.raises(LookupError):
        fake.tap(anna, "7:yes")
    fake.press(anna, "7:open")
    await fake.settled()
    tapped = [e for e in webhook.events("message") if "quick_reply" in e["message"]]
    assert tapped[0]["message"]["text"] == "Sì"
    assert tapped[0]["message"]["quick_reply"] == {"payload": "7:yes"}
    postback = webhook.events("postback")[0]["postback"]
    assert (postback["title"], postback["payload"]) == ("Apri", "7:open")


async def test_a_sticker_is_not_an_image(fake, webhook, anna):
    """Its own kind since 30 August 2026, with its id; a location has coordinates."""
    for kind in ("sticker", "image", "location"):
        fake.send_attachment(anna, kind)
    await fake.settled()
    found = [event["message"].get("attachments") for event in webhook.events("message")][1:]
    assert [len(one) for one in found] == [1, 1, 1]
    assert [one[0]["type"] for one in found] == ["sticker", "image", "location"]
    assert found[0][0]["payload"]["sticker_id"]
    assert found[2][0]["payload"]["coordinates"]["lat"]


async def test_edited_and_deleted_messages_keep_their_mid(fake, webhook, anna):
    """At most five edits; a deleted message comes again without its text."""
    mid = anna.thread[0].mid
    for number in range(5):
        fake.edit(anna, f"buonasera {number}")
    with pytest.raises(LookupError):
        fake.edit(anna, "una di troppo")
    fake.unsend(anna)
    await fake.settled()
    edits = [event["message_edit"] for event in webhook.events("message_edit")]
    assert edits[-1] == {"mid": mid, "text": "buonasera 4", "num_edit": 5}
    assert webhook.events("message")[-1]["message"] == {"mid": mid, "is_deleted": True}


async def test_only_typed_texts_are_edited_and_presses_never_taken_back(fake, webhook, anna):
    """A sticker can be taken back but not edited; a pressed button neither."""
    mid, sticker = anna.thread[0].mid, fake.send_attachment(anna, "sticker")
    pressed = fake.get_started(anna, "0:start")
    assert fake.edit(anna, "volevo dire") == mid
    for impossible in (sticker, pressed):
        with pytest.raises(LookupError):
            fake.edit(anna, "no", impossible)
    with pytest.raises(LookupError):
        fake.unsend(anna, pressed)
    assert fake.unsend(anna) == sticker


async def test_every_other_act_has_its_documented_shape(fake, webhook, anna):
    """Reaction, referral, read, hand-over, echo of the Page inbox, Get Started, what is unknown."""
    fake.page_inbox_says(anna, "Sono Rosa")
    fake.react(anna)
    fake.open_ref(anna, "manifesto")
    fake.read(anna)
    for act in ("take", "pass", "request"):
        fake.hand_over(anna, act)
    fake.get_started(anna, "0:start", ref="volantino")
    fake.other_event(anna, "messages", {"never_heard_of": {}})
    await fake.settled()
    echo = webhook.events("message")[1]
    assert echo["message"]["app_id"] == PAGE_INBOX
    assert echo["message"]["is_echo"] is True
    assert (echo["sender"]["id"], echo["recipient"]["id"]) == (PAGE, anna.psid)
    assert webhook.events("reaction")[0]["reaction"]["mid"] == echo["message"]["mid"]
    assert webhook.events("referral")[0]["referral"]["ref"] == "manifesto"
    assert webhook.events("read")[0]["read"]["watermark"]
    assert webhook.events("take_thread_control")[0]["take_thread_control"]
    assert webhook.events("pass_thread_control")[0]["pass_thread_control"]["new_owner_app_id"]
    assert webhook.events("request_thread_control")
    assert webhook.events("postback")[0]["postback"]["referral"]["ref"] == "volantino"
    assert webhook.events("never_heard_of")


async def test_timestamps_never_repeat(fake, webhook):
    """Two acts of the same moment have an order."""
    bo = fake.person("Bo")
    for number in range(20):
        fake.say(bo, str(number))
    await fake.settled()
    stamps = [event["timestamp"] for event in webhook.events()]
    assert all(earlier < later for earlier, later in pairwise(stamps))


# The Send API


async def test_a_send_is_kept_echoed_delivered_and_read(fake, webhook, anna):
    """The echo carries our app id and metadata; read only when the thread is open."""
    anna.thread_open = True
    status, answer = await send(fake, anna, {"text": "ecco", "metadata": "m-1"})
    await fake.settled()
    assert (status, set(answer)) == (200, {"recipient_id", "message_id"})
    echo = webhook.events("message")[-1]["message"]
    assert echo["is_echo"] is True
    assert (echo["app_id"], echo["metadata"]) == (99887766, "m-1")
    assert echo["mid"] == answer["message_id"]
    assert webhook.events("delivery")[-1]["delivery"]["mids"] == [answer["message_id"]]
    assert len(webhook.events("read")) == 1
    assert [(one.text, one.metadata) for one in fake.to(anna)] == [("ecco", "m-1")]


def quick(count: int = 1, title: str = "Sì", payload: str = "p") -> dict[str, Any]:
    reply = {"content_type": "text", "title": title, "payload": payload}
    return {"text": "?", "quick_replies": [reply] * count}


def buttons(count: int = 1, text: str = "?", **more: str) -> dict[str, Any]:
    button = {"type": "postback", "title": "Apri", "payload": "p"} | more
    return template(template_type="button", text=text, buttons=[button] * count)


def cards(count: int = 1, of_buttons: int = 1, **more: str) -> dict[str, Any]:
    button = {"type": "web_url", "title": "Vai", "url": "https://example.org"}
    card = {"title": "Orari", "buttons": [button] * of_buttons} | more
    return template(template_type="generic", elements=[card] * count)


def template(**payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


@pytest.mark.parametrize(
    ("fits", "too_much"),
    [
        ("a" * 2000, "a" * 2001),
        ("😀" * 1000, "😀" * 1001),
        ({"text": "a", "metadata": "m" * 1000}, {"text": "a", "metadata": "m" * 1001}),
        (quick(13), quick(14)),
        (quick(title="t" * 20), quick(title="t" * 21)),
        (quick(title="t"), quick(title="")),
        (quick(payload="p" * 1000), quick(payload="p" * 1001)),
        (buttons(3), buttons(4)),
        (buttons(1), buttons(0)),
        (buttons(text="t" * 640), buttons(text="t" * 641)),
        (buttons(title="t" * 20), buttons(title="t" * 21)),
        (buttons(payload="p" * 1000), buttons(payload="p" * 1001)),
        (cards(10), cards(11)),
        (cards(1, 3), cards(1, 4)),
        (cards(title="t" * 80), cards(title="t" * 81)),
        (cards(subtitle="t" * 80), cards(subtitle="t" * 81)),
        (buttons(type="postback"), buttons(type="share")),
        ("a", ""),
        ("a", {"text": "a", **buttons()}),
        ("a", {"text": 7}),
        ("a", template(template_type="airline_itinerary")),
        (cards(), cards(buttons="no")),
        (buttons(type="web_url", url="https://a.it"), buttons(type="web_url", url="mailto:a@b")),
    ],
)
async def test_limits_hold_to_the_unit(fake, anna, fits, too_much):
    """The last that fits is accepted, the first that does not is code 100 and nothing is sent."""
    assert (await send(fake, anna, fits))[0] == 200
    refused = await send(fake, anna, too_much)
    assert refused[0] == 400
    assert code(refused)[0] == 100
    assert {"message", "type", "code", "fbtrace_id"} <= set(refused[1]["error"])
    assert len(fake.sends) == 1


async def test_the_windows_follow_the_moved_clock(fake, anna):
    """24 hours for anyone, 7 days for a person with the tag, then nobody; echo and read open none."""
    human = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    fake.advance(hours=23.9)
    assert (await send(fake, anna))[0] == 200
    fake.read(anna)
    fake.page_inbox_says(anna, "un attimo")
    fake.advance(hours=0.2)
    assert code(await send(fake, anna)) == (10, 2018278)
    assert code(await send(fake, anna, messaging_type="UPDATE")) == (10, 2018278)
    assert (await send(fake, anna, **human))[0] == 200
    fake.human_agent = False
    assert code(await send(fake, anna, **human)) == (10, 2018065)
    fake.human_agent = True
    fake.advance(days=6)
    assert code(await send(fake, anna, **human)) == (10, 2018278)
    fake.react(anna)
    assert (await send(fake, anna))[0] == 200
    with pytest.raises(ValueError, match="forward"):
        fake.advance(hours=-1)


@pytest.mark.parametrize(
    "kind",
    [
        {"messaging_type": None},
        {"messaging_type": "REPLY"},
        {"messaging_type": "MESSAGE_TAG"},
        {"messaging_type": "MESSAGE_TAG", "tag": "CONFIRMED_EVENT_UPDATE"},
        {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"},
        {"tag": "HUMAN_AGENT"},
    ],
)
async def test_a_type_is_needed_and_one_tag_is_left(fake, anna, kind):
    """The tags that died on 27 April 2026 are an invalid parameter."""
    assert code(await send(fake, anna, **kind))[0] == 100


async def test_who_is_unknown_new_or_has_blocked_gets_nothing(fake, anna):
    """100 for no such PSID, the window for who never wrote, 551 for who has blocked the Page."""
    assert code(await send(fake, {"id": "1"})) == (100, 2018001)
    assert code(await send(fake, fake.person("Nuovo"))) == (10, 2018278)
    fake.block(anna)
    refused = await send(fake, anna)
    assert code(refused) == (551, 1545041)
    with pytest.raises(PermissionError):
        fake.say(anna, "non posso")


async def test_token_proof_and_version_are_checked(fake, anna):
    """190 for the token, 100 for the proof, an error for a version dead or not yet born."""
    assert code(await call(fake, "me", method="GET", token="old")) == (190, None)
    assert (await call(fake, "me", method="GET"))[1]["id"] == PAGE
    for version in ("v20.0", "v27.0", "latest"):
        assert code(await call(fake, "me", method="GET", version=version))[0] == 2500
    fake.require_proof = True
    assert code(await call(fake, "me", method="GET"))[0] == 100
    proof = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    for value, status in ((proof, 200), ("0" * 64, 400)):
        query = {"appsecret_proof": value}
        assert (await call(fake, "me", method="GET", params=query))[0] == status
    fake.advance(days=400)
    assert code(await call(fake, "me", method="GET", version="v21.0"))[0] == 2635


async def test_a_form_and_a_token_in_the_body_do_too(fake, anna):
    """As curl -d sends it; a body that is no JSON is code 100."""
    form = {
        "recipient": json.dumps({"id": anna.psid}),
        "message": json.dumps({"text": "dal modulo"}),
        "messaging_type": "RESPONSE",
        "access_token": TOKEN,
    }
    url = f"{fake.url}/v26.0/{PAGE}/messages"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=form) as answer:
            assert answer.status == 200
        kind = {"Content-Type": "application/json"}
        async with session.post(url, data=b"{", headers=kind) as answer:
            assert (await answer.json())["error"]["code"] == 100
    assert fake.sends[-1].text == "dal modulo"


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("429", 429, (4, None)),
        ("4", 400, (4, None)),
        ("613", 400, (613, None)),
        ("190", 401, (190, None)),
        ("2", 500, (2, None)),
        ("1200", 500, (1200, None)),
        ("551", 400, (551, 1545041)),
        ("1893063", 400, (10, 1893063)),
    ],
)
async def test_ordered_faults_have_the_real_codes(fake, anna, kind, status, expected):
    """Once; typing does not use the fault up; then all is well again."""
    fake.fail_next(1, kind)
    typing = {"recipient": {"id": anna.psid}, "sender_action": "typing_on"}
    assert await call(fake, "me/messages", typing) == (200, {"recipient_id": anna.psid})
    refused = await send(fake, anna)
    assert (refused[0], code(refused)) == (status, expected)
    assert not fake.sends
    assert (await send(fake, anna))[0] == 200


async def test_a_gateway_error_is_not_json(fake, anna):
    """HTTP 500 with a page, as when the API itself did not answer."""
    fake.fail_next(1, "500")
    with pytest.raises(aiohttp.ContentTypeError):
        await send(fake, anna)
    with pytest.raises(ValueError, match="unknown fault"):
        fake.fail_next(1, "418")


@pytest.mark.parametrize(("kind", "arrived"), [("timeout_before", 0), ("timeout_after", 1)])
async def test_a_send_can_vanish_before_or_after_it_was_done(fake, webhook, anna, kind, arrived):
    """The caller sees the same; only the echo tells."""
    fake.fail_next(1, kind)
    with pytest.raises(aiohttp.ClientError):
        await send(fake, anna, {"text": "forse", "metadata": "x"})
    await fake.settled()
    echoes = [e for e in webhook.events("message") if e["message"].get("metadata") == "x"]
    assert (len(fake.sends), len(echoes)) == (arrived, arrived)


async def test_a_hanging_call_outlasts_the_callers_patience(fake, anna):
    """With `hang_seconds` the client's own time-out ends the wait."""
    fake.hang_seconds = 0.3
    fake.fail_next(1, "timeout_before")
    body = {"recipient": {"id": anna.psid}, "messaging_type": "RESPONSE", "message": {"text": "a"}}
    with pytest.raises(TimeoutError):
        await call(fake, "me/messages", body, timeout=aiohttp.ClientTimeout(total=0.05))


async def test_too_many_in_a_second_is_613(fake, anna):
    """Texts and media are counted apart."""
    fake.texts_per_second, fake.media_per_second = 2, 1
    image = {"attachment": {"type": "image", "payload": {"url": "https://a.it/i.png"}}}
    answers = [await send(fake, anna, one) for one in ("a", "b", "c", image, image)]
    assert [answer[0] for answer in answers] == [200, 200, 400, 200, 400]
    assert code(answers[2])[0] == code(answers[4])[0] == 613


async def test_typing_and_seen_show_in_the_thread(fake, anna):
    """They do not last, and outside the window they are refused like a message."""
    for action in ("typing_on", "mark_seen"):
        await call(fake, "me/messages", {"recipient": {"id": anna.psid}, "sender_action": action})
    assert anna.seen
    assert anna.typing_until
    await send(fake, anna)
    assert anna.typing_until is None
    wrong = {"recipient": {"id": anna.psid}, "sender_action": "dance"}
    assert code(await call(fake, "me/messages", wrong))[0] == 100


# Comments, profile, subscription, data deletion


async def test_a_comment_can_be_answered_in_private_once(fake, webhook):
    """Within seven days; it does not open the window until the person writes."""
    comment_id = fake.comment("Dario", "a che ora aprite?")
    to_comment = {"comment_id": comment_id}
    status, answer = await send(fake, to_comment, "alle nove")
    dario = fake.person("Dario")
    assert (status, answer["recipient_id"]) == (200, dario.psid)
    assert code(await send(fake, to_comment))[0] == 10900
    assert code(await send(fake, dario)) == (10, 2018278)
    late = fake.comment("Dario", "e domani?")
    fake.advance(days=7.1)
    assert code(await send(fake, {"comment_id": late}))[0] == 10901
    fake.remove_comment(late)
    assert code(await send(fake, {"comment_id": late})) == (100, 33)
    await fake.settled()
    change = json.loads(webhook.bodies[0])["entry"][0]["changes"][0]
    assert (change["field"], change["value"]["item"], change["value"]["verb"]) == (
        "feed",
        "comment",
        "add",
    )
    assert change["value"]["from"]["id"] != dario.psid


async def test_a_public_answer_comes_back_as_a_comment_of_the_page(fake, webhook):
    """Whoever answers every comment would answer itself; a comment can be hidden."""
    comment_id = fake.comment("Dario", "buongiorno")
    status, answer = await call(fake, f"{comment_id}/comments", {"message": "Buongiorno!"})
    await fake.settled()
    value = json.loads(webhook.bodies[-1])["entry"][0]["changes"][0]["value"]
    assert status == 200
    assert (value["from"]["id"], value["parent_id"]) == (PAGE, comment_id)
    assert value["comment_id"] == answer["id"]
    assert (await call(fake, comment_id, {"is_hidden": True}))[1] == {"success": True}
    assert fake.comments[comment_id].hidden


QUESTION = {"question": "Quando aprite?", "payload": "0:t0"}
ITEM = {"type": "postback", "title": "Menu", "payload": "0:menu"}
START = {"get_started": {"payload": "0:start"}}


def breakers(count: int, locale: str = "default") -> dict[str, Any]:
    return {"ice_breakers": [{"locale": locale, "call_to_actions": [QUESTION] * count}]}


def menu(count: int, locale: str = "default") -> dict[str, Any]:
    return START | {"persistent_menu": [{"locale": locale, "call_to_actions": [ITEM] * count}]}


@pytest.mark.parametrize(
    ("fits", "wrong"),
    [
        (breakers(4), breakers(5)),
        (breakers(1), breakers(1, "it_IT")),
        (menu(3), menu(4)),
        (menu(1), menu(1, "it_IT")),
        (menu(1), {"persistent_menu": menu(1)["persistent_menu"]}),
        (START, {"get_started": {"payload": "p" * 1001}}),
        (
            {"greeting": [{"locale": "default", "text": "c" * 160}]},
            {"greeting": [{"locale": "default", "text": "c" * 161}]},
        ),
        (START, {"home_url": "https://a.it"}),
    ],
)
async def test_the_profile_has_its_limits(fake, fits, wrong):
    """What fits is read back as it was set; what does not changes nothing."""
    path = "me/messenger_profile"
    assert code(await call(fake, path, wrong))[0] == 100
    assert fake.profile.values == {}
    assert (await call(fake, path, fits))[1] == {"result": "success"}
    query = {"fields": ",".join(fits)}
    assert (await call(fake, path, method="GET", params=query))[1] == {"data": [fits]}


async def test_the_menu_needs_get_started_to_the_end(fake, webhook):
    """Get Started cannot be dropped under the menu; the acts use what is set."""
    path = "me/messenger_profile"
    await call(fake, path, menu(1) | breakers(1))
    refused = await call(fake, path, {"fields": ["get_started"]}, "DELETE")
    assert code(refused)[0] == 100
    bo = fake.person("Bo")
    fake.get_started(bo)
    fake.ice_breaker(bo, "0:t0")
    fake.menu(bo, "0:menu")
    await fake.settled()
    payloads = [event["postback"]["payload"] for event in webhook.events("postback")]
    assert payloads == ["0:start", "0:t0", "0:menu"]
    assert (await call(fake, path, {"fields": list(START | menu(1))}, "DELETE"))[0] == 200
    with pytest.raises(LookupError):
        fake.get_started(bo)


async def test_only_subscribed_fields_are_heard(fake, webhook):
    """An unknown field is refused; after DELETE nothing comes."""
    path = f"{PAGE}/subscribed_apps"
    assert code(await call(fake, path, {"subscribed_fields": ["dreams"]}))[0] == 100
    await call(fake, path, {"subscribed_fields": ["messages"]})
    listed = (await call(fake, path, method="GET"))[1]["data"][0]
    assert (listed["id"], listed["subscribed_fields"]) == ("99887766", ["messages"])
    bo = fake.person("Bo")
    fake.say(bo, "sentita")
    fake.read(bo)
    await call(fake, path, method="DELETE")
    fake.say(bo, "non sentita")
    await fake.settled()
    assert len(webhook.events()) == 1


async def test_profiles_of_citizens_and_other_pages_are_refused(fake, anna):
    """230 for a person's name, 100/33 for what is not ours."""
    assert code(await call(fake, anna.psid, method="GET"))[0] == 230
    assert code(await call(fake, "5/messages", {}))[0] == 100


async def test_a_signed_request_signs_the_encoded_payload(fake):
    """Checked here from scratch, over the text before it is decoded."""
    mark, payload = fake.signed_request("app-scoped-1").split(".")
    right = hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(mark + "=") == right
    content = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert (content["user_id"], content["algorithm"]) == ("app-scoped-1", "HMAC-SHA256")


# The practice page


async def test_the_page_acts_and_shows_what_happened(fake, webhook):
    """What the page posts becomes an event; its state holds the thread, the clock, the log."""
    async with aiohttp.ClientSession() as session:

        async def act(name: str, value: str = "", psid: str = "") -> tuple[int, dict[str, Any]]:
            body = {"act": name, "psid": psid, "value": value}
            async with session.post(f"{fake.url}/simulator/act", json=body) as answer:
                return answer.status, await answer.json()

        bo = (await act("meet", "Bo"))[1]["psid"]
        assert (await act("say", "ciao", bo))[0] == 200
        await fake.settled()
        assert webhook.events("message")[0]["message"]["text"] == "ciao"
        await send(fake, fake.people[bo], quick())
        async with session.get(f"{fake.url}/simulator/state?psid={bo}") as answer:
            state = await answer.json()
        assert [one["text"] for one in state["thread"]] == ["ciao", "?"]
        assert [one["title"] for one in state["choices"]] == ["Sì"]
        assert state["window"] == "open"
        assert state["deliveries"][-1]["status"] == 200
        assert (await act("clock", "25", bo))[1]["window"] == "human_agent"
        assert (await act("fail", "429", bo))[1]["faults"] == ["429"]
        assert (await act("unheard of", "", bo))[0] == 400
        assert (await act("clock", "-1", bo))[0] == 409
        await act("block", "", bo)
        status, answer = await act("say", "non passa", bo)
        assert (status, "bloccato" in answer["error"]) == (409, True)


async def test_the_page_is_served_whole_and_strict(fake):
    """Its files come from this server alone; another site cannot post to it as a form."""
    async with aiohttp.ClientSession() as session:
        async with session.get(fake.url) as answer:
            text = await answer.text()
            assert "Messenger di prova" in text
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        for name in ("page.css", "page.js", "thread.js", "panel.js"):
            async with session.get(f"{fake.url}/simulator/{name}") as answer:
                assert answer.status == 200
                assert "innerHTML" not in await answer.text()
        async with session.post(f"{fake.url}/simulator/act", data={"act": "say"}) as answer:
            assert answer.status == 415
