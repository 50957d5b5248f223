-- wrk: sends requests over and over. BENCH_REQUESTS says how many kinds there are; of each, BENCH_1_SHARE, BENCH_1_HEAD (its
-- first line and headers, without Host) and BENCH_1_BODY come from the environment. In a body, "{n}" becomes a number that
-- no other request has.
local kinds, all = {}, 0
local host

local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments) -- only now does wrk know the host
  host = wrk.host .. ":" .. (wrk.port or 80)
  for i = 1, tonumber(os.getenv("BENCH_REQUESTS")) do
    local of = function(name) return os.getenv("BENCH_" .. i .. "_" .. name) end
    local kind = { share = tonumber(of("SHARE")), head = of("HEAD") .. "Host: " .. host .. "\r\n", body = of("BODY") or "" }
    kind.counts = kind.body:find("{n}", 1, true) ~= nil
    if not kind.counts then kind.bytes = kind.head .. "Content-Length: " .. #kind.body .. "\r\n\r\n" .. kind.body end
    kinds[i] = kind
    all = all + kind.share
  end
  math.randomseed(os.time())
end

local sent = 0
local function choose()
  if #kinds == 1 then return kinds[1] end
  local at = math.random() * all
  for _, kind in ipairs(kinds) do
    at = at - kind.share
    if at < 0 then return kind end
  end
  return kinds[#kinds]
end

function request()
  local kind = choose()
  if not kind.counts then return kind.bytes end
  sent = sent + 1
  local body = kind.body:gsub("{n}", number .. "-" .. sent)
  return kind.head .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.1f %d %d %.0f %.0f %.0f\n", summary.requests / (summary.duration / 1e6), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
