/// The counts and remarks that a fault makes for its row in the table and for the ledger.
final class Notes {
    /// The number of injections.
    private(set) var rounds = 0
    /// The number of repeated requests that the injected faults allow.
    private(set) var allowedRepeats = 0
    /// A remark for the table.
    var remark = ""

    /// Counts an injection.
    func countRound() { rounds += 1 }

    func allowRepeats(_ count: Int) { allowedRepeats += count }
}
