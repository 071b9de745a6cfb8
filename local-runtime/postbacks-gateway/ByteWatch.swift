#if Gateway
import NIOCore
import NIOHTTP1

/// Counts the bytes before they are decoded. The decoder reports a head only when all of it is there, so that a slow or
/// endless one must be noticed before it.
final class ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The number of bytes that have arrived since the last head was complete.
    var count = 0
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
    }

    /// Writes an answer to a request whose head was never complete. The later handlers do not know of this request and
    /// would not accept an answer to it.
    func write(_ head: HTTPResponseHead, _ body: [UInt8]) {
        guard let context else { return }
        var bytes = context.channel.allocator.buffer(capacity: 512 + body.count)
        bytes.writeString("HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
        for (name, value) in head.headers { bytes.writeString("\(name): \(value)\r\n") }
        bytes.writeString("\r\n")
        bytes.writeBytes(body)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }
}

/// Answers a connection above the limit with 503 and closes it, so that it does not wait without an answer.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let answer: String = {
        let body =
            #"{"error":{"code":"unavailable","message":"too many connections","retryable":true,"details":[]}}"# + "\n"
        return [
            "HTTP/1.1 503 Service Unavailable", "Content-Type: application/json", "Retry-After: 1",
            "Connection: close", "Content-Length: \(body.utf8.count)", "", body,
        ].joined(separator: "\r\n")
    }()

    func channelActive(context: ChannelHandlerContext) {
        let bytes = context.channel.allocator.buffer(string: RefusedConnection.answer)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        context.close(mode: .output, promise: nil)
        // Closing before the request was read would reset the connection, and the answer could be lost.
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
#endif
