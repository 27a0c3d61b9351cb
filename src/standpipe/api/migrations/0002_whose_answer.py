import json

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def forget_passwords(apps, schema_editor):
    """Answers with a Web Connector password were kept whole."""
    for row in apps.get_model("api", "StoredAnswer").objects.filter(path__contains="/connections", body__contains='"password"'):
        said = json.loads(row.body)
        said.pop("password", None)
        row.body = json.dumps(said)
        row.save(update_fields=["body"])


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="storedanswer",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="storedanswer",
            index=models.Index(fields=["organization", "created_at"], name="answer_age"),
        ),
        migrations.RunPython(forget_passwords, migrations.RunPython.noop, elidable=True),
    ]
