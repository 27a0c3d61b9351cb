from django.apps import AppConfig

from standpipe.ui import registry


class OrganizationsConfig(AppConfig):
    name = "standpipe.organizations"
    label = "organizations"

    def ready(self) -> None:
        registry.add_nav(
            "settings",
            title="Settings",
            order=90,
            url="organizations:members",
            icon="gear",
            active_prefix="settings/",
        )
