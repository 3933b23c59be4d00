-- Every list is asked for after a write: create, list, delete, list. For one connection.
local json = { ["content-type"] = "application/json" }
local body = '{"name":"Kettle","description":"Boils a litre of water in two minutes, or so the box says"}'
-- wrk calls `request` once to look at it and throws that request away.
local step, id = -1, "0"

function request()
   step = step + 1
   if step % 4 == 1 then
      return wrk.format("POST", "/api/items", json, body)
   elseif step % 4 == 3 then
      return wrk.format("DELETE", "/api/items/" .. id)
   end
   return wrk.format("GET", "/api/items")
end

function response(status, headers, text)
   if status == 201 then
      id = text:match('"id":(%d+)')
   end
end

require "report"
