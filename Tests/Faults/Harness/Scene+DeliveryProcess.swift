import POSIX
import TestSupport

/// A deliverPostback that misbehaves while the fault is in force, and is the real one otherwise.
extension Scene {
    /// - Parameter script: what a shell does, when the fault is in force, in place of the real program; `$REAL` is that one.
    func wrapDeliverPostback(_ script: String) throws {
        let functions = "\(folder.path)/functions"
        try FileSystem.makeFolder(functions)
        let path = "\(functions)/deliverPostback"
        try FileSystem.write(
            """
            #!/bin/sh
            REAL='\(Programs.path("deliverPostback"))'
            if [ -e "$0.faulty" ]; then
            echo x >> "$0.starts"
            \(script)
            fi
            exec "$REAL" "$@"

            """, to: path)
        try FileSystem.setMode(0o755, of: path)
        pollerSettings["POSTBACKS_FUNCTIONS"] = functions
    }

    /// From its next start on the delivery process misbehaves; the running one is killed.
    func beginMisbehaving() throws {
        try FileSystem.write("", to: faultyMark)
        for number in pollers.indices { killDeliveryProcess(number) }
    }

    /// From its next start on it is the real one. Nobody ends the one that misbehaves now.
    func endMisbehaving() throws { try FileSystem.remove(faultyMark) }

    /// How many processes have misbehaved.
    var misbehavedStarts: Int {
        ((try? FileSystem.read("\(folder.path)/functions/deliverPostback.starts")) ?? []).count / 2
    }

    private var faultyMark: String { "\(folder.path)/functions/deliverPostback.faulty" }
}
