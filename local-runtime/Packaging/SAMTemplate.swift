/// A template of the AWS Serverless Application Model with the functions of a package.
struct SAMTemplate {
    let programs: PackagedPrograms
    let hasLayer: Bool
    let isARM: Bool

    private var functions: [String] { programs.functions }

    /// The parameters that name secrets, by the settings that these hold.
    private static let parameters = [
        "DATABASE_URL": (name: "DatabaseSecret", meaning: "the DATABASE_URL"),
        "POSTBACKS_ENCRYPTION_KEY": (name: "KeySecret", meaning: "the POSTBACKS_ENCRYPTION_KEY, id:base64 of 32 bytes"),
    ]

    var text: String {
        var lines = [
            "AWSTemplateFormatVersion: \"2010-09-09\"",
            "Transform: AWS::Serverless-2016-10-31",
            "Description: The functions of Postbacks. Each is called with its input, by an API, a function URL, SQS or EventBridge.",
        ]
        // deliverPostback alone may need none of them.
        let used = Set(functions.flatMap { programs.secrets(of: $0).map(\.variable) })
        if !used.isEmpty { lines += ["", "Parameters:"] }
        for (variable, parameter) in SAMTemplate.parameters.sorted(by: { $0.key < $1.key })
        where used.contains(variable) {
            lines += [
                "  \(parameter.name):", "    Type: String",
                "    Description: A secret of Secrets Manager whose text is \(parameter.meaning).",
            ]
        }
        lines += [
            "", "Globals:", "  Function:", "    Runtime: provided.al2023", "    Handler: bootstrap",
            "    Architectures:", "      - \(isARM ? "arm64" : "x86_64")",
            "    # An attempt of deliverPostback takes up to POSTBACKS_TIMEOUT, which is 20 seconds.",
            "    Timeout: 30", "    MemorySize: 256",
        ]
        lines += ["", "Resources:"]
        if hasLayer {
            lines += [
                "  Libraries:", "    Type: AWS::Serverless::LayerVersion", "    Properties:",
                "      ContentUri: \(LambdaPackage.layerName).zip", "      CompatibleRuntimes:",
                "        - provided.al2023", "",
            ]
        }
        lines += functions.map(resource).joined(separator: [""])
        lines += ["", "Outputs:"]
        lines += functions.flatMap { function in
            ["  \(logicalID(function)):", "    Value: !GetAtt \(logicalID(function)).Arn"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func logicalID(_ function: String) -> String { function.prefix(1).uppercased() + function.dropFirst() }

    private func resource(_ function: String) -> [String] {
        var lines = [
            "  \(logicalID(function)):", "    Type: AWS::Serverless::Function", "    Properties:",
            "      CodeUri: \(function).zip",
        ]
        if hasLayer { lines += ["      Layers:", "        - !Ref Libraries"] }
        let variables = programs.secrets(of: function).compactMap { secret in
            SAMTemplate.parameters[secret.variable].map { parameter in
                "\(secret.variable): !Sub \"{{resolve:secretsmanager:${\(parameter.name)}}}\""
            }
        }
        if !variables.isEmpty {
            lines += ["      Environment:", "        Variables:"] + variables.map { "          \($0)" }
        }
        return lines
    }
}
