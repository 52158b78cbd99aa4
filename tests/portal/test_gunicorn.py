import datetime
import logging
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from gunicorn.config import Config

from portal import gunicorn

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "RAW_URI": "/en/find/?q=zzplanted",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "PATH_INFO": "/es/b\u00fasqueda/\nGET /forged 200",
    "QUERY_STRING": "q=zzplanted",
    "REMOTE_ADDR": "203.0.113.77",
    "HTTP_REFERER": "https://example.org/zzplanted",
    "HTTP_USER_AGENT": "zzplanted",
}


@pytest.fixture
def logger():
    config = Config()
    for name in ("accesslog", "access_log_format", "loglevel"):
        config.set(name, getattr(gunicorn, name))
    logger = gunicorn.Logger(config)
    yield logger
    for log in (logger.error_log, logger.access_log):
        log.handlers.clear()


def lines_of(log, caplog):
    log.propagate = True
    log.addHandler(caplog.handler)
    return caplog


def test_access_log_says_path_and_outcome_in_one_line_and_nothing_of_the_visitor(logger, caplog):
    lines = lines_of(logger.access_log, caplog)
    answer = SimpleNamespace(status="200 OK", sent=12, headers=[])

    with caplog.at_level(logging.INFO):
        logger.access(answer, SimpleNamespace(headers=[]), ENVIRON, datetime.timedelta(milliseconds=3))

    said = lines.messages[0].partition("] ")[2]
    assert said == "GET /es/b%C3%BAsqueda/%0AGET%20/forged%20200 200 12 3000us"


def test_error_log_names_the_kind_of_a_failure_and_not_the_request(logger, caplog):
    lines = lines_of(logger.error_log, caplog)

    try:
        raise ValueError("zzplanted")
    except ValueError:
        logger.exception("Error handling request %s %s", "GET", "/en/find/?q=zzplanted")
    logger.warning("Invalid request from ip=203.0.113.77: zzplanted")

    assert lines.messages[0] == "A request failed in the web server: ValueError"
    assert "zzplanted" not in caplog.text


def test_failure_to_load_the_site_is_told_in_full(logger, caplog):
    lines = lines_of(logger.error_log, caplog)

    try:
        raise ValueError("SITE_URL must start with https://")
    except ValueError:
        logger.exception("Exception in worker process")

    assert "SITE_URL must start with https://" in lines.text


def test_loading_the_site_leaves_the_access_log_as_gunicorn_set_it_up():
    # Configuring the logger "gunicorn" would take the handlers from its children: no line would be written any more.
    code = (
        "import logging, django; access = logging.getLogger('gunicorn.access');"
        "access.addHandler(logging.NullHandler()); access.setLevel(logging.INFO);"
        "django.setup(); print(len(access.handlers), access.isEnabledFor(logging.INFO))"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout.strip()) == (0, "1 True")
