import pytest
from django.contrib.auth import authenticate, get_user_model

from portal.management import preparation


@pytest.fixture
def var_dir(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path


@pytest.mark.django_db
def test_first_login_is_kept_for_its_owner_alone_and_works(var_dir):
    password = preparation.make_first_login()

    kept = var_dir / "staff-login.txt"
    assert oct(kept.stat().st_mode & 0o777) == "0o600"
    assert kept.read_text() == f"Address: /admin/\nName: admin\nPassword: {password}\n"
    assert authenticate(username="admin", password=password).is_superuser


@pytest.mark.django_db
def test_first_login_is_made_once(var_dir):
    first = preparation.make_first_login()

    second = preparation.make_first_login()

    assert (first is None, second) == (False, None)
    assert first in (var_dir / "staff-login.txt").read_text()


@pytest.mark.django_db
def test_copy_with_staff_gets_no_login(var_dir):
    get_user_model().objects.create_user("lucia")

    assert preparation.make_first_login() is None
    assert list(var_dir.iterdir()) == []


@pytest.mark.django_db
def test_file_of_an_older_copy_is_replaced_and_closed(var_dir):
    old = var_dir / "staff-login.txt"
    old.write_text("Password: old\n")
    old.chmod(0o644)

    password = preparation.make_first_login()

    assert password in old.read_text()
    assert oct(old.stat().st_mode & 0o777) == "0o600"


def test_static_files_are_collected_again_only_after_a_change(var_dir, settings):
    source = var_dir / "source"
    source.mkdir()
    (source / "one.css").write_text("a{}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

    outcomes = [preparation.collect_changed_static(), preparation.collect_changed_static()]
    (source / "one.css").rename(source / "two.css")
    outcomes.append(preparation.collect_changed_static())

    assert outcomes == [True, False, True]
    assert [path.name for path in (var_dir / "static").iterdir()] == ["two.css"]
