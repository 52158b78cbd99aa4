"""Be a mail server that does what a test wants: accept, refuse, hang up, be silent, say nonsense.

`python -m tests.newsletter.sink PORT FILE` runs it as a process that appends a line for each message (its recipient and
Message-ID) before it answers the final dot. Further words set faults: `RCPT=451:0.05` answers so to one in twenty.
"""

import asyncio
import contextlib
import random
import re
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DROP = "drop"  # hang up without an answer
ACCEPT_AND_DROP = "accept and drop"  # keep the message, then hang up without an answer
GARBAGE = "garbage"
LONG = "long"
SILENT = "silent"  # say nothing, keep the connection
EIGHT_BIT = "8-bit"  # refuse in letters that are no ASCII

ANSWERS = {
    "EHLO": "250 sink",
    "HELO": "250 sink",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 kept",
    "RSET": "250 ok",
}


@dataclass(frozen=True)
class Message:
    """What arrived."""

    recipient: str
    data: bytes

    @property
    def message_id(self) -> str:
        return re.search(rb"^Message-ID: (\S+)", self.data, re.M).group(1).decode()


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, sink):
        self.sink = sink
        self.buffer = b""
        self.is_data = self.is_mute = self.has_sender = False
        self.recipient = ""

    def connection_made(self, transport):
        self.transport = transport
        self.sink.connections += 1
        self.sink.open.add(transport)
        self._answer("CONNECT", "220 sink")

    def connection_lost(self, error):
        self.sink.open.discard(self.transport)

    def data_received(self, data):
        self.buffer += data
        while not self.transport.is_closing() and not self.is_mute:
            end = b"\r\n.\r\n" if self.is_data else b"\r\n"
            piece, found, rest = self.buffer.partition(end)
            if not found:
                return
            self.buffer = rest
            if self.is_data:
                self._message(piece + b"\r\n")
            else:
                self._command(piece.decode("latin-1"))

    def _command(self, line):
        verb = line[:4].upper()
        self.sink.said.append(verb)
        if verb == "STAR" and self.sink.tls:
            self.transport.write(b"220 go on\r\n")
            self.sink.loop.create_task(self._encrypt())
            return
        if verb == "QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
            return
        if verb == "RCPT":
            self.recipient = line[line.index("<") + 1 : line.rindex(">")]
        is_early = (verb == "RCPT" and not self.has_sender) or (verb == "DATA" and not self.recipient)
        answer = self._answer(verb, "503 too early" if is_early else ANSWERS.get(verb, "500 what"))
        if verb in ("MAIL", "RSET"):
            self.has_sender = verb == "MAIL" and answer.startswith("25")
        if verb in ("MAIL", "RSET") or (verb == "RCPT" and not answer.startswith("25")):
            self.recipient = ""
        self.is_data = verb == "DATA" and answer.startswith("354")

    async def _encrypt(self):
        """Begin TLS; a client that does not believe the certificate hangs up."""
        self.buffer = b""
        with contextlib.suppress(OSError, ssl.SSLError):
            self.transport = await self.sink.loop.start_tls(self.transport, self, self.sink.tls, server_side=True)
            self.sink.open.add(self.transport)

    def _message(self, data):
        self.is_data = False
        message = Message(self.recipient, data.replace(b"\r\n..", b"\r\n."))
        self._answer(".", ANSWERS["."], message)
        self.has_sender, self.recipient = False, ""

    def _answer(self, verb, usual, message=None):
        answer = self.sink.answer(verb, self.recipient) or usual
        if verb == "EHLO" and answer == usual:
            answer = "\r\n".join(["250-sink", *(["250-STARTTLS"] if self.sink.tls else []), f"250 {self.sink.offers}"])
        if message and (answer == ACCEPT_AND_DROP or answer.startswith("250")):
            self.sink.keep(message)
        if answer in (DROP, ACCEPT_AND_DROP):
            self.transport.close()
        elif answer == GARBAGE:
            self.transport.write(b"\xff\xfe\x00 no mail here\r\n")
        elif answer == LONG:
            self.transport.write(b"250 " + b"x" * 65536 + b"\r\n")
        elif answer == EIGHT_BIT:
            self.transport.write("550 buzón inválido\r\n".encode("latin-1"))
        elif answer == SILENT:
            self.is_mute = True
        else:
            self.transport.write(answer.encode() + b"\r\n")
            if answer.startswith("421"):
                self.transport.close()
        return answer


class Sink:
    """A server on a free port of this machine, in a thread of its own."""

    def __init__(self, answer: Callable[[str, str], str | None] = lambda verb, recipient: None, port: int = 0):
        self.answer = answer
        self.port = port
        self.messages: list[Message] = []
        self.connections = 0
        self.said: list[str] = []
        self.tls: ssl.SSLContext | None = None
        self.open: set = set()
        self.file = None
        self.offers = "PIPELINING"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def keep(self, message: Message) -> None:
        self.messages.append(message)

    def once(self, verb: str, answer: str) -> None:
        """Give this answer to the next such command only."""
        left = [answer]
        self.answer = lambda said, recipient: left.pop() if said == verb and left else None

    def always(self, verb: str, answer: str) -> None:
        """Give this answer to every such command."""
        self.answer = lambda said, recipient: answer if said == verb else None

    def __enter__(self):
        ready = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self.thread.start()
        ready.wait(5)
        return self

    def __exit__(self, *error):
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join(5)

    async def _serve(self, ready):
        self.loop, self.stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await self.loop.create_server(lambda: Session(self), "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self.stopped.wait()
        server.close()
        for transport in list(self.open):
            transport.abort()
        await asyncio.sleep(0)


class FileSink(Sink):
    """Keep only the Message-IDs, in a file."""

    def keep(self, message: Message) -> None:
        self.file.write(f"{message.recipient} {message.message_id}\n".encode())


def now_and_then(rules: dict[str, tuple[str, float]]) -> Callable[[str, str], str | None]:
    """Answer a verb with a fault at a rate: `{"RCPT": ("451 later", 0.05)}`."""

    def answer(verb, recipient):
        fault, rate = rules.get(verb, (None, 0))
        return fault if random.random() < rate else None

    return answer


def _rules(words: list[str]) -> dict[str, tuple[str, float]]:
    found = (re.fullmatch(r"([^=]+)=(.+):([0-9.]+)", word) for word in words)
    return {rule[1]: (rule[2], float(rule[3])) for rule in found if rule}


if __name__ == "__main__":
    answers = now_and_then(_rules(sys.argv[3:]))
    with Path(sys.argv[2]).open("ab", buffering=0) as lines, FileSink(answers, port=int(sys.argv[1])) as running:
        running.file = lines
        print(running.port, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            running.thread.join()
