"""The addresses of records, for screens that lead to each other."""

from qbsim.screens.web import part


def record_path(list_id: str, action: str = "") -> str:
    """Lead to a customer or job."""
    return f"/customers/{part(list_id)}{f'/{action}' if action else ''}"


def element_path(list_id: str, action: str = "") -> str:
    """Lead to an element of one of the other lists."""
    return f"/lists/element/{part(list_id)}{f'/{action}' if action else ''}"


def invoice_path(txn_id: str, action: str = "") -> str:
    return f"/invoices/{part(txn_id)}{f'/{action}' if action else ''}"


def payment_path(txn_id: str, action: str = "") -> str:
    return f"/payments/{part(txn_id)}{f'/{action}' if action else ''}"
