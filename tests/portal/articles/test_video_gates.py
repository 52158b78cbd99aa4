"""A video is held to the rules of what is published."""

import datetime

import pytest
from django.urls import reverse

from portal.articles.models import Video
from portal.editorial.models import AvoidedWord, Move, Removal
from tests.portal.staff import browser, filled_in, person

from .test_videos import PNG, video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]
TODAY = datetime.date(2026, 12, 1)


@pytest.fixture
def ready(settings, tmp_path):
    """Return a video that lacks nothing and that nobody has published."""
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "first.png").write_bytes(PNG)
    reviewer = person("medical reviewer")
    made = video(
        is_public=False,
        poster="first.png",
        summary_en="What it is like.",
        summary_es="Cómo es.",
        last_reviewed_on=TODAY,
        reviewed_by=reviewer,
        next_review_on=TODAY + datetime.timedelta(days=300),
    )
    made.save()
    return made


def save(user, row, **values):
    client, address = browser(user), reverse("admin:articles_video_change", args=[row.pk])
    return client.post(address, filled_in(client.get(address)) | values, follow=True)


def errors(answer):
    return answer.context["adminform"].form.errors if "adminform" in answer.context else {}


def test_a_video_that_lacks_nothing_is_published_and_the_move_recorded(ready):
    answer = save(person("publisher"), ready, is_public="on")

    assert (errors(answer), Video.objects.get().is_public) == ({}, True)
    made = Move.objects.order_by("language").values_list("language", "from_state", "to_state", "by__username")
    assert list(made) == [("en", "draft", "published", "publisher"), ("es", "draft", "published", "publisher")]


@pytest.mark.parametrize(
    ("lacking", "where"),
    [
        ({"poster": ""}, "poster"),
        ({"summary_es": ""}, "summary_es"),
        ({"next_review_on": TODAY}, "__all__"),
        ({"last_reviewed_on": None, "reviewed_by": None, "next_review_on": None}, "__all__"),
        ({"transcript_en": "Institutional considerations necessitate comprehensive pharmacological evaluation."},
         "__all__"),
        ({"transcript_es": "Traiga esto:"}, "transcript_es"),
        ({"transcript_es": "Traiga {fact:none}."}, "transcript_es"),
    ],
)  # fmt: skip
def test_a_video_that_lacks_something_is_not_published(ready, lacking, where):
    Video.objects.filter(pk=ready.pk).update(**lacking)

    answer = save(person("publisher"), ready, is_public="on")

    assert (where in errors(answer), Video.objects.get().is_public) == (True, False)


def test_a_publisher_may_set_a_rule_aside_and_says_why(ready):
    Video.objects.filter(pk=ready.pk).update(poster="")

    save(person("publisher"), ready, is_public="on", reason="The picture comes on Monday.")

    assert Video.objects.get().is_public
    kept = Move.objects.values_list("note", "overridden").distinct()
    assert list(kept) == [("The picture comes on Monday.", ["poster"])]


def test_a_word_that_hurts_is_named_with_a_better_one_and_does_not_stop_it(ready):
    AvoidedWord.objects.create(words="addict\naddicts", language="en", instead="person with opioid use disorder")
    Video.objects.filter(pk=ready.pk).update(transcript_en="An addict comes in.")

    page = save(person("publisher"), ready, is_public="on").content.decode()

    assert Video.objects.get().is_public
    assert "Better: person with opioid use disorder." in page


def test_what_visitors_see_already_is_held_only_to_what_it_kept_before(ready):
    Video.objects.filter(pk=ready.pk).update(poster="", is_public=True)
    writer = person("writer")

    save(writer, ready, title_en="The first day")
    refused = save(writer, ready, summary_en="")

    assert (Video.objects.get().title_en, list(errors(refused))) == ("The first day", ["summary_en"])


def test_taking_a_video_off_is_told_to_a_second_person(ready):
    Video.objects.filter(pk=ready.pk).update(is_public=True)

    save(person("publisher"), ready, is_public="")

    assert (Video.objects.get().is_public, Removal.objects.count()) == (False, 1)
