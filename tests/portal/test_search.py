"""Test how a search is asked for: privately, with bad input, and when it costs too much."""

import re
from html import unescape

import pytest
from django.db import OperationalError

pytestmark = pytest.mark.django_db
FIND = "/en/find/"


def find(client, text):
    return client.get(FIND, {"q": text})


def names(response):
    return [card.title for card in response.context["cards"]]


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_a_search_by_post_leaves_nothing_in_any_address_of_the_page(client, listings):
    token = re.search(r'name="token" value="([^"]+)"', client.get(FIND).content.decode())[1]

    response = client.post(
        FIND, {"q": "methadone near 06112", "token": token}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert names(response) == ["OTP North", "OTP South", "OTP East"]
    addresses = re.findall(r'(?:href|action)="([^"]*(?:methadone|06112)[^"]*)"', html)
    assert addresses == ["/en/glossary/?letter=M#word-methadone"]  # a page of ours, not what was typed
    assert "Your words are not in the address of this page." in text_of(response)
    without_place = re.search(r'name="to" value="([^"]+)"[^>]*><span[^>]*>[^<]*</span>06112', main)[1]
    onward = client.post(FIND, {"token": token, "to": unescape(without_place)})
    assert onward.context["text"] == "methadone"


def test_a_search_by_post_needs_a_page_of_ours(client, listings):
    forged = client.post(FIND, {"q": "methadone", "token": "x"})
    foreign = client.post(FIND, {"q": "methadone"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (forged.status_code, foreign.status_code) == (403, 403)


def test_a_search_that_takes_too_long_is_asked_to_be_narrower(client, listings, monkeypatch):
    class CancelledError(Exception):
        pgcode = "57014"

    def ask(*arguments):
        raise OperationalError("canceling statement") from CancelledError()

    monkeypatch.setattr("resources.search.results.ask", ask)

    response = find(client, "methadone")

    assert response.status_code == 503
    assert "Narrow your search" in text_of(response)
    assert 'value="methadone"' in response.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b", "", " \t\u3000\u200b", "a" * 100_000, "x or " * 2000, "(" * 5000, 'unbalanced "', "a & | ! <->",
        "-zzz",
        "the and of", "de la el", "\ufffd", "'; DROP TABLE article;--", "1' OR '1'='1", "%", "_", "\\",
        "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "{% debug %}", "\u202eabc",
        "👩‍👩‍👧" * 50, "aaaa!" * 50_000, "naloxona", "información", "İ", "ß", "00000", "2540", "254011234",
        "25401\u00a0", "２５４０１", "-25401", "25401.0", "0x6339", "ABCDE", "K1A 0B1", "96799", "09012",
    ],
)  # fmt: skip
def test_bad_input_gets_a_page_and_is_never_written_raw(client, listings, text):
    response = find(client, text)

    assert response.status_code == 200
    html = response.content.decode()
    assert [raw for raw in ("<script>alert", "<img src=x", "49</") if raw in html] == []


@pytest.mark.parametrize(
    "query",
    [
        "q=%ED%A0%80", "q=%FF%FE", "q=%00", "q=a&q=b", "q[]=a", "page=0", "page=-1", "page=1e9", "page=NaN", "page=١",
        "page=999999999999999999999", "sort=password", "claim=user__password", "within=-1", "within=1e9", "open=2",
        "lat=NaN&lon=inf", "place=%00", "claim=" + "a" * 5000, "claim=x&" * 500, "exact=2", "q=methadone&page=50",
    ],
)  # fmt: skip
def test_bad_parameters_get_a_page(client, listings, query):
    assert client.get(f"{FIND}?{query}").status_code == 200
