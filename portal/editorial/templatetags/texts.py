"""Show in a form of the admin where each of its texts stands."""

from django import template

from portal.editorial.translations import in_admin, states, texts

register = template.Library()


@register.inclusion_tag("admin/editorial/_text_state.html", takes_context=True)
def text_state(context, field):
    """Show the state of the text in a field, what changed in its source, and the tick that it is still right."""
    form, name = (field.form, field.field["name"]) if field.is_readonly else (field.field.form, field.field.name)
    known, row = context.get("texts_known"), getattr(form, "instance", None)
    if known is None or row is None or row.pk is None or type(row) not in texts.translated_models():
        return {}
    place = texts.places(type(row)).get(name)
    if place is None:
        return {}
    standing = states.standing(row, *place, known)
    is_followed = standing.field in texts.followed(type(row))
    is_open = is_followed and not field.is_readonly and standing.language != standing.source_language
    return {
        "text": standing,
        "tick": in_admin.CONFIRMED if is_open and standing.state not in ("", states.MISSING) else "",
        "value": form.add_prefix(name),
    }
