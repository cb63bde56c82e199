-- Keep-alive traffic at a bounded rate for wrk: each connection waits before each request, so that N connections send
-- at most 50 * N requests a second. With a number after the URL, every so many requests one of them ends. What was counted goes to stdout as one line of JSON, also when wrk is interrupted.
local paths = { "/", "/shop/" }
local asked = 0
local last

function init(args)
  last = tonumber(args[1])
end

function request()
  asked = asked + 1
  local headers = last and asked % last == 0 and { Connection = "close" } or nil
  return wrk.format("GET", paths[asked % #paths + 1], headers)
end

function delay()
  return 20
end

function done(summary, latency)
  local lost = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"p99":%.2f,"lost":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\n',
    summary.requests, latency:percentile(99) / 1000,
    lost.connect, lost.read, lost.write, lost.timeout, lost.status
  ))
end
