"""What a service manager hears of a server: ready once it serves, alive while it does, stopping when told to."""

import os
import socket
import tempfile

import server as under_test


def main():
    with under_test.temporary_folder() as folder, tempfile.TemporaryDirectory() as place:
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.settimeout(60)
        manager.bind(f"{place}/notify")
        server = under_test.Server(folder)  # init is no service: it says nothing
        os.environ["NOTIFY_SOCKET"] = f"{place}/notify"
        os.environ["WATCHDOG_USEC"] = "200000"
        server.start()
        heard = manager.recv(4096).decode()
        assert heard == f"READY=1\nSTATUS=serving on {server.url}", heard
        assert server.ask("GET", "/health/ready")[0] == 200
        for _ in range(3):
            heard = manager.recv(4096).decode()
            assert heard == "WATCHDOG=1", heard
        assert server.stop() == 0
        while (heard := manager.recv(4096).decode()) == "WATCHDOG=1":
            pass
        assert heard == "STOPPING=1\nSTATUS=stopping", heard
        manager.close()


main()
