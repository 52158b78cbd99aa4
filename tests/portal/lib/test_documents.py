"""Word and Markdown documents become sections of clean HTML, and what is left out is said."""

import io
import zipfile

import pytest

from portal.lib.archives import UnreadableFileError
from portal.lib.documents import read

MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = f"""<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{MAIN}"/>
</Types>"""
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
RELS = f"""<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">
<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>"""
LINKS = f"""<?xml version="1.0"?><Relationships xmlns="{PACKAGE}">
<Relationship Id="rId2" Type="{R}/hyperlink" Target="http://example.org/old" TargetMode="External"/>
<Relationship Id="rId3" Type="{R}/footnotes" Target="footnotes.xml"/>
<Relationship Id="rId4" Type="{R}/comments" Target="comments.xml"/></Relationships>"""
STYLES = f"""<?xml version="1.0"?><w:styles xmlns:w="{W}">
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Fancy"><w:name w:val="Fancy"/></w:style></w:styles>"""


def paragraph(text, style="", inside=""):
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r>{inside}</w:p>"


def part(name, inside=""):
    """Return a part of a Word document."""
    return f'<?xml version="1.0"?><w:{name} xmlns:w="{W}" xmlns:r="{R}">{inside}</w:{name}>'


def word(*paragraphs, **parts):
    """Return a Word document of these paragraphs."""
    note = f'<w:footnote w:id="1">{paragraph("A small study.")}</w:footnote>'
    files = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELS,
        "word/document.xml": part("document", f"<w:body>{''.join(paragraphs)}</w:body>"),
        "word/styles.xml": STYLES,
        "word/_rels/document.xml.rels": LINKS,
        "word/footnotes.xml": part("footnotes", note),
        "word/comments.xml": part("comments"),
        **{name.replace("__", "/") + ".xml": text for name, text in parts.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    file.seek(0)
    return file


def markdown(text):
    return io.BytesIO(text.encode())


def parts(document):
    return [(part.heading, part.anchor, part.body) for part in document.parts]


def test_a_word_document_becomes_a_title_and_sections():
    document = read(
        word(
            paragraph("About help", "Title"),
            paragraph("Who can go?", "Heading1"),
            paragraph("Anybody."),
            paragraph("And children", "Heading2"),
            paragraph("They too."),
            paragraph("¿Cuánto cuesta?", "Heading1"),
            paragraph("Nada."),
        )
    )

    assert (document.title, document.dropped) == ("About help", [])
    assert parts(document) == [
        ("Who can go?", "who-can-go", "<p>Anybody.</p><h3>And children</h3><p>They too.</p>"),
        ("¿Cuánto cuesta?", "cuanto-cuesta", "<p>Nada.</p>"),
    ]


def test_what_word_holds_and_an_article_does_not_is_told():
    note = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    link = '<w:hyperlink r:id="rId2"><w:r><w:t> the site</w:t></w:r></w:hyperlink>'
    comment = part("comments", f'<w:comment w:id="0" w:author="A">{paragraph("Sure?")}</w:comment>')

    document = read(
        word(
            paragraph("Part", "Heading1"),
            paragraph("One", "Fancy", note),
            paragraph("See", "", link),
            word__comments=comment,
            word__header1=part("hdr"),
        )
    )

    assert parts(document)[0][2] == "<p>One</p><p>See<a> the site</a></p>".replace(
        "<a>", '<a rel="noopener noreferrer">'
    )
    assert document.dropped == [
        "Note 1: “A small study.”",
        "1 comment.",
        "What stands at the top or foot of every page.",
        "The looks of the style “Fancy”; its words are in the text.",
        "The link to http://example.org/old: only full https:// addresses are kept. Its words are in the text.",
    ]


def test_a_markdown_text_becomes_a_title_and_sections_with_lists_and_tables():
    document = read(
        markdown(
            "# About\n\nFirst words.\n\n## Who?\n\n- *One*\n- **Two**\n\n## Who?\n\n|a|b|\n|-|-|\n|1|2|\n\n[x](https://a.example)"
        )
    )

    assert document.title == "About"
    assert [(part.heading, part.anchor) for part in document.parts] == [
        ("", "part"),
        ("Who?", "who"),
        ("Who?", "who-2"),
    ]
    assert document.parts[1].body.replace("\n", "") == "<ul><li><em>One</em></li><li><strong>Two</strong></li></ul>"
    assert "<td>2</td>" in document.parts[2].body
    assert 'href="https://a.example"' in document.parts[2].body
    assert document.dropped == []


def test_what_markdown_holds_and_an_article_does_not_is_told():
    document = read(
        markdown(
            "---\ntitle: x\n---\n# T\n\n## A\n\n![face](a.png) One[^1].<b>!</b> `code` [up](../x)\n\n"
            "<!-- secret -->\n\n[^1]: A study.\n"
        )
    )

    assert "secret" not in document.parts[0].body
    assert document.dropped == [
        "The lines between --- at the beginning.",
        "Note 1: “A study.”",
        "1 picture. Put it among the pictures and choose it below a section.",
        "HTML code and hidden comments; words between two codes are in the text.",
        "Marks that an article does not have: code (1). Their words are in the text.",
        "The link to ../x: only full https:// addresses are kept. Its words are in the text.",
    ]


@pytest.mark.parametrize(
    "text", ["## A\n\nx\n\n<script>go()</script>", "## A\n\n[x](javascript:go())", "## A\n\n<a onclick=go()>x</a>"]
)
def test_nothing_that_a_browser_would_run_comes_through(text):
    body = read(markdown(text)).parts[0].body

    assert "<script" not in body
    assert "href" not in body
    assert "onclick" not in body


def test_more_sections_than_an_article_may_have_are_left_out_with_a_word_and_long_headings_are_cut():
    document = read(markdown("# T\n\n" + "".join(f"## Part {n} {'x' * 200}\n\nText.\n\n" for n in range(62))))

    assert len(document.parts) == 60
    assert {len(part.heading) for part in document.parts} == {160}
    assert document.dropped[0].startswith("Everything from the heading “Part 60 ")


def bomb():
    """Return an archive of 40 kB that unpacks to more than a document may."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (21 * 1024 * 1024))
    file.seek(0)
    return file


def other_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (io.BytesIO(b""), "empty"),
        (io.BytesIO(b"  \n"), "empty"),
        (io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), "too big"),
        (io.BytesIO(b"%PDF-1.7"), "neither a Word document"),
        (io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "old Word file"),
        (io.BytesIO("Niño".encode("cp1252")), "UTF-8"),
        (io.BytesIO(b"a\x00b"), "neither a Word document"),
        (io.BytesIO(b"PK\x03\x04broken"), "damaged"),
        (other_zip(), "no Word document"),
        (bomb(), "more than 20 MB"),
        (word("<w:p><w:broken"), "damaged"),
        (word("<w:p>" * 3000 + "</w:p>" * 3000), "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(file, words):
    with pytest.raises(UnreadableFileError, match=words):
        read(file)


def test_a_document_that_unfolds_itself_is_refused():
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
    )
    body = (
        f'<?xml version="1.0"?>{entities}]><w:document xmlns:w="{W}"><w:body>{paragraph("&j;")}</w:body></w:document>'
    )

    with pytest.raises(UnreadableFileError):
        read(word(word__document=body))
