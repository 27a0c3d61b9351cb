"""The other side: a QuickBooks company file, its request processor and a Web Connector, for anyone to run."""
