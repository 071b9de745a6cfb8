"""A network of its own: runs a program in it and says whom it asked and whom it called.

Run by `unshare --mount --net`. Reads one scenario from standard input and writes one JSON object.
"""
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

scenario = json.load(sys.stdin)
connections = {}
queries = []
lock = threading.Lock()


def prepare():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in scenario["addresses"]:
        if address.startswith("127.") or address == "::1":
            continue
        options = ["nodad"] if ":" in address else []
        width = 128 if ":" in address else 32
        subprocess.run(["ip", "address", "add", f"{address}/{width}", "dev", "lo", *options], check=True)
    bind("/etc/hosts", scenario["hosts"])
    bind("/etc/resolv.conf", "nameserver 127.0.0.53\noptions timeout:%d attempts:1\n" % scenario["resolverSeconds"])
    bind("/etc/nsswitch.conf", "hosts: files dns\n")
    bind("/etc/host.conf", "multi on\n")


def bind(path, text):
    """Puts a file of its own in the place of one, for this mount namespace alone."""
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    subprocess.run(["mount", "--bind", file.name, path], check=True)
    os.unlink(file.name)


def listen(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((address, 80))
    listener.listen(64)
    connections[address] = 0

    def accept():
        while True:
            connection, _ = listener.accept()
            with lock:
                connections[address] += 1
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def answer(connection):
    pending = b""
    while True:
        pending += (more := connection.recv(65536))
        if not more:
            return
        while b"\r\n\r\n" in pending:
            pending = pending.split(b"\r\n\r\n", 1)[1]
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


def serve_names():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.53", 53))
    asked = {}
    while True:
        query, client = server.recvfrom(4096)
        labels, position = [], 12
        while query[position]:
            labels.append(query[position + 1 : position + 1 + query[position]].decode())
            position += 1 + query[position]
        name = ".".join(labels).lower()
        (kind,) = struct.unpack(">H", query[position + 1 : position + 3])
        question = query[12 : position + 5]
        count = asked[(name, kind)] = asked.get((name, kind), 0) + 1
        with lock:
            queries.append(name)
        reply = records(name, kind, count)
        if reply is None:
            continue
        code = 3 if not reply and name not in scenario["names"] else 0
        header = query[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(reply), 0, 0)
        server.sendto(header + question + b"".join(reply), client)


def records(name, kind, count):
    """The answer's records; None for no answer at all."""
    entry = scenario["names"].get(name)
    if entry is None:
        return []
    if entry == "silent":
        return None
    if "alias" in entry:
        rest = records(entry["alias"], kind, count)
        return None if rest is None else [record(name, 5, encoded(entry["alias"]))] + rest
    # The answers to the first, second, … lookup; the last one stays.
    turns = entry["turns"]
    addresses = turns[min(count, len(turns)) - 1]
    if kind == 1:
        return [record(name, 1, socket.inet_pton(socket.AF_INET, a)) for a in addresses if ":" not in a]
    if kind == 28:
        return [record(name, 28, socket.inet_pton(socket.AF_INET6, a)) for a in addresses if ":" in a]
    return []


def record(name, kind, content):
    return encoded(name) + struct.pack(">HHIH", kind, 1, 0, len(content)) + content


def encoded(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def run():
    """Gives the program the lines of each round, and each round when the one before it is answered."""
    child = subprocess.Popen(
        [scenario["program"], "--stream"], env=scenario["environment"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    answers = []
    for number, lines in enumerate(scenario["rounds"]):
        child.stdin.write("".join(line + "\n" for line in lines).encode())
        child.stdin.flush()
        if number == len(scenario["rounds"]) - 1:
            child.stdin.close()
        for _ in lines:
            answers.append(json.loads(child.stdout.readline()))
    try:
        return answers, child.wait(60)
    except subprocess.TimeoutExpired:
        child.kill()
        return answers, None


prepare()
for each in scenario["addresses"]:
    listen(each)
threading.Thread(target=serve_names, daemon=True).start()
time.sleep(0.05)
results, status = run()
with lock:
    json.dump({"answers": results, "status": status, "connections": connections, "queries": queries}, sys.stdout)
sys.stdout.flush()
os._exit(0)
