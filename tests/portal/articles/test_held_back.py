"""What an emergency article leans on beside its text waits for a second person too: references, pictures, sources."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.articles.models import Image, Reference
from portal.editorial.models import PendingChange, Removal
from portal.reference.models import Source
from tests.portal.staff import approve, browser, filled_in, person

from .factories import ArticleFactory, ReferenceFactory, SectionFactory, SourceFactory
from .test_videos import PNG, media  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]


@pytest.fixture
def article():
    """Return an emergency article that is out, with one section that cites one source."""
    source = SourceFactory(code="OLD1", title="The old source")
    made = ArticleFactory(is_emergency=True, title_es="Qué hacer", summary_es="Lea esto.", key_points_es="Vaya hoy.")
    ReferenceFactory(article=made, source=source, position=1)
    bodies = {"body_en": "<p>Go today [OLD1].</p>", "body_es": "<p>Vaya hoy [OLD1].</p>"}
    SectionFactory(article=made, heading_es="Cuándo ir", **bodies)
    return made


def form(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def save(user, address, **values):
    client = browser(user)
    return client.post(address, filled_in(client.get(address)) | values)


def listed(client, article):
    """Return the titles of the numbered list that readers see."""
    page = client.get(article.url("en")).content.decode()
    return re.findall(r'<li id="ref-\d+">.*?>([^<>]*source[^<>]*)<', page)


def a_picture():
    file = SimpleUploadedFile("hand.png", PNG)
    return Image.objects.create(file=file, alt_en="A hand", alt_es="Una mano")


def approve_everywhere(address):
    user = person("medical reviewer", "second")
    return [approve(user, address, language).status_code for language in ("en", "es")]


def test_a_reference_that_is_added_or_moved_waits_until_every_language_is_approved(client, article):
    new = SourceFactory(code="NEW2", title="The new source")
    first = article.references.get()
    added = {"references-TOTAL_FORMS": 2, "references-1-position": 0, "references-1-source": new.pk}
    save(person("publisher"), form(article), **added, **{"references-0-position": 5})

    before = listed(client, article)
    first.refresh_from_db()
    held = first.position
    said = approve_everywhere(reverse("admin:articles_article_approve", args=[article.pk]))

    first.refresh_from_db()
    assert (before, held, said) == (["The old source"], 1, [302, 302])
    assert (listed(client, article), first.position) == (["The new source", "The old source"], 5)
    assert not PendingChange.objects.exists()


def test_a_source_that_waiting_words_cite_is_listed_as_soon_as_they_are_out(client, article):
    SourceFactory(code="NEW2", title="The new source")
    save(person("publisher"), form(article), **{"sections-0-body_en": "<p>Go today [OLD1, NEW2].</p>"})

    before = listed(client, article)
    approve_everywhere(reverse("admin:articles_article_approve", args=[article.pk]))

    assert (before, listed(client, article)) == (["The old source"], ["The old source", "The new source"])


def test_a_reference_that_is_taken_out_goes_at_once_and_a_second_person_is_told(client, article):
    other = ReferenceFactory(article=article, source=SourceFactory(title="Another source"), position=2)

    save(person("publisher"), form(article), **{"references-1-DELETE": "on"})

    assert listed(client, article) == ["The old source"]
    assert Removal.objects.get().name == str(other.source)


def test_nobody_approves_a_reference_of_their_own(article):
    both = person("publisher")
    both.groups.add(person("medical reviewer").groups.get())
    new = SourceFactory(code="NEW2", title="The new source")
    added = {"references-TOTAL_FORMS": 2, "references-1-position": 9, "references-1-source": new.pk}
    save(both, form(article), **added)

    answer = approve(both, reverse("admin:articles_article_approve", args=[article.pk]), "en")

    assert answer.status_code == 422
    assert Reference.objects.get(source=new).is_hidden


def test_the_list_of_what_waits_leads_from_a_reference_to_its_article(article):
    new = SourceFactory(code="NEW2", title="The new source")
    added = {"references-TOTAL_FORMS": 2, "references-1-position": 9, "references-1-source": new.pk}
    save(person("publisher"), form(article), **added)

    page = browser(person("medical reviewer")).get(reverse("admin:editorial_pendingchange_changelist"))

    assert reverse("admin:articles_article_approve", args=[article.pk]) in page.content.decode()


def test_the_words_of_a_picture_on_an_emergency_page_wait(client, article, media):  # noqa: F811
    image = a_picture()
    article.sections.update(image=image)
    address = reverse("admin:articles_image_change", args=[image.pk])
    save(person("publisher"), address, alt_en="A hand with a spray")

    before = 'alt="A hand"' in client.get(article.url("en")).content.decode()
    shown = browser(person("writer")).get(address).context["adminform"].form["alt_en"].value()
    said = approve_everywhere(reverse("admin:articles_image_approve", args=[image.pk]))

    after = 'alt="A hand with a spray"' in client.get(article.url("en")).content.decode()
    assert (before, shown, said, after) == (True, "A hand with a spray", [302, 302], True)


def test_the_words_of_a_picture_elsewhere_change_at_once(media):  # noqa: F811
    image = a_picture()
    SectionFactory(image=image)

    save(person("publisher"), reverse("admin:articles_image_change", args=[image.pk]), alt_en="A spray")

    image.refresh_from_db()
    assert (image.alt_en, PendingChange.objects.exists()) == ("A spray", False)


def test_a_source_that_an_emergency_article_lists_waits_and_is_approved_once_for_all_languages(client, article):
    source = Source.objects.get(code="OLD1")
    address = reverse("admin:reference_source_change", args=[source.pk])
    save(person("publisher"), address, title="A better source")

    before = listed(client, article)
    page = reverse("admin:reference_source_approve", args=[source.pk])
    said = approve(person("medical reviewer", "second"), page, "en").status_code

    assert (before, said, listed(client, article)) == (["The old source"], 302, ["A better source"])
    assert not PendingChange.objects.exists()


def test_a_source_that_no_emergency_page_cites_changes_at_once():
    source = ReferenceFactory().source

    save(person("publisher"), reverse("admin:reference_source_change", args=[source.pk]), title="A better source")

    source.refresh_from_db()
    assert (source.title, PendingChange.objects.exists()) == ("A better source", False)
