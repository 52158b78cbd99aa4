"""What SAMHSA's codes say and what they never may: a wrong claim sends somebody to the wrong door."""

import re

import pytest
from django.conf import settings

from resources.samhsa import codes

MEDICATIONS = {slug for slug, claim in codes.load_claims().items() if claim.facet == "medication"}
SAME_WORD_IN_BOTH_LANGUAGES = {"MC", "MD", "DSF", "F36", "F37", "N24", "N40"}
STAFF_ONLY = {
    "naloxone",
    "syringe-services",
    "drug-checking",
    "medication-disposal",
    "wound-care",
    "emergency-department",
    "peer-meetings",
    "grief-support",
}


def test_the_key_has_its_225_codes_in_31_categories():
    loaded = codes.load()

    assert len(loaded) == 225
    assert len({code.category for code in loaded.values()}) == 31


def test_every_code_and_claim_has_words_in_every_language():
    languages = {language for language, _name in settings.LANGUAGES}
    named = [code.names for code in codes.load().values()] + [code.category_names for code in codes.load().values()]
    named += [claim.names for claim in codes.load_claims().values()]

    assert [names for names in named if {language for language, text in names.items() if text} != languages] == []


def test_only_brands_and_proper_names_are_the_same_word_in_both_languages():
    same = {code.code for code in codes.load().values() if len(set(code.names.values())) == 1}

    assert same == SAME_WORD_IN_BOTH_LANGUAGES


def test_no_two_codes_of_a_category_have_the_same_words():
    for language, _name in settings.LANGUAGES:
        words = [(code.category, code.names[language]) for code in codes.load().values()]
        assert sorted(set(words)) == sorted(words)


def test_no_word_shown_stigmatises():
    avoid = re.compile(
        r"(?i)(?<!sexual )\b(abuse|abusers?|addicts?|addicted|clean|dirty|clients?|adict[oa]s?|limpi[oa])\b"
    )
    shown = [text for code in codes.load().values() for text in (*code.names.values(), *code.category_names.values())]
    shown += [text for claim in codes.load_claims().values() for text in claim.names.values()]

    # "Sexual abuse" is what happened to a person, not a word about them.
    assert [text for text in shown if avoid.search(text)] == []


def test_every_claim_comes_from_the_closed_list():
    closed = set(codes.load_claims())
    made = set().union(*(code.claims for code in codes.load().values()))
    made |= set(codes.TOGETHER) | set(codes.NARROWER) | {wider for wider, _codes in codes.NARROWER.values()}
    withheld = set().union(*codes.WITHHELD.values())

    assert made == closed - STAFF_ONLY
    assert withheld <= made


def test_every_rule_names_known_codes():
    named = {code for rules in codes.TOGETHER.values() for rule in rules for code in rule}
    named |= {code for _wider, any_of in codes.NARROWER.values() for code in any_of} | set(codes.WITHHELD)

    assert named <= set(codes.load())


def test_a_code_carries_the_facet_of_its_claims_and_no_other():
    facets = {slug: claim.facet for slug, claim in codes.load_claims().items()}

    assert set(facets.values()) == {*codes.FACETS, ""}
    for code in codes.load().values():
        assert {facets[slug] for slug in code.claims} <= {code.facet}
        assert code.facet in {*codes.FACETS, ""}


@pytest.mark.parametrize(
    ("present", "is_claimed"),
    [
        ({"OTP", "METH"}, True),
        ({"OTP", "MM"}, True),
        ({"OTP", "METH", "MM", "NMOA"}, True),
        ({"OTP"}, False),
        ({"METH", "MM", "MU", "OMB"}, False),
        ({"OTP", "MMW"}, False),
        ({"OTP", "DM", "MU"}, False),
        ({"SOTP", "METH", "MM"}, False),
        ({"METH", "PAIN", "MOA", "ACMA"}, False),
    ],
)
def test_methadone_can_be_started_only_at_an_opioid_treatment_program_that_has_it(present, is_claimed):
    made = codes.claims(present)

    assert ("methadone" in made) is is_claimed


@pytest.mark.parametrize(
    ("present", "is_claimed"),
    [
        ({"UB"}, True),
        ({"UB", "MOA"}, True),
        ({"OTP", "BUM"}, True),
        ({"OTP", "BMW"}, True),
        ({"BU", "BWN", "BWON", "BERI", "BSDM", "OMB"}, False),
        ({"BUM", "BMW", "MOA", "OMB"}, False),
        ({"OTP", "BU", "BWN"}, False),
        ({"DB", "DT"}, False),
        ({"UB", "NMOA"}, False),
        ({"UB", "NOOP"}, False),
        ({"UB", "AUDO"}, False),
        ({"UB", "DUO"}, False),
    ],
)
def test_buprenorphine_is_offered_only_where_it_is_prescribed_or_dispensed(present, is_claimed):
    made = codes.claims(present)

    assert ("buprenorphine" in made) is is_claimed


@pytest.mark.parametrize(
    ("form", "claim"),
    [("BWN", "buprenorphine-naloxone"), ("BWON", "buprenorphine-alone"), ("BERI", "buprenorphine-injection")],
)
def test_a_form_of_buprenorphine_counts_only_where_buprenorphine_does(form, claim):
    alone, prescribed, elsewhere = codes.claims({form}), codes.claims({form, "UB"}), codes.claims({form, "BU", "MOA"})

    assert (alone, elsewhere) == (set(), set())
    assert prescribed == {"buprenorphine", claim}


@pytest.mark.parametrize(
    ("present", "made"),
    [
        ({"UN"}, {"naltrexone"}),
        ({"UN", "VTRL"}, {"naltrexone", "naltrexone-injection"}),
        ({"NU", "RPN", "NXN", "VTRL", "PMAT"}, set()),
        ({"UN", "VTRL", "NMOA"}, set()),
    ],
)
def test_naltrexone_for_alcohol_is_not_naltrexone_for_opioids(present, made):
    assert codes.claims(present) == made


@pytest.mark.parametrize("code", ["MOA", "ACMA", "PAIN", "MU", "BU", "NU", "OMB", "INPE", "RPE", "PC", "PMAT", "SOTP"])
def test_a_code_about_medication_from_elsewhere_claims_nothing(code):
    assert codes.claims({code}) == set()


def test_only_two_codes_claim_a_medication_alone():
    alone = {code: codes.claims({code}) & MEDICATIONS for code in codes.load()}

    assert {code: made for code, made in alone.items() if made} == {"UB": {"buprenorphine"}, "UN": {"naltrexone"}}


@pytest.mark.parametrize("code", ["MOA", "ACMA", "PAIN"])
def test_accepting_medication_from_elsewhere_adds_no_claim_to_any_other_code(code):
    for other in codes.load():
        assert codes.claims({other, code}) == codes.claims({other})


def test_every_code_together_makes_no_place_a_naloxone_point():
    made = codes.claims({"NOE"}) | codes.claims(set(codes.load()))

    assert codes.claims({"NOE"}) == {"overdose-education"}
    assert made & STAFF_ONLY == set()


@pytest.mark.parametrize(
    ("present", "made"),
    [
        ({"DT"}, {"withdrawal-management"}),
        ({"DT", "ADTX"}, {"withdrawal-management"}),
        ({"DT", "ODTX"}, {"withdrawal-management", "opioid-withdrawal-management"}),
        ({"RD", "ULC"}, {"withdrawal-management", "opioid-withdrawal-management"}),
        ({"ODTX", "ADTX", "DB", "MDET"}, set()),
        ({"DT", "ODTX", "NOOP"}, set()),
        ({"DT", "ADTX", "AUDO"}, set()),
    ],
)
def test_withdrawal_management_says_opioids_only_where_the_place_did(present, made):
    assert codes.claims(present) == made


@pytest.mark.parametrize(
    ("present", "made"),
    [
        ({"RES", "RD"}, {"withdrawal-management"}),
        ({"RES", "RS"}, {"residential"}),
        ({"HI", "HID"}, {"withdrawal-management"}),
        ({"HI", "HIT"}, {"hospital-inpatient"}),
    ],
)
def test_a_stay_for_withdrawal_alone_is_not_residential_treatment(present, made):
    assert codes.claims(present) == made


@pytest.mark.parametrize("charge", ["MC", "MD", "MI", "PI", "SF", "SI", "SS"])
def test_a_place_is_free_only_when_nothing_beside_it_speaks_of_a_charge(charge):
    assert codes.claims({"NP", "PA", "FSA"}) == {"free", "payment-assistance"}
    assert "free" not in codes.claims({"NP", charge})


def test_no_spanish_code_claims_nothing_about_spanish():
    spanish, without = codes.claims({"OP", "SP"}), codes.claims({"OP", "FX", "F66"})

    assert spanish == {"outpatient", "spanish-speaking-counselors"}
    assert without == {"outpatient", "polish-speaking-counselors"}
    assert [slug for slug in codes.load_claims() if slug.startswith("no-")] == []


def test_a_code_that_the_key_does_not_know_claims_nothing():
    assert codes.claims({"OP", "XYZ", ""}) == {"outpatient"}
    assert codes.claims([]) == set()


def test_words_show_a_medication_by_its_claim_and_never_by_use_alone():
    offered = codes.words({"UB", "BU", "BERI", "OP"}, "en")
    used = codes.words({"BU", "BERI", "MU", "METH", "MOA", "OP"}, "en")

    assert offered == {
        "Medications for opioid use disorder": ["Buprenorphine", "Buprenorphine injection (long-acting)"],
        "Where care takes place": ["Outpatient"],
    }
    assert used == {
        "Where care takes place": ["Outpatient"],
        "Treatment for opioid use disorder": [
            "Accepts people who take medication for opioid use disorder prescribed elsewhere"
        ],
    }


def test_words_follow_the_language_asked_for():
    assert codes.words({"OP", "SP", "MD", "XYZ"}, "es") == {
        "Dónde se recibe la atención": ["Ambulatorio"],
        "Formas de pago que acepta": ["Medicaid"],
        "Idiomas": ["Consejeros que hablan español"],
    }


def test_no_code_that_could_be_read_as_an_offer_is_shown():
    medication = {code.code for code in codes.load().values() if code.facet == "medication"}
    used = {"MU", "BU", "NU", "NXN", "OMB", "MMW", "RPN", "PAIN", "BSDM"}

    assert {code for code in medication | used if codes.load()[code].is_shown} == set()
