"""What `measure.py` starts: processes with pipes, the web servers, and a receiver that counts."""
import os
import signal
import socket
import sys
import time


def pipe():
    ends = os.pipe()
    return ends[0], ends[1]


def run(words, environment, body):
    """Runs a program with its whole input, which is shorter than a pipe, and returns its output."""
    (input_read, input_write), (output_read, output_write) = pipe(), pipe()
    os.write(input_write, body)
    os.close(input_write)
    process = os.posix_spawn(
        words[0], words, environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, input_read, 0), (os.POSIX_SPAWN_DUP2, output_write, 1)])
    os.close(input_read)
    os.close(output_write)
    output = b""
    while more := os.read(output_read, 1 << 16):
        output += more
    os.close(output_read)
    os.waitpid(process, 0)
    return output


class Process:
    """A process in a group of its own, with pipes. Its answers come on descriptor 1, or on another one.

    What a quiet one writes to its standard error is thrown away."""

    def __init__(self, words, environment, answers_on=1, is_quiet=False):
        (input_read, self.input), (self.output, output_write) = pipe(), pipe()
        actions = [(os.POSIX_SPAWN_DUP2, input_read, 0), (os.POSIX_SPAWN_DUP2, output_write, answers_on)]
        if answers_on != 1:
            actions.append((os.POSIX_SPAWN_DUP2, 2, 1))
        if is_quiet:
            actions.append((os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0))
        self.id = os.posix_spawn(words[0], words, environment, file_actions=actions, setpgroup=0)
        os.close(input_read)
        os.close(output_write)
        self.rest = b""

    def write(self, data):
        os.write(self.input, data)

    def read_line(self):
        while b"\n" not in self.rest:
            more = os.read(self.output, 1 << 16)
            if not more:
                sys.exit("a process has ended before it answered")
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line + b"\n"

    def end(self, number=signal.SIGTERM):
        """Ends it, and then what is left of its group: fcgiwrap's children outlive it."""
        os.close(self.input)
        os.close(self.output)
        os.kill(self.id, number)
        os.waitpid(self.id, 0)
        try:
            os.killpg(self.id, signal.SIGKILL)
        except ProcessLookupError:
            pass


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_socket(address):
    """Connects to a path, or to a host and port, as soon as somebody listens there."""
    end = time.monotonic() + 60
    while True:
        connection = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        try:
            connection.connect(address)
            return connection
        except OSError:
            connection.close()
            if time.monotonic() > end:
                sys.exit(f"nobody listens on {address}")
            time.sleep(0.0005)


def exchange(connection, body, path="/", headers={}, version="1.1"):
    """Makes a call and returns the status and the body. An answer without a length ends with its connection."""
    lines = [f"POST {path} HTTP/{version}", "Host: localhost", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}"] + [f"{name}: {value}" for name, value in headers.items()]
    connection.sendall("\r\n".join(lines + ["", ""]).encode() + body)
    answer, end, length = b"", -1, None
    while True:
        if end < 0 and (end := answer.find(b"\r\n\r\n")) >= 0:
            for line in answer[:end].lower().split(b"\r\n")[1:]:
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
        if end >= 0 and length is not None and len(answer) >= end + 4 + length:
            break
        more = connection.recv(1 << 16)
        if not more:
            break
        answer += more
    return int(answer.split(b" ", 2)[1] or 0) if answer else 0, answer[end + 4:]


class WebServers:
    """nginx with fcgiwrap, lighttpd, busybox httpd, webhook, the stand-ins of watchdogs, and a receiver."""

    def __init__(self, folder, platforms, programs, environment, functions):
        self.folder, self.platforms, self.programs = f"{folder}/web", platforms, programs
        self.environment, self.functions = environment, functions
        self.processes = []
        self.nginx, self.lighttpd = f"{self.folder}/nginx", f"{self.folder}/lighttpd"
        self.watchdogs = {}

    def begin(self, program, *arguments, variables={}):
        path = next(
            (path for path in (f"{self.platforms}/{place}/{program}" for place in ["usr/sbin", "usr/bin", "bin"])
             if os.path.exists(path)), program)
        # The loader is called by name, so that the functions do not inherit the search path of these libraries.
        words = [path, *arguments]
        if path.startswith(self.platforms):
            loader = next(
                path for path in ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"] if os.path.exists(path))
            libraries = ":".join(f"{self.platforms}/usr/lib/{machine}-linux-gnu" for machine in ["x86_64", "aarch64"])
            words = [loader, "--library-path", libraries, *words]
        process = Process(words, self.environment | variables, is_quiet=True)
        self.processes.append(process)
        return process

    def start(self):
        os.makedirs(f"{self.folder}/cgi-bin")
        for function in self.functions:
            os.symlink(f"{self.programs}/{function}", f"{self.folder}/cgi-bin/{function}")
        self.start_receiver()
        self.start_nginx()
        self.start_lighttpd()
        self.busybox = ("127.0.0.1", free_port())
        self.begin("busybox", "httpd", "-f", "-p", "%s:%d" % self.busybox, "-h", self.folder)
        self.start_webhook()
        folder = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        for function in self.functions:
            stand_in = self.begin(
                sys.executable, f"{folder}/PlatformTests/watchdog.py", f"{self.programs}/{function}")
            self.watchdogs[function] = ("127.0.0.1", int(stand_in.read_line()))
        for address in [self.nginx, self.lighttpd, self.busybox, self.webhook, *self.watchdogs.values()]:
            wait_for_socket(address).close()

    def stop(self):
        for process in self.processes:
            process.end()
        self.processes = []

    def nginx_settings(self, name, server):
        places = "".join(
            f"{kind}_temp_path {self.folder}/{name}.{kind};\n"
            for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        user = "user root;" if os.geteuid() == 0 else ""
        path = f"{self.folder}/{name}.conf"
        with open(path, "w") as file:
            file.write(
                f"daemon off; master_process off; error_log {self.folder}/{name}.log; pid {self.folder}/{name}.pid; {user}\n"
                f"events {{}}\nhttp {{\naccess_log off;\n{places}server {{\n{server}\n}}\n}}\n")
        return ["-c", path, "-p", self.folder]

    def start_receiver(self):
        port = free_port()
        self.receiver = f"http://127.0.0.1:{port}"
        self.begin("nginx", *self.nginx_settings(
            "receiver",
            f"listen 127.0.0.1:{port}; keepalive_requests 1000000; access_log {self.folder}/requests;\n"
            "location / { return 200 ok; }"))
        wait_for_socket(("127.0.0.1", port)).close()

    def requests(self):
        with open(f"{self.folder}/requests") as file:
            return sum(1 for line in file if '"GET /' in line)

    def start_nginx(self):
        variables = "\n".join(f"fastcgi_param {name} '{value}';" for name, value in self.environment.items())
        self.begin("fcgiwrap", "-s", f"unix:{self.folder}/fcgi", "-c", "2")
        wait_for_socket(f"{self.folder}/fcgi").close()
        self.begin("nginx", *self.nginx_settings(
            "nginx-cgi",
            f"listen unix:{self.nginx};\nlocation / {{\nfastcgi_pass unix:{self.folder}/fcgi;\n"
            "fastcgi_param GATEWAY_INTERFACE CGI/1.1;\nfastcgi_param REQUEST_METHOD $request_method;\n"
            "fastcgi_param CONTENT_LENGTH $content_length;\n"
            f"fastcgi_param SCRIPT_FILENAME {self.programs}$uri;\n{variables}\n}}"))

    def start_lighttpd(self):
        variables = ", ".join(f'"{name}" => "{value}"' for name, value in self.environment.items())
        path = f"{self.folder}/lighttpd.conf"
        with open(path, "w") as file:
            file.write(
                f'server.document-root = "{self.folder}/cgi-bin"\nserver.bind = "{self.lighttpd}"\n'
                f'server.upload-dirs = ( "{self.folder}" )\nserver.modules = ( "mod_setenv", "mod_cgi" )\n'
                'cgi.assign = ( "Conversion" => "", "Postback" => "" )\n'
                f"setenv.set-environment = ( {variables} )\n")
        modules = f"{self.platforms}/usr/lib/lighttpd"
        self.begin("lighttpd", "-D", "-f", path, *(["-m", modules] if os.path.exists(modules) else []))

    def start_webhook(self):
        hooks = ",".join(
            f'{{"id":"{function}","execute-command":"{self.programs}/{function}","http-methods":["POST"],'
            f'"command-working-directory":"{self.folder}",'
            '"pass-file-to-command":[{"source":"raw-request-body","envname":"PAYLOAD_FILE"}],'
            '"include-command-output-in-response":true,"include-command-output-in-response-on-error":true}'
            for function in self.functions)
        with open(f"{self.folder}/hooks.json", "w") as file:
            file.write(f"[{hooks}]")
        self.webhook = ("127.0.0.1", free_port())
        self.begin(
            "webhook", "-hooks", f"{self.folder}/hooks.json", "-ip", self.webhook[0], "-port", str(self.webhook[1]),
            variables={"TMPDIR": self.folder})
