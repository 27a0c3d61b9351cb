"""An index in the order of the list: it is walked to a page, and counted, without the rows."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("buildings", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="building",
            index=models.Index(
                fields=["organization", "name_key", "name", "id", "archived_at"],
                condition=Q(archived_at__isnull=True),
                name="building_in_use",
            ),
        ),
    ]
