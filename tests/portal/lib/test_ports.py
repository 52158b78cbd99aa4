import socket

import pytest

from portal.lib import ports


@pytest.fixture
def taken():
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_wanted_port_is_taken_and_listens(taken):
    with socket.socket() as free:
        free.bind((ports.HOST, 0))
        wanted = free.getsockname()[1]

    listener, port = ports.listen(str(wanted))

    with listener, socket.create_connection((ports.HOST, wanted), timeout=1):
        assert port == wanted


def test_wanted_port_that_is_taken_is_a_sentence(taken):
    with pytest.raises(ports.PortError, match=rf"^Port {taken} cannot be used .*Set PORT to another, or unset it\.$"):
        ports.listen(str(taken))


@pytest.mark.parametrize("wrong", ["abc", "0", "65536", "-1", "80.5", " ", "٨٠٠٠"])
def test_wanted_port_that_is_none_is_a_sentence(wrong):
    with pytest.raises(ports.PortError, match="^PORT must be a number from 1 to 65535"):
        ports.listen(wrong)


def test_without_a_wish_the_next_free_port_is_found(taken, monkeypatch):
    monkeypatch.setattr(ports, "FIRST", taken)
    monkeypatch.setattr(ports, "LAST", min(taken + 50, 65535))

    listener, port = ports.listen("")

    with listener:
        assert port == listener.getsockname()[1] > taken


def test_no_free_port_is_a_sentence(taken, monkeypatch):
    monkeypatch.setattr(ports, "FIRST", taken)
    monkeypatch.setattr(ports, "LAST", taken)

    with pytest.raises(ports.PortError, match=f"^All ports from {taken} to {taken} are taken"):
        ports.listen("")
