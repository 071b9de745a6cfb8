"""Stands before plain ports of this machine and speaks TLS for them, well or badly.

Takes commands on standard input, one JSON object a line, and answers each with a line; ends with its input.
{"open": PORT, "manner": …}  opens a port of its own before PORT, and answers with its number.
{"at": PORT, "manner": …}    new connections to its own PORT are treated so from now on; answers "ok".
A manner is "relay" (with "certificate" and "key"), "stall", "close", "reset", "garbage" or "alert".
"""

import json
import socket
import ssl
import struct
import sys
import threading


class Front:
    def __init__(self, target, manner):
        self.target = target
        self.become(manner)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def become(self, command):
        context = None
        if command["manner"] == "relay":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(command["certificate"], command["key"])
        self.manner, self.context = command["manner"], context

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            arguments = (connection, self.manner, self.context)
            threading.Thread(target=self.serve, args=arguments, daemon=True).start()

    def serve(self, connection, manner, context):
        with connection:
            try:
                getattr(self, manner)(connection, context)
            except OSError:
                # The other side has closed the connection, or rejects it, as the faults intend.
                pass

    def relay(self, connection, context):
        with context.wrap_socket(connection, server_side=True) as inside:
            with socket.create_connection(("127.0.0.1", self.target)) as plain:
                back = threading.Thread(target=pump, args=(plain, inside), daemon=True)
                back.start()
                pump(inside, plain)
                back.join()

    def stall(self, connection, _):
        while connection.recv(65536):
            pass

    def close(self, connection, _):
        connection.recv(1)

    def reset(self, connection, _):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.recv(1)

    def garbage(self, connection, _):
        connection.recv(65536)
        connection.sendall(bytes(range(256)) * 16)

    def alert(self, connection, _):
        # A fatal handshake_failure (RFC 8446 §6).
        connection.recv(65536)
        connection.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


def pump(source, sink):
    """Passes bytes on until there are no more, and says so."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def main():
    fronts = {}
    for line in sys.stdin:
        command = json.loads(line)
        if "open" in command:
            front = Front(command["open"], command)
            fronts[front.port] = front
            print(front.port, flush=True)
        else:
            fronts[command["at"]].become(command)
            print("ok", flush=True)


main()
