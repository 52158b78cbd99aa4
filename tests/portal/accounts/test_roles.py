import fnmatch

import pytest
from django.contrib.auth.models import Group, Permission

from portal.accounts import roles
from portal.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    roles.sync()

    def make(role):
        user = User.objects.create_user(role.replace(" ", "-"), is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("writer", "articles.change_article", "articles.publish_article"),
        ("translator", "articles.change_section", "articles.add_article"),
        ("medical reviewer", "articles.review_article", "articles.publish_article"),
        ("publisher", "articles.publish_article", "newsletter.view_subscriber"),
        ("directory caller", "resources.change_calltomake", "articles.change_article"),
        ("newsletter editor", "newsletter.send_campaign", "articles.change_article"),
    ],
)
def test_each_role_may_do_its_work_and_not_anothers(person, role, may, may_not):
    user = person(role)

    assert (user.has_perm(may), user.has_perm(may_not)) == (True, False)


def test_every_pattern_of_a_role_means_at_least_one_permission():
    names = [f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")]

    empty = [
        (role, pattern)
        for role, patterns in roles.ROLES.items()
        for pattern in patterns.split()
        if not fnmatch.filter(names, pattern)
    ]

    assert empty == []


def test_reading_the_roles_again_takes_back_what_was_given_by_hand(person):
    writer = person("writer")
    Group.objects.get(name="writer").permissions.add(Permission.objects.get(codename="delete_user"))

    roles.sync()

    assert not User.objects.get(pk=writer.pk).has_perm("accounts.delete_user")
