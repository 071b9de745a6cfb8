/// What has been sent, in order, and what has come back of it so far.
struct Pipeline {
    /// One thing that the server answers.
    enum Step {
        case prepare(Statement)
        case execute(Statement, group: Int)
        /// The end of a transaction; of a group, or of preparations that stand before all groups.
        case sync(group: Int?)
    }

    private(set) var steps: [Step] = []
    private var next = 0
    private var rows: [[Rows]]
    private var errors: [PostgresError?]
    private var isComplete: [Bool]
    /// Why a statement could not be prepared, by name, for those who wanted to execute it.
    var preparationErrors: [String: PostgresError] = [:]
    /// The error that ended the connection.
    var loss: PostgresError?

    /// The last group is the connection's own, and no caller's.
    let endsWithProbe: Bool

    init(groupCount: Int, endsWithProbe: Bool = false) {
        self.endsWithProbe = endsWithProbe
        rows = Array(repeating: [], count: groupCount)
        errors = Array(repeating: nil, count: groupCount)
        isComplete = Array(repeating: false, count: groupCount)
    }

    mutating func expect(_ step: Step) { steps.append(step) }

    /// What is answered next; nil when all is answered.
    var current: Step? { next < steps.count ? steps[next] : nil }

    mutating func advance() { next += 1 }

    mutating func add(_ result: Rows, to group: Int) { rows[group].append(result) }

    /// Only a group's first failure counts; the others follow from it.
    mutating func fail(_ group: Int, _ error: PostgresError) {
        if errors[group] == nil { errors[group] = error }
    }

    mutating func complete(_ group: Int) { isComplete[group] = true }

    /// The outcome of each group; a group without an answer failed as the connection did.
    func results(lostBy loss: PostgresError) -> [Result<[Rows], PostgresError>] {
        rows.indices.map { group in
            if let error = errors[group] { return .failure(error) }
            return isComplete[group] ? .success(rows[group]) : .failure(loss)
        }
    }
}
