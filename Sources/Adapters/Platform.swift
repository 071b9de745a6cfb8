/// The platform that has started a function's process, and how it gives the input and takes the answer.
package enum Platform: Sendable {
    case cgi(CGI)
    case payloadFile(PayloadFile)
    case openWhisk(OpenWhisk)
    case classicWatchdog
    /// A shell, or a platform that needs nothing else: the input on standard input, the answer on standard output, and
    /// the exit status.
    case none

    /// `hasArguments` is whether the function got any. Except for CGI they show that it was not called by the platform.
    package init(environment: [String: String], hasArguments: Bool) {
        if let cgi = CGI(environment: environment) {
            self = .cgi(cgi)
        } else if hasArguments {
            self = .none
        } else if let openWhisk = OpenWhisk(environment: environment) {
            self = .openWhisk(openWhisk)
        } else if let file = PayloadFile(environment: environment) {
            self = .payloadFile(file)
        } else {
            self = ClassicWatchdog.isUsed(in: environment) ? .classicWatchdog : .none
        }
    }

    /// The environment for a function that another program on a platform starts. It lacks the variables that would make
    /// the function serve the platform in spite of its arguments.
    package static func environmentOfWarm(_ environment: [String: String]) -> [String: String] {
        environment.filter { name, _ in name != CGI.variable }
    }
}
