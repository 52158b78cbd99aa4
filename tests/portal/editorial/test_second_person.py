import datetime

import pytest
from django.urls import reverse

from portal.editorial import approvals
from portal.editorial.models import AvoidedWord, Removal
from portal.waiting import waiting_for
from tests.portal.overdose.factories import GuideFactory, PassageFactory
from tests.portal.staff import browser, person

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 12, 1, 15, tzinfo=datetime.UTC)


def queue(user, title):
    return {queue.title: queue for queue in waiting_for(user)}[title]


def test_only_another_publisher_says_that_a_removal_was_seen():
    first, second = person("publisher", "ana"), person("publisher", "eva")
    passage = PassageFactory()
    approvals.remove(passage, by=first, at=AT)
    address = reverse("admin:editorial_removal_changelist")
    marked = {"action": "mark_seen", "_selected_action": [Removal.objects.get().pk]}

    browser(first).post(address, marked)
    before = Removal.objects.get().seen_by
    browser(second).post(address, marked)

    assert (before, Removal.objects.get().seen_by) == (None, second)
    assert queue(second, "Taken off the site by others").count == 0


def test_a_writer_has_no_queue_of_removals():
    assert "Taken off the site by others" not in {queue.title for queue in waiting_for(person("writer"))}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_what_waits_takes_as_many_queries_for_one_as_for_three(count, django_assert_max_num_queries):
    guide, writer = GuideFactory(), person("publisher", "ana")
    for passage in PassageFactory.create_batch(count, guide=guide):
        passage.heading_en = "New"
        approvals.save(passage, by=writer, at=AT, is_public=True)
    PassageFactory(guide=guide)
    client = browser(person("medical reviewer"))
    address = queue(person("publisher", "eva"), "Changes that wait for a second person").url
    client.get(address)  # the content types are read once a process

    with django_assert_max_num_queries(10):
        page = client.get(address)

    assert page.context["cl"].result_count == count
    assert reverse("admin:overdose_guide_approve", args=[guide.pk]) in page.content.decode()


@pytest.mark.parametrize("name", ["removal", "move", "approval", "pendingchange", "readingname", "avoidedword"])
def test_each_list_opens_and_what_the_site_wrote_cannot_be_added(name):
    client = browser(person("publisher"))

    listing = client.get(reverse(f"admin:editorial_{name}_changelist"))
    new = client.get(reverse(f"admin:editorial_{name}_add"))

    assert (listing.status_code, new.status_code) == (200, 200 if name in {"readingname", "avoidedword"} else 403)


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("readingname", {"text": ""}, "text"),
        ("readingname", {"text": "x" * 81}, "text"),
        ("avoidedword", {"language": "xx", "words": "a", "instead": "b"}, "language"),
        ("avoidedword", {"language": "en", "words": "", "instead": "b"}, "words"),
    ],
)
def test_what_the_lists_cannot_hold_is_said_beside_the_field(name, data, field):
    answer = browser(person("publisher")).post(reverse(f"admin:editorial_{name}_add"), data)

    assert list(answer.context["adminform"].form.errors) == [field]


def test_a_name_is_listed_once_in_any_case():
    client = browser(person("publisher"))
    address = reverse("admin:editorial_readingname_add")
    client.post(address, {"text": "Narcan"})

    answer = client.post(address, {"text": "NARCAN"})

    assert answer.context["adminform"].form.non_field_errors() == ["This name is already on the list."]


def test_the_forms_of_a_word_are_its_lines():
    assert AvoidedWord(words=" addict \n\naddicts").forms() == ["addict", "addicts"]
