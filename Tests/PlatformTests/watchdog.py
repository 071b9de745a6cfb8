"""A stand-in for OpenFaaS's classic watchdog: a process for each request, the body on its standard input, the request's
headers as Http_… in its environment, and with combine_output=false only its standard output as the answer. A process that
fails is a 500 with the line `exit status N` before its output. The first line of its own output is the port."""
import http.server
import os
import subprocess
import sys


class Watchdog(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        environment = dict(os.environ)
        for name, value in self.headers.items():
            environment["Http_" + name.replace("-", "_")] = value
        environment.update(Http_Method=self.command, Http_Path=self.path, Http_ContentLength=str(len(body)))
        process = subprocess.run(sys.argv[1:], input=body, capture_output=True, env=environment)
        if process.returncode == 0:
            status, answer = 200, process.stdout
        else:
            status, answer = 500, b"exit status %d\n" % process.returncode + process.stdout
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Watchdog)
print(server.server_port, flush=True)
server.serve_forever()
