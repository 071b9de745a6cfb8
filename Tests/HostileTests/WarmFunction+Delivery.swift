import JSON
import TestSupport
import Testing

/// A warm deliverPostback.
extension WarmFunction {
    static func deliverPostback(_ environment: [String: String], program: String? = nil) throws -> WarmFunction {
        try WarmFunction("deliverPostback", environment, program: program)
    }

    /// Sends one delivery and compares its result with the expected one.
    @discardableResult
    func send(_ delivery: TestDelivery) throws -> JSON {
        try start([delivery])
        let answer = try next()
        delivery.check(answer)
        return answer["output"] ?? .null
    }

    /// Sends deliveries; their answers come in any order.
    func start(_ deliveries: [TestDelivery]) throws { try send(deliveries.map(\.line)) }

    /// The next answer. On a terminal it is only text, whatever a receiver has answered.
    func next() throws -> JSON {
        let line = try nextLine()
        let text = try #require(String(validating: line, as: UTF8.self))
        let control = text.unicodeScalars.first { $0.properties.generalCategory == .control }
        #expect(control == nil, "\(text.debugDescription.prefix(1000))")
        return try JSON(parsing: line, depth: JSON.depthLimit + 8)
    }
}
