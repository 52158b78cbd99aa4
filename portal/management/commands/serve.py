"""Run this copy of the site: what `make run` does once everything is installed."""

import contextlib
import fcntl
import os
import signal
import sys
import time
from http.client import HTTPConnection, HTTPException

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from portal.lib.catalogues import compile_stale
from portal.lib.children import Child, ChildError, stop_all
from portal.lib.embedded_postgres import Server
from portal.lib.embedded_postgres.binaries import PostgresError
from portal.lib.ports import FIRST, HOST, PortError, listen
from portal.management.preparation import LOGIN_FILE, LOGIN_NAME, collect_changed_static, make_first_login

PATIENCE_TO_ANSWER = 60  # seconds for the web server to load the site


class Command(BaseCommand):
    """Prepare this copy, then run its web server and newsletter sender until Ctrl-C or SIGTERM."""

    help = __doc__
    requires_system_checks = []  # they run in `refuse_wrong_settings`

    def handle(self, *args, **options):
        """Turn every reason not to run into one sentence, and a wish to stop into a clean end."""
        stop_on_signals()
        try:
            self.refuse_wrong_settings()
            with only_one(settings.VAR_DIR / "serve.lock"):
                listener, port = self.take_port(os.environ.get("PORT", ""))
                with self.running_database():
                    self.serve(listener, port)
        except KeyboardInterrupt:
            self.say("Everything is stopped.")
        except (ChildError, PermissionError, PortError, PostgresError) as reason:
            raise CommandError(str(reason)) from reason
        except OperationalError as reason:
            raise CommandError(f"The database does not answer: {reason}") from reason

    def say(self, sentence):
        """Print at once, into a pipe too; a terminal that was closed must not keep the programs from being stopped."""
        with contextlib.suppress(OSError):
            self.stdout.write(sentence)
            self.stdout.flush()

    def refuse_wrong_settings(self):
        """Run the system checks, after compiling the catalogues that they read."""
        if compile_stale(settings.BASE_DIR / "locale"):
            self.say("Compiled the translations.")
        self.check()

    def take_port(self, wanted):
        """Take the port before anything else is started, so that a taken one is known at once."""
        listener, port = listen(wanted)
        if not wanted and port != FIRST:
            self.say(f"Port {FIRST} is taken by another program, so this copy uses {port}.")
        return listener, port

    @contextlib.contextmanager
    def running_database(self):
        """Run the PostgreSQL of this copy meanwhile, unless DATABASE_URL names a server."""
        if settings.DATABASE_URL:
            yield
            return
        server = Server.below(settings.VAR_DIR)
        try:
            self.say(f"Starting the PostgreSQL of this copy ({server.data_dir}).")
            server.start()
            yield
        finally:
            ignore_signals()
            self.say("Stopping the PostgreSQL of this copy.")
            server.stop()

    def serve(self, listener, port):
        """Prepare, start the programs, say where the site is, and stay."""
        password = self.prepare()
        children = programs(listener, f"http://localhost:{port}")
        try:
            self.say("Starting the web server.")
            self.watch(children[:1], until=lambda: answers(port), patience=PATIENCE_TO_ANSWER)
            self.welcome(f"http://localhost:{port}", password)
            self.watch(children)
        finally:
            ignore_signals()
            self.say("\nStopping the web server and the newsletter sender.")
            stop_all(children)

    def prepare(self):
        """Bring database, files and starter content up to date; return the password of a log-in just made."""
        self.say("Bringing the database up to date.")
        call_command("migrate", interactive=False, verbosity=0)
        self.say("Bringing the static files up to date.")
        collect_changed_static()
        self.say("Loading the starter content.")
        call_command("load_starter", verbosity=0)
        password = None if settings.DATABASE_URL else make_first_login()
        connections.close_all()
        return password

    def watch(self, children, until=lambda: False, patience=float("inf")):
        """Keep the programs running until something holds, or raise ChildError."""
        deadline = time.monotonic() + patience
        while True:
            for child in children:
                child.watch(self.say)
            if until():
                return
            if time.monotonic() > deadline:
                raise ChildError(f"The site did not answer within {patience} seconds.")
            time.sleep(0.1)

    def welcome(self, address, password):
        """Say where the site is and how staff get in."""
        self.say(f"\nFaro is running: {address}/")
        if password:
            self.say(f"Staff log in at {address}/admin/ as {LOGIN_NAME} with the password {password}")
        if not settings.DATABASE_URL:
            self.say(f"(The staff log-in made for this copy is kept in {settings.VAR_DIR / LOGIN_FILE}.)")
        self.say("Press Ctrl-C to stop.\n")


@contextlib.contextmanager
def only_one(path):
    """Refuse to run the same copy twice: the first to stop would stop the other's database."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"This copy is running already ({path} is held). Stop it first.") from None
        yield


def programs(listener, address):
    """Return the web server, on a socket that outlives its restarts, the sender, the importer and the nightly work."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "SITE_URL": settings.SITE_URL or address}
    manage = str(settings.BASE_DIR / "manage.py")
    web = ["-m", "gunicorn", "--config", "python:portal.gunicorn", "--bind", f"fd://{listener.fileno()}", "portal.wsgi"]
    return [
        Child("web server", [sys.executable, *web], environment, inherits=(listener.fileno(),), most_deaths=3),
        Child("newsletter sender", [sys.executable, manage, "send_newsletter", "--forever"], environment),
        Child("importer", [sys.executable, manage, "run_imports", "--forever"], environment),
        Child("nightly work", [sys.executable, manage, "nightly", "--forever"], environment),
    ]


def answers(port):
    """Tell whether the site answers a request, be it with a refusal."""
    asking = HTTPConnection(HOST, port, timeout=5)
    try:
        asking.request("GET", "/healthz")
        asking.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        asking.close()
    return True


def stop_on_signals():
    """Treat SIGTERM like Ctrl-C, and a closed terminal too unless it was started with nohup."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.default_int_handler)


def ignore_signals():
    """Let nothing interrupt the stopping, which takes seconds."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
