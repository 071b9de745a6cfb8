"""The platforms: each class starts a function on one of them, calls it, and ends it. measure.py measures them.

The words of the command line are those of measure.py.
"""
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile

from servers import Process, WebServers, exchange, free_port, run, wait_for_socket

programs, platforms, emulator, folder = sys.argv[1:5]
FUNCTIONS = ["recordConversion", "deliverPostback"]
EVENT = {"ce-specversion": "1.0", "ce-source": "/shop", "ce-type": "sale"}

environment = {
    "PATH": "/usr/bin:/bin", "DATABASE_URL": os.environ["DATABASE_URL"], "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8",
    "POSTBACKS_FUNCTIONS": programs, "SWIFT_BACKTRACE": "enable=no",
}
web = WebServers(folder, platforms, programs, environment, FUNCTIONS)


class Bare:
    """The function alone: started with its input, and warm with --stream."""

    name = "the bare function"
    stays = True

    def __init__(self, function):
        self.function = f"{programs}/{function}"
        self.process = None
        self.start = time.perf_counter()

    def call(self, body):
        if self.process is None:
            answer = run([self.function], environment, body)
            self.process = Process([self.function, "--stream"], environment)
            return answer
        self.process.write(b'{"id":1,"input":%s}\n' % body)
        return self.process.read_line()[len(b'{"id":1,"output":'):-2]

    def warm_up(self, body):
        """The cold call was that of another process."""
        return self.call(body)

    def close(self):
        self.process.end()


class Nothing(Bare):
    name = "a program that does nothing (/bin/true)"
    stays = False

    def call(self, body):
        run(["/bin/true"], environment, b"")
        return None

    def close(self):
        pass


class OpenWhisk:
    name = "OpenWhisk (a stand-in of its proxy)"
    stays = True

    def __init__(self, function):
        self.start = time.perf_counter()
        self.process = Process(
            [f"{programs}/{function}"],
            environment | {"__OW_PROXY_VERSION": "1", "__OW_WAIT_FOR_ACK": "true"}, answers_on=3)
        self.process.read_line()

    def call(self, body):
        self.process.write(b'{"value":%s}\n' % body)
        return self.process.read_line()

    def close(self):
        self.process.end()


class Served:
    name = "`serve --function`: Knative, Cloud Run"
    stays = True
    headers = {}
    variables = {}

    def __init__(self, function):
        self.start = time.perf_counter()
        self.process = Process(
            [f"{programs}/postbacks", "serve", "--function", function, *self.options()], environment | self.variables)
        self.connection = self.connect()

    def options(self):
        return ["--port", "0"]

    def connect(self):
        port = int(self.process.read_line().split(b":")[-1])
        return socket.create_connection(("127.0.0.1", port))

    def call(self, body):
        status, answer = exchange(self.connection, body, headers=self.headers)
        return answer if status == 200 else None

    def close(self):
        self.connection.close()
        self.process.end(signal.SIGINT)


class CloudEvents(Served):
    name = "CloudEvents (binary, the same server)"
    number = 0

    def call(self, body):
        CloudEvents.number += 1
        status, _ = exchange(self.connection, body, headers=EVENT | {"ce-id": str(CloudEvents.number)})
        # An event has no answer but its status.
        return b"" if status == 202 else None


class Fn(Served):
    name = "Fn (a stand-in of its agent)"
    variables = {"FN_LISTENER": f"unix:{folder}/fn/lsnr.sock"}

    def options(self):
        return []

    def connect(self):
        return wait_for_socket(f"{folder}/fn/lsnr.sock")


class Lambda:
    """AWS' emulator with the zip of `postbacks package lambda`, in a root that contains nothing else."""

    name = "AWS Lambda (its emulator, with the zip)"
    stays = True

    def __init__(self, function):
        self.port, api = free_port(), free_port()
        database = "host=/database user=postbacks dbname=postbacks"
        self.process = Process(
            ["/usr/sbin/chroot", f"{folder}/lambda/{function}", "/emulator", "--log-level", "error",
             "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}", "--runtime-api-address",
             f"127.0.0.1:{api}", "/var/task/bootstrap"],
            {"DATABASE_URL": database, "POSTBACKS_ALLOW_CIDRS": "127.0.0.0/8", "PATH": "/"})
        wait_for_socket(("127.0.0.1", self.port)).close()
        self.start = time.perf_counter()

    @staticmethod
    def prepare():
        names = [f"{programs}/postbacks", "package", "lambda", *FUNCTIONS, "--output", f"{folder}/lambda/zips"]
        os.makedirs(f"{folder}/lambda")
        subprocess.run(names, check=True, stdout=subprocess.DEVNULL, env=environment)
        database = os.environ["DATABASE_URL"].split("host=")[1].split()[0].split("&")[0].replace("%2F", "/")
        for function in FUNCTIONS:
            root = f"{folder}/lambda/{function}"
            for name in ["var/task", "opt", "dev", "tmp", "database"]:
                os.makedirs(f"{root}/{name}")
            open(f"{root}/dev/null", "w").close()
            shutil.copy(emulator, f"{root}/emulator")
            os.link(f"{database}/.s.PGSQL.5432", f"{root}/database/.s.PGSQL.5432")
            with zipfile.ZipFile(f"{folder}/lambda/zips/{function}.zip") as archive:
                for entry in archive.infolist():
                    os.chmod(archive.extract(entry, f"{root}/var/task"), entry.external_attr >> 16)

    def call(self, body):
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            return exchange(
                connection, body, "/2015-03-31/functions/function/invocations", {"Connection": "close"})[1]

    def close(self):
        self.process.end(signal.SIGKILL)


class PerCall:
    """A web server that starts a process of the function for each call."""

    stays = False
    path = "/%s"

    def __init__(self, function):
        self.function = function
        self.start = time.perf_counter()

    def call(self, body):
        with wait_for_socket(self.address()) as connection:
            status, answer = exchange(connection, body, self.path % self.function, version="1.0")
        return answer if status == 200 else None

    def close(self):
        pass


class Nginx(PerCall):
    name = "CGI: nginx and fcgiwrap"

    def address(self):
        return web.nginx


class Lighttpd(PerCall):
    name = "CGI: lighttpd"

    def address(self):
        return web.lighttpd


class Busybox(PerCall):
    name = "CGI: busybox httpd"
    path = "/cgi-bin/%s"

    def address(self):
        return web.busybox


class Webhook(PerCall):
    name = "Debian's `webhook`"
    path = "/hooks/%s"

    def address(self):
        return web.webhook


class Watchdog(PerCall):
    name = "OpenFaaS, classic watchdog (a stand-in)"

    def address(self):
        return web.watchdogs[self.function]


class ClassicWatchdog(PerCall):
    """The real one, a process for each function. Only one can run at a time, because the port of its metrics is fixed."""

    name = "OpenFaaS, classic watchdog"

    def __init__(self, function):
        self.port = free_port()
        self.process = Process(
            [os.environ["CLASSIC_WATCHDOG"]],
            environment | {
                "fprocess": f"{programs}/{function}", "combine_output": "false", "suppress_lock": "true",
                "port": str(self.port),
            }, is_quiet=True)
        wait_for_socket(self.address()).close()
        super().__init__(function)

    def address(self):
        return "127.0.0.1", self.port

    def close(self):
        self.process.end(signal.SIGKILL)


class OfWatchdog:
    """The real one before `serve --function`."""

    name = "OpenFaaS, of-watchdog in mode http"
    stays = True

    def __init__(self, function):
        port, upstream = free_port(), free_port()
        self.start = time.perf_counter()
        self.process = Process(
            [os.environ["OF_WATCHDOG"]],
            environment | {
                "mode": "http", "port": str(port), "upstream_url": f"http://127.0.0.1:{upstream}",
                "fprocess": f"{programs}/postbacks serve --function {function} --port {upstream}",
                "suppress_lock": "true",
            }, is_quiet=True)
        self.connection = wait_for_socket(("127.0.0.1", port))

    def call(self, body):
        while True:
            status, answer = exchange(self.connection, body)
            if status == 200:
                return answer
            # Its server runs before the function's.
            time.sleep(0.0005)

    def close(self):
        self.connection.close()
        self.process.end(signal.SIGKILL)
