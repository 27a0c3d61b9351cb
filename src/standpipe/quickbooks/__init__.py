"""The integration: everything that knows that QuickBooks exists. Nouns never import it; it reaches their pages
through the registry in ``ui``."""
