import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings as site
from django.db import ConnectionHandler

from portal.lib.embedded_postgres import Server, settings
from portal.lib.embedded_postgres.binaries import Binaries, PostgresError, newest_of_the_system
from portal.lib.embedded_postgres.identity import Identity, identity_for, require_reach

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server.below(tmp_path_factory.mktemp("pg"))
    running.start()
    yield running
    running.stop()
    shutil.rmtree(running.data_dir)


def answer_of(server, query):
    connection = psycopg2.connect(host=server.socket_dir, user="postgres", dbname="faro")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def postmaster_of(server):
    return int((server.data_dir / "postmaster.pid").read_text().split()[0])


def test_new_server_knows_spanish_letters_and_opens_no_tcp_port(server):
    found = answer_of(server, "SELECT lower('ÑÁ'), current_setting('listen_addresses')")

    assert found == [("ñá", "")]


def test_only_the_owner_may_enter_its_folders(server):
    modes = {oct(folder.stat().st_mode & 0o777) for folder in (server.data_dir, server.socket_dir)}

    assert modes == {"0o700"}


def test_many_starts_at_once_share_one_server(server):
    server.stop()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _number: Server.below(server.var_dir).start(), range(6)))

    assert server.accepts_connections()


def test_kill_9_loses_nothing_committed_and_the_next_start_works(server):
    server.start()
    answer_of(server, "CREATE TABLE kept AS SELECT 'committed' AS word")

    os.kill(postmaster_of(server), signal.SIGKILL)
    server.start()

    assert answer_of(server, "SELECT word FROM kept") == [("committed",)]


def test_start_is_not_misled_by_a_strangers_process_number(server):
    server.stop()
    stale = f"{os.getpid()}\n{server.data_dir}\n"
    (server.data_dir / "postmaster.pid").write_text(stale)
    (server.socket_dir / ".s.PGSQL.5432.lock").write_text(stale)

    server.start()

    assert postmaster_of(server) != os.getpid()


def test_stop_leaves_a_stranger_with_its_process_number_alone(server):
    server.stop()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (server.data_dir / "postmaster.pid").write_text(f"{stranger.pid}\n")

        server.stop()

        assert stranger.poll() is None
        stranger.communicate(b"\n")
    server.start()


def test_planted_word_turns_up_in_no_log(server):
    server.start()

    for query in ("SELECT 'zzplanted'::int", "CREATE TABLE zzplanted (id int); SELECT zzplanted.no FROM zzplanted"):
        with pytest.raises(psycopg2.Error, match="zzplanted"):
            answer_of(server, query)
    server.stop()

    logs = {path.name: path.read_text(errors="replace") for path in server.data_dir.rglob("*.log")}
    server.start()
    assert list(logs) == ["server.log"]
    assert "zzplanted" not in logs["server.log"]


def test_two_copies_run_side_by_side_one_of_them_far_down(tmp_path):
    copies = [Server.below(tmp_path / "a"), Server.below(tmp_path / ("a long, 'quoted' name " * 6) / "var")]
    killed_initdb = copies[0].data_dir.with_suffix(".unfinished")
    killed_initdb.mkdir(parents=True)
    (killed_initdb / "PG_VERSION").write_text("18\n")

    try:
        for number, copy in enumerate(copies):
            copy.start()
            answer_of(copy, f"CREATE TABLE mine AS SELECT {number} AS number")

        assert [answer_of(copy, "SELECT number FROM mine") for copy in copies] == [[(0,)], [(1,)]]
    finally:
        for copy in copies:
            copy.stop()
            shutil.rmtree(copy.socket_dir)
    assert [copy.accepts_connections() for copy in copies] == [False, False]


@pytest.mark.skipif(newest_of_the_system() is None, reason="no system PostgreSQL on this machine")
def test_postgresql_of_the_system_serves_as_well(tmp_path):
    server = Server(tmp_path, newest_of_the_system())

    try:
        server.start()

        assert answer_of(server, "SELECT lower('ÑÁ')") == [("ñá",)]
    finally:
        server.stop()


def test_start_refuses_to_begin_empty_beside_data_of_another_version(tmp_path):
    (tmp_path / "postgres-9").mkdir()
    (tmp_path / "postgres-9" / "PG_VERSION").write_text("9\n")

    with pytest.raises(PostgresError, match="holds data of another PostgreSQL .postgres-9."):
        Server.below(tmp_path).start()


def test_folder_of_another_account_is_named_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("portal.lib.embedded_postgres.identity.os.geteuid", lambda: tmp_path.stat().st_uid + 12345)

    with pytest.raises(PostgresError, match="belongs to another account"):
        identity_for(tmp_path)


def test_machine_without_postgresql_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("portal.lib.embedded_postgres.binaries._of_the_package", lambda: None)
    monkeypatch.setattr("portal.lib.embedded_postgres.binaries.SYSTEM_FOLDER", tmp_path)

    with pytest.raises(PostgresError, match="Install requirements.txt, or set DATABASE_URL"):
        Server.below(tmp_path)


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
class TestAsRoot:
    def test_server_leaves_every_file_to_root(self, server):
        server.start()

        assert {path.stat().st_uid for path in server.data_dir.rglob("*") if path.exists()} == {0}

    def test_without_user_namespaces_it_runs_as_nobody(self, monkeypatch):
        monkeypatch.setattr("portal.lib.embedded_postgres.identity._works", lambda prefix: False)
        var_dir = Path(tempfile.mkdtemp())
        server = Server.below(var_dir)
        var_dir.chmod(0o700)

        try:
            server.start()

            assert answer_of(server, "SELECT 1") == [(1,)]
        except PostgresError as error:  # a copy below a closed home folder: then it says so
            assert "cannot reach" in str(error)
        finally:
            server.stop()
            shutil.rmtree(var_dir)

    def test_account_that_cannot_reach_the_copy_is_a_sentence(self, tmp_path):
        nobody = Identity(options={"user": 65534, "group": 65534, "extra_groups": []})
        tmp_path.chmod(0o700)

        with pytest.raises(PostgresError, match="move the copy to a folder that every account may enter"):
            require_reach(tmp_path, tmp_path / "initdb", nobody)


def test_engine_starts_the_server_at_the_first_query_and_after_a_kill(server, django_db_blocker):
    server.stop()
    connections = ConnectionHandler({"default": settings(server.var_dir)})
    connection = connections["default"]

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        first = cursor.fetchone()
    connection.close()
    os.kill(postmaster_of(server), signal.SIGKILL)
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        second = cursor.fetchone()
    connection.close()

    assert (first, second) == (("faro",), ("faro",))


def test_engine_tells_django_why_no_server_can_be_had(tmp_path, django_db_blocker, monkeypatch):
    (tmp_path / "postgres-9").mkdir()
    (tmp_path / "postgres-9" / "PG_VERSION").write_text("9\n")
    connection = ConnectionHandler({"default": settings(tmp_path)})["default"]

    with django_db_blocker.unblock(), pytest.raises(connection.Database.Error, match="cannot read"):
        connection.connect()


def test_engine_does_not_start_a_server_that_refuses_for_another_reason(server, django_db_blocker, monkeypatch):
    server.start()
    connection = ConnectionHandler({"default": {**settings(server.var_dir), "NAME": "absent"}})["default"]
    monkeypatch.setattr(Server, "_launch", lambda self, identity: pytest.fail("started"))

    with django_db_blocker.unblock(), pytest.raises(Exception, match='"absent" does not exist'):
        connection.connect()


def test_manage_check_starts_nothing(tmp_path):
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": ""}

    subprocess.run([sys.executable, "manage.py", "check"], cwd=site.BASE_DIR, env=environment, check=True)

    assert list(tmp_path.glob("postgres-*")) == []


def test_newer_binaries_get_the_builtin_locale_and_older_ones_the_systems():
    old, new = Binaries(Path("bin"), 15), Binaries(Path("bin"), 18)

    assert (old.locale_arguments[0], new.locale_arguments[0]) == ("--locale=C.UTF-8", "--locale-provider=builtin")
