"""Test that a table is read from what a file holds, and that nothing else gets through."""

import zipfile

import openpyxl
import pytest
from django.utils import translation

from portal.lib.spreadsheet import Row, UnreadableFileError, clean, read

TABLE = "name,zip\nCasa Peña,06112\n"
ROWS = [Row(2, {"name": "Casa Peña", "zip": "06112"})]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def read_bytes(tmp_path, content, columns=("name", "zip")):
    path = tmp_path / "whatever.bin"
    path.write_bytes(content)
    return list(read(path, sheet="List", columns=columns))


def workbook(path, rows, sheet="List"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.rstrip().encode(),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        "NAME , Zip\n Casa Peña ,06112\n,\n".encode(),
        "name,zip,more\nCasa Peña,06112\n".encode(),
        "name,zip\nCasa \x00Pe\u202eña,06112\n".encode(),
        "name;zip\nCasa Peña;06112\n".encode(),
        "name\tzip\nCasa Peña\t06112\n".encode("utf-16"),
        TABLE.encode("utf-16-be"),
        TABLE.encode("windows-1252"),
    ],
)
def test_a_csv_file_is_read_however_it_was_saved(tmp_path, content):
    assert [row.cells["name"] for row in read_bytes(tmp_path, content)] == ["Casa Peña"]


def test_a_workbook_is_read_with_its_row_numbers_and_whole_numbers_as_text(tmp_path):
    content = workbook(tmp_path / "book", [["name", "zip"], ["Casa Peña", "06112"], [None, None], ["Otra", 6112]])

    assert read_bytes(tmp_path, content) == [*ROWS, Row(4, {"name": "Otra", "zip": "6112"})]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Missing: name, zip"),
        (b"name,phone\nx,y\n", "Missing: zip"),
        (b"name,zip,Name\nx,06112,y\n", "There twice: the columns name"),
        (TABLE.encode() + "Peña,06112\n".encode("windows-1252"), "Line 3 has a character of another encoding"),
        (b"PK\x03\x04 and then nothing", "damaged or locked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel file"),
        (b'name,zip\n"x' + b"y" * 200_000 + b'",06112\n', "Row 2 has a cell of more than 131,072 characters"),
        (b"<html><table><tr><td>name</td></tr></table></html>", "This is a web page or XML"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(tmp_path, content, sentence):
    with pytest.raises(UnreadableFileError, match=sentence):
        read_bytes(tmp_path, content)


def test_a_workbook_without_the_sheet_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="no sheet “List”"):
        read_bytes(tmp_path, workbook(tmp_path / "book", [["name", "zip"]], sheet="Other"))


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("../evil.txt", "x")

    with pytest.raises(UnreadableFileError, match="not a spreadsheet that can be read"):
        read_bytes(tmp_path, (tmp_path / "zip").read_bytes())


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("portal.lib.archives.MAX_UNPACKED_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "0" * 100_000)

    with pytest.raises(UnreadableFileError, match="unpacks to more than"):
        read_bytes(tmp_path, (tmp_path / "zip").read_bytes())


def test_an_archive_with_too_many_parts_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        for number in range(1001):
            archive.writestr(f"{number}.xml", "")

    with pytest.raises(UnreadableFileError, match="too many parts"):
        read_bytes(tmp_path, (tmp_path / "zip").read_bytes())


def test_what_was_taken_out_of_a_row_and_done_to_a_file_is_said_with_the_row(tmp_path):
    altered = read_bytes(tmp_path, "name,zip\nCasa \u202ePeña,06112\n".encode())
    guessed = read_bytes(tmp_path, (TABLE + "Otra,06112\n").encode("windows-1252"))

    assert [row.altered for row in altered] == [("name",)]
    assert [bool(row.notice) for row in guessed] == [True, False]


def test_a_damaged_archive_is_refused(tmp_path):
    content = bytearray(workbook(tmp_path / "book", [["name", "zip"], ["x", "06112"]]))
    content[60:80] = b"\xff" * 20

    with pytest.raises(UnreadableFileError):
        read_bytes(tmp_path, bytes(content))


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be opened"):
        list(read(tmp_path / "none.csv", sheet="List", columns=("name",)))


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [("  a  b ", "a b"), ("a\u202eb\x07c\nd", "abc d"), ("=HYPERLINK(1)", "=HYPERLINK(1)"), ("\u00a0x", "x")],
)
def test_a_cell_is_one_line_without_invisible_characters(cell, cleaned):
    assert clean(cell) == cleaned
