"""Test that an import which failed does not go on over a newer one."""

import pytest
from django.urls import reverse

from resources.imports import applying, runs, worker
from resources.models import Import, ServiceAtLocation

from . import states
from .files import HEADER, NORTH, SOUTH, WEST, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(check, tmp_path, monkeypatch):
    """Fail an import after its listings were made and before they are seen; return it."""
    run = check(write_csv(tmp_path / "failed.csv", [NORTH, SOUTH], HEADER))
    runs.accept(run)
    with monkeypatch.context() as broken:
        broken.setattr(applying, "_switch", lambda *_: 1 / 0)
        worker.work(run)
    assert (run.state, ServiceAtLocation.objects.count()) == ("failed", 2)
    return run


def test_an_import_is_not_accepted_beside_one_that_failed_on_its_way(admin_client, check, failed, tmp_path):
    other = check(write_csv(tmp_path / "list.csv", [NORTH], HEADER), as_of="2023-05-01")

    with pytest.raises(runs.RefusedError, match="Another import of “samhsa” was begun and is not finished"):
        runs.accept(other)

    runs.refuse(failed)
    shown = admin_client.get(reverse("admin:resources_import_state", args=[other.pk])).content.decode()
    assert "The listings of this list have changed since it was checked." in shown
    runs.accept(other)
    worker.work(other)
    assert (other.state, other.counts["add"]) == ("checked", 1)  # it was compared with what is not there any more
    runs.accept(other)
    worker.work(other)
    assert (other.state, states.one("title")) == ("applied", ["Root North: Main Clinic"])


def test_an_import_that_failed_does_not_go_on_over_a_newer_one(failed):
    values = {"source": failed.source, "state": "applied", "format": failed.format, "name": "newer"}
    newer = Import.objects.create(**values, as_of="2023-05-01", applied_at=failed.checked_at)
    with pytest.raises(runs.RefusedError, match="a newer one of 2023-05-01 is applied already"):
        runs.again(failed)

    Import.objects.filter(pk=newer.pk).update(as_of=failed.as_of, applied_at=failed.created_at.replace(year=2999))
    Import.objects.filter(pk=failed.pk).update(drop_accepted=True)
    failed.refresh_from_db()
    runs.again(failed)

    assert (failed.state, failed.drop_accepted, ServiceAtLocation.objects.count()) == ("reading", False, 0)
    worker.work(failed)
    assert (failed.state, failed.counts["add"]) == ("checked", 2)


def test_columns_named_anew_for_an_import_that_failed_discard_what_it_made(failed):
    runs.begin(failed, {"organization": "name"})

    assert (failed.state, ServiceAtLocation.objects.count(), failed.staged.count()) == ("reading", 0, 0)


def test_an_import_that_failed_while_it_was_read_anew_is_read_again(check, bring_rows, tmp_path):
    waiting = check(write_csv(tmp_path / "list.csv", [NORTH, SOUTH], HEADER))
    bring_rows(NORTH)
    runs.accept(waiting)
    worker._fail(waiting, "x")

    runs.again(waiting)

    assert waiting.state == "reading"


def test_what_was_agreed_to_is_asked_again_when_the_file_is_read_anew(check, bring_rows, tmp_path):
    bring_rows(NORTH, SOUTH, WEST)
    waiting = check(write_csv(tmp_path / "list.csv", [NORTH], HEADER))
    bring_rows(NORTH, SOUTH, WEST)
    runs.accept(waiting, drop_accepted=True)
    worker.work(waiting)

    with pytest.raises(runs.RefusedError, match="The file lacks 2 of the 3 rows"):
        runs.accept(waiting)
