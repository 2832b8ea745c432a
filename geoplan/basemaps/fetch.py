"""Asking another computer for a tile: only those that are configured, never longer or more than stated.

A server that fetches what it is told to can be turned against its own network. Here the addresses are the
configuration's, redirects stay with the configured hosts, and a name that leads to the machine itself or to link-local
addresses is not followed unless the configuration names such an address itself.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from geoplan.basemaps.source import State, TileError
from geoplan.types import VERSION, Text

TIMEOUT_S = 8.0  # for the whole answer, however slowly it drips
MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65_536
_ADDRESS_CHARACTERS = "%/?&=:;,@+$!*'()[]~|"  # what is left as it is; the rest, such as Chinese, is quoted
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host in lower case, and port: what an address may differ in least before it is another computer."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Origin | None:
        """Return the origin of an address, None when it is not one of the web."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError:
            return None
        if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
            return None
        return cls(parts.scheme, host.lower(), port or _PORTS[parts.scheme])


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the body up to the limit. `media_type` is what the other side calls it."""

    status: int
    media_type: str
    body: bytes


def fetch(address: str, allowed: frozenset[Origin], limit: int, timeout_s: float = TIMEOUT_S) -> Answer:
    """Return what an address answers, following redirects among the `allowed` origins only.

    Raises TileError: `unreachable` when there is no answer within `timeout_s` seconds, `refused` when it is larger than
    `limit` bytes or leads elsewhere. Nothing but the host is ever told of an address, since the rest may hold a key.
    """
    deadline = time.monotonic() + timeout_s
    host = min((one.host for one in allowed), default="")
    for _ in range(MAX_REDIRECTS + 1):
        origin = Origin.of(address)
        if origin is None or origin not in allowed:
            raise elsewhere(host)
        answer, location = _ask(origin, address, limit, deadline)
        if location is None:
            return answer
        address = urljoin(address, location)
    raise _refused(host, Text("it redirects without end.", "无休止地重定向。"))


def unreachable(host: str) -> TileError:
    """Return the error for an address that does not answer."""
    return TileError(
        State.UNREACHABLE,
        Text("the basemap cannot be reached.", "无法连接底图服务。"),
        where=host,
        hint=Text(
            "Check the network, or choose a basemap from a file, or none.",
            "请检查网络，或选用本地底图文件，或不使用底图。",
        ),
    )


def elsewhere(host: str) -> TileError:
    """Return the error for an address or a redirect that leads to a computer nobody configured."""
    return _refused(host, Text("it leads to an address that is not configured.", "指向未配置的地址。"))


def _refused(host: str, message: Text, hint: Text | None = None) -> TileError:
    usual = Text("Whoever runs the app should look at basemaps.toml.", "请应用管理员检查 basemaps.toml。")
    return TileError(State.REFUSED, message, where=host, hint=hint or usual)


def _ask(origin: Origin, address: str, limit: int, deadline: float) -> tuple[Answer, str | None]:
    """Return one answer, and where it redirects to, if it does."""
    parts = urlsplit(address)
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_ADDRESS_CHARACTERS)
    headers = {
        "User-Agent": f"geoplan/{VERSION}",
        "Accept": "image/png, image/jpeg, image/webp, image/gif, application/xml;q=0.5",
        "Accept-Encoding": "identity",  # nothing to unfold, so nothing that could unfold without end
        "Connection": "close",
    }
    connection = http.client.HTTPConnection(origin.host, origin.port)
    try:
        with _connected(origin, deadline) as sock:
            connection.sock = sock
            connection.request("GET", target, headers=headers)
            with connection.getresponse() as response:
                if response.status in _REDIRECTS:
                    return Answer(response.status, "", b""), response.getheader("Location") or ""
                body = _body(response, limit, origin.host)
                kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
                return Answer(response.status, kind, body), None
    except ssl.SSLCertVerificationError:
        said = Text("its certificate cannot be verified.", "无法验证其证书。")
        raise _refused(origin.host, said) from None
    except (OSError, http.client.HTTPException, UnicodeError):
        raise unreachable(origin.host) from None
    finally:
        connection.close()


def _body(response: http.client.HTTPResponse, limit: int, host: str) -> bytes:
    chunks, size = [], 0
    while chunk := response.read1(_CHUNK):
        size += len(chunk)
        if size > limit:
            said = f"{limit:,}"
            raise _refused(host, Text(f"it sends more than {said} bytes.", f"返回超过 {said} 字节。"))
        chunks.append(chunk)
    if response.length:  # cut off before what was announced
        raise unreachable(host)
    return b"".join(chunks)


@contextmanager
def _connected(origin: Origin, deadline: float) -> Iterator[socket.socket]:
    """Yield a connection that ends at the deadline, whatever the other side does.

    A timeout of a socket counts from byte to byte; a side that sends one now and then would never reach it.
    """
    sock = _connection(origin, deadline)
    ended = threading.Event()

    def end() -> None:
        ended.set()
        with suppress(OSError):  # closed already
            # Not the method of an encrypted socket: that one would let the reader go on in plain text.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    watch = threading.Timer(max(0.0, deadline - time.monotonic()), end)
    watch.daemon = True
    watch.start()
    try:
        if origin.scheme == "https":
            context = ssl.create_default_context()
            # The handshake comes after `sock` is the new one, so that the deadline ends it too.
            sock = context.wrap_socket(sock, server_hostname=origin.host, do_handshake_on_connect=False)
            sock.do_handshake()
        yield sock
        if ended.is_set():  # an answer cut off there may look like a whole one
            raise TimeoutError
    finally:
        watch.cancel()
        sock.close()


def _connection(origin: Origin, deadline: float) -> socket.socket:
    """Return a connection to the first address of a host that answers and may be asked."""
    found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    may = [entry for entry in found if may_ask(origin.host, str(entry[4][0]))]
    if not may:
        raise elsewhere(origin.host)
    failure: OSError = TimeoutError()
    for family, kind, protocol, _, place in may:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(remaining)
        try:
            sock.connect(place)  # to the address that was looked at, not to the name once more
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise failure


def may_ask(host: str, address: str) -> bool:
    """Return whether a host of the configuration may be asked at an address its name leads to.

    Private networks may: an intranet's tile server has a name. The machine itself, link-local addresses (where clouds
    keep credentials) and the like only if the configuration says so itself, by "localhost" or the address.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or found
    if host in (address, "localhost") or _same_address(host, found):
        return True
    return not (inner.is_loopback or inner.is_link_local or inner.is_multicast or inner.is_unspecified)


def _same_address(host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return ipaddress.ip_address(host) == address
    except ValueError:
        return False
