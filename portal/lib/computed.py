"""Change how the database computes a column, which Django's own migrations refuse to do."""

from django.db.migrations.operations import AlterField


class RecomputeField(AlterField):
    """Drop a computed column and add it with its new expression and its indexes; nothing is lost, as it is computed."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Write every row of the table anew: it is locked meanwhile."""
        old, new = (state.apps.get_model(app_label, self.model_name) for state in (from_state, to_state))
        schema_editor.remove_field(old, old._meta.get_field(self.name))
        schema_editor.add_field(new, new._meta.get_field(self.name))
        for index in new._meta.indexes:
            if self.name in index.fields:
                schema_editor.add_index(new, index)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Do the same towards the older expression."""
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        """Say in the command's own words what will happen."""
        return f"Recompute field {self.name} on {self.model_name}"
