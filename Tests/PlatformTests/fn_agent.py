"""A stand-in for Fn's agent: waits for the socket's link, checks what Fn checks, and makes the calls on its standard input, a
line each, over one connection. It prints a line for each: the status, Fn-Http-Status and the body."""
import http.client
import os
import socket
import stat
import sys
import time

path = sys.argv[1]
for _ in range(6000):
    if os.path.lexists(path):
        break
    time.sleep(0.01)
target = os.readlink(path)
assert target == os.path.basename(target), f"the link must name a file beside it: {target}"
mode = os.stat(path).st_mode
assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o666, oct(mode)


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(path)


connection = Connection("localhost")
for line in sys.stdin:
    method, body = line.rstrip("\n").split(" ", 1)
    connection.request(method, "/call", body, {"Content-Type": "application/json", "Fn-Call-Id": "1"})
    answer = connection.getresponse()
    print(answer.status, answer.getheader("Fn-Http-Status", "-"), answer.read().decode().strip(), flush=True)
