from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from geoplan.basemaps.images import MAX_TILE_BYTES, TRANSPARENT_PNG, image_of
from tests.basemaps.files import picture, pixels


@pytest.mark.parametrize(
    ("form", "options", "media_type"),
    [
        ("PNG", {}, "image/png"),
        ("JPEG", {}, "image/jpeg"),
        ("JPEG", {"progressive": True, "exif": b"Exif\0\0" + b"x" * 300}, "image/jpeg"),
        ("WEBP", {}, "image/webp"),
        ("WEBP", {"lossless": True}, "image/webp"),
        ("WEBP", {"exif": b"Exif\0\0II*\0"}, "image/webp"),  # the extended form
        ("GIF", {}, "image/gif"),
    ],
)
def test_a_picture_is_known_by_its_bytes_with_its_size(form: str, options: dict[str, object], media_type: str) -> None:
    file = io.BytesIO()
    Pictures.new("RGB", (300, 200), (1, 2, 3)).save(file, form, **options)
    found = image_of(file.getvalue())
    assert found is not None
    assert (found.media_type, found.width, found.height) == (media_type, 300, 200)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x1f\x8b\x08\x00" + b"\0" * 60,  # a vector tile
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"\xff\xd8\xff" + b"\xff" * 50,
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"GIF89a",
        b"BM" + b"\0" * 60,
    ],
)
def test_what_is_no_picture_is_nothing(data: bytes) -> None:
    assert image_of(data) is None


def test_a_picture_that_would_unfold_to_gigabytes_is_nothing() -> None:
    bomb = bytearray(picture())
    bomb[16:24] = struct.pack(">II", 60_000, 60_000)
    assert image_of(bytes(bomb)) is None


def test_a_picture_of_more_bytes_than_a_tile_has_is_nothing() -> None:
    assert image_of(picture() + b"\0" * MAX_TILE_BYTES) is None


def test_the_see_through_tile_is_a_picture_of_one_clear_pixel() -> None:
    assert image_of(TRANSPARENT_PNG) is not None
    assert pixels(TRANSPARENT_PNG).tolist() == [[[0, 0, 0, 0]]]


@given(
    data=st.binary(max_size=200),
    start=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b""]),
)
def test_no_bytes_bring_it_down(data: bytes, start: bytes) -> None:
    found = image_of(start + data)
    assert found is None or found.media_type.startswith("image/")
