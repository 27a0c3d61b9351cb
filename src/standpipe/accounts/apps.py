from django.apps import AppConfig

from standpipe.ui import registry


class AccountsConfig(AppConfig):
    name = "standpipe.accounts"
    label = "accounts"

    def ready(self) -> None:
        registry.add_nav(
            "accounts",
            title="Accounts",
            order=20,
            url="accounts:list",
            icon="briefcase",
            active_prefix="accounts/",
        )
