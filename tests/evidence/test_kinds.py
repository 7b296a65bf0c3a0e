"""What a file is: by its bytes, held against its name."""

from __future__ import annotations

import io

import pytest

from backpack.evidence.adding import NotALink, PosingLink, web_address
from backpack.evidence.contents import Content
from backpack.evidence.filenames import cleaned, disposition
from backpack.evidence.kinds import (
    KINDS,
    EmptyFile,
    HasMacros,
    Mislabelled,
    Truncated,
    TwoAtOnce,
    UnknownKind,
    Unreadable,
    kind_of,
)
from backpack.evidence.readying import FileTooLarge, Limits, Ready, TooManyPixels, made_ready
from backpack.evidence.writing import page_text
from backpack.settings import FILE_KINDS
from tests.evidence import files


def ready(data: bytes, name: str) -> Ready:
    return made_ready(io.BytesIO(data), name, Limits(most_mb=2))


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        pytest.param(files.photo("PNG"), "a.png", "image/png", id="png"),
        pytest.param(files.photo(), "a.jpg", "image/jpeg", id="jpeg"),
        pytest.param(files.photo(), "a.png", "image/jpeg", id="a picture under another picture's name"),
        pytest.param(files.photo() + b"\0" * 9 + files.mp4(), "a.jpg", "image/jpeg", id="a photo with its film behind"),
        pytest.param(files.photo(progressive=True), "a.jpg", "image/jpeg", id="a photo in several scans"),
        pytest.param(files.photo("WEBP"), "a.webp", "image/webp", id="webp"),
        pytest.param(files.heic(), "IMG_0001.HEIC", "image/heic", id="heic"),
        pytest.param(files.pdf(), "a.PDF", "application/pdf", id="pdf"),
        pytest.param(files.pdf(), "rapport", "application/pdf", id="no ending"),
        pytest.param(
            files.docx(),
            "a.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            id="docx",
        ),
        pytest.param(files.odt(), "a.odt", "application/vnd.oasis.opendocument.text", id="odt"),
        pytest.param(
            files.odt("Basic/script-lc.xml", "Basic/Standard/script-lb.xml", "Scripts/"),
            "a.odt",
            "application/vnd.oasis.opendocument.text",
            id="odt with lists of no macros",
        ),
        pytest.param(files.wav(), "a.wav", "audio/wav", id="wav"),
        pytest.param(b"ID3\4\0\0\0\0\0\0" + b"\xff\xfb\x90\0" * 9, "a.mp3", "audio/mpeg", id="mp3"),
        pytest.param(files.mp4(b"M4A "), "a.m4a", "audio/mp4", id="m4a"),
        pytest.param(files.mp4(), "a.mp4", "video/mp4", id="mp4"),
        pytest.param(
            files.camera(b"XAVC", b"vide", compatible=b"mp42iso2"), "a.mp4", "video/mp4", id="mp4 of a camera"
        ),
        pytest.param(files.camera(b"mp42", b"soun"), "a.m4a", "audio/mp4", id="m4a of a phone"),
        pytest.param(files.camera(b"isom", b"soun"), "a.mp4", "audio/mp4", id="a sound in a film's file"),
        pytest.param(files.camera(b"mp42", b"soun", b"vide"), "a.m4a", "video/mp4", id="a film called a sound"),
        pytest.param("Déjà vu\r\n".encode(), "a.txt", "text/plain", id="text"),
        pytest.param(files.photo() + b"PK\5\6", "a.jpg", "image/jpeg", id="a photo that holds four bytes by chance"),
        pytest.param(files.commented_png(b"Logiciel <libre>"), "a.png", "image/png", id="a picture with a comment"),
    ],
)
def test_a_file_is_what_its_bytes_are(data: bytes, name: str, media_type: str) -> None:
    assert kind_of(Content.of(data), name).media_type == media_type


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        pytest.param(b"", "a.png", EmptyFile, id="empty"),
        pytest.param(b"OggS\0\2abcd", "a.ogg", Truncated, id="ogg without a page"),
        pytest.param(b"fLaC\0", "a.flac", Truncated, id="flac without a head"),
        pytest.param(b"ID3\3\0\0\0\0\0\x0axx", "a.mp3", Truncated, id="a tag without sound"),
        pytest.param(b"\x1a\x45\xdf\xa3" + b"webm".rjust(28), "a.webm", Truncated, id="webm without a segment"),
        pytest.param(files.crowded(30_000), "a.docx", Truncated, id="a document of 30,000 names"),
        pytest.param(files.mp4() + b"\0\0\0\x08free" * 60_000, "a.mp4", Truncated, id="a film of 60,000 boxes"),
        pytest.param(b"\0" * 900, "a.png", EmptyFile, id="nothing but zeros"),
        pytest.param(files.HTML, "a.png", Mislabelled, id="a page called a picture"),
        pytest.param(files.HTML, "a.html", UnknownKind, id="a page"),
        pytest.param(b"<svg onload='alert(1)'/>", "a.svg", UnknownKind, id="a drawing that runs"),
        pytest.param(b"#!/bin/sh\n", "a.sh", UnknownKind, id="a script"),
        pytest.param(files.pdf(), "a.mp3", Mislabelled, id="a document called a sound"),
        pytest.param(files.box("a.txt"), "a.zip", UnknownKind, id="an archive"),
        pytest.param(files.docx("word/vbaProject.bin"), "a.docm", HasMacros, id="a document with macros"),
        pytest.param(files.docx("word/vbaProject.bin"), "a.docx", HasMacros, id="macros under a plain name"),
        pytest.param(files.odt("Basic/Standard/Module1.xml"), "a.odt", HasMacros, id="macros in an open document"),
        pytest.param(files.box("a.txt"), "a.docx", UnknownKind, id="an archive called a document"),
        pytest.param("Déjà vu".encode("cp1252"), "a.csv", Unreadable, id="a table in old letters"),
        pytest.param("Déjà vu".encode("utf-16"), "a.txt", Unreadable, id="a text in UTF-16"),
        pytest.param(b"MZ\x90\0" * 30, "a.txt", UnknownKind, id="a program called a text"),
        pytest.param(files.camera(b"avif", compatible=b"mif1isom"), "a.mp4", UnknownKind, id="a picture called a film"),
        pytest.param(b"MZ\x90\0" * 30, "a.exe", UnknownKind, id="a program"),
        pytest.param(b"SIMPLE  =                    T", "a.png", Mislabelled, id="an astronomer's picture"),
        pytest.param(files.pdf()[:200], "a.pdf", Truncated, id="half a document"),
        pytest.param(files.docx()[:-30], "a.docx", Truncated, id="half an office document"),
        pytest.param(files.mp4()[:-9], "a.mp4", Truncated, id="half a film"),
        pytest.param(files.wav()[:-9], "a.wav", Truncated, id="half a sound"),
        pytest.param(files.photo("PNG")[:-40], "a.png", Truncated, id="half a picture"),
        pytest.param(files.photo()[:300], "a.jpg", Truncated, id="half a photo"),
        pytest.param(files.photo()[:-2], "a.jpg", Truncated, id="a photo without its end"),
        pytest.param(files.photo("GIF")[:-1], "a.gif", Truncated, id="a moving one without its end"),
        pytest.param(b"\xff\xd8\xff\xd9", "a.jpg", Truncated, id="a photo of nothing"),
        pytest.param(files.photo("PNG") + files.HTML, "a.png", TwoAtOnce, id="a picture that is a page too"),
        pytest.param(files.photo("GIF") + files.HTML, "a.gif", TwoAtOnce, id="a moving one that is a page too"),
        pytest.param(files.photo() + files.box("a.txt"), "a.jpg", TwoAtOnce, id="a photo that is an archive too"),
        pytest.param(files.pdf() + files.box("a.txt"), "a.pdf", TwoAtOnce, id="a document that is an archive too"),
        pytest.param(
            files.photo() + files.box("a.txt", remark=10_000), "a.jpg", TwoAtOnce, id="an archive with a long remark"
        ),
        pytest.param(
            files.pdf() + files.box("a.txt", remark=9_000, last=b"\nstartxref\n0\n%%EOF\n"),
            "a.pdf",
            TwoAtOnce,
            id="a document in the remark of an archive",
        ),
        pytest.param(
            files.photo("GIF")[:-1] + b" " * 5000 + files.HTML + b" " * 5000 + b";",
            "a.gif",
            TwoAtOnce,
            id="a page deep in a picture",
        ),
        pytest.param(files.commented_png(files.HTML), "a.png", TwoAtOnce, id="a page in a picture's comment"),
        pytest.param(files.heic()[:-20], "a.heic", Truncated, id="half a phone's photo"),
        pytest.param(files.huge_png(10_001), "a.png", TooManyPixels, id="10,001 pixels a side"),
        pytest.param(files.huge_png(), "a.png", TooManyPixels, id="13,000 pixels a side"),
        pytest.param(b"a" * 2_000_001, "a.txt", FileTooLarge, id="larger than allowed"),
    ],
)
def test_what_cannot_be_kept_gets_a_sentence_with_its_name(data: bytes, name: str, error: type[Exception]) -> None:
    with pytest.raises(error) as refused:
        ready(data, name)
    assert name in str(refused.value)


def test_an_operator_can_accept_fewer_kinds() -> None:
    assert kind_of(Content.of(files.pdf()), "a.pdf", {"pdf", "png"}).label == "PDF"
    with pytest.raises(UnknownKind, match="We accept: PNG, PDF"):
        kind_of(Content.of(files.wav()), "a.wav", {"pdf", "png"})


def test_the_setting_and_the_list_name_the_same_kinds() -> None:
    assert [kind.name for kind in KINDS] == list(FILE_KINDS)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.png", "x.png"),
        ('a"\r\nX: 1.png', "a'X: 1.png"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\0b.txt", "ab.txt"),
        ("  .hidden ", "hidden"),
        ("", "file"),
        (None, "file"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("a" * 300 + ".png", "a" * 116 + ".png"),
    ],
)
def test_a_file_s_name_is_made_fit_to_be_shown(given: str | None, kept: str) -> None:
    assert cleaned(given) == kept
    header = disposition(kept)
    assert "\n" not in header
    assert header.isascii()


def test_a_file_gets_the_ending_of_what_it_is() -> None:
    assert ready(files.photo("PNG"), "photo.exe").filename == "photo.exe.png"


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/b?c=d#e",
        "http://a.example",
        "HTTPS://A.example",
        "https://été.example/",
        "https://a.example/@b",
    ],
)
def test_a_link_leads_to_the_web(address: str) -> None:
    assert web_address(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVa\tScript:alert(1)", "data:text/html,x", "//evil.example", "ftp://a.example"),
        *("https://", "https:///x", "https://a b.example", "https://[", "file:///etc/passwd", "x" * 3000, ""),
    ],
)
def test_anything_else_is_no_link(address: str) -> None:
    with pytest.raises(NotALink):
        web_address(address)


@pytest.mark.parametrize(
    "address",
    ["https://museum.example@evil.example/", "https://me:secret@a.example/", "https://evil.example\\@museum.example/"],
)
def test_an_address_that_poses_as_another_is_told_apart(address: str) -> None:
    with pytest.raises(PosingLink, match="leads to another"):
        web_address(address)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**a** *b*", "<p><strong>a</strong> <em>b</em></p>"),
        ("# a", "<h3>a</h3>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](https://b.example)", '<p><a href="https://b.example" rel="nofollow noopener ugc">a</a></p>'),
        (
            "![a](https://b.example/c.png)",
            '<p>!<a href="https://b.example/c.png" rel="nofollow noopener ugc">a</a></p>',
        ),
    ],
)
def test_writing_becomes_text_and_nothing_that_runs(written: str, shown: str) -> None:
    assert str(page_text(written)).strip() == shown


def test_deep_nesting_costs_nothing_and_loses_no_word() -> None:
    assert page_text(">" * 20_000)
    assert "<blockquote>" in page_text(">" * 10 + " deep")
    for depth in range(15, 30):
        assert "deep" in page_text("> " * depth + "deep")
        assert "deep" in page_text("\n".join("  " * level + "- level" for level in range(depth)) + " deep")
