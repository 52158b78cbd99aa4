"""Test that a list brings in only people who agreed, asks the others, and brings nobody back."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from newsletter import actions, tokens
from newsletter.actions import imports
from newsletter.admin import reader_imports
from newsletter.forms import AddressField
from newsletter.models import ConsentEvent, Delivery, ReaderImport, Subscriber, Suppression
from portal.lib.archives import UnreadableFileError

from .factories import SubscriberFactory, TopicFactory
from .test_admin import editor, staff, told  # noqa: F401 (fixtures)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("department", "fixed_day")]
HEAD = "email,language,consent date,proof\n"
clean = AddressField().clean


@pytest.fixture
def importer(staff, editor):  # noqa: F811
    """Be an editor who may bring lists in."""
    from django.contrib.auth.models import Permission  # noqa: PLC0415

    names = ["add_readerimport", "view_readerimport"]
    editor.user_permissions.add(*Permission.objects.filter(codename__in=names))
    return staff


def table(*rows):
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode()


def verdicts(*rows):
    return [row.verdict for row in imports.judged(imports.read(table(*rows), clean))]


def bring(*rows, may_ask=lambda email: True):
    run = imports.receive(content=table(*rows), name="l.csv", by=None, clean=clean, at=timezone.now())
    return imports.bring_in(run=run, clean=clean, may_ask=may_ask, at=timezone.now())


def people():
    return list(Subscriber.objects.order_by("pk").values_list("email_norm", "language", "state"))


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ("a@example.org,en,2026-01-05,paper form 7", "reader"),
        ("a@example.org,Spanish,01/05/2026,paper form 7", "reader"),
        ("a@example.org,español,2026-01-05,paper form 7", "reader"),
        ("a@example.org,en,2026-01-05,", "ask"),
        ("a@example.org,en,,paper form 7", "ask"),
        ("a@example.org,en,2026-01-05,x", "ask"),
        ("a@example.org,en", "ask"),
        ("a@,en,2026-01-05,paper form 7", "bad address"),
        ("=cmd@x,en,2026-01-05,paper form 7", "bad address"),
        (",en,2026-01-05,paper form 7", "bad address"),
        ('"a@example.org\r\nBcc: v@example.org",en,2026-01-05,paper form 7', "bad address"),
        ("a@example.org%0aBcc: v@x.org,en,2026-01-05,paper form 7", "bad address"),
        ("a@example.org\u202e,en,2026-01-05,paper form 7", "bad address"),
        (f"{'a' * 65}@example.org,en,2026-01-05,paper form 7", "bad address"),
        (f"a@{'b' * 320}.org,en,2026-01-05,paper form 7", "bad address"),
        ("a@example.org,,2026-01-05,paper form 7", "bad language"),
        ("a@example.org,fr,2026-01-05,paper form 7", "bad language"),
        ("a@example.org,en,yesterday,paper form 7", "bad date"),
        ("a@example.org,en,2027-01-05,paper form 7", "bad date"),
    ],
)
def test_each_row_is_judged_by_what_it_holds(row, verdict):
    assert verdicts(row) == [verdict]


def test_rows_are_judged_by_what_the_list_knows():
    SubscriberFactory(email="known@example.org")
    SubscriberFactory(email="asked@example.org", state="pending")
    SubscriberFactory(email="left@example.org", state="left")
    for number, reason in enumerate(["left", "bounced", "complained", "staff"]):
        digest = tokens.address_hash(f"{number}@example.org")
        Suppression.objects.create(email_hash=digest, reason=reason, at=timezone.now())
    names = ["Known", "asked", "left", "0", "1", "2", "3", "new", "NEW"]

    found = verdicts(*[f"{name}@example.org,en,2026-01-05,paper form 7" for name in names])

    assert found == ["known", "known", "gone", "gone", "gone", "gone", "gone", "reader", "twice"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "These columns are missing in the first row: email, language, consent date, proof."),
        (b"email,language\na@example.org,en\n", "These columns are missing in the first row: consent date, proof."),
        (HEAD.encode(), "The file has no rows below its headings."),
        (HEAD.encode() + b'"a@example.org,en\n', "Row 2 is no row of a CSV table: a quotation mark is out of place."),
        (b"x" * (imports.MOST_BYTES + 1), "The file is larger than 2 MB. Divide it."),
        (table(*["a@example.org,en,,"] * (imports.MOST_ROWS + 1)), "The file has more than 10,000 rows. Divide it."),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content, message):
    with pytest.raises(UnreadableFileError) as error:
        imports.read(content, clean)

    assert str(error.value) == message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
def test_a_file_is_read_in_any_usual_encoding_and_with_spanish_headings(encoding):
    content = "correo;idioma;fecha del consentimiento;prueba\na@example.org;español;2026-01-05;reunión 5\n"

    [row] = imports.read(content.encode(encoding), clean)

    assert (row.email, row.language, row.proof, row.verdict) == ("a@example.org", "es", "reunión 5", "")


def test_with_proof_a_person_becomes_a_reader_and_the_proof_is_kept():
    TopicFactory()

    run = bring("Ana@example.org,es,2026-01-05,paper form 7")

    reader = Subscriber.objects.get()
    event = reader.consent_events.get()
    assert (reader.email, reader.state, reader.frequency, len(actions.wanted(reader))) == (
        "Ana@example.org", "confirmed", "weekly", 1,
    )  # fmt: skip
    assert (event.kind, event.consented_on, event.proof) == ("imported", datetime.date(2026, 1, 5), "paper form 7")
    assert (run.counts, run.is_finished, run.content) == ({"reader": 1}, True, None)


def test_without_proof_a_person_is_asked_first():
    bring("ana@example.org,es,,")

    reader = Subscriber.objects.get()
    assert (reader.state, reader.confirmation_due_at, ConsentEvent.objects.count()) == ("pending", timezone.now(), 0)


def test_those_asked_are_asked_one_after_another():
    count = 2 * imports.ASKED_AN_HOUR + 1
    bring(*[f"p{number}@example.org,en,," for number in range(count)])

    due = [
        (moment - timezone.now()).total_seconds() / 3600
        for moment in Subscriber.objects.order_by("pk").values_list("confirmation_due_at", flat=True)
    ]
    assert due == [0.0] * 30 + [1.0] * 30 + [2.0]
    assert all(row.requested_at == row.confirmation_due_at for row in Subscriber.objects.all())


def test_a_mailbox_that_was_asked_lately_is_not_asked_again(importer):
    assert reader_imports._may_ask("a.n.a+x@example.org")

    run = bring("ana@example.org,en,,", may_ask=reader_imports._may_ask)

    assert (run.counts, people()) == ({"lately": 1}, [])


def test_nobody_who_left_comes_back_by_a_list():
    at = timezone.now()
    gone = SubscriberFactory(email="gone@example.org", state="left", left_at=at - datetime.timedelta(days=29))
    left = SubscriberFactory(email="left@example.org", state="left", left_at=at)
    actions.purge(at=at)

    run = bring(*[f"{name}@example.org,en,2026-01-05,paper form 7" for name in ("gone", "left")])

    assert run.counts == {"gone": 2}
    assert {row.pk: row.state for row in Subscriber.objects.all()} == {gone.pk: "erased", left.pk: "left"}
    assert Suppression.objects.get().reason == "left"


def test_a_known_reader_keeps_language_and_choices():
    SubscriberFactory(email="ana@example.org", language="es", frequency="daily")

    bring("ana@example.org,en,2026-01-05,paper form 7")

    assert list(Subscriber.objects.values_list("language", "frequency")) == [("es", "daily")]


def test_the_same_file_is_brought_in_once():
    rows = ["a@example.org,en,2026-01-05,paper form 7"]

    first, second = bring(*rows), bring(*rows)

    assert (first.pk, len(people()), ConsentEvent.objects.count()) == (second.pk, 1, 1)


def test_an_import_that_was_stopped_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(imports, "BATCH", 2)
    rows = [f"p{number}@example.org,en,2026-01-05,paper form 7" for number in range(5)]
    run = imports.receive(content=table(*rows), name="l.csv", by=None, clean=clean, at=timezone.now())
    real = imports._make_readers

    def stopped(batch, at):
        if batch[0].email.startswith("p2"):
            raise KeyboardInterrupt
        real(batch, at)

    monkeypatch.setattr(imports, "_make_readers", stopped)
    with pytest.raises(KeyboardInterrupt):
        imports.bring_in(run=run, clean=clean, may_ask=lambda email: True, at=timezone.now())
    run.refresh_from_db()
    before = (run.done, run.counts, len(people()))
    monkeypatch.setattr(imports, "_make_readers", real)
    run = imports.bring_in(run=run, clean=clean, may_ask=lambda email: True, at=timezone.now())

    assert before == (2, {"reader": 2}, 2)
    assert (run.done, run.counts, len(people())) == (5, {"reader": 5}, 5)


def test_a_list_writes_to_nobody_by_itself():
    bring("a@example.org,en,2026-01-05,paper form 7")

    assert Delivery.objects.count() == 0


def test_a_file_that_nobody_brings_in_is_forgotten():
    run = imports.receive(content=table("a@example.org,en,,"), name="l.csv", by=None, clean=clean, at=timezone.now())
    bring("b@example.org,en,,")

    early = imports.forget_old(run.created_at + imports.KEPT_FOR)
    late = imports.forget_old(run.created_at + imports.KEPT_FOR + datetime.timedelta(seconds=1))

    assert (early, late, ReaderImport.objects.get().is_finished) == (0, 1, True)


def test_the_page_shows_what_would_happen_before_anything_does(importer):
    content = table("a@example.org,en,2026-01-05,paper form 7", "b@,en,,", "c@example.org,es,,")
    file = SimpleUploadedFile("l.csv", content)

    page = importer.post(reverse("admin:newsletter_readerimport_add"), {"file": file}, follow=True)
    before = people()
    done = importer.post(page.request["PATH_INFO"], follow=True)

    assert [(value, count) for value, _label, count in page.context["counts"] if count] == [
        ("reader", 1),
        ("ask", 1),
        ("bad address", 1),
    ]
    assert before == []
    assert told(done) == ["The list is brought in. Its addresses are not kept here any longer."]
    assert people() == [("a@example.org", "en", "confirmed"), ("c@example.org", "es", "pending")]
    assert "a@example.org" not in done.content.decode()


def test_what_is_wrong_with_a_file_stands_by_the_field(importer):
    file = SimpleUploadedFile("l.csv", b"email\na@example.org\n")

    page = importer.post(reverse("admin:newsletter_readerimport_add"), {"file": file})

    message = "These columns are missing in the first row: language, consent date, proof."
    assert (page.status_code, page.context["form"].errors) == (422, {"file": [message]})


def test_without_the_right_there_is_no_import(staff):  # noqa: F811
    assert staff.get(reverse("admin:newsletter_readerimport_add")).status_code == 403


def test_a_thousand_rows_take_few_statements(django_assert_max_num_queries):
    rows = [f"p{number}@example.org,en,2026-01-05,paper form 7" for number in range(1000)]

    with django_assert_max_num_queries(40):
        bring(*rows)

    assert Subscriber.objects.count() == 1000


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_lists_needs_as_many_queries_for_one_as_for_three(importer, django_assert_max_num_queries, count):
    for number in range(count):
        bring(f"p{number}@example.org,en,2026-01-05,paper form 7")
    address = reverse("admin:newsletter_readerimport_changelist")
    importer.get(address)

    with django_assert_max_num_queries(8):
        page = importer.get(address)

    assert page.context["cl"].result_count == count
