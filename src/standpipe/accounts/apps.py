from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "standpipe.accounts"
    label = "accounts"
