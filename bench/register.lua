-- wrk: registers applications, each with a name and an address of its own. BYLINE_TOKEN, BYLINE_ROLE and BYLINE_RUN
-- (a word that no earlier run used) come from the environment.
local token, role, run = os.getenv("BYLINE_TOKEN"), os.getenv("BYLINE_ROLE"), os.getenv("BYLINE_RUN")
local head = '{"data":{"type":"applications","attributes":{"name":"Load '
local middle = '","email":"load+'
local tail = '@example.org","url":"https://load.example.org/hook","description":"Registered by the benchmark"},' ..
  '"relationships":{"roles":{"data":[{"type":"roles","id":"' .. role .. '"}]}}}}'
local headers = {
  ["Authorization"] = "Bearer " .. token,
  ["Content-Type"] = "application/vnd.api+json",
}

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local sent = 0
function request()
  sent = sent + 1
  local name = run .. "-" .. number .. "-" .. sent
  return wrk.format("POST", "/admin/applications", headers, head .. name .. middle .. name .. tail)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.1f %d %.0f %.0f %.0f\n", summary.requests / (summary.duration / 1e6),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
