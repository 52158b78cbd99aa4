import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models

import resources.models.search_document


class Migration(migrations.Migration):
    """Make the table that search reads anew: it is written from the records at the next start."""

    dependencies = [
        ("resources", "0004_provider_mail_and_samples"),
    ]

    operations = [
        CreateExtension("cube"),
        CreateExtension("fuzzystrmatch"),
        migrations.AddField(
            model_name="placename",
            name="is_starter",
            field=models.BooleanField(default=False, help_text="Shipped with the site. Does the name lie in that ZIP code?", verbose_name="waits for a check"),
        ),
        migrations.AddIndex(
            model_name="searchterm",
            index=django.contrib.postgres.indexes.GinIndex(fields=["word"], name="search_term_word", opclasses=["gin_trgm_ops"]),
        ),
        migrations.AlterModelOptions(
            name="unmetterm",
            options={"verbose_name": "words looked for in vain", "verbose_name_plural": "what people look for in vain"},
        ),
        migrations.DeleteModel(name="SearchDocument"),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("listing", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="search_document", serialize=False, to="resources.serviceatlocation")),
                ("block", models.CharField(choices=[("places", "Places"), ("remote", "Remote"), ("emergency", "Emergency"), ("peers", "Peers")], default="places", max_length=20)),
                ("name", models.CharField(max_length=410)),
                ("names", models.TextField()),
                ("words", models.TextField(blank=True)),
                ("vector", models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('names', config='english', weight='A'), '||', django.contrib.postgres.search.SearchVector('words', config='english', weight='B'), django.contrib.postgres.search.SearchConfig('english')), '||', django.contrib.postgres.search.SearchVector('names', config='english_unaccent', weight='A'), django.contrib.postgres.search.SearchConfig('english')), '||', django.contrib.postgres.search.SearchVector('words', config='english_unaccent', weight='B'), django.contrib.postgres.search.SearchConfig('english')), '||', django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('names', config='spanish', weight='A'), '||', django.contrib.postgres.search.SearchVector('words', config='spanish', weight='B'), django.contrib.postgres.search.SearchConfig('spanish')), '||', django.contrib.postgres.search.SearchVector('names', config='spanish_unaccent', weight='A'), django.contrib.postgres.search.SearchConfig('spanish')), '||', django.contrib.postgres.search.SearchVector('words', config='spanish_unaccent', weight='B'), django.contrib.postgres.search.SearchConfig('spanish')), django.contrib.postgres.search.SearchConfig('english')), output_field=django.contrib.postgres.search.SearchVectorField())),
                ("tags", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ("options", models.TextField(default="")),
                ("state", models.CharField(max_length=2)),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("position", models.GeneratedField(db_persist=True, expression=models.Case(models.When(latitude__isnull=False, then=resources.models.search_document._Point(django.db.models.expressions.CombinedExpression(django.db.models.functions.math.Cos(django.db.models.functions.math.Radians(models.F('latitude'))), '*', django.db.models.functions.math.Cos(django.db.models.functions.math.Radians(models.F('longitude')))), django.db.models.expressions.CombinedExpression(django.db.models.functions.math.Cos(django.db.models.functions.math.Radians(models.F('latitude'))), '*', django.db.models.functions.math.Sin(django.db.models.functions.math.Radians(models.F('longitude')))), django.db.models.functions.math.Sin(django.db.models.functions.math.Radians(models.F('latitude'))))), default=models.Value(None), output_field=resources.models.search_document.CubeField()), output_field=resources.models.search_document.CubeField())),
                ("checked_on", models.DateField(null=True)),
                ("stays_listed", models.BooleanField(default=False)),
                ("hours", models.JSONField(null=True)),
                ("card", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "search document",
                "verbose_name_plural": "search documents",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="search_document_vector"),
                    django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="search_document_tags"),
                    django.contrib.postgres.indexes.GistIndex(fields=["position"], name="search_document_position"),
                    models.Index(fields=["state"], name="search_document_state"),
                    models.Index(condition=models.Q(("block", "places"), _negated=True), fields=["state", "block"], name="search_document_aside"),
                    models.Index(condition=models.Q(("checked_on__isnull", False)), fields=["checked_on"], name="search_document_checked"),
                ],
            },
        ),
        # A search reads the tags of thousands of rows and the card of twenty: what is long lies apart.
        migrations.RunSQL(
            [
                "ALTER TABLE resources_searchdocument SET (toast_tuple_target = 512)",
                "ALTER TABLE resources_searchdocument ALTER COLUMN tags SET STORAGE MAIN",
            ],
            migrations.RunSQL.noop,
        ),
    ]
