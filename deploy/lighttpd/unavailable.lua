-- When webquota dies with a request in its hands, lighttpd says 500, and 503 while it is not there: nothing is wrong with the
-- request, and whoever sends it again soon is answered. What webquota says itself always has a Cache-Control, and whoever lets a
-- guarded request through says whose it is: what the application answers then is its own.
local r = lighty.r
local status = r.req_item.http_status
if status >= 500 and not r.resp_header["Cache-Control"] and not r.req_env["WEBQUOTA_SUBJECT"] then
    local page = (r.req_header["Accept"] or ""):find("text/html", 1, true)
    local method, ours = r.req_attr["request.method"], r.req_attr["uri.path"]:find("^/quota")
    local what = ours and "Usage cannot be shown now" or "This cannot be done just now"
    -- A link would ask for the same without what was sent.
    local sent = not ours and method ~= "GET" and method ~= "HEAD"
    r.resp_header["Retry-After"] = "1"
    r.resp_header["Cache-Control"] = "no-store"
    r.resp_header["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    r.resp_header["X-Content-Type-Options"] = "nosniff"
    r.resp_header["Referrer-Policy"] = "same-origin"
    r.resp_header["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    r.resp_header["Vary"] = "Accept"
    r.resp_header["Content-Type"] = page and "text/html; charset=utf-8" or "application/problem+json"
    local html = [[
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>WHAT</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/quota/static/style.css"></head>
<body><main id="main"><p class="eyebrow">503</p><h1>WHAT</h1>
NEXT</main></body>
</html>
]]
    local again = [[
<p class="sub">Nothing is wrong with what you did. Wait a moment, then try again.</p>
<p class="actions"><a class="button" href="">Try again</a></p>]]
    local send = [[
<p class="sub">What you sent was not passed on. Your browser's Back button brings back what you typed. Nothing is wrong with what you did: wait a moment, then send it again.</p>]]
    r.resp_body.set(page and html:gsub("WHAT", what):gsub("NEXT", sent and send or again) or '{"title":"Service Unavailable","status":503,"detail":"webquota is being started again: try again in a few seconds"}\n')
    return 503
end
