"""Test what the command line says and does."""

import pytest
from django.core.management import CommandError, call_command

from resources.imports import worker
from resources.models import Import, ImportRow, Organization, Provenance, ServiceAtLocation, TaxonomyTerm
from tests.resources.factories import VerificationFactory

from . import states
from .files import NORTH, SOUTH, WEST, with_cell, write_csv, write_xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, capsys):
    """Run the command on these rows; return the lines that it prints."""

    def ran(rows, *options, write=write_csv):
        call_command("import_listings", str(write(tmp_path / "list.csv", rows)), "--as-of=2022-05-01", *options)
        return capsys.readouterr().out.splitlines()

    return ran


def test_it_prints_progress_problems_and_one_line_of_result(run):
    assert run([NORTH, with_cell(SOUTH, "zip", "x")], write=write_xlsx) == [
        "2 rows read",
        "Row 3, zip: “x” is not a ZIP code with 5 digits. The row is left out.",
        "1 of 2 rows",
        "1 added, 0 updated, 0 unchanged, 0 missing, 1 left out.",
    ]


def test_a_dry_run_prints_the_differences_and_stores_nothing(run):
    assert run([NORTH, SOUTH], "--dry-run")[-1] == ("Would be: 2 added, 0 updated, 0 unchanged, 0 missing, 0 left out.")
    models = (Organization, TaxonomyTerm, Import, ImportRow)
    assert [model.objects.count() for model in models] == [0] * 4

    run([NORTH, SOUTH])
    VerificationFactory(listing=ServiceAtLocation.objects.get(slug__startswith="root-north"), fields=["phone"])
    before = states.everything()
    changed = with_cell(with_cell(NORTH, "phone", "860-555-0177"), "service_code_info", "SA")
    lines = run([changed, SOUTH], "--dry-run")

    numbers = "860-555-0100 · main / 860-555-0100 · 12 · intake → 860-555-0177 · main / 860-555-0100 · 12 · intake"
    assert lines[1:] == [
        f"Row 2, phones: {numbers}. Kept: checked by staff.",
        "Row 2, codes: SA OP ORT MU OTP MM MD SP → SA.",
        "Would be: 0 added, 1 updated, 1 unchanged, 0 missing, 0 left out.",
    ]
    assert states.everything() == before


def test_a_drop_must_be_agreed_to(run):
    run([NORTH, SOUTH, WEST])

    with pytest.raises(CommandError, match="The file lacks 2 of the 3 rows"):
        run([NORTH])
    assert not Provenance.objects.exclude(missing_since=None).exists()

    assert run([NORTH], "--accept-drop")[-1] == "0 added, 0 updated, 1 unchanged, 2 missing, 0 left out."
    assert Import.objects.count() == 2


def test_one_state_can_be_asked_for(run):
    assert run([NORTH, SOUTH, WEST], "--state", "ny")[-1].startswith("1 added")
    with pytest.raises(CommandError, match="XX is not a state"):
        run([NORTH], "--state", "xx")


def test_it_goes_on_with_an_import_that_failed(run, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(worker.applying, "_switch", lambda *_: 1 / 0)
        with pytest.raises(CommandError, match="After row 1: ZeroDivisionError"):
            run([NORTH])

    assert run([NORTH])[-1].startswith("1 added")
    assert Import.objects.get().state == "applied"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"a,b\n1,2\n", "The first row must name the columns. Missing: name1"), (None, "cannot be opened")],
)
def test_it_says_in_a_sentence_what_is_wrong_with_the_file(tmp_path, content, sentence):
    path = tmp_path / "file.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        call_command("import_listings", str(path))

    assert not Organization.objects.exists()


def test_the_importer_works_on_what_waits(check, tmp_path, capsys):
    run = check(write_csv(tmp_path / "list.csv", [NORTH]))
    Import.objects.update(state="applying")

    call_command("run_imports")

    assert capsys.readouterr().out == "1 imports worked on.\n"
    run.refresh_from_db()
    assert run.state == "applied"
