import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings as site
from django.core.management.base import CommandError

from portal.lib import ports
from portal.management.commands import serve


def test_same_copy_does_not_run_twice(tmp_path):
    lock, sentence = tmp_path / "serve.lock", "^This copy is running already"

    with serve.only_one(lock), pytest.raises(CommandError, match=sentence), serve.only_one(lock):
        pytest.fail("it runs twice")


def test_programs_know_the_address_that_mail_must_carry(settings):
    settings.SITE_URL = ""

    with socket.socket() as listener:
        programs = serve.programs(listener, "http://localhost:8003")

    assert {"web server", "newsletter sender", "nightly work"} <= {program.name for program in programs}
    assert {program.environment["SITE_URL"] for program in programs} == {"http://localhost:8003"}


def test_address_set_by_the_owner_stays(settings):
    settings.SITE_URL = "https://faro.example.org"

    with socket.socket() as listener:
        web, *_others = serve.programs(listener, "http://localhost:8003")

    assert web.environment["SITE_URL"] == "https://faro.example.org"


def test_site_that_refuses_still_counts_as_answering():
    with socket.socket() as nobody:
        nobody.bind((ports.HOST, 0))

        assert serve.answers(nobody.getsockname()[1]) is False


@pytest.mark.parametrize(("port", "sentence"), [("taken", "cannot be used"), ("eighty", "PORT must be a number")])
def test_start_with_a_port_that_cannot_be_had_stops_with_a_sentence(tmp_path, port, sentence):
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        wanted = str(other.getsockname()[1]) if port == "taken" else port
        environment = {**os.environ, "PORT": wanted, "VAR_DIR": str(tmp_path), "DATABASE_URL": "postgres://@/nowhere"}

        run = [sys.executable, "manage.py", "serve"]
        ended = subprocess.run(run, cwd=site.BASE_DIR, env=environment, capture_output=True, text=True)

    assert ended.returncode == 1
    assert ended.stderr.startswith("CommandError: ")
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
