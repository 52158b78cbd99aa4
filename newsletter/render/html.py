"""Make of MJML the HTML that old and new mail programs show alike, its styles in the tags and the dark ones apart."""

import css_inline
import mrml

# Mail programs that know @media take the dark colours from what is left of <style>; the others show the light ones.
_INLINER = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
# MJML would have mail fetch a font from a third party wherever its name occurs: no font is offered.
_OPTIONS = mrml.RenderOptions(fonts={})


def composed(mjml: str) -> str:
    """Return the HTML of a message; nothing is fetched from anywhere."""
    return _INLINER.inline(mrml.to_html(mjml, render_options=_OPTIONS).content)
