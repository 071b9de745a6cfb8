"""A forward proxy: CONNECT, absolute-form, SOCKS 5 with names, and user and password if it is given them.

Arguments: a file for its log, a JSON object of names and the ports on 127.0.0.1 that stand for them, and user:password or nothing.
Prints its port; ends with its input.
"""
import base64
import json
import socket
import sys
import threading

log = open(sys.argv[1], "a", buffering=1)
names = json.loads(sys.argv[2])
secret = sys.argv[3] if len(sys.argv) > 3 else ""


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def tunnel(client, server, first=b""):
    server.sendall(first)
    back = threading.Thread(target=pump, args=(server, client), daemon=True)
    back.start()
    pump(client, server)
    back.join()


def reach(name):
    """The server that stands for a name; None for a name that leads nowhere."""
    return socket.create_connection(("127.0.0.1", names[name])) if name in names else None


def exactly(client, count):
    data = b""
    while len(data) < count:
        if not (more := client.recv(count - len(data))):
            raise OSError("end")
        data += more
    return data


def serve_socks(client):
    methods = exactly(client, exactly(client, 1)[0])
    if secret and 2 not in methods or not secret and 0 not in methods:
        return client.sendall(b"\x05\xff")
    client.sendall(b"\x05\x02" if secret else b"\x05\x00")
    if secret:
        exactly(client, 1)
        user = exactly(client, exactly(client, 1)[0])
        password = exactly(client, exactly(client, 1)[0])
        good = user + b":" + password == secret.encode()
        client.sendall(b"\x01\x00" if good else b"\x01\x01")
        if not good:
            return
    _, _, _, kind = exactly(client, 4)
    if kind == 3:
        name = exactly(client, exactly(client, 1)[0]).decode()
    else:
        name = socket.inet_ntop(*((socket.AF_INET, exactly(client, 4)) if kind == 1 else (socket.AF_INET6, exactly(client, 16))))
    exactly(client, 2)
    log.write(f"SOCKS {kind} {name}\n")
    if (server := reach(name)) is None:
        return client.sendall(b"\x05\x04\x00\x01" + bytes(6))
    client.sendall(b"\x05\x00\x00\x01" + bytes(6))
    tunnel(client, server)


def serve_http(client, data):
    while b"\r\n\r\n" not in data:
        if not (more := client.recv(65536)):
            return
        data += more
    head, rest = data.split(b"\r\n\r\n", 1)
    line, *fields = head.decode("latin-1").split("\r\n")
    log.write(json.dumps([line, fields]) + "\n")
    expected = "Proxy-Authorization: Basic " + base64.b64encode(secret.encode()).decode()
    if secret and expected not in fields:
        return client.sendall(b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
    method, target, _ = line.split(" ")
    authority = target if method == "CONNECT" else target.split("/")[2]
    if (server := reach(authority.rsplit(":", 1)[0])) is None:
        return client.sendall(b"HTTP/1.1 502 Where?\r\nContent-Length: 0\r\n\r\n")
    if method == "CONNECT":
        client.sendall(b"HTTP/1.1 200 Go on\r\nX-Proxy: seen\r\n\r\n")
        return tunnel(client, server, rest)
    path = "/" + target.split("/", 3)[3]
    # Like a careless proxy, it passes its own fields on.
    passed = [f"{method} {path} HTTP/1.1", *[f for f in fields if not f.lower().startswith("proxy-connection")], "Connection: close"]
    tunnel(client, server, "\r\n".join(passed).encode("latin-1") + b"\r\n\r\n" + rest)


def serve(client):
    try:
        first = exactly(client, 1)
        serve_socks(client) if first == b"\x05" else serve_http(client, first)
    except OSError:
        pass
    finally:
        client.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def accept():
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
