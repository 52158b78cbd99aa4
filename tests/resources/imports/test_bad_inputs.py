"""Feed the importer what people really hand in: the inputs 85 to 99 of the test plan, each with what is said of it."""

import datetime
import io
import json
import threading
import zipfile

import openpyxl
import pytest
from django.db import connection

from resources.imports import runs, worker
from resources.models import Import, ImportRow

from . import states
from .files import HEADER, NORTH, SOUTH, with_cell, write_csv, write_xlsx
from .test_samhsa_directory import problems

pytestmark = pytest.mark.django_db
Format = Import.Format
COLUMNS = {
    "organization": "name",
    "state": "state",
    "zip": "zip",
    "phone": "phone",
    "website": "web",
    "email": "mail",
    "description_en": "about",
    "latitude": "lat",
    "longitude": "lon",
}
TITLES = list(COLUMNS.values())
GOOD = ["Casa Peña", "CT", "06112", "860-555-0100", "https://a.example.org", "a@example.org", "Open", "41.79", "-72.69"]


def table(path, *rows, titles=TITLES, encoding="utf-8", separator=",", end="\n"):
    lines = [separator.join(titles), *(separator.join(f'"{cell}"' for cell in row) for row in rows)]
    path.write_bytes(end.join(lines).encode(encoding))
    return path


@pytest.fixture
def bring_cell(bring, tmp_path):
    """Bring a table in whose one row has this cell; return its import."""

    def brought(column, value):
        row = list(GOOD)
        row[list(COLUMNS).index(column)] = value
        return bring(table(tmp_path / "table.csv", row), Format.TABLE, columns=COLUMNS)

    return brought


@pytest.mark.parametrize(
    ("encoding", "separator", "end"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ";", "\r\n"),
        ("utf-16", "\t", "\r\n"),
        ("utf-16-le", ",", "\r"),
        ("utf-16-be", ";", "\n"),
        ("windows-1252", ";", "\r\n"),
        ("utf-8", "|", "\r"),
    ],
)
def test_85_86_a_table_is_read_however_it_was_saved(check, tmp_path, encoding, separator, end):
    path = table(tmp_path / "table.csv", GOOD, encoding=encoding, separator=separator, end=end)

    run = check(path, Format.TABLE, columns=COLUMNS)

    assert (run.state, run.error) == ("checked", "")
    assert run.staged.get().record["said"]["name"]["organization"] == "Casa Peña"
    notice = "The file is not in UTF-8. It was read as Windows-1252: look at the accents."
    assert problems(run) == ([(2, "", notice, False)] if encoding == "windows-1252" else [])


def test_85_a_mixture_of_encodings_is_refused_with_the_line(check, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("name,state,zip\nPeña,CT,06112\n".encode() + "Peña,CT,06112\n".encode("windows-1252"))

    run = check(path, Format.TABLE, columns={"organization": "name", "state": "state", "zip": "zip"})

    assert run.state == "failed"
    assert run.error.startswith("Line 3 has a character of another encoding")


@pytest.mark.parametrize(
    ("titles", "error"),
    [
        ([title.upper() + " " for title in TITLES], ""),
        ([*TITLES[:2], "more", "more", *TITLES[2:]], ""),
        (TITLES[1:], "The first row must name the columns. Missing: name."),
        ([*TITLES[:-1], "name"], "The first row must name the columns. Missing: lon."),
        (["name", *TITLES], "There twice: the columns name."),
    ],
    ids=["case and spaces", "extra columns twice", "missing", "renamed", "twice"],
)
def test_86_the_header_is_found_or_what_is_wrong_with_it_said(check, tmp_path, titles, error):
    cells = dict(zip(TITLES, GOOD, strict=True)) | {"more": "x"}
    row = [cells.get(title.strip().lower(), "") for title in titles]

    run = check(table(tmp_path / "table.csv", row, titles=titles), Format.TABLE, columns=COLUMNS)

    assert run.error == error


@pytest.mark.parametrize("cell", ["=HYPERLINK('http://x','y')", "+1", "-2+3", "@SUM(1)", "\t=1", "|cmd"])
def test_87_a_formula_is_text(bring_cell, cell):
    bring_cell("organization", cell)

    assert states.one("title") == [cell.strip()]


def test_87_a_formula_in_a_workbook_is_what_the_workbook_shows(bring, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["name", "state", "zip"])
    book.active.append(["=1+1", "CT", "06112"])
    book.active.append(["'=A1", "CT", "06112"])
    book.save(tmp_path / "book.xlsx")

    run = bring(tmp_path / "book.xlsx", Format.TABLE, columns={"organization": "name", "state": "state", "zip": "zip"})

    assert [column for _row, column, _message, _out in problems(run)] == ["name"]  # nobody has reckoned the first
    assert states.one("title") == ["'=A1"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'name,state,zip\n"' + b"x" * 140_000 + b'",CT,06112\n', "Row 2 has a cell of more than 131,072 characters."),
        (b"name,state,zip\n" + b"x" * 5_000_000, "Line 2 is longer than 4 MB. Nothing was read."),
        (b"name,state,zip\n", "The table has no rows."),
        (b"", "The first row must name the columns. Missing: name, state, zip."),
        (b"," * 16_400 + b"\nx\n", "The table has more than 16,384 columns."),
        (b'name,state,zip\n"x"y,CT,06112\n', "Row 2 is no row of a CSV table: a quotation mark is out of place."),
        (b"<html><table>", "This is a web page or XML, whatever its name says. Nothing was read."),
        (b"\x1f\x8b\x08" + b"x" * 50, "This file is packed with gzip. Unpack it first."),
        (
            b"\xd0\xcf\x11\xe0" + b"x" * 50,
            "This is an old Excel file or a locked one. Save it as .xlsx without a password.",
        ),
        (b"PK\x03\x04" + b"x" * 50, "This file is damaged or locked with a password. Nothing was read."),
    ],
    ids=["long cell", "long line", "no rows", "empty", "columns", "quote", "html", "gzip", "xls", "damaged"],
)
def test_88_96_a_file_that_cannot_be_read_is_refused_in_a_sentence(check, tmp_path, content, error):
    (tmp_path / "list.xlsx").write_bytes(content)

    run = check(tmp_path / "list.xlsx", Format.TABLE, columns={"organization": "name", "state": "state", "zip": "zip"})

    assert (run.state, run.error) == ("failed", error)
    assert not ImportRow.objects.exists()


def test_88_too_many_rows_are_refused(check, tmp_path, monkeypatch):
    monkeypatch.setattr("portal.lib.spreadsheet.MAX_ROWS", 3)

    run = check(table(tmp_path / "table.csv", GOOD, GOOD, GOOD), Format.TABLE, columns=COLUMNS)

    assert run.error == "The table has more than 3 rows."


@pytest.mark.parametrize("cell", ["Casa\x00 Peña", "Casa \u202ePeña\u2069", "Ca\u200bsa Peña\ufeff"])
def test_89_invisible_characters_are_taken_out_and_named(bring_cell, cell):
    run = bring_cell("organization", cell)

    assert states.one("title") == ["Casa Peña"]
    assert problems(run) == [(2, "name", "Invisible characters were taken out.", False)]


@pytest.mark.parametrize("escaped", [r"\u0000", r"\u202e", r"\ufeff"])
def test_89_invisible_characters_are_taken_out_of_json_too(bring, tmp_path, escaped):
    text = (
        f'[{{"id":"1","name":"Clinic{escaped}","organization":{{"id":"2","name":"River"}},"service_at_locations":[]}}]'
    )
    (tmp_path / "list.json").write_text(text, encoding="utf-8")

    run = bring(tmp_path / "list.json", Format.HSDS_JSON)

    assert states.one("title") == ["River: Clinic"]
    assert problems(run) == [(1, "name", "Invisible characters were taken out.", False)]


def test_89_a_lone_surrogate_never_reaches_the_database(bring, tmp_path):
    text = r'[{"id":"1","name":"Clinic\ud800","organization":{"id":"2","name":"River"},"service_at_locations":[]}]'
    (tmp_path / "list.json").write_text(text, encoding="utf-8")

    assert bring(tmp_path / "list.json", Format.HSDS_JSON).state == "applied"
    assert states.one("title") == ["River: Clinic?"]


def test_90_an_id_counts_once_whatever_its_case(bring, tmp_path):
    entry = {"id": "A1", "name": "Clinic", "organization": {"id": "2", "name": "River"}, "service_at_locations": []}
    (tmp_path / "list.json").write_text(json.dumps([entry, {**entry, "id": "a1", "name": "Other"}]), encoding="utf-8")

    run = bring(tmp_path / "list.json", Format.HSDS_JSON)

    assert states.one("title") == ["River: Clinic"]
    assert [message for _row, _column, message, _out in problems(run)] == [
        "The row repeats an earlier one, or its id does: only the first counts."
    ]


def test_90_an_id_of_another_source_is_another_place(bring, tmp_path):
    path = table(tmp_path / "table.csv", GOOD)

    bring(path, Format.TABLE, "one", columns=COLUMNS)
    run = bring(path, Format.TABLE, "other", columns=COLUMNS)

    assert run.counts["add"] == 1
    assert len(states.listings()) == 2


def test_90_a_row_that_left_and_came_back_is_the_same_listing(bring_rows):
    bring_rows(NORTH, SOUTH)
    before = states.everything()

    gone = bring_rows(NORTH, drop_accepted=True, as_of="2023-05-01")
    missing = states.Provenance.objects.exclude(missing_since=None).values_list("listing__slug", "missing_since")
    assert list(missing) == [("root-south-new-london", datetime.date(2023, 5, 1))]
    back = bring_rows(NORTH, SOUTH, as_of="2023-06-01")

    assert (gone.counts["missing"], back.counts["same"]) == (1, 2)
    states.Provenance.objects.update(year=2022)
    assert states.everything() == before


@pytest.mark.parametrize(
    "cell", ["javascript:alert(1)", "http://169.254.169.254/", "ftp://example.org", "https://[::1]/"]
)
def test_91_a_web_address_of_another_kind_is_named_and_not_taken(bring_cell, cell):
    run = bring_cell("website", cell)

    assert problems(run) == [(2, "web", f"“{cell}” is not a web address. It is not taken.", False)]
    assert states.one("web") == [["", "a@example.org"]]


@pytest.mark.parametrize("cell", ["a@b", "a,b@c.co", "<a@b.co>", "ñ@example.org", f"{'x' * 65}@example.org"])
def test_91_a_bad_mail_address_is_named_and_not_taken(bring_cell, cell):
    run = bring_cell("email", cell)

    assert problems(run) == [(2, "mail", f"“{cell[:40]}” is not an e-mail address. It is not taken.", False)]
    assert states.one("web") == [["https://a.example.org", ""]]


@pytest.mark.parametrize(
    ("latitude", "longitude", "kept", "said"),
    [
        ("41,79", "-72,69", [41.79, -72.69, "address"], None),
        ("NULL", "N/A", [41.79, -72.696, "zip-centroid"], None),
        ("-72.69", "41.79", None, "latitude and longitude have changed places"),
        ("0.7294", "-1.2687", None, "not a point in the United States"),
        ("-999", "-999", None, "not a point in the United States"),
        ("NaN", "inf", None, "not a point in the United States"),
        ("1e308", "-72", None, "not a point in the United States"),
        ("41.79", "", None, "not a point in the United States"),
    ],
)
def test_93_a_doubtful_point_is_named_and_the_zip_code_stands_in(bring, tmp_path, latitude, longitude, kept, said):
    row = [*GOOD[:-2], latitude, longitude]

    run = bring(table(tmp_path / "table.csv", row), Format.TABLE, columns=COLUMNS)

    assert states.one("point") == [kept or [41.79, -72.696, "zip-centroid"]]
    assert [said in message for _row, _column, message, _out in problems(run)] == ([True] if said else [])


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("<p onclick='x'>Open<script>alert(1)</script></p>", "Open"),
        ("<b>Open &amp; free</b><br>Now", "Open & free\nNow"),
        ("5 < 6 and **bold**", "5 < 6 and **bold**"),
    ],
)
def test_94_html_becomes_plain_text(bring_cell, cell, kept):
    bring_cell("description_en", cell)

    assert states.one("description") == [[kept, ""]]


def test_94_a_text_without_end_is_cut_before_search_must_read_it(bring_cell):
    run = bring_cell("description_en", "word " * 20_000)

    assert problems(run) == [(2, "about", "Cut after 5000 characters.", False)]


def bomb(path, fill):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return path


DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "hahaha"><!ENTITY b SYSTEM "file:///etc/passwd">'
DTD += b'<!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def with_entities(path, entity):
    """Write a workbook whose first name is an entity of a DTD."""
    whole = io.BytesIO(write_xlsx(path, [NORTH]).read_bytes())
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/sharedStrings.xml":
                body = content.split(b"?>", 1)[-1] if content.startswith(b"<?xml") else content
                content = DTD + body.replace(b"Root North", entity)
            target.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("fill", "sentence"),
    [
        (
            lambda archive: archive.writestr("xl/workbook.xml", b"0" * 300_000_000),
            "This file unpacks to more than 256 MB",
        ),
        (
            lambda archive: [archive.writestr(f"{n}.xml", "") for n in range(1001)],
            "This file has too many parts inside",
        ),
        (lambda archive: archive.writestr("../../evil.txt", "x"), "This file is not a spreadsheet that can be read"),
        (lambda archive: archive.writestr("xl/vbaProject.bin", "x"), "This workbook holds macros"),
    ],
    ids=["zip bomb", "10,000 members", "zip slip", "macros"],
)
def test_95_96_an_archive_that_is_no_honest_workbook_is_refused(check, tmp_path, fill, sentence):
    run = check(bomb(tmp_path / "book.xlsx", fill))

    assert run.state == "failed"
    assert run.error.startswith(sentence)


@pytest.mark.parametrize("entity", [b"&b;", b"&c;"])
def test_96_entities_of_a_workbook_are_never_followed(bring, tmp_path, entity):
    bring(with_entities(tmp_path / "book.xlsx", entity))

    assert not any("root:" in title or "haha" in title for title in states.one("title"))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("[" * 10_000, "Entries in this file are nested deeper than 40 levels."),
        ('[{"latitude": NaN}]', "This is not JSON that can be read: something is wrong after entry 0."),
        ('[{"a": 1}, {"b": ', "This is not JSON that can be read: something is wrong after entry 1."),
        ('[{"a": "' + "x" * 2_500_000 + '"}]', "A text in this file is longer than 1 MB. Nothing was read."),
        ("[" + "9" * 5000 + "]", "A number in this file has more than 300 digits. Nothing was read."),
        (
            "[{" + ",".join(f'"{n}":1' for n in range(200_001)) + "}]",
            "One entry in this file holds more than 200,000 values.",
        ),
        ('"text"', "The file holds no list of entries."),
        ("[]", "The table has no rows."),
        ("", "This is not JSON that can be read: something is wrong after entry 0."),
    ],
    ids=["deep", "NaN", "cut off", "long text", "long number", "large entry", "text", "empty list", "empty"],
)
def test_97_json_that_cannot_be_read_is_refused_in_a_sentence(check, tmp_path, content, error):
    (tmp_path / "list.json").write_text(content, encoding="utf-8")

    run = check(tmp_path / "list.json", Format.HSDS_JSON)

    assert (run.state, run.error) == ("failed", error)


def test_97_a_key_that_stands_twice_and_a_number_without_end_are_named(check, tmp_path):
    text = '[{"id":"1","id":"2","minimum_age":1e400,"name":"A","organization":{"name":"B"},"service_at_locations":[]}]'
    (tmp_path / "list.json").write_text(text, encoding="utf-8")

    run = check(tmp_path / "list.json", Format.HSDS_JSON)

    assert [(column, out) for _row, column, _message, out in problems(run)] == [("id", False), ("minimum_age", False)]


def test_98_the_same_file_twice_changes_nothing(bring_rows):
    bring_rows(NORTH, SOUTH)
    before = (states.everything(), list(states.SearchDocument.objects.order_by("pk").values()))

    run = bring_rows(SOUTH, NORTH)

    assert (run.counts.get("add", 0), run.counts.get("update", 0), run.counts["same"]) == (0, 0, 2)
    assert (states.everything(), list(states.SearchDocument.objects.order_by("pk").values())) == before


def test_98_an_older_file_after_a_newer_is_refused(bring_rows):
    bring_rows(NORTH, as_of="2023-05-01")

    with pytest.raises(runs.RefusedError, match="This list is of 2022-05-01, and a newer one of 2023-05-01"):
        bring_rows(NORTH)


def test_98_a_file_with_40_percent_fewer_rows_stops_and_asks(bring_rows):
    rows = [with_cell(NORTH, "street1", f"{number} Main Street") for number in range(10)]
    bring_rows(*rows)

    with pytest.raises(runs.RefusedError, match="The file lacks 4 of the 10 rows"):
        bring_rows(*rows[:6])
    assert not states.Provenance.objects.exclude(missing_since=None).exists()
    run = Import.objects.latest("pk")
    runs.accept(run, drop_accepted=True)
    worker.work(run)

    assert states.Provenance.objects.exclude(missing_since=None).count() == 4
    assert len(states.listings()) == 10


def test_98_a_file_with_a_tenth_fewer_rows_goes_in(bring_rows):
    rows = [with_cell(NORTH, "street1", f"{number} Main Street") for number in range(10)]
    bring_rows(*rows)

    assert bring_rows(*rows[:9]).state == "applied"


def test_99_two_imports_of_one_source_do_not_run_at_once(check, tmp_path):
    path = write_csv(tmp_path / "list.csv", [NORTH], HEADER)
    first = check(path)
    runs.accept(first)

    with pytest.raises(runs.RefusedError, match="Another import of “samhsa” is under way. Wait until it is done."):
        check(path)
    assert check(path, source="other").state == "checked"


def test_99_a_file_checked_before_another_was_applied_is_read_anew(check, bring_rows, tmp_path):
    waiting = check(write_csv(tmp_path / "list.csv", [NORTH, SOUTH], HEADER))
    bring_rows(NORTH)

    runs.accept(waiting)
    assert waiting.state == "reading"
    worker.work(waiting)
    runs.accept(waiting)
    worker.work(waiting)

    assert waiting.state == "applied"
    assert (waiting.counts["add"], waiting.counts["same"]) == (1, 1)
    assert len(states.listings()) == 2


@pytest.mark.django_db(transaction=True)
def test_99_an_import_that_another_process_works_on_is_left_to_it(check, tmp_path):
    run = check(write_csv(tmp_path / "list.csv", [NORTH], HEADER))
    runs.accept(run)
    seen = []

    def other():
        seen.append(worker.work(Import.objects.get(pk=run.pk)))
        connection.close()

    with worker._held(run):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    assert seen == [False]
    assert Import.objects.get(pk=run.pk).state == "applying"
