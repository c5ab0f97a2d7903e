"""channels/messenger, what comes in: who signed it, what happened, and its key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bussola.channels.messenger.codec import Happening, Kind, Unreadable, happenings
from bussola.channels.messenger.fields import event_key
from bussola.channels.messenger.signature import appsecret_proof, read_signed_request, verify

RECORDED = Path(__file__).parents[1] / "recorded" / "messenger"
SECRET = "f0e1d2c3b4a5968778695a4b3c2d1e0f"
PAGE, PERSON, OTHER = "104200000000042", "7310000000000001", "7310000000000002"
OURS, INBOX, DESK = "990000000000007", "263902037430900", "990000000000099"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MS = 1_795_339_800_000
KEY = re.compile(r"[me]-[0-9a-f]{40}")
STICKER = {"types": ["sticker"], "sticker_id": "369239263222822"}
REFERRAL = {"referral": {"ref": "volantino-caf", "source": "SHORTLINK", "type": "OPEN_THREAD"}}


def recorded(name: str) -> bytes:
    return (RECORDED / f"{name}.json").read_bytes()


def only(body: bytes) -> Happening:
    (happening,) = happenings(body)
    return happening


def key_of(mid: str) -> str:
    return "m-" + hashlib.sha256(mid.encode()).hexdigest()[:40]


def mid(name: str) -> str:
    return f"m_{name}-Qx7inventedQ0Zb3kLrA9f"


def said(person: str = PERSON, at: Any = MS, **parts: Any) -> dict[str, Any]:
    return {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": at, **parts}


def call(*events: Any, part: str = "messaging", page: Any = PAGE, time: Any = MS + 9) -> bytes:
    entry = {"id": page, "time": time, part: list(events)}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def comment(verb: str, text: str = "", **other: str) -> dict[str, Any]:
    detail = {
        "comment_id": "5550001_7770001",
        "post_id": f"{PAGE}_5550001",
        "parent_id": f"{PAGE}_5550001",
        "verb": verb,
        "from_id": "9955000000000003",
    }
    return {"kind": "comment", "person_id": "", "text": text, "detail": {**detail, **other}}


def of(name: str) -> dict[str, str]:
    return {"of": key_of(mid(name))}


def echo(name: str, app_id: str, metadata: str = "", **more: Any) -> dict[str, Any]:
    return {"app_id": app_id, "metadata": metadata, "mid": mid(name), **more}


EXPECTED: dict[str, dict[str, Any]] = {
    "text": {"kind": "message", "text": "Quanto costa riscattare la laurea?", "detail": {}},
    "text_escaped": {"kind": "message", "text": "Perchè 200 € e/o niente? 🤔", "detail": {}},
    "quick_reply": {"kind": "quick_reply", "text": "Sì, è questa", "payload": "4127:b1"},
    "postback_get_started": {"kind": "postback", "text": "Inizia", "payload": "0:start"},
    "postback_menu": {"kind": "postback", "text": "Parla con una persona", "payload": "0:person"},
    "postback_ice_breaker": {"kind": "postback", "text": "Come pago la colf?", "payload": "0:t2"},
    "postback_referral": {"kind": "postback", "payload": "0:start", "detail": REFERRAL},
    "referral": {"kind": "referral", "detail": REFERRAL},
    "reaction": {
        "kind": "reaction",
        "detail": {"action": "react", "reaction": "love", "emoji": "❤", **of("answer")},
    },
    "unreact": {
        "kind": "reaction",
        "detail": {"action": "unreact", "reaction": "", "emoji": "", **of("answer")},
        "at": AT + timedelta(seconds=2),
    },
    "read": {"kind": "read", "detail": {"watermark": MS - 1500}},
    "delivery": {
        "kind": "delivery",
        "detail": {"watermark": MS - 3000, "mids": [mid("answer"), mid("answer2")]},
        "at": AT - timedelta(seconds=3),
    },
    "image": {"kind": "attachment", "text": "", "detail": {"types": ["image"]}},
    "image_with_text": {
        "kind": "message",
        "text": "È giusta questa ricevuta?",
        "detail": {"types": ["image"]},
    },
    "sticker": {"kind": "attachment", "detail": STICKER},
    "sticker_transition": {"kind": "attachment", "detail": STICKER},
    "audio": {"kind": "attachment", "detail": {"types": ["audio"]}},
    "location": {"kind": "attachment", "detail": {"types": ["location"]}},
    "file": {"kind": "attachment", "detail": {"types": ["file"]}},
    "edit": {
        "kind": "edit",
        "text": "Quanto costa riscattare due anni di laurea?",
        "detail": of("text"),
        "at": AT + timedelta(seconds=9),
    },
    "deleted": {
        "kind": "deleted",
        "text": "",
        "detail": of("text"),
        "at": AT + timedelta(seconds=12),
    },
    "echo_own": {
        "kind": "echo",
        "text": "Costa così: ...",
        "detail": echo("echo", OURS, "out-8817"),
    },
    "echo_inbox": {"kind": "echo", "detail": echo("echohuman", INBOX)},
    "echo_attachment": {"kind": "echo", "detail": echo("echofile", INBOX, types=["file"])},
    "standby_text": {
        "kind": "standby",
        "text": "Grazie Carla, ho capito.",
        "detail": {"kind": "message"},
    },
    "standby_postback": {
        "kind": "standby",
        "text": "Parla con una persona",
        "payload": "",
        "detail": {"kind": "postback"},
    },
    "standby_echo": {"kind": "standby", "detail": echo("heardecho", INBOX, kind="echo")},
    "take_thread_control": {"kind": "handover", "detail": {"act": "take", "app_id": INBOX}},
    "pass_thread_control": {"kind": "handover", "detail": {"act": "pass", "app_id": OURS}},
    "request_thread_control": {"kind": "handover", "detail": {"act": "request", "app_id": DESK}},
    "handover_change": {"kind": "handover", "detail": {"act": "take", "app_id": INBOX}},
    "app_roles": {
        "kind": "unknown",
        "person_id": "",
        "detail": {"fields": ["app_roles", "recipient", "timestamp"]},
    },
    "policy_enforcement": {
        "kind": "unknown",
        "person_id": "",
        "detail": {"fields": ["policy_enforcement", "recipient", "timestamp"]},
    },
    "optin": {
        "kind": "optin",
        "payload": "avvisi",
        "detail": {"type": "notification_messages", "ref": ""},
    },
    "account_linking": {"kind": "account_linking", "detail": {"status": "linked"}},
    "comment_add": comment("add", "Ma quanto si paga per il riscatto?"),
    "comment_by_page": comment(
        "add", "Scrivici su Messenger.", from_id=PAGE, comment_id="5550001_7770002"
    ),
    "comment_edited": {
        **comment("edited", "Ma quanto si paga per il riscatto della laurea?"),
        "at": AT + timedelta(seconds=40),
    },
    "comment_remove": {**comment("remove"), "at": AT + timedelta(seconds=90)},
    "feed_post": {
        "kind": "unknown",
        "person_id": "",
        "detail": {
            "fields": ["created_time", "from", "item", "message", "post_id", "published", "verb"]
        },
    },
    "unknown": {
        "kind": "unknown",
        "detail": {"fields": ["game_play", "recipient", "sender", "timestamp"]},
    },
}


# What happened


@pytest.mark.messenger(10)
@pytest.mark.parametrize("name", EXPECTED)
def test_each_recorded_call_is_read(name: str) -> None:
    """Each recorded call is one happening of the right kind, with its fields."""
    happening = only(recorded(name))
    expected = {"page_id": PAGE, "person_id": PERSON, "at": AT, **EXPECTED[name]}
    assert {field: getattr(happening, field) for field in expected} == expected


@pytest.mark.messenger(10)
def test_every_recording_is_expected_and_every_kind_is_recorded() -> None:
    """No recorded call and no kind is without a test."""
    assert {path.stem for path in RECORDED.glob("*.json")} == {*EXPECTED, "batch"}
    assert {one["kind"] for one in EXPECTED.values()} == set(get_args(Kind))


@pytest.mark.messenger(7, 9)
def test_a_batch_is_read_to_its_end_in_order() -> None:
    """A broken event in the middle stops nothing, and time orders entries too."""
    found = happenings(recorded("batch"))
    assert [(one.kind, one.text) for one in found] == [
        ("message", "primo"),
        ("message", "secondo"),
        ("message", "terzo"),
        ("unknown", ""),
        ("read", ""),
    ]
    assert found[3].detail == {"fields": ["message", "sender", "timestamp"]}
    assert [one.person_id for one in found] == [PERSON, OTHER, PERSON, "", OTHER]


@pytest.mark.messenger(7)
def test_a_thousand_events_all_come_out() -> None:
    """A batch of a thousand events, every tenth broken, loses none."""
    events = [
        said(message={"mid": f"m_{n}", "text": str(n)}) if n % 10 else [n] for n in range(1000)
    ]
    found = happenings(call(*events))
    assert len(found) == 1000
    assert len({one.key for one in found}) == 1000
    assert [one.text for one in found if one.text] == [str(n) for n in range(1000) if n % 10]


@pytest.mark.messenger(16)
@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem)
def test_no_address_code_or_name_is_kept(path: Path) -> None:
    """Addresses of media, places, tokens, codes and names stay outside."""
    kept = repr(happenings(path.read_bytes()))
    for secret in ("example.org", "41.9", "invented-", "Inventat"):
        assert secret not in kept


@pytest.mark.messenger(11)
@pytest.mark.parametrize(
    "message",
    [
        {"mid": "m_1", "is_echo": True, "text": "ciao"},
        {"mid": "m_1", "is_echo": "true", "app_id": OURS},
        {"mid": "m_1", "is_echo": True, "attachments": [{"type": "template", "payload": {}}]},
        {"mid": "m_1", "is_echo": True, "quick_reply": {"payload": "0:start"}, "text": "Inizia"},
        {"mid": "m_1", "text": "the page wrote, though nothing says echo"},
    ],
)
def test_what_the_page_wrote_is_an_echo(message: dict[str, Any]) -> None:
    """Text, attachment or quick reply: from the page it is an echo, under the person's id."""
    event = {
        "sender": {"id": PAGE},
        "recipient": {"id": PERSON},
        "timestamp": MS,
        "message": message,
    }
    happening = only(call(event))
    assert (happening.kind, happening.person_id, happening.payload) == ("echo", PERSON, "")


@pytest.mark.messenger(11)
def test_an_echo_is_one_even_when_the_entry_names_no_page() -> None:
    """The mark alone is enough: the sender need not be the entry's page."""
    event = {
        "sender": {"id": OTHER},
        "recipient": {"id": PERSON},
        "timestamp": MS,
        "message": {"mid": "m_1", "is_echo": True, "text": "ciao"},
    }
    for page in (None, "", {}, "999"):
        happening = only(call(event, page=page))
        assert (happening.kind, happening.person_id) == ("echo", PERSON)


@pytest.mark.messenger(11)
@pytest.mark.parametrize("part", ["reaction", "read", "postback", "referral", "message_edit"])
def test_what_else_the_page_does_is_no_act_of_the_citizen(part: str) -> None:
    """A reaction, a reading or a tap by the page does not look like the citizen's."""
    value = {"action": "react", "mid": "m_1", "payload": "0:start", "watermark": MS, "text": "x"}
    event = {"sender": {"id": PAGE}, "recipient": {"id": PERSON}, "timestamp": MS, part: value}
    assert only(call(event)).kind == "unknown"


@pytest.mark.messenger(12)
@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"feed_post", "handover_change"}))
def test_whatever_stands_by_is_standby(name: str) -> None:
    """No event of `standby` has a kind that the bot answers, and none has a payload."""
    body = json.loads(recorded(name))
    entry = body["entry"][0]
    entry["standby"] = entry.pop("messaging", None) or entry.pop("standby", [{}])
    happening = next(one for one in happenings(json.dumps(body).encode()) if one.kind != "comment")
    assert (happening.kind, happening.payload) == ("standby", "")


@pytest.mark.messenger(12, 15)
def test_a_deletion_overheard_names_its_message() -> None:
    """A message deleted while somebody else has the word can still be erased."""
    event = said(message={"mid": "m_1", "is_deleted": True})
    happening = only(call(event, part="standby"))
    assert happening.detail == {"kind": "deleted", "of": key_of("m_1")}


@pytest.mark.messenger(14)
def test_a_quick_reply_wins_over_its_text() -> None:
    """A quick reply keeps its text but is known by its payload; without one it is a message."""
    chosen = {"mid": "m_1", "text": "Sì", "quick_reply": {"payload": "12:b2"}}
    assert only(call(said(message=chosen))).payload == "12:b2"
    for broken in (None, {}, {"payload": ""}, {"payload": 7}, []):
        happening = only(call(said(message={**chosen, "quick_reply": broken})))
        assert (happening.kind, happening.text, happening.payload) == ("message", "Sì", "")


@pytest.mark.messenger(15)
def test_edits_and_deletions_have_keys_of_their_own() -> None:
    """A message, two edits and its deletion have four keys; all name the message."""
    found = happenings(
        call(
            said(message={"mid": "m_1", "text": "a"}),
            said(message_edit={"mid": "m_1", "text": "b", "num_edit": 1}),
            said(message_edits={"mid": "m_1", "text": "c", "num_edit": "2"}),
            said(message={"mid": "m_1", "is_deleted": True}),
        )
    )
    assert [one.kind for one in found] == ["message", "edit", "edit", "deleted"]
    assert len({one.key for one in found}) == 4
    assert {one.detail["of"] for one in found[1:]} == {found[0].key}


@pytest.mark.messenger(13)
@pytest.mark.parametrize(
    ("message", "types"),
    [
        ({"sticker_id": 369}, ["sticker"]),
        ({"sticker_id": 369, "attachments": [{"type": "image", "payload": {}}]}, ["sticker"]),
        ({"attachments": [{"type": "image", "payload": {"sticker_id": 9}}]}, ["sticker"]),
        ({"attachments": [{"type": "image"}, {"type": "image"}, {"type": "video"}]},
         ["image", "video"]),
        ({"attachments": [{"type": "fallback", "payload": None}]}, ["fallback"]),
        ({"attachments": [7, {"type": []}]}, ["unknown"]),
        ({"attachments": {"type": "file"}}, ["file"]),
        ({"is_unsupported": True}, ["unsupported"]),
    ],
)  # fmt: skip
def test_attachments_are_named_once(message: dict[str, Any], types: list[str]) -> None:
    """An attachment is known by its type; a sticker is a sticker in every form it came in."""
    happening = only(call(said(message={"mid": "m_1", **message})))
    assert (happening.kind, happening.detail["types"]) == ("attachment", types)


@pytest.mark.messenger(10)
@pytest.mark.parametrize("timestamp", [-5, 0, 10**30, 10**15, "ieri", None, [], {}, 1.5, True])
def test_an_absurd_time_does_not_lose_a_message(timestamp: Any) -> None:
    """A message with an impossible time counts as sent with its call, else as received now."""
    event = said(at=timestamp, message={"mid": "m_1", "text": "ciao"})
    assert only(call(event)).at == AT + timedelta(milliseconds=9)
    (happening,) = happenings(call(event, time=timestamp), AT)
    assert (happening.kind, happening.at, happening.key) == ("message", AT, key_of("m_1"))


@pytest.mark.messenger(10)
def test_seconds_and_strings_are_times_too() -> None:
    """Some parts of the platform write seconds, some write numbers as strings."""
    for timestamp in (MS, str(MS), MS // 1000, str(MS // 1000)):
        assert only(call(said(at=timestamp, read={}))).at == AT


@pytest.mark.messenger(10)
@pytest.mark.parametrize(
    "event",
    [
        None, 7, "ciao", [], {}, {"message": {"text": "ciao"}},
        {"sender": {"user_ref": "abc"}, "recipient": {"id": PAGE}, "postback": {"payload": "x"}},
        {"sender": PERSON, "message": {"text": "ciao"}},
        {"sender": {"id": ""}, "message": {"text": "ciao"}},
        {"sender": {"id": "ciao a tutti"}, "message": {"text": "ciao"}},
        {"sender": {"id": True}, "message": {"text": "ciao"}},
        {"sender": {"id": PAGE}, "recipient": {"id": PAGE}, "message": {"text": "ciao"}},
    ],
)  # fmt: skip
def test_without_a_person_an_event_is_unknown(event: Any) -> None:
    """What nobody sent cannot be answered: unknown, with a key, and nothing of what it says."""
    happening = only(call(event))
    assert (happening.kind, happening.person_id, happening.text) == ("unknown", "", "")
    assert KEY.fullmatch(happening.key)


@pytest.mark.messenger(10)
@pytest.mark.parametrize(
    "parts",
    [
        {"message": {}}, {"message": {"mid": "m_1"}}, {"message": {"mid": "m_1", "text": 5}},
        {"message": "ciao"}, {"postback": "0:start"}, {"read": 5}, {"reaction": {"mid": "m_1"}},
        {"reaction": {"action": ["react"], "mid": "m_1"}}, {"messaging_feedback": {}},
    ],
)  # fmt: skip
def test_an_event_without_sense_is_unknown(parts: dict[str, Any]) -> None:
    """An event of a known person that says nothing we understand keeps the person."""
    happening = only(call(said(**parts)))
    assert (happening.kind, happening.person_id) == ("unknown", PERSON)
    assert happening.detail == {"fields": sorted(["sender", "recipient", "timestamp", *parts])}


@pytest.mark.messenger(10)
def test_conversation_events_come_as_changes_too() -> None:
    """The documented form with `field` and `value` says the same as `messaging`."""
    event = said(message={"mid": "m_1", "text": "ciao"})
    changed = only(call({"field": "messages", "value": event}, part="changes"))
    assert changed == only(call(event))
    overheard = only(call({"field": "standby", "value": event}, part="changes"))
    assert overheard == only(call(event, part="standby"))


@pytest.mark.messenger(10)
@pytest.mark.parametrize(
    "change",
    [
        None, "feed", {"field": "feed"}, {"field": "feed", "value": 5},
        {"field": "feed", "value": {"item": "comment", "verb": "add"}},
        {"field": "feed", "value": {"item": "comment", "verb": "hide", "comment_id": "1_2"}},
        {"field": "feed", "value": {"item": "reaction", "verb": "add", "comment_id": "1_2"}},
        {"field": "mention", "value": {"item": "comment", "verb": "add", "comment_id": "1_2"}},
    ],
)  # fmt: skip
def test_other_changes_are_unknown(change: Any) -> None:
    """Of a page's changes only comments written, edited or removed are told."""
    assert only(call(change, part="changes")).kind == "unknown"


@pytest.mark.messenger(10)
def test_texts_can_be_stored() -> None:
    """Half a pair of surrogates is dropped, a whole pair stays, and a text has an end."""
    body = (
        call().replace(b"[]", b"[%s]")
        % json.dumps(
            said(message={"mid": "m_1", "text": "a\ud83d b \ud83e\udd14" + "x" * 30_000})
        ).encode()
    )
    text = only(body).text
    assert text.startswith("a b 🤔x")
    assert len(text) == 20_000
    assert text.encode()


# What cannot be read


@pytest.mark.messenger(10)
@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"5", b'"page"', b"{}", b"{", b"\xff\xfe", b'{"object": "instagram"}',
        b'{"object": ["page"]}', b'{"object": "page", "entry": NaN}', b"[" * 100_000,
        b'{"object": "page", "entry": ' + b'{"a":' * 100_000, "\ufeff{}".encode(),
        json.dumps({"object": "page"}).encode("utf-16"),
    ],
    ids=range(15),
)  # fmt: skip
def test_what_is_not_about_a_page_is_unreadable(body: bytes) -> None:
    """Broken, foreign or bottomless bodies are refused by one exception that quotes nothing."""
    with pytest.raises(Unreadable) as caught:
        happenings(body)
    assert str(caught.value) == "not a call about a page"
    assert caught.value.__context__ is None


@pytest.mark.messenger(7)
@pytest.mark.parametrize("entry", ["null", "5", "[]", '"x"', "[null, 5, []]", "{}", '{"id": []}'])
def test_strange_entries_do_not_crash(entry: str) -> None:
    """Whatever stands where entries should be, nothing in it has a kind to answer."""
    found = happenings(b'{"object": "page", "entry": %s}' % entry.encode())
    assert {one.kind for one in found} <= {"unknown"}


@pytest.mark.messenger(7)
def test_a_number_of_five_thousand_digits_spoils_only_its_event() -> None:
    """Python refuses such numbers; the events around it are read all the same."""
    body = call(said(message={"mid": "m_1", "text": "ciao"}), said(at=0, read={"watermark": 0}))
    found = happenings(body.replace(b" 0", b" " + b"9" * 5000))
    assert {one.kind for one in found} == {"message", "read"}


@pytest.mark.messenger(7, 10)
def test_any_depth_of_nesting_is_read_or_refused() -> None:
    """Around the depth where reading stops, writing the key does not fail either."""
    for depth in range(800, 1000):
        for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
            nested = opening * depth + b"1" + closing * depth
            try:
                happenings(call("HERE").replace(b'"HERE"', nested))
            except Unreadable:
                continue


@pytest.mark.messenger(8)
def test_a_key_is_written_for_any_depth() -> None:
    """What nests deeper than can be written counts by its fields' names and its plain values."""
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    keys = [
        event_key("a", {"x": deep}),
        event_key("b", {"x": deep}),
        event_key("a", {"y": deep}),
    ]
    assert len(set(keys)) == 3
    assert keys[0] == event_key("a", {"x": deep})


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from([PAGE, PERSON, "page", "feed", "comment", "add", "true", "react", "m_1", MS])
)  # fmt: skip
NAMES = st.sampled_from([
    "object", "entry", "id", "time", "messaging", "standby", "changes", "field", "value", "sender",
    "recipient", "timestamp", "message", "mid", "text", "is_echo", "is_deleted", "attachments",
    "type", "payload", "sticker_id", "quick_reply", "referral", "postback", "reaction", "action",
    "read", "delivery", "watermark", "mids", "message_edit", "optin", "account_linking", "item",
    "pass_thread_control", "new_owner_app_id", "comment_id", "verb", "from", "created_time",
])  # fmt: skip
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(), inner),
    max_leaves=30,
)
EVENTS = st.dictionaries(NAMES, ANY_JSON, max_size=6).map(lambda parts: {**said(), **parts})


def sound(happening: Happening) -> None:
    """Assert what holds for every happening whatsoever."""
    assert happening.kind in get_args(Kind)
    assert KEY.fullmatch(happening.key)
    assert happening.at.tzinfo is UTC
    assert len(happening.text) <= 20_000
    stored = [happening.page_id, happening.person_id, happening.text, happening.payload]
    assert json.dumps([*stored, happening.detail], ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.messenger(7, 10)
@given(ANY_JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    """No JSON raises anything but Unreadable."""
    for body in (value, {"object": "page", "entry": value}):
        try:
            found = happenings(json.dumps(body).encode())
        except Unreadable:
            continue
        for happening in found:
            sound(happening)


@pytest.mark.messenger(7, 10, 12)
@given(st.lists(EVENTS | ANY_JSON, max_size=4), st.sampled_from(["messaging", "standby"]))
def test_any_events_are_all_read(events: list[Any], part: str) -> None:
    """Every event of a list comes out, sound and storable; overheard ones only as standby."""
    try:
        found = happenings(call(*events, part=part))
    except Unreadable:
        assert re.search(rb"NaN|Infinity", call(*events))
        return
    assert len(found) == len(events)
    assert found == sorted(found, key=lambda one: one.at)
    for happening in found:
        sound(happening)
        assert (happening.kind == "standby") == (part == "standby")


@pytest.mark.messenger(7, 10)
@given(EVENTS)
def test_any_change_is_read(value: Any) -> None:
    """A change of the feed, however strange, is a comment or unknown."""
    feed = {**value, "item": "comment"}
    try:
        happening = only(call({"field": "feed", "value": feed}, part="changes"))
    except Unreadable:
        return
    sound(happening)
    assert happening.kind in {"comment", "unknown"}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """No bytes raise anything but Unreadable."""
    for raw in (body, recorded("text")[:-20] + body):
        try:
            happenings(raw)
        except Unreadable:
            continue


# Keys


@pytest.mark.messenger(8)
@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem)
def test_the_same_event_again_has_the_same_key(path: Path) -> None:
    """Sent again later, written otherwise, and inside another batch: the keys stay."""
    raw = path.read_bytes()
    again = json.loads(raw)
    for entry in again["entry"]:
        entry["time"] += 3_600
    other = json.loads(recorded("batch").replace(b"m_b", b"m_other"))
    again["entry"] = [*other["entry"], *again["entry"]]
    rewritten = json.dumps(again, sort_keys=True, indent=3).encode()
    keys = {one.key for one in happenings(raw)}
    assert keys <= {one.key for one in happenings(rewritten)}
    assert all(KEY.fullmatch(key) for key in keys)


@pytest.mark.messenger(8)
def test_a_message_is_known_by_its_mid() -> None:
    """Whatever else changes, the mid makes the key."""
    assert only(recorded("text")).key == key_of(mid("text"))
    assert only(call(said(OTHER, 5, message={"mid": mid("text"), "text": "x"}))).key == key_of(
        mid("text")
    )


@pytest.mark.messenger(8)
def test_recorded_events_all_have_different_keys() -> None:
    """No two different recorded events share a key."""
    bodies = [
        path.read_bytes() for path in RECORDED.glob("*.json") if path.stem != "take_thread_control"
    ]
    keys = [one.key for body in bodies for one in happenings(body)]
    assert len(keys) == len(set(keys))


@pytest.mark.messenger(8)
def test_the_same_tap_twice_is_two_events() -> None:
    """A button pressed again, or another one of the same message, is not a repetition."""
    taps = [
        said(postback={"title": "Sì", "payload": "7:a", "mid": "m_1"}),
        said(at=MS + 1, postback={"title": "Sì", "payload": "7:a", "mid": "m_1"}),
        said(postback={"title": "No", "payload": "7:b", "mid": "m_1"}),
        said(OTHER, postback={"title": "Sì", "payload": "7:a", "mid": "m_1"}),
        said(postback={"title": "Sì", "payload": "7:a", "mid": "m_2"}),
        said(message={"mid": "m_1", "text": "Sì"}),
    ]
    assert len({one.key for one in happenings(call(*taps))}) == 6


CONTENTS = st.one_of(
    st.builds(lambda text: {"message": {"mid": text, "text": text}}, st.text(min_size=1)),
    st.builds(lambda text: {"message": {"text": text}}, st.text(min_size=1)),
    st.builds(lambda text: {"postback": {"payload": text}}, st.text(max_size=900)),
    st.builds(lambda n: {"read": {"watermark": MS + n}}, st.integers(0, 10**9)),
    st.builds(lambda n: {"delivery": {"watermark": MS + n}}, st.integers(0, 10**9)),
    st.builds(lambda text: {"referral": {"ref": text}}, st.text(max_size=900)),
    st.builds(
        lambda text, action: {"reaction": {"mid": text, "action": action}},
        st.text(max_size=900),
        st.sampled_from(["react", "unreact"]),
    ),
)


@pytest.mark.messenger(8)
@given(st.lists(st.tuples(st.sampled_from([PERSON, OTHER]), CONTENTS), max_size=8))
def test_keys_are_as_many_as_events(events: list[tuple[str, dict[str, Any]]]) -> None:
    """Different events have different keys, the same event one, whatever its company."""
    # A mid belongs to one person: two people never share a message.
    different = {
        json.dumps(parts if parts.get("message", {}).get("mid") else [person, parts])
        for person, parts in events
    }
    together = happenings(call(*(said(person, **parts) for person, parts in events)))
    alone = [only(call(said(person, **parts))) for person, parts in events]
    assert [one.key for one in together] == [one.key for one in alone]
    assert len({one.key for one in together}) == len(different)


# Signatures


def signed(raw: bytes, secret: str = SECRET, how: str = "sha256") -> str:
    return f"{how}=" + hmac.new(secret.encode(), raw, how).hexdigest()


@pytest.mark.messenger(2)
def test_the_digest_is_the_published_one() -> None:
    """The second test case of RFC 4231 verifies, so the arithmetic is HMAC-SHA256."""
    digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert verify(b"what do ya want for nothing?", f"sha256={digest}", "Jefe")
    assert appsecret_proof("what do ya want for nothing?", "Jefe") == digest


@pytest.mark.messenger(3)
def test_escaped_unicode_verifies_byte_for_byte() -> None:
    """The platform's escapes verify as they came, and not after JSON was read and written."""
    raw = recorded("text_escaped")
    for escape in (rb"\u00e8", rb"\u20ac", rb"\ud83e\udd14", rb"\/"):
        assert escape in raw
    header = signed(raw)
    assert verify(raw, header, SECRET)
    value = json.loads(raw)
    for ascii_only in (True, False):
        for separators in ((",", ":"), (", ", ": ")):
            text = json.dumps(value, ensure_ascii=ascii_only, separators=separators)
            assert json.loads(text) == value
            assert not verify(text.encode(), header, SECRET)


def spoiled(raw: bytes, chance: random.Random) -> bytes:
    """One bit other, one byte more, one byte less, or two swapped."""
    at = chance.randrange(len(raw))
    kind = chance.randrange(3)
    if kind == 0:
        return raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :]
    if kind == 1:
        return raw[:at] + bytes([chance.randrange(256)]) + raw[at:]
    return raw[:at] + raw[at + 1 :]


@pytest.mark.messenger(2)
def test_ten_thousand_spoiled_calls_do_not_verify() -> None:
    """No change of body, header or secret verifies; the right one does, before and after."""
    chance = random.Random(20261122)
    raw = recorded("text_escaped")
    header = signed(raw)
    assert verify(raw, header, SECRET)
    for _ in range(3_334):
        assert not verify(spoiled(raw, chance), header, SECRET)
        assert not verify(raw, spoiled(header.encode(), chance).decode("latin-1"), SECRET)
        assert not verify(raw, header, spoiled(SECRET.encode(), chance).decode("latin-1"))
    assert verify(raw, header, SECRET)


@pytest.mark.messenger(2)
def test_only_one_form_of_header_is_taken() -> None:
    """SHA-1, upper case, blanks, other lengths, no secret: refused without an exception."""
    raw = recorded("text")
    digest = signed(raw).removeprefix("sha256=")
    for header in (
        None, "", "sha256=", digest, signed(raw, how="sha1"), signed(raw, how="sha512"),
        "sha1=" + digest, "SHA256=" + digest, "sha256=" + digest.upper(), "sha256= " + digest,
        f"sha256={digest}\n", f" sha256={digest}", f"sha256={digest}0", f"sha256={digest[:-1]}",
        f"sha256={digest},sha256={digest}", "sha256=" + "è" * 64, "sha256=" + "٣" * 64,
        "sha256=" + "\ud800" * 64, "md5=" + digest, "__class__=" + digest,
    ):  # fmt: skip
        assert not verify(raw, header, SECRET)
    assert not verify(raw, signed(raw, secret=""), "")
    assert not verify(raw, f"sha256={digest}", "\ud800")


@pytest.mark.messenger(2)
@given(st.binary(), st.none() | st.text(), st.text())
def test_no_header_raises(raw: bytes, header: str | None, secret: str) -> None:
    """Any header with any secret is refused, never an error."""
    assert not verify(raw, header, secret)


# Signed requests


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed_request(payload: Any, secret: str = SECRET, raw: bytes | None = None) -> str:
    part = base64url(json.dumps(payload).encode() if raw is None else raw)
    digest = hmac.new(secret.encode(), part.encode(), hashlib.sha256).digest()
    return f"{base64url(digest)}.{part}"


DELETION = {"algorithm": "HMAC-SHA256", "issued_at": 1_795_339_800, "user_id": "218471"}


@pytest.mark.messenger(41)
def test_a_signed_request_is_read() -> None:
    """What the platform signed comes out whole, whatever the length of its payload."""
    for filler in ("", "a", "ab", "abc", "è"):
        assert read_signed_request(signed_request({**DELETION, "x": filler}), SECRET) == {
            **DELETION,
            "x": filler,
        }


@pytest.mark.messenger(41)
def test_the_signature_covers_the_payload_as_written() -> None:
    """A signature over the decoded payload is refused."""
    raw = json.dumps(DELETION).encode()
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()
    assert read_signed_request(f"{base64url(digest)}.{base64url(raw)}", SECRET) is None


@pytest.mark.messenger(41)
@pytest.mark.parametrize(
    "payload",
    [
        {}, {**DELETION, "algorithm": "HMAC-SHA1"}, {**DELETION, "algorithm": None},
        {**DELETION, "algorithm": ["HMAC-SHA256"]}, [DELETION], "HMAC-SHA256", None, 5,
    ],
)  # fmt: skip
def test_other_algorithms_and_shapes_are_refused(payload: Any) -> None:
    """Well signed is not enough: an object that names HMAC-SHA256, or nothing."""
    assert read_signed_request(signed_request(payload), SECRET) is None


@pytest.mark.messenger(41)
@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": ' + b"9" * 5000])
def test_well_signed_rubbish_is_refused(raw: bytes) -> None:
    """A payload that is no JSON is refused without an exception."""
    assert read_signed_request(signed_request(None, raw=raw), SECRET) is None


@pytest.mark.messenger(41)
def test_five_thousand_spoiled_requests_are_refused() -> None:
    """No change of a signed request passes, not even in the unused bits of base64."""
    chance = random.Random(41)
    text = signed_request(DELETION)
    for _ in range(5_000):
        assert read_signed_request(spoiled(text.encode(), chance).decode("latin-1"), SECRET) is None
    for wrong in (f"{text}=", f"{text}\n", text.replace(".", "=."), f"{text}.{text}", f".{text}"):
        assert read_signed_request(wrong, SECRET) is None
    assert read_signed_request(text, SECRET[:-1]) is None
    assert read_signed_request(signed_request(DELETION, secret=""), "") is None
    assert read_signed_request(text, SECRET) == DELETION


@pytest.mark.messenger(41)
@given(st.text(), st.text())
def test_no_text_raises(text: str, secret: str) -> None:
    """Any text with any secret is refused, never an error."""
    for tried in (text, f"{text}.{text}", f"{'A' * 43}.{text}"):
        assert read_signed_request(tried, secret) is None
