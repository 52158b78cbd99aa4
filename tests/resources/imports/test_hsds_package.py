"""Test what stands in the tables of an HSDS package and is no listing, and that large ones are joined in time."""

import shutil
import sqlite3

import pytest

from resources.imports import hsds_csv
from resources.models import Import

from . import states
from .conftest import DATA
from .test_samhsa_directory import problems

pytestmark = pytest.mark.django_db


@pytest.fixture
def package(tmp_path):
    return shutil.copytree(DATA / "hsds_package", tmp_path / "package")


@pytest.mark.parametrize(
    ("cells", "encoding", "said"),
    [
        ("a1,l1,1 North\u200b Street,Hartford,CT,06112", "utf-8", "Invisible characters were taken out."),
        ("a1,l1,1 Peña Street,Hartford,CT,06112", "windows-1252", "The file is not in UTF-8. It was read as Windows"),
    ],
)
def test_a_doubt_about_a_table_is_a_note_and_no_listing(bring, package, cells, encoding, said):
    text = "id,location_id,address_1,city,state_province,postal_code\n" + cells + "\n"
    (package / "addresses.csv").write_bytes(text.encode(encoding))

    run = bring(package, Import.Format.HSDS_CSV)

    assert (run.state, run.error, run.counts["add"]) == ("applied", "", 2)
    assert states.one("title") == ["River Health: Buprenorphine clinic"] * 2
    assert [message for _row, column, message, _out in problems(run) if message.startswith(said)]


def test_no_query_reads_a_whole_table_of_rows(package):
    database = sqlite3.connect(":memory:")
    found = []
    list(hsds_csv._fill(database, package))
    database.set_trace_callback(found.append)
    list(hsds_csv._services(database))
    list(hsds_csv._loose_ends(database))
    database.set_trace_callback(None)

    selects = {sql for sql in found if sql.startswith("SELECT") and sql.split("--")[0]}
    plans = [step for sql in selects for *_ids, step in database.execute(f"EXPLAIN QUERY PLAN {sql}")]

    assert plans
    assert [step for step in plans if step.startswith("SCAN")] == []
