"""Answering questions over UDP (RFC 1035, section 4.2.1). A text longer than 255 bytes is sent as several strings."""

from collections.abc import Callable
from pathlib import Path
from socketserver import BaseRequestHandler, UDPServer

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from local.dns.records import canonical, read_records

_TTL_SECONDS = 1
_LONGEST_STRING = 255


def server(host: str, port: int, records: Path) -> UDPServer:
    """Return a server that answers each question from the file as it is then."""

    class Handler(BaseRequestHandler):
        """Answers one datagram; what is no question gets no answer."""

        def handle(self) -> None:
            data, socket = self.request
            try:
                question = dns.message.from_wire(data)
            except dns.exception.DNSException:
                return
            socket.sendto(
                _answer(question, lambda name: read_records(records).get(name)).to_wire(), self.client_address
            )

    return UDPServer((host, port), Handler)


def _answer(question: dns.message.Message, texts_of: Callable[[str], list[str] | None]) -> dns.message.Message:
    """The records of the name; none where it has none of the type; NXDOMAIN where there is no such name."""
    answer = dns.message.make_response(question, recursion_available=True)
    asked = question.question[0]
    texts = texts_of(canonical(asked.name.to_text()))
    if texts is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    elif asked.rdtype == dns.rdatatype.TXT:
        quoted = [_quoted(text) for text in texts]
        records = dns.rrset.from_text_list(asked.name, _TTL_SECONDS, dns.rdataclass.IN, dns.rdatatype.TXT, quoted)
        answer.answer.append(records)
    return answer


def _quoted(text: str) -> str:
    parts = [text[start : start + _LONGEST_STRING] for start in range(0, len(text), _LONGEST_STRING)] or [""]
    escaped = (part.replace("\\", "\\\\").replace('"', '\\"') for part in parts)
    return " ".join(f'"{part}"' for part in escaped)
