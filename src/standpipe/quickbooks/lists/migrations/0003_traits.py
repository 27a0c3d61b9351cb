"""Adds what lists filter and count by, and fills it from what the rows say."""

from django.db import migrations, models

from standpipe.quickbooks.lists.traits import traits_of

AT_ONCE = 1000
SAID = ("is_active", "parent_list_id", "job_status", "company_name")


def fill(apps, schema_editor):
    # What is staged belongs to a refresh under way; its next page writes over it or its end brings it into the list.
    for name in ("Customer", "StagedCustomer"):
        rows = apps.get_model("lists", name).objects
        for some in _in_pieces(rows.order_by("pk").only("details", *SAID)):
            for row in some:
                row.traits = traits_of(row.details, **{column: getattr(row, column) for column in SAID})
            rows.bulk_update(some, ["traits"], batch_size=200)


def _in_pieces(rows):
    after = 0
    while some := list(rows.filter(pk__gt=after)[:AT_ONCE]):
        yield some
        after = some[-1].pk


class Migration(migrations.Migration):
    dependencies = [("lists", "0002_moved_customers")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="traits",
            field=models.PositiveSmallIntegerField(default=0),
            preserve_default=False,
        )
        for name in ("customer", "stagedcustomer")
    ] + [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
