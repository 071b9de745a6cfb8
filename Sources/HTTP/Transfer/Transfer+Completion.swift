import CCurl
import Egress
import System

extension Transfer {
    /// The request's result. `code` is curl's result of the transfer.
    func completion(_ code: CURLcode) -> HTTPCompletion {
        HTTPCompletion(
            id: id, result: result(code), timing: timing, remoteAddress: remoteAddress,
            isSent: isSent)
    }

    private func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPFailure> {
        switch stop {
        case .fault(let message): return answer(endingIn: HTTPFailure(kind: .protocol, message: message))
        case .bodyIsFull: return response(isTruncated: true)
        case .bodyIsLate:
            let message = "the body did not end within \(limits.unneededBody.wholeMilliseconds) ms of the head"
            return answer(endingIn: HTTPFailure(kind: .timeout, message: message))
        case .connectionWasClosed:
            let message = "the connection was closed before an answer came; the request may have arrived"
            return .failure(HTTPFailure(kind: .connect, message: message))
        case .connectionIsUnusable, nil: break
        }
        if code == CURLE_OK { return response(isTruncated: false) }
        if let refusal, head.status == 0 { return .failure(HTTPFailure(kind: .forbiddenTarget, message: refusal)) }
        if head.status == 0, let fault = faultOfThisSystem(code) { return .failure(fault) }
        let kind = HTTPFailure.Kind(code, answerHasBegun: head.status != 0)
        return answer(endingIn: HTTPFailure(kind: kind, message: failureText ?? Self.text(of: code)))
    }

    /// Once the head is complete, the receiver has answered, and a failed body is part of the response (RFC 9112 §8
    /// calls the message incomplete). The failure is dropped if `HTTPLimits.bodyBytes` had already been read.
    private func answer(endingIn failure: HTTPFailure) -> Result<HTTPResponse, HTTPFailure> {
        guard head.isFinal else { return .failure(failure) }
        return response(isTruncated: true, bodyFailure: isBodyFull ? nil : failure)
    }

    private func response(
        isTruncated: Bool, bodyFailure: HTTPFailure? = nil
    ) -> Result<HTTPResponse, HTTPFailure> {
        guard head.status >= 200 else {
            return .failure(HTTPFailure(kind: .protocol, message: "the status \(head.status) is no final answer"))
        }
        // curl accepts a response whose connection is closed in the middle of the headers.
        guard head.isComplete else {
            return .failure(HTTPFailure(kind: .protocol, message: "the answer ended in the middle of its headers"))
        }
        // Status 407 comes from the proxy, not from the receiver (RFC 9110 §15.5.8), and says nothing about the
        // delivery.
        if head.status == 407, proxy != nil {
            let message = "the proxy does not accept the user and password"
            return .failure(HTTPFailure(kind: .misconfiguredHere, message: message))
        }
        return .success(
            HTTPResponse(
                status: head.status, headers: head.headers, body: body, isTruncated: isTruncated,
                bodyFailure: bodyFailure))
    }

    /// The failure if its cause is on this side and not at the receiver; nil otherwise.
    private func faultOfThisSystem(_ code: CURLcode) -> HTTPFailure? {
        let text = failureText ?? Self.text(of: code)
        switch code {
        // After the request was sent, curl also reports CURLE_OUT_OF_MEMORY for endless input from a receiver, such as
        // a status line without end.
        case CURLE_OUT_OF_MEMORY where !isSent, CURLE_FAILED_INIT where !isSent:
            return HTTPFailure(kind: .unavailableHere, message: text)
        case CURLE_SSL_CACERT_BADFILE:
            return HTTPFailure(kind: .misconfiguredHere, message: "there are no certificates to trust: \(text)")
        case CURLE_COULDNT_RESOLVE_PROXY:
            return HTTPFailure(kind: .unavailableHere, message: "the proxy has no address: \(text)")
        case CURLE_COULDNT_CONNECT:
            if let shortage = shortage ?? Shortage(CInt(number(CURLINFO_OS_ERRNO)), dialling: dialled) {
                return HTTPFailure(kind: .unavailableHere, message: "\(shortage)")
            }
            // With a proxy, only the proxy itself is dialled.
            return proxy == nil
                ? nil : HTTPFailure(kind: .unavailableHere, message: "the proxy cannot be reached: \(text)")
        case CURLE_PROXY where [CURLPX_USER_REJECTED, CURLPX_NO_AUTH].contains(proxyError):
            return HTTPFailure(
                kind: .misconfiguredHere, message: "the proxy does not accept the user and password")
        default: return nil
        }
    }

    private var proxyError: CURLproxycode { CURLproxycode(rawValue: UInt32(number(CURLINFO_PROXY_ERROR))) }

    private var timing: HTTPTiming {
        // curl's clock starts after the addresses were found.
        let waited = (destination?.waited ?? .zero).milliseconds
        let total = waited + milliseconds(CURLINFO_TOTAL_TIME_T)
        let curlsFirstByte = milliseconds(CURLINFO_STARTTRANSFER_TIME_T)
        let firstByte = curlsFirstByte > 0 ? waited + curlsFirstByte : 0
        let newConnections = number(CURLINFO_NUM_CONNECTS)
        guard newConnections > 0 || head.status == 0 else {
            return HTTPTiming(dnsMs: waited, connectMs: 0, tlsMs: 0, firstByteMs: firstByte, totalMs: total)
        }
        // curl measures each of these from the start of the transfer.
        let dns = milliseconds(CURLINFO_NAMELOOKUP_TIME_T)
        let connect = milliseconds(CURLINFO_CONNECT_TIME_T)
        let tls = milliseconds(CURLINFO_APPCONNECT_TIME_T)
        return HTTPTiming(
            dnsMs: waited + dns, connectMs: max(connect - dns, 0), tlsMs: max(tls - connect, 0), firstByteMs: firstByte,
            totalMs: total
        )
    }

    private var remoteAddress: String? {
        var text: UnsafePointer<CChar>?
        guard unsafe curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &text) == CURLE_OK, let text = unsafe text,
            unsafe text.pointee != 0
        else { return dialled?.description }
        return unsafe String(cString: text)
    }

    private func milliseconds(_ info: CURLINFO) -> Double {
        Double(number(info)) / 1_000
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        return unsafe curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0
    }

    static func text(of code: CURLcode) -> String {
        guard let text = unsafe curl_easy_strerror(code) else { return "curl error \(code.rawValue)" }
        return unsafe String(cString: text)
    }
}

extension HTTPFailure.Kind {
    /// `answerHasBegun` says whether a status line was received.
    init(_ code: CURLcode, answerHasBegun: Bool) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .dns
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: self = .connect
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING: self = answerHasBegun ? .protocol : .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_CLIENTCERT:
            self = .tls
        default: self = .protocol
        }
    }
}
