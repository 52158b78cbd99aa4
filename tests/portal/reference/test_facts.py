import datetime
import json

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.db import IntegrityError, transaction

from portal.editorial.approvals import OwnChangeError, RefusedError
from portal.lib import languages
from portal.reference.actions import approve_fact, load_starter
from portal.reference.checks import doses_and_laws_are_approved
from portal.reference.models import Fact, GlossaryTerm, Source
from portal.reference.quotes import codes_in

from .factories import FactFactory, StaffFactory

DAY = datetime.date(2026, 12, 1)
STARTER = settings.BASE_DIR / "portal" / "reference" / "starter"


def starter(name):
    return json.loads((STARTER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_approving_puts_the_change_on_the_pages_in_a_persons_name():
    fact, by = FactFactory(proposed_en="5 minutes", proposed_es="5 minutos"), StaffFactory()

    approve_fact(fact=fact, by=by, on=DAY)

    fact.refresh_from_db()
    assert (fact.value_en, fact.value_es, fact.has_change) == ("5 minutes", "5 minutos", False)
    assert (fact.approved_by, fact.approved_on) == (by, DAY)


@pytest.mark.django_db
def test_a_value_without_a_change_is_approved_as_it_is():
    fact, by = FactFactory(), StaffFactory()

    approve_fact(fact=fact, by=by, on=DAY)

    fact.refresh_from_db()
    assert (fact.value_en, fact.approved_by) == ("2 to 3 minutes", by)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "is_refused"), [("dose", True), ("law", True), ("number", False), ("date", False)])
def test_nobody_approves_the_own_dose_or_law(kind, is_refused):
    by = StaffFactory()
    fact = FactFactory(kind=kind, changed_by=by, proposed_en="a", proposed_es="b")

    if is_refused:
        with pytest.raises(OwnChangeError):
            approve_fact(fact=fact, by=by, on=DAY)
    else:
        approve_fact(fact=fact, by=by, on=DAY)

    fact.refresh_from_db()
    assert fact.has_change is is_refused


@pytest.mark.django_db
def test_what_counsel_must_approve_names_the_counsel():
    fact = FactFactory(kind="law", needs_counsel=True)

    with pytest.raises(RefusedError):
        approve_fact(fact=fact, by=StaffFactory(), on=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.filter(pk=fact.pk).update(approved_by=StaffFactory(), approved_on=DAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"value_es": ""},
        {"value_en": "", "value_es": ""},
        {"proposed_en": "only English"},
        {"approved_on": DAY},
    ],
)
def test_the_database_refuses_half_a_fact(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        FactFactory(**wrong)


@pytest.mark.django_db
def test_what_waits_and_what_is_expired():
    FactFactory(code="right", approved=True)
    FactFactory(code="nobody")
    FactFactory(code="changed", approved=True, proposed_en="a", proposed_es="b", expires_on=DAY)

    assert set(Fact.objects.to_approve().values_list("code", flat=True)) == {"nobody", "changed"}
    assert list(Fact.objects.expired(DAY).values_list("code", flat=True)) == ["changed"]


@pytest.mark.django_db
def test_the_check_before_launch_names_each_dose_and_law_without_a_name():
    FactFactory(code="dose")
    FactFactory(code="law", kind="law")
    FactFactory(code="number", kind="number")
    FactFactory(code="approved", approved=True)

    errors = [error for error in run_checks(include_deployment_checks=True) if error.id == "reference.E001"]

    assert [error.msg.split("“")[1].split("”")[0] for error in errors] == ["dose", "law"]
    assert errors == doses_and_laws_are_approved(None)


@pytest.mark.django_db
def test_starter_facts_are_loaded_once_and_nobody_has_approved_them():
    load_starter()
    Fact.objects.filter(code="repeat-narcan").update(value_en="changed by staff")

    load_starter()

    assert Fact.objects.count() == len(starter("facts"))
    assert GlossaryTerm.objects.count() == len(starter("glossary"))
    assert Fact.objects.get(code="repeat-narcan").value_en == "changed by staff"
    assert not Fact.objects.exclude(approved_by=None).exists()
    assert set(Fact.objects.filter(needs_counsel=True).values_list("code", flat=True)) == {
        "good-samaritan",
        "good-samaritan-limits",
    }


def test_each_starter_fact_and_word_has_a_known_source_and_both_languages():
    sources = {source["code"] for source in starter("sources")}
    facts, terms = starter("facts"), starter("glossary")

    assert [fact["code"] for fact in facts if fact["source"] not in sources] == []
    assert [term["code"] for term in terms if term.get("source", "CDC-DX") not in sources] == []
    texts = [fact[name] for fact in facts for name in ("name", "value")]
    texts += [term[name] for term in terms for name in ("term", "definition")]
    assert [text for text in texts if not all(text.get(code) for code in languages.codes())] == []


def test_each_product_has_its_own_interval():
    intervals = {fact["code"]: fact["source"] for fact in starter("facts") if fact["code"].startswith("repeat-")}

    assert intervals == {"repeat-narcan": "NARCAN-OTC", "repeat-generic": "TEVA-OTC", "repeat-dmhas": "DMHAS-NAL"}


def test_the_good_samaritan_facts_say_what_is_not_covered_and_promise_no_freedom_from_arrest():
    texts = {fact["code"]: fact["value"] for fact in starter("facts") if fact["code"].startswith("good-samaritan")}

    english, spanish = texts["good-samaritan-limits"]["en"], texts["good-samaritan-limits"]["es"]
    for word in ("selling", "warrant", "probation", "immigration", "child welfare"):
        assert word in english
    for word in ("vender", "órdenes de arresto", "probatoria", "inmigración", "menores"):
        assert word in spanish
    assert "arrest" not in texts["good-samaritan"]["en"]
    assert "arrest" not in texts["good-samaritan"]["es"]


def test_the_explanations_of_words_quote_only_facts_that_exist():
    facts = {fact["code"] for fact in starter("facts")}
    quoted = [codes_in(term["definition"][code]) for term in starter("glossary") for code in languages.codes()]

    assert {kind for found in quoted for kind, _code in found} == {"fact"}
    assert {code for found in quoted for _kind, code in found} <= facts


def test_every_token_of_the_starter_texts_is_answered():
    known = {("fact", row["code"]) for row in starter("facts")} | {("term", row["code"]) for row in starter("glossary")}
    known |= {("line", row["slug"]) for row in starter("lines")}
    files = [*settings.BASE_DIR.glob("portal/*/starter/*.json"), *settings.BASE_DIR.glob("portal/*/starter/*/*.json")]

    asked = {(file.name, token) for file in files for token in codes_in(file.read_text(encoding="utf-8"))}

    assert {(name, token) for name, token in asked if token not in known} == set()
    assert any(token[0] == "fact" for _name, token in asked)


@pytest.mark.django_db
def test_no_source_is_loaded_without_a_mark():
    load_starter()

    assert set(Source.objects.values_list("mark", flat=True)) == {"seen", "second-hand"}
