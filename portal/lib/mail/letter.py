"""Write a message once for many people."""

import re
from binascii import b2a_qp
from email import policy
from hashlib import sha256

WORDS = {"From", "Subject"}  # headers in anybody's language; the others hold addresses, dates and places to fill


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
