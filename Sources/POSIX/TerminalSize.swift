import CSystem

extension Descriptor {
    /// How many columns the terminal has; nil for what is no terminal, or one that does not say.
    package var terminalColumns: Int? {
        let columns = Int(terminal_columns(number))
        return columns > 0 ? columns : nil
    }
}
