"""Which addresses may be called, and where a stand-in takes their place."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from app.fetching.refused import Refused

_AS_IT_IS = "".join(chr(code) for code in range(0x21, 0x7F))


@dataclass(frozen=True)
class Addresses:
    """The hosts of one plan. With `stand_in`, `https://host/path` is called at `<stand_in>/host/path`."""

    hosts: frozenset[str]
    stand_in: str | None = None

    def checked(self, url: str) -> str:
        """The provider's own address behind `url`. Raises Refused unless it is https and on one of the hosts."""
        own = self._own(url)
        parts = _split(own)
        if parts.scheme != "https":
            raise Refused("not_https")
        plain = parts.username is None and parts.password is None and "\\" not in own
        if not (plain and parts.hostname and self._allows(parts.hostname) and _port(parts) in {None, 443}):
            raise Refused("not_allowed_host")
        return own

    def called(self, own: str) -> str:
        """Where a checked address is really called."""
        if self.stand_in is None:
            return own
        return f"{self.stand_in.rstrip('/')}/{own.removeprefix('https://')}"

    def next_after(self, own: str, location: str) -> str:
        """The address that a redirect of `own` leads to, checked. Raises Refused."""
        try:
            return self.checked(urljoin(own, _as_ascii(self._own(location))))
        except ValueError:
            raise Refused("not_allowed_host") from None

    def _own(self, url: str) -> str:
        """A stand-in may name addresses of its own; they stand for the provider's."""
        prefix = f"{self.stand_in.rstrip('/')}/" if self.stand_in else None
        if prefix and url.startswith(prefix):
            url = f"https://{url.removeprefix(prefix)}"
        return _as_ascii(url)

    def _allows(self, host: str) -> bool:
        return host in self.hosts or any(one.startswith(".") and host.endswith(one) for one in self.hosts)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise Refused("not_allowed_host") from None


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return -1


def _as_ascii(url: str) -> str:
    """Blanks, control characters and what is not ASCII are percent-encoded, the rest is left as it is."""
    return quote(url.strip(), safe=_AS_IT_IS, errors="replace")
