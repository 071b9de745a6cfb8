import Adapters
import FunctionRuntime
import Gateway
import System

/// Requests and the function's answers.
extension FunctionServer {
    /// Passes a request to the function, or answers with the reason why it cannot.
    func begin(_ call: HTTPCall, keepsAlive: Bool, on connection: ServedConnection) {
        guard call.method == "POST" else {
            let refusal = Refusal(
                405, "invalid_request", "a function is called with POST", headers: [HTTPAnswer.Field("Allow", "POST")])
            return answer(
                connection, refusal.response(to: nil), keepsAlive: keepsAlive, hasBody: call.method != "HEAD")
        }
        let isEvent = dialect == .plain && CloudEvents.isEvent(call)
        if isEvent, let refusal = CloudEvents.refusal(of: call) {
            return answer(connection, refusal, keepsAlive: keepsAlive)
        }
        let input: [UInt8]
        do throws(UnusableCall) {
            input = isEvent ? try CloudEvents.input(of: call, for: function) : PlainHTTP.input(of: call)
        } catch {
            return answer(connection, written(error.answer, isEvent: isEvent), keepsAlive: keepsAlive)
        }
        do throws(FunctionError) {
            try CallLine.check(input, limit: limits.body)
        } catch {
            return answer(connection, written(FunctionAnswer(error), isEvent: isEvent), keepsAlive: keepsAlive)
        }
        connection.state = .calling(isEvent: isEvent, keepsAlive: keepsAlive)
        // The pool answers every call in time.
        connection.deadline = .distantFuture
        let (number, serial) = (connection.descriptor.number, connection.serial)
        pool.call(function, input) { [inbox] result in
            inbox.put(AnswerInbox.Item(connection: number, serial: serial, answer: FunctionAnswer(result)))
        }
    }

    /// Writes an answer of the function, and then handles the next request if that has arrived.
    func deliver(_ item: AnswerInbox.Item) {
        guard let connection = connections[item.connection], connection.serial == item.serial,
            case .calling(let isEvent, let keepsAlive) = connection.state
        else { return }
        answer(connection, written(item.answer, isEvent: isEvent), keepsAlive: keepsAlive)
        advance(connection)
    }

    private func written(_ answer: FunctionAnswer, isEvent: Bool) -> HTTPAnswer {
        switch dialect {
        case .fn: Fn.answer(answer)
        case .plain: isEvent ? CloudEvents.answer(answer) : PlainHTTP.answer(answer)
        }
    }
}

extension FunctionAnswer {
    /// The answer of a call to a pool.
    fileprivate init(_ result: Result<AnswerLine, Refusal>) {
        switch result {
        case .success(let line):
            switch line.content {
            case .output(let bytes): self.init(exitStatus: 0, object: Array(bytes))
            case .error(let refusal): self.init(refusal)
            case nil: self.init(.unavailable("the function wrote an answer that cannot be read"))
            }
        case .failure(let refusal): self.init(refusal)
        }
    }

    private init(_ refusal: Refusal) {
        let code = FunctionError.Code(rawValue: refusal.code) ?? .internal
        self.init(exitStatus: code.exitStatus, object: Array(refusal.response(to: nil).body.dropLast()))
    }
}
