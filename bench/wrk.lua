-- wrk -s bench/wrk.lua URL -- TEMPLATE COUNT [WORDS]: sends the request of the file TEMPLATE, in which a run of # stands for
-- a number below COUNT, drawn for each request anew by each thread for itself, or for the line of that number in the file
-- WORDS. Ends with a line of JSON that bench/lib/load.mjs reads.
local threads = 0

function setup(thread)
   threads = threads + 1
   thread:set("seed", os.time() * 100 + threads)
end

local function contents(path)
   local file = assert(io.open(path, "rb"))
   local text = file:read("*a")
   file:close()
   return text
end

function init(args)
   local text = contents(args[1])
   local first, last = text:find("#+")
   local count = tonumber(args[2])
   math.randomseed(seed)
   for _ = 1, 10 do math.random() end
   if not first then
      request = function() return text end
      return
   end
   local head, tail = text:sub(1, first - 1), text:sub(last + 1)
   local random = math.random
   if args[3] then
      local words = {}
      for line in io.lines(args[3]) do words[#words + 1] = line end
      request = function() return head .. words[random(count)] .. tail end
   else
      local format, form = string.format, "%0" .. (last - first + 1) .. "d"
      request = function() return head .. format(form, random(count) - 1) .. tail end
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\nJSON {"requests": %d, "seconds": %.6f, "refused": %d, "broken": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
      summary.requests, summary.duration / 1e6, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
