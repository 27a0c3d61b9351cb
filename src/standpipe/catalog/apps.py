from django.apps import AppConfig

from standpipe.ui import registry


class CatalogConfig(AppConfig):
    name = "standpipe.catalog"
    label = "catalog"

    def ready(self) -> None:
        from . import sections

        registry.add_nav(
            "items",
            title="Items",
            order=48,
            url="catalog:items",
            icon="tags",
            active_prefix="items/",
        )
        sections.register()
