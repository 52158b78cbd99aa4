"""Give the cases the fixtures of the features they test."""

from tests.resources.conftest import listings, town, vocabulary  # noqa: F401
