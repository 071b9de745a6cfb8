import ArgumentParser
import EmbeddedPostgres
import FunctionRuntime
import Glibc
import JSON
import Packaging
import Postgres
import Store
import System

/// Ends a command as a function would: with a line on standard error and the exit status of the error's code. It ends
/// quietly if the reader of its output, such as `head`, has closed it.
func reportingFailure(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as ExitCode {
        throw error
    } catch let error as ValidationError {
        throw error
    } catch let error as SystemError where error.code == EPIPE {
        throw ExitCode(128 + SIGPIPE)
    } catch {
        if let failure = error as? FileFailure ?? (error as? SystemError).flatMap(FileFailure.init) {
            Terminal.printError("postbacks: \(failure.message)")
            throw ExitCode(failure.kind.rawValue)
        }
        let failure = FunctionError(describing: error)
        Terminal.printError("postbacks: \(failure.message)")
        throw ExitCode(failure.code.exitStatus)
    }
}

extension FunctionError {
    fileprivate init(describing error: any Error) {
        switch error {
        case let error as FunctionError: self = error
        case let error as PostgresError where error.isForbidden: self = .lacksRights(error)
        case let error as PostgresError where error.kind == .missingSchema:
            self.init(
                .misconfigured,
                "the database does not have the tables of this version; run: postbacks migrate (\(error.message))")
        case let error as PostgresError where error.isMisconfiguration:
            self.init(.misconfigured, "the database: \(error)")
        case let error as PostgresError:
            self.init(error.isRetryable ? .unavailable : .internal, "the database: \(error)")
        case let error as EmbeddedServerError: self.init(.misconfigured, "the embedded server: \(error)")
        case let error as PackagingError: self.init(.misconfigured, error.description)
        case let error as SystemError: self.init(.internal, "\(error)")
        default: self.init(.internal, "\(error)")
        }
    }
}
