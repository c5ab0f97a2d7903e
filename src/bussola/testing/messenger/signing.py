"""What the platform proves with the app secret, and the bytes that it signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any


def wire(content: Any) -> bytes:
    r"""JSON as the platform writes it: `\u00e8` in lower-case hex, pairs for emoji, `\/`."""
    return json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signature_headers(body: bytes, secret: str) -> dict[str, str]:
    """The two signature headers over exactly these bytes."""
    key = secret.encode()
    return {
        "X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest(),
        "X-Hub-Signature": "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest(),
    }


def right_proof(token: str, secret: str, proof: str) -> bool:
    """Is `proof` the HMAC-SHA256 of the token, in hex?"""
    right = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), proof.encode())


def signed_request(content: dict[str, Any], secret: str) -> str:
    """`signature.payload`, both base64url without padding; the encoded payload is what is signed."""
    payload = _base64url(wire({"algorithm": "HMAC-SHA256", **content}))
    mark = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return f"{_base64url(mark)}.{payload}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
