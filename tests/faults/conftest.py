"""Share the department and a tidy end of every process."""

import contextlib

import pytest

from tests.newsletter.conftest import department, site  # noqa: F401 (fixtures)

from .copies import Copy, Mailbox


@pytest.fixture
def mailbox(tmp_path):
    """Run a mail server; call it with the faults it should have."""
    with contextlib.ExitStack() as stack:

        def run(*faults):
            made = Mailbox(tmp_path, *faults)
            stack.callback(made.close)
            return made

        yield run


@pytest.fixture
def copy(tmp_path, settings):
    """Run an installation; call it with the name of its folder and the mail server's address."""
    with contextlib.ExitStack() as stack:

        def run(name, email_url):
            made = Copy(tmp_path / name, email_url)
            stack.callback(made.close)
            return made

        yield run
