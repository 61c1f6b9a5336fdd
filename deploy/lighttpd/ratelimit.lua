-- What is left, told to the client also where the answer is the application's: the authorizer says it in a
-- Variable-RateLimit, which lighttpd keeps as environment.
local r = lighty.r
local left = r.req_env["RateLimit"]
if left and left ~= "" then r.resp_header["RateLimit"] = left end
