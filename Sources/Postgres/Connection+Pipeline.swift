import CPostgres

extension Connection {
    /// Sends the groups, each a transaction of its own, without waiting. Their results come from `poll`.
    package func start(_ groups: [[Call]]) throws(PostgresError) {
        precondition(!isBusy, "a pipeline while another is under way")
        guard isUsable else { throw loss ?? .unreachable(handle.message) }
        var pipeline = Pipeline(groupCount: groups.count)
        do {
            // A preparation inside a group that fails before it would be lost to the groups behind.
            if groups.count > 1 { try prepareAhead(groups, &pipeline) }
            for (number, group) in groups.enumerated() { try send(group, number, &pipeline) }
        } catch {
            isOutOfStep = true
            throw error
        }
        self.pipeline = pipeline
        flush()
    }

    /// Takes in what has come.
    /// - Returns: nil while something is missing; else one result for each group. If the connection is lost, the groups
    ///   that were not answered fail as `.unreachable`; the server may or may not have committed them.
    package func poll() -> [Result<[Rows], PostgresError>]? {
        guard var pipeline else { return nil }
        self.pipeline = nil
        flush()
        unsafe PQconsumeInput(handle.pointer)
        while pipeline.current != nil, !isOutOfStep, unsafe PQisBusy(handle.pointer) == 0 {
            guard takeResult(&pipeline) else { break }
        }
        if pipeline.current != nil, isUsable {
            self.pipeline = pipeline
            return nil
        }
        if !isUsable {
            wantsWrite = false
            loss = pipeline.loss ?? .unreachable(handle.message)
        }
        return pipeline.results(lostBy: loss ?? .unreachable(handle.message))
    }

    private func prepareAhead(_ groups: [[Call]], _ pipeline: inout Pipeline) throws(PostgresError) {
        for group in groups {
            for call in group where try prepareIfNew(call.statement, &pipeline) {
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
            try prepareIfNew(call.statement, &pipeline)
            let isSent = unsafe parameters.withArrays { count, values, lengths, formats in
                if call.statement.name.isEmpty {
                    unsafe PQsendQueryParams(
                        handle.pointer, call.statement.sql, count, nil, values, lengths, formats, 0)
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

    /// Whether it was new.
    @discardableResult
    private func prepareIfNew(_ statement: Statement, _ pipeline: inout Pipeline) throws(PostgresError) -> Bool {
        guard !statement.name.isEmpty else { return false }
        if let sql = prepared[statement.name] {
            precondition(sql == statement.sql, "two statements are named \(statement.name)")
            return false
        }
        guard unsafe PQsendPrepare(handle.pointer, sessionName(statement), statement.sql, 0, nil) == 1 else {
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

    /// Takes one result that is there; false when there will be no more.
    private func takeResult(_ pipeline: inout Pipeline) -> Bool {
        guard let step = pipeline.current else { return false }
        guard let pointer = unsafe PQgetResult(handle.pointer) else {
            // The end of one statement's results.
            if case .sync = step { return isUsable }
            pipeline.advance()
            return isUsable
        }
        let result = unsafe ResultHandle(owning: pointer)
        switch step {
        case .prepare(let statement): takePreparation(result, of: statement, &pipeline)
        case .execute(let statement, let group): takeRows(result, of: statement, group, &pipeline)
        case .sync(let group):
            guard result.status == PGRES_PIPELINE_SYNC else {
                takeCommitFailure(result, of: group, &pipeline)
                return true
            }
            pipeline.advance()
            if let group { pipeline.complete(group) }
        }
        return true
    }

    private func takePreparation(_ result: ResultHandle, of statement: Statement, _ pipeline: inout Pipeline) {
        guard result.status != PGRES_COMMAND_OK else { return }
        prepared[statement.name] = nil
        // What was aborted with its group says nothing about the statement.
        guard result.status != PGRES_PIPELINE_ABORTED, let error = failure(result, of: statement) else { return }
        if error.kind == .unreachable { pipeline.loss = pipeline.loss ?? error }
        pipeline.preparationErrors[statement.name] = error
    }

    private func takeRows(
        _ result: ResultHandle, of statement: Statement, _ group: Int, _ pipeline: inout Pipeline
    ) {
        if result.status == PGRES_PIPELINE_ABORTED {
            if let error = pipeline.preparationErrors[statement.name] { pipeline.fail(group, error) }
        } else if let error = failure(result, of: statement) {
            if error.kind == .unreachable { pipeline.loss = pipeline.loss ?? error }
            if error.asksForNewPreparation { forgetPreparations() }
            pipeline.fail(group, pipeline.preparationErrors[statement.name] ?? error)
        } else {
            pipeline.add(Rows(result), to: group)
        }
    }

    /// The transaction ends where the group does. What fails there (a deferred check, a time-out, a cancellation, the
    /// session's end) comes behind the answers of the statements, which are worth nothing then.
    private func takeCommitFailure(_ result: ResultHandle, of group: Int?, _ pipeline: inout Pipeline) {
        guard let error = failure(result, of: nil) else { return }
        if error.kind == .unreachable { pipeline.loss = pipeline.loss ?? error }
        if let group { pipeline.fail(group, error) }
    }

    /// What is prepared under the old names stays unused in the session.
    private func forgetPreparations() {
        prepared = [:]
        generation += 1
    }
}
