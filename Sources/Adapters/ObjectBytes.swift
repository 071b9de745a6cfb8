import JSON

/// Objects that are put together from the bytes of another one, so that numbers keep their digits.
enum ObjectBytes {
    /// An object with some members of another one, behind new members. `members` are members of `object` by the ranges
    /// of their values, which stay as they are written.
    static func make(
        of object: [UInt8], _ members: [(name: String, place: Range<Int>)], behind new: [JSON.Member] = []
    ) -> [UInt8] {
        var bytes = Array(JSON.object(new).bytes.dropLast())
        for (name, place) in members {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes += JSON.string(name).bytes + [UInt8(ascii: ":")] + object[place]
        }
        return bytes + [UInt8(ascii: "}")]
    }
}
