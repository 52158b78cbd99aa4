"""Ask the API what its OpenAPI document allows and forbids, and hold the answers against it (schemathesis)."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from resources.api import answers
from resources.api.views import described

pytestmark = pytest.mark.django_db

EXAMPLES = 25  # an address and kind of test; the same ones each time


@pytest.fixture
def kept_connection():
    """Keep the test's own connection between requests, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def no_limit(monkeypatch):
    """Let the tests ask as often as they like."""
    monkeypatch.setattr(answers, "MOST_A_MINUTE", 1_000_000)


schema = schemathesis.openapi.from_dict(described())
schema.app = get_wsgi_application()
OPERATIONS = [found.ok() for found in schema.get_all_operations()]
# Not schemathesis's own way to make the tests: it gives them all one name, and of these xdist runs only one.
CASES = [
    (operation, mode)
    for operation in OPERATIONS
    for mode in GenerationMode
    if operation.query or mode == GenerationMode.POSITIVE  # without parameters nothing can be asked wrongly
]


@pytest.mark.usefixtures("listings", "kept_connection", "no_limit")
@pytest.mark.parametrize(("operation", "mode"), CASES, ids=[f"{asked.label} {mode}" for asked, mode in CASES])
def test_the_api_answers_as_it_says(operation, mode):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=HealthCheck)
    def ask(case):
        case.call_and_validate(headers={"Accept-Encoding": "identity"})  # the answer itself, not packed

    ask()


def test_every_address_of_the_api_is_asked():
    assert {operation.path for operation in OPERATIONS} == set(described()["paths"])
