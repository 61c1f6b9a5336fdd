-- When webquota dies with a request in its hands, lighttpd says 500: nothing is wrong with the request, and whoever sends
-- it again soon is answered. What webquota says itself always has a Cache-Control.
local r = lighty.r
local status = r.req_item.http_status
if status >= 500 and not r.resp_header["Cache-Control"] then
    r.resp_header["Retry-After"] = "1"
    r.resp_header["Cache-Control"] = "no-store"
    r.resp_header["Content-Type"] = "application/problem+json"
    r.resp_body.set('{"title":"Service Unavailable","status":503,"detail":"webquota is being started again"}\n')
    return 503
end
