package import FunctionRuntime
package import Postbacks
import Postgres

extension PostbackStore {
    /// Makes postbacks, all in one transaction; with an idempotency key that was used before and the same input, answers the one
    /// made then.
    /// - Returns: for each the postback, or `not_found` for an unknown offer, affiliate or goal; `conflict` for a goal while the
    ///   offer's goals are off (R3) and for a key that was used with another input; `misconfigured` when there is a secret and
    ///   no key to seal it.
    package func create(_ postbacks: [NewPostback]) -> [Result<SavedPostback, FunctionError>] {
        var answers: [Result<SavedPostback, FunctionError>?] = postbacks.map { _ in nil }
        var remaining = Array(postbacks.indices)
        while !remaining.isEmpty {
            // Of several with one key the first makes the postback, and the others find it.
            var keys: Set<String> = []
            let (now, later) = remaining.partitioned { index in
                postbacks[index].idempotencyKey.map { keys.insert($0).inserted } ?? true
            }
            for (index, answer) in zip(now, createEach(now.map { postbacks[$0] })) { answers[index] = answer }
            remaining = later
        }
        return answers.map { $0 ?? .failure(.internal) }
    }

    /// The same for postbacks that have no idempotency key in common.
    private func createEach(_ postbacks: [NewPostback]) -> [Result<SavedPostback, FunctionError>] {
        var ids = existing(postbacks)
        let new = ids.indices.filter { if case .success(nil) = ids[$0] { true } else { false } }
        let made = Batch(database: database).each(new.map { postbacks[$0] }) { batch throws(PostgresError) in
            try insert(batch)
        }
        var repeats = Set(ids.indices).subtracting(new)
        for (index, id) in zip(new, made) { ids[index] = id }
        // Somebody else has used the key in between.
        let taken = new.filter { if case .success(nil) = ids[$0] { true } else { false } }
        for (index, id) in zip(taken, existing(taken.map { postbacks[$0] })) {
            ids[index] = id
            repeats.insert(index)
        }
        let given = ids.map { answer in
            answer.flatMap { id -> Result<Int, FunctionError> in
                guard let id else {
                    return .failure(
                        FunctionError(.unavailable, "the postback of this idempotencyKey was not to be seen; try again")
                    )
                }
                return .success(id)
            }
        }
        return describe(given).enumerated().map { index, answer in
            repeats.contains(index) ? answer.map(\.repeated) : answer
        }
    }

    /// - Returns: the id of each postback; nil for one whose idempotency key is taken.
    private func insert(_ postbacks: [NewPostback]) throws(PostgresError) -> [Result<Int?, FunctionError>] {
        if postbacks.isEmpty { return [] }
        let reserved = try database.transactions([[Call(.nextPostbackID, [.int(postbacks.count)])]])[0].get()[0]
        let ids = reserved.map { $0.integer("id") ?? 0 }
        var answers: [Result<Int?, FunctionError>] = postbacks.map { _ in .failure(.internal) }
        var calls: [(index: Int, call: Call)] = []
        for (index, postback) in postbacks.enumerated() {
            do throws(FunctionError) {
                calls.append((index, Call(.createPostback, try parameters(postback, id: ids[index]))))
            } catch {
                answers[index] = .failure(error)
            }
        }
        // In one order everywhere, so that transactions do not wait for each other in a ring.
        calls.sort {
            (postbacks[$0.index].template.url.origin, $0.index) < (postbacks[$1.index].template.url.origin, $1.index)
        }
        if calls.isEmpty { return answers }
        let results = try database.transactions([calls.map(\.call)])[0].get()
        for ((index, _), rows) in zip(calls, results) {
            guard let row = rows.first else { continue }
            if row.integer("id") == nil, let refusal = refusal(postbacks[index], row) {
                answers[index] = .failure(refusal)
            } else {
                answers[index] = .success(row.integer("id"))
            }
        }
        return answers
    }

    /// The ids of the postbacks that the idempotency keys have made.
    private func existing(_ postbacks: [NewPostback]) -> [Result<Int?, FunctionError>] {
        let calls = postbacks.compactMap(\.idempotencyKey).map { Call(.findIdempotentPostback, [.text($0)]) }
        do throws(FunctionError) {
            var found = (calls.isEmpty ? [] : try database.run([calls])[0])[...]
            return postbacks.map { postback in
                guard postback.idempotencyKey != nil, let row = found.popFirst()?.first, let id = row.integer("id")
                else { return .success(nil) }
                return Result { () throws(FunctionError) in
                    let stored = row.text("fingerprint") ?? ""
                    guard try Fingerprint.matches(stored, of: postback, id: id, keys: keys) else {
                        throw .conflict("idempotencyKey", "was used with another input, which made the postback \(id)")
                    }
                    return id
                }
            }
        } catch {
            return postbacks.map { _ in .failure(error) }
        }
    }

    private func parameters(_ postback: NewPostback, id: Int) throws(FunctionError) -> [Parameter] {
        let template = postback.template
        return [
            .int(id), .optional(postback.offerID), .optional(postback.affiliateID), .optional(postback.goalID),
            .text(postback.conversionStatus.rawValue), .text(template.url.text), .text(template.httpType.rawValue),
            .text(template.url.origin),
        ] + (try requestParameters(template, id: id)) + [
            .bool(postback.isActive), .optional(postback.idempotencyKey),
            .optional(postback.idempotencyKey.map { _ in Fingerprint.make(of: postback, id: id, keys: keys) }),
            .bool(postback.sendsOvertaken),
        ]
    }

    private func refusal(_ postback: NewPostback, _ row: Row) -> FunctionError? {
        if row.bool("offer_unknown") == true {
            return .notFound("offerId", "there is no offer \"\(postback.offerID ?? "")\"; configureOffer makes it")
        }
        if row.bool("affiliate_unknown") == true {
            return .notFound(
                "affiliateId", "there is no affiliate \"\(postback.affiliateID ?? "")\"; configureAffiliate makes it")
        }
        if row.bool("goals_off") == true {
            return .goalsAreOff
        }
        if row.bool("goal_unknown") == true {
            return .unknownGoal
        }
        return nil
    }
}

extension SavedPostback {
    fileprivate var repeated: SavedPostback {
        var copy = self
        copy.isRepeat = true
        return copy
    }
}

extension Array {
    /// Those that fulfil the condition, and the others, each in their order.
    func partitioned(_ isFirst: (Element) -> Bool) -> (first: [Element], others: [Element]) {
        var (first, others): ([Element], [Element]) = ([], [])
        for element in self { if isFirst(element) { first.append(element) } else { others.append(element) } }
        return (first, others)
    }
}
