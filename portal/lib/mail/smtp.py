"""Speak SMTP, step by step; the only module that does."""

import re
import smtplib
import socket
import ssl
import time
from contextlib import suppress

from .address import Server, domain
from .outcomes import RefusedError, UnknownOutcomeError, UnreachableError

MINUTE = 60
# RFC 5321, 4.5.3.2: an impatient client is how people get a message twice.
GREETING, COMMAND, DATA, BLOCK, END = 5 * MINUTE, 5 * MINUTE, 2 * MINUTE, 3 * MINUTE, 10 * MINUTE
STALE = 30  # seconds after which a server may have hung up on a connection that was kept open


class SmtpChannel:
    """Hand messages to one mail server over a connection that is kept open."""

    def __init__(self, server: Server, patience: int | None = None):
        self.server = server
        self.patience = patience
        self.smtp: smtplib.SMTP | None = None
        self.is_open = False  # between 354 and the answer to the final dot
        self.used_at = 0.0

    def open_message(self, sender: str, recipient: str) -> None:
        """Go as far as the server's 354.

        Raises `RefusedError` when it says no to the recipient or the message, `UnreachableError` when it says no to us.
        """
        smtp = self._connected()
        steps = [(f"MAIL FROM:<{sender}>", COMMAND), (f"RCPT TO:<{recipient}>", COMMAND), ("DATA", DATA)]
        is_at_once = smtp.has_extn("pipelining")  # RFC 2920: one journey instead of three
        if is_at_once:
            self._say(smtp, *(line for line, _timeout in steps))
        for number, (line, timeout) in enumerate(steps):
            if not is_at_once:
                self._say(smtp, line)
            code, reply = self._hear(smtp, timeout)
            if line.startswith("MAIL") and (code >= 500 or code == 421):
                self.drop()  # this is about us, not about the person: nobody's row may fail for it
                raise UnreachableError(f"{code} {reply}")
            if code not in ((354,) if line == "DATA" else (250, 251)):
                if is_at_once:
                    self._hear_out(smtp, len(steps) - number - 1)
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
        self.used_at = time.monotonic()
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
        if self.smtp is not None and time.monotonic() - self.used_at > STALE:
            self.close()
        if self.smtp is None:
            try:
                self.smtp = self._connect()
            except (OSError, smtplib.SMTPException, ValueError) as error:
                raise UnreachableError(f"no session with the mail server: {type(error).__name__}") from error
            self.used_at = time.monotonic()
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

    def _say(self, smtp: smtplib.SMTP, *lines: str) -> None:
        try:
            if any("\r" in line or "\n" in line for line in lines):
                raise ValueError("a line break within a command")
            self._set_timeout(smtp, self._wait(COMMAND))
            smtp.send("".join(f"{line}\r\n" for line in lines))
        except (OSError, ValueError, smtplib.SMTPException) as error:
            self.drop()
            raise UnreachableError(f"lost in the dialogue: {type(error).__name__}") from error

    def _hear(self, smtp: smtplib.SMTP, timeout: int) -> tuple[int, str]:
        try:
            self._set_timeout(smtp, self._wait(timeout))
            return self._reply(smtp)
        except OSError as error:
            self.drop()
            raise UnreachableError(f"lost in the dialogue: {type(error).__name__}") from error
        except UnreachableError:
            self.drop()
            raise

    def _hear_out(self, smtp: smtplib.SMTP, count: int) -> None:
        """Hear the answers to what was said together with the command that was refused."""
        with suppress(UnreachableError):
            if 354 in [self._hear(smtp, COMMAND)[0] for _number in range(count)]:
                self.drop()  # it waits for a text that nobody is to get

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
        if code == 421:
            self.drop()
        with suppress(UnreachableError):  # the connection is gone, the answer stands
            self._say(smtp, "RSET")
            if self._hear(smtp, COMMAND)[0] != 250:
                self.drop()
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
