"""Macros of one document: an Add names the transaction that it makes, later requests use the name for its TxnID.

`defMacro="TxnID:first"` stands on the Add, `useMacro="TxnID:first"` on an element that takes a TxnID (Intuit, pages
of InvoiceAdd and ReceivePaymentAdd).
"""

from lxml import etree

from qbsim.refusals import refused


class Macros(dict[str, str]):
    """TxnIDs by the names that one document gave them."""

    def expand(self, request: etree._Element) -> None:
        """Write IDs in place of names. CompanyError 9100 for a name that no earlier request has made."""
        for element in request.iter(tag=etree.Element):
            name = element.get("useMacro")
            if name is None or len(element):
                continue
            if name not in self:
                raise refused(9100, value=name)
            element.text = self[name]

    def learn(self, request: etree._Element, answer: etree._Element) -> None:
        """Remember what a request that was done has made."""
        name = request[0].get("defMacro") if len(request) else None
        made = answer.findtext("*/TxnID")
        if name is not None and made is not None:
            self[name] = made
