import CGlibc

extension Descriptor {
    /// The number of columns of the terminal; nil if this is no terminal, or its size is unknown.
    package var terminalColumns: Int? {
        let columns = Int(terminal_columns(number))
        return columns > 0 ? columns : nil
    }
}
