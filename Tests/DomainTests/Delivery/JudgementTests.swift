import Domain
import Testing

@Suite struct JudgementTests {
    private func judge(
        _ status: Int, _ body: String = "", _ criteria: SuccessCriteria = .any2xx
    ) -> Judgement {
        Judgement(status: status, body: Array(body.utf8), successWhen: criteria)
    }

    @Test func `R11: 2xx is delivered`() {
        for status in 200...299 {
            #expect(judge(status).outcome == .delivered)
            #expect(judge(status).error == nil)
        }
    }

    @Test func `R11: 404, 408, 409, 425, 429 and 5xx are tried again, every other answer is final`() {
        let retried = Set([404, 408, 409, 425, 429] + Array(500...599))
        for status in Array(100...199) + Array(300...999) {
            let judgement = judge(status)
            #expect(judgement.outcome == (retried.contains(status) ? .retry : .failed), "\(status)")
            #expect(judgement.error?.code == .httpStatus)
            #expect(judgement.pausesPostback == (status == 410))
        }
    }

    @Test(arguments: [
        (AttemptError.Code.dns, Judgement.Outcome.retry), (.connect, .retry), (.tls, .retry), (.timeout, .retry),
        (.protocol, .retry), (.secret, .retry), (.forbiddenTarget, .failed), (.unsafeHeader, .failed),
        (.unsafeURL, .failed),
        (.missingValue, .skipped),
    ])
    func `R11: without an answer the reason decides`(code: AttemptError.Code, outcome: Judgement.Outcome) {
        let judgement = Judgement(AttemptError(code, "x"))
        #expect(judgement.outcome == outcome)
        #expect(judgement.error == AttemptError(code, "x"))
        #expect(!judgement.pausesPostback)
    }

    @Test func `what cannot be rendered is not tried again with the same values`() {
        #expect(Judgement(RenderingError.missingValue(macro: "click_id")).outcome == .skipped)
        #expect(Judgement(RenderingError.unsafeHeader(name: "X")).outcome == .failed)
        #expect(Judgement(RenderingError.tooLarge).outcome == .failed)
        #expect(Judgement(RenderingError.secret("x")).outcome == .retry)
    }

    @Test func `successWhen narrows what a 2xx means`() {
        var criteria = SuccessCriteria(statuses: [200...204])
        #expect(judge(204, "", criteria).outcome == .delivered)
        #expect(judge(205, "", criteria).outcome == .failed)
        #expect(judge(205, "", criteria).error?.code == .responseMismatch)
        criteria = SuccessCriteria(bodyContains: "OK", bodyLacks: "error")
        #expect(judge(200, "status OK", criteria).outcome == .delivered)
        #expect(judge(200, "ok", criteria).outcome == .failed)
        #expect(judge(200, "", criteria).outcome == .failed)
        #expect(judge(200, "OK, error", criteria).outcome == .failed)
        criteria.retry = true
        #expect(judge(200, "nope", criteria).outcome == .retry)
        #expect(judge(200, "nope", criteria).error?.code == .responseMismatch)
        #expect(judge(400, "OK", criteria).outcome == .failed)
    }

    @Test func `R11: successWhen makes a success of any status from 200 to 499`() {
        let criteria = SuccessCriteria(statuses: [200...204, 302...302, 409...410])
        for status in [200, 204, 302, 409, 410] {
            #expect(judge(status, "", criteria).outcome == .delivered, "\(status)")
            #expect(!judge(status, "", criteria).pausesPostback)
        }
        #expect(judge(205, "", criteria).error?.code == .responseMismatch)
        #expect(judge(301, "", criteria).outcome == .failed)
        #expect(judge(408, "", criteria).outcome == .retry)
    }

    @Test func `R11: a body that ends badly counts only where it would decide`() {
        func judge(_ body: String, _ criteria: SuccessCriteria) -> Judgement {
            Judgement(
                status: 200, body: Array(body.utf8), bodyFailure: AttemptError(.timeout, "x"), successWhen: criteria)
        }
        #expect(judge("", .any2xx).outcome == .delivered)
        #expect(judge("status OK", SuccessCriteria(bodyContains: "OK")).outcome == .delivered)
        #expect(judge("status", SuccessCriteria(bodyContains: "OK")).error?.code == .timeout)
        #expect(judge("status", SuccessCriteria(bodyContains: "OK")).outcome == .retry)
        #expect(judge("an error", SuccessCriteria(bodyLacks: "error")).error?.code == .responseMismatch)
        #expect(judge("status OK", SuccessCriteria(bodyLacks: "error")).outcome == .retry)
    }

    @Test func `R11: only a literal address is forbidden for good`() {
        let error = AttemptError(.forbiddenTarget, "x")
        #expect(Judgement(error, hostIsDomainName: true).outcome == .retry)
        #expect(Judgement(error).outcome == .failed)
    }
}
