import Adapters
import FunctionRuntime
import JSON
import Store
import System

extension GatewayService {
    /// Calls a function with the body's bytes.
    func call(
        _ name: String, _ request: Request, _ caller: KeyRing.Caller?
    ) async throws(Refusal) -> HTTPAnswer {
        var input = request.body
        let key = try GatewayService.idempotencyKey(of: request)
        do throws(FunctionError) {
            try CallLine.check(input, limit: GatewayService.bodyLimit)
            if let key, name == "createPostback" {
                input = try CallLine.adding("idempotencyKey", key, to: input, from: "Idempotency-Key")
            }
        } catch {
            throw Refusal(error)
        }
        if let key, name == "resendDeliveries" {
            return try await resends.run(owner: caller?.id, key: key, input: input) { () throws(Refusal) in
                try await run(name, input, caller)
            }
        }
        return try await run(name, input, caller)
    }

    private func run(_ name: String, _ input: [UInt8], _ caller: KeyRing.Caller?) async throws(Refusal) -> HTTPAnswer {
        var output = try await limitedOutput(of: name, input, caller)
        if name == "previewPostback", caller?.may(.manage) == false {
            // Only a caller that may send a test needs the input of deliverPostback, which has the sealed secrets.
            output = AnswerLine.removing("input", from: output)
        }
        return HTTPAnswer(200, type: "application/json", output + [UInt8(ascii: "\n")])
    }

    /// The bytes of a function's answer, within the limits of the caller's key.
    private func limitedOutput(
        of name: String, _ input: [UInt8], _ caller: KeyRing.Caller?
    ) async throws(Refusal) -> [UInt8] {
        guard let limits = caller?.limits, !limits.isNone else { return try await output(of: name, input) }
        let records = LimitedRecords(checks: checks)
        let limited = try await records.check(try LimitedInput(input, of: name, limits), of: name)
        let answer = LimitedAnswer(records: records, limits: limits)
        let output: [UInt8]
        do throws(Refusal) { output = try await self.output(of: name, limited.bytes) } catch {
            throw answer.hide(error, of: name)
        }
        return try await answer.show(output, of: name, limited)
    }

    /// The bytes of a function's answer.
    /// - Throws: the function's error, or that of a call without an answer.
    private func output(of name: String, _ input: [UInt8]) async throws(Refusal) -> [UInt8] {
        let start = Instant.now
        let answer = await pool.call(name, input).flatMap { line -> Result<[UInt8], Refusal> in
            switch line.content {
            case .output(let bytes): .success(Array(bytes))
            case .error(let refusal): .failure(refusal)
            case nil: .failure(.unavailable("\(name) wrote an answer that cannot be read"))
            }
        }
        switch answer {
        case .success(let bytes):
            metrics.called(name, code: "ok", seconds: start.elapsed.seconds)
            return bytes
        case .failure(let refusal):
            metrics.called(name, code: refusal.code, seconds: start.elapsed.seconds)
            throw refusal
        }
    }

    /// The header's value, with or without the quotes that its draft demands.
    private static func idempotencyKey(of request: Request) throws(Refusal) -> String? {
        let values = request.values(of: "idempotency-key")
        guard let value = values.first else { return nil }
        let isQuoted = value.utf8.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        let key = isQuoted ? String(value.dropFirst().dropLast()) : value
        guard values.count == 1, (1...255).contains(key.utf8.count) else {
            throw Refusal(
                400, "invalid_request", "Idempotency-Key must be one value of 1 to 255 characters",
                details: [Refusal.Detail(field: "Idempotency-Key", message: "must be one value of 1 to 255 characters")]
            )
        }
        return key
    }

    /// Previews a postback with the body as previewPostback's input, and sends the request marked as a test. The sealed
    /// secrets go from one function to the other and do not leave the gateway. A limited key may test what it may
    /// preview.
    func sendTest(_ body: [UInt8], _ caller: KeyRing.Caller?) async throws(Refusal) -> HTTPAnswer {
        var body = body
        do throws(FunctionError) {
            try CallLine.check(body, limit: GatewayService.bodyLimit)
        } catch {
            throw Refusal(error)
        }
        if let limits = caller?.limits, !limits.isNone {
            let limited = try LimitedInput(body, of: "previewPostback", limits)
            body = try await LimitedRecords(checks: checks).check(limited, of: "previewPostback").bytes
        }
        let preview = try await output(of: "previewPostback", body)
        guard let json = try? JSON(parsing: preview, depth: JSON.depthLimit + 16), let input = json["input"],
            input["isTest"] == .bool(true)
        else { throw Refusal(.internal) }
        if let error = json["error"] { return .json(["outcome": "failed", "request": .null, "error": error]) }
        let output = try await output(of: "deliverPostback", input.bytes)
        return HTTPAnswer(200, type: "application/json", output + [UInt8(ascii: "\n")])
    }
}
