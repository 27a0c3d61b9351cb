from typing import Any

from django.db import migrations
from django.db.models.functions import Now


def look_soon(apps: Any, _schema: Any) -> None:
    """Company files that are connected already are looked at at their next visit: nobody had planned it."""
    connected = apps.get_model("connections", "Connection").objects.filter(confirmed_at__isnull=False)
    connected.filter(look_due_at=None).update(look_due_at=Now())


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0003_look_due_at"),
    ]

    operations = [migrations.RunPython(look_soon, migrations.RunPython.noop)]  # backwards the column goes
