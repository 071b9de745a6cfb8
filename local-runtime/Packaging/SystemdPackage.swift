package import System

/// systemd units of the poller, the HTTP gateway and the regular checkup.
package struct SystemdPackage {
    /// The path of `postbacks` on the machine that runs it.
    private let program: String

    package init(program: String) { self.program = program }

    /// The names of the units of services that run all the time.
    static let services = ["postbacks-poller.service", "postbacks-gateway.service"]

    package func write(to folder: PackageFolder) throws(SystemError) {
        for unit in units { try folder.write(unit.text, to: unit.name) }
        for file in SystemdPackage.settings { try folder.write(file.text, to: file.name, mode: 0o600) }
    }

    var units: [(name: String, text: String)] {
        [
            (
                "postbacks-poller.service",
                service(
                    "Postbacks poller", "poll", settings: "poller.env", isLasting: true,
                    // It waits for requests in flight: POSTBACKS_TIMEOUT and 5 seconds.
                    stop: 40)
            ),
            (
                "postbacks-gateway.service",
                service("Postbacks HTTP gateway", "serve", settings: "gateway.env", isLasting: true, stop: 40)
            ),
            (
                "postbacks-doctor.service",
                service("Postbacks doctor", "doctor", settings: "poller.env", isLasting: false, stop: 40)
            ),
            (
                "postbacks-doctor.timer",
                """
                [Unit]
                Description=Postbacks doctor, every five minutes

                [Timer]
                OnCalendar=*:0/5

                [Install]
                WantedBy=timers.target

                """
            ),
        ]
    }

    private func service(_ name: String, _ command: String, settings: String, isLasting: Bool, stop: Int) -> String {
        let lasting = """
            Restart=always
            RestartSec=5
            # A restart does not repair a wrong setting.
            RestartPreventExitStatus=78
            TimeoutStopSec=\(stop)
            KillMode=mixed

            """
        return """
            [Unit]
            Description=\(name)
            After=network-online.target postgresql.service
            Wants=network-online.target
            \(isLasting ? "StartLimitIntervalSec=0" : "")

            [Service]
            Type=\(isLasting ? "exec" : "oneshot")
            DynamicUser=yes
            # DATABASE_URL and other settings. The file belongs to root and has the mode 0600.
            EnvironmentFile=/etc/postbacks/\(settings)
            # The key is a file that only root can read; systemd shows it to this service alone.
            LoadCredential=encryption-key:/etc/postbacks/encryption-key
            Environment=POSTBACKS_ENCRYPTION_KEY_FILE=%d/encryption-key
            Environment=SWIFT_BACKTRACE=enable=no
            ExecStart=\(program) \(command)
            \(isLasting ? lasting : "")\(SystemdPackage.hardening)
            \(isLasting ? "\n[Install]\nWantedBy=multi-user.target\n" : "")
            """
    }

    /// Settings that take away everything that the programs do not need.
    private static let hardening = """
        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectClock=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectControlGroups=yes
        ProtectProc=invisible
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        CapabilityBoundingSet=
        UMask=0077
        LimitNOFILE=8192
        LimitCORE=0
        MemoryMax=1G
        TasksMax=256
        """

    /// The files of settings, which are to be filled in.
    static let settings = [(name: "poller.env", text: poller), (name: "gateway.env", text: gateway)]

    private static let poller = """
        # The settings of the poller and of doctor. This file belongs to root and has the mode 0600.
        # A login with the role postbacks_poller (postbacks migrate --roles). DATABASE_URL_FILE can name a file instead.
        #DATABASE_URL=postgresql://shop_poller:PASSWORD@db1,db2/shop
        #POSTBACKS_ALERT_URL=https://example.com/alerts

        """

    private static let gateway = """
        # The settings of the HTTP gateway. This file belongs to root and has the mode 0600.
        # A login with the roles postbacks_manager and postbacks_recorder.
        #DATABASE_URL=postgresql://shop_gateway:PASSWORD@db1,db2/shop
        #POSTBACKS_HOSTS=postbacks.example.com

        """
}
