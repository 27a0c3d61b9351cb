"""When a refresh last brought something: what is worked out from the list waits for that and not for each refresh."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lists", "0004_traits_indexed")]

    operations = [
        migrations.AddField(model_name="customerlist", name="changed_at", field=models.DateTimeField(null=True)),
    ]
