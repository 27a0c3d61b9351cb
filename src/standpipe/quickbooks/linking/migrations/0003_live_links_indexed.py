"""An index that holds all that lists and counts ask of live links: the rows themselves hold what QuickBooks said."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("linking", "0002_how_links_begin_and_end")]

    operations = [
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                fields=["connection", "list_id", "origin", "building", "account", "ended_at"],
                condition=Q(ended_at__isnull=True),
                name="live_link",
            ),
        ),
    ]
