"""What a tile's bytes are, by their own first bytes: only small PNG, JPEG, WebP and GIF images are passed on."""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAX_TILE_BYTES = 4_000_000
MAX_TILE_PIXELS = 2048  # along each side; a page that had to unfold larger images could be brought down by one

# A transparent pixel, shown where a basemap has no tile.
TRANSPARENT_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000b4944415478da636000020000050001e9fadcd80000000049454e44ae426082"
)
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start-of-frame markers of ISO/IEC 10918-1
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length


@dataclass(frozen=True, slots=True)
class Image:
    """A tile's picture: its bytes, its media type, and its size in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


def image_of(data: bytes) -> Image | None:
    """Return the picture some bytes are, None for anything else and for one too large to be a tile."""
    if len(data) > MAX_TILE_BYTES:
        return None
    for media_type, size_of in (
        ("image/png", _png_size),
        ("image/jpeg", _jpeg_size),
        ("image/webp", _webp_size),
        ("image/gif", _gif_size),
    ):
        size = size_of(data)
        if size is not None:
            width, height = size
            fits = 0 < width <= MAX_TILE_PIXELS and 0 < height <= MAX_TILE_PIXELS
            return Image(data, media_type, width, height) if fits else None
    return None


def _png_size(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(_PNG) or data[12:16] != b"IHDR" or len(data) < 33:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif_size(data: bytes) -> tuple[int, int] | None:
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < 13:
        return None
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Return the size by the first chunk of a WebP file (RFC 9649)."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return the size in the first frame header, passing over the segments before it."""
    if data[:3] != b"\xff\xd8\xff":
        return None
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF or marker in _JPEG_BARE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if length < 2:
            return None
        place += 2 + length
    return None
