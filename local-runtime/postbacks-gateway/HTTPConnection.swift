#if Gateway
import Adapters
import Gateway
import NIOCore
import NIOHTTP1
import System
import Text

/// One connection: reads a request within its bounds and deadlines, has it answered, and goes on with the next one.
/// Everything happens on the connection's event loop, except the answering itself.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// No request is under way; the first bytes of a head may have arrived.
        case waiting
        case reading(Reading)
        /// The request is with the service, or its answer is being written.
        case answering
        /// The last answer was written. Bytes that still arrive are discarded until the other side closes too: closing
        /// earlier would reset the connection, and the answer could be lost.
        case leaving
    }

    private struct Reading {
        let exchange: Exchange
        let keepsAlive: Bool
        var body: [UInt8] = []
    }

    private let service: GatewayService
    private let table: ConnectionTable
    private let arrived: ByteWatch
    private let executor: LoopExecutor
    private var state = State.waiting
    /// Whether the other side has closed its direction, so that it sends no further request.
    private var isLast = false
    private var isClosed = false
    /// The bytes of the body that are counted in the table.
    private var bodyBytes = 0
    private var deadline = Deadline()

    /// The time for a head, and again for a body, from its first byte to its last.
    private static let patience: TimeAmount = .seconds(10)
    /// The time for which a connection may be open without a request, and in which the other side has to read an
    /// answer.
    private static let idleTime: TimeAmount = .seconds(75)
    private static let leaveTime: TimeAmount = .seconds(2)
    /// The size of an answer above which the next request of the connection has to wait until the answer was written.
    private static let largeAnswer = 16 << 10

    /// The size of a body up to which the connection's event loop recognises its JSON itself. A larger body would delay
    /// the loop.
    private static let smallBody = 64 << 10

    init(_ service: GatewayService, _ table: ConnectionTable, _ arrived: ByteWatch, on executor: LoopExecutor) {
        self.service = service
        self.table = table
        self.arrived = arrived
        self.executor = executor
    }

    func handlerAdded(context: ChannelHandlerContext) { arm(HTTPConnection.idleTime, context) }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        deadline.end()
        releaseBody()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            arrived.count = 0
            if case .waiting = state { begin(head, context) }
        case .body(let buffer): append(buffer, context)
        case .end: endRequest(context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch state {
        case .waiting where arrived.count > HTTPServer.headLimit: refuse(HTTPConnection.headTooLarge, context)
        case .waiting where arrived.count > 0 && !deadline.isOf(.head): arm(HTTPConnection.patience, context, .head)
        case .reading where !deadline.isOf(.body): arm(HTTPConnection.patience, context, .body)
        case .waiting, .reading, .answering, .leaving: break
        }
        context.fireChannelReadComplete()
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = Request(
            method: head.method.rawValue, target: head.uri, headers: head.headers.map { Request.Header($0.0, $0.1) },
            isOldVersion: head.version.minor == 0)
        let exchange = service.begin(request)
        // After a change of the protocol the decoder would take the next request for something else.
        let keepsAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade") && head.method != .CONNECT
        state = .reading(Reading(exchange: exchange, keepsAlive: keepsAlive))
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= GatewayService.bodyLimit else { return refuse(HTTPConnection.bodyTooLarge, context) }
        guard head.uri.hasPrefix("/") else {
            return refuse(Refusal(400, "invalid_request", "the target of the request must be a path"), context)
        }
        let hasBody = length > 0 || head.headers.contains(name: "transfer-encoding")
        // A body that will not be read need not be sent.
        if hasBody, case .failure(let refusal) = exchange.admission { return refuse(refusal, context) }
        answerExpectation(head, hasBody: hasBody, context)
    }

    private func answerExpectation(_ head: HTTPRequestHead, hasBody: Bool, _ context: ChannelHandlerContext) {
        guard let expectation = head.headers.first(name: "expect") else { return }
        guard expectation.lowercased() == "100-continue" else {
            return refuse(Refusal(417, "invalid_request", "the only expectation is 100-continue"), context)
        }
        guard hasBody, head.version.minor > 0 else { return }
        context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }

    private func append(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .reading(var reading) = state else { return }
        guard reading.body.count + buffer.readableBytes <= GatewayService.bodyLimit else {
            return refuse(HTTPConnection.bodyTooLarge, context)
        }
        guard table.addBody(buffer.readableBytes) else {
            return refuse(.unavailable("too many bodies are arriving; try again"), context)
        }
        bodyBytes += buffer.readableBytes
        // The array must have one reference only, or appending would copy it.
        state = .answering
        reading.body.append(contentsOf: buffer.readableBytesView)
        state = .reading(reading)
    }

    private func endRequest(_ context: ChannelHandlerContext) {
        guard case .reading(let reading) = state else { return }
        state = .answering
        deadline.cancel()
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        let keepsAlive = reading.keepsAlive
        let isSmall = reading.body.count <= HTTPConnection.smallBody
        Task(executorPreference: isSmall ? executor : nil) { [service] in
            let response = await service.answer(reading.exchange, body: reading.body)
            loop.execute {
                let (connection, context) = bound.value
                connection.write(response, to: reading.exchange.request, keepsAlive: keepsAlive, context)
            }
        }
    }

    /// Answers with an error and accepts nothing more from this connection. `isParsed` says whether the decoder has
    /// given up the request: then the handlers before this one wait for an answer although there was no head.
    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext, isParsed: Bool = false) {
        let exchange: Exchange
        switch state {
        case .reading(let reading): exchange = reading.exchange
        case .waiting: exchange = service.begin(Request(method: "none", target: "", headers: []))
        case .answering, .leaving: return
        }
        let hasRequest = isReading || isParsed
        state = .answering
        let response = service.refuse(exchange, refusal)
        guard !hasRequest else { return write(response, to: exchange.request, keepsAlive: false, context) }
        arrived.write(head(of: response, to: exchange.request, keepsAlive: false), response.body)
        leave(context)
    }

    private func write(
        _ response: HTTPAnswer, to request: Request, keepsAlive: Bool, _ context: ChannelHandlerContext
    ) {
        releaseBody()
        guard !isClosed else { return }
        let keepsAlive = keepsAlive && !isLast && !table.isEnding
        let head = head(of: response, to: request, keepsAlive: keepsAlive)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        guard request.method != "HEAD", !response.body.isEmpty else { return finish(keepsAlive: keepsAlive, context) }
        let body = wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: response.body))))
        guard response.body.count > HTTPConnection.largeAnswer else {
            context.write(body, promise: nil)
            return finish(keepsAlive: keepsAlive, context)
        }
        // The next request of this connection has to wait until a large answer was sent.
        arm(HTTPConnection.idleTime, context)
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenSuccess {
            let (connection, context) = bound.value
            if !connection.isClosed { connection.finish(keepsAlive: keepsAlive, context) }
        }
        context.writeAndFlush(body, promise: written)
    }

    private func head(of response: HTTPAnswer, to request: Request, keepsAlive: Bool) -> HTTPResponseHead {
        var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
        headers.add(name: "Date", value: HTTPDate.now)
        if ![204, 304].contains(response.status) {
            headers.add(name: "Content-Length", value: "\(response.body.count)")
        }
        if !keepsAlive {
            headers.add(name: "Connection", value: "close")
        } else if request.isOldVersion {
            headers.add(name: "Connection", value: "keep-alive")
        }
        let status = HTTPResponseStatus(
            statusCode: response.status, reasonPhrase: HTTPStatus.reason(response.status))
        return HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    }

    /// Ends the answer. That may deliver the next request at once, if it is there already.
    private func finish(keepsAlive: Bool, _ context: ChannelHandlerContext) {
        state = .waiting
        if keepsAlive { arm(HTTPConnection.idleTime, context) } else { state = .leaving }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if !keepsAlive { leave(context) }
    }

    private func leave(_ context: ChannelHandlerContext) {
        state = .leaving
        arm(HTTPConnection.leaveTime, context)
        context.close(mode: .output, promise: nil)
    }

    private func releaseBody() {
        table.removeBody(bodyBytes)
        bodyBytes = 0
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ServerEnds {
            if case .waiting = state, arrived.count == 0 { context.close(promise: nil) }
            return
        }
        if let event = event as? ChannelEvent, event == .inputClosed {
            // A complete request is answered nevertheless.
            if case .answering = state { isLast = true } else { context.close(promise: nil) }
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState: context.close(promise: nil)
        case HTTPParserError.headerOverflow: refuse(HTTPConnection.headTooLarge, context, isParsed: true)
        case is HTTPParserError:
            refuse(Refusal(400, "invalid_request", "the request is not HTTP/1.1"), context, isParsed: true)
        case is ByteToMessageDecoderError where isLeaving: break
        default: context.close(promise: nil)
        }
    }

    private var isReading: Bool { if case .reading = state { true } else { false } }
    private var isLeaving: Bool { if case .leaving = state { true } else { false } }

    private static let headTooLarge = Refusal(
        431, "too_large", "the head of the request has more than \(HTTPServer.headLimit) bytes or 100 fields")
    private static let bodyTooLarge = Refusal(
        413, "too_large", "the body has more than \(GatewayService.bodyLimit) bytes")
}

extension HTTPConnection {
    /// Sets the time at which the connection is given up.
    private func arm(_ time: TimeAmount, _ context: ChannelHandlerContext, _ kind: Deadline.Kind = .other) {
        let bound = NIOLoopBound((connection: self, context: context), eventLoop: context.eventLoop)
        deadline.set(.now() + time, kind, on: context.eventLoop) {
            let (connection, context) = bound.value
            connection.isLate(context)
        }
    }

    private func isLate(_ context: ChannelHandlerContext) {
        switch state {
        case .waiting where arrived.count == 0, .answering, .leaving: context.close(promise: nil)
        case .waiting, .reading:
            let seconds = HTTPConnection.patience.nanoseconds / 1_000_000_000
            refuse(Refusal(408, "timeout", "the request did not arrive within \(seconds) s"), context)
        }
    }
}
#endif
