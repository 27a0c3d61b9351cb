"""Candidates of a comparison under way, apart from the suggestions that people are working on."""

import django.db.models.deletion
from django.db import migrations, models


def begin_anew(apps, schema_editor):
    """What was under way had its candidates among the suggestions."""
    apps.get_model("matching", "Comparison").objects.update(basis="")


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial")]

    operations = [
        migrations.AddField(model_name="comparison", name="as_of", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Candidate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_id", models.UUIDField()),
                ("list_id", models.CharField(max_length=36)),
                ("odds", models.FloatField()),
                ("score", models.PositiveSmallIntegerField()),
                ("reasons", models.JSONField(default=list)),
                (
                    "comparison",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="candidates",
                        to="matching.comparison",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("comparison", "record_id", "list_id"), name="one_candidate_per_pair"
                    )
                ],
            },
        ),
        migrations.RunPython(begin_anew, migrations.RunPython.noop),
    ]
