import CPostgres

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

extension Connection {
    /// Sends the groups, each a transaction of its own, without waiting. `poll` returns their results. `isProbing` says
    /// whether this pipeline also checks if the session is shared. Without a value, the first pipeline makes no check
    /// and the second one does.
    package func start(_ groups: [[Call]], isProbing: Bool? = nil) throws(PostgresError) {
        precondition(!isBusy, "a pipeline was started before the results of the previous one were read")
        guard isUsable else { throw loss ?? .unreachable(handle.message) }
        let endsWithProbe = session.shouldProbe(isProbing)
        let groups = endsWithProbe ? groups + [[probe]] : groups
        var pipeline = Pipeline(groupCount: groups.count, endsWithProbe: endsWithProbe)
        do {
            // A group that fails skips the PREPAREs that follow in it, and later groups would lack the statement. So
            // the statements are prepared before all groups.
            if groups.count > 1 { try prepareAhead(groups, &pipeline) }
            for (number, group) in groups.enumerated() { try send(group, number, &pipeline) }
        } catch {
            isOutOfStep = true
            throw error
        }
        self.pipeline = pipeline
        if session == .unknown { session = .used }
        flush()
    }

    /// Processes the results that have arrived.
    /// - Returns: nil while results are missing; else one result for each group. If the connection is lost, the groups
    ///   without an answer fail as `.unreachable`; the server may or may not have committed them.
    package func poll() -> [Result<[Rows], PostgresError>]? {
        guard var pipeline else { return nil }
        self.pipeline = nil
        flush()
        unsafe PQconsumeInput(handle.pointer)
        while pipeline.current != nil, !isOutOfStep, unsafe PQisBusy(handle.pointer) == 0 {
            guard handleNextResult(&pipeline) else { break }
        }
        if pipeline.current != nil, isUsable {
            self.pipeline = pipeline
            return nil
        }
        if !isUsable {
            wantsWrite = false
            loss = pipeline.loss ?? .unreachable(handle.message)
        }
        var results = pipeline.results(lostBy: loss ?? .unreachable(handle.message))
        if pipeline.endsWithProbe, let answer = results.popLast() { handleProbe(answer) }
        return results
    }

    private func prepareAhead(_ groups: [[Call]], _ pipeline: inout Pipeline) throws(PostgresError) {
        for group in groups {
            for call in group where try prepareIfNew(call, &pipeline) {
                try sync(group: nil, &pipeline)
            }
        }
    }

    private func send(_ group: [Call], _ number: Int, _ pipeline: inout Pipeline) throws(PostgresError) {
        var encoded: [EncodedParameters] = []
        for call in group {
            do {
                encoded.append(try EncodedParameters(call.parameters))
            } catch {
                pipeline.fail(number, .containsNul(statementName: call.statement.name))
                return
            }
        }
        for (call, parameters) in zip(group, encoded) {
            try prepareIfNew(call, &pipeline)
            let isSent = unsafe parameters.withArrays { count, types, values, lengths, formats in
                if !isKept(call.statement) {
                    unsafe PQsendQueryParams(
                        handle.pointer, call.statement.sql, count, types, values, lengths, formats, 0)
                } else {
                    unsafe PQsendQueryPrepared(
                        handle.pointer, sessionName(call.statement), count, values, lengths, formats, 0)
                }
            }
            guard isSent == 1 else { throw .unreachable(handle.message) }
            pipeline.expect(.execute(call.statement, group: number))
        }
        try sync(group: number, &pipeline)
    }

    /// Whether the statement stays prepared. A pooler may give each transaction another session, in which nothing, or
    /// something else, is prepared.
    private func isKept(_ statement: Statement) -> Bool { session == .own && !statement.name.isEmpty }

    /// Prepares the call's statement if this session has not prepared it yet.
    /// - Returns: whether it was new.
    @discardableResult
    private func prepareIfNew(_ call: Call, _ pipeline: inout Pipeline) throws(PostgresError) -> Bool {
        let statement = call.statement
        guard isKept(statement) else { return false }
        if let sql = prepared[statement.name] {
            precondition(sql == statement.sql, "two statements are named \(statement.name)")
            return false
        }
        let types = call.parameters.map(\.type)
        guard
            unsafe PQsendPrepare(handle.pointer, sessionName(statement), statement.sql, CInt(types.count), types) == 1
        else {
            throw .unreachable(handle.message)
        }
        prepared[statement.name] = statement.sql
        pipeline.expect(.prepare(statement))
        return true
    }

    private func sessionName(_ statement: Statement) -> String {
        generation == 0 ? statement.name : "\(statement.name)#\(generation)"
    }

    private func sync(group: Int?, _ pipeline: inout Pipeline) throws(PostgresError) {
        guard unsafe PQpipelineSync(handle.pointer) == 1 else { throw .unreachable(handle.message) }
        pipeline.expect(.sync(group: group))
    }

    /// Processes one result that has arrived; returns false if no more results will come.
    private func handleNextResult(_ pipeline: inout Pipeline) -> Bool {
        guard let step = pipeline.current else { return false }
        guard let pointer = unsafe PQgetResult(handle.pointer) else {
            // A nil result ends the results of one statement.
            if case .sync = step { return isUsable }
            pipeline.advance()
            return isUsable
        }
        let result = unsafe ResultHandle(owning: pointer)
        switch step {
        case .prepare(let statement): handlePreparation(result, of: statement, &pipeline)
        case .execute(let statement, let group): handleRows(result, of: statement, group, &pipeline)
        case .sync(let group):
            guard result.status == PGRES_PIPELINE_SYNC else {
                handleCommitFailure(result, of: group, &pipeline)
                return true
            }
            pipeline.advance()
            // The warning precedes the end of its own group, and libpq reads no further before it has returned that end.
            if let warning = handle.takeUnconfirmedCommit(), let group {
                pipeline.fail(group, .unconfirmedCommit(warning))
            }
            if let group { pipeline.complete(group) }
        }
        return true
    }

    private func handlePreparation(_ result: ResultHandle, of statement: Statement, _ pipeline: inout Pipeline) {
        guard result.status != PGRES_COMMAND_OK else { return }
        prepared[statement.name] = nil
        // A preparation that was aborted with its group says nothing about the statement.
        guard result.status != PGRES_PIPELINE_ABORTED, let error = failure(result, of: statement) else { return }
        handleLoss(error, &pipeline)
        learn(from: error)
        pipeline.preparationErrors[statement.name] = error.undone
    }

    private func handleRows(
        _ result: ResultHandle, of statement: Statement, _ group: Int, _ pipeline: inout Pipeline
    ) {
        if result.status == PGRES_PIPELINE_ABORTED {
            if let error = pipeline.preparationErrors[statement.name] { pipeline.fail(group, error) }
        } else if let error = failure(result, of: statement) {
            handleLoss(error, &pipeline)
            learn(from: error)
            pipeline.fail(group, pipeline.preparationErrors[statement.name] ?? error.undone)
        } else {
            pipeline.add(Rows(result, of: statement), to: group)
        }
    }

    /// Handles an error at the end of a group, where the transaction commits. Such an error (a deferred check, a
    /// time-out, a cancellation, the end of the session) comes after the results of the statements; these results are
    /// then invalid.
    private func handleCommitFailure(_ result: ResultHandle, of group: Int?, _ pipeline: inout Pipeline) {
        guard let error = failure(result, of: nil) else { return }
        handleLoss(error, &pipeline)
        // If the session ends here, it is unknown whether that was before or after the commit.
        if let group { pipeline.fail(group, error.isFatal ? error : error.undone) }
    }

    /// Remembers the error with which the server ends the session: it executes nothing that was sent after it.
    private func handleLoss(_ error: PostgresError, _ pipeline: inout Pipeline) {
        if error.isFatal { pipeline.loss = pipeline.loss ?? error.undone }
    }
}

extension PostgresError {
    /// The same error, with `isUndone` set if the transaction cannot have been committed.
    fileprivate var undone: PostgresError {
        var error = self
        error.isUndone = rollsBack
        return error
    }
}
