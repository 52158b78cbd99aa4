"""A process of its own that adds a language to the site: a setting, a migration and pages in it."""

OWN_APPS = ["portal", "accounts", "editorial", "reference", "articles", "overdose", "resources", "newsletter"]
