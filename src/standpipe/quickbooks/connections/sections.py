"""Where the connection appears on pages that do not know of it: navigation, home, and the history of its own page."""

from standpipe.activity.sections import add_history
from standpipe.activity.words import add_verbs
from standpipe.ui import registry

from . import home

# Follows who did it. The exchange and the copied lists tell of a connection too.
VERBS = {
    "connection.created": "added this connection",
    "connection.settings_changed": "changed the settings",
    "connection.archived": "archived this connection",
    "connection.restored": "brought this connection back",
    "connection.password_changed": "made a new password for the Web Connector",
    "connection.qwc_downloaded": "downloaded the QWC file",
    "connection.company_confirmed": "said that this is the company file",
    "connection.company_rejected": "said that this is another company file",
    "connection.file_accepted": "said that it is the same company file, moved or renamed",
    "connection.setup_link_made": "made a set-up link",
    "connection.setup_link_ended": "ended a set-up link",
    "connection.session_released": "released the visit that was in progress",
    "customer_list.refresh_requested": "asked for a refresh of the customers",
    "customer_list.refresh_cancelled": "cancelled the refresh of the customers",
    "customer_list.refreshed": "refreshed the customers",
    "short_lists.refresh_requested": "asked for a refresh of items, terms and the other lists",
    "short_lists.refresh_cancelled": "cancelled the refresh of items, terms and the other lists",
    "short_lists.refreshed": "refreshed items, terms and the other lists",
    "connection.posting_changed": "changed the QuickBooks Desktop settings",
}


def register() -> None:
    registry.add_nav(
        "quickbooks",
        title="QuickBooks Desktop",
        order=60,
        url="quickbooks:connections",
        icon="plug",
        active_prefix="quickbooks/",
    )
    add_history("connection")
    add_verbs(VERBS)
    registry.add_home_step(10, key="connect", step=home.connect_step)
    registry.add_home_step(20, key="confirm-company", step=home.confirm_step)
    registry.add_home_count(10, key="needs-you", count=home.needs_you)
    registry.add_section(
        "home",
        key="connection",
        title="QuickBooks Desktop",
        order=10,
        template="quickbooks/connections/_home_line.html",
        context=home.connection_line,
    )
