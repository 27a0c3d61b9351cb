"""Indexes that answer the pages of a long list: after the filling, so that they are made once."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("lists", "0003_traits")]

    operations = [
        migrations.RemoveIndex(model_name="customer", name="customer_path"),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["connection", "sort_key", "list_id", "traits", "gone_at"], name="customer_path"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["connection", "traits"], condition=Q(gone_at__isnull=True), name="customer_traits"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["connection", "sort_key", "list_id"], condition=Q(gone_at__isnull=False), name="customer_gone"
            ),
        ),
    ]
