"""Hand messages over to a mail server, step by step; the only module that speaks SMTP.

A caller opens a message (MAIL, RCPT, DATA up to the server's 354), notes in its own tables that the text is about
to leave, and only then sends the text. So it always knows which of three things happened: the message was accepted, it
was certainly not, or nobody can tell (RFC 1047).
"""

import re
import smtplib
import socket
import ssl
from binascii import b2a_qp
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
WORDS = {"From", "Subject"}  # headers in anybody's language; the others hold addresses, dates and places to fill
MINUTE = 60
# RFC 5321, 4.5.3.2: an impatient client is how people get a message twice.
GREETING, COMMAND, DATA, BLOCK, END = 5 * MINUTE, 5 * MINUTE, 2 * MINUTE, 3 * MINUTE, 10 * MINUTE


class UnreachableError(Exception):
    """The server cannot be used now; the message was certainly not accepted."""


class RefusedError(Exception):
    """The server said no to this one message, for now (4xx) or for good (5xx)."""

    def __init__(self, code: int, reply: str):
        super().__init__(f"{code} {reply}")
        self.code = code
        self.reply = reply

    @property
    def is_permanent(self) -> bool:
        """Whether trying again is pointless."""
        return self.code >= 500


class UnknownOutcomeError(Exception):
    """The connection was lost after the whole message had left: it may have been accepted or not."""


@dataclass(frozen=True)
class Server:
    """Where EMAIL_URL says that mail goes."""

    host: str
    port: int
    scheme: str
    user: str = ""
    password: str = ""
    sender: str = ""


@lru_cache
def parse_url(url: str) -> Server:
    """Return the mail server of an EMAIL_URL such as `smtp+tls://user:password@mail.example.org:587?from=news@example.org`.

    Raises `ImproperlyConfigured` with a sentence that says what to set.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(_advice("its host or port cannot be read")) from error
    if parts.scheme not in PORTS:
        raise ImproperlyConfigured(_advice("it must start with smtp://, smtp+tls:// or smtps://"))
    if not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise ImproperlyConfigured(_advice("it must name a host and no path"))
    if bool(parts.username) != bool(parts.password):
        raise ImproperlyConfigured(_advice("it must hold both a user and a password, or neither"))
    if parts.username and parts.scheme == "smtp" and not _is_this_machine(parts.hostname):
        raise ImproperlyConfigured(_advice("smtp:// would send the password in clear; use smtp+tls:// or smtps://"))
    return Server(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        scheme=parts.scheme,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=_sender_in(parts.query),
    )


def _sender_in(query: str) -> str:
    values = parse_qs(query, keep_blank_values=True)
    sender = values.pop("from", [""])[0]
    if values or (query and (sender.count("@") != 1 or not sender.isascii() or not sender.isprintable())):
        raise ImproperlyConfigured(_advice("after the question mark it may only hold from=news@example.org"))
    return sender


def _advice(problem: str) -> str:
    return (
        f'EMAIL_URL cannot be used: {problem}. Set it like "smtp://127.0.0.1:2525" or '
        '"smtp+tls://user:password@mail.example.org:587", or leave it unset to keep each mail as a file.'
    )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def domain() -> str:
    """Return the domain that our addresses, Message-IDs and List-Id belong to: the sender's, else the site's."""
    sender = parse_url(settings.EMAIL_URL).sender if settings.EMAIL_URL else ""
    host = sender.partition("@")[2] or urlsplit(settings.SITE_URL).hostname or "localhost"
    return "localhost" if _is_this_machine(host) else host


def sender() -> str:
    """Return the address that mail comes from: EMAIL_URL's `from`, else a neutral one at the site's domain."""
    given = parse_url(settings.EMAIL_URL).sender if settings.EMAIL_URL else ""
    return given or f"newsletter@{domain()}"


def channel(*, patience: int | None = None) -> "SmtpChannel | FileChannel":
    """Return a way out for messages: to EMAIL_URL's server, or as files where none is set.

    `patience` (seconds) caps every wait, for a member of staff who sits and watches.
    """
    if settings.EMAIL_URL:
        return SmtpChannel(parse_url(settings.EMAIL_URL), patience)
    return FileChannel(settings.VAR_DIR / "mail")


class Letter:
    """A message written once for many people: only the places written %%name%% differ.

    multipart/alternative in quoted-printable, so that no line is long and DKIM signatures survive any relay.
    """

    def __init__(self, *, headers: dict[str, str], language: str, text: str, html: str):
        boundary = f"=_{sha256((text + html).encode()).hexdigest()[:32]}"
        top = {
            **headers,
            "MIME-Version": "1.0",
            "Content-Language": language,
            "Content-Type": f'multipart/alternative; boundary="{boundary}"',
        }
        self.head = "".join(_header(name, value) for name, value in top.items()).encode("ascii") + b"\r\n"
        parts = [_part(boundary, "plain", text), _part(boundary, "html", html), f"--{boundary}--\r\n".encode()]
        self.body = b"".join(parts)

    def fill(self, places: dict[str, str]) -> bytes:
        """Return the message for one person."""
        head, body = self.head, self.body
        for name, value in places.items():
            mark, written = f"%%{name}%%".encode(), value.encode("ascii")
            head = head.replace(mark, written)
            body = body.replace(mark, _quoted_printable(written))
        return head + body


def _header(name: str, value: str) -> str:
    """Return a header's line: words on one line, folded and encoded; anything else as it is."""
    if name not in WORDS:
        return f"{name}: {value}\r\n"
    return policy.SMTP.header_factory(name, " ".join(value.split())).fold(policy=policy.SMTP)


def _part(boundary: str, subtype: str, text: str) -> bytes:
    start = (
        f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    # A place stands on a line of its own, between two soft breaks: encoding must not tear it apart.
    pieces = [
        f"=\r\n{piece}=\r\n".encode() if index % 2 else _quoted_printable(piece.encode())
        for index, piece in enumerate(re.split(r"(%%\w+%%)", text))
    ]
    return start.encode() + b"".join(pieces) + b"\r\n"


def _quoted_printable(data: bytes) -> bytes:
    return b2a_qp(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


class FileChannel:
    """Keep each message as a file that any mail program opens and any person can read."""

    def __init__(self, folder: Path):
        self.folder = folder

    def open_message(self, sender: str, recipient: str) -> None:
        """Make sure that the message can be kept."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)  # the messages hold addresses and the links of one person
        except OSError as error:
            raise UnreachableError("the folder for mail cannot be made") from error

    def send_message(self, data: bytes) -> tuple[int, str]:
        """Write the file at once: a reader never sees half of it."""
        name = f"{uuid4()}.eml"
        draft = self.folder / f".{name}"
        try:
            draft.touch(mode=0o600)
            draft.write_bytes(_readable(data))
            draft.rename(self.folder / name)
        except OSError as error:
            raise UnreachableError("the message cannot be written") from error
        return 250, name

    def drop(self) -> None:
        """Forget the message that was opened."""

    def close(self) -> None:
        """End the work."""


def _readable(data: bytes) -> bytes:
    """Return the message with its texts as UTF-8 instead of quoted-printable: links can then be copied."""
    message = message_from_bytes(data, policy=policy.SMTP.clone(cte_type="8bit", max_line_length=None))
    for part in message.walk():
        if part.get_content_maintype() == "text":
            part.set_content(part.get_content(), subtype=part.get_content_subtype(), cte="8bit")
    return message.as_bytes().replace(b"\r\n", b"\n")


class SmtpChannel:
    """Hand messages to one mail server over a connection that is kept open."""

    def __init__(self, server: Server, patience: int | None = None):
        self.server = server
        self.patience = patience
        self.smtp: smtplib.SMTP | None = None
        self.is_open = False  # between 354 and the answer to the final dot

    def open_message(self, sender: str, recipient: str) -> None:
        """Go as far as the server's 354.

        Raises `RefusedError` when it says no to the recipient or the message, `UnreachableError` when it says no to us.
        """
        smtp = self._connected()
        code, reply = self._command(smtp, f"MAIL FROM:<{sender}>", COMMAND)
        if code >= 500 or code == 421:  # 5xx here is about us, not about the person: nobody's row may fail for it
            self.drop()
            raise UnreachableError(f"{code} {reply}")
        if code == 250:
            code, reply = self._command(smtp, f"RCPT TO:<{recipient}>", COMMAND)
        if code in (250, 251):
            code, reply = self._command(smtp, "DATA", DATA)
        if code != 354:
            self._refuse(smtp, code, reply)
        self.is_open = True

    def send_message(self, data: bytes) -> tuple[int, str]:
        """Send the text after a 354 and return the server's code and words.

        Raises `RefusedError`, `UnreachableError` (lost before the final dot) or `UnknownOutcomeError` (lost after it).
        """
        smtp = self.smtp
        if smtp is None or smtp.sock is None or not self.is_open:
            raise UnreachableError("no message is open")
        try:
            smtp.sock.settimeout(self._wait(BLOCK))
            smtp.sock.sendall(_with_dots_doubled(data))
        except OSError as error:
            self.drop()
            raise UnreachableError("lost before the final dot") from error
        try:
            smtp.sock.settimeout(self._wait(END))
            smtp.sock.sendall(b".\r\n")
            code, reply = self._reply(smtp)
        except (OSError, UnreachableError) as error:
            self.drop()
            raise UnknownOutcomeError("lost after the final dot") from error
        self.is_open = False
        if code >= 400:
            self._refuse(smtp, code, reply)
        if code >= 300:
            self.drop()
            raise UnknownOutcomeError(f"an answer out of turn: {code}")
        return code, reply

    def drop(self) -> None:
        """Cut the connection: a message without its final dot is never accepted."""
        smtp, self.smtp, self.is_open = self.smtp, None, False
        if smtp is not None:
            smtp.close()

    def close(self) -> None:
        """Take leave of the server."""
        if self.is_open:
            self.drop()
        smtp, self.smtp = self.smtp, None
        if smtp is None:
            return
        try:
            self._set_timeout(smtp, 5)
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        if self.smtp is None:
            try:
                self.smtp = self._connect()
            except (OSError, smtplib.SMTPException, ValueError) as error:
                raise UnreachableError(f"no session with the mail server: {type(error).__name__}") from error
        return self.smtp

    def _connect(self) -> smtplib.SMTP:
        server, timeout, name = self.server, self._wait(GREETING), domain()
        tls = ssl.create_default_context()
        if server.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, name, timeout=timeout, context=tls)
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=timeout)
        try:
            if server.scheme == "smtp+tls":
                smtp.starttls(context=tls)  # raises where the server does not offer it: never on in clear
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
            if smtp.sock is not None:
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _command(self, smtp: smtplib.SMTP, line: str, timeout: int) -> tuple[int, str]:
        try:
            self._set_timeout(smtp, self._wait(timeout))
            smtp.putcmd(line)
            return self._reply(smtp)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            self.drop()
            raise UnreachableError(f"lost in the dialogue: {type(error).__name__}") from error
        except UnreachableError:
            self.drop()
            raise

    def _reply(self, smtp: smtplib.SMTP) -> tuple[int, str]:
        """Return the server's next answer, the addresses it repeats left out.

        Raises `UnreachableError` for one that is no SMTP.
        """
        try:
            code, reply = smtp.getreply()
        except smtplib.SMTPException as error:
            raise UnreachableError("the server hung up or sent too long a line") from error
        if not 200 <= code <= 599:
            raise UnreachableError("the server does not speak SMTP")
        words = reply.decode("ascii", "replace").replace("\n", " ")
        return code, re.sub(r"\S+@\S+", "[address]", words)[:200]

    def _refuse(self, smtp: smtplib.SMTP, code: int, reply: str) -> None:
        """Raise `RefusedError`, with the connection ready for the next message."""
        if code < 400:
            self.drop()
            raise UnreachableError(f"an answer out of turn: {code}")
        try:
            if code == 421 or self._command(smtp, "RSET", COMMAND)[0] != 250:
                self.drop()
        except UnreachableError:
            pass  # the connection is gone, the answer stands
        raise RefusedError(code, reply)

    def _set_timeout(self, smtp: smtplib.SMTP, seconds: int) -> None:
        if smtp.sock is not None:
            smtp.sock.settimeout(seconds)

    def _wait(self, seconds: int) -> int:
        return seconds if self.patience is None else min(seconds, self.patience)


def _with_dots_doubled(data: bytes) -> bytes:
    """Return the text as DATA wants it (RFC 5321, 4.5.2), ending with a line break."""
    if data.startswith(b"."):
        data = b"." + data
    data = data.replace(b"\r\n.", b"\r\n..")
    return data if data.endswith(b"\r\n") else data + b"\r\n"
