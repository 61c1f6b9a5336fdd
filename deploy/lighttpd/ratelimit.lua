-- What is left, told to the client also where the answer is the application's: the authorizer says it in a
-- Variable-RateLimit, which lighttpd keeps as environment.
local r = lighty.r
local left = r.req_env["RateLimit"]
if left and left ~= "" then r.resp_header["RateLimit"] = left end
-- Where webquota is not there, lighttpd's own answer: whoever lets a request through says whose it is, so it was not asked.
if r.req_item.http_status >= 500 and not r.resp_header["Cache-Control"] and not r.req_env["WEBQUOTA_SUBJECT"] then
    r.resp_header["Retry-After"] = "1"
    r.resp_header["Cache-Control"] = "no-store"
    r.resp_header["Content-Security-Policy"] = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    r.resp_header["X-Content-Type-Options"] = "nosniff"
    r.resp_header["Referrer-Policy"] = "same-origin"
    r.resp_header["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
end
