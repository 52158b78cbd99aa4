"""Keep rich text to the few tags that an article needs, whatever way it came in."""

import nh3
from django_prose_editor.fields import ProseEditorField

TAGS = {
    "p", "h3", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}, "td": {"colspan", "rowspan"}, "p": {"lang"}}
SCHEMES = {"https", "tel", "mailto"}

_EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Heading": {"levels": [3]},
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": ["https", "tel", "mailto"]},
    "HardBreak": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}


def clean(html: str) -> str:
    """Return the HTML with every tag, attribute and address scheme removed that is not on the lists above."""
    return nh3.clean(
        html.replace("\x00", ""),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )


class RichTextField(ProseEditorField):
    """HTML written in the admin's editor and cleaned at every save, also in scripts and imports."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("extensions", _EXTENSIONS)
        kwargs.setdefault("sanitize", clean)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance, add):
        html = super().pre_save(model_instance, add)
        cleaned = clean(html) if html else html
        setattr(model_instance, self.attname, cleaned)
        return cleaned
