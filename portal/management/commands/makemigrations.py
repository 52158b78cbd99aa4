"""Make migrations as Django does, and right also for columns that the database computes: a new language brings such."""

from django.core.management.commands import makemigrations
from django.db.migrations.autodetector import MigrationAutodetector, OperationDependency
from django.db.migrations.operations import AddIndex, AlterField

from portal.lib.computed import RecomputeField


class Autodetector(MigrationAutodetector):
    def generate_added_indexes(self):
        """Name the columns that an index needs.

        Django 5.2 puts a new computed column behind those it is computed from, but leaves its index before them.
        """
        super().generate_added_indexes()
        for app_label, operations in self.generated_operations.items():
            for operation in operations:
                if isinstance(operation, AddIndex):
                    operation._auto_deps += [
                        OperationDependency(app_label, operation.model_name, name, OperationDependency.Type.CREATE)
                        for name in operation.index.fields
                    ]

    def generate_altered_fields(self):
        """Compute a column anew whose expression changed: Django writes an operation that it then refuses to do."""
        super().generate_altered_fields()
        for operations in self.generated_operations.values():
            for place, operation in enumerate(operations):
                if type(operation) is AlterField and getattr(operation.field, "generated", False):
                    operations[place] = RecomputeField(operation.model_name, operation.name, operation.field)
                    operations[place]._auto_deps = operation._auto_deps


class Command(makemigrations.Command):
    autodetector = Autodetector
