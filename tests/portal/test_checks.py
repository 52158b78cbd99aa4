import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.checks import run_checks

from portal.checks import events_of_the_mail_service, settings_of_the_environment


def test_a_local_start_needs_nothing_set():
    assert [error for error in run_checks() if error.id.startswith("portal.")] == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SITE_URL", "faro.example.org", "portal.E001"),
        ("SITE_URL", "ftp://faro.example.org", "portal.E001"),
        ("SITE_URL", "https://faro.example.org/en", "portal.E001"),
        ("SITE_URL", "https://", "portal.E001"),
        ("DATABASE_URL", "mysql://localhost/faro", "portal.E002"),
        ("WANTED_TIME_ZONE", "Hartford", "portal.E003"),
        ("SECRET_KEY", "short", "portal.E004"),
        ("HASH_KEY", "", "portal.E005"),
        ("ALLOWED_HOSTS", ["https://faro.example.org"], "portal.E006"),
        ("ALLOWED_HOSTS", ["*"], "portal.E006"),
        ("ALLOWED_HOSTS", [], "portal.E006"),
        ("SITE_URL", "https://elsewhere.example", "portal.E008"),
        ("EMAIL_URL", "http://127.0.0.1:25", "portal.E007"),
        ("EMAIL_URL", "smtp://", "portal.E007"),
        ("FRESH_DAYS", 60, "portal.E009"),
        ("STALE_DAYS", 90, "portal.E009"),
        ("FRESH_DAYS", -1, "portal.E009"),
        ("AREA_MILES", -1, "portal.E010"),
    ],
)
def test_a_wrong_value_is_named_in_a_sentence_that_says_what_to_set(settings, name, value, expected):
    setattr(settings, name, value)

    errors = settings_of_the_environment(None)

    assert [error.id for error in errors] == [expected]
    assert name.removeprefix("WANTED_") in errors[0].msg


@pytest.mark.parametrize(
    ("service", "variables", "named"),
    [
        ("", {}, None),
        ("sendmail", {}, None),  # the start is stopped by another check
        ("postmark", {}, "ANYMAIL_WEBHOOK_SECRET"),
        ("sendgrid", {"WEBHOOK_SECRET": "without-a-colon"}, "ANYMAIL_WEBHOOK_SECRET"),
        ("resend?from=news@example.org", {"WEBHOOK_SECRET": "name:password"}, None),
        ("mailgun", {"WEBHOOK_SECRET": "name:password"}, "ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY"),
        ("mailgun", {"MAILGUN_WEBHOOK_SIGNING_KEY": "key"}, None),
        ("mandrill", {}, "ANYMAIL_MANDRILL_WEBHOOK_KEY"),
    ],
)
def test_a_mail_service_that_could_not_tell_of_bounces_is_named(settings, service, variables, named):
    settings.EMAIL_SERVICE, settings.ANYMAIL = service, variables

    warnings = events_of_the_mail_service(None)

    assert [(warning.id, named in warning.msg) for warning in warnings] == ([("portal.W001", True)] if named else [])


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://localhost/faro", "Set DATABASE_URL"),
        ("TIME_ZONE", "../etc/passwd", "Set TIME_ZONE"),
        ("VAR_DIR", "/proc/nowhere", "Set SECRET_KEY"),
        ("DUE_DAYS", "three months", "Set FRESH_DAYS"),
        ("STALE_DAYS", "²", "Set FRESH_DAYS"),
    ],
)
def test_a_wrong_variable_stops_the_start_without_a_traceback(variable, value, sentence):
    environment = {**os.environ, variable: value}

    result = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )

    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
