"""Bring readers from another list: with proof they are readers, without it they are asked, and who left stays away.

A file is judged row by row before anything changes. It is known by its bytes, and each batch of rows is one transaction
with the number of rows done, so a stopped import goes on where it stopped and no row counts twice.
"""

import datetime
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import delimited, languages
from portal.lib.archives import UnreadableFileError

from .. import tokens
from ..models import ConsentEvent, Frequency, ReaderImport, Subscriber, Subscription, Suppression, Topic

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 10_000
BATCH = 500
ASKED_AN_HOUR = 30  # the limit of sign-ups for one domain, for a list may be all of one domain
KEPT_FOR = datetime.timedelta(days=7)  # the bytes of a file that nobody brought in
LEAST_PROOF = 5  # characters: "paper" or the number of a form
MOST_PROOF = 300
# Addresses of an office or of everybody in it (RFC 2142 and habit): nobody can have agreed for all who read them.
OFFICES = {
    "abuse", "all", "everyone", "hostmaster", "mailer-daemon", "no-reply", "noreply", "postmaster", "root", "security",
    "webmaster",
}  # fmt: skip
HEADINGS = {  # the first of each is named when it is missing
    "email": ("email", "e-mail", "e-mail address", "email address", "correo", "correo electrónico"),
    "language": ("language", "idioma"),
    "date": ("consent date", "agreed on", "fecha del consentimiento", "fecha de consentimiento"),
    "proof": ("proof", "proof of consent", "prueba", "prueba del consentimiento", "prueba de consentimiento"),
}
DATES = ("%Y-%m-%d", "%m/%d/%Y")


class Verdict(TextChoices):
    """What becomes of a row."""

    READER = "reader", gettext_lazy("Becomes a reader: the proof of consent is there")
    ASK = "ask", gettext_lazy("Is asked by mail first: no proof of consent")
    KNOWN = "known", gettext_lazy("Is on the list already; nothing changes")
    GONE = "gone", gettext_lazy("Left, complained or came back as undeliverable: stays away")
    TWICE = "twice", gettext_lazy("Stands in the file a second time")
    OFFICE = "office", gettext_lazy("Belongs to an office, not to a person: it must sign up itself")
    BAD_ADDRESS = "bad address", gettext_lazy("The address cannot be written to")
    BAD_LANGUAGE = "bad language", gettext_lazy("The language is none of ours")
    BAD_DATE = "bad date", gettext_lazy("The date of consent cannot be read, or lies in the future")
    LATELY = "lately", gettext_lazy("Was asked lately: no second mail")


class Row(NamedTuple):
    """One row of a file; `verdict` is "" as long as only the database can tell."""

    number: int
    email: str
    language: str
    agreed_on: datetime.date | None
    proof: str
    verdict: str = ""

    @property
    def norm(self) -> str:
        """The address in small letters, by which people are told apart."""
        return self.email.lower()


Clean = Callable[[str], str]


def receive(*, content: bytes, name: str, by, clean: Clean, at) -> ReaderImport:
    """Keep a file until it is brought in; the same bytes are the same import. Raises `UnreadableFileError`."""
    rows = len(read(content, clean))
    digest = sha256(content).hexdigest()
    run, _created = ReaderImport.objects.get_or_create(
        sha256=digest,
        defaults={"name": name[-120:], "content": content, "rows": rows, "created_at": at, "created_by": by},
    )
    return run


def read(content: bytes, clean: Clean) -> list[Row]:
    """Return the rows of a table with what is wrong in themselves. Raises `UnreadableFileError` with what to do.

    `clean` returns an address as mail can reach it or raises `ValidationError`.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableFileError(_("The file is larger than 2 MB. Divide it."))
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        _notice, lines = delimited.lines(Path(file.name))
        columns = _columns([cell.strip().lower() for cell in next(lines, (0, [""]))[1]])
        rows = [_row(number, cells, columns, clean) for number, cells in lines if any(cell.strip() for cell in cells)]
    if len(rows) > MOST_ROWS:
        raise UnreadableFileError(_("The file has more than 10,000 rows. Divide it."))
    if not rows:
        raise UnreadableFileError(_("The file has no rows below its headings."))
    return list(_without_doubles(rows))


def _columns(headings: list[str]) -> dict[str, int]:
    found = {
        name: next((index for index, heading in enumerate(headings) if heading in known), -1)
        for name, known in HEADINGS.items()
    }
    missing = [HEADINGS[name][0] for name, index in found.items() if index < 0]
    if missing:
        raise UnreadableFileError(
            _("These columns are missing in the first row: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    return found


def _row(number: int, cells: list[str], columns: dict[str, int], clean: Clean) -> Row:
    values = {name: cells[index].strip() if index < len(cells) else "" for name, index in columns.items()}
    proof = "".join(letter if letter.isprintable() else " " for letter in values["proof"])[:MOST_PROOF]
    code = _language(values["language"])
    row = Row(number, values["email"][:320], code, _date(values["date"]), proof)
    try:
        row = row._replace(email=clean(values["email"]))
    except ValidationError:
        return row._replace(verdict=Verdict.BAD_ADDRESS)
    if row.norm.rpartition("@")[0] in OFFICES:
        return row._replace(verdict=Verdict.OFFICE)
    if not code:
        return row._replace(verdict=Verdict.BAD_LANGUAGE)
    if values["date"] and (row.agreed_on is None or row.agreed_on > timezone.localdate()):
        return row._replace(verdict=Verdict.BAD_DATE)
    return row


def _language(words: str) -> str:
    """Return the code of a language that is named by its code or by its name in any of ours."""
    for code in languages.codes():
        names = {code, languages.name(code), *(languages.name_in(code, reader) for reader in languages.codes())}
        if words.lower() in {name.lower() for name in names}:
            return code
    return ""


def _date(words: str) -> datetime.date | None:
    for form in DATES:
        try:
            return datetime.datetime.strptime(words, form).date()
        except ValueError:
            continue
    return None


def _without_doubles(rows: list[Row]) -> Iterator[Row]:
    seen: set[str] = set()
    for row in rows:
        yield row._replace(verdict=Verdict.TWICE) if not row.verdict and row.norm in seen else row
        seen.add(row.norm)


def judged(rows: list[Row]) -> Iterator[Row]:
    """Yield each row with its verdict as things stand now; nothing changes."""
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        hashes = {tokens.address_hash(row.norm): row.norm for row in batch if not row.verdict}
        suppressed = Suppression.objects.filter(email_hash__in=hashes).values_list("email_hash", flat=True)
        gone = {hashes[each] for each in suppressed}
        known = Subscriber.objects.filter(email_norm__in=hashes.values())
        states = {str(norm): state for norm, state in known.values_list("email_norm", "state")}
        for row in batch:
            yield row if row.verdict else row._replace(verdict=_verdict(row, gone, states))


def _verdict(row: Row, gone: set[str], states: dict[str, str]) -> str:
    state = states.get(row.norm)
    if row.norm in gone or state == Subscriber.State.LEFT:
        return Verdict.GONE
    if state is not None:
        return Verdict.KNOWN
    return Verdict.READER if row.agreed_on and len(row.proof) >= LEAST_PROOF else Verdict.ASK


def bring_in(*, run: ReaderImport, clean: Clean, may_ask: Callable[[str], bool], at) -> ReaderImport:
    """Do the rows that are not done; return the import as it stands then.

    `may_ask` counts a mail to an address against the limits of sign-ups and says whether it is within them.
    """
    content = run.content
    rows = read(bytes(content), clean) if content is not None else []
    while not run.is_finished:
        run = _next_batch(run.pk, rows, may_ask, at)
    return run


@transaction.atomic
def _next_batch(pk: int, rows: list[Row], may_ask: Callable[[str], bool], at) -> ReaderImport:
    run = ReaderImport.objects.select_for_update().get(pk=pk)
    if run.is_finished:
        return run  # by another request
    batch = list(judged(rows[run.done : run.done + BATCH]))
    counts = Counter(run.counts)
    asked = [row for row in batch if row.verdict == Verdict.ASK and may_ask(row.email)]
    counts.update(row.verdict for row in batch if row.verdict != Verdict.ASK)
    counts[Verdict.LATELY] += sum(row.verdict == Verdict.ASK for row in batch) - len(asked)
    _make_readers([row for row in batch if row.verdict == Verdict.READER], at)
    _make_pending(asked, counts[Verdict.ASK], at)
    counts[Verdict.ASK] += len(asked)
    run.counts = {str(verdict): count for verdict, count in counts.items() if count}
    run.done += len(batch)
    if run.done >= len(rows):
        run.finished_at, run.content = at, None
    run.save()
    return run


def _make_readers(rows: list[Row], at) -> None:
    """Make readers, with what proves that they agreed; they get every topic once a week until they choose."""
    made = _make(rows, lambda row: {"state": Subscriber.State.CONFIRMED, "requested_at": at, "confirmed_at": at})
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            subscriber=person,
            kind=ConsentEvent.Kind.IMPORTED,
            at=at,
            language=row.language,
            consented_on=row.agreed_on,
            proof=row.proof,
        )
        for row, person in made
    )


def _make_pending(rows: list[Row], before: int, at) -> None:
    """Make people who are asked by mail, one after another; their days to confirm begin with the mail."""
    due = {row: at + datetime.timedelta(hours=(before + turn) // ASKED_AN_HOUR) for turn, row in enumerate(rows)}
    _make(rows, lambda row: {"requested_at": due[row], "confirmation_due_at": due[row]})


def _make(rows: list[Row], fields: Callable[[Row], dict]) -> list[tuple[Row, Subscriber]]:
    """Make the people of these rows with all topics on offer; whoever signed up in this moment is left alone."""
    people = {
        row.norm: Subscriber(
            email=row.email,
            email_norm=row.norm,
            email_hash=tokens.address_hash(row.norm),
            language=row.language,
            frequency=Frequency.WEEKLY,
            **fields(row),
        )
        for row in rows
    }
    before = Subscriber.objects.filter(email_norm__in=people)
    others = set(before.select_for_update().values_list("email_norm", flat=True))
    Subscriber.objects.bulk_create([person for norm, person in people.items() if norm not in others])
    made = [(row, people[row.norm]) for row in rows if row.norm not in others]
    _want_everything([person for _row, person in made])
    return made


def _want_everything(people: list[Subscriber]) -> None:
    topics, day = list(Topic.objects.on_offer()), timezone.localdate()
    Subscription.objects.bulk_create(
        Subscription(reader_key=tokens.reader_key(person.pk), topic=topic, started_on=day)
        for person in people
        for topic in topics
    )


def forget_old(at: datetime.datetime) -> int:
    """Delete the files that nobody brought in for a week; return how many."""
    _rows, deleted = ReaderImport.objects.filter(finished_at=None, created_at__lt=at - KEPT_FOR).delete()
    return deleted.get("newsletter.ReaderImport", 0)
