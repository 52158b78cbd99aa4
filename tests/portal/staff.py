"""Make members of staff with their roles, and send forms back as a browser would."""

from django.contrib.auth.models import Group
from django.db.models.fields.files import FieldFile
from django.test import Client

from portal.accounts import roles
from portal.accounts.models import User


def person(role, name=None, language="en"):
    """Return a member of staff with one role."""
    if not Group.objects.filter(name=role).exists():
        roles.sync()
    user = User.objects.create_user(name or role.replace(" ", "-"), is_staff=True, language=language)
    user.groups.add(Group.objects.get(name=role))
    return user


def browser(user):
    """Return a browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def filled_in(response):
    """Return what the browser would send back from a change form nobody touched."""
    form = response.context["adminform"].form
    forms = [form, *(inline.formset.management_form for inline in response.context["inline_admin_formsets"])]
    for inline in response.context["inline_admin_formsets"]:
        forms += inline.formset.forms
    data = {}
    for part in forms:
        for bound in part:
            value = bound.value()
            widget = bound.field.widget
            if hasattr(widget, "decompress"):
                pieces = widget.decompress(value) if not isinstance(value, list) else value
                data |= {f"{bound.html_name}_{number}": piece or "" for number, piece in enumerate(pieces)}
            elif isinstance(value, FieldFile):
                continue  # a browser sends a file only where another was chosen
            elif value is not None and value is not False:
                data[bound.html_name] = value
    return data


def approve(user, address, language):
    """Approve a page in one language as this person, reading it first; return the answer."""
    client = browser(user)
    page = client.get(address)
    read = {tongue["code"]: tongue["read"] for tongue in page.context["tongues"]}
    return client.post(address, {"language": language, "read": read[language]})
