import Domain
import FunctionRuntime
import Input
import JSON
import Postgres
import Store

/// Checks that the records which an input names belong to the limits of the key. A record of others gets exactly the
/// answer of one that does not exist, with the function's own error, so that nobody can find out which ids exist.
struct LimitedRecords {
    let checks: LimitChecks

    /// - Returns: the input, in which a conversion is named by its id: the tracker's ids of two affiliates may be the
    ///   same, and the function would find both.
    /// - Throws: 404 for a record that does not belong to the limits; 400 for a fault in a field that names one.
    func check(_ input: LimitedInput, of name: String) async throws(Refusal) -> LimitedInput {
        let limits = input.limits
        switch LimitRule.all[name]?.records {
        case .none?, nil: return input
        case .postback?:
            let id = try input.read { $0.required("postbackId", .assignedID) }
            try await requirePostbacks([id], limits)
        case .filterOfPostbacks?:
            guard let id = try input.read({ $0.optional("postbackId", .assignedID) }) else { return input }
            try await requirePostbacks([id], limits)
        case .filterOfAttempts?:
            guard let id = try input.read({ $0.optional("postbackId", .assignedID) }) else { return input }
            if try await !foreign([id], limits).isEmpty {
                throw Refusal(.notFound([UnknownRecord.postback(id).fault()]))
            }
        case .conversion?:
            try await requireConversion(try input.read { $0.required("conversionId", .assignedID) }, limits)
        case .conversionKey?: return try await withConversionID(input)
        case .filterOfDeliveries?:
            try await require(try input.read { DeliveryFilter(&$0) }, at: .root, limits)
        case .resend?:
            switch try input.read({ ResendRequest(&$0) }).subject {
            case .deliveries(let ids): try await requireDeliveries(ids, limits)
            case .filter(let filter): try await require(filter, at: Path.root.member("filter"), limits)
            }
        case .filterOfChanges?: try await require(try input.read { PostbacksUpdate(&$0) }.filter, limits)
        case .preview?:
            if input.isGiven("postbackId") {
                try await requirePostbacks([try input.read { $0.required("postbackId", .assignedID) }], limits)
            }
            if let id = try input.read({ $0.optional("conversionId", .assignedID) }) {
                try await requireConversion(id, limits)
            }
        }
        return input
    }

    /// The ids of those postbacks that do not belong to the limits.
    func foreign(_ ids: [Int], _ limits: KeyLimits) async throws(Refusal) -> [Int] {
        try await checks.ask(FindForeignPostbacks(ids, limits: limits))
    }

    private func requirePostbacks(
        _ ids: [Int], _ limits: KeyLimits, at path: Path = Path.root.member("postbackId")
    ) async throws(Refusal) {
        let foreign = try await foreign(ids, limits)
        if !foreign.isEmpty { throw Refusal(.unknownPostback(LimitedRecords.list(foreign), at: path)) }
    }

    private func requireDeliveries(_ ids: [Int], _ limits: KeyLimits) async throws(Refusal) {
        let foreign = try await checks.ask(FindForeignDeliveries(ids, limits: limits))
        if !foreign.isEmpty {
            throw Refusal(.notFound("deliveryIds", "there is no delivery \(LimitedRecords.list(foreign))"))
        }
    }

    private func isOwn(conversion id: Int, _ limits: KeyLimits) async throws(Refusal) -> Bool {
        if case .one = try await checks.ask(FindOwnConversion(.conversion(id: id), limits: limits)) {
            true
        } else {
            false
        }
    }

    private func requireConversion(_ id: Int, _ limits: KeyLimits) async throws(Refusal) {
        if try await !isOwn(conversion: id, limits) { throw Refusal(.unknownConversion(id)) }
    }

    private func withConversionID(_ input: LimitedInput) async throws(Refusal) -> LimitedInput {
        let key = try input.read { ConversionKey(&$0) }
        switch try await checks.ask(FindOwnConversion(key, limits: input.limits)) {
        case .none: throw Refusal(key.isUnknown)
        case .several: throw Refusal(key.isAmbiguous)
        case .one(let id):
            var input = input
            input.replace(
                ["conversionId", "offerId", "transactionId", "clickId", "goalId"],
                with: [JSON.Member("conversionId", .integer(id))])
            return input
        }
    }

    private func require(_ filter: DeliveryFilter, at path: Path, _ limits: KeyLimits) async throws(Refusal) {
        var unknown: [UnknownRecord] = []
        if let id = filter.postbackID, try await !foreign([id], limits).isEmpty { unknown.append(.postback(id)) }
        if let id = filter.conversionID, try await !isOwn(conversion: id, limits) { unknown.append(.conversion(id)) }
        if let id = filter.deliveryID, try await !checks.ask(FindForeignDeliveries([id], limits: limits)).isEmpty {
            unknown.append(.delivery(id))
        }
        try await append(&unknown, filter.destinations, limits)
        if !unknown.isEmpty { throw Refusal(.notFound(unknown.map { $0.fault(at: path) })) }
    }

    private func require(_ filter: PostbackFilter, _ limits: KeyLimits) async throws(Refusal) {
        let path = Path.root.member("filter")
        var unknown: [UnknownRecord] = []
        try await append(&unknown, filter.destinations, limits)
        if !unknown.isEmpty { throw Refusal(.notFound(unknown.map { $0.fault(at: path) })) }
        if let ids = filter.postbackIDs { try await requirePostbacks(ids, limits, at: path.member("postbackIds")) }
    }

    /// A destination counts as known if a postback of the limits leads there. So nobody can find out which trackers
    /// others use.
    private func append(
        _ unknown: inout [UnknownRecord], _ origins: [String]?, _ limits: KeyLimits
    ) async throws(Refusal) {
        guard let origins, try await !checks.ask(CheckOwnDestination(origins, limits: limits)) else { return }
        unknown.append(.destination(origins))
    }

    private static func list(_ ids: [Int]) -> String { ids.map(String.init).joined(separator: ", ") }
}
