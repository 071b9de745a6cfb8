/// The consequence of an attempt for its delivery (R11).
package struct Judgement: Sendable, Hashable {
    package let outcome: Outcome
    /// Nil if the request was delivered.
    package let error: AttemptError?
    /// Whether the postback is paused as well: the receiver says that it is gone for good (410).
    package let pausesPostback: Bool

    package enum Outcome: String, CaseIterable, Sendable {
        case delivered, retry, failed, skipped
    }

    private init(_ outcome: Outcome, _ error: AttemptError? = nil, pausesPostback: Bool = false) {
        self.outcome = outcome
        self.error = error
        self.pausesPostback = pausesPostback
    }

    /// Judges an answer whose head is complete. `body` is the part of the body that is kept. `bodyFailure` says how the
    /// body ended, if it ended badly and more of it may have followed. This failure counts only if the criteria check
    /// the body and the part that arrived does not decide.
    package init(
        status: Int, body: [UInt8], bodyFailure: AttemptError? = nil, successWhen criteria: SuccessCriteria
    ) {
        let refusal = AttemptError(.httpStatus, "the receiver answered with status \(status)")
        switch status {
        case _ where criteria.judges(status):
            switch criteria.verdict(status: status, body: body, isWhole: bodyFailure == nil) {
            case .fulfilled: self.init(.delivered)
            case .mismatch(let words):
                self.init(criteria.retry ? .retry : .failed, AttemptError(.responseMismatch, words))
            case .undecided:
                self.init(
                    .retry,
                    bodyFailure ?? AttemptError(.protocol, "the body did not end as the headers announced"))
            }
        case 404, 408, 409, 425, 429, 500...599: self.init(.retry, refusal)
        case 410: self.init(.failed, refusal, pausesPostback: true)
        case 300...399:
            self.init(
                .failed,
                AttemptError(.httpStatus, "the receiver answered with status \(status); redirects are never followed"))
        default: self.init(.failed, refusal)
        }
    }

    /// Judges an attempt to which no answer came, or for which nothing was sent. `hostIsDomainName` says whether the URL
    /// has a name instead of an address. A name that leads to a forbidden address may lead elsewhere at the next
    /// attempt, since a resolver may fail for a short time.
    package init(_ error: AttemptError, hostIsDomainName: Bool = false) {
        switch error.code {
        // An operator can add the key that a secret needs.
        case .dns, .connect, .tls, .timeout, .protocol, .secret: self.init(.retry, error)
        case .missingValue: self.init(.skipped, error)
        case .forbiddenTarget: self.init(hostIsDomainName ? .retry : .failed, error)
        // The same values would make the same request again.
        case .unsafeHeader, .unsafeURL, .tooLarge, .httpStatus, .responseMismatch:
            self.init(.failed, error)
        }
    }

    package init(_ error: RenderingError) { self.init(AttemptError(error.code, error.message)) }
}
