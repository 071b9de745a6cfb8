"""An HTTP server that checks the signature of AWS, version 4, of each request, by the documentation of AWS.

usage: verify_signature.py ACCESS_KEY SECRET_KEY REGION SERVICE

It prints its port, and ends with its input. It answers 200 if the signature is right, else 403 with the reason.
"""
import hashlib
import hmac
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

access_key, secret_key, region, service = sys.argv[1:5]


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def fault(self, body):
        words = self.headers.get("Authorization", "").replace(",", " ").split()
        if not words or words[0] != "AWS4-HMAC-SHA256":
            return "no signature: %r" % words
        parts = dict(word.split("=", 1) for word in words[1:])
        time = self.headers.get("X-Amz-Date", "")
        scope = "%s/%s/%s/aws4_request" % (time[:8], region, service)
        if parts["Credential"] != access_key + "/" + scope:
            return "wrong scope: " + parts["Credential"]
        names = parts["SignedHeaders"].split(";")
        if not {"host", "x-amz-date"} <= set(names) or names != sorted(names):
            return "wrong headers: %r" % names
        if "x-amz-security-token" in {name.lower() for name in self.headers} - set(names):
            return "the session's token is not signed"
        path, _, query = self.path.partition("?")
        headers = "".join("%s:%s\n" % (name, " ".join(self.headers.get(name, "").split())) for name in names)
        canonical = "\n".join(
            [self.command, path, query, headers, parts["SignedHeaders"], hashlib.sha256(body).hexdigest()])
        text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + secret_key).encode()
        for word in (time[:8], region, service, "aws4_request"):
            key = sign(key, word)
        return "" if sign(key, text).hex() == parts["Signature"] else "wrong signature of:\n" + canonical

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        fault = self.fault(body).encode()
        self.send_response(403 if fault else 200)
        self.send_header("Content-Length", str(len(fault)))
        self.end_headers()
        self.wfile.write(fault)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
