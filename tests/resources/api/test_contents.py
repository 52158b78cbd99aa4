import pytest

from resources.api import contents
from resources.hsds import dump, rows
from resources.models import Service
from tests.resources.factories import ListingFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_full", [True, False])
def test_a_service_whose_last_listing_went_while_we_answered_is_left_out(monkeypatch, is_full):
    kept, gone = ListingFactory(), ListingFactory()
    gone.merged_into = kept
    gone.save()
    keys = [gone.service_id, kept.service_id]
    monkeypatch.setattr(rows, "public_services", Service.objects.all)  # as it was a moment ago
    runner = gone.service.organization_id

    services = contents.services(keys, dump.Words(), is_full=is_full)
    organizations = contents.organizations([runner], dump.Words(), is_full=is_full, full_services=is_full)

    assert [row["id"] for row in services] == [str(kept.service.uuid)]
    assert [row.get("services", []) for row in organizations] == [[]]
