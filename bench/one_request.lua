-- wrk: sends one request over and over. BENCH_METHOD, BENCH_PATH, BENCH_TYPE, BENCH_BODY and BYLINE_TOKEN, or
-- BENCH_AUTHORIZATION in its place, come from the environment.
local body = os.getenv("BENCH_BODY")
local bytes

function init(arguments) -- only now does wrk know the host
  bytes = wrk.format(os.getenv("BENCH_METHOD"), os.getenv("BENCH_PATH"), {
    ["Host"] = wrk.host,
    ["Authorization"] = os.getenv("BENCH_AUTHORIZATION") or "Bearer " .. os.getenv("BYLINE_TOKEN"),
    ["Content-Type"] = os.getenv("BENCH_TYPE"),
  }, body ~= "" and body or nil)
end

function request() return bytes end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %.1f %d %.0f %.0f %.0f\n", summary.requests / (summary.duration / 1e6),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
