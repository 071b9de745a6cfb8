import FaultLedger
import TestSupport

/// Versions of deliverPostback that break the protocol of the warm mode.
extension Fault {
    static let deliveryProcessFaults = [
        misbehaving(
            "delivery-exits", "a deliverPostback that ends with exit code 3 after 30 lines, whatever else it was given",
            "head -n 30 | \"$REAL\" \"$@\"; exit 3"),
        misbehaving(
            "delivery-hangs", "a deliverPostback that answers 20 lines and then nothing, and does not end",
            "head -n 20 | \"$REAL\" \"$@\"; exec sleep 1000", rounds: 1, perRound: 15),
        misbehaving(
            "delivery-prints-garbage",
            "lines of garbage, bytes that are no text and answers to nobody, beside the real answers and in place of each 40th",
            #"""
            "$REAL" "$@" | sed -u -e '40~40s/.*/not an answer/' -e 'a {"id":"1/1/1"' \
                -e 'a {"id":"0/0/0","output":{"outcome":"delivered"}}' -e 'a [1,2]' -e 'a \xff\xfe\x00{'
            exit
            """#, rounds: 1, perRound: 15),
        misbehaving(
            "delivery-prints-half-a-line", "a deliverPostback that ends in the middle of an answer",
            "\"$REAL\" \"$@\" | head -c 7000; exit 0"),
        misbehaving(
            "delivery-prints-100-mb", "a line of 100 MB where an answer should be",
            "head -c 104857600 /dev/zero | tr '\\0' x; echo; exec \"$REAL\" \"$@\"", rounds: 1, perRound: 5),
        misbehaving(
            "delivery-floods-stderr", "30 MB on standard error",
            "head -c 31457280 /dev/zero | tr '\\0' '\\n' >&2 & exec \"$REAL\" \"$@\"", rounds: 1, perRound: 3),
    ]

    /// `script` is the shell script of the misbehaving process; see `wrapDeliverPostback`. In each round the fault
    /// lasts `perRound` seconds.
    private static func misbehaving(
        _ name: String, _ injects: String, _ script: String, rounds: Int = 2, perRound: Double = 3
    ) -> Fault {
        var fault = Fault(name: name, group: .processes, injects: injects) { scene in
            for _ in 0..<scene.effort.rounds(short: rounds, full: 3 * rounds) {
                try scene.processes.beginMisbehaving()
                scene.pause(perRound)
                try scene.processes.endMisbehaving()
                try scene.network.waitForArrivals()
                scene.notes.countRound()
            }
            // Each misbehaving process may lose what it had in flight.
            scene.processes.allowRepeats(times: scene.processes.misbehavedStarts)
        }
        fault.prepare = { scene in try scene.processes.wrapDeliverPostback(script) }
        fault.confirm = { scene in
            scene.processes.misbehavedStarts > 0
                ? [] : [Breach(.heals, "nothing misbehaved: the fault was not injected")]
        }
        return fault
    }
}
