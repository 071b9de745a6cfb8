/// The steps that were sent, in order, and their results so far.
struct Pipeline {
    /// One step that the server answers.
    enum Step {
        case prepare(Statement)
        case execute(Statement, group: Int)
        /// The end of a transaction: of a group, or of preparations that are sent before all groups (nil).
        case sync(group: Int?)
    }

    private(set) var steps: [Step] = []
    private var next = 0
    private var rows: [[Rows]]
    private var errors: [PostgresError?]
    private var isComplete: [Bool]
    /// The errors of preparations by statement name, for the groups that use the statement.
    var preparationErrors: [String: PostgresError] = [:]
    /// The error that ended the connection.
    var loss: PostgresError?

    /// Whether the last group is the connection's own probe and not the caller's.
    let endsWithProbe: Bool

    init(groupCount: Int, endsWithProbe: Bool = false) {
        self.endsWithProbe = endsWithProbe
        rows = Array(repeating: [], count: groupCount)
        errors = Array(repeating: nil, count: groupCount)
        isComplete = Array(repeating: false, count: groupCount)
    }

    mutating func expect(_ step: Step) { steps.append(step) }

    /// The step that is answered next; nil when all have been answered.
    var current: Step? { next < steps.count ? steps[next] : nil }

    mutating func advance() { next += 1 }

    mutating func add(_ result: Rows, to group: Int) { rows[group].append(result) }

    /// Stores a group's first error; later ones follow from it.
    mutating func fail(_ group: Int, _ error: PostgresError) {
        if errors[group] == nil { errors[group] = error }
    }

    mutating func complete(_ group: Int) { isComplete[group] = true }

    /// The result of each group. A group without an answer fails with the error that ended the connection.
    func results(lostBy loss: PostgresError) -> [Result<[Rows], PostgresError>] {
        rows.indices.map { group in
            if let error = errors[group] { return .failure(error) }
            return isComplete[group] ? .success(rows[group]) : .failure(loss)
        }
    }
}
