"""Standpipe: accounts, buildings and invoices here, the books in QuickBooks Desktop."""
