wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = '{"name":"Kettle","description":"Boils a litre of water in two minutes, or so the box says"}'
require "report"
