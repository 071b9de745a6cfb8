import CGlibc
import Glibc

/// The time of day, as the machine's clock has it. It can be set, also backwards.
package enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package static var unixMilliseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// The current time in RFC 3339 format, in UTC with milliseconds.
    package static var rfc3339: String {
        let milliseconds = unixMilliseconds
        var seconds = time_t(milliseconds / 1000)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func add(_ number: some BinaryInteger, _ width: Int, before end: Unicode.Scalar) {
            var unit = 1
            for _ in 1..<width { unit *= 10 }
            while unit > 0 {
                text.append(UInt8(ascii: "0") + UInt8(Int(number) / unit % 10))
                unit /= 10
            }
            text.append(UInt8(ascii: end))
        }
        unsafe add(parts.tm_year + 1900, 4, before: "-")
        unsafe add(parts.tm_mon + 1, 2, before: "-")
        unsafe add(parts.tm_mday, 2, before: "T")
        unsafe add(parts.tm_hour, 2, before: ":")
        unsafe add(parts.tm_min, 2, before: ":")
        unsafe add(parts.tm_sec, 2, before: ".")
        add(milliseconds % 1000, 3, before: "Z")
        return String(decoding: text, as: UTF8.self)
    }
}
