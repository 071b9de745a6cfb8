"""The gateway as the tests use it: calls of functions, and a proxy between browser and gateway.

The proxy notes every request, and a test can make it answer a call by itself, or hold it back. Pages do not notice it.
"""
import http.client
import json
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # A browser opens six connections at once. One for which there is no room is tried again only seconds later.
    request_queue_size = 64

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request, address):
        # A browser that ends resets its connections.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)

    def close(self):
        self.shutdown()
        self.server_close()


class Gateway:
    def __init__(self, url):
        self.target = urllib.parse.urlsplit(url)
        self.answers = {}
        self.holds = {}
        self.calls = []
        self.sent_headers = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def forward(self):
                outer._answer(self)

            do_GET = do_POST = do_DELETE = forward

        self.server = Server(Handler)
        self.url = self.server.url
        self.close = self.server.close

    def call(self, name, input):
        """Calls a function and returns its answer, which must be a success."""
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=300)
        body = json.dumps(input).encode()
        connection.request("POST", f"/function/{name}", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, f"{name} answered {answer.status}: {text[:500]}"
        return json.loads(text)

    def wait_for_description(self):
        """Waits until the gateway has asked the functions for their schemas; the page Functions reports an error before."""
        deadline = time.monotonic() + 300
        while True:
            connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=300)
            connection.request("GET", "/openapi.json")
            if connection.getresponse().status != 503:
                return
            assert time.monotonic() < deadline, "the gateway does not describe the functions"
            time.sleep(0.1)

    def answer(self, name, value, status=200):
        """From now on the proxy answers this function itself: with an object, bytes, or what a callable returns."""
        self.answers[name] = (status, value)

    def hold(self, name):
        """From now on calls of this function wait until the returned event is set."""
        self.holds[name] = threading.Event()
        return self.holds[name]

    def inputs(self, name):
        """The inputs of all calls of a function that the browser has made."""
        return [body for path, body in self.calls if path == f"/function/{name}"]

    def wait_for(self, name, count=1, seconds=300):
        deadline = time.monotonic() + seconds
        while len(self.inputs(name)) < count:
            assert time.monotonic() < deadline, f"{name} was called {len(self.inputs(name))} times, not {count}"
            time.sleep(0.05)

    def _answer(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        path = request.path
        name = path.removeprefix("/function/")
        if request.command == "POST":
            self.calls.append((path, json.loads(body) if body else None))
            self.sent_headers[name] = dict(request.headers)
        if name in self.holds:
            self.holds[name].wait(120)
        if name in self.answers:
            status, value = self.answers[name]
            value = value(json.loads(body) if body else None) if callable(value) else value
            content = value if isinstance(value, bytes) else json.dumps(value).encode()
            return self._write(request, status, [("Content-Type", "application/json")], content)
        connection = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=300)
        headers = {key: value for key, value in request.headers.items() if key.lower() not in ("host", "origin", "connection")}
        if "Origin" in request.headers:
            headers["Origin"] = f"{self.target.scheme}://{self.target.netloc}"
        connection.request(request.command, path, body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        kept = [(key, value) for key, value in answer.getheaders()
                if key.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server")]
        self._write(request, answer.status, kept, content)

    @staticmethod
    def _write(request, status, headers, content):
        try:
            request.send_response(status)
            for key, value in headers:
                request.send_header(key, value)
            if status not in (204, 304):
                request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            if status not in (204, 304):
                request.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            # The browser left the page before the answer.
            pass


class Receiver:
    """An affiliate's server. It keeps what it gets, and answers with `status` and `body`."""

    def __init__(self, status=200, body="ok"):
        self.status, self.body, self.requests = status, body, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def take(self):
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                outer.requests.append({"method": self.command, "path": self.path, "headers": dict(self.headers), "body": content})
                reply = outer.body.encode()
                self.send_response(outer.status)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_POST = take

        self.server = Server(Handler)
        self.url = self.server.url
        self.close = self.server.close

    def wait_for(self, count, seconds=300):
        deadline = time.monotonic() + seconds
        while len(self.requests) < count:
            assert time.monotonic() < deadline, f"{len(self.requests)} requests arrived, not {count}"
            time.sleep(0.05)
        return self.requests
