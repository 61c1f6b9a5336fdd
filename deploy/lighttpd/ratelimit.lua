-- What is left, told to the client also where the answer is the application's: the authorizer's RateLimit headers reach
-- lighttpd as environment (Variable-WEBQUOTA_RATELIMIT and -WEBQUOTA_RATELIMIT_POLICY).
local r = lighty.r
r.resp_header["RateLimit"] = r.req_env["WEBQUOTA_RATELIMIT"]
r.resp_header["RateLimit-Policy"] = r.req_env["WEBQUOTA_RATELIMIT_POLICY"]
