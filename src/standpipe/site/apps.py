from django.apps import AppConfig

from standpipe.ui import registry


class SiteConfig(AppConfig):
    name = "standpipe.site"
    label = "site"

    def ready(self) -> None:
        registry.add_nav("home", title="Home", order=0, url="organization-home", icon="house", active_prefix="")
