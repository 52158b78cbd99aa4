"""Be a mailbox that speaks as much IMAP as fetching needs, on this machine."""

import re
import socketserver
import threading


class Session(socketserver.StreamRequestHandler):
    """One visit."""

    def handle(self):
        self.say("* OK here")
        for line in self.rfile:
            tag, command, *words = line.decode().split()
            if self.server.is_silent:
                return
            answer = getattr(self, command.lower(), self.unknown)(words)
            self.say(f"{tag} {answer or 'OK done'}")
            if command.upper() == "LOGOUT":
                return

    def say(self, line):
        self.wfile.write(line.encode("latin-1") + b"\r\n")

    def unknown(self, words):
        return "BAD unknown"

    def capability(self, words):
        self.say("* CAPABILITY IMAP4rev1")

    def login(self, words):
        return "OK in" if words == ["bounces", '"secret"'] else "NO wrong"

    def select(self, words):
        if words != ["INBOX"]:
            return "NO such folder"
        self.say(f"* {len(self.server.contents)} EXISTS")
        return "OK [READ-WRITE] open"

    def uid(self, words):
        return getattr(self, f"uid_{words[0].lower()}")(words[1:])

    def uid_search(self, words):
        first, _colon, last = words[0].partition(":")
        names = list(self.server.contents)[int(first) - 1 : int(last)]
        self.say(f"* SEARCH {' '.join(names)}")

    def uid_fetch(self, words):
        most = int(re.search(r"<0\.(\d+)>", words[1])[1])
        data = self.server.contents[words[0]][:most]
        self.server.fetched.append(words[0])
        self.wfile.write(f"* 1 FETCH (UID {words[0]} BODY[]<0> {{{len(data)}}}\r\n".encode() + data + b")\r\n")

    def uid_store(self, words):
        if self.server.refuses_to_delete:
            return "NO read only"
        self.server.deleted.add(words[0])
        return None

    def expunge(self, words):
        for name in self.server.deleted:
            self.server.contents.pop(name, None)

    def logout(self, words):
        self.say("* BYE")


class Mailbox(socketserver.ThreadingTCPServer):
    """The server, with what lies in it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, contents):
        super().__init__(("127.0.0.1", 0), Session)
        self.contents = dict(contents)
        self.deleted, self.fetched = set(), []
        self.is_silent = self.refuses_to_delete = False

    @property
    def url(self):
        return f"imap://bounces:secret@127.0.0.1:{self.server_address[1]}/INBOX"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()
