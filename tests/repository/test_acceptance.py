from tests.repository import acceptance
from tests.repository.tree import ROOT, write


def test_the_document_names_every_acceptance_case_that_has_a_test():
    expected = acceptance.document(ROOT)

    assert (ROOT / acceptance.DOCUMENT).read_text(encoding="utf-8") == expected, "python -m tests.repository.acceptance"


def test_a_test_counts_for_each_case_in_its_name(tmp_path):
    write(tmp_path, "tests/e2e/test_a.py", "def test_a61_a62_somebody_leaves(): ...\ndef test_a_page(): ...\n")
    write(tmp_path, "tests/test_b.py", "class TestB:\n    def test_a61_again(self): ...\n")

    assert acceptance.cases(tmp_path) == {
        "A61": [("tests/e2e/test_a.py", "somebody leaves"), ("tests/test_b.py", "again")],
        "A62": [("tests/e2e/test_a.py", "somebody leaves")],
    }
