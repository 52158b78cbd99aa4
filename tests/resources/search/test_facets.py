"""Test filters and their counts."""

from resources.samhsa import codes
from resources.search import facets

ROWS = [
    ["medicaid", "methadone", "outpatient"],
    ["buprenorphine", "medicaid", "residential"],
    ["buprenorphine", "outpatient", "self-pay"],
    ["outpatient", "overdose-education"],
]


def test_only_claims_that_can_be_filtered_by_are_read():
    read = facets.read(["methadone", "buprenorphine", "medicaid", "overdose-education", "password", "' OR 1=1"])

    assert read == {"medication": {"methadone", "buprenorphine"}, "payment": {"medicaid"}}


def test_any_choice_inside_a_facet_and_every_facet_must_be_met():
    chosen = facets.read(["methadone", "buprenorphine", "medicaid"])

    assert [facets.failing(claims, chosen) for claims in ROWS] == [[], [], ["payment"], ["medication", "payment"]]


def test_a_facets_own_choice_does_not_limit_its_counts():
    counts = facets.count(ROWS, facets.read(["methadone"]))

    assert counts == {"methadone": 1, "medicaid": 1, "outpatient": 1, "buprenorphine": 2}


def test_each_count_is_what_choosing_the_option_gives():
    for chosen in ([], ["methadone"], ["medicaid"], ["buprenorphine", "self-pay"], ["outpatient", "medicaid"]):
        counts = facets.count(ROWS, facets.read(chosen))
        for claim in {claim for claims in ROWS for claim in claims if facets.facet_of(claim)}:
            facet = facets.facet_of(claim)
            alone = [c for c in chosen if facets.facet_of(c) != facet] + [claim]
            assert counts[claim] == sum(not facets.failing(claims, facets.read(alone)) for claims in ROWS), (
                chosen,
                claim,
            )


def test_no_option_is_shown_that_no_listing_has_unless_it_is_chosen():
    options = facets.options({"methadone": 2}, facets.read(["residential"]), "es")

    assert options == {
        "medication": [facets.Option("methadone", "Metadona", 2, False)],
        "care": [facets.Option("residential", "Tratamiento residencial", 0, True)],
    }


def test_every_facet_has_claims():
    assert {claim.facet for claim in codes.load_claims().values()} >= set(facets.FACETS)
