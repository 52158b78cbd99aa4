"""Handing messages to a mail service: a server on this machine plays Resend, Brevo and Postmark."""

import http.server
import json
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.lib import mail
from portal.lib.mail import service

LETTER = mail.Letter(
    headers={
        "From": "Salud de Peña <news@example.org>",
        "To": "%%to%%",
        "Subject": "Año nuevo",
        "Date": "Fri, 20 Nov 2026 10:00:00 +0000",
        "Message-ID": "<one@example.org>",
        "List-Unsubscribe": "<https://news.example.org/leave>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    language="es",
    text="Mañana.",
    html="<p>Mañana.</p>",
)
DATA = LETTER.fill({"to": "ana@example.org"})
HANG_UP = 0


class Service(http.server.BaseHTTPRequestHandler):
    """Answer with what the test wants: (status, body), or hang up."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers), json.loads(body)))
        status, answer = self.server.answers.pop(0) if self.server.answers else (200, {"id": "4711"})
        if status == HANG_UP:
            return
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *words):
        pass


@pytest.fixture
def server(settings, monkeypatch):
    monkeypatch.setattr(service, "AGAIN", (0, 0))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service) as running:
        running.asked, running.answers = [], []
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        address = f"http://127.0.0.1:{running.server_port}/"
        settings.ANYMAIL = {
            "RESEND_API_KEY": "key", "RESEND_API_URL": address, "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": address, "BREVO_API_KEY": "key", "BREVO_API_URL": address,
        }  # fmt: skip
        yield running
        running.shutdown()


@pytest.fixture
def channel(server, settings):
    made = []

    def use(name):
        settings.EMAIL_SERVICE = f"{name}?from=news@example.org"
        made.append(mail.channel())
        made[-1].open_message("b-copy-1@example.org", "ana@example.org")
        return made[-1]

    yield use
    for each in made:
        each.close()


def test_a_message_is_one_request_with_its_key_and_its_copy(channel, server):
    assert channel("resend").send_message(DATA) == (250, "4711")

    [(headers, body)] = server.asked
    assert headers["Idempotency-Key"] == "one@example.org"
    assert (body["to"], body["subject"], body["text"].strip()) == (["ana@example.org"], "Año nuevo", "Mañana.")
    assert body["html"].strip() == "<p>Mañana.</p>"
    assert body["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert json.loads(body["headers"]["X-Metadata"]) == {"copy": "b-copy-1"}
    assert body["from"].endswith("<news@example.org>")


def test_brevo_gets_its_key_among_the_headers_of_the_mail(channel, server):
    server.answers = [(201, {"messageId": "<1@brevo.example>"})]

    channel("brevo").send_message(DATA)

    assert server.asked[0][1]["headers"]["idempotencyKey"] == "one@example.org"


def test_where_the_service_knows_a_request_again_an_answer_that_was_lost_is_asked_for_again(channel, server):
    server.answers = [(HANG_UP, {}), (500, {})]

    assert channel("resend").send_message(DATA) == (250, "4711")
    assert len({headers["Idempotency-Key"] for headers, _body in server.asked}) == 1
    assert len(server.asked) == 3


@pytest.mark.parametrize(("name", "asked"), [("postmark", 1), ("resend", 3)])
@pytest.mark.parametrize("answer", [(HANG_UP, {}), (500, {}), (502, {}), (200, "no such thing")])
def test_a_request_without_a_whole_answer_may_have_been_accepted(channel, server, name, asked, answer):
    server.answers = [answer] * 3

    with pytest.raises(mail.UnknownOutcomeError):
        channel(name).send_message(DATA)
    assert len(server.asked) == asked


@pytest.mark.parametrize("status", [401, 403, 429])
def test_an_answer_about_us_costs_nobody_a_copy(channel, server, status):
    server.answers = [(status, {"message": "no ana@example.org"})]

    with pytest.raises(mail.UnreachableError) as failure:
        channel("resend").send_message(DATA)
    assert "ana@" not in str(failure.value)


def test_a_message_that_the_service_does_not_like_is_put_off(channel, server):
    server.answers = [(422, {"message": "ana@example.org is odd"})]

    with pytest.raises(mail.RefusedError) as refusal:
        channel("resend").send_message(DATA)
    assert (refusal.value.code, refusal.value.is_permanent, "ana@" in str(refusal.value)) == (451, False, False)


def test_an_address_that_the_service_refuses_has_failed(channel, server):
    words = (
        "You tried to send to recipient(s) that have been marked as inactive.\n Found inactive addresses: "
        "ana@example.org.\n Inactive recipients are ones that have generated a hard bounce or a spam complaint."
    )
    server.answers = [(422, {"ErrorCode": 406, "Message": words})]

    with pytest.raises(mail.RefusedError) as refusal:
        channel("postmark").send_message(DATA)
    assert refusal.value.is_permanent


def test_an_answer_that_names_no_fate_is_no_success(channel, server):
    server.answers = [(422, {"ErrorCode": 406, "Message": "words that changed since"})]

    with pytest.raises(mail.UnknownOutcomeError):
        channel("postmark").send_message(DATA)


def test_a_service_that_is_not_there_has_nothing(channel, server, settings):
    settings.ANYMAIL["RESEND_API_URL"] = "http://127.0.0.1:1/"

    with pytest.raises(mail.UnreachableError):
        channel("resend").send_message(DATA)


def test_a_silent_service_is_left_when_patience_ends_and_nobody_can_tell(server, settings):
    settings.EMAIL_SERVICE = "postmark"
    silent = threading.Event()
    server.answers = _Waiting(silent)
    channel = mail.channel(patience=1)
    channel.open_message("news@example.org", "ana@example.org")

    with pytest.raises(mail.UnknownOutcomeError):
        channel.send_message(DATA)
    silent.set()
    channel.close()


class _Waiting(list):
    """Give no answer before the test is over."""

    def __init__(self, event):
        super().__init__([(200, {})])
        self.event = event

    def pop(self, _index):
        self.event.wait(5)
        return HANG_UP, {}


@pytest.mark.parametrize("name", ["", "sendmail", "amazon_ses", "resend?to=x", "resend?from=nobody", "../resend"])
def test_a_service_that_cannot_be_used_is_refused_with_what_to_set(settings, name):
    with pytest.raises(ImproperlyConfigured):
        mail.service_problem(name)


def test_a_service_without_its_key_is_told_which(settings):
    settings.ANYMAIL = {}

    assert "RESEND_API_KEY" in mail.service_problem("resend")
    settings.ANYMAIL = {"RESEND_API_KEY": "key"}
    assert mail.service_problem("resend") == ""


def test_the_sender_is_the_one_given_with_the_service(settings):
    settings.EMAIL_SERVICE = "postmark?from=news@example.net"
    settings.EMAIL_URL = "smtp://127.0.0.1?from=other@example.org"

    assert (mail.sender(), mail.domain(), mail.service_name()) == ("news@example.net", "example.net", "postmark")
