import Domain
import Postgres
import Synchronization

/// A branch of `list_deliveries`: one way to find deliveries. In its file each begins with a line `-- Branch: NAME`.
enum DeliveryBranch: String, CaseIterable {
    case few, postback, destination, affiliate, offer
    case postbackUndelivered = "postback undelivered"
    case destinationUndelivered = "destination undelivered"
    case affiliateUndelivered = "affiliate undelivered"
    case offerUndelivered = "offer undelivered"
    case status
    case otherStatus = "other status"
    case error, all
    /// This branch finds the deliveries that are owed after an attempt by the error and the status of the last one.
    case tried
    /// The last branch, which every statement has.
    case outbox
}

extension DeliveryFilter {
    /// The branches in which the filter can find deliveries.
    var branches: Set<DeliveryBranch> {
        var branches: Set<DeliveryBranch> = [.outbox]
        let isByAnswer = httpStatus != nil || errorCode != nil
        switch lookup {
        case .delivery, .conversion: return [.few, .outbox]
        case .postback: branches.formUnion(isByAnswer ? [.postback, .postbackUndelivered] : [.postback])
        case .destination: branches.formUnion(isByAnswer ? [.destination, .destinationUndelivered] : [.destination])
        case .affiliate: branches.formUnion(isByAnswer ? [.affiliate, .affiliateUndelivered] : [.affiliate])
        case .offer: branches.formUnion(isByAnswer ? [.offer, .offerUndelivered] : [.offer])
        case .status: branches.insert(.status)
        case .error: branches.insert(.error)
        case .all: branches.insert(.all)
        }
        // A delivered one is found by an error or by a status other than 200, whatever else is given.
        if httpStatus != nil { branches.insert(.otherStatus) }
        if errorCode != nil { branches.insert(.error) }
        if isByAnswer || state == .retrying { branches.insert(.tried) }
        return branches
    }
}

extension Statement {
    /// `list_deliveries` with these branches only. `bytes` are the contents of its file.
    static func listDeliveries(_ bytes: [UInt8], _ branches: Set<DeliveryBranch>, in order: ListOrder) -> Statement {
        let bits = DeliveryBranch.allCases.enumerated().reduce(0) { bits, branch in
            branches.contains(branch.element) ? bits | 1 << branch.offset : bits
        }
        return made.withLock { made in
            let key = MadeStatement(branches: bits, order: order)
            if let statement = made[key] { return statement }
            let statement = Statement(
                list: "list_deliveries_\(bits)", bytes: kept(bytes, branches), in: order)
            made[key] = statement
            return statement
        }
    }

    private static func kept(_ bytes: [UInt8], _ branches: Set<DeliveryBranch>) -> [UInt8] {
        let mark = Array("    -- Branch: ".utf8)
        var isKept = true
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.starts(with: mark) {
                let name = String(decoding: line.dropFirst(mark.count), as: UTF8.self)
                isKept = DeliveryBranch(rawValue: name).map(branches.contains) ?? true
            }
            if isKept { kept += line + [UInt8(ascii: "\n")] }
        }
        return kept
    }
}

private struct MadeStatement: Hashable {
    let branches: Int
    let order: ListOrder
}

/// The statements that this process has made.
private let made = Mutex<[MadeStatement: Statement]>([:])
