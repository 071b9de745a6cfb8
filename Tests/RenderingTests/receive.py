"""An HTTP server that writes down what reaches it, as Python's own parsers read it: one line of JSON for each request.

Usage: receive.py FILE. Prints its port, and ends with its standard input.
"""

import http.server
import json
import os
import sys
import threading
import urllib.parse

record = open(sys.argv[1], "w", encoding="ascii")
lock = threading.Lock()


class Tagged:
    """A number's own text: 12.30 is not 12.3 here."""

    def __init__(self, digits):
        self.digits = digits


def leaves(value, path=()):
    """Each value of a JSON document with the steps to it, containers too; names that stand twice stay two."""
    if isinstance(value, list) and all(isinstance(item, tuple) for item in value) and value:
        yield path, "object", str(len(value))
        for name, inner in value:
            yield from leaves(inner, path + (name,))
    elif isinstance(value, dict):
        yield path, "object", "0"
    elif isinstance(value, list):
        yield path, "list", str(len(value))
        for index, inner in enumerate(value):
            yield from leaves(inner, path + (str(index),))
    elif isinstance(value, Tagged):
        yield path, "number", value.digits
    elif isinstance(value, str):
        yield path, "string", value
    else:
        yield path, "word", json.dumps(value)


def pairs(text):
    return urllib.parse.parse_qsl(text, keep_blank_values=True, errors="strict")


def no_constant(word):
    raise ValueError(f"{word} is not JSON")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def receive(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path, _, query = self.path.partition("?")
        kind = self.headers.get("Content-Type", "")
        entry = {
            "method": self.command,
            "target": urllib.parse.unquote(self.path, errors="strict"),
            "path": [urllib.parse.unquote(part, errors="strict") for part in path.split("/")[1:]],
            "query": pairs(query),
            "headers": [(name, value.encode("latin-1").decode()) for name, value in self.headers.items()],
            "form": pairs(body.decode("ascii")) if kind == "application/x-www-form-urlencoded" else None,
            "json": None,
            "body": len(body),
        }
        if kind == "application/json":
            document = json.loads(
                body.decode(), object_pairs_hook=lambda members: members or {}, parse_int=Tagged, parse_float=Tagged,
                parse_constant=no_constant)
            entry["json"] = [[list(path), kind, text] for path, kind, text in leaves(document)]
        return entry

    def answer(self):
        identifier = self.headers.get("Postback-Delivery-Id", "none")
        try:
            entry = self.receive()
        except Exception as error:
            entry = {"unreadable": f"{error!r} in {self.path[:300]}"}
        entry["delivery"] = identifier
        with lock:
            record.write(json.dumps(entry) + "\n")
            record.flush()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def send_error(self, code, message=None, explain=None):
        """What is no HTTP to Python is written down too: somebody's bytes became lines of their own."""
        with lock:
            record.write(json.dumps({"delivery": "none", "unreadable": f"{code} {message}"}) + "\n")
            record.flush()
        super().send_error(code, message, explain)

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
