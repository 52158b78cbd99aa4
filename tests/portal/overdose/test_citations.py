"""What a passage cites waits for a second person, as its words do."""

import pytest
from django.urls import reverse

from portal.editorial.models import PendingChange, Removal
from portal.overdose.models import Citation
from tests.portal.staff import approve, browser, filled_in, person

from .factories import CitationFactory, SourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixed_day")]


@pytest.fixture
def citation():
    return CitationFactory(source=SourceFactory(title="The old source"), position=1)


def save(user, citation, **values):
    client, address = browser(user), reverse("admin:overdose_passage_change", args=[citation.passage_id])
    return client.post(address, filled_in(client.get(address)) | values)


def cited(client, citation):
    page = client.get(citation.passage.guide.get_absolute_url()).content.decode()
    return [name for name in ("The old source", "The new source") if name in page]


def test_a_citation_that_is_added_waits_until_the_guide_is_approved(client, citation):
    new = SourceFactory(title="The new source")
    added = {"citations-TOTAL_FORMS": 2, "citations-1-position": 2, "citations-1-source": new.pk}
    save(person("publisher"), citation, **added)

    before = cited(client, citation)
    page, second = reverse("admin:overdose_guide_approve", args=[citation.passage.guide_id]), person("medical reviewer")
    said = [approve(second, page, language).status_code for language in ("en", "es")]

    assert (before, said) == (["The old source"], [302, 302])
    assert cited(client, citation) == ["The old source", "The new source"]
    assert not PendingChange.objects.exists()


def test_a_citation_that_is_replaced_stays_until_then(client, citation):
    new = SourceFactory(title="The new source")

    save(person("publisher"), citation, **{"citations-0-source": new.pk})

    assert cited(client, citation) == ["The old source"]


def test_a_citation_that_is_taken_out_goes_at_once_and_a_second_person_is_told(client, citation):
    save(person("publisher"), citation, **{"citations-0-DELETE": "on"})

    assert (cited(client, citation), Citation.objects.count(), Removal.objects.count()) == ([], 0, 1)


def test_the_title_of_a_source_that_a_guide_cites_waits(client, citation):
    writer, address = browser(person("publisher")), reverse("admin:reference_source_change", args=[citation.source_id])

    writer.post(address, filled_in(writer.get(address)) | {"title": "The new source"})

    assert cited(client, citation) == ["The old source"]
