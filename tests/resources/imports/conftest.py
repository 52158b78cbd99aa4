"""Lead a file through the stages of an import."""

import datetime
import hashlib
from pathlib import Path

import pytest

from resources.imports import runs, worker
from resources.models import Import
from tests.resources.factories import PlaceFactory

from .files import HEADER, write_xlsx

DATA = Path(__file__).parents[2] / "data" / "imports"


@pytest.fixture(autouse=True)
def zip_codes(db):
    PlaceFactory(zip="06112", latitude=41.79, longitude=-72.696)
    PlaceFactory(zip="06320", latitude=41.35, longitude=-72.1)


@pytest.fixture
def check():
    """Have a file read and checked; return its import."""

    def checked(path, format=Import.Format.SAMHSA_DIRECTORY, source="", as_of="2022-05-01", by=None, **mapping):
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "0" * 64
        day = datetime.date.fromisoformat(as_of)
        run = runs.receive(
            path=path, name=path.name, digest=digest, format=format, source=source, as_of=day, by=by, mapping=mapping
        )
        worker.work(run)
        return run

    return checked


@pytest.fixture
def bring(check):
    """Have a file read, checked, accepted and applied; return its import."""

    def brought(path, *args, drop_accepted=False, **options):
        run = check(path, *args, **options)
        if run.state == Import.State.CHECKED:
            runs.accept(run, drop_accepted=drop_accepted)
            worker.work(run)
        return run

    return brought


@pytest.fixture
def bring_rows(bring, tmp_path):
    """Bring rows of the federal directory in."""

    def brought(*rows, header=HEADER, write=write_xlsx, **options):
        return bring(write(tmp_path / "list", rows, header), **options)

    return brought
