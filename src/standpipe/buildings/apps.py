from django.apps import AppConfig

from standpipe.ui import registry


class BuildingsConfig(AppConfig):
    name = "standpipe.buildings"
    label = "buildings"

    def ready(self) -> None:
        from . import sections

        registry.add_nav(
            "buildings",
            title="Buildings",
            order=30,
            url="buildings:list",
            icon="building",
            active_prefix="buildings/",
        )
        sections.register()
