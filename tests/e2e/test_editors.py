"""What docs/editors.en.md tells an editor who has never seen the admin, step by step in a real browser."""

from playwright.sync_api import expect

from portal.articles.models import Article, Topic
from tests.e2e.test_staff import save, sign_in  # noqa: F401

QUESTION = "Can I come without an appointment?"


def moves(page, article, *labels):
    """Make moves below the first language that offers each."""
    for label in labels:
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        page.locator(".workflow__moves a", has_text=label).first.click()
        page.locator("form button.default").click()
        expect(page.locator(".messagelist .success")).to_be_visible()


def write(page, place, code, heading, words):
    """Write a section in one language."""
    page.locator(f"#id_sections-{place}-heading_{code}").fill(heading)
    page.locator(f"#sections-{place}").get_by_role("textbox", name=f"Text [{code}]").click()
    page.keyboard.type(words)


def test_an_article_goes_from_the_first_word_to_both_languages_by_the_document(sign_in, page):  # noqa: F811
    writer = sign_in("writer", "en")
    writer.goto("/admin/articles/article/add/")
    writer.locator("#id_key").fill("without-an-appointment")
    writer.locator("#id_topic").select_option(str(Topic.objects.order_by("position", "pk").first().pk))
    for name, words in {"title": "No appointment", "slug": "no-appointment", "summary": "You can just come."}.items():
        writer.locator(f"#id_{name}_en").fill(words)
    writer.locator("#sections-group .add-row a").click()
    writer.locator("#id_sections-0-anchor").fill("can-i-come")
    write(writer, 0, "en", QUESTION, "Yes. You can come. It is free")
    writer.locator("#piece").select_option(label=writer.locator("#piece option", has_text="[NIDA-WM]").inner_text())
    writer.get_by_role("button", name="Insert at the cursor").click()
    expect(writer.locator(".pieces li").first).to_contain_text("Easy enough")
    save(writer)
    article = Article.objects.get(key="without-an-appointment")
    moves(writer, article, "Send to medical review")

    moves(sign_in("medical reviewer", "en"), article, "Medically right: pass on")

    translator = sign_in("translator", "en")
    translator.goto(f"/admin/articles/article/{article.pk}/change/")
    for name, words in {"title": "Sin cita", "slug": "sin-cita", "summary": "Usted puede venir."}.items():
        translator.locator(f"#id_{name}_es").fill(words)
    write(translator, 0, "es", "¿Puedo ir sin cita?", "Sí. Usted puede venir. Es gratis [NIDA-WM].")
    save(translator)
    moves(translator, article, "Start translating", "Languages agree: ready", "Languages agree: ready")

    moves(sign_in("publisher", "en"), article, "Publish", "Publish")

    article.refresh_from_db()
    read = {}
    for code in ("en", "es"):
        page.goto(article.url(code))
        read[code] = (page.locator("h1").inner_text(), page.locator("section.prose h2").first.inner_text())
    assert read == {"en": ("No appointment", QUESTION), "es": ("Sin cita", "¿Puedo ir sin cita?")}
    assert article.references.get().source.code == "NIDA-WM"


def test_what_was_typed_before_a_crash_is_offered_back_and_forgotten_once_it_is_saved(sign_in):  # noqa: F811
    article = Article.objects.get(key="what-is-oud")
    editor = sign_in("publisher", "es")
    address = f"/admin/articles/article/{article.pk}/change/"
    editor.goto(address)
    editor.locator("#id_summary_es").press_sequentially(" Palabras que nadie guardó.")
    editor.wait_for_timeout(3000)  # it keeps what was typed once nobody has typed for a second

    editor.goto(address)
    editor.locator("[data-take]").click()
    kept = editor.locator("#id_summary_es").input_value()
    save(editor)

    assert "Palabras que nadie guardó." in kept
    article.refresh_from_db()
    assert "Palabras que nadie guardó." in article.summary_es
    editor.wait_for_function("Object.keys(localStorage).length === 0", timeout=5000)
