"""Invoices and received payments of a company file, and the rules by which QuickBooks counts and dates them."""
