"""Addresses, phones, text and identifiers: plain functions that know no table and no screen."""
