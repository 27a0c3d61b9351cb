from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "standpipe.organizations"
    label = "organizations"
