"""Relays a TCP port to a Unix socket. After SIGUSR1 the connections that exist stay open and are never served again, as if
the network had dropped them; new ones are relayed."""
import selectors
import signal
import socket
import sys

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
loop = selectors.DefaultSelector()
loop.register(listener, selectors.EVENT_READ)
partners = {}
deaf = []


def forget(*_):
    for end in list(partners):
        loop.unregister(end)
        deaf.append(end)
    partners.clear()
    print("deaf", flush=True)


signal.signal(signal.SIGUSR1, forget)
while True:
    for key, _ in loop.select(1):
        end = key.fileobj
        if end is listener:
            near, _ = listener.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(sys.argv[1])
            for one, other in ((near, far), (far, near)):
                partners[one] = other
                loop.register(one, selectors.EVENT_READ)
            continue
        if end not in partners:
            continue
        other = partners[end]
        data = end.recv(65536)
        if data:
            other.sendall(data)
            continue
        for one in (end, other):
            loop.unregister(one)
            partners.pop(one)
            one.close()
