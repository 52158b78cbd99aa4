import pytest
from django.core.management import call_command

from portal.overdose import gates
from portal.overdose.models import Guide

from .factories import PassageFactory

pytestmark = pytest.mark.django_db


def test_the_starter_guides_pass_their_gates_and_wait_for_a_name():
    call_command("load_starter")
    guides = list(Guide.objects.order_by("pk"))

    found = [p for guide in guides for code in ("en", "es") for p in gates.problems(guide, code) if not p.is_warning]

    assert found == []
    assert gates.without_approval() == guides
    assert {error.id for error in gates.guides_are_approved(None)} == {"overdose.E001"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<p>Do this:</p>", "lead-in"),
        ("<p>Wait {fact:nothing}.</p>", "token"),
        ("<p>It works [NOBODY2020].</p>", "citation"),
        ("<p>Pharmacological interventions necessitate comprehensive multidisciplinary collaboration.</p>", "reading"),
    ],
)
def test_a_passage_that_breaks_a_rule_is_named(text, rule):
    passage = PassageFactory(heading_en="Call", text_en=text)

    found = gates.problems(passage.guide, "en")

    assert [problem.rule for problem in found] == [rule]


def test_a_hidden_passage_is_not_asked():
    passage = PassageFactory(heading_en="Call", text_en="<p>Do this:</p>", is_hidden=True)

    assert gates.problems(passage.guide, "en") == []
