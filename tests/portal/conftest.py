"""Give the tests of the whole site's search the fixtures of the directory."""

from tests.resources.conftest import listings, town, vocabulary  # noqa: F401
