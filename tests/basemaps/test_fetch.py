from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from geoplan.basemaps.fetch import Origin, fetch, may_ask
from geoplan.basemaps.source import State, TileError
from tests.basemaps.files import picture
from tests.basemaps.peer import Handler, Peer, peer

SECRET = "tk=0123456789abcdef"  # noqa: S105 - stands for a key that must not be repeated


def asked(server: Peer, path: str = "/a", *, limit: int = 100_000, timeout_s: float = 5.0) -> tuple[int, bytes]:
    origin = Origin.of(server.address)
    assert origin is not None
    answer = fetch(f"{server.address}{path}?{SECRET}", frozenset({origin}), limit, timeout_s)
    return answer.status, answer.body


def failure(server: Peer, **options: float) -> TileError:
    with pytest.raises(TileError) as caught:
        asked(server, **options)  # type: ignore[arg-type]
    said = f"{caught.value.line('en')} {caught.value.line('zh')} {caught.value!r} {caught.value.args}"
    assert "tk" not in said
    assert "0123456789abcdef" not in said
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_an_answer_is_handed_on_with_its_status_and_type() -> None:
    with peer(lambda request: request.reply(200, picture())) as server:
        assert asked(server) == (200, picture())
        assert server.asked == [f"/a?{SECRET}"]
        sent = server.headers[0]
    assert sent["user-agent"].startswith("geoplan/")
    assert sent["accept-encoding"] == "identity"
    assert "cookie" not in sent
    assert "referer" not in sent


def test_letters_beyond_ascii_are_quoted() -> None:
    with peer(lambda request: request.reply(200, b"x")) as server:
        asked(server, "/合肥")
        assert server.asked[0].startswith("/%E5%90%88%E8%82%A5?")


def test_a_redirect_within_the_host_is_followed() -> None:
    def answer(request: Handler) -> None:
        if request.path.startswith("/a"):
            request.reply(302, b"", Location="/b")
        else:
            request.reply(200, b"here")

    with peer(answer) as server:
        assert asked(server) == (200, b"here")


@pytest.mark.parametrize("scheme", ["http", "file", "https", "gopher"])
def test_a_redirect_elsewhere_is_never_followed(scheme: str) -> None:
    with peer(lambda request: request.reply(200, b"inside")) as inside:
        target = f"{scheme}://{inside.address.removeprefix('http://')}/secret"
        with peer(lambda request: request.reply(302, b"", Location=target)) as server:
            error = failure(server)
        assert inside.asked == []
    assert error.state is State.REFUSED


def test_a_redirect_without_end_ends() -> None:
    with peer(lambda request: request.reply(302, b"", Location="/a")) as server:
        assert failure(server).state is State.REFUSED
        assert len(server.asked) == 4


def test_more_than_the_limit_is_refused_whatever_the_length_announced() -> None:
    def announced(request: Handler) -> None:
        request.reply(200, b"x" * 200_000)

    def endless(request: Handler) -> None:
        request.send_response(200)
        request.end_headers()
        while not request.server.stopping.is_set():  # type: ignore[attr-defined]
            request.wfile.write(b"x" * 10_000)

    for answer in (announced, endless):
        with peer(answer) as server:
            assert "100,000 bytes" in str(failure(server))


def drip_body(request: Handler) -> None:
    request.send_response(200)
    request.end_headers()
    drip(request, b"x")


def drip_header(request: Handler) -> None:
    request.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    drip(request, b"y")


def drip(request: Handler, byte: bytes) -> None:
    server = request.server
    assert isinstance(server, Peer)
    while not server.stopping.wait(0.02):
        request.wfile.write(byte)
        request.wfile.flush()


def silence(request: Handler) -> None:
    server = request.server
    assert isinstance(server, Peer)
    server.stopping.wait(10)


@pytest.mark.parametrize("answer", [drip_body, drip_header, silence])
def test_a_slow_answer_is_given_up_however_it_drips(answer: object) -> None:
    with peer(answer) as server:  # type: ignore[arg-type]
        assert failure(server, timeout_s=0.3).state is State.UNREACHABLE


def test_an_answer_cut_off_is_no_answer() -> None:
    def answer(request: Handler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"only this")

    with peer(answer) as server:
        assert failure(server).state is State.UNREACHABLE


@contextlib.contextmanager
def speaking(answer: bytes) -> Iterator[str]:
    """Yield the address of a server that says the same to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(10_000)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(5)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n"])
def test_what_does_not_speak_http_is_unreachable(answer: bytes) -> None:
    with speaking(answer) as address:
        origin = Origin.of(address)
        assert origin is not None
        with pytest.raises(TileError) as caught:
            fetch(address, frozenset({origin}), 1000, 2.0)
    assert caught.value.state is State.UNREACHABLE


def test_encryption_with_a_server_that_knows_none_is_given_up_in_time() -> None:
    with peer(silence) as server:
        address = server.address.replace("http:", "https:")
        origin = Origin.of(address)
        assert origin is not None
        with pytest.raises(TileError) as caught:
            fetch(address, frozenset({origin}), 1000, 0.3)
    assert caught.value.state is State.UNREACHABLE


def test_a_closed_port_and_a_name_that_is_none_are_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for address in (f"http://127.0.0.1:{port}/", "http://nowhere.invalid/"):
        origin = Origin.of(address)
        assert origin is not None
        with pytest.raises(TileError) as caught:
            fetch(address, frozenset({origin}), 1000, 2.0)
        assert caught.value.state is State.UNREACHABLE
        assert caught.value.hint is not None


def test_an_address_nobody_configured_is_not_asked() -> None:
    with peer(lambda request: request.reply(200, b"x")) as server, pytest.raises(TileError) as caught:
        fetch(server.address, frozenset({Origin("https", "tiles.example", 443)}), 1000)
    assert caught.value.state is State.REFUSED
    assert server.asked == []


@pytest.mark.parametrize(
    ("host", "address", "may"),
    [
        ("tiles.example", "93.184.216.34", True),
        ("tiles.intranet", "10.1.2.3", True),
        ("tiles.intranet", "192.168.1.1", True),
        ("tiles.example", "127.0.0.1", False),
        ("tiles.example", "::1", False),
        ("tiles.example", "::ffff:127.0.0.1", False),
        ("tiles.example", "169.254.169.254", False),
        ("tiles.example", "fe80::1%eth0", False),
        ("tiles.example", "0.0.0.0", False),  # noqa: S104 - refused
        ("localhost", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "::1", True),
        ("169.254.1.1", "169.254.1.1", True),
    ],
)
def test_a_name_that_leads_to_the_machine_itself_is_not_followed(host: str, address: str, may: bool) -> None:
    assert may_ask(host, address) is may


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("HTTPS://Tiles.Example/a", Origin("https", "tiles.example", 443)),
        ("http://[::1]:8080/", Origin("http", "::1", 8080)),
        ("http://me@tiles.example/", None),
        ("ftp://tiles.example/", None),
        ("http://tiles.example:x/", None),
        ("//tiles.example/", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(address: str, origin: Origin | None) -> None:
    assert Origin.of(address) == origin
