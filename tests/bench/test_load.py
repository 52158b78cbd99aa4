import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import load

WORDS = """Running 10s test @ http://127.0.0.1:8000
  Latency Distribution
     50%    4.99ms
     99%   {latency}
  {extra}
Requests/sec:   3127.51
"""


@pytest.mark.parametrize(("latency", "milliseconds"), [("12.43ms", 12.43), ("1.05s", 1050.0), ("950.00us", 0.95)])
def test_the_figures_of_wrk_are_read_whatever_their_unit(latency, milliseconds):
    result = load.read_wrk(WORDS.format(latency=latency, extra=""))

    assert result == load.Result(3127.51, pytest.approx(milliseconds), 0)


@pytest.mark.parametrize(
    ("extra", "refused"),
    [("Non-2xx or 3xx responses: 12", 12), ("Socket errors: connect 1, read 2, write 0, timeout 4", 7)],
)
def test_what_was_refused_is_counted(extra, refused):
    assert load.read_wrk(WORDS.format(latency="1.00ms", extra=extra)).refused == refused


def test_words_without_figures_are_an_error():
    with pytest.raises(ValueError, match="unable to connect"):
        load.read_wrk("unable to connect to 127.0.0.1:8000")


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802  (the name that http.server calls)
        self.send_response(404 if self.path == "/lost" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        """Say nothing."""


def test_threads_of_our_own_count_answers_and_refusals():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    result = load._with_threads(server.server_port, ["/found", "/lost"], seconds=1)

    server.shutdown()
    server.server_close()
    assert result.per_second > 10
    assert 0.3 < result.refused / result.per_second < 0.7
