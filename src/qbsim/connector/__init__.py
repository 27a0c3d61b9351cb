"""The Web Connector: takes what a service wants to QuickBooks and brings the answers back.

The order of calls, their special values and what follows a failure are those of the QBWC Programmer's Guide
(chapters 2, 5, 6 and 10) and of public logs. One update is one session; everything that it did is in its
Outcome, in the log, and in the transcript.
"""

from qbsim.connector.application import WebConnector
from qbsim.connector.outcome import Outcome
from qbsim.qwc import Qwc, QwcRefused, read_qwc
from qbsim.transports import AsgiTransport, WsgiTransport

__all__ = ["AsgiTransport", "Outcome", "Qwc", "QwcRefused", "WebConnector", "WsgiTransport", "read_qwc"]
