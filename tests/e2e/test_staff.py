"""What staff come for, in a real browser."""

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from portal.accounts.models import User
from portal.articles.models import Article
from tests.e2e.accessibility import OF_DJANGO, violations

PASSWORD = "a long enough password"


@pytest.fixture
def sign_in(site, browser):
    """Return a way to sign in as somebody with a role, who has a browser of her own."""

    def as_role(role, language):
        user = User.objects.create_user(role, password=PASSWORD, is_staff=True, language=language)
        user.groups.add(Group.objects.get(name=role))
        page = browser.new_context(base_url=site).new_page()
        page.set_default_timeout(10_000)
        page.goto("/admin/")
        page.locator("#id_username").fill(role)
        page.locator("#id_password").fill(PASSWORD)
        page.locator("form [type=submit]").click()
        expect(page.locator("#user-tools")).to_be_visible()
        return page

    return as_role


def save(page):
    """Save the form and say what the page complains about, if anything."""
    page.locator("[name=_save]").click()
    assert page.locator(".errornote, .errorlist").all_inner_texts() == []


def test_rich_text_written_in_the_editor_is_what_visitors_read(sign_in, page):
    article = Article.objects.get(key="what-is-oud")
    editor, complaints = sign_in("publisher", "en"), []
    editor.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    editor.goto(f"/admin/articles/article/{article.pk}/change/")
    writing = editor.locator(".ProseMirror:visible").first
    writing.click()
    editor.keyboard.press("Control+End")
    editor.keyboard.press("Enter")
    editor.keyboard.type("Written by hand.")
    save(editor)
    page.goto(article.url("en"))

    expect(page.locator("section.prose p", has_text="Written by hand.")).to_be_visible()
    assert complaints == []


@pytest.mark.crawl
def test_every_list_and_form_of_the_admin_stays_on_this_host_and_passes_axe(sign_in):
    editor, hosts = sign_in("publisher", "es"), set()
    editor.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))

    found, broken = {}, []
    editor.on("response", lambda response: broken.append(response.url) if response.status >= 400 else None)
    editor.goto("/admin/")
    for link in [link.get_attribute("href") for link in editor.locator("#content-main th a").all()]:
        editor.goto(link)
        found[link] = violations(editor, but=OF_DJANGO)
        first = editor.locator("#result_list tbody th a").first
        if first.count():
            first.click()
            editor.wait_for_load_state()
            found[f"{link}change/"] = violations(editor, but=OF_DJANGO)

    assert (broken, hosts) == ([], {"127.0.0.1"})
    assert {where: what for where, what in found.items() if what} == {}
