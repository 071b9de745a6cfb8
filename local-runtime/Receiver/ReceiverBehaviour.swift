/// How a receiver answers: well, or badly in a chosen way.
package struct ReceiverBehaviour: Sendable {
    /// Which status answers which request.
    package enum Script: Sendable {
        /// One after the other, from the start again after the last, whoever asks.
        case cycle
        /// The nth request with the same `Postback-Delivery-Id` gets the nth; the last one repeats.
        case perDelivery
    }

    /// What is done with the answer.
    package enum Manner: Sendable {
        case answer
        /// The body comes one byte a second.
        case drip
        /// Status and headers come, then bytes without end.
        case endlessBody
        /// Headers without end.
        case endlessHeaders
        /// Informational answers (103) without end.
        case endlessInformation
        /// The connection is closed without a byte.
        case close
        /// The connection is reset without a byte.
        case reset
        /// A part of the body comes, then the connection is reset.
        case resetInBody
        /// These bytes come instead of an answer; then the connection is closed.
        case bytes([UInt8])
        /// Nothing comes, and the connection stays open.
        case silence
    }

    package var statuses: [Int]
    /// How many requests it takes in each second of the clock; more are answered 429. Nil for any number.
    package var perSecond: Int?
    package var script: Script
    package var manner: Manner
    /// How long each answer is held back.
    package var delayMilliseconds: Int
    /// The value of `Retry-After`, sent with every answer that is not 2xx.
    package var retryAfter: String?
    /// The value of `Location`.
    package var location: String?
    package var headers: [(name: String, value: String)]
    package var body: String

    package init(
        statuses: [Int] = [200], perSecond: Int? = nil, script: Script = .perDelivery, manner: Manner = .answer,
        delayMilliseconds: Int = 0,
        retryAfter: String? = nil, location: String? = nil, headers: [(name: String, value: String)] = [],
        body: String = "ok\n"
    ) {
        self.statuses = statuses
        self.perSecond = perSecond
        self.script = script
        self.manner = manner
        self.delayMilliseconds = delayMilliseconds
        self.retryAfter = retryAfter
        self.location = location
        self.headers = headers
        self.body = body
    }
}

/// Which status is next.
struct StatusScript {
    private let statuses: [Int]
    private let script: ReceiverBehaviour.Script
    private let perSecond: Int?
    private var second: Int64 = 0
    private var countInSecond = 0
    private var count = 0
    private var countByDelivery: [String: Int] = [:]

    init(_ behaviour: ReceiverBehaviour) {
        statuses = behaviour.statuses.isEmpty ? [200] : behaviour.statuses
        script = behaviour.script
        perSecond = behaviour.perSecond
    }

    mutating func next(for request: ReceivedRequest) -> Int {
        if let perSecond {
            if request.at / 1000 != second { (second, countInSecond) = (request.at / 1000, 0) }
            countInSecond += 1
            if countInSecond > perSecond { return 429 }
        }
        // The usual case needs no memory.
        if statuses.count == 1 { return statuses[0] }
        switch script {
        case .cycle:
            defer { count += 1 }
            return statuses[count % statuses.count]
        case .perDelivery:
            let delivery = request.header("Postback-Delivery-Id") ?? ""
            let seen = countByDelivery[delivery, default: 0]
            countByDelivery[delivery] = seen + 1
            return statuses[min(seen, statuses.count - 1)]
        }
    }
}
