from django.db import migrations

import standpipe.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="percent",
            field=standpipe.core.fields.FineField(decimal_places=5, max_digits=15, null=True),
        ),
    ]
