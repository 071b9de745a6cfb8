import System
import TestSupport

/// A deliverPostback that misbehaves while the fault lasts, and is the real program otherwise.
extension Processes {
    /// `script` is the shell script that runs instead of the real program while the fault lasts; `$REAL` is the path of
    /// the real program.
    func wrapDeliverPostback(_ script: String) throws {
        let functions = "\(folder)/functions"
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
        settings["POSTBACKS_FUNCTIONS"] = functions
    }

    /// Kills the running delivery processes; the next ones misbehave.
    func beginMisbehaving() throws {
        try FileSystem.write("", to: faultyMark)
        for number in pollers.indices { killDeliveryProcess(number) }
    }

    /// Makes the next delivery process the real one. The one that misbehaves now is not ended.
    func endMisbehaving() throws { try FileSystem.remove(faultyMark) }

    /// The number of processes that have misbehaved.
    var misbehavedStarts: Int {
        ((try? FileSystem.read("\(folder)/functions/deliverPostback.starts")) ?? []).count / 2
    }

    private var faultyMark: String { "\(folder)/functions/deliverPostback.faulty" }
}
