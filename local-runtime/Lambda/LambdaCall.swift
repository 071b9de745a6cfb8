import Adapters
import FunctionRuntime
import Gateway
import JSON
import System

/// One call of Lambda: the function's answers to an event, in the form that the event's source expects.
struct LambdaCall {
    /// The report to the Runtime API.
    enum Report: Equatable {
        case answer([UInt8])
        /// After a failure Lambda repeats an asynchronous call; the caller of a synchronous one gets the error.
        case failure(LambdaFailure)
    }

    /// An input that can never be accepted, and whose sender gets no answer.
    struct Rejection: Equatable {
        /// The message's id; nil for an event that is the only one of its call.
        let message: String?
        let refusal: Refusal
    }

    let report: Report
    /// `ok`, or the code of the first error, for the log.
    let code: String
    /// The inputs that go to the log, because no answer reports them.
    let rejections: [Rejection]

    private init(_ report: Report, code: String, rejections: [Rejection] = []) {
        self.report = report
        self.code = code
        self.rejections = rejections
    }

    /// Calls the function with each input of the event. `end` is the time by which the function must have answered.
    init(_ event: [UInt8], of function: LambdaFunction, until end: Instant) {
        switch LambdaEvent(event) {
        case .input: self.init(LambdaCall.answer(function.call(event, until: end)))
        case .notice(let notice):
            let answer = function.call(notice.detail, until: end)
            self.init(LambdaCall.answer(answer), rejections: LambdaCall.rejections(nil, answer))
        case .request(let request): self.init(request, of: function, until: end)
        case .messages(let messages): self.init(messages, of: function, until: end)
        }
    }

    private init(_ report: (Report, code: String), rejections: [Rejection] = []) {
        self.init(report.0, code: report.code, rejections: rejections)
    }

    private init(_ request: LambdaRequest, of function: LambdaFunction, until end: Instant) {
        let answer: LambdaFunction.Answer
        if request.method != "POST" {
            answer = .failure(
                Refusal(
                    405, "method_not_allowed", "a function takes POST", headers: [HTTPAnswer.Field("Allow", "POST")]))
        } else if let body = request.body {
            answer = function.call(body, until: end)
        } else {
            answer = .failure(
                Refusal(FunctionError(.invalidJSON, "the body is not the Base64 that the event says it is")))
        }
        let whole = LambdaCall.response(to: answer)
        if whole.count <= RuntimeAPI.payloadLimit {
            self.init(.answer(whole), code: LambdaCall.code(of: answer))
        } else {
            let refusal = LambdaCall.tooLarge(whole.count)
            self.init(.answer(LambdaCall.response(to: .failure(refusal))), code: refusal.code)
        }
    }

    /// Handles the messages of an ordered queue one after the other, up to the first one that must come again.
    private init(_ messages: LambdaMessages, of function: LambdaFunction, until end: Instant) {
        var answers: [LambdaFunction.Answer] = []
        if messages.isOrdered {
            for message in messages.messages {
                answers.append(function.call(message.body, until: end))
                if LambdaCall.mustComeAgain(answers.last) { break }
            }
        } else {
            answers = function.call(messages.messages.map(\.body), until: end)
        }
        let answered = zip(messages.messages, answers)
        let failed = answered.filter { LambdaCall.mustComeAgain($0.1) }.map(\.0)
        self.init(
            .answer(LambdaMessages.answer(failed: failed + messages.messages.dropFirst(answers.count))),
            code: answers.map(LambdaCall.code).first { $0 != "ok" } ?? "ok",
            rejections: answered.flatMap { LambdaCall.rejections($0.0.id, $0.1) })
    }

    /// The report of an answer that goes to the caller as it is. An input that can never be accepted is answered, so that
    /// Lambda does not try it again.
    private static func answer(_ answer: LambdaFunction.Answer) -> (Report, code: String) {
        switch answer {
        case .success(let output) where output.count > RuntimeAPI.payloadLimit:
            return self.answer(.failure(tooLarge(output.count)))
        case .success(let output): return (.answer(output), "ok")
        case .failure(let refusal) where isFinal(refusal):
            return (.answer(refusal.response(to: nil).body), refusal.code)
        case .failure(let refusal):
            let error = (try? JSON(parsing: refusal.response(to: nil).body))?["error"]
            return (
                .failure(LambdaFailure(code: refusal.code, message: refusal.message, error: error)), refusal.code
            )
        }
    }

    private static func response(to answer: LambdaFunction.Answer) -> [UInt8] {
        let response =
            switch answer {
            case .success(let output): HTTPAnswer(200, type: "application/json", output)
            case .failure(let refusal): refusal.response(to: nil)
            }
        return LambdaRequest.answer(
            status: response.status, headers: response.headers.map { ($0.name, $0.value) }, response.body)
    }

    private static func code(of answer: LambdaFunction.Answer) -> String {
        if case .failure(let refusal) = answer { refusal.code } else { "ok" }
    }

    /// Whether another call with the same input may succeed, possibly only after a repair of this installation.
    private static func mustComeAgain(_ answer: LambdaFunction.Answer?) -> Bool {
        if case .failure(let refusal)? = answer { !isFinal(refusal) } else { false }
    }

    private static func isFinal(_ refusal: Refusal) -> Bool {
        FunctionError.Code(rawValue: refusal.code)?.isFinalRejection ?? false
    }

    private static func rejections(_ message: String?, _ answer: LambdaFunction.Answer) -> [Rejection] {
        if case .failure(let refusal) = answer, isFinal(refusal) {
            [Rejection(message: message, refusal: refusal)]
        } else {
            []
        }
    }

    private static func tooLarge(_ count: Int) -> Refusal {
        Refusal(
            FunctionError(
                .invalidRequest,
                "the answer has \(count) bytes, and Lambda passes on \(RuntimeAPI.payloadLimit) at the most; ask for less, such as with a smaller limit"
            ))
    }
}

extension LambdaFunction {
    /// Calls the function with one input.
    fileprivate func call(_ input: [UInt8], until end: Instant) -> Answer {
        call([input], until: end).first ?? .failure(Refusal(.internal))
    }
}
