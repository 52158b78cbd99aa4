from tests.repository import sources
from tests.repository.tree import ROOT


def test_the_list_of_sources_is_that_of_the_starter_records():
    assert (ROOT / sources.DOCUMENT).read_text(encoding="utf-8") == sources.document(ROOT)
