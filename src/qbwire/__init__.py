"""The wire: qbXML messages, SOAP envelopes, the QWC file and the conversation, as pure functions and tables."""
