"""A name server (RFC 1035, over UDP) that answers for each name as it is told.

Its argument is the address to listen on, port 53. Prints a line when it listens. Takes commands on standard input, one
JSON object a line, and answers each with "ok"; ends with its input.
{"name": NAME, "answer": …}  an answer is a list of addresses, or "nobody" (NXDOMAIN), "empty" (the name is there, without
an address), "silence", "failure" (SERVFAIL), "garbage". A name that it was not told of is nobody's.
"""

import ipaddress
import json
import socket
import struct
import sys
import threading

answers = {}
codes = {"nobody": 3, "failure": 2}


def answer(query):
    labels, position = [], 12
    while query[position]:
        labels.append(query[position + 1 : position + 1 + query[position]].decode("latin-1").lower())
        position += 1 + query[position]
    kind = struct.unpack("!H", query[position + 1 : position + 3])[0]
    told = answers.get(".".join(labels), "nobody")
    if told == "silence":
        return None
    if told == "garbage":
        return query[:2] + bytes(range(256))
    addresses = [ipaddress.ip_address(text) for text in told] if isinstance(told, list) else []
    records = [a.packed for a in addresses if (4 if kind == 1 else 6) == a.version and kind in (1, 28)]
    header = query[:2] + struct.pack("!5H", 0x8180 | codes.get(told if isinstance(told, str) else "", 0), 1, len(records), 0, 0)
    body = b"".join(struct.pack("!3HIH", 0xC00C, kind, 1, 0, len(data)) + data for data in records)
    return header + query[12 : position + 5] + body


def serve(server):
    while True:
        query, client = server.recvfrom(4096)
        try:
            reply = answer(query)
        except (IndexError, struct.error):
            continue
        if reply is not None:
            server.sendto(reply, client)


def main():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((sys.argv[1], 53))
    print("listening", flush=True)
    threading.Thread(target=serve, args=(server,), daemon=True).start()
    for line in sys.stdin:
        command = json.loads(line)
        answers[command["name"]] = command["answer"]
        print("ok", flush=True)


main()
