import CCurl
import Egress
import Glibc
import System

/// The callbacks that curl calls during a transfer.
extension Transfer {
    static let headerArrived: curl_write_callback = { bytes, size, count, context in
        guard let context = unsafe context else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let line = unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: size * count))
        return transfer.receive(header: line) ? line.count : 0
    }

    static let bodyArrived: curl_write_callback = { bytes, size, count, context in
        guard let context = unsafe context else { return 0 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let length = size * count
        let room = transfer.limits.bodyBytes - transfer.body.count
        unsafe transfer.body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: min(length, room)))
        if length <= room { return length }
        transfer.stop = .bodyIsFull
        return 0
    }

    static let socketWanted: curl_opensocket_callback = { context, _, address in
        guard let context = unsafe context, let address = unsafe address else { return -1 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        guard unsafe transfer.mayDial(IPAddress(dialling: address)) else { return -1 }
        let kind = unsafe address.pointee.socktype | CInt(SOCK_CLOEXEC.rawValue)
        let number = unsafe socket(address.pointee.family, kind, address.pointee.protocol)
        if number < 0 { transfer.shortage = Shortage(errno) }
        return number
    }

    /// Refuses every lookup by curl itself: its addresses would bypass the egress rules. The client resolves names
    /// before the transfer.
    static let lookupWanted: curl_resolver_start_callback = { _, _, context in
        guard let context = unsafe context else { return 1 }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        // The proxy's own name is the exception.
        return transfer.proxy == nil && transfer.destination?.target.address == nil ? 1 : 0
    }

    /// Allows one sending for each attempt. When a kept connection is closed under a request, curl would send it again
    /// by itself, even several times, and report nothing.
    static let willSend: curl_prereq_callback = { context, remote, local, remotePort, localPort in
        guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        if transfer.isSent {
            transfer.stop = .connectionWasClosed
            return CURL_PREREQFUNC_ABORT
        }
        let ends = unsafe ConnectionReuse.ends(remote, Int(remotePort), local, Int(localPort))
        if transfer.dialled == nil, transfer.reuse.hasSpoken(ends) {
            transfer.stop = .connectionIsUnusable
            return CURL_PREREQFUNC_ABORT
        }
        transfer.isSent = true
        return CURL_PREREQFUNC_OK
    }

    private func receive(header line: [UInt8]) -> Bool {
        guard let fault = head.add(line, limits: limits) else {
            if headEndedAt == nil, head.isFinal { headEndedAt = Instant.now }
            return true
        }
        stop = .fault(fault)
        return false
    }

    /// Decides whether curl may dial an address. After one refusal, no further address of the name is dialled.
    func mayDial(_ address: IPAddress?) -> Bool {
        guard refusal == nil else { return false }
        guard let address else {
            refusal = "the address is neither IPv4 nor IPv6"
            return false
        }
        // Only the proxy itself is dialled then, and the operator chose it.
        refusal = proxy == nil ? egress.refusal(of: address) : nil
        guard refusal == nil else { return false }
        dialled = address
        return true
    }
}
