"""What pages hand to the browser by address: the same for the same, unguessable, packed, bounded."""

from __future__ import annotations

import gzip
import threading

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp

from geoplan.ui.deposit import Deposits, deposit_route
from tests.ui.asgi import ask


@pytest.fixture
def kept() -> Deposits:
    return Deposits()


@pytest.fixture
def app(kept: Deposits) -> ASGIApp:
    return Starlette(routes=[deposit_route("", kept)])


def test_what_was_put_is_fetched_with_its_type_and_may_be_kept_by_this_browser_only(
    kept: Deposits, app: ASGIApp
) -> None:
    answer = ask(app, f"/{kept.put(b'{}', 'application/json')}")
    assert answer.content == b"{}"
    assert answer.headers["content-type"] == "application/json"
    assert "private" in answer.headers["cache-control"]
    assert "content-disposition" not in answer.headers


def test_large_content_travels_packed(kept: Deposits, app: ASGIApp) -> None:
    content = b"zone " * 10_000
    packed = ask(app, f"/{kept.put(content, 'text/plain')}", {"accept-encoding": "gzip, br"})
    assert len(packed.content) < len(content) / 50
    assert gzip.decompress(packed.content) == content
    plain = ask(app, f"/{kept.put(content, 'text/plain')}", {"accept-encoding": "identity"})
    assert plain.content == content
    assert "content-encoding" not in plain.headers


def test_the_same_content_has_the_same_address_and_another_process_another_one(kept: Deposits) -> None:
    first = kept.put(b"a", "text/plain")
    assert kept.put(b"a", "text/plain") == first
    assert kept.put(b"b", "text/plain") != first
    assert kept.put(b"a", "text/html") != first
    assert Deposits().put(b"a", "text/plain") != first


def test_a_guessed_address_is_answered_with_a_sentence_in_both_languages(app: ASGIApp) -> None:
    answer = ask(app, f"/data/{'0' * 64}")
    assert answer.status == 404
    assert "reload the page" in answer.content.decode()
    assert "重新加载" in answer.content.decode()


def test_what_was_not_asked_for_longest_is_dropped_first() -> None:
    kept = Deposits(most=250)
    first, second = kept.put(b"1" * 100, "text/plain"), kept.put(b"2" * 100, "text/plain")
    assert kept.get(first.split("/")[1]) is not None
    kept.put(b"3" * 100, "text/plain")
    assert kept.get(second.split("/")[1]) is None
    assert kept.get(first.split("/")[1]) is not None


def test_a_download_has_its_name_whatever_is_in_it(kept: Deposits, app: ASGIApp) -> None:
    link = kept.put(b"x", "text/csv", '科大硅谷 "a"\r\nx: y.csv')
    answer = ask(app, f"/{link}")
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''%E7%A7%91")
    assert "\n" not in disposition
    assert '"' not in disposition


def test_many_threads_may_put_at_once() -> None:
    kept = Deposits(most=50_000)
    threads = [
        threading.Thread(target=lambda n=n: [kept.put(bytes([n]) * 500 + bytes([i]), "a/b") for i in range(100)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.put(b"last", "a/b").startswith("data/")
