-- The same, by the number of chunks.
-- expect: memory limit or error or time limit
return require("nightjar").zeros(1):expand(2 ^ 39):chunk(2 ^ 39)
