package import Domain
package import FunctionRuntime
import Postgres

extension PostbackStore {
    /// Creates postbacks, all in one transaction. For an idempotency key that was used before with the same input, it
    /// returns the postback created then.
    /// - Returns: for each the postback, or `not_found` for an unknown offer, affiliate or goal; `conflict` for a goal
    ///   while the offer's goals are off (R3) and for a key that was used with another input; `misconfigured` if there
    ///   is a secret and no key to seal it.
    package func create(_ postbacks: [NewPostback]) -> [Result<SavedPostback, FunctionError>] {
        var answers: [Result<SavedPostback, FunctionError>?] = postbacks.map { _ in nil }
        var remaining = Array(postbacks.indices)
        while !remaining.isEmpty {
            // The first of several with the same key creates the postback, and the others find it.
            var keys: Set<String> = []
            let (now, later) = remaining.partitioned { index in
                postbacks[index].idempotencyKey.map { keys.insert($0).inserted } ?? true
            }
            for (index, answer) in zip(now, createEach(now.map { postbacks[$0] })) { answers[index] = answer }
            remaining = later
        }
        return answers.map { $0 ?? .failure(.internal) }
    }

    /// Creates postbacks of which no two have the same idempotency key.
    private func createEach(_ postbacks: [NewPostback]) -> [Result<SavedPostback, FunctionError>] {
        var ids = existing(postbacks)
        let new = ids.indices.filter { if case .success(nil) = ids[$0] { true } else { false } }
        let made = Batch(database: database).each(new.map { postbacks[$0] }) { batch throws(PostgresError) in
            try insert(batch)
        }
        var repeats = Set(ids.indices).subtracting(new)
        for (index, id) in zip(new, made) { ids[index] = id }
        // Another transaction has used the key in between.
        let taken = new.filter { if case .success(nil) = ids[$0] { true } else { false } }
        for (index, id) in zip(taken, existing(taken.map { postbacks[$0] })) {
            ids[index] = id
            repeats.insert(index)
        }
        let given = ids.map { answer in
            answer.flatMap { id -> Result<Int, FunctionError> in
                guard let id else {
                    return .failure(
                        FunctionError(.unavailable, "the postback of this idempotencyKey is not visible yet; try again")
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
        let reserved = try database.transaction(NextPostbackIDs(count: postbacks.count))
        var answers: [Result<Int?, FunctionError>] = postbacks.map { _ in .failure(.internal) }
        var stored: [(index: Int, line: CreatePostbacks.Line)] = []
        for (index, id) in zip(postbacks.indices, reserved) {
            do throws(FunctionError) {
                stored.append((index, try line(postbacks[index], id: id)))
            } catch {
                answers[index] = .failure(error)
            }
        }
        if stored.isEmpty { return answers }
        let verdicts = try database.transaction(CreatePostbacks(lines: stored.map(\.line)))
        for ((index, line), verdict) in zip(stored, verdicts) {
            answers[index] = PostbackStore.answer(verdict, on: line)
        }
        return answers
    }

    /// The ids of the postbacks that were created with the idempotency keys; nil if there is none.
    private func existing(_ postbacks: [NewPostback]) -> [Result<Int?, FunctionError>] {
        let keys = postbacks.compactMap(\.idempotencyKey)
        if keys.isEmpty { return postbacks.map { _ in .success(nil) } }
        do throws(FunctionError) {
            let made = try database.run(FindIdempotentPostbacks(keys: keys))
            if !made.isEmpty { try database.run(AwaitStandby()) }
            return postbacks.map { postback in
                guard let key = postback.idempotencyKey, let found = made[key] else { return .success(nil) }
                return Result { () throws(FunctionError) in
                    guard try Fingerprint.matches(found.fingerprint, of: postback, id: found.id, keys: self.keys) else {
                        throw .conflict(
                            "idempotencyKey", "was used with another input, which created the postback \(found.id)")
                    }
                    return found.id
                }
            }
        } catch {
            return postbacks.map { _ in .failure(error) }
        }
    }

    private func line(_ postback: NewPostback, id: Int) throws(FunctionError) -> CreatePostbacks.Line {
        CreatePostbacks.Line(
            id: id, postback: postback, request: try requestColumns(postback.template, id: id),
            fingerprint: postback.idempotencyKey.map { _ in Fingerprint.make(of: postback, id: id, keys: keys) })
    }

    private static func answer(
        _ verdict: CreatePostbacks.Verdict, on line: CreatePostbacks.Line
    ) -> Result<Int?, FunctionError> {
        let postback = line.postback
        switch verdict {
        case .created: return .success(line.id)
        case .keyIsTaken: return .success(nil)
        case .offerIsUnknown:
            return .failure(
                .notFound("offerId", "there is no offer \"\(postback.offerID ?? "")\"; configureOffer creates it"))
        case .affiliateIsUnknown:
            return .failure(
                .notFound(
                    "affiliateId",
                    "there is no affiliate \"\(postback.affiliateID ?? "")\"; configureAffiliate creates it"))
        case .goalsAreOff: return .failure(.goalsAreOff)
        case .goalIsUnknown: return .failure(.unknownGoal(postback.goalID ?? "", of: postback.offerID ?? ""))
        }
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
    /// The elements that meet the condition, and the others, each in their order.
    func partitioned(_ isFirst: (Element) -> Bool) -> (first: [Element], others: [Element]) {
        var (first, others): ([Element], [Element]) = ([], [])
        for element in self { if isFirst(element) { first.append(element) } else { others.append(element) } }
        return (first, others)
    }
}
