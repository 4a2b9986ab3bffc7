"""Twilio's signature: HMAC-SHA1 over the URL and, sorted by name, the pairs of the form. Source: Webhooks security."""

from __future__ import annotations

import hmac
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from urllib.parse import parse_qsl

from app.channels.base import BadSignature, RawCall
from app.channels.fields import is_form

_MAX_PAIRS = 1000
_STANDARD_PORTS = {"https": 443, "http": 80}


def require_signature(call: RawCall, tokens: Sequence[str]) -> None:
    """Raises BadSignature unless one of the account's tokens signed this call, its body included."""
    given = call.header("x-twilio-signature").encode("utf-8", "surrogatepass")
    try:
        signed = [url + _signed_pairs(call) for url in _spellings(call.url)]
        _require_body_hash(call)
    except ValueError as error:
        raise BadSignature("the call is not in the form that Twilio signs") from error
    fits = [hmac.compare_digest(_signature(token, text), given) for token in tokens for text in signed]
    if not any(fits):
        raise BadSignature("the signature does not fit")


def _signature(token: str, text: str) -> bytes:
    return b64encode(hmac.digest(token.encode("utf-8", "surrogatepass"), text.encode("utf-8", "surrogatepass"), "sha1"))


def _signed_pairs(call: RawCall) -> str:
    """The form's names and values as decoded, sorted; equal pairs once. Blank and unknown ones count."""
    if not is_form(call):
        return ""
    read = parse_qsl(call.body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PAIRS)
    return "".join(name + value for name, value in sorted(set(read)))


def _require_body_hash(call: RawCall) -> None:
    """A body that is no form is held by its hash in the signed query; without one nobody vouches for it."""
    if is_form(call) or not call.body:
        return
    claimed = dict(parse_qsl(call.query)).get("bodySHA256", "")
    wanted = sha256(call.body).hexdigest()
    if not hmac.compare_digest(wanted.encode(), claimed.lower().encode("utf-8", "surrogatepass")):
        raise BadSignature("the body is not the one that was signed")


def _spellings(url: str) -> Iterator[str]:
    """The URL as it is, and with and without the standard port. Twilio leaves out `#...`, and `user:password@`."""
    scheme, _, after = url.partition("#")[0].partition("://")
    netloc = re.split(r"[/?]", after, maxsplit=1)[0]
    path = after[len(netloc) :]
    host = netloc.rpartition("@")[2] if scheme == "https" else netloc
    yield f"{scheme}://{host}{path}"
    standard = _STANDARD_PORTS.get(scheme)
    if host.endswith(f":{standard}"):
        yield f"{scheme}://{host.removesuffix(f':{standard}')}{path}"
    elif not re.search(r":[0-9]+$", host):
        yield f"{scheme}://{host}:{standard}{path}"
