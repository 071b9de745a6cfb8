/// What becomes of a delivery after an attempt (R11).
package struct Judgement: Sendable, Hashable {
    package let outcome: Outcome
    /// Nil when delivered.
    package let error: AttemptError?
    /// The receiver says that it is gone for good (410): the postback is paused as well.
    package let pausesPostback: Bool

    package enum Outcome: String, CaseIterable, Sendable {
        case delivered, retry, failed, skipped
    }

    private init(_ outcome: Outcome, _ error: AttemptError? = nil, pausesPostback: Bool = false) {
        self.outcome = outcome
        self.error = error
        self.pausesPostback = pausesPostback
    }

    /// The receiver answered. `body` is the part of it that is kept.
    package init(status: Int, body: [UInt8], successWhen criteria: SuccessCriteria) {
        let refusal = AttemptError(.httpStatus, "the receiver answered with status \(status)")
        switch status {
        case 200...299:
            if let mismatch = criteria.mismatch(status: status, body: body) {
                self.init(criteria.retry ? .retry : .failed, AttemptError(.responseMismatch, mismatch))
            } else {
                self.init(.delivered)
            }
        case 404, 408, 409, 425, 429, 500...599: self.init(.retry, refusal)
        case 410: self.init(.failed, refusal, pausesPostback: true)
        case 300...399:
            self.init(
                .failed,
                AttemptError(.httpStatus, "the receiver answered with status \(status); redirects are not followed"))
        default: self.init(.failed, refusal)
        }
    }

    /// No answer came, or nothing was sent.
    package init(_ error: AttemptError) {
        switch error.code {
        // An operator can add the key that a secret needs.
        case .dns, .connect, .tls, .timeout, .protocol, .secret: self.init(.retry, error)
        case .missingValue: self.init(.skipped, error)
        // The same values would make the same request again.
        case .forbiddenTarget, .unsafeHeader, .unsafeURL, .tooLarge, .httpStatus, .responseMismatch:
            self.init(.failed, error)
        }
    }

    package init(_ error: RenderingError) { self.init(AttemptError(error.code, error.message)) }
}
