import Adapters
package import FunctionRuntime
package import Store
import System

/// The names of the functions, and the settings that each needs.
package enum FunctionNames {
    /// The functions that seal or open secrets.
    package static let withSecrets = [
        "createPostback", "deliverPostback", "previewPostback", "updatePostback",
        "updatePostbacks",
    ]

    package static let all = [
        "backfillPostback", "configureAffiliate", "configureDestination", "configureOffer", "createPostback",
        "deletePostback", "deliverPostback", "deliveryStatistics", "explainConversion", "findRecords",
        "listAffiliates", "listConversions", "listDeliveries", "listDestinations", "listOffers",
        "listPostbacks", "previewPostback", "recordConversion", "redactConversion", "resendDeliveries",
        "showHealth", "updateConversionStatus", "updatePostback", "updatePostbacks",
    ]

    /// The functions that a recorder calls many times a second.
    package static let recording = ["recordConversion", "updateConversionStatus"]

    /// Whether the function keeps its state in the database.
    package static func needsDatabase(_ name: String) -> Bool { name != "deliverPostback" }

    /// The variables that a function may see: without the key if it handles no secrets, without the database if it
    /// needs none.
    package static func environment(of name: String, from variables: [String: String]) -> [String: String] {
        Platform.environmentOfWarm(variables).filter { variable, _ in
            // Only the poller sends alerts and calls a platform.
            if ["POSTBACKS_ALERT_", "POSTBACKS_INVOKE"].contains(where: variable.hasPrefix) { return false }
            if variable.hasPrefix("POSTBACKS_ENCRYPTION_KEY") { return withSecrets.contains(name) }
            let isOfDatabase = variable.hasPrefix("PG") || variable.hasPrefix("DATABASE_URL")
            return !isOfDatabase || needsDatabase(name)
        }
    }
}

extension FunctionNames {
    /// The scope that a key needs for a call of this function.
    package static func scope(of name: String) -> Scope {
        if recording.contains(name) { return .record }
        let isRead = ["list", "explain", "preview", "find", "show"].contains { name.hasPrefix($0) }
        return isRead || name == "deliveryStatistics" ? .read : .manage
    }
}

extension Setting<String> {
    package static var functions: Setting {
        Setting("POSTBACKS_FUNCTIONS", whenMissing: "beside the program", "folder of the function executables") {
            text in
            text ?? FileSystem.parent(of: ProcessArguments.program ?? "./postbacks")
        }
    }
}
