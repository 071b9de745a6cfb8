import CCurl

extension Transfer {
    /// Makes curl sign the request with the signature of AWS, version 4.
    func setSignature(_ signature: HTTPRequest.Signature?) -> CURLcode? {
        guard let signature else { return nil }
        return unsafe failure(
            curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)"))
            ?? failure(curl_easy_setopt(handle, CURLOPT_USERNAME, signature.accessKey))
            ?? failure(curl_easy_setopt(handle, CURLOPT_PASSWORD, signature.secretKey))
    }
}
