import email
import socket
import stat
import threading
from email import policy

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.lib import mail
from tests.newsletter.sink import Sink


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", mail.Server("127.0.0.1", 2525, "smtp")),
        ("smtp://localhost", mail.Server("localhost", 25, "smtp")),
        ("smtps://mail.example.org", mail.Server("mail.example.org", 465, "smtps")),
        (
            "smtp+tls://n%40x.org:p%3Aw@mail.example.org?from=news@example.org",
            mail.Server("mail.example.org", 587, "smtp+tls", "n@x.org", "p:w", "news@example.org"),
        ),
    ],
)
def test_an_email_url_names_a_server(url, server):
    assert mail.parse_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://host:99999",
        "smtp://host:port",
        "smtp://host/path",
        "smtp://user:password@mail.example.org",
        "smtp+tls://user@mail.example.org",
        "smtp://host?to=x@example.org",
        "smtp://host?from=nobody",
        "smtp://host?from=a@b.co%0d%0aBcc:x@y.co",
        "smtp://[::1",
    ],
)
def test_a_wrong_email_url_is_refused_with_what_to_set(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL cannot be used: .* Set it like"):
        mail.parse_url(url)


@pytest.fixture
def letter():
    return mail.Letter(
        headers={
            "From": "Salud de Peña <news@example.org>",
            "To": "%%to%%",
            "Subject": "Año nuevo",
            "X-Link": "<%%link%%>",
        },
        language="es",
        text="Mañana.\n.un punto al comienzo\n" + "palabra " * 400 + "\n%%link%% y más",
        html='<p>Mañana</p><a href="%%link%%">aquí</a>',
    )


LINK = "https://news.example.org/es/boletin/salir/?k=" + "a=.b-_" * 30


def test_a_letter_is_two_parts_that_any_mail_program_reads(letter):
    data = letter.fill({"to": "ana@example.org", "link": LINK})

    message = email.message_from_bytes(data, policy=policy.default)
    text, html = message.iter_parts()
    assert (message["To"], message["Subject"], message["X-Link"]) == ("ana@example.org", "Año nuevo", f"<{LINK}>")
    assert message["From"] == "Salud de Peña <news@example.org>"
    assert message.get_content_type() == "multipart/alternative"
    lines = text.get_content().splitlines()
    assert (lines[:2], len(lines[2]), lines[3:]) == (
        ["Mañana.", ".un punto al comienzo"],
        len("palabra ") * 400,
        [f"{LINK} y más"],
    )
    assert html.get_content().strip() == f'<p>Mañana</p><a href="{LINK}">aquí</a>'


def test_a_letter_has_no_long_line_and_no_byte_beyond_ascii(letter):
    data = letter.fill({"to": "ana@example.org", "link": LINK})

    assert data.isascii()
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    assert data.count(b"\n") == data.count(b"\r\n")


@pytest.mark.parametrize(
    "subject", ["¡100%% gratis!", "<¡Hola!>", "%%to%%", "una línea\r\nBcc: eva@example.org", "palabra ñ " * 12 + "."]
)
def test_a_subject_is_one_header_whatever_it_holds(subject):
    headers = {"From": "Peña %% Hijos <news@example.org>", "To": "%%to%%", "Subject": subject}
    letter = mail.Letter(headers=headers, language="es", text="x", html="x")

    message = email.message_from_bytes(letter.fill({}), policy=policy.default)

    assert message["Subject"] == " ".join(subject.split())
    assert message["From"].addresses[0].addr_spec == "news@example.org"
    assert message["Bcc"] is None


@pytest.fixture
def sink():
    with Sink() as server:
        yield server


@pytest.fixture(params=["PIPELINING", "HELP"])
def channel(sink, request):
    """Speak to a server that takes commands at once, and to one that does not."""
    sink.offers = request.param
    channel = mail.SmtpChannel(mail.parse_url(sink.url))
    yield channel
    channel.close()


def test_one_connection_serves_many_messages_and_dots_arrive_as_written(sink, channel):
    for number in range(3):
        channel.open_message("news@example.org", f"reader{number}@example.org")
        assert channel.send_message(b"Message-ID: <1@x>\r\n\r\n.one\r\n..two\r\n") == (250, "kept")

    assert sink.connections == 1
    assert {message.data for message in sink.messages} == {b"Message-ID: <1@x>\r\n\r\n.one\r\n..two\r\n"}


def test_an_address_at_the_edge_of_a_long_answer_is_no_half_address(sink, channel):
    sink.once(".", f"250 {'x' * 190} ana@example.org")
    channel.open_message("news@example.org", "ana@example.org")

    assert channel.send_message(b"x\r\n") == (250, f"{'x' * 190} [address]"[:200])


def test_after_a_refusal_the_connection_goes_on(sink, channel):
    sink.once("RCPT", "550 no such person")

    with pytest.raises(mail.RefusedError) as refusal:
        channel.open_message("news@example.org", "nobody@example.org")
    channel.open_message("news@example.org", "ana@example.org")

    assert (refusal.value.code, refusal.value.is_permanent, sink.connections) == (550, True, 1)


@pytest.mark.parametrize(("verb", "answer"), [("MAIL", "452 full"), ("RCPT", "451 later"), ("DATA", "451 later")])
def test_after_each_refusal_the_next_message_gets_its_own_answers(sink, channel, verb, answer):
    sink.once(verb, answer)

    with pytest.raises(mail.RefusedError) as refusal:
        channel.open_message("news@example.org", "ana@example.org")
    channel.open_message("news@example.org", "bea@example.org")

    assert (f"{refusal.value.code} {refusal.value.reply}", sink.connections) == (answer, 1)
    assert channel.send_message(b"Message-ID: <1@x>\r\n\r\nx\r\n") == (250, "kept")
    assert [message.recipient for message in sink.messages] == ["bea@example.org"]


@pytest.mark.parametrize("answer", ["421 going down", "421-going\r\n421 down"])
def test_a_server_that_leaves_at_the_recipient_refuses_this_one_alone(sink, channel, answer):
    sink.once("RCPT", answer)

    with pytest.raises(mail.RefusedError) as refusal:
        channel.open_message("news@example.org", "ana@example.org")
    channel.open_message("news@example.org", "bea@example.org")

    assert (refusal.value.code, sink.connections) == (421, 2)


def test_a_server_that_wants_the_text_for_nobody_gets_none(sink):
    channel = mail.SmtpChannel(mail.parse_url(sink.url))
    sink.answer = lambda verb, recipient: {"RCPT": "550 no such person", "DATA": "354 go on"}.get(verb)

    with pytest.raises(mail.RefusedError) as refusal:
        channel.open_message("news@example.org", "nobody@example.org")

    assert (refusal.value.code, channel.smtp, sink.messages) == (550, None, [])


def test_what_may_go_at_once_is_one_journey(sink, channel, monkeypatch):
    journeys = []
    channel.open_message("news@example.org", "ana@example.org")
    channel.send_message(b"Message-ID: <1@x>\r\n\r\nx\r\n")
    send = channel.smtp.send
    monkeypatch.setattr(channel.smtp, "send", lambda words: (journeys.append(words), send(words)))

    channel.open_message("news@example.org", "bea@example.org")

    assert len(journeys) == (1 if sink.offers == "PIPELINING" else 3)


@pytest.mark.parametrize(
    "reply",
    ["550 no <ana@example.org> here", "550 no ana@example.org here", "550-no\r\n550-ana+x@example.org:\r\n550 here"],
)
def test_an_address_that_a_server_repeats_goes_no_further(sink, channel, reply):
    sink.once("RCPT", reply)

    with pytest.raises(mail.RefusedError) as refusal:
        channel.open_message("news@example.org", "ana@example.org")

    assert (str(refusal.value), refusal.value.reply) == ("550 no [address] here", "no [address] here")


def test_a_dropped_message_never_arrives(sink, channel):
    channel.open_message("news@example.org", "ana@example.org")
    channel.drop()

    with pytest.raises(mail.UnreachableError):
        channel.send_message(b"text\r\n")
    assert sink.messages == []


def test_a_server_without_tls_gets_nothing_when_tls_was_asked_for(sink):
    channel = mail.SmtpChannel(mail.Server("127.0.0.1", sink.port, "smtp+tls"))
    said = []
    sink.answer = lambda verb, recipient: said.append(verb)

    with pytest.raises(mail.UnreachableError):
        channel.open_message("news@example.org", "ana@example.org")

    assert "MAIL" not in said


def test_a_line_break_in_an_address_sends_nothing(sink, channel):
    with pytest.raises(mail.UnreachableError):
        channel.open_message("news@example.org", "ana@example.org>\r\nRCPT TO:<bob@example.org")

    assert sink.messages == []


def test_a_silent_server_is_left_when_patience_ends(sink):
    sink.always("MAIL", "silent")
    channel = mail.SmtpChannel(mail.parse_url(sink.url), patience=1)

    with pytest.raises(mail.UnreachableError):
        channel.open_message("news@example.org", "ana@example.org")


def test_silence_after_the_final_dot_is_uncertain(sink):
    sink.always(".", "silent")
    channel = mail.SmtpChannel(mail.parse_url(sink.url), patience=1)
    channel.open_message("news@example.org", "ana@example.org")

    with pytest.raises(mail.UnknownOutcomeError):
        channel.send_message(b"text\r\n")


def test_a_connection_lost_before_the_final_dot_is_certain():
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_hang_up_after_354, args=(listener,))
    thread.start()
    channel = mail.SmtpChannel(mail.Server("127.0.0.1", listener.getsockname()[1], "smtp"))
    channel.open_message("news@example.org", "ana@example.org")
    thread.join(5)

    with pytest.raises(mail.UnreachableError):
        channel.send_message(b"x" * 70 * 1024 * 1024)
    listener.close()


def _hang_up_after_354(listener):
    connection, _address = listener.accept()
    with connection:
        connection.sendall(b"220 sink\r\n")
        for answer in (b"250 ok", b"250 ok", b"250 ok", b"354 go on"):
            connection.recv(1000)
            connection.sendall(answer + b"\r\n")


@pytest.mark.parametrize(
    ("email_url", "site_url", "sender"),
    [
        ("", "", "newsletter@localhost"),
        ("", "https://faro.example.org", "newsletter@faro.example.org"),
        ("", "http://127.0.0.1:8000", "newsletter@localhost"),
        ("smtp://host?from=news@example.net", "https://faro.example.org", "news@example.net"),
    ],
)
def test_the_sender_belongs_to_the_site_or_is_given(settings, email_url, site_url, sender):
    settings.EMAIL_URL, settings.SITE_URL = email_url, site_url

    assert (mail.sender(), mail.domain()) == (sender, sender.partition("@")[2])


def test_a_folder_that_cannot_be_written_is_a_server_that_cannot_be_reached(tmp_path):
    (tmp_path / "mail").write_text("a file, no folder")
    channel = mail.FileChannel(tmp_path / "mail")

    with pytest.raises(mail.UnreachableError):
        channel.open_message("news@example.org", "ana@example.org")


def test_files_of_mail_are_their_owner_s_alone(tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir(mode=0o755)
    channel = mail.FileChannel(folder)

    channel.open_message("news@example.org", "ana@example.org")
    _code, name = channel.send_message(b"Subject: x\r\n\r\nx\r\n")

    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / name)] == [0o700, 0o600]
