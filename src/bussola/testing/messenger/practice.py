"""The practice page: its files, the state it shows, the acts it posts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from bussola.testing.messenger import windows
from bussola.testing.messenger.calls import FAKE
from bussola.testing.messenger.errors import FAULTS
from bussola.testing.messenger.fake_messenger import FakeMessenger
from bussola.testing.messenger.people import Bubble, Person

Payload = dict[str, Any]
_FILES = Path(__file__).parent / "page"
_FIRST = "Persona di prova"
_LOGGED = 12
_COMMENTS = 5
_TEXT = 2000
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_SORRY: dict[type[Exception], str] = {
    LookupError: "Ora non si può fare: sullo schermo non c'è.",
    PermissionError: "Questa persona ha bloccato la Pagina: prima va sbloccata.",
    ValueError: "Richiesta non valida.",
}


def add_practice_page(app: web.Application) -> None:
    async def index(_: web.Request) -> web.FileResponse:
        return web.FileResponse(_FILES / "index.html", headers=_HEADERS)

    async def asset(request: web.Request) -> web.FileResponse:
        return web.FileResponse(_FILES / request.match_info["name"], headers=_HEADERS)

    app.add_routes(
        [
            web.get("/", index),
            web.get("/simulator/state", _state),
            web.get("/simulator/clock", _clock),
            web.post("/simulator/act", _act),
            web.get(r"/simulator/{name:(?:page|thread|panel)\.(?:css|js)}", asset),
        ]
    )


async def _clock(request: web.Request) -> web.Response:
    """The simulated time in seconds since 1970: whoever counts windows needs the same clock."""
    return web.json_response({"now": request.app[FAKE].now().timestamp()})


async def _state(request: web.Request) -> web.Response:
    fake = request.app[FAKE]
    person = fake.people.get(request.query.get("psid", "")) or _anyone(fake)
    return web.json_response(_shown(fake, person), headers=_HEADERS)


async def _act(request: web.Request) -> web.Response:
    """JSON only, which no other site can post from a browser without being asked first."""
    fake = request.app[FAKE]
    if request.content_type != "application/json":
        return web.json_response({"error": _SORRY[ValueError]}, status=415)
    try:
        wanted = dict(await request.json())
        act = _ACTS[str(wanted.get("act"))]
    except (ValueError, TypeError, KeyError):
        return web.json_response({"error": _SORRY[ValueError]}, status=400)
    person = fake.people.get(str(wanted.get("psid"))) or _anyone(fake)
    try:
        person = act(fake, person, str(wanted.get("value") or "")[:_TEXT]) or person
    except (LookupError, PermissionError, ValueError) as error:
        sorry = next(text for kind, text in _SORRY.items() if isinstance(error, kind))
        return web.json_response({"error": sorry}, status=409)
    return web.json_response(_shown(fake, person), headers=_HEADERS)


def _anyone(fake: FakeMessenger) -> Person:
    return next(iter(fake.people.values()), None) or fake.person(_FIRST)


Act = Callable[[FakeMessenger, Person, str], Person | None]


def _quiet(act: Callable[[FakeMessenger, Person, str], object]) -> Act:
    """An act after which the page shows the same person."""

    def done(fake: FakeMessenger, person: Person, value: str) -> None:
        act(fake, person, value)

    return done


def _open(fake: FakeMessenger, person: Person, _: str) -> None:
    """The thread is on screen: what the Page wrote is read; other threads are closed."""
    for other in fake.people.values():
        other.thread_open = other is person
    if any(bubble.author != "person" and not bubble.read for bubble in person.thread):
        fake.read(person)


def _meet(fake: FakeMessenger, _: Person, name: str) -> Person:
    if not name.strip():
        raise ValueError("a person needs a name")
    person = fake.person(name.strip()[:40])
    _open(fake, person, "")
    return person


def _fail(fake: FakeMessenger, _: Person, kind: str) -> None:
    for known in FAULTS:
        if kind == known:
            fake.fail_next(1, known)  # type: ignore[arg-type]  # a member of the Literal
            return
    raise ValueError("unknown fault")


_ACTS: dict[str, Act] = {
    "say": _quiet(lambda fake, person, text: fake.say(person, text) if text.strip() else None),
    "tap": _quiet(lambda fake, person, payload: fake.tap(person, payload)),
    "press": _quiet(lambda fake, person, payload: fake.press(person, payload)),
    "start": _quiet(lambda fake, person, _: fake.get_started(person)),
    "ice_breaker": _quiet(lambda fake, person, payload: fake.ice_breaker(person, payload)),
    "menu": _quiet(lambda fake, person, payload: fake.menu(person, payload)),
    "sticker": _quiet(lambda fake, person, _: fake.send_attachment(person, "sticker")),
    "image": _quiet(lambda fake, person, _: fake.send_attachment(person, "image")),
    "audio": _quiet(lambda fake, person, _: fake.send_attachment(person, "audio")),
    "location": _quiet(lambda fake, person, _: fake.send_attachment(person, "location")),
    "react": _quiet(lambda fake, person, _: fake.react(person)),
    "edit": _quiet(lambda fake, person, text: fake.edit(person, text) if text.strip() else None),
    "unsend": _quiet(lambda fake, person, _: fake.unsend(person)),
    "ref": _quiet(lambda fake, person, ref: fake.open_ref(person, ref or "prova")),
    "inbox": _quiet(lambda fake, person, text: fake.page_inbox_says(person, text)),
    "comment": _quiet(lambda fake, person, text: fake.comment(person.name, text)),
    "block": _quiet(lambda fake, person, _: fake.block(person, not person.blocked)),
    "clock": _quiet(lambda fake, _, hours: fake.advance(hours=float(hours))),
    "redeliver": _quiet(lambda fake, _, __: fake.redeliver_last()),
    "duplicate": _quiet(lambda fake, _, __: fake.duplicate_next()),
    "lose": _quiet(lambda fake, _, __: fake.lose_next_response()),
    "fail": _fail,
    "open": _open,
    "meet": _meet,
}


def _shown(fake: FakeMessenger, person: Person) -> Payload:
    now = fake.now()
    last = person.last_action
    new = not any(bubble.author == "person" for bubble in person.thread)
    breakers = fake.profile.ice_breakers() if new else []
    return {
        "psid": person.psid,
        "people": [{"psid": one.psid, "name": one.name} for one in fake.people.values()],
        "blocked": person.blocked,
        "greeting": fake.profile.greeting() if new else "",
        "start": new and bool(fake.profile.start_payload()),
        "ice_breakers": breakers,
        "menu": fake.profile.menu(),
        "thread": [_bubble(bubble) for bubble in person.thread],
        "choices": [reply for reply in person.offered() if "title" in reply],
        "typing": person.typing_until is not None and person.typing_until > now,
        "seen": person.seen,
        "now": now.isoformat(),
        "ahead_hours": fake.clock.offset.total_seconds() / 3600,
        "window": windows.state(last, now),
        "window_ends": (last + windows.STANDARD).isoformat() if last else "",
        "subscribed": fake.queue.subscribed,
        "faults": fake.ordered_faults,
        "deliveries": _deliveries(fake),
        "comments": [
            {
                "author": comment.author.name if comment.author else "Pagina",
                "text": comment.text,
                "hidden": comment.hidden,
            }
            for comment in list(fake.comments.values())[-_COMMENTS:]
        ],
    }


def _bubble(bubble: Bubble) -> Payload:
    template = bubble.template or {}
    attachments = bubble.message.get("attachments") or [bubble.message.get("attachment") or {}]
    kind = str(attachments[0].get("type", ""))
    return {
        "mid": bubble.mid,
        "author": bubble.author,
        "at": bubble.at.isoformat(),
        "text": bubble.text,
        "attachment": "" if kind == "template" else kind,
        "buttons": list(template.get("buttons") or []),
        "cards": list(template.get("elements") or []),
        "edited": bubble.edits > 0,
        "deleted": bubble.deleted,
        "delivered": bubble.delivered,
        "reaction": bubble.reaction,
    }


def _deliveries(fake: FakeMessenger) -> list[Payload]:
    return [
        {
            "delivery": one.delivery,
            "number": one.number,
            "at": one.at.isoformat(),
            "status": one.status,
            "ms": round(one.ms),
            "events": one.events,
            "outcome": one.outcome,
        }
        for one in reversed(fake.deliveries[-_LOGGED:])
    ]
