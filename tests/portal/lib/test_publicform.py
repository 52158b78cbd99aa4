import datetime

import pytest
import time_machine
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import override

from portal.lib.publicform import FormTokenField, same_site


class Form(forms.Form):
    token = FormTokenField("report")
    text = forms.CharField()


class OtherForm(forms.Form):
    token = FormTokenField("subscribe")


@same_site
def view(request):
    return HttpResponse("done")


def shown_token(form):
    return form["token"].field.widget.format_value(None)


def test_a_form_shown_by_us_is_accepted():
    assert Form({"token": shown_token(Form()), "text": "hola"}).is_valid()


@pytest.mark.parametrize("change", [lambda token: "", lambda token: token[:-1], lambda token: token + "x"])
def test_a_token_that_was_changed_is_refused_by_the_field(change):
    form = Form({"token": change(shown_token(Form())), "text": "hola"})

    assert list(form.errors) == ["token"]


def test_a_token_for_another_form_is_refused():
    assert not Form({"token": shown_token(OtherForm()), "text": "hola"}).is_valid()


def test_a_page_left_open_for_more_than_a_day_is_refused_in_the_language_of_the_page_and_gets_a_new_token():
    token = shown_token(Form())

    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=25)), override("es"):
        form = Form({"token": token, "text": "hola"})
        message = form.errors["token"][0]
        again = Form({"token": shown_token(form), "text": form.data["text"]})

        assert "más de un día" in message
        assert again.is_valid()


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
    ],
)
def test_a_post_that_another_site_made_the_browser_send_is_refused(rf, headers):
    with pytest.raises(PermissionDenied):
        view(rf.post("/", **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://testserver"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_a_post_from_our_own_page_is_let_through(rf, headers):
    assert view(rf.post("/", **headers)).content == b"done"


def test_reading_is_never_refused(rf):
    assert view(rf.get("/", HTTP_SEC_FETCH_SITE="cross-site")).content == b"done"
