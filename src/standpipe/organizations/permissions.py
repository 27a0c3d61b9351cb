"""Who may do what: one table."""

from django.db import models


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    BOOKKEEPER = "bookkeeper", "Bookkeeper"
    OFFICE = "office", "Office"
    VIEWER = "viewer", "Viewer"


class Permission(models.TextChoices):
    EDIT = "edit", "Add and edit accounts, buildings, contacts, items and invoices"
    CONNECT = "connect", "Connect QuickBooks: file and password"
    IMPORT_AND_LINK = "import_and_link", "Import and link customers"
    SEND_AND_RECORD = "send_and_record", "Send invoices and record payments"
    SETTINGS = "settings", "Change QuickBooks settings"
    MEMBERS = "members", "Invite and remove members"


ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.BOOKKEEPER: frozenset(Permission) - {Permission.MEMBERS},
    Role.OFFICE: frozenset({Permission.EDIT, Permission.IMPORT_AND_LINK, Permission.SEND_AND_RECORD}),
    Role.VIEWER: frozenset(),
}


def allows(role: Role, permission: Permission) -> bool:
    return permission in ALLOWED[role]
