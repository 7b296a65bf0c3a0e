"""Files that people might send, made by code: good ones of each kind, and all that can be wrong with them."""

from __future__ import annotations

import base64
import io
import wave
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter

HTML = b"<!doctype html><script>alert(1)</script>"


def photo(form: str = "JPEG", size: tuple[int, int] = (40, 30), **options: bool) -> bytes:
    """A picture that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Canary Camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (47.0, 12.0, 34.0)
    out = io.BytesIO()
    Image.new("RGB", size, (200, 90, 30)).save(out, form, exif=exif, **options)
    return out.getvalue()


def pdf(author: str = "") -> bytes:
    out = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    if author:
        writer.add_metadata({"/Author": author})
    writer.write(out)
    return out.getvalue()


def box(*names: str, first: tuple[str, bytes] | None = None, remark: int = 0, last: bytes = b"") -> bytes:
    """An archive, with a remark of so many spaces and these bytes at its end."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.comment = b" " * remark + last
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            archive.writestr(name, b"<x/>")
    return out.getvalue()


def docx(*more: str, properties: str = "") -> bytes:
    core = f"<cp:coreProperties>{properties}</cp:coreProperties>".encode()
    return box("[Content_Types].xml", "word/document.xml", *more, first=("docProps/core.xml", core))


def crowded(names: int) -> bytes:
    """A document whose end record promises this many names."""
    made = bytearray(docx())
    at = made.rindex(b"PK\5\6")
    made[at + 8 : at + 12] = names.to_bytes(2, "little") * 2
    return bytes(made)


def odt(*more: str) -> bytes:
    return box("content.xml", *more, first=("mimetype", b"application/vnd.oasis.opendocument.text"))


def commented_png(words: bytes) -> bytes:
    """A picture with a comment in its midst."""
    plain, content = photo("PNG"), b"tEXtComment\0" + b" " * 5000 + words + b" " * 5000
    chunk = (len(content) - 4).to_bytes(4) + content + zlib.crc32(content).to_bytes(4)
    return plain[:33] + chunk + plain[33:]


def camera(brand: bytes, *tracks: bytes, compatible: bytes = b"") -> bytes:
    """A film or a recording as devices write it: of their own brand, with tracks of these sorts."""
    kinds = b"".join(b"\0\0\0\x20hdlr" + b"\0" * 8 + track + b"\0" * 12 for track in tracks)
    boxes = ((b"ftyp", brand + b"\0\0\2\0" + compatible), (b"moov", kinds), (b"mdat", b"\1" * 50))
    return b"".join((len(content) + 8).to_bytes(4) + kind + content for kind, content in boxes)


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\1" * 400)
    return out.getvalue()


def piece(kind: bytes, *content: bytes) -> bytes:
    """A box of a film."""
    inside = b"".join(content)
    return (len(inside) + 8).to_bytes(4) + kind + inside


def mp4(brand: bytes = b"isom", moov: bytes = b"\0" * 20, last: bytes = b"") -> bytes:
    """A film of this table of contents: the one it has by itself cannot be told apart."""
    return piece(b"ftyp", brand + b"\0\0\2\0") + piece(b"moov", moov) + piece(b"mdat", b"\1" * 50) + last


def track(handler: bytes = b"vide", described: bytes = b"avc1", *more: bytes, entry: bytes = b"") -> bytes:
    """A track of a film, with a description of what is in it, and what else stands in it."""
    description = b"\0\0\0\0" + b"\0\0\0\1" + piece(described, entry)
    media = piece(b"hdlr", b"\0" * 4, b"mhlr", handler, b"\0" * 12) + piece(
        b"minf", piece(b"stbl", piece(b"stsd", description), piece(b"stco", b"\0" * 8))
    )
    return piece(b"trak", piece(b"tkhd", b"\2" * 84), piece(b"mdia", media), *more)


PLACE = b"+48.1173-001.6778+040.000/"


def told() -> bytes:
    """A table of contents that says where it was filmed in each way that phones have, in the film and in a track."""
    key = b"com.apple.quicktime.location.ISO6709"
    keys = piece(b"keys", b"\0" * 4, b"\0\0\0\1", piece(b"mdta" + key))
    values = piece(b"ilst", piece(b"\0\0\0\1", piece(b"data", b"\0\0\0\1\0\0\0\0" + PLACE)))
    classic = piece(b"\xa9xyz", len(PLACE).to_bytes(2) + b"\x15\xc7" + PLACE)
    loci = piece(b"loci", b"\0" * 4 + b"\x55\xc4" + PLACE + b"\0" + b"\0" * 12)
    return (
        piece(b"mvhd", b"\3" * 100)
        + track(b"vide", b"avc1", piece(b"udta", loci))
        + track(b"soun", b"mp4a", piece(b"meta", keys, values))
        + piece(b"udta", classic, loci, b"\0" * 4)
        + piece(b"meta", piece(b"hdlr", b"\0" * 24), keys, values)
    )


HEIC = (
    "c-muNV30{GsVvAy%}izhg51nBLl8SRGck>Uf$?2#YDppk1Sn>t<P<^K3<a6VB@AeQuOPD|7tCS;Vu8$*M2Hdx1`QzTlbMsB%m`$-"
    "I503XFhaC23BgzljzC>7HjL%~s)VQuhKrd4v2SK(UK*GOk{1PXQkg)yfNC<zk_{P<1i_9;FUm||Kv4<Q=UR~oHseudK~Vva-k({J"
    "oDZbSfJQhoG8e%8CHH~h&)*+E7#R4O6@XeL92j{R|NjRmU}l&Ab^<el+%6^uMWCdX6C)#<%mRf*)@iSvEZez5K)^r&Bm^cDm4M3G"
    "To?})ALs;HB9d8LkP5ZX0g5>@i}FjDu}Ff#Q=lNTA`=`092^`#N;<P37Zz2(kYs9PVqjusW@!Z}&n!w!gGEwGW^Ot-s6heBmz+|Z"
    "42}*^P&MR2qRdu<aec(IFR%9hf117j-{L>*C;$JC|L?Uo{GFljzj>@tQU8m-)QaAn!j~s`SUu#{9o5&qSF23Un=UmmcAxJ8G=L2f"
    "w!Xd$THsh@V&n%~zz)P}j6&d819~3fBIm@s#G*<D0A3(>H~"
)
"""A picture of 64 by 40 pixels, red on its left and blue on its right, that says of itself: turn me by a quarter."""


def heic() -> bytes:
    return zlib.decompress(base64.b85decode(HEIC))


def huge_png(side: int = 13_000) -> bytes:
    """So many pixels a side in a few kilobytes."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()
