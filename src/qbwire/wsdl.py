"""The service description, built from the table of methods: SOAP 1.1, document/literal wrapped, eight operations.

Source: QBWC Programmer's Guide, chapter 5 (methods, parameters, namespace); WSDL 1.1.
"""

from lxml import etree

from qbwire.soap import METHODS, NAMESPACE, Method

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP_BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
SCHEMA = "http://www.w3.org/2001/XMLSchema"
SERVICE, PORT_TYPE, PORT = "QBWebConnectorSvc", "QBWebConnectorSvcSoap", "QBWebConnectorSvcSoap"

_RESULT_TYPES = {"string": "s:string", "int": "s:int", "strings": "tns:ArrayOfString"}


def wsdl(address: str) -> bytes:
    """Return the WSDL document of the service at this address."""
    namespaces = {"wsdl": WSDL, "soap": SOAP_BINDING, "s": SCHEMA, "tns": NAMESPACE}
    root = etree.Element(f"{{{WSDL}}}definitions", nsmap=namespaces, targetNamespace=NAMESPACE)
    types = etree.SubElement(root, f"{{{WSDL}}}types")
    schema = etree.SubElement(types, f"{{{SCHEMA}}}schema", elementFormDefault="qualified", targetNamespace=NAMESPACE)
    for method in METHODS.values():
        _elements(schema, method)
    _array_of_string(schema)
    for method in METHODS.values():
        _messages(root, method)
    port_type = etree.SubElement(root, f"{{{WSDL}}}portType", name=PORT_TYPE)
    for method in METHODS.values():
        operation = etree.SubElement(port_type, f"{{{WSDL}}}operation", name=method.name)
        etree.SubElement(operation, f"{{{WSDL}}}input", message=f"tns:{method.name}SoapIn")
        etree.SubElement(operation, f"{{{WSDL}}}output", message=f"tns:{method.name}SoapOut")
    _binding(root)
    service = etree.SubElement(root, f"{{{WSDL}}}service", name=SERVICE)
    port = etree.SubElement(service, f"{{{WSDL}}}port", name=PORT, binding=f"tns:{PORT_TYPE}")
    etree.SubElement(port, f"{{{SOAP_BINDING}}}address", location=address)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _elements(schema: etree._Element, method: Method) -> None:
    """The request element and the response element of one method. Numbers are required, texts may be missing."""
    request = _sequence(schema, method.name)
    for name, (_, is_number) in method.params.items():
        _child(request, name, python_type="s:int" if is_number else "s:string", is_required=is_number)
    response = _sequence(schema, f"{method.name}Response")
    _child(
        response,
        f"{method.name}Result",
        python_type=_RESULT_TYPES[method.result],
        is_required=method.result == "int",
    )


def _sequence(schema: etree._Element, name: str) -> etree._Element:
    element = etree.SubElement(schema, f"{{{SCHEMA}}}element", name=name)
    complex_type = etree.SubElement(element, f"{{{SCHEMA}}}complexType")
    return etree.SubElement(complex_type, f"{{{SCHEMA}}}sequence")


def _child(sequence: etree._Element, name: str, *, python_type: str, is_required: bool) -> None:
    least = "1" if is_required else "0"
    etree.SubElement(sequence, f"{{{SCHEMA}}}element", minOccurs=least, maxOccurs="1", name=name, type=python_type)


def _array_of_string(schema: etree._Element) -> None:
    array = etree.SubElement(schema, f"{{{SCHEMA}}}complexType", name="ArrayOfString")
    sequence = etree.SubElement(array, f"{{{SCHEMA}}}sequence")
    many = {"minOccurs": "0", "maxOccurs": "unbounded", "name": "string", "nillable": "true", "type": "s:string"}
    etree.SubElement(sequence, f"{{{SCHEMA}}}element", many)


def _messages(root: etree._Element, method: Method) -> None:
    for direction, element in (("In", method.name), ("Out", f"{method.name}Response")):
        message = etree.SubElement(root, f"{{{WSDL}}}message", name=f"{method.name}Soap{direction}")
        etree.SubElement(message, f"{{{WSDL}}}part", name="parameters", element=f"tns:{element}")


def _binding(root: etree._Element) -> None:
    binding = etree.SubElement(root, f"{{{WSDL}}}binding", name=PORT_TYPE, type=f"tns:{PORT_TYPE}")
    http = "http://schemas.xmlsoap.org/soap/http"
    etree.SubElement(binding, f"{{{SOAP_BINDING}}}binding", transport=http, style="document")
    for method in METHODS.values():
        operation = etree.SubElement(binding, f"{{{WSDL}}}operation", name=method.name)
        action = f"{NAMESPACE}{method.name}"
        etree.SubElement(operation, f"{{{SOAP_BINDING}}}operation", soapAction=action, style="document")
        for direction in ("input", "output"):
            part = etree.SubElement(operation, f"{{{WSDL}}}{direction}")
            etree.SubElement(part, f"{{{SOAP_BINDING}}}body", use="literal")
