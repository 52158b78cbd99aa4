from portal.reference.citations import Citations, codes_in
from tests.portal.articles.factories import SourceFactory


def test_codes_are_found_once_in_order_of_first_appearance():
    assert codes_in("a [B2, A1] b [C3] c [A1] [not one] [x]") == ["B2", "A1", "C3"]


def test_each_citation_is_its_own_link_divided_by_commas():
    citations = Citations([SourceFactory.build(code="A1"), SourceFactory.build(code="B2")])

    html = citations.link("<p>One [B2,A1].</p>")

    assert html == (
        '<p>One<sup class="cite">[<a href="#ref-2" id="cite-2-1">2</a>, '
        '<a href="#ref-1" id="cite-1-1">1</a>]</sup>.</p>'
    )
    assert [(entry.number, entry.places) for entry in citations.entries] == [(1, ["cite-1-1"]), (2, ["cite-2-1"])]


def test_a_code_that_is_not_on_the_list_leaves_no_trace():
    assert Citations([]).link("<p>One [GONE9].</p>") == "<p>One.</p>"
