from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "standpipe.ui"
    label = "ui"
