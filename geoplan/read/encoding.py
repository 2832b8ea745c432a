"""Which encoding text is in, when files say nothing, or say what is wrong.

The order is: what the file declares, if its text can be read so; strict UTF-8; GB18030 (which holds GBK and
GB 2312). A declaration that gives garbage is passed over, and `how` says so. Nothing is guessed beyond that.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence

from geoplan.inspection import EncodingInfo
from geoplan.read.guards import UnfitError

SAMPLES = 5
_SAMPLE_LENGTH = 40
# Language ids of .dbf files (dBASE); 0x57 (“ANSI”) and 0 say nothing about the text: see STANDARDS.md §4.
LANGUAGES = {
    0x4D: "gbk", 0x7A: "gbk", 0x4F: "big5", 0x78: "big5", 0x13: "cp932", 0x7B: "cp932", 0x4E: "cp949", 0x79: "cp949",
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip
_CODE_PAGES = {"65001": "utf-8", "936": "gbk", "54936": "gb18030", "950": "big5", "88591": "iso-8859-1"}
_HANZI = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def codec_named(name: str) -> str | None:
    """Return the codec a .cpg, charset or option names ("GBK", "936", "ANSI 936", "OEM"), None when there is none."""
    text = name.strip().strip("\x00").lower()
    digits = re.sub(r"^(ansi|cp|windows|oem)?[ _-]*", "", text)
    text = _CODE_PAGES.get(digits, text)
    for candidate in (text, f"cp{digits}"):
        try:
            found = codecs.lookup(candidate)
        except (LookupError, ValueError):
            continue
        # Codecs such as "hex" or "zip" are no encodings of text.
        if isinstance("".encode("ascii"), bytes) and getattr(found, "_is_text_encoding", True):
            return "gb18030" if found.name in ("gb2312", "gbk", "cp936") else found.name
    return None


def required_codec(name: str) -> str:
    """Return the codec for an encoding the user names; raises UnfitError when there is none."""
    found = codec_named(name)
    if found is None:
        raise UnfitError(
            f"cannot be read as “{name}”: no such encoding; try UTF-8 or GB18030",
            f"没有名为“{name}”的编码；可用 UTF-8 或 GB18030",
        )
    return found


def choose(texts: Sequence[bytes], declared: Sequence[tuple[str, str]], override: str | None = None) -> tuple[str, str]:
    """Return the codec for these byte strings and how it was found.

    `declared` are (codec name, who says so) in the order of trust. `override` is the user's choice, which is
    followed or refused. Raises UnfitError when nothing fits.
    """
    telling = [text for text in texts if not text.isascii()]
    if override is not None:
        codec = required_codec(override)
        wrong = next((text for text in telling if decoded(text, codec) is None), None)
        if wrong is not None:
            raise _undecodable(override, wrong)
        return codec, "named by the user"
    passed: list[str] = []
    for name, who in declared:
        stated = codec_named(name)
        if stated is None:
            passed.append(f"{who} names “{name.strip()[:20]}”, which is no encoding")
        elif not _reads(telling, stated) or _belied(telling, stated):
            passed.append(f"{who} says {label(stated)}, which does not fit the text")
        else:
            return stated, _joined(who, passed)
    if not telling:
        return "utf-8", _joined("all text is ASCII", passed)
    if _is_utf8(telling):
        return "utf-8", _joined("the text is valid UTF-8", passed)
    if _reads(telling, "gb18030"):
        return "gb18030", _joined("the text is no UTF-8 but valid GB18030", passed)
    raise _undecodable("UTF-8 or GB18030", next(text for text in telling if decoded(text, "gb18030") is None))


def decoded(text: bytes, codec: str) -> str | None:
    """Return text decoded, without a character that the end of a field cut in two; None when it is not in `codec`."""
    try:
        return text.decode(codec)
    except UnicodeDecodeError as error:
        if error.start < len(text) - 3 or error.end < len(text) or not _cut(text[error.start :], codec):
            return None
        return text[: error.start].decode(codec)
    except (UnicodeError, LookupError):
        return None


def describe(codec: str, how: str, texts: Iterable[str]) -> EncodingInfo:
    """Return how text was decoded, with up to five different samples of it that are not ASCII."""
    sample = dict.fromkeys(text[:_SAMPLE_LENGTH] for text in texts if not text.isascii())
    return EncodingInfo(label(codec), how, tuple(list(sample)[:SAMPLES]))


def sampled(found: EncodingInfo, values: Iterable[object]) -> EncodingInfo:
    """Return the same with a sample of these values, if any of them tells more than ASCII."""
    sample = describe("utf-8", "", (value for value in values if isinstance(value, str))).sample
    return EncodingInfo(found.name, found.how, sample or found.sample)


def decode_document(content: bytes, override: str | None = None) -> tuple[str, EncodingInfo]:
    """Return a whole text file decoded: by its byte order mark, else by `choose` over its lines."""
    bom = next((codec for mark, codec in _BOMS if content.startswith(mark)), None)
    if bom is not None and override is None:
        text = decoded(content, bom)
        if text is None:
            raise _undecodable(label(bom), content[:40])
        return text, describe(bom, "its byte order mark", _words(text))
    codec, how = choose([content], [], override)
    text = decoded(content, codec) or ""
    return text.removeprefix("\ufeff"), describe(codec, how, _words(text))


def label(codec: str) -> str:
    """Return the usual name of a codec."""
    return {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16"}.get(codec, codec.upper())


def _words(text: str) -> Iterable[str]:
    return (word.strip() for word in re.split(r"[,;\t\r\n|=]+", text[:200_000]))


def _reads(texts: Sequence[bytes], codec: str) -> bool:
    return all(decoded(text, codec) is not None for text in texts)


def _is_utf8(texts: Sequence[bytes]) -> bool:
    """Return whether the text is UTF-8, and not GBK that happens to be valid UTF-8.

    Two bytes of GBK can be one Latin or Cyrillic letter of UTF-8 (“一” is D2 BB), three bytes hardly ever a
    Chinese one: text that gives Chinese characters both ways is UTF-8 only if it does as UTF-8.
    """
    if not _reads(texts, "utf-8"):
        return False
    if any(_HANZI.search(decoded(text, "utf-8") or "") for text in texts):
        return True
    return not _is_chinese(texts)


def _belied(texts: Sequence[bytes], codec: str) -> bool:
    """Return whether text that can be read in `codec` is plainly in another: no declaration outweighs Chinese."""
    if codec == "utf-8" or not texts:
        return False
    if _is_utf8(texts):
        return True
    single = decoded(b"\xc4\xe3", codec)
    if single is None or len(single) != 2:  # not one of the encodings of one byte a character, which read anything
        return False
    return _is_chinese(texts)


def _is_chinese(texts: Sequence[bytes]) -> bool:
    """Return whether bytes, read as GB18030, are plainly Chinese: nine in ten characters are of GB 2312.

    And half of them are of its 3,755 commonest (level 1, lead bytes B0 to D7). Western text has its accented
    letters between plain ones, which makes characters outside GB 2312 (a second byte below A1).
    """
    read = [decoded(text, "gb18030") for text in texts]
    if None in read:
        return False
    raw = [character.encode("gb18030") for text in read for character in text or "" if not character.isascii()]
    known = [one for one in raw if len(one) == 2 and one[0] <= 0xF7 and one[1] >= 0xA1]
    common = [one for one in known if 0xB0 <= one[0] <= 0xD7]
    return len(known) >= 0.9 * len(raw) and len(common) >= 0.5 * len(raw)


def _cut(tail: bytes, codec: str) -> bool:
    """Return whether these last bytes are the beginning of one character."""
    try:
        return not codecs.getincrementaldecoder(codec)().decode(tail)
    except (UnicodeError, LookupError):
        return False


def _joined(how: str, passed: Sequence[str]) -> str:
    return "; ".join([how, *passed])


def _undecodable(name: str, text: bytes) -> UnfitError:
    shown = ascii(text[:20])
    return UnfitError(
        f"its text is not {name} ({shown}); name its encoding with --encoding",
        f"文字不是 {name}（{shown}）；请用 --encoding 指定编码",
    )
