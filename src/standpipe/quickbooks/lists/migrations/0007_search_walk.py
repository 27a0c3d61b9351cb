"""An index that a search walks on SQLite: all that it and its counts look at, in a fifth of the rows' bytes.

Not on PostgreSQL: an entry of its indexes has at most 2,704 bytes, and a customer with many ship-to addresses is
searched in more. A plain index of the model would be asked for on both.
"""

from django.db import migrations

INDEX = "customer_search"


def make(_apps, editor):
    if editor.connection.vendor == "sqlite":
        columns = "connection_id, list_id, traits, gone_at, search_text"
        editor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON lists_customer ({columns})")


def drop(_apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("lists", "0006_short_lists")]
    operations = [migrations.RunPython(make, drop)]
