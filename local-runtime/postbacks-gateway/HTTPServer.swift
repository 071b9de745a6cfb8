#if Gateway
import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix
import System

/// Accepts connections and gives each its handlers.
final class HTTPServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let service: GatewayService
    private let table: ConnectionTable
    private let listening = NIOLockedChannel()
    /// The executors by the event loops whose threads they use.
    private let executors: [ObjectIdentifier: LoopExecutor]

    /// The largest head of a request in bytes.
    static let headLimit = 16 << 10

    init(_ service: GatewayService) {
        self.service = service
        group = MultiThreadedEventLoopGroup(numberOfThreads: min(max(NIOCore.System.coreCount, 1), 4))
        table = ConnectionTable(metrics: service.metrics)
        executors = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) })
    }

    /// Starts to listen.
    /// - Returns: the port, also if the system chose it.
    func listen(host: String, port: Int) throws -> Int {
        let channel = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try prepare(channel) }
            }
            .bind(host: host, port: port).wait()
        listening.set(channel)
        return channel.localAddress?.port ?? port
    }

    private func prepare(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        guard table.enter(channel) else {
            return try pipeline.addHandler(RefusedConnection())
        }
        let watch = ByteWatch()
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = HTTPServer.headLimit
        limits.maxHeaderListSize = HTTPServer.headLimit
        limits.maxHeaderFieldCount = 100
        try pipeline.addHandler(watch)
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: true,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        let loop = channel.eventLoop
        let executor = executors[ObjectIdentifier(loop)] ?? LoopExecutor(loop)
        try pipeline.addHandler(HTTPConnection(service, table, watch, on: executor))
    }

    /// Accepts no further connection, lets those that have a request under way finish it, and returns when all are
    /// closed or the time is over.
    func stop(within patience: Duration) {
        table.beginEnd()
        try? listening.take()?.close().wait()
        let deadline = Instant.now + patience
        for channel in table.channels { channel.pipeline.fireUserInboundEventTriggered(ServerEnds()) }
        while !table.isEmpty, Instant.now < deadline { _ = try? wait(for: [], atMost: .milliseconds(20)) }
        for channel in table.channels { channel.close(promise: nil) }
    }
}

/// Tells a connection that it is to close as soon as it has no request under way.
struct ServerEnds: Sendable {}
#endif
