"""A third language is a setting, a migration and a catalogue: nothing in the code knows that there are two."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from portal.overdose import actions as overdose
from portal.reference import actions as reference
from tests import databases
from tests.repository.third_language import OWN_APPS

ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def database(django_db_blocker):
    """Fill a database of its own with starter texts in two languages; return its name."""
    with django_db_blocker.unblock(), databases.made("faro_of_three", databases.migrated()) as name:
        with databases.used(name):
            reference.load_starter()
            overdose.load_starter()
        yield name


@pytest.fixture
def migrations(tmp_path):
    """Copy the migrations, so that the new one is written beside them."""
    folder = tmp_path / "migrations_of_three"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for label in OWN_APPS:
        own = Path(apps.get_app_config(label).path) / "migrations"
        shutil.copytree(own, folder / label, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_third_language_is_a_setting_a_migration_and_a_catalogue(database, migrations):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.repository.third_language.settings",
        "DATABASE_OF_THREE": database,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{migrations}",
    }

    done = subprocess.run(
        [sys.executable, "-m", "tests.repository.third_language.proof"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-3000:]
    pages = json.loads(done.stdout)
    assert {name: status for name, (status, _text) in pages.items()} == dict.fromkeys(pages, 200)
    texts = {name: text for name, (_status, text) in pages.items()}
    assert '<html lang="pt-br">' in texts["article"]
    assert "Ligue para o 911 primeiro." in texts["article"]
    assert "O que é a naloxona" in texts["home"]
    assert "O que é a naloxona" in texts["learn"]
    assert "O que é a naloxona" in texts["search"]
    assert "Only in Portuguese" in texts["article in English"]
    assert '<html lang="en">' in texts["overdose"]  # the steps in another language help, an empty page does not
