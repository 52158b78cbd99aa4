"""Say which role may do what, as data: one line a role, read into Django's groups by `sync`."""

import fnmatch

from django.contrib.auth.models import Group, Permission
from django.db import transaction

_READ_ALL = (
    "articles.view_topic articles.view_article articles.view_section articles.view_reference reference.view_source "
    "reference.view_line reference.view_department reference.view_concept reference.view_fact "
    "reference.view_glossaryterm reference.view_alert* reference.view_sitelink overdose.view_* resources.view_* "
    "reference.view_linkcheck "
    "articles.view_con* articles.view_affiliation articles.view_image articles.view_video articles.view_articlechange "
    "editorial.view_pendingchange editorial.view_move editorial.view_approval"
)
_WRITE_ARTICLES = (
    "articles.add_article articles.change_article articles.submit_article articles.*_section articles.*_reference "
    "articles.*_contribution articles.*_articlechange articles.add_contributor articles.change_contributor "
    "articles.add_affiliation articles.change_affiliation articles.add_image articles.change_image "
    "articles.add_video articles.change_video "
    "reference.add_source reference.change_source reference.add_fact reference.change_fact "
    "reference.add_glossaryterm reference.change_glossaryterm reference.add_alertsentence "
    "reference.change_alertsentence reference.add_alertword reference.change_alertword reference.add_alert "
    "reference.change_alert"
)

# Role -> permissions; `*` stands for any text within one permission's name.
ROLES: dict[str, str] = {
    "writer": f"{_READ_ALL} {_WRITE_ARTICLES}",
    "translator": f"{_READ_ALL} articles.change_article articles.change_section articles.change_topic "
    "articles.translate_article articles.change_image articles.change_articlechange "
    "overdose.change_* reference.change_concept reference.change_fact reference.change_glossaryterm "
    "editorial.view_textstate",
    "medical reviewer": f"{_READ_ALL} articles.change_article articles.change_section articles.review_article "
    "articles.change_video overdose.change_* overdose.review_guide reference.change_source reference.change_fact "
    "reference.approve_fact reference.change_glossaryterm reference.change_alertsentence "
    "reference.approve_alertsentence reference.change_line reference.approve_line",
    "publisher": f"{_READ_ALL} {_WRITE_ARTICLES} articles.delete_article articles.publish_article articles.*_topic "
    "articles.translate_article articles.*_contributor articles.*_affiliation articles.*_image "
    "overdose.* reference.* resources.* editorial.view_* editorial.acknowledge_removal "
    "editorial.*_readingname editorial.*_avoidedword "
    "newsletter.view_campaign newsletter.change_campaign newsletter.send_campaign",
    "directory caller": "resources.view_* resources.change_calltomake resources.change_serviceatlocation "
    "resources.add_verification resources.change_correction resources.change_sampledlisting "
    "reference.view_line reference.view_concept",
    "newsletter writer": "newsletter.view_campaign newsletter.add_campaign newsletter.change_campaign",
    "newsletter editor": "newsletter.view_campaign newsletter.add_campaign newsletter.change_campaign "
    "newsletter.*_consenttext newsletter.view_subscriber newsletter.view_delivery newsletter.send_campaign "
    "newsletter.view_topic newsletter.add_topic newsletter.change_topic newsletter.view_readerimport "
    "newsletter.add_readerimport newsletter.view_bounce newsletter.view_pace newsletter.view_senderguard",
}


@transaction.atomic
def sync() -> None:
    """Make the group of each role hold exactly the permissions listed here; other groups are left alone."""
    columns = ("content_type__app_label", "codename", "pk")
    # Matched here: the database would compile each of these patterns again for each of its rows.
    known = {f"{app}.{codename}": key for app, codename, key in Permission.objects.values_list(*columns)}
    for role, wanted in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        names = {name for pattern in wanted.split() for name in fnmatch.filter(known, pattern)}
        group.permissions.set([known[name] for name in names])
